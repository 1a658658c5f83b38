"""Where a case stands, as far as official papers depend on it: read from its row and its clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from petitions.clock_steps import DISCIPLINARY
from petitions.clocks import ClockState
from petitions.kinds import Stage
from petitions.official_papers import Fact, Fit, Situation, offered
from petitions.reasons import NOTHING_NEW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from petitions.clocks import Clock
    from storage.records import PetitionRecord


def has_papers(petition: PetitionRecord) -> bool:
    """Whether papers are made for it at all: those of a merged petition are its lead's, a withdrawn one has none."""
    return petition.stage not in (Stage.MERGED, Stage.WITHDRAWN)


def situation_of(petition: PetitionRecord, clocks: Iterable[Clock]) -> Situation:
    """Where a case stands. The dialogue is obligatory at second instance (Nghị định 124/2020 Đ28 k2) and for
    disciplinary complaints (Luật Khiếu nại Đ53, Đ55)."""
    obliged = petition.instance > 1 or petition.subkind in DISCIPLINARY
    held = {
        Fact.FORMED: petition.formed_on is not None,
        Fact.OUTSIDE: petition.destination is not None,
        Fact.WISH: petition.withdraw_wish_at is not None,
        Fact.DIALOGUE: petition.dialogue_held_at is None and (obliged or petition.dialogue_at is not None),
        Fact.REFUSED: petition.outcome == NOTHING_NEW,
    }
    return Situation(
        kind=petition.kind,
        stage=petition.stage,
        instance=petition.instance,
        running=frozenset(clock.step for clock in clocks if clock.state is ClockState.RUNNING),
        facts=frozenset(fact for fact, holds in held.items() if holds),
    )


def asks_for_paper(petition: PetitionRecord, clocks: Iterable[Clock]) -> bool:
    """Whether the step at hand asks for a paper."""
    return has_papers(petition) and any(one.fit is Fit.NOW for one in offered(situation_of(petition, clocks)))
