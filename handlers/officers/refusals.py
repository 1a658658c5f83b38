"""Why something was not done, in words for the officer who tried."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from handlers.officers.cards import actions_of, officer_name, shown_date
from petitions.kinds import Action
from petitions.workflow import RefusalCode, Refused

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import PetitionRecord


def explain(
    turn: Turn, petition: PetitionRecord, action: Action, refused: Refused
) -> tuple[str, dict[str, object]]:
    """Text key and parameters for `refused`. A case somebody else was quicker to take names that
    colleague."""
    texts = turn.texts
    if action is Action.TAKE and petition.officer_id is not None:
        holder = turn.book.officer(petition.officer_id)
        if turn.officer is not None and petition.officer_id == turn.officer.id:
            return "officer.refused_yours_already", {}
        name = officer_name(holder, texts) if holder is not None else texts.get("cards.nobody")
        return "officer.refused_already_taken", {"officer": name}
    params: dict[str, object] = {name: _shown(value, texts) for name, value in refused.params.items()}
    if refused.code in (RefusalCode.WRONG_STAGE, RefusalCode.ALREADY_TAKEN):
        return _not_now(turn, petition, texts)
    if refused.code is RefusalCode.BAD_FACT:
        params = {"fact": texts.get(f"facts.{refused.params['fact']}")}
    return f"officer.refused_{refused.code}", params


_NAMED: Final = 4
"""Steps that are named where another one is not possible now; a button's short answer holds no more."""


def _not_now(turn: Turn, petition: PetitionRecord, texts: Texts) -> tuple[str, dict[str, object]]:
    """Another step is on: where the case stands, and what this officer can do with it now."""
    stage = texts.get(f"cards.stage_{petition.stage}")
    buttons = actions_of(turn, petition, turn.officer, texts) if turn.officer is not None else []
    if not buttons:
        return "officer.refused_wrong_stage", {"stage": stage}
    possible = ", ".join(button.label.rstrip("…") for button in buttons[:_NAMED])
    return "officer.refused_not_now", {"stage": stage, "possible": possible}


def _shown(value: object, texts: Texts) -> object:
    return shown_date(value, texts) if isinstance(value, date) else value


RIGHTS: Final = frozenset(
    {RefusalCode.WRONG_ROLE, RefusalCode.WRONG_UNIT, RefusalCode.NOT_ASSIGNED, RefusalCode.HIDDEN}
)
"""Refusals that say: this is not yours to do. Such an attempt stays on record."""
