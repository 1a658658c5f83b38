"""Days as people name them: "10/5", "ngày 28 tháng 8", "12-5-2026", "hôm qua", "thứ 6 tuần trước".

A petition tells what happened, so a day without a year is the last such day that is not after today.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from petitions.text import fold


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A day named in a text; `date` is None where it is impossible. A future day is kept with its problem."""

    date: date | None
    raw: str
    problem: Literal["impossible", "future"] | None
    span: tuple[int, int] = (0, 0)


_END = r"(?![\d\w]|[/.-]\d)"
_DIGIT = re.compile(r"\d")
_NUMERIC = re.compile(r"(?<![\d\w/.\-])(\d{1,2})\s?([/.\-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2}))?" + _END)
_ISO = re.compile(r"(?<![\d/\-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _END)
_WORDS = re.compile(
    r"(?<!\w)(?<!mung )(?:ngay |hom )?(\d{1,2}) ?thang (\d{1,2})(?: ?(?:nam|,)? ?(\d{4}))?(?!\w)"
)
_MONTH = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", ("august "
            "aug"),
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_ENGLISH = re.compile(
    rf"(?<!\w)(?:(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH_NAMES})|({_MONTH_NAMES})\.? (\d{{1,2}})(?:st|"
    rf"nd|rd|th)?)(?:,? (\d{{4}}))?(?!\w)"
)
_RELATIVE: dict[int, tuple[str, ...]] = {
    -2: ("hom kia", "hom truoc nua", "day before yesterday"),
    -1: (
        "hom qua",
        "toi qua",
        "dem qua",
        "chieu qua",
        "sang qua",
        "trua qua",
        "yesterday",
        "last night",
        "hqua",
        "hum qua",
    ),
    0: (
        "hom nay",
        "hnay",
        "hum nay",
        "sang nay",
        "trua nay",
        "chieu nay",
        "toi nay",
        "dem nay",
        "ngay hom nay",
        "this morning",
        "this afternoon",
        "today",
        "tonight",
        "vua nay",
        "vua xong",
    ),
    1: ("ngay mai", "sang mai", "chieu mai", "toi mai", "tomorrow"),
    2: ("ngay kia",),
}
"""Folded words for a day, by its distance from today."""
_RELATIVE_DAYS = {word: days for days, words in _RELATIVE.items() for word in words}
_RELATIVE_PATTERN = re.compile(
    r"(?<!\w)(" + "|".join(sorted(_RELATIVE_DAYS, key=len, reverse=True)) + r")(?!\w)"
)
_AGO = re.compile(
    r"(?<!\w)(?:cach day )?(\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi) (?:ngay|hom) (?:truoc|"
    r"nay)(?!\w)"
    r"|(?<!\w)cach day (\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi) (?:ngay|hom)(?!\w)"
    r"|(?<!\w)(\d{1,3}) days ago"
)
_AGO_HINTS = ("ngay truoc", "hom truoc", "ngay nay", "hom nay", "cach day ", " days ago")
_WEEKDAYS = {
    "2": 0, "hai": 0, "3": 1, "ba": 1, "4": 2, "tu": 2, "5": 3, "nam": 3, "6": 4, "sau": 4, "7": 5, "bay": 5,
}  # fmt: skip
_WEEKDAY = re.compile(
    r"(?<!\w)(?:(sang|trua|chieu|toi|dem|hom) )?(?:(?:thu |t)([2-7]|hai|ba|tu|nam|sau|bay)|(chu nhat|cn))(?: "
    r"(tuan truoc|tuan qua|tuan nay|tuan sau|tuan toi|vua roi|vua qua|truoc))?(?!\w)"
)
_WEEKDAY_HINT = re.compile(
    r"thu (?:[2-7]|hai|ba|tu|nam|sau|bay)|chu nhat|cn|t(?:[2-7]|hai|ba|tu|nam|sau|bay)"
)
_ENGLISH_WEEKDAY = re.compile(
    r"(?<!\w)(?:(last|on|this) )(monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?!\w)"
)
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COUNT = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
_NO_DATE_BEFORE = re.compile(
    r"(?:\b(?:so|dieu|khoan|diem|diem so|ty le|hang|nha|ngach|hem|tuan|hoi|to|kiet|cong ty|thua|luc|may tap|"
    r"quan|xong|hong|duoc)|\bngo) ?$"
)
_DAY_SAID = re.compile(
    r"(?:\b(?:ngay|hom|mung|tu|den|toi|sang|trua|chieu|dem|nhan|dip|va|,|on|truoc|sau|vao|ky|lap|qua)|"
    r"[,(–-]) ?$"
)
_FRACTION_AFTER = re.compile(
    r"^ ?(?:phong|cai|nguoi|so|diem|ho|may|em|ban|chiec|m2|gia dinh|cho|ghe|tang|dan|nghe)\b"
)


