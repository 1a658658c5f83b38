"""`tiepdan simulate`: a year of citizens and officers, played into an empty database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from bot.cli import ground

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.simulation.run import Summary

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option(
    "--from", "first", type=_DAY, help="First day, such as 2026-01-01. Default: a year before the last."
)
@click.option("--to", "last", type=_DAY, help="Last day. Default: yesterday.")
@click.option("--petitions", default=500, show_default=True, help="How many matters citizens bring.")
@click.option("--hotspots", default=0, show_default=True, help="How many hotspots are planted on top.")
@click.option("--seed", default=1, show_default=True, help="The same seed plays the same year.")
def simulate(first: datetime | None, last: datetime | None, petitions: int, hotspots: int, seed: int) -> None:
    """Play citizens and officers through a year, for demonstrations, training and load tests.

    The real dialogues and timers run on a clock that jumps, into the database of the settings. An empty
    database is made ready; one that somebody uses, and a service with a channel's token, are refused.
    """
    import time
    from random import Random

    from bot.clock import SystemClock
    from bot.simulation.run import Refused
    from bot.simulation.run import simulate as play
    from bot.simulation.world import Wish

    settings = ground.settings()
    _refuse_tokens(settings)
    until = last.date() if last is not None else SystemClock().now().date() - timedelta(days=1)
    since = first.date() if first is not None else until - timedelta(days=364)
    wish = Wish(first=since, last=until, petitions=petitions, hotspots=hotspots)
    click.echo(f"Playing {petitions} petitions from {since} to {until}, seed {seed} …", err=True)
    began = time.perf_counter()
    try:
        with ground.clear_words():
            summary = play(
                settings,
                wish,
                chance=Random(seed),  # noqa: S311 - a game, not a secret
                progress=_Months(),
                key_made=lambda path: click.echo(f"A key ring was made: {path}.", err=True),
            )
    except Refused as refused:
        raise ground.Refusal(str(refused)) from None
    except KeyboardInterrupt:
        raise ground.Refusal(
            "Stopped. A part of the year may be in the database; begin with an empty one."
        ) from None
    _show(summary, time.perf_counter() - began)
    if not summary.holds:
        raise SystemExit(1)


class _Months:
    """Says each month that begins."""

    def __init__(self) -> None:
        self._month = 0

    def __call__(self, day: date) -> None:
        if day.month != self._month:
            self._month = day.month
            click.echo(f"  {day:%Y-%m} …", err=True)


def _refuse_tokens(settings: Settings) -> None:
    """Played messages must never reach a real chat."""
    held = [
        name
        for name in type(settings).model_fields
        if name.startswith(("telegram_", "zalo_"))
        and name.endswith(("_token", "_secret", "_secret_key"))
        and getattr(settings, name) is not None
    ]
    if held:
        names = ", ".join(f"TIEPDAN_{name.upper()}" for name in held)
        raise ground.Refusal(
            f"{names} is set: this is a service that talks to people. Simulate in a folder of its own, without "
            "channel tokens in the environment or in .env."
        )


def _show(summary: Summary, seconds: float) -> None:
    counts, replayed = summary.counts, summary.replayed
    click.echo(
        f"{replayed.petitions} petitions ({counts.seconds} at second instance), {replayed.events} events"
    )
    click.echo(f"  kinds      {_listed(counts.kinds)}")
    click.echo(f"  stages     {_listed(counts.stages)}")
    click.echo(f"  outcomes   {_listed(counts.outcomes)}")
    click.echo(
        f"  transfers  {counts.actions['transfer']}, given back {counts.actions['refuse_transfer']}, "
        f"ruled by the focal unit {counts.actions['rule_unit']}, moved by the service {counts.actions['reassign']}"
    )
    levels = {0: "nobody yet", 1: "officer", 2: "head", 3: "focal unit", 4: "director"}
    told = ", ".join(f"{levels[level]} {counts.breaches[level]}" for level in sorted(counts.breaches))
    click.echo(f"  breaches   {sum(counts.breaches.values())} (told up to: {told or 'none'})")
    click.echo(
        f"  played     {summary.turns} updates, {summary.timers} timers, {summary.messages} messages "
        f"({summary.waiting} wait for their hour), {summary.refused} steps refused"
    )
    found = summary.hotspots
    click.echo(
        f"  hotspots   {found.in_time} of {found.planted} planted found within two days of the fifth petition, "
        f"{len(found.false)} others in {found.months:.1f} months"
    )
    each = seconds * 1000 / max(1, replayed.petitions)
    click.echo(f"  time       {seconds:.1f} s, {each:.0f} ms for a petition")
    click.echo(f"  event log  {replayed.digest}")
    _verdict("every case has an answerable unit", summary.unanswerable)
    _verdict(
        "the event log replays to the same state",
        [f"{found.code} {found.where} {found.field}" for found in replayed.differences],
    )
    _verdict("every history and register book holds", [str(summary.broken)] if summary.broken else [])


def _verdict(promise: str, wrong: list[str] | tuple[str, ...]) -> None:
    if not wrong:
        click.echo(f"  holds      {promise}")
        return
    shown = "; ".join(wrong[:8])
    click.echo(click.style("  BROKEN", fg="red") + f"     {promise}: {len(wrong)} not ({shown})")


def _listed(counted: dict[str, int]) -> str:
    return ", ".join(
        f"{name} {count}" for name, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    )
