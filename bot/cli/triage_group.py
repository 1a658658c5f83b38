"""`tiepdan triage …`: what is read from petitions, tried on files. Its commands stand in files of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from bot.cli import ground

if TYPE_CHECKING:
    from typing import BinaryIO

_LINES_NAMED: Final = 5


@click.group()
def triage() -> None:
    """Try on a file of petitions what the service reads from them."""


def petitions_of(file: BinaryIO) -> Iterator[tuple[Any, str]]:
    """`id` and text, cleaned as the service cleans it, of JSON lines; empty lines are passed over.

    Where a line has `attachments`, what is written under them (`caption`) is told as well.

    A broken line keeps none of the others from its answer: after the last line Refusal names the broken ones.
    """
    from petitions.text import clean

    broken: list[int] = []
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        row = _read(line)
        if row is None:
            broken.append(number)
            continue
        yield row["id"], clean("\n".join(part for part in _words(row) if isinstance(part, str) and part))
    if broken:
        named = ", ".join(str(number) for number in broken[:_LINES_NAMED])
        more = f" and {len(broken) - _LINES_NAMED} more" if len(broken) > _LINES_NAMED else ""
        lines = f"Line {named} is" if len(broken) == 1 else f"Lines {named}{more} are"
        raise ground.Refusal(f'{lines} no JSON object as {{"id": …, "text": "…"}}.')


def as_line(row: dict[str, Any]) -> str:
    """A JSON line; letters that no encoding knows (half a surrogate pair in an `id`) are written as escapes."""
    line = json.dumps(row, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(row)
    return line


def _words(row: dict[str, Any]) -> Iterator[Any]:
    """The text, and the words under each file."""
    yield row.get("text")
    files = row.get("attachments")
    for file in files if isinstance(files, list) else ():
        if isinstance(file, dict):
            yield file.get("caption")


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line.decode("utf-8-sig", "replace"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) and "id" in row else None


def _refuse(constant: str) -> Any:
    """NaN and Infinity are no JSON, and no reader of our lines would take them."""
    raise ValueError(constant)
