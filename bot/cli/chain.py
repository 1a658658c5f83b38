"""`tiepdan verify`: proves that nobody rewrote the history."""

from __future__ import annotations

import click

from bot.cli import ground


@click.command()
def verify() -> None:
    """Check the hash chain of every petition's events, and name each first broken link."""
    from storage import verify as chain

    office = ground.Office.open()
    broken = office.work(lambda book: list(chain.verify(book.connection, office.vault, office.agency.code)))
    for link in broken:
        where = f"event {link.seq}" if link.seq else "the record itself"
        click.echo(f"BROKEN  {link.code}  {where}: {link.fault.value}")
    if broken:
        click.echo(f"{len(broken)} broken. Keep this database as it is and compare it with a back-up.")
        raise SystemExit(1)
    click.echo("Every petition's history and every register book holds.")
