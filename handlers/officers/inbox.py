"""/inbox and /case: an officer's work and one case of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handlers import cases
from handlers.messages import Button, Outgoing
from handlers.officers import cards, history
from handlers.officers.access import Access, officer_access, same_unit, sealed, unit_name
from handlers.officers.lists import paged
from handlers.officers.tokens import Press
from petitions.codes import BadCode, TrackingCode, find_codes
from petitions.text import fold
from petitions.transition_groups import LEADING, OVERSIGHT
from storage.work import Which

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import PetitionRecord

MOST: Final = 240
"""Open cases looked at for one list; more than that is work for the console."""
SOON_DAYS: Final = 3
"""Working days: what falls due within them is due soon."""
_LABELS: Final = {
    "mine": "officer.button_mine",
    "unit": "officer.button_unit",
    "late": "alarms.filter_late",
    "soon": "alarms.filter_soon",
    "waiting": "alarms.filter_waiting",
}
_TYPED: Final = {
    "mine": ("mine", "cua toi", "toi"),
    "unit": ("unit", "don vi", "phong"),
    "late": ("late", "qua han", "tre"),
    "soon": ("soon", "sap toi han", "sap den han", "sap han"),
    "waiting": ("waiting", "cho", "cho nguoi dan"),
}
"""What may be typed after /inbox, without diacritics."""
_WHICH: Final = {"late": Which.LATE, "soon": Which.SOON, "waiting": Which.WAITING}


def show(room: Room, argument: str = "") -> None:
    """One list of work. `argument`: one of mine, unit, late, soon, waiting, with `:<page>`.

    Without one, who has no case of their own sees what waits in the unit: a head's work is there. Late, soon and
    waiting are the unit's for those who lead, else one's own; who oversees the office sees all that is late.
    """
    typed, _, number = argument.partition(":")
    page = int(number) if number.isdigit() and len(number) < 4 else 0
    asked = next((name for name, words in _TYPED.items() if fold(typed).strip() in words), "")
    which = asked or "mine"
    found = _found(room, which)
    if not found and not asked:
        found = _found(room, "unit")
        which = "unit" if found else "mine"
    buttons = [
        Button(label=_label(room, petition), token=Press("case", petition.id).token) for petition in found
    ]
    rows = paged(buttons, page, lambda to: Press("inbox", 0, f"{which}:{to}").token, room.texts)
    room.send(
        Outgoing(text=_heading(room, which, len(found)), rows=(*rows, *_filters(room, which)), protect=True)
    )


def _heading(room: Room, which: str, number: int) -> str:
    unit = unit_name(room.turn.facts.agency, room.officer.unit, room.texts.language)
    empty = "" if number else "_empty"
    own = which in ("mine", "unit")
    key = f"officer.inbox_{which}{empty}" if own else f"alarms.list_{which}{empty}"
    return room.text(key, number=number, unit=unit, days=SOON_DAYS)


def _filters(room: Room, which: str) -> tuple[tuple[Button, ...], ...]:
    """The other lists."""
    buttons = {
        name: Button(label=room.text(_LABELS[name]), token=Press("inbox", 0, name).token)
        for name in _LABELS
        if name != which
    }
    rows = (
        tuple(button for name, button in buttons.items() if name in ("mine", "unit")),
        tuple(button for name, button in buttons.items() if name not in ("mine", "unit")),
    )
    return tuple(row for row in rows if row)


def _found(room: Room, which: str) -> list[PetitionRecord]:
    """The cases of a list that this officer may see, the soonest date first, in one look."""
    book, agency, officer = room.turn.book, room.turn.facts.agency, room.officer
    today = room.turn.now.astimezone(agency.zone).date()
    if which == "late" and officer.role in OVERSIGHT:
        found = book.late_everywhere(today=today, limit=MOST)
    else:
        own = which == "mine" or (which != "unit" and officer.role not in LEADING)
        found = book.work_list(
            _WHICH.get(which, Which.ALL),
            units=[unit.code for unit in agency.units if same_unit(agency, unit.code, officer.unit)],
            officer_id=officer.id if own else None,
            today=today,
            soon=room.turn.facts.calendar.add_working_days(today, SOON_DAYS),
            limit=MOST,
        )
    return [p for p in found if officer_access(agency, p, officer) is not Access.NONE]


def show_by_code(room: Room, typed: str) -> None:
    """/case CODE. A code that is unknown and one that is not for this officer are answered alike; the attempt
    stands in the history of the case."""
    code = _code(typed)
    if code is None:
        room.say("officer.case_needs_code" if not typed.strip() else "officer.case_bad_code")
        return
    petition = room.turn.book.petition_by_code(code)
    if petition is None or officer_access(room.turn.facts.agency, petition, room.officer) is Access.NONE:
        if petition is not None:
            cases.put_on_record(room.turn, petition, room.actor, "case", "hidden")
        room.say("officer.unknown_case")
        return
    show_case(room, petition)


def show_case(room: Room, petition: PetitionRecord) -> None:
    """The case's card as a new message; from now on this one is kept up to date, not an older one above."""
    if room.turn.book.card(petition.id, room.contact.id) is not None:
        room.turn.book.set_card(petition.id, room.contact.id, "")
    card = replace(cards.private_card(room.turn, petition, room.officer, room.texts), fresh=True)
    told = history.last_outcome(room, petition)
    if told:
        card = replace(card, text=f"{card.text}\n{told}")
    room.send(card, petition_id=petition.id, card_of=petition.id)


def waiting(room: Room) -> int:
    """How many open cases of the unit this officer may see."""
    return len(_found(room, "unit"))


def _code(typed: str) -> str | None:
    try:
        return TrackingCode.parse(typed).value
    except BadCode:
        found = find_codes(typed)
        return found[0].code.value if found and found[0].code is not None else None


def _label(room: Room, petition: PetitionRecord) -> str:
    """Code, stage and date; of a sealed case no more than that either."""
    due = cards.shown_date(petition.due_on, room.texts) if petition.due_on else room.text("officer.no_date")
    key = "officer.inbox_line_sealed" if sealed(petition) else "officer.inbox_line"
    stage = room.text(f"cards.stage_{petition.stage}")
    return room.text(key, code=cards.shown_code(petition), stage=stage, date=due)
