"""The part of `tiepdan triage train` that learns from what officers decided: reading, reporting, keeping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from bot.cli import ground

if TYPE_CHECKING:
    from petitions.agency import Agency
    from petitions.triage.judging import Judged
    from petitions.triage.learning import Decision, Learned
    from storage.casebook import Casebook
    from storage.learning import Page

MOST: Final = 3_000
"""Decided petitions that are learned from, the newest ones: training stays a matter of minutes."""
_LOST: Final = 0.01
"""Share of right units that may be lost on the corrections before the new artefact is not kept."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the casebook teaches."""

    learned: Learned


def gather(*, with_sealed: bool) -> Corrections:
    """Read the casebook, the newest petitions first, in small steps beside the running service.

    Says how much there is and how often suggestions were right. Raises Refusal where nobody decided anything."""
    from petitions.triage.learning import learn

    office = ground.Office.open()
    decisions: list[Decision] = []
    sealed, below, going = 0, None, True
    while going:
        page = office.work(partial(_page, below=below, with_sealed=with_sealed))
        decisions += page.decisions
        sealed, below = sealed + page.sealed, page.below
        going = below is not None and sum(bool(each.acts) for each in decisions) < MOST
    learned = learn(decisions, office.agency)
    click.echo(f"{learned.looked_at} petitions looked at, {len(learned.texts)} of them decided by people")
    if sealed:
        click.echo(f"{sealed} sealed ones left out (--with-sealed takes them in)")
    for name, (right, told) in learned.right.items():
        share = f", {right / told:.3f}" if told else ""
        click.echo(f"  suggested {name:<9} right {right} of {told}{share}")
    if not learned.texts:
        raise ground.Refusal("Nobody has decided anything yet, so there is nothing to learn.")
    return Corrections(learned)


def _page(book: Casebook, *, below: int | None, with_sealed: bool) -> Page:
    return book.decided(below=below, with_sealed=with_sealed)


def compare(found: Corrections, agency: Agency, held_out: Sequence[Judged], *, anyway: bool) -> None:
    """Say what the packaged artefact and the new one's twins find in the decided petitions.

    Neither was trained on the texts it is asked about. Raises Refusal where the new one finds clearly fewer units,
    unless `anyway`."""
    from petitions.triage.judging import judge
    from petitions.triage.learning import SOURCE
    from petitions.triage.model import packaged
    from petitions.triage.report import lines

    before = judge(packaged(), agency, found.learned.texts)
    after = [each for each in held_out if each.text.source == SOURCE]
    for name, judged in (("packaged artefact", before), ("this one, five folds", after)):
        click.echo(f"\ndecided petitions, {name}")
        click.echo("\n".join(f"  {line}" for line in lines(judged)))
    if not anyway and _right(after) < _right(before) - _LOST:
        raise ground.Refusal(
            "The new artefact finds fewer units than the packaged one, so it is not kept (--anyway keeps it)."
        )


def _right(judged: Sequence[Judged]) -> float:
    """Share of right units."""
    told = [each.text.unit == each.seen.unit.value for each in judged if each.text.unit is not None]
    return sum(told) / max(1, len(told))
