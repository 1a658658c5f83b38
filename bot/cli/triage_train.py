"""`tiepdan triage train`: how the artefact is made from labelled texts and from what officers decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli import ground, triage_corrections
from bot.cli.triage_group import triage

if TYPE_CHECKING:
    from petitions.agency import Agency
    from petitions.triage.judging import Judged
    from petitions.triage.model import Model
    from petitions.triage.texts import LabelledText
    from petitions.triage.training import Trained

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@triage.command()
@click.option(
    "--texts",
    "more",
    type=_FILE,
    multiple=True,
    help="More labelled texts, JSON lines as docs/triage.md says; can be given several times.",
)
@click.option(
    "--only", is_flag=True, help="Learn from the given files alone, without the project's own texts."
)
@click.option(
    "--corrections",
    is_flag=True,
    help="Learn from what officers decided in the casebook too, and keep the artefact for the service.",
)
@click.option("--with-sealed", is_flag=True, help="With --corrections: sealed petitions too.")
@click.option(
    "--anyway", is_flag=True, help="With --corrections: keep the artefact though it finds fewer units."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the artefact here, not where the service looks.",
)
@click.option(
    "--test",
    "tests",
    type=_FILE,
    multiple=True,
    help="Texts that are not learned from, to measure the new model on.",
)
def train(
    more: tuple[Path, ...],
    *,
    only: bool,
    corrections: bool,
    with_sealed: bool,
    anyway: bool,
    out: Path | None,
    tests: tuple[Path, ...],
) -> None:
    """Learn from labelled texts, some minutes; report held-out figures.

    Each figure is of texts the weights were not trained on: five folds, texts of one matter never parted. With
    --corrections the service reads stories with the new artefact from its next start on.
    """
    from petitions.triage.model import dump, load
    from petitions.triage.texts import BadText, packaged_texts

    if (with_sealed or anyway) and not corrections:
        raise click.UsageError("--with-sealed and --anyway go with --corrections.")
    found = triage_corrections.gather(with_sealed=with_sealed) if corrections else None
    agency = _agency()
    try:
        texts = [] if only else packaged_texts(agency)
        for file in more:
            texts += _texts(file, agency)
        unseen = {file.name: _texts(file, agency) for file in tests}
        if found is not None:
            texts += found.learned.texts
        trained = _learn(texts, agency, found)
    except (BadText, ValueError) as fault:
        raise ground.Refusal(str(fault)) from fault
    data = dump(trained.model)
    click.echo(f"{len(texts)} texts, sha256 {trained.model.origin['sha256'][:16]}")
    for head in trained.kept:
        click.echo(
            f"{head}: these texts show fewer than two classes, so the packaged artefact's answers stay"
        )
    _report(trained.held_out, load(data), agency, unseen)
    if found is not None:
        triage_corrections.compare(found, agency, trained.held_out, anyway=anyway or out is not None)
    _write(data, out, corrections=corrections)


def _learn(
    texts: Sequence[LabelledText], agency: Agency, found: triage_corrections.Corrections | None
) -> Trained:
    from petitions.triage.model import packaged
    from petitions.triage.training import train as learn

    about = {}
    if found is not None:
        about = {"corrections": len(found.learned.texts), "packaged": packaged().origin["sha256"]}
    return learn(texts, agency, lambda head: click.echo(f"training: {head}", err=True), about, packaged())


def _report(
    held_out: Sequence[Judged], model: Model, agency: Agency, unseen: Mapping[str, list[LabelledText]]
) -> None:
    from petitions.triage.judging import judge, without_marks
    from petitions.triage.report import lines

    click.echo("\nfive folds")
    click.echo("\n".join(f"  {line}" for line in lines(held_out)))
    for name, rows in unseen.items():
        click.echo(f"\n{name}")
        click.echo("\n".join(f"  {line}" for line in lines(judge(model, agency, rows))))
        click.echo("  without diacritics:")
        bare = judge(model, agency, without_marks(rows))
        click.echo("\n".join(f"    {line}" for line in lines(bare)))


def _write(data: bytes, out: Path | None, *, corrections: bool) -> None:
    if out is not None:
        out.write_bytes(data)
        click.echo(f"\n{out}: {len(data):,} bytes")
    elif corrections:
        from bot.own_model import keep_model

        path = keep_model(ground.settings().storage.data_dir, data)
        click.echo(
            f"\n{path}: {len(data):,} bytes. The service reads stories with it from its next start on."
        )


def _agency() -> Agency:
    from bot.profile import read_agency

    with ground.clear_words():
        return read_agency(ground.settings().agency_file)


def _texts(file: Path, agency: Agency) -> list[LabelledText]:
    from petitions.triage.texts import read_lines

    return read_lines(file.read_text(encoding="utf-8-sig").splitlines(), agency, file.name)
