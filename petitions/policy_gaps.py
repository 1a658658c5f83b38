"""Loopholes in policy and law that officers meet (sơ hở, bất cập): which legal text they speak of, gathered by it.

One document is written in many ways ("Nghị định 38/2021/NĐ-CP", "ND 38/2021", "nghị định số 38 năm 2021"); its type,
number and year make them one. A law is also known by its name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from petitions.text import fold

LAW_LONGEST: Final = 200
"""Characters of a legal text's name."""
WORDS_LONGEST: Final = 2000

_TYPES: Final = (
    ("bl", r"bo luat"),
    ("luat", r"luat"),
    ("pl", r"phap lenh"),
    ("nq", r"nghi quyet|nq"),
    ("nd", r"nghi dinh|nd"),
    ("qd", r"quyet dinh|qd"),
    ("tt", r"thong tu(?: lien tich)?|ttlt|tt"),
    ("ct", r"chi thi|ct"),
    ("kh", r"ke hoach|kh"),
    ("qc", r"quy che|qc"),
    ("qyd", r"quy dinh"),
    ("hd", r"huong dan|hd"),
    ("cv", r"cong van|cv"),
)
"""Type of a document and how it is written (folded)."""
_WRITTEN: Final = {code: re.compile(rf"\b(?:{words})\b") for code, words in _TYPES}
_BY_SUFFIX: Final = {"qh": "luat", "ubtvqh": "pl"}
_NUMBER: Final = re.compile(
    r"(?P<no>\d{1,5})(?:\s*/\s*(?P<year>(?:19|20)\d\d)\b)?(?:\s*/\s*(?P<suffix>[a-z]+\d{0,2}(?:\s?-\s?[a-z]+)*))?"
)
_YEAR: Final = re.compile(r"\b(?:nam\s+)?((?:19|20)\d\d)\b")
_LAW_NAME: Final = re.compile(
    r"\b(?:bo )?luat(?: so)?\s+(?P<name>[a-z][a-z ,]{2,80}?)(?=\s*(?:\d|\(|nam |ngay |$|[.;,:]))"
)
_KNOWN_LAWS: Final = {"khieu nai": "2/2011", "to cao": "25/2018", "tiep cong dan": "42/2013"}
"""Laws that the office's own work rests on, by name."""
_SECTION: Final = re.compile(r"\b(?:dieu|khoan|diem|muc|chuong|phu luc|cau)\s+[\w.]{1,6}")


@dataclass(frozen=True, slots=True)
class LegalText:
    """A legal text as it was named. Empty: not said."""

    type: str = ""
    number: str = ""
    """Without leading zeros."""
    year: str = ""
    issuer: str = ""
    """Who issued it, as the sign says it (folded): `bvhttdl`; not for decrees and laws, which have one."""
    name: str = ""
    """A law's name (folded)."""
    plain: str = ""
    """The folded words themselves, where nothing else is known."""

    @property
    def is_named(self) -> bool:
        """Whether it can be looked up: a type with a number, a law by its name, or a whole sign."""
        return bool(self.number and (self.type or self.year)) or bool(self.name)


def read_legal_text(written: str) -> LegalText:
    """What is named in free words."""
    flat = _SECTION.sub(" ", fold(written[: 2 * LAW_LONGEST]))
    flat = " ".join(flat.split())
    kind = next((code for code, pattern in _WRITTEN.items() if pattern.search(flat)), "")
    number = _best_number(flat)
    no = str(int(number["no"])) if number is not None else ""
    year = (number["year"] or "") if number is not None else ""
    signs = re.split(r"[\s-]+", (number["suffix"] or "") if number is not None else "")
    signs = [sign for sign in signs if sign]
    if signs and not kind:
        bare = re.sub(r"\d+$", "", signs[0])
        kind = _BY_SUFFIX.get(bare, bare if bare in _WRITTEN else "")
    if not year:
        rest = flat if number is None else flat[: number.start()] + " " + flat[number.end() :]
        found = _YEAR.search(rest)
        year = found[1] if found is not None else ""
    name = _law_name(flat) if kind in {"luat", "bl"} else ""
    if name in _KNOWN_LAWS and not no:
        no, _, known_year = _KNOWN_LAWS[name].partition("/")
        year = known_year
    issuer = "-".join(signs[1:]) if kind not in {"nd", "luat", "bl", "pl"} else ""
    if not no and not name:
        return LegalText(kind, plain=re.sub(r"[^\w/ ]+", " ", flat).strip())
    return LegalText(kind, no, year, issuer, "" if no else name)


