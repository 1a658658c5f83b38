"""Reading an answer to a question of the đơn: a value as it is kept, or why it is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from petitions.extract import BadPhone, Phone, find_dates, find_name, read_phone
from petitions.identity import Identity, read_identity
from petitions.kinds import Kind
from petitions.papers import PaperData, representatives_allowed
from petitions.text import clean, fold

WORDY: Final = frozenset({"respondent", "accused", "decision", "request", "scope", "withdrawn", "story"})
"""Answers in free words: nearly any text is one."""
_LONGEST: Final = 2000
_SHORT: Final = 300
_MOST_PEOPLE: Final = 300
_NAME: Final = re.compile(r"[^\W\d_]+(?:['’.-]?[^\W\d_]+)*\.?(?: [^\W\d_]+(?:['’.-]?[^\W\d_]+)*\.?){1,5}")
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBERS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]")
_WORDS: Final = re.compile(r"[^\W_]+")
_BULLET: Final = re.compile(r"^\s*(?:\d{1,3}[.)]|[-•*])\s*")
_TITLE: Final = re.compile(r"^(?:ông|bà|anh|chị|cô|chú|bác|cụ|mr|mrs|ms)\s+", re.IGNORECASE)
_AND: Final = re.compile(r"\s*(?:,|;|\n|\bvà\b|\bvoi\b|\bvới\b|\band\b|&)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bad:
    """Why an answer cannot be taken: the text under `form.bad_<problem>` with its parameters."""

    problem: str
    params: dict[str, object] = field(default_factory=dict)


def read(key: str, text: str, today: date, data: PaperData) -> Any | Bad:
    """The value of a field in an answer to its question (JSON values), or `Bad`."""
    text = clean(text)
    match key.removeprefix("authorised_"):
        case "name":
            return _name(text)
        case "identity_number":
            found = read_identity(text)
            return found.number if isinstance(found, Identity) else Bad(f"identity_{found.value}")
        case "identity_issued_on" | "received_on":
            return _day(text, today)
        case "identity_issued_by" | "address":
            return _line(key, text)
        case "phone":
            return _contact(text)
        case "people":
            return _people(text, data)
        case "representatives":
            return _representatives(text, data)
        case _:
            return text[:_LONGEST] if len(_LETTERS.findall(text)) >= 2 else Bad("words")


def _name(text: str) -> str | Bad:
    found = find_name(text, asked=True)
    if found and len(found.split()) > 1:
        return found
    line = " ".join(text.split())
    return line if _NAME.fullmatch(line) else found or Bad("name")


def _day(text: str, today: date) -> str | Bad:
    """One day that has been. A day without its year would be guessed, and a paper must not guess."""
    days = find_dates(text, today)
    if not days:
        return Bad("date_none")
    if len(days) > 1:
        return Bad("date_several")
    day = days[0]
    if day.problem is not None or day.date is None:
        return Bad(f"date_{day.problem or 'impossible'}", {"date": day.raw})
    numbers = _NUMBERS.findall(day.raw)
    if numbers and len(numbers) < 3 and not any(len(number) == 4 for number in numbers):
        return Bad("date_year", {"date": day.raw})
    return day.date.isoformat()


def _line(key: str, text: str) -> str | Bad:
    line = " ".join(text.split())[:_SHORT]
    if len(_LETTERS.findall(line)) < 2 or (key.endswith("address") and len(_WORDS.findall(line)) < 2):
        return Bad("address" if key.endswith("address") else "words")
    return line


def _contact(text: str) -> str | Bad:
    """A telephone number or an e-mail address."""
    mail = _EMAIL.search(text)
    if mail is not None:
        return mail.group()
    found = read_phone(text)
    if isinstance(found, Phone):
        return found.number
    if isinstance(found, BadPhone):
        return Bad("phone_wrong", {"read": found.raw})
    return Bad("phone")


def _people(text: str, data: PaperData) -> list[dict[str, str]] | Bad:
    """One person a line: name, address, and for a denunciation a way to be reached. The writer goes first."""
    lines = [_BULLET.sub("", line).strip() for line in re.split(r"[\n;]+", text)]
    found: list[dict[str, str]] = []
    for line in filter(None, lines):
        name, _, rest = line.partition(",")
        if not _NAME.fullmatch(" ".join(name.split())):
            return Bad("people_name", {"line": line[:60]})
        phone = read_phone(rest)
        reached = phone.number if isinstance(phone, Phone) else ""
        address = rest.replace(phone.raw, "") if isinstance(phone, Phone) else rest
        address = " ".join(address.split()).strip(" ,.-")
        if not address:
            return Bad("people_address", {"line": line[:60]})
        if data.kind is Kind.DENUNCIATION and not reached:
            return Bad("people_contact", {"line": line[:60]})
        person = {"name": " ".join(name.split()), "address": address}
        found.append(person | {"phone": reached} if reached else person)
    own = data.petitioner
    if own.name and all(fold(person["name"]) != fold(own.name) for person in found):
        own_line = {"name": own.name, "address": own.address, "phone": own.phone}
        found.insert(0, {key: value for key, value in own_line.items() if value})
    if not 2 <= len(found) <= _MOST_PEOPLE:
        return Bad("people_few")
    return found


def _representatives(text: str, data: PaperData) -> list[dict[str, str]] | Bad:
    """Names or numbers of those in the list; how many there may be is the law's (Luật Tiếp công dân Đ29)."""
    names = [person.name for person in data.people]
    chosen: list[int] = []
    for part in filter(None, (_TITLE.sub("", each) for each in _AND.split(text.strip()))):
        number = part.strip(" .)")
        if number.isdecimal() and 1 <= int(number) <= len(names):
            chosen.append(int(number) - 1)
            continue
        fits = [place for place, name in enumerate(names) if fold(name) == fold(part)] or [
            place for place, name in enumerate(names) if fold(part) and fold(part) in fold(name)
        ]
        if len(fits) != 1:
            return Bad("representatives_who", {"name": part[:60]})
        chosen.append(fits[0])
    chosen = list(dict.fromkeys(chosen))
    allowed = representatives_allowed(len(names))
    if len(chosen) not in allowed or not chosen:
        return Bad("representatives_count", {"least": max(1, allowed.start), "most": allowed.stop - 1})
    return [{"name": data.people[at].name, "address": data.people[at].address} for at in chosen]
