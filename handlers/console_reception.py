"""The reception schedule and its appointments at the console.

The focal unit and who administers the service keep the schedule, each change on record; only the focal unit sees who
comes. Of a visit to sign a đơn nothing but the hour is shown to who may not know of that case, whatever its kind, so
that a visit tells nothing of its kind either.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from handlers import cases, reception
from handlers.citizens.chat import petition_button
from handlers.console_office import NotAllowed, Wrong
from handlers.messages import Button, Outgoing
from handlers.officers import cards
from handlers.officers.access import Access, in_unit, officer_access
from handlers.officers.audience import texts_of
from handlers.turn import Priority
from petitions.kinds import Action, Role
from petitions.reception import WEEKDAYS
from petitions.reception_schedule import (
    LONGEST_WORDS,
    BookingState,
    Mode,
    ScheduleLine,
    first_posted,
    has_head_soon,
)
from petitions.text import clean
from petitions.workflow import Refused
from storage.records import SERVICE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from handlers.officers.room import Room
    from petitions.agency import Agency
    from storage.reception import Booking
    from storage.records import ContactRecord, OfficerRecord, PetitionRecord

LONGEST_LEAD: Final = 366
"""Days ahead for which a day may be set or called off."""
A_MONTH: Final = 31
_COMMAS: Final = re.compile(r"[,;]+")
_FAULTS: Final = dict.fromkeys(("receiver", "place", "note"), "long")
"""Fields whose fault is said in the same words. One that lies in no field alone is of the hours, which cross."""
_MARKS: Final = frozenset({BookingState.CAME, BookingState.MISSED, BookingState.BOOKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingLine:
    """An appointment as the day's list shows it."""

    id: int
    time: str
    mode: str
    state: BookingState
    name: str
    phone: str
    matter: str
    visit: bool
    """Somebody comes to sign the đơn of a petition."""
    code: str
    """The code of that petition, or of the one that was entered from what was told here, where this officer may know
    of it."""
    told: bool
    """A chat is known, so that the person heard of a change there."""


def may_receive(agency: Agency, officer: OfficerRecord) -> bool:
    """Whether the officer sees who comes: the focal unit's people."""
    return in_unit(agency, officer, agency.focal_unit)


def may_keep(agency: Agency, officer: OfficerRecord) -> bool:
    """Whether the officer keeps the schedule."""
    return officer.role is Role.ADMIN or may_receive(agency, officer)


# --- the schedule


def add_line(room: Room, form: Mapping[str, str], days: Collection[str]) -> int:
    """A new line. Raises NotAllowed, Wrong."""
    _check_keeper(room)
    line = _line_of(form, days)
    _check_day(room, line, extra=form.get("extra") == "1")
    line_id = room.turn.book.add_reception_line(line, room.officer.id)
    _note(room, "reception_line", title=_summary(room, line), line=line.model_dump(mode="json"))
    return line_id


def remove_line(room: Room, line_id: int, words: str) -> int:
    """The line is over, and so is every appointment ahead that was made for it; gives how many people are to be
    called because no chat of theirs is known. Raises NotAllowed, Wrong."""
    _check_keeper(room)
    line = room.turn.book.reception_lines().get(line_id)
    if line is None:
        raise NotAllowed
    told = _told_words(words)
    today = reception.today_of(room.turn)
    room.turn.book.remove_reception_line(line_id)
    _note(room, "reception_removed", title=_summary(room, line), words=told)
    return _end_all(room, line_id, today, today + dt.timedelta(days=LONGEST_LEAD), told)


def call_off(room: Room, key: str, words: str) -> int:
    """The session does not take place; gives how many people are to be called. Raises NotAllowed, Wrong."""
    _check_keeper(room)
    told = _told_words(words)
    found = reception.find_session(room.turn, key)
    if found is None:
        raise Wrong("console_reception.wrong_session")
    room.turn.book.hold_line(found.session.line_id)
    found = reception.find_session(room.turn, key) or found
    session = found.session
    if session.called_off is not None:
        raise Wrong("console_reception.wrong_off_already")
    room.turn.book.call_off(session.line_id, session.day, told, room.officer.id)
    day = cards.shown_date(session.day, room.texts)
    _note(room, "reception_off", title=f"{day}. {_summary(room, session.line)}", words=told)
    return _end_all(room, session.line_id, session.day, session.day, told)