def _best_number(flat: str) -> re.Match[str] | None:
    """The document's number: the one with most of a sign around it; a lone year is none."""
    found = [
        match
        for match in _NUMBER.finditer(flat)
        if match["suffix"] is not None or not _is_year_or_day(flat, match)
    ]
    return max(
        found, key=lambda match: (match["year"] is not None) + (match["suffix"] is not None), default=None
    )


def _is_year_or_day(flat: str, match: re.Match[str]) -> bool:
    if flat[: match.start()].endswith("/"):
        return True
    if match["year"] is not None:
        return False
    if re.fullmatch(r"(?:19|20)\d\d", match["no"]) is not None:
        return True
    before, after = flat[: match.start()], flat[match.end() :]
    return before.rstrip().endswith(("ngay", "thang", "lan", "-")) or after.startswith(("/", "-"))


def _law_name(flat: str) -> str:
    match = _LAW_NAME.search(f"{flat} ")
    if match is None:
        return ""
    name = " ".join(match["name"].replace(",", " ").split())
    return re.sub(r"^(?:so|ve|cua) ", "", name)


class Marked(Protocol):
    """What can be gathered: somebody named a legal text."""

    @property
    def law(self) -> str:
        """The legal text as it was written."""

    @property
    def unit(self) -> str:
        """The unit that handled the case."""


G = TypeVar("G", bound=Marked)


@dataclass(frozen=True, slots=True)
class Group(Generic[G]):
    """What was marked of one legal text."""

    title: str
    """The fullest way in which it was written."""
    gaps: tuple[G, ...]

    @property
    def by_unit(self) -> dict[str, int]:
        """How often in each unit, the most first."""
        return dict(Counter(gap.unit for gap in self.gaps).most_common())


def gather(gaps: Iterable[G]) -> list[Group[G]]:
    """Grouped by legal text, the most often named first.

    A writing that lacks the year or the issuer belongs to the one document that has the same type and number; to none
    where several have.
    """
    read = [(read_legal_text(gap.law), gap) for gap in gaps]
    groups: dict[LegalText, list[G]] = {}
    for text, gap in read:
        groups.setdefault(text, []).append(gap)
    for text in sorted(groups, key=_fullness):
        fuller = [other for other in groups if other != text and _may_be(text, other)]
        roots = [one for one in fuller if not any(one != two and _may_be(one, two) for two in fuller)]
        if len(roots) == 1:
            groups[roots[0]] += groups.pop(text)
    made = [Group(_title(found), tuple(found)) for found in groups.values()]
    return sorted(made, key=lambda group: (-len(group.gaps), fold(group.title)))


def _fullness(text: LegalText) -> int:
    return sum(bool(part) for part in (text.type, text.number, text.year, text.issuer, text.name))


def _may_be(less: LegalText, more: LegalText) -> bool:
    """Whether `less` is `more` with something left out."""
    if (less.plain or more.plain) or _fullness(less) >= _fullness(more):
        return False
    pairs = (
        (less.type, more.type),
        (less.number, more.number),
        (less.year, more.year),
        (less.issuer, more.issuer),
        (less.name, more.name),
    )
    return bool(less.number or less.name) and all(not one or one == two for one, two in pairs)


def _title(gaps: Sequence[Marked]) -> str:
    """The writing with the most to look it up by; of those the most frequent."""
    written = Counter(" ".join(gap.law.split()) for gap in gaps)
    return max(written, key=lambda law: (_fullness(read_legal_text(law)), written[law], len(law)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One loophole that an officer marked."""

    petition_id: int
    seq: int
    """The event that keeps it."""
    unit: str
    officer_id: int
    marked_at: datetime
    law: str
    article: str
    """Điều, khoản; "" where none was named."""
    flaw: str
    """What is wrong."""
    proposal: str
    """What is proposed; "" where nothing was."""
