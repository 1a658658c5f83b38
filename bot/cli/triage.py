"""`tiepdan triage suggest` and `train`: what the model makes of petitions, and how it is made from texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bot.cli import ground
from bot.cli.triage_group import petitions_of, triage

if TYPE_CHECKING:
    from typing import BinaryIO

    from petitions.agency import Agency
    from petitions.triage.texts import LabelledText
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
    """
    from bot.clock import SystemClock
    from petitions.triage.model import UnreadableModel, load, packaged
    from petitions.triage.suggester import TrainedSuggester

    try:
        suggester = TrainedSuggester(_agency(), load(model.read_bytes()) if model else packaged())
    except UnreadableModel as fault:
        raise ground.Refusal(f"The artefact cannot be read: {fault}.") from fault
    today = SystemClock().now().date()
    for name, text in petitions_of(file):
        seen = suggester.understand(text, today=today)
        row: dict[str, Any] = {"id": name} | {field: _plain(getattr(seen, field)) for field in _FIELDS}
        if others:
            row["desks"] = _likeliest(suggester.desks(text)) if seen.is_petition.value else {}
        click.echo(json.dumps(row, ensure_ascii=False))


@triage.command()
@click.option(
    "--texts",
    "more",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="More labelled texts, JSON lines as docs/triage.md says; can be given several times.",
)
@click.option(
    "--only", is_flag=True, help="Learn from the given files alone, without the project's own texts."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the artefact here.")
@click.option(
    "--test",
    "tests",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Texts that are not learned from, to measure the new model on.",
)
def train(more: tuple[Path, ...], *, only: bool, out: Path | None, tests: tuple[Path, ...]) -> None:
    """Learn from labelled texts, some minutes; report held-out figures.

    Each figure is of texts the weights were not trained on: five folds, texts of one matter never parted.
    """
    from petitions.triage.judging import judge, without_marks
    from petitions.triage.model import dump, load
    from petitions.triage.report import lines
    from petitions.triage.texts import BadText, packaged_texts
    from petitions.triage.training import train as learn

    agency = _agency()
    try:
        texts = [] if only else packaged_texts(agency)
        for file in more:
            texts += _texts(file, agency)
        unseen = {file.name: _texts(file, agency) for file in tests}
        trained = learn(texts, agency, lambda head: click.echo(f"training: {head}", err=True))
    except (BadText, ValueError) as fault:
        raise ground.Refusal(str(fault)) from fault
    click.echo(f"{len(texts)} texts, sha256 {trained.model.origin['sha256'][:16]}")
    model = load(dump(trained.model))
    judged = {name: judge(model, agency, rows) for name, rows in unseen.items()}
    bare = {name: judge(model, agency, without_marks(rows)) for name, rows in unseen.items()}
    for name, rows in {"five folds": trained.held_out, **judged}.items():
        click.echo(f"\n{name}")
        click.echo("\n".join(f"  {line}" for line in lines(rows)))
        if name in bare:
            click.echo("  without diacritics:")
            click.echo("\n".join(f"    {line}" for line in lines(bare[name])))
    if out is not None:
        data = dump(trained.model)
        out.write_bytes(data)
        click.echo(f"\n{out}: {len(data):,} bytes")


def _agency() -> Agency:
    from bot.profile import read_agency

    with ground.clear_words():
        return read_agency(ground.settings().agency_file)


def _texts(file: Path, agency: Agency) -> list[LabelledText]:
    from petitions.triage.texts import read_lines

    return read_lines(file.read_text(encoding="utf-8-sig").splitlines(), agency, file.name)


def _plain(guess: Guess[Any]) -> dict[str, Any]:
    value = getattr(guess.value, "value", guess.value)
    return {"value": value, "confidence": round(guess.confidence, 3), "reason": guess.reason}


def _likeliest(desks: dict[str, float]) -> dict[str, float]:
    return {desk: round(chance, 3) for desk, chance in list(desks.items())[:3]}