def lacks_head(room: Room) -> bool:
    """Whether nobody sees the head receive in the coming month."""
    today = reception.today_of(room.turn)
    soon = reception.open_sessions(room.turn, first=today, last=today + dt.timedelta(days=A_MONTH))
    return not has_head_soon(one.session for one in soon)


# --- a day's appointments


def day_list(room: Room, day: dt.date) -> tuple[BookingLine, ...]:
    """Who comes on that day, and who was to come to a session that was called off. Raises NotAllowed."""
    if not may_receive(room.turn.facts.agency, room.officer):
        raise NotAllowed
    found = room.turn.book.bookings_on(day, day)
    ids = [booking.petition_id for booking in found if booking.petition_id is not None]
    petitions = room.turn.book.petitions_by_id(ids)
    return tuple(_shown(room, booking, petitions.get(booking.petition_id or 0)) for booking in found)


def mark(room: Room, booking_id: int, state: str) -> dt.date:
    """Whether the person came; gives the day. Raises NotAllowed, Wrong."""
    booking = _booking(room, booking_id)
    if state not in _MARKS:
        raise NotAllowed
    if booking.day > reception.today_of(room.turn):
        raise Wrong("console_reception.wrong_not_yet")
    room.turn.book.mark_booking(booking.id, BookingState(state))
    return booking.day


def told_at(room: Room, booking_id: int) -> dict[str, str]:
    """What an entry by staff begins with, for who came: fields of its form. Raises NotAllowed."""
    booking = _booking(room, booking_id)
    if booking.state is not BookingState.CAME or not booking.name:
        raise NotAllowed
    return {
        "channel": "counter",
        "arrived_on": booking.day.isoformat(),
        "name": booking.name,
        "phone": booking.phone,
        "story": booking.matter,
        "booking": str(booking.id),
    }


def became(room: Room, booking_id: int, petition_id: int) -> None:
    """What was told at an appointment was entered as a petition; nothing where it is no such appointment."""
    try:
        told_at(room, booking_id)
    except NotAllowed:
        return
    room.turn.book.link_booking(booking_id, petition_id)


def cancel(room: Room, booking_id: int) -> dt.date:
    """Give up an appointment at the person's word (by telephone, say); gives the day. Raises NotAllowed, Wrong."""
    booking = _booking(room, booking_id)
    if booking.petition_id is not None:
        raise Wrong("console_reception.wrong_visit")
    room.turn.book.end_booking(booking.id, BookingState.CANCELLED)
    return booking.day


# --- inside


def _line_of(form: Mapping[str, str], days: Collection[str]) -> ScheduleLine:
    weekly = form.get("when") != "day"
    spans = [span.replace(" ", "").replace("–", "-") for span in _COMMAS.split(form.get("hours", ""))]
    try:
        on = None if weekly else dt.date.fromisoformat(form.get("on", ""))
    except ValueError:
        raise Wrong("console_reception.wrong_day") from None
    if weekly and not set(WEEKDAYS) & set(days):
        raise Wrong("console_reception.wrong_days")
    try:
        return ScheduleLine(
            receiver=clean(form.get("receiver", "")),
            place=clean(form.get("place", "")),
            mode=Mode.ONLINE if form.get("mode") == Mode.ONLINE else Mode.IN_PERSON,
            days=tuple(day for day in WEEKDAYS if day in days) if weekly else (),
            on=on,
            hours=tuple(span for span in spans if span),
            minutes=_number(form.get("minutes", "")),
            seats=_number(form.get("seats", "")),
            head=form.get("head") == "1",
            note=clean(form.get("note", "")),
        )
    except ValidationError as fault:
        where = str((*fault.errors()[0]["loc"], "hours")[0])
        raise Wrong(f"console_reception.wrong_{_FAULTS.get(where, where)}") from None