class _Letters(dict[int, str]):
    """Each character folded to one, found out when it first comes."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        flat = " " if char.isspace() else (fold(char) or " ")[:1]
        if len(self) < _LETTERS_KEPT:
            self[code] = flat
        return flat


_LETTERS_KEPT = 4096
_letters = _Letters()


def _same_length_fold(text: str) -> str:
    """Folded letter by letter, so that offsets stay those of `text` (white space becomes one blank each)."""
    return text.translate(_letters)


def _has(flat: str, hints: Iterable[str]) -> bool:
    """Whether one of these words stands anywhere: seen far faster than that a pattern matches nowhere."""
    return any(hint in flat for hint in hints)


def _judge(
    day: int, month: int, year: int | None, today: date
) -> tuple[date | None, Literal["impossible", "future"] | None]:
    try:
        if year is not None:
            found = date(year if year >= 100 else 2000 + year, month, day)
            return found, "future" if found > today else None
        for guess in range(today.year, today.year - 8, -1):
            if (month, day) == (2, 29) and not _leap(guess):
                continue
            found = date(guess, month, day)
            if found <= today:
                return found, None
        return None, "impossible"
    except ValueError:
        return None, "impossible"


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _soon(day: int, month: int, today: date) -> date | None:
    """The coming day of this name, where it is at most two weeks ahead: then the year before is hardly
    meant."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if timedelta(0) < found - today <= timedelta(days=14):
            return found
    return None


def _numeric(text: str, flat: str, today: date) -> Iterator[FoundDate]:
    for match in _ISO.finditer(flat):
        found, problem = _judge(int(match[4]), int(match[3]), int(match[1]), today)
        yield FoundDate(found, text[match.start() : match.end()], problem, match.span())
    for match in _NUMERIC.finditer(flat):
        day, month, year = int(match[1]), int(match[3]), match[4]
        before = flat[max(0, match.start() - 14) : match.start()]
        said = _DAY_SAID.search(before) is not None
        if year is None and not said:
            if (
                match[2] != "/"
                or _NO_DATE_BEFORE.search(before)
                or _FRACTION_AFTER.match(flat[match.end() :])
            ):
                continue
            if month > 12 or day > 31:
                continue
        if year is None and match[2] != "/" and not re.search(r"(?:ngay|hom|mung) ?$", before):
            continue
        found, problem = _judge(day, month, int(year) if year else None, today)
        yield FoundDate(found, text[match.start() : match.end()], problem, match.span())


def _in_words(text: str, flat: str, today: date) -> Iterator[FoundDate]:
    for match in _WORDS.finditer(flat) if "thang" in flat else ():
        found, problem = _judge(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, today)
        yield FoundDate(found, text[match.start() : match.end()], problem, match.span())
    for match in _ENGLISH.finditer(flat) if _has(flat, _MONTH) else ():
        day, month = int(match[1] or match[4]), _MONTH[match[2] or match[3]]
        found, problem = _judge(day, month, int(match[5]) if match[5] else None, today)
        yield FoundDate(found, text[match.start() : match.end()], problem, match.span())


def _relative(text: str, flat: str, today: date) -> Iterator[FoundDate]:
    def at(match: re.Match[str], found: date) -> FoundDate:
        return FoundDate(
            found, text[match.start() : match.end()], "future" if found > today else None, match.span()
        )

    for match in _RELATIVE_PATTERN.finditer(flat) if _has(flat, _RELATIVE_DAYS) else ():
        yield at(match, today + timedelta(days=_RELATIVE_DAYS[match[1]]))
    for match in _AGO.finditer(flat) if _has(flat, _AGO_HINTS) else ():
        count = match[1] or match[2] or match[3]
        if match.group().endswith("nay") and not count.isdecimal():
            continue
        yield at(match, today - timedelta(days=_COUNT.get(count) or int(count)))
    for match in _WEEKDAY.finditer(flat) if _WEEKDAY_HINT.search(flat) else ():
        weekday = 6 if match[3] else _WEEKDAYS[match[2]]
        when = match[4] or match[1] or ""
        monday = today - timedelta(days=today.weekday())
        if when in {"tuan truoc", "tuan qua"}:
            yield at(match, monday + timedelta(days=weekday - 7))
        elif when == "tuan nay":
            yield at(match, monday + timedelta(days=weekday))
        elif when in {"tuan sau", "tuan toi"}:
            yield at(match, monday + timedelta(days=weekday + 7))
        elif when:
            yield at(match, today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1))
    for match in _ENGLISH_WEEKDAY.finditer(flat) if _has(flat, _ENGLISH_DAYS) else ():
        back = (today.weekday() - _ENGLISH_DAYS.index(match[2]) - 1) % 7 + 1
        yield at(match, today - timedelta(days=back))


def find_dates(text: str, today: date) -> list[FoundDate]:
    """The days named in the text, in reading order. `today` is the day in the agency's time zone.

    A day without year is taken as the latest one not after today; where that day would be within the coming
    two weeks it is reported as a future day of the coming date, so that the writer is asked.
    """
    flat = _same_length_fold(text)
    written = (_numeric, _in_words) if _DIGIT.search(flat) else ()
    readers: tuple[Callable[[str, str, date], Iterator[FoundDate]], ...] = (*written, _relative)
    found = [day for reader in readers for day in reader(text, flat, today)]
    kept: list[FoundDate] = []
    for day in sorted(found, key=lambda d: (d.span[0], -d.span[1])):
        if not kept or day.span[0] >= kept[-1].span[1]:
            kept.append(_with_near_future(day, today))
    return kept


def _with_near_future(found: FoundDate, today: date) -> FoundDate:
    if found.date is None or found.problem or not found.raw[:1].isdigit() or found.date.year == today.year:
        return found
    if str(found.date.year) in found.raw or (today - found.date).days < 300:
        return found
    soon = _soon(found.date.day, found.date.month, today)
    return FoundDate(soon, found.raw, "future", found.span) if soon else found
