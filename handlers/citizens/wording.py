"""Things of a petition as people read them: kinds, units, dates, masked names, short excerpts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from handlers.citizens.chat import Chat
from petitions.codes import TrackingCode
from petitions.kinds import Kind
from storage.records import PetitionRecord

EXCERPT: Final = 280


def shown_code(petition: PetitionRecord) -> str:
    """The code in the form people read out."""
    return str(TrackingCode(petition.code))


def kind_name(chat: Chat, kind: Kind) -> str:
    """The name the agency gives the kind, or ours where its profile has none."""
    named = chat.agency.kind(kind)
    return named.name(chat.turn.language) if named else chat.text(f"citizen.kind_{kind.value}")


def topic_name(chat: Chat, topic: str | None) -> str:
    return chat.agency.topic(topic).name(chat.turn.language) if topic else chat.text("citizen.topic_unknown")


def unit_name(chat: Chat, unit: str) -> str:
    return chat.agency.answerable(unit).name(chat.turn.language)


def authority_name(chat: Chat, destination: str) -> str:
    """The outside authority's name; what is not known yet is said as such."""
    if destination == "outside":
        return chat.text("citizen.authority_unknown")
    return chat.agency.outside_authority(destination).name(chat.turn.language)


def day(chat: Chat, moment: date | datetime) -> str:
    """A date as it is written here: day first; a moment is counted in the office's time zone."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(chat.agency.zone).date()
    return chat.text("citizen.date", day=f"{moment.day:02d}", month=f"{moment.month:02d}", year=moment.year)


def excerpt(text: str, most: int = EXCERPT, *, lines: bool = False) -> str:
    """The beginning of a text, cut at a word; in one line, or (`lines`) with the lines it was told in."""
    rows = [" ".join(row.split()) for row in text.splitlines()] if lines else [" ".join(text.split())]
    line = "\n".join(row for row in rows if row)
    if len(line) <= most:
        return line
    cut = line[:most].rsplit(" ", 1)[0] or line[:most]
    return f"{cut}…"


def masked_name(name: str) -> str:
    """ "Bùi Thị Nhàn" as "B*** T*** N***": enough to recognise one's own, nothing for a passer-by."""
    return " ".join(f"{word[0]}***" for word in name.split())


def masked_phone(phone: str) -> str:
    """All but the last three digits hidden."""
    return "*" * max(0, len(phone) - 3) + phone[-3:]


def spaced_phone(phone: str) -> str:
    """0951223455 as people read it: 0951 223 455."""
    if len(phone) == 10 and phone.startswith("0"):
        return f"{phone[:4]} {phone[4:7]} {phone[7:]}"
    return phone
