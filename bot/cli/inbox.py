"""`tiepdan inbox …`: updates that failed with a healthy database wait here until somebody runs them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli import ground

if TYPE_CHECKING:
    from storage.records import DeadLetter


@click.group()
def inbox() -> None:
    """See and run again the updates that could not be handled."""


def _waiting(office: ground.Office, limit: int) -> list[DeadLetter]:
    from storage.inbox import dead_letters

    return office.work(lambda book: dead_letters(book.connection, agency=office.agency.code, limit=limit))


@inbox.command(name="list")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000))
def list_letters(limit: int) -> None:
    """List dead letters, oldest first: when, from where, what failed. Their content is not shown."""
    office = ground.Office.open()
    letters = _waiting(office, limit)
    for letter in letters:
        moment = f"{letter.received_at.astimezone(office.agency.zone):%d/%m/%Y %H:%M:%S}"
        click.echo(f"{letter.id}  {moment}  {letter.channel:<8}  {letter.attempts}x  {letter.error}")
    click.echo(f"{len(letters)} dead letters." if letters else "No dead letters.")


@inbox.command()
@click.argument("letters", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
def replay(letters: tuple[int, ...], everything: bool) -> None:
    """Run dead letters again, once the fault is mended. Answers go out through the running service."""
    if bool(letters) == everything:
        raise click.UsageError("Give the numbers shown by `tiepdan inbox list`, or --all.")
    from bot.channels.base import Verdict
    from bot.wiring import replay as run_again

    office = ground.Office.open()
    chosen = list(letters) or [letter.id for letter in _waiting(office, 10_000)]
    done = ground.run(run_again(office.settings, chosen))
    for letter_id, verdict in done:
        words = {
            Verdict.DONE: "done",
            Verdict.DUPLICATE: "not waiting any more",
            Verdict.KEPT: "failed again, still kept",
            Verdict.RETRY: "not committed, still kept; is the database healthy?",
        }[verdict]
        click.echo(f"{letter_id}  {words}")
    if any(verdict in {Verdict.KEPT, Verdict.RETRY} for _, verdict in done):
        raise SystemExit(1)
    if not done:
        click.echo("No dead letters.")
