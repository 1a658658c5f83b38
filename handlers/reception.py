"""Appointments at the office: which sessions are open, taking a seat from the web page, and giving it back.

The same seats are offered to who comes to sign a đơn (`handlers.citizens.visits`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from petitions.codes import BadCode, read_short, show_secret
from petitions.phones import BadPhone, national_form
from petitions.reception_schedule import (
    OFFICE_HOURS,
    WEEKS_SHOWN,
    BookingState,
    Mode,
    ScheduleLine,
    Session,
    first_bookable,
    sessions,
)
from petitions.text import clean
from storage.reception import CODE_LENGTH, Booking, NewBooking

if TYPE_CHECKING:
    from handlers.officers.clock_lines import Standpoint
    from handlers.texts import Texts

LONGEST_NAME: Final = 100
LONGEST_MATTER: Final = 300
MOST_OF_A_PHONE: Final = 2
"""Appointments ahead under one telephone number."""


class NotBooked(Exception):
    """Why nobody was entered; carries the key of the words that say so."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session with what is left of it. Moments are in the office's zone."""

    session: Session
    free: tuple[dt.datetime, ...]
    """Times that can be booked now."""
    bookable: bool
    """Its day is far enough ahead, and it was not called off."""


def today_of(look: Standpoint) -> dt.date:
    return look.now.astimezone(look.facts.agency.zone).date()


def schedule(look: Standpoint) -> dict[int, ScheduleLine]:
    """The lines in force: those set at the console, else the hours of the profile."""
    lines = look.book.reception_lines()
    if not lines:
        usual = ScheduleLine.of_profile(look.facts.agency.office.reception)
        lines = {OFFICE_HOURS: usual} if usual is not None else {}
    return lines


def open_sessions(
    look: Standpoint, *, first: dt.date | None = None, last: dt.date | None = None
) -> list[OpenSession]:
    """The sessions of the coming weeks, or of these days."""
    facts, today = look.facts, today_of(look)
    first = first or today
    last = last or today + dt.timedelta(weeks=WEEKS_SHOWN)
    found = sessions(
        schedule(look), look.book.called_off(first, last), first=first, last=last, calendar=facts.calendar
    )
    taken = look.book.seats_taken(first, last)
    starts = {mode: first_bookable(mode, today, facts.calendar, facts.agency.rules) for mode in Mode}
    return [_open(look, session, taken, starts[session.line.mode]) for session in found]


def _open(
    look: Standpoint, session: Session, taken: dict[tuple[int, dt.datetime], int], start: dt.date
) -> OpenSession:
    if session.called_off is not None or session.day < start:
        return OpenSession(session, (), bookable=False)
    zone = look.facts.agency.zone
    moments = (dt.datetime.combine(session.day, time, zone) for time in session.line.times())
    free = tuple(
        at for at in moments if taken.get((session.line_id, at.astimezone(dt.UTC)), 0) < session.line.seats
    )
    return OpenSession(session, free, bookable=True)


