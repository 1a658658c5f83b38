"""`tiepdan triage …`: what is read from petitions, tried on files. Its commands stand in files of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from bot.cli import ground

if TYPE_CHECKING:
    from typing import BinaryIO


@click.group()
def triage() -> None:
    """Try on a file of petitions what the service reads from them."""


def petitions_of(file: BinaryIO) -> Iterator[tuple[Any, str]]:
    """`id` and `text` of JSON lines; empty lines are passed over. Raises Refusal naming the line."""
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or "id" not in row:
            raise ground.Refusal(f'Line {number} is no JSON object as {{"id": …, "text": "…"}}.')
        text = row.get("text")
        yield row["id"], text if isinstance(text, str) else ""
