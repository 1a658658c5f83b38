"""An appointment to sign: the prepared đơn waits at the office, is read back and signed there.

Written down in person, read back and signed or fingerprinted is one of the two ways the laws know (Luật Khiếu
nại Đ8 k1, Luật Tố cáo Đ22, Nghị định 154/2026 Đ14 k1). Times come from the reception schedule:
its ordinary sessions in person, with the seats that others, also from the web page, left free.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

from handlers import reception
from handlers.citizens import after, lawful_form, questions
from handlers.citizens.chat import Chat, in_rows, petition_button
from handlers.citizens.form_state import wants_form
from handlers.citizens.form_status import moment
from handlers.citizens.form_wishes import wish_in
from handlers.citizens.said import only
from handlers.citizens.state import Ask, Asked
from handlers.citizens.wording import shown_code
from petitions.intents import Intent, question
from petitions.kinds import Action
from petitions.reception_schedule import BookingState, Mode
from petitions.text import fold
from storage.records import PetitionRecord

DAYS: Final = 5
"""Days offered."""
_CLOCK: Final = re.compile(r"(?<!\d)(\d{1,2})\s*(?:[:hg]|gio|o'?clock)\s*(\d{2})?(?!\d)")
_DATE: Final = re.compile(r"(?<!\d)(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})(?!\d)")
_WEEKDAYS: Final = tuple(
    re.compile(rf"\b(?:{words})\b")
    for words in (
        "thu (?:hai|2)|t2|monday|mon",
        "thu (?:ba|3)|t3|tuesday|tue",
        "thu (?:tu|4)|t4|wednesday|wed",
        "thu (?:nam|5)|t5|thursday",
        "thu (?:sau|6)|t6|friday|fri",
        "thu (?:bay|7)|t7|saturday|sat",
        "chu nhat|cn|sunday|sun",
    )
)
"""How each day of the week is said (folded), Monday first."""
_AFTERNOON: Final = re.compile(r"\b(?:chieu|toi|pm|afternoon)\b")
_ELSEWHERE: Final = frozenset({Intent.STATUS, Intent.MINE, Intent.HOW_MANY, Intent.WITHDRAW, Intent.HUMAN})
_LONG: Final = 14


def start(chat: Chat, petition: PetitionRecord) -> None:
    """Offer the next days of reception; where a visit is booked, show it first."""
    if not wants_form(petition):
        lawful_form.not_needed(chat, petition)
        return
    if petition.visit_at is not None and petition.visit_at > chat.turn.now:
        rows = in_rows(
            [
                petition_button(chat.text("form.button_revisit"), "revisit", petition.id),
                petition_button(chat.text("form.button_unvisit"), "unvisit", petition.id),
            ],
            2,
        )
        chat.say("form.visit_is", code=shown_code(petition), when=moment(chat, petition.visit_at), rows=rows)
        return
    offer_days(chat, petition)


def offer_days(chat: Chat, petition: PetitionRecord) -> None:
    """Which day?"""
    if not wants_form(petition):
        lawful_form.not_needed(chat, petition)
        return
    days = _open(chat)
    if not days:
        chat.close()
        chat.say("form.no_visits", reach=questions.reach(chat))
        return
    chat.me.form = None
    chat.open(Ask.VISIT, petition_id=petition.id)
    made = [
        petition_button(_named(chat, each), "vday", petition.id, each.isoformat().replace("-", ""))
        for each in days
    ]
    later = petition_button(chat.text("form.button_other_way"), "paper", petition.id, "m")
    chat.say("form.ask_day", rows=(*in_rows(made, 2), (later,)))


def choose_day(chat: Chat, petition: PetitionRecord, argument: str) -> None:
    """A day was pressed: which hour?"""
    chosen = next((each for each in _open(chat) if each.isoformat().replace("-", "") == argument), None)
    if not wants_form(petition) or chosen is None:
        chat.lead("form.day_gone")
        offer_days(chat, petition)
        return
    _offer_times(chat, petition, chosen)


def _offer_times(chat: Chat, petition: PetitionRecord, chosen: dt.date) -> None:
    chat.open(Ask.VISIT, petition_id=petition.id, text=chosen.isoformat())
    stamp = chosen.isoformat().replace("-", "")
    made = [
        petition_button(f"{time:%H:%M}", "vtime", petition.id, f"{stamp}{time:%H%M}")
        for time in _open(chat).get(chosen, {})
    ]
    other = petition_button(chat.text("form.button_other_day"), "revisit", petition.id)
    chat.say("form.ask_time", day=_named(chat, chosen), rows=(*in_rows(made, 3), (other,)))


def choose_time(chat: Chat, petition: PetitionRecord, argument: str) -> None:
    """A time was pressed, with its day."""
    try:
        at = dt.datetime.strptime(argument, "%Y%m%d%H%M").replace(tzinfo=chat.agency.zone)
    except ValueError:
        offer_days(chat, petition)
        return
    book(chat, petition, at)


def book(chat: Chat, petition: PetitionRecord, at: dt.datetime) -> None:
    """Book it, if it is one of the times that are offered now."""
    if not wants_form(petition):
        lawful_form.not_needed(chat, petition)
        return
    before = petition.visit_at
    if before == at:
        chat.close()
        chat.say("form.visit_same", when=moment(chat, at))
        return
    held = chat.turn.book.booking_of_petition(petition.id)
    seat = _take_seat(chat, petition, at) if at.time() in _open(chat).get(at.date(), {}) else None
    if seat is None:
        chat.lead("form.day_gone")
        offer_days(chat, petition)
        return
    if after.act(chat, petition, Action.BOOK_VISIT, moment=at) is None:
        chat.turn.book.end_booking(seat, BookingState.CANCELLED)
        return
    if held is not None:
        chat.turn.book.end_booking(held.id, BookingState.CANCELLED)
    chat.close()
    key = "form.visit_moved" if before is not None and before > chat.turn.now else "form.visit_booked"
    rows = in_rows(
        [
            petition_button(chat.text("form.button_revisit"), "revisit", petition.id),
            petition_button(chat.text("form.button_unvisit"), "unvisit", petition.id),
        ],
        2,
    )
    chat.send(
        chat.text(key, when=moment(chat, at), code=shown_code(petition), where=_where(chat)),
        rows=rows,
        petition_id=petition.id,
        legal=True,
        quiet=petition.discreet,
    )


def cancel(chat: Chat, petition: PetitionRecord) -> None:
    """The citizen does not come; the other ways stay open."""
    if petition.visit_at is None:
        chat.close()
        chat.say("form.no_visit", code=shown_code(petition))
        return
    if after.act(chat, petition, Action.CANCEL_VISIT) is None:
        return
    held = chat.turn.book.booking_of_petition(petition.id)
    if held is not None:
        chat.turn.book.end_booking(held.id, BookingState.CANCELLED)
    chat.close()
    rows = (
        (
            petition_button(chat.text("form.button_revisit_new"), "visit", petition.id),
            petition_button(chat.text("form.button_other_way"), "paper", petition.id, "m"),
        ),
    )
    chat.say("form.visit_cancelled", code=shown_code(petition), rows=rows)


def take(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    """A day or an hour in words: "thứ năm", "26/11", "9h", "2 giờ chiều"."""
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
        return True
    chosen = dt.date.fromisoformat(ask.text) if ask.text else None
    offered = _open(chat)
    spoken_day = _day_in(tuple(offered), text, chat.today)
    times = _times_in(offered.get(spoken_day or chosen or chat.today, {}), text)
    if only(text, found, Intent.BACK) and chosen is not None:
        offer_days(chat, petition)
    elif only(text, found, Intent.CANCEL, Intent.LATER, Intent.NO, Intent.BACK):
        chat.close()
        rows = ((petition_button(chat.text("form.button_other_way"), "paper", petition.id, "m"),),)
        chat.say("form.visit_not_now", rows=rows)
    elif (spoken_day or chosen) and len(times) == 1:
        at = dt.datetime.combine(spoken_day or chosen or chat.today, times[0], chat.agency.zone)
        book(chat, petition, at)
    elif spoken_day is not None:
        _offer_times(chat, petition, spoken_day)
    elif question(text) is not None or found & _ELSEWHERE or len(text.split()) > _LONG or wish_in(text):
        chat.close()
        return False
    elif chosen is not None:
        chat.lead("form.bad_time")
        _offer_times(chat, petition, chosen)
    else:
        chat.lead("form.bad_day")
        offer_days(chat, petition)
    return True


def _open(chat: Chat) -> dict[dt.date, dict[dt.time, reception.OpenSession]]:
    """The next days with a free seat, each with its times and whose session they are in. From the next working day on
    (the law's check of a booking asks for that as well)."""
    found: dict[dt.date, dict[dt.time, reception.OpenSession]] = {}
    for one in reception.open_sessions(chat.turn):
        if one.session.line.mode is Mode.ONLINE or one.session.line.head or not one.free:
            continue
        if one.session.day not in found and len(found) == DAYS:
            break
        times = found.setdefault(one.session.day, {})
        times |= {at.time(): one for at in one.free if at.time() not in times}
    return found


def _take_seat(chat: Chat, petition: PetitionRecord, at: dt.datetime) -> int | None:
    """Holds a seat for the visit; None where all are taken meanwhile."""
    key = _open(chat)[at.date()][at.time()].session.key
    taken = reception.take_seat(chat.turn, key, at, petition_id=petition.id, contact_id=chat.turn.contact.id)
    return None if taken is None else taken[0]


def _day_in(days: tuple[dt.date, ...], text: str, today: dt.date) -> dt.date | None:
    """Of the days offered, the one the words name."""
    named = _DATE.search(fold(text))
    if named is not None:
        return next((each for each in days if (each.day, each.month) == (int(named[1]), int(named[2]))), None)
    if "ngay mai" in fold(text) or "tomorrow" in fold(text):
        return next((each for each in days if (each - today).days == 1), None)
    spoken = {number for number, pattern in enumerate(_WEEKDAYS) if pattern.search(fold(text))}
    return next((each for each in days if each.weekday() in spoken), None)


def _times_in(times: Iterable[dt.time], text: str) -> list[dt.time]:
    """Of the times offered, those the words name: "9h" is one, "2 giờ chiều" as well."""
    offered = tuple(times)
    folded = _DATE.sub(" ", fold(text))
    found = []
    for match in _CLOCK.finditer(folded):
        hour = int(match[1])
        hours = {hour, hour + 12} if _AFTERNOON.search(folded) or hour < 7 else {hour}
        minute = int(match[2] or 0)
        found += [time for time in offered if time.hour in hours and time.minute == minute]
    return found


def _named(chat: Chat, each: dt.date) -> str:
    return chat.text(
        "form.day",
        weekday=chat.text(f"form.weekday_{each.weekday()}"),
        date=f"{each.day:02d}/{each.month:02d}",
    )


def _where(chat: Chat) -> str:
    office = chat.agency.office
    address = (office.address_en if chat.turn.language == "en" else None) or office.address_vi
    name = chat.agency.name(chat.turn.language)
    return chat.text("form.place", name=name, address=address) if address else name
