"""`tiepdan triage duplicates`: copies among the petitions of a file, and others that may be on the same matter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click

from bot.cli import ground
from bot.cli.triage_group import as_line, petitions_of, triage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from storage.casebook import Casebook


@triage.command()
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.option(
    "--similar",
    is_flag=True,
    help="For each petition at most three others that may be on its matter, with score and words in common.",
)
def duplicates(file: BinaryIO, *, similar: bool) -> None:
    """Find petitions that are copies of each other.

    FILE (or standard input, -) holds JSON lines {"id", "text"}. For each group of copies one line {"group": [ids]} is
    written. Nothing is stored.
    """
    rows = list(petitions_of(file))
    for found in _similar(rows) if similar else _groups(rows):
        click.echo(as_line(found))


@triage.command()
def remember() -> None:
    """Make petitions filed by earlier versions findable as similar ones, and by officers' search.

    Keeps keyed hashes of each in the database, in small steps beside the running service; may be repeated.
    """
    office = ground.Office.open()
    last: int | None = 0
    while last is not None:
        last = office.work(partial(_remember, after=last))
    looked, closed = _ONCE, 0
    while looked == _ONCE:
        looked, unreadable = office.work(_index)
        closed += unreadable
    if closed:
        click.echo(
            f"{closed} petitions cannot be opened with this key ring and stay out of the search.", err=True
        )
    click.echo("Done.")


_ONCE: Final = 200
"""Petitions made searchable in one transaction."""


def _index(book: Casebook) -> tuple[int, int]:
    return book.index_older(most=_ONCE)


def _remember(book: Casebook, *, after: int) -> int | None:
    return book.remember_similar(after=after)


def _groups(rows: list[tuple[Any, str]]) -> Iterator[dict[str, Any]]:
    from petitions.copies import group

    for places in group(text for _, text in rows):
        yield {"group": [rows[place][0] for place in places]}


def _similar(rows: list[tuple[Any, str]]) -> Iterator[dict[str, Any]]:
    from bot.clock import SystemClock
    from bot.profile import read_agency
    from petitions.matters import packaged_rarity, read, suggest
    from petitions.understanding import KeywordSuggester

    with ground.clear_words():
        agency = read_agency(ground.settings().agency_file)
    suggester, today = KeywordSuggester(agency), SystemClock().now().date()
    told = []
    for _, text in rows:
        seen = suggester.understand(text, today=today)
        told.append(read(text, topic=seen.topic.value, place=seen.place.value or ""))
    for (own, _), found in zip(rows, suggest(told, packaged_rarity()), strict=True):
        others = [
            {"id": rows[each.place][0], "score": round(each.score, 3), "reason": ", ".join(each.reason)}
            for each in found
        ]
        yield {"id": own, "similar": others}