def _check_day(room: Room, line: ScheduleLine, *, extra: bool) -> None:
    """A single day lies ahead, is worked, and the head's is posted in time unless it is an extra one (đột xuất: Luật
    Tiếp công dân Đ18 k3)."""
    if line.on is None:
        return
    facts, today = room.turn.facts, reception.today_of(room.turn)
    if not today < line.on <= today + dt.timedelta(days=LONGEST_LEAD):
        raise Wrong("console_reception.wrong_day")
    if not facts.calendar.is_working(line.on):
        raise Wrong("console_reception.wrong_day_off")
    if line.head and not extra and line.on < first_posted(today, facts.calendar, facts.agency.rules):
        raise Wrong("console_reception.wrong_posted")


def _end_all(room: Room, line_id: int, first: dt.date, last: dt.date, words: str) -> int:
    """End the appointments of these days and tell whose chat is known; gives how many are to be called."""
    turn = room.turn
    to_call = 0
    for booking in turn.book.bookings_on(first, last, line_id=line_id):
        if booking.state is not BookingState.BOOKED or booking.at <= turn.now:
            continue
        turn.book.end_booking(booking.id, BookingState.CALLED_OFF)
        petition = turn.book.petition(booking.petition_id) if booking.petition_id is not None else None
        if petition is not None:
            _give_up_visit(room, petition)
        contact_id = booking.contact_id or (petition.contact_id if petition is not None else None)
        contact = turn.book.contact_by_id(contact_id) if contact_id is not None else None
        if contact is None or contact.blocked_at is not None:
            to_call += 1
        else:
            _tell(room, booking, contact, petition, words)
    return to_call


def _give_up_visit(room: Room, petition: PetitionRecord) -> None:
    try:
        cases.perform(room.turn, petition.id, Action.CANCEL_VISIT, SERVICE)
    except Refused:
        return  # the đơn is signed by now, or the case went on without it


def _tell(
    room: Room, booking: Booking, contact: ContactRecord, petition: PetitionRecord | None, words: str
) -> None:
    turn, texts = room.turn, texts_of(room.turn, contact)
    when = reception.shown_moment(turn, booking.at, texts)
    rows: tuple[tuple[Button, ...], ...] = ()
    if petition is not None:
        rows = ((petition_button(texts.get("form.button_revisit_new"), "visit", petition.id),),)
    url = f"{turn.facts.public_url}/reception" if turn.facts.public_url and petition is None else ""
    again = texts.get("public.told_book_again", url=url) if url else ""
    text = "\n".join(part for part in (texts.get("public.told_off", when=when), words, again) if part)
    turn.send(
        Outgoing(text=text, rows=rows, quiet=petition is not None and petition.discreet),
        to=contact,
        priority=Priority.NOTICE,
    )


def _shown(room: Room, booking: Booking, petition: PetitionRecord | None) -> BookingLine:
    seen = officer_access(room.turn.facts.agency, petition, room.officer) is Access.FULL
    local = booking.at.astimezone(room.turn.facts.agency.zone)
    return BookingLine(
        id=booking.id,
        time=f"{local:%H:%M}",
        mode=room.text(f"public.mode_{booking.mode}"),
        state=booking.state,
        name=booking.name,
        phone=booking.phone,
        matter=booking.matter,
        visit=booking.petition_id is not None and not booking.name,
        code=petition.code if petition is not None and seen else "",
        told=booking.contact_id is not None,
    )


def _booking(room: Room, booking_id: int) -> Booking:
    if not may_receive(room.turn.facts.agency, room.officer):
        raise NotAllowed
    booking = room.turn.book.booking(booking_id)
    if booking is None or booking.state not in _MARKS:
        raise NotAllowed
    return booking


def _check_keeper(room: Room) -> None:
    if not may_keep(room.turn.facts.agency, room.officer):
        raise NotAllowed


def _told_words(words: str) -> str:
    told = clean(words)
    if not told:
        raise Wrong("console_reception.wrong_no_words")
    if len(told) > LONGEST_WORDS:
        raise Wrong("console_reception.wrong_long")
    return told


def _summary(room: Room, line: ScheduleLine) -> str:
    texts = room.texts
    days = (
        cards.shown_date(line.on, texts)
        if line.on is not None
        else ", ".join(texts.get(f"public.weekday_{day}") for day in line.days)
    )
    return f"{days}, {', '.join(line.hours)}, {reception.receiver_of(line, texts)}"


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0


def _note(room: Room, what: str, **content: object) -> None:
    room.turn.book.note_change(room.officer, what, content)
