"""`tiepdan recount`: the console's weekly figures are made anew from what is on record."""

from __future__ import annotations

import click

from bot.cli import ground

AT_ONCE = 200
"""Petitions of one transaction, so that the service goes on beside it."""


@click.command()
def recount() -> None:
    """Count the figures of the console's overview anew. The service may run; meanwhile its weekly figures are not
    complete, and say so."""
    office = ground.Office.open()
    office.work(lambda book: book.recount_overview())
    counted = 0
    while looked := office.work(lambda book: book.overview_older(most=AT_ONCE)):
        counted += looked
    click.echo(f"Counted anew: {counted} petitions.")
