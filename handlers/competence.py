"""Nobody examines a case against himself: which unit may hold it, which officer may be named, where it must go.

Who is accused may become known only later (`Action.CORRECT`); the case then moves at once to who may examine it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from petitions.agency import UnknownCode
from petitions.kinds import Action, ActorKind
from petitions.routing import ACCUSING, is_barred
from petitions.text import fold
from petitions.workflow import RefusalCode, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.turn import Turn
    from petitions.agency import Agency
    from petitions.kinds import Kind
    from petitions.routing import Route
    from storage.records import ActorRef, OfficerRecord, PetitionRecord

_STILL_POSSIBLE: Final = frozenset(
    {
        Action.CORRECT,
        Action.TRANSFER,
        Action.REFUSE_TRANSFER,
        Action.RULE_UNIT,
        Action.PASS_ON,
        Action.GUIDE,
        Action.NOTE,
        Action.POLICY_GAP,
        Action.WITHDRAW_GAP,
        Action.DENIED,
    }
)
"""What an officer may do with a case that its unit may not examine: send it where it belongs, put it on record."""
_SETTLING: Final = frozenset(
    {Action.SCREEN_ELIGIBLE, Action.ACCEPT, Action.VERIFY, Action.DECIDE, Action.CONCLUDE, Action.ANSWER}
)
"""What examines the matter; a case that is only kept for the authority above is not examined here."""
_FEWEST_WORDS: Final = 2


def barred(agency: Agency, petition: PetitionRecord, unit: str) -> bool:
    """Whether `unit` would examine itself. A unit the profile no longer knows is nobody's."""
    try:
        return is_barred(
            agency,
            unit,
            petition.kind,
            petition.against,
            second_instance=petition.instance > 1,
            destination=petition.destination,
        )
    except UnknownCode:
        return False


def must_move(agency: Agency, petition: PetitionRecord) -> bool:
    """Whether the case stands with a unit that may not examine it."""
    return barred(agency, petition, petition.unit)


def is_accused(petition: PetitionRecord, officer: OfficerRecord) -> bool:
    """Whether this officer is the one complained about or denounced."""
    return petition.kind in ACCUSING and petition.accused_id == officer.id


def route_today(agency: Agency, petition: PetitionRecord) -> Route | None:
    """Where the rules send the case as it is known now; None where the profile no longer knows its topic."""
    try:
        return agency.route(
            petition.kind,
            petition.topic,
            against=petition.against,
            second_instance=petition.instance > 1,
            outside=petition.destination,
        )
    except UnknownCode:
        return None


def lawful_unit(agency: Agency, petition: PetitionRecord, unit: str) -> str:
    """`unit`, or who examines instead where it may not: as the rules say, the leadership, any other unit."""
    if not barred(agency, petition, unit):
        return unit
    route = route_today(agency, petition)
    others = [route.unit] if route is not None else []
    others += [agency.leadership_unit, agency.focal_unit, *(u.code for u in agency.units if u.active)]
    return next((code for code in others if not barred(agency, petition, code)), unit)


def check_unit(turn: Turn, petition: PetitionRecord, unit: str) -> None:
    """Raises Refused where `unit` may not get the case, nor one of those merged into it."""
    merged = turn.book.members(petition.id) if petition.members and petition.kind in ACCUSING else ()
    if any(barred(turn.facts.agency, each, unit) for each in (petition, *merged)):
        raise Refused(RefusalCode.OWN_CASE)


def check_joined(turn: Turn, petition: PetitionRecord, first: PetitionRecord) -> None:
    """Raises Refused where the case would be settled together with `first`, by whom it is against."""
    if barred(turn.facts.agency, petition, first.unit):
        raise Refused(RefusalCode.OWN_CASE)
    if petition.accused_id is not None and petition.accused_id == first.officer_id:
        raise Refused(RefusalCode.ACCUSED_OFFICER)


def check_officer(petition: PetitionRecord, officer: OfficerRecord) -> None:
    """Raises Refused where `officer` is the accused."""
    if is_accused(petition, officer):
        raise Refused(RefusalCode.ACCUSED_OFFICER)


def check_goes_on(turn: Turn, petition: PetitionRecord, action: Action, actor: ActorRef) -> None:
    """Raises Refused where an officer would go on with a case that first has to move."""
    if actor.kind is not ActorKind.OFFICER or action in _STILL_POSSIBLE:
        return
    agency = turn.facts.agency
    if must_move(agency, petition):
        raise Refused(RefusalCode.MUST_MOVE)
    if action in _SETTLING and is_only_kept(agency, petition):
        raise Refused(RefusalCode.FOR_ABOVE)


def locked(agency: Agency, petition: PetitionRecord, action: Action) -> bool:
    """Whether `check_goes_on` would refuse the action to every officer, so that no button offers it."""
    if action in _STILL_POSSIBLE:
        return False
    return must_move(agency, petition) or (action in _SETTLING and is_only_kept(agency, petition))


def is_only_kept(agency: Agency, petition: PetitionRecord) -> bool:
    """Whether the office only keeps the case for the authority above, because its own head is the accused."""
    if petition.destination is None:
        return False
    here = replace(petition, destination=None)
    return barred(agency, here, agency.leadership_unit)


def accused_officer(
    officers: Iterable[OfficerRecord], accusations: Iterable[str], kind: Kind, *, unit: str | None
) -> OfficerRecord | None:
    """The officer whose full name stands in an accusation, where only one has it.

    A namesake is kept from the case until somebody says otherwise, which is better than the accused reading it.
    `unit`: the accused unit, where it is known; its people go first.
    """
    if kind not in ACCUSING:
        return None
    told = [f" {' '.join(_WORD.findall(fold(words)))} " for words in accusations]
    found = []
    for officer in officers:
        name = _WORD.findall(fold(officer.name))
        if len(name) > _FEWEST_WORDS and any(f" {' '.join(name)} " in words for words in told):
            found.append(officer)
    here = [officer for officer in found if officer.unit == unit] or found
    return here[0] if len(here) == 1 else None


def accusations(text: str) -> list[str]:
    """The pieces of a story right after an accusing word, where the accused is named."""
    return [match.group() for match in _ACCUSES.finditer(fold(text)[:_LOOKED_AT])]


_WORD: Final = re.compile(r"\w+")
_ACCUSES: Final = re.compile(r"\b(?:to cao|to giac|khieu nai|hanh vi cua|quyet dinh cua)\b[^.;!?]{1,90}")
_LOOKED_AT: Final = 6000
