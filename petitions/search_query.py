"""What an officer typed to search, read forgivingly: words, quoted words, named filters, dates, phone, code. Pure.

With or without diacritics, in Vietnamese or English. What is not understood is named, never guessed at silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, TypeVar

from petitions.codes import ALPHABET, CODE_LENGTH, GROUP, canonical, find_codes
from petitions.dates import find_dates
from petitions.phones import BadPhone, find_phones
from petitions.search_parts import Names, Problem, Query, Sort
from petitions.search_terms import STOP, words_of
from petitions.text import clean, fold

LONGEST: Final = 300
"""Characters that are read."""
MOST_WORDS: Final = 12
MOST_PROBLEMS: Final = 3
SHORTEST_CODE: Final = 3
"""Signs of a code that are enough where it is called a code; else a whole group is needed."""
_CUT: Final = " , "

K = TypeVar("K")

_FILTERS: Final = {
    "unit": ("don vi", "phong", "unit"),
    "stage": ("giai doan", "trang thai", "tinh trang", "stage", "status"),
    "topic": ("linh vuc", "chu de", "topic"),
    "name": ("nguoi", "ten", "ho ten", "nguoi gui", "name", "person"),
    "phone": ("dien thoai", "dt", "sdt", "so dien thoai", "phone"),
    "code": ("ma", "ma don", "code"),
    "number": ("so", "so tiep nhan", "so don", "number", "no", "register"),
    "date": ("ngay", "tu", "den", "date", "on", "from", "to"),
    "words": ("tu khoa", "noi dung", "words"),
}
_FILTER_OF: Final = {word: name for name, words in _FILTERS.items() for word in words}
_NAMED: Final = re.compile(r"(?<![\w])((?:[a-z]+ +){0,2})([a-z]+) *:(?!//)")
_QUOTED: Final = re.compile(r"[\"“”„«]([^\"“”„«»]+)[\"“”»]")
_FROM: Final = re.compile(r"(?<!\w)(?:tu|from|since) *:? *(?:ngay|hom)? *$")
_UNTIL: Final = re.compile(r"(?<!\w)(?:den|toi|until|till) *:? *(?:ngay|hom|het)? *(?:ngay)? *$")
_UP_TO: Final = re.compile(r"(?:(?<=\s)to|(?<=\d)\s*[–-])\s+(?=\d{1,2}[/.-]\d)", re.IGNORECASE)
"""Between two days; "to" alone is a Vietnamese word too."""
_ON: Final = re.compile(r"(?<!\w)(?:ngay|hom|on|date) *:? *$")
_DAY_WORDS: Final = frozenset({"hom nay", "hom qua", "hom kia", "today", "yesterday", "ngay hom nay"})
_MONTH: Final = re.compile(r"(?<!\w)(?:trong |in )?thang *(\d{1,2})(?: *(?:/|nam|-) *(\d{4}))?(?!\w)")
_NUMBER: Final = re.compile(
    r"(?:(?:so|no|number)\.? *)?0*([1-9]\d{0,6})(\*)?(?: */ *(?:([a-z]{1,6})(?: *- *|$))?(\d{4})?)?(?![\w*/])"
)
_CODE_SIGNS: Final = frozenset(ALPHABET)


def read(typed: str, names: Names, today: date, *, codes: bool = True) -> Query:
    """What was typed. Never raises.

    Args:
        today: the day in the office's zone.
        codes: whether a word that looks like the beginning of a code is one; the words of a petition may look so
            too ("QL21").
    """
    reader = _Reader(clean(typed)[:LONGEST], names, today)
    reader.quotes()
    reader.whole_codes()
    reader.dates()
    reader.phones()
    reader.filters()
    reader.bare(codes=codes)
    return reader.query


class _Reader:
    """Takes out of the text what it understands, step by step; what stays is words."""

    def __init__(self, text: str, names: Names, today: date) -> None:
        self._text = text
        self._names = names
        self._today = today
        self.query = Query()

    def quotes(self) -> None:
        while (match := _QUOTED.search(self._text)) is not None:
            if re.search(r":\s*$", self._text[: match.start()]):
                self._text = f"{self._text[: match.start()]}{match[1]}{_CUT}{self._text[match.end() :]}"
            else:
                self._cut(match.span())
                phrase = " ".join(words_of(match[1]))
                if phrase and len(self.query.phrases) < MOST_WORDS:
                    self._set(phrases=(*self.query.phrases, phrase))

    def whole_codes(self) -> None:
        for found in reversed(find_codes(self._text)):
            if found.code is None:
                self._problem("bad_code", self._text[slice(*found.span)])
            else:
                self._set(code=found.code.value)
            self._cut(found.span)

    def dates(self) -> None:
        """Days, the last first, so that the places of the others stay; then months."""
        self._text = _UP_TO.sub(" đến ", self._text)
        for found in reversed(find_dates(self._text, self._today)):
            start, end = found.span
            before = _flat(self._text[:start])
            lead = next(
                (m for m in (_FROM.search(before), _UNTIL.search(before), _ON.search(before)) if m), None
            )
            raw = fold(found.raw)
            if (
                lead is None
                and not raw[:1].isdigit()
                and raw not in _DAY_WORDS
                and not raw.startswith("ngay ")
            ):
                continue
            if found.date is None:
                self._problem("bad_date", found.raw)
            elif lead is not None and lead.re is _FROM:
                self._set(since=found.date)
            elif lead is not None and lead.re is _UNTIL:
                self._set(until=found.date)
            else:
                later = self.query.until if self.query.since is None else None  # "1/11 đến 3/11"
                self._set(since=found.date, until=later or found.date)
            self._cut((lead.start() if lead is not None else start, end))
        while (match := _MONTH.search(_flat(self._text))) is not None:
            self._month(int(match[1]), int(match[2]) if match[2] else None, match[0].strip())
            self._cut(match.span())
        since, until = self.query.since, self.query.until
        if since is not None and until is not None and since > until:
            self._set(since=until, until=since)

    def _month(self, month: int, year: int | None, said: str) -> None:
        if not 1 <= month <= 12:
            self._problem("bad_date", said)
            return
        of = year or (self._today.year if month <= self._today.month else self._today.year - 1)
        try:
            first = date(of, month, 1)
            following = (first + timedelta(days=31)).replace(day=1)
        except (ValueError, OverflowError):
            self._problem("bad_date", said)
            return
        self._set(since=first, until=following - timedelta(days=1))

    def phones(self) -> None:
        for found in reversed(find_phones(self._text)):
            if isinstance(found, BadPhone):
                self._problem("bad_phone", found.raw)
            else:
                self._set(phone=found.number)
            self._cut(found.span)

    def filters(self) -> None:
        """`name: value` wherever it stands; the value ends at a comma, or where the next filter begins."""
        while (match := _NAMED.search(_flat(self._text))) is not None:
            start, filter_name = self._which(match)
            end = re.search(r"[,;\n]|$", self._text[match.end() :])
            stop = match.end() + (end.start() if end is not None else 0)
            following = _NAMED.search(_flat(self._text), match.end(), stop)
            if following is not None:
                stop = self._which(following)[0]
            value = self._text[match.end() : stop].strip()
            rest = value
            if filter_name is None:
                self._problem("unknown_filter", self._text[start : match.end()].strip())
            else:
                rest = _TAKERS[filter_name](self, value)
            self._text = f"{self._text[:start]}{_CUT}{rest}{_CUT}{self._text[stop:]}"

    def _which(self, match: re.Match[str]) -> tuple[int, str | None]:
        """Where a filter's name begins, the longest name that is known, and the filter."""
        before = [(part.start(), part.end()) for part in re.finditer(r"[a-z]+", match.string[: match.end()])]
        before = [span for span in before if span[0] >= match.start()]
        for start, _ in before:
            said = " ".join(match.string[start : match.end()].rstrip(": ").split())
            if said in _FILTER_OF:
                return start, _FILTER_OF[said]
        return before[-1][0], None

    def bare(self, *, codes: bool) -> None:
        """What stands without a name: a stage in its full words, a number alone, the beginning of a code, words."""
        self._bare_stages()
        left = " ".join(self._text.replace(",", " ").split())
        number = _NUMBER.fullmatch(_flat(left))
        if number is not None and not self.query.number:
            self._number(number)
            return
        kept = []
        for word in left.split():
            letters = canonical(word)
            likely = len(letters) >= GROUP and any(map(str.isdigit, word)) and _looks_like_code(letters)
            if codes and likely and not self.query.code:
                self._set(code=letters, guessed=word)
            else:
                kept.append(word)
        words = [word for word in words_of(" ".join(kept)) if word not in STOP]
        self._set(words=tuple(dict.fromkeys((*self.query.words, *words)))[:MOST_WORDS])

    def _bare_stages(self) -> None:
        for stage, labels in self._names.stages.items():
            for label in labels:
                said = fold(label)
                match = (
                    re.search(rf"(?<!\w){re.escape(said)}(?!\w)", _flat(self._text)) if " " in said else None
                )
                if match is not None:
                    self._set(stages=tuple(dict.fromkeys((*self.query.stages, stage))))
                    self._cut(match.span())

    # --- values of filters; each gives back the words that belong to none

    def unit(self, value: str) -> str:
        found, rest = _longest(value, self._names.units, _is_called)
        if not found:
            self._problem("no_unit", value)
            return ""
        self._set(units=tuple(dict.fromkeys((*self.query.units, *found))))
        return rest

    def stage(self, value: str) -> str:
        found, rest = _longest(value, self._names.stages, _is_called)
        if not found:
            self._problem("no_stage", value)
            return ""
        self._set(stages=tuple(dict.fromkeys((*self.query.stages, *found))))
        return rest

    def topic(self, value: str) -> str:
        found, rest = _longest(value, self._names.topics, _begins)
        if not found:
            self._problem("no_topic", value)
            return ""
        self._set(topics=tuple(dict.fromkeys((*self.query.topics, *found))))
        return rest

    def name(self, value: str) -> str:
        self._set(names=tuple(dict.fromkeys((*self.query.names, *words_of(value))))[:MOST_WORDS])
        return ""

    def phone(self, value: str) -> str:
        if any(sign.isdigit() for sign in value):
            self._problem("bad_phone", value)
            return ""
        return value

    def code(self, value: str) -> str:
        letters = canonical(value)
        if not value or self.query.code:
            return value
        if SHORTEST_CODE <= len(letters) <= CODE_LENGTH and _CODE_SIGNS.issuperset(letters):
            self._set(code=letters)
        else:
            self._problem("bad_code", value)
        return ""

    def number(self, value: str) -> str:
        match = _NUMBER.match(_flat(value))
        if match is None:
            self._problem("bad_number", value)
            return ""
        self._number(match)
        return value[match.end() :]

    def date(self, value: str) -> str:
        if any(sign.isdigit() for sign in value):
            self._problem("bad_date", value)
            return ""
        return value

    def words(self, value: str) -> str:
        return value

    # --- inside

    def _number(self, found: re.Match[str]) -> None:
        number, begins, book, year = found.groups()
        self._set(
            number=number,
            begins=begins is not None,
            book=(book or "").upper(),
            year=int(year) if year else None,
        )

    def _cut(self, span: tuple[int, int]) -> None:
        self._text = f"{self._text[: span[0]]}{_CUT}{self._text[span[1] :]}"

    def _problem(self, sort: Sort, what: str) -> None:
        said = (*self.query.problems, Problem(sort, " ".join(what.split())))
        self._set(problems=tuple(dict.fromkeys(said))[:MOST_PROBLEMS])

    def _set(self, **given: object) -> None:
        self.query = replace(self.query, **given)  # type: ignore[arg-type]


