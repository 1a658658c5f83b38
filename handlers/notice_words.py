"""What a notice to a citizen may name of an event, in the citizen's language. Never the kind, nor the topic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from handlers.officers import cards
from petitions.agency import UnknownCode
from petitions.clock_steps import ACCEPT, SETTLE
from petitions.kinds import Action
from petitions.reasons import CODES, basis_of
from petitions.settling_transitions import codes_for
from petitions.transitions import SEALED_KINDS, TABLE

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import PetitionRecord


def notice_words(
    turn: Turn, petition: PetitionRecord, action: Action, given: Mapping[str, Any], texts: Texts
) -> dict[str, object]:
    """The parameters of a citizen's notice; "" for what this event does not have."""
    zone = turn.facts.agency.zone
    on = _day(given.get("on")) or turn.now.astimezone(zone).date()
    moment = _moment(given.get("moment"))
    return {
        "unit": cards.unit_shown(turn, petition, texts),
        "officer": cards.officer_shown(turn, petition, texts),
        "reason": _reason(petition, action, str(given.get("code", "")), texts),
        "date": cards.shown_date(on, texts),
        "due": _due(turn, petition, action, texts),
        "moment": cards.shown_moment(moment.astimezone(zone), texts) if moment else "",
        "document": str(given.get("document", "")) or texts.get("notices.no_number"),
        "authority": _authority(turn, petition, texts),
        "guidance": _guidance(turn, petition, texts),
    }


def template_facts(turn: Turn, petition: PetitionRecord, texts: Texts, *, discreet: bool) -> dict[str, str]:
    """What an approved template may name of a petition, without a word of the matter; of a discreet one its code.

    `date` is the day until which the office owes the next step, day first.
    """
    code = cards.shown_code(petition)
    if discreet:
        return {"code": code}
    public = turn.facts.public_url
    return {
        "code": code,
        "stage": texts.get(f"citizen.stage_{petition.stage}"),
        "date": cards.shown_date(petition.due_on, texts) if petition.due_on else texts.get("notices.no_due"),
        "unit": cards.unit_shown(turn, petition, texts),
    } | ({"link": f"{public}/status"} if public.startswith("https://") else {})


def reason_text(petition: PetitionRecord, action: Action, code: str, texts: Texts) -> str:
    """The long text of a reason code with its article, for who may read of the kind."""
    if not code or f"reasons.long_{code}" not in texts:
        return ""
    words = texts.get(f"reasons.long_{code}")
    basis = basis_of(_vocabulary(petition, action, code), code)
    return texts.get("reasons.with_basis", words=words, basis=basis) if basis else words


def _reason(petition: PetitionRecord, action: Action, code: str, texts: Texts) -> str:
    """As `reason_text`; of a sealed case without the article, whose law would name the kind."""
    if petition.kind in SEALED_KINDS or petition.confidential or petition.discreet:
        return texts.get(f"reasons.long_{code}") if code and f"reasons.long_{code}" in texts else ""
    return reason_text(petition, action, code, texts)


def _vocabulary(petition: PetitionRecord, action: Action, code: str) -> str:
    lists = {
        codes_for(row, instance=petition.instance)
        for row in TABLE
        if row.action is action and row.codes and (row.kinds is None or petition.kind in row.kinds)
    }
    return next((name for name in sorted(lists) if code in CODES[name]), "")


def _authority(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    return cards.destination_shown(turn, petition.destination, texts) if petition.destination else ""


def _guidance(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    if not petition.destination:
        return ""
    try:
        return turn.facts.agency.outside_authority(petition.destination).guidance(texts.language)
    except UnknownCode:
        return ""


_PROMISED: Final = {
    Action.CONFIRM_FORM: ACCEPT,
    Action.ACCEPT: SETTLE,
    Action.VERIFY: SETTLE,
    Action.FIND_COMPLEX: SETTLE,
    Action.EXTEND: SETTLE,
    Action.RESUME: SETTLE,
}
"""The step whose limit a notice names; what the office owes others meanwhile, such as sending a notice of
acceptance, may fall due sooner."""


def _due(turn: Turn, petition: PetitionRecord, action: Action, texts: Texts) -> str:
    """The day the notice speaks of: that of its own step, else the limit that governs now."""
    step = _PROMISED.get(action)
    days = [c.due_on for c in turn.book.clocks(petition.id).values() if c.alive and c.step == step]
    due_on = next((day for day in days if day is not None), petition.due_on)
    return cards.shown_date(due_on, texts) if due_on else texts.get("notices.no_due")


def _day(value: object) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) and value else None


def _moment(value: object) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if isinstance(value, str) and value else None
