"""`tiepdan run`, `doctor` and `migrate`."""

from __future__ import annotations

import difflib

import click

from bot.cli import ground

PARTS = ("intake", "web", "delivery", "timers", "files")


def _parts(context: click.Context, parameter: click.Parameter, value: str) -> frozenset[str]:
    del context, parameter
    given = [word.strip().lower() for word in value.split(",") if word.strip()]
    for word in given:
        if word not in PARTS:
            close = difflib.get_close_matches(word, PARTS, 1)
            hint = f"Did you mean {close[0]}?" if close else f"Choose from {', '.join(PARTS)}."
            raise click.BadParameter(f"{word!r} is not a role. {hint}")
    if not given:
        raise click.BadParameter(f"names no role. Choose from {', '.join(PARTS)}.")
    return frozenset(given)


@click.command()
@click.option(
    "--roles",
    default=",".join(PARTS),
    show_default=True,
    callback=_parts,
    help="Parts to run in this process, with commas. On SQLite one process runs them all.",
)
def run(roles: frozenset[str]) -> None:
    """Start the service. Ctrl-C or SIGTERM stops it when all that was begun is done."""
    from bot import logs
    from bot.folders import prepare

    settings = ground.settings()
    storage = settings.storage
    if roles != frozenset(PARTS) and storage.database_url.get_secret_value().startswith("sqlite"):
        raise ground.Refusal(
            "On SQLite one process runs every part. Leave --roles out, or set TIEPDAN_DATABASE_URL "
            "to PostgreSQL."
        )
    with ground.clear_words():
        prepare(storage.data_dir)
    logs.set_up(settings.log_format, secrets=settings.secrets())
    click.echo("Tiếp Dân starts …", err=True)

    def started() -> None:
        where = f" Web chat: {settings.http.public_url}/" if "web" in roles else ""
        click.echo(f"Tiếp Dân runs.{where}  (Ctrl-C stops it)", err=True)

    from bot.service import SchemaNotCurrent
    from bot.wiring import serve

    try:
        ground.run(serve(settings, roles, started=started))
    except SchemaNotCurrent as error:
        raise ground.Refusal(f"Database: {error}") from None
    except KeyboardInterrupt:
        return


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema. Stop the service and make a back-up before.

    An empty database gets its key ring as well, if there is none yet.
    """
    from bot.folders import prepare
    from storage.keys import KeyRing
    from storage.migrate import current, head, newer, upgrade

    storage = ground.settings().storage
    url = storage.database_url.get_secret_value()
    with ground.clear_words():
        prepare(storage.data_dir)
    before = ground.run(current(url))
    if newer(before):
        raise ground.Refusal(
            f"The database is at schema {before}, which a newer version of the service made; this one knows "
            f"{head()}. Install the newer version, or restore the back-up made before the upgrade."
        )
    if before is None and not storage.key_file.exists():
        with ground.clear_words():
            KeyRing.create(storage.key_file)
        click.echo(f"A key ring was made: {storage.key_file}. Keep a copy apart from the database.")
    if before == head():
        click.echo(f"The database is at schema {before} already.")
        return
    ground.run(upgrade(url))
    click.echo(f"The database went from schema {before or '(empty)'} to {ground.run(current(url))}.")


@click.command()
def doctor() -> None:
    """Check every setting and connection, and say how to mend what is wrong."""
    from bot.cli.checkup import Level, examine

    findings = ground.run(examine())
    colours = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
    for finding in findings:
        label = click.style(f"{finding.level.value:<4}", fg=colours[finding.level])
        click.echo(f"{label}  {finding.name:<16} {finding.message}")
    failed = sum(finding.level is Level.FAIL for finding in findings)
    warned = sum(finding.level is Level.WARN for finding in findings)
    click.echo(f"{len(findings)} checks, {failed} failed, {warned} warnings.")
    if failed:
        raise SystemExit(1)
