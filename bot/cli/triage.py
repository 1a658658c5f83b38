"""`tiepdan triage suggest`: what the service makes of petitions, tried on files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bot.cli import ground
from bot.cli.triage_group import as_line, petitions_of, triage

if TYPE_CHECKING:
    from typing import BinaryIO

    from petitions.agency import Agency
    from petitions.understanding import Guess

_FIELDS: Final = ("is_petition", "kind", "topic", "unit", "severity", "people", "place", "phone")


@triage.command()
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
@click.option(
    "--others", is_flag=True, help="With the three likeliest desks of each petition, and their chances."
)
@click.option(
    "--model", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another artefact."
)
def suggest(file: BinaryIO, *, others: bool, model: Path | None) -> None:
    """Say what each petition is: kind, topic, unit, severity, people, place, phone.

    FILE (or standard input, -) holds JSON lines {"id", "text"}. One line is written for each, with "id" and every
    field as {"value", "confidence", "reason"}; "unit" is a unit's code or outside:<authority>. Nothing is stored.
    The artefact is the service's: the office's own one where `train --corrections` made it, else the packaged one.
    """
    from bot.clock import SystemClock
    from bot.own_model import find_model
    from petitions.triage.model import UnreadableModel, load
    from petitions.triage.suggester import TrainedSuggester

    try:
        used = load(model.read_bytes()) if model else find_model(ground.settings().storage.data_dir).model
        suggester = TrainedSuggester(_agency(), used)
    except UnreadableModel as fault:
        raise ground.Refusal(f"The artefact cannot be read: {fault}.") from fault
    today = SystemClock().now().date()
    for name, text in petitions_of(file):
        seen = suggester.understand(text, today=today)
        row: dict[str, Any] = {"id": name} | {field: _plain(getattr(seen, field)) for field in _FIELDS}
        if others:
            row["desks"] = _likeliest(suggester.desks(text)) if seen.is_petition.value else {}
        click.echo(as_line(row))


def _agency() -> Agency:
    from bot.profile import read_agency

    with ground.clear_words():
        return read_agency(ground.settings().agency_file)


def _plain(guess: Guess[Any]) -> dict[str, Any]:
    value = getattr(guess.value, "value", guess.value)
    return {"value": value, "confidence": round(guess.confidence, 3), "reason": guess.reason}


def _likeliest(desks: dict[str, float]) -> dict[str, float]:
    return {desk: round(chance, 3) for desk, chance in list(desks.items())[:3]}