def find_session(look: Standpoint, key: str) -> OpenSession | None:
    """The session of that key, where its line falls on that day and the day lies within the weeks that are shown."""
    line, _, stamp = key.partition("-")
    try:
        day = dt.datetime.strptime(stamp, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None
    today = today_of(look)
    if not line.isdigit() or not today <= day <= today + dt.timedelta(weeks=WEEKS_SHOWN):
        return None
    return next(
        (one for one in open_sessions(look, first=day, last=day) if one.session.key == key),
        None,
    )


def take_seat(look: Standpoint, key: str, at: dt.datetime, **more: Any) -> tuple[int, str] | None:
    """A seat of that session at that moment: the appointment's id and its code. None where the session was called off
    or its seats were taken meanwhile."""
    found = _held_session(look, key)
    if found is None or at not in found.free:
        return None
    session = found.session
    return look.book.take_seat(
        NewBooking(
            line_id=session.line_id,
            at=at,
            day=session.day,
            seats=session.line.seats,
            mode=session.line.mode,
            **more,
        )
    )


def _held_session(look: Standpoint, key: str) -> OpenSession | None:
    """As `find_session`; nobody calls it off before this transaction ends."""
    found = find_session(look, key)
    if found is None:
        return None
    look.book.hold_line(found.session.line_id)
    return find_session(look, key)


def book(
    look: Standpoint, key: str, time: str, *, name: str, phone: str, matter: str, contact_id: int | None
) -> tuple[Booking, str]:
    """Take a seat; the appointment and its code, as it is shown. Raises NotBooked."""
    named, told = clean(name), clean(matter)
    number = national_form(phone.strip()[:LONGEST_NAME])
    if not named or len(named) > LONGEST_NAME:
        raise NotBooked("public.book_wrong_name")
    if isinstance(number, BadPhone):
        raise NotBooked("public.book_wrong_phone")
    if not told:
        raise NotBooked("public.book_no_matter")
    if len(told) > LONGEST_MATTER:
        raise NotBooked("public.book_long_matter")
    found = _held_session(look, key)
    if found is None or not found.bookable:
        raise NotBooked("public.book_gone")
    at = next((one for one in found.free if f"{one:%H%M}" == time), None)
    if at is None:
        raise NotBooked("public.book_taken" if time else "public.book_no_time")
    ahead = look.book.bookings_of_phone(number.number, look.now)
    if any(one.at == at for one in ahead):
        raise NotBooked("public.book_twice")
    if len(ahead) >= MOST_OF_A_PHONE:
        raise NotBooked("public.book_enough")
    look.book.forget_old_bookings(today_of(look))
    made = take_seat(look, key, at, name=named, phone=number.number, matter=told, contact_id=contact_id)
    booking = look.book.booking(made[0]) if made is not None else None
    if made is None or booking is None:
        raise NotBooked("public.book_taken")
    return booking, show_secret(made[1])


def find_booking(look: Standpoint, typed: str) -> Booking | None:
    """The appointment of a code as typed, while it stands and lies ahead. Raises BadCode for what cannot be one."""
    code = read_short(typed, CODE_LENGTH)
    booking = look.book.booking_by_code(code)
    if booking is None or booking.state is not BookingState.BOOKED or booking.at <= look.now:
        return None
    return booking


def cancel(look: Standpoint, typed: str) -> Booking | None:
    """Give the seat back; the appointment as it was. None where none stands under that code."""
    try:
        booking = find_booking(look, typed)
    except BadCode:
        return None
    if booking is None or not look.book.end_booking(booking.id, BookingState.CANCELLED):
        return None
    return booking


# --- words


def shown_day(day: dt.date, texts: Texts) -> str:
    """Weekday and date."""
    return texts.get("public.day", weekday=texts.get(f"form.weekday_{day.weekday()}"), date=f"{day:%d/%m/%Y}")


def shown_moment(look: Standpoint, at: dt.datetime, texts: Texts) -> str:
    """Hour, weekday and date, in the office's zone."""
    local = at.astimezone(look.facts.agency.zone)
    return texts.get("public.moment", time=f"{local:%H:%M}", day=shown_day(local.date(), texts))


def receiver_of(line: ScheduleLine, texts: Texts) -> str:
    """Who receives."""
    return line.receiver or texts.get("public.receiver_head" if line.head else "public.receiver_usual")


def place_of(look: Standpoint, line: ScheduleLine, texts: Texts) -> str:
    """Where."""
    if line.place:
        return line.place
    if line.mode is Mode.ONLINE:
        return texts.get("public.place_online")
    office = look.facts.agency.office
    address = (office.address_en if texts.language == "en" else None) or office.address_vi
    name = look.facts.agency.name(texts.language)
    return texts.get("form.place", name=name, address=address) if address else name


def line_of(look: Standpoint, booking: Booking) -> ScheduleLine | None:
    """The line the appointment was made for, also one that is over."""
    if booking.line_id == OFFICE_HOURS:
        return ScheduleLine.of_profile(look.facts.agency.office.reception)
    return look.book.lines_by_id([booking.line_id]).get(booking.line_id)