_TAKERS: Final[Mapping[str, Callable[[_Reader, str], str]]] = {
    "unit": _Reader.unit,
    "stage": _Reader.stage,
    "topic": _Reader.topic,
    "name": _Reader.name,
    "phone": _Reader.phone,
    "code": _Reader.code,
    "number": _Reader.number,
    "date": _Reader.date,
    "words": _Reader.words,
}


def _longest(
    value: str, called: Mapping[K, tuple[str, ...]], fits: Callable[[str, str], bool]
) -> tuple[tuple[K, ...], str]:
    """The things that the longest beginning of `value` names, and the words after it. What is called exactly so goes
    before what only holds the words."""
    words = value.split()
    known = {key: [" ".join(words_of(name)) for name in names] for key, names in called.items()}
    for count in range(len(words), 0, -1):
        said = " ".join(words_of(" ".join(words[:count])))
        exact = tuple(key for key, names in known.items() if said in names)
        found = exact or tuple(key for key, names in known.items() if any(fits(said, name) for name in names))
        if found and said:
            return found, " ".join(words[count:])
    return (), value


def _is_called(said: str, name: str) -> bool:
    """Whether the words stand whole in the name."""
    return f" {said} " in f" {name} "


def _begins(said: str, name: str) -> bool:
    return name.startswith(said)


def _flat(text: str) -> str:
    """Folded sign by sign, so that places stay the same."""
    return "".join((fold(sign) or " ")[:1] for sign in text)


def _looks_like_code(letters: str) -> bool:
    """Whether every whole group has a digit and a letter, as codes do."""
    if len(letters) > CODE_LENGTH or not _CODE_SIGNS.issuperset(letters):
        return False
    groups = [letters[at : at + GROUP] for at in range(0, len(letters) - GROUP + 1, GROUP)]
    return all(0 < sum(map(str.isdigit, group)) < GROUP for group in groups)
