"""Why a case is with this unit, whom it is against, and that it must move: lines for cards and details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import competence
from handlers.officers.access import same_unit, unit_name
from handlers.route_words import accused_name, because, kept_route, sentence
from petitions.routing import ACCUSING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import EventRecord, PetitionRecord


def card_line(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """Why the case is here, in one line; that it must move, where its unit may not examine it."""
    moving = must_move_line(turn, petition, texts)
    if moving:
        return moving
    agency = turn.facts.agency
    route = competence.route_today(agency, petition)
    if route is None or not route.because:
        return ""
    if not same_unit(agency, route.unit, petition.unit):
        unit = unit_name(agency, route.unit, texts.language)
        return texts.get("routing.moved_on_purpose", unit=unit)
    return texts.get("routing.card", why=because(agency, route.because, texts))


def must_move_line(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """That the case stands with the very unit it is against; empty where it does not."""
    return texts.get("routing.must_move") if competence.must_move(turn.facts.agency, petition) else ""


def detail_lines(
    turn: Turn, petition: PetitionRecord, events: list[EventRecord], texts: Texts
) -> Iterator[str]:
    """Whom it is against, and why it came here, as it was put on record at the time."""
    agency = turn.facts.agency
    accused = accused_shown(turn, petition, texts)
    if accused:
        yield texts.get("routing.accused", accused=accused)
    for event in reversed(events):
        route = kept_route(event.content)
        if route is not None:
            from handlers.officers import cards

            day = cards.shown_date(event.at.astimezone(agency.zone).date(), texts)
            why = sentence(agency, route, texts, kind=petition.kind)
            if why:
                yield texts.get("routing.recorded", date=day, why=why)
            return


def accused_shown(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """Who is complained about or denounced, in words; "" where nobody is on record."""
    from handlers.officers import cards

    agency = turn.facts.agency
    officer = turn.book.officer(petition.accused_id) if petition.accused_id is not None else None
    name = accused_name(agency, petition.against, texts) if petition.against is not None else ""
    if officer is None:
        return name
    unit = name or unit_name(agency, officer.unit, texts.language)
    return texts.get("routing.accused_officer", accused=unit, officer=cards.officer_name(officer, texts))


def transfer_lines(turn: Turn, petition: PetitionRecord, texts: Texts) -> str:
    """What an officer should know before choosing another unit: what the rules say, and who is accused."""
    agency = turn.facts.agency
    lines = []
    route = competence.route_today(agency, petition)
    if route is not None and route.because and not same_unit(agency, route.unit, petition.unit):
        unit = unit_name(agency, route.unit, texts.language)
        why = because(agency, route.because, texts)
        lines.append(texts.get("routing.suggested", unit=unit, why=why))
    accused = accused_shown(turn, petition, texts)
    if accused:
        lines.append(texts.get("routing.accused", accused=accused))
    elif petition.kind in ACCUSING and petition.against is None:
        lines.append(texts.get("routing.accused_unknown"))
    return "".join(f"\n{line}" for line in lines)
