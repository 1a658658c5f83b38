"""One search over the tables: which index leads, page by page, newest first, and what is then compared row by row.

Ids are made in order of time (`storage.ids`), so that a page is a step down the ids and dates are limits of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, or_, select, union_all

from petitions.codes import CODE_LENGTH
from petitions.kinds import Stage
from petitions.transitions import SEALED_KINDS
from storage.book import as_record
from storage.ids import first_id_of
from storage.prepared import Prepared
from storage.records import PetitionRecord
from storage.registers import letters_of
from storage.schema import petitions, register_entries, registers, search_words

if TYPE_CHECKING:
    from storage.search import Wanted

MOST_BY_NUMBER: Final = 2_000
"""Petitions of one beginning of a code, of one number or of one phone."""
_AT_ONCE: Final = 100
"""Ranges of an index in one statement; SQLite takes 500."""
_LONGEST_NUMBER: Final = 7

_COLUMNS: Final = tuple(petitions.c[name] for name in PetitionRecord.__dataclass_fields__)
_BY_CODE: Final = (
    select(petitions.c.id)
    .where(petitions.c.code.between(bindparam("first_code"), bindparam("last_code")))
    .limit(MOST_BY_NUMBER)
)
_BY_PHONE: Final = (
    select(petitions.c.id)
    .where(petitions.c.phone_hash == bindparam("phone_hash"))
    .order_by(petitions.c.id.desc())
    .limit(MOST_BY_NUMBER)
)
_BOOKS: Final = select(registers).where(registers.c.agency == bindparam("agency"))
_BY_NUMBER: Final = (
    select(register_entries.c.petition_id)
    .where(
        register_entries.c.agency == bindparam("agency"),
        register_entries.c.book == bindparam("book"),
        register_entries.c.year == bindparam("year"),
        register_entries.c.number.between(bindparam("first_number"), bindparam("last_number")),
    )
    .limit(MOST_BY_NUMBER)
)
_BY_TIME: Final = (
    select(petitions.c.id)
    .where(petitions.c.id < bindparam("below"), petitions.c.id >= bindparam("lowest"))
    .order_by(petitions.c.id.desc())
    .limit(bindparam("most"))
)
"""The agency is compared row by row: SQLite would rather sort all of an agency's rows than walk down the ids."""


@lru_cache(maxsize=32)
def by_words(number: int) -> Prepared:
    """Petitions that have all of so many hashes `h0`, `h1` …; the first leads, it should be the rarest."""
    statement = select(search_words.c.petition_id.label("id")).where(
        search_words.c.hash == bindparam("h0"),
        search_words.c.petition_id < bindparam("below"),
        search_words.c.petition_id >= bindparam("lowest"),
        *(_has(search_words.c.petition_id, f"h{place}") for place in range(1, number)),
    )
    return Prepared(statement.order_by(search_words.c.petition_id.desc()).limit(bindparam("most")))


def _has(petition_id: ColumnElement[int], name: str) -> ColumnElement[bool]:
    other = search_words.alias(f"other_{name}")
    return exists().where(other.c.hash == bindparam(name), other.c.petition_id == petition_id)


@dataclass(frozen=True, slots=True)
class Range:
    """A range of an index that begins with these columns and ends with the id."""

    columns: tuple[str, ...]
    values: tuple[Any, ...]


def of_unit(agency: str, unit: str, stage: Stage) -> Range:
    """Of `ix_petitions_unit`."""
    return Range(("agency", "unit", "stage"), (agency, unit, stage))


def of_officer(officer_id: int, stage: Stage) -> Range:
    """Of `ix_petitions_officer`."""
    return Range(("officer_id", "stage"), (officer_id, stage))


def of_topic(agency: str, topic: str) -> Range:
    """Of `ix_petitions_topic`."""
    return Range(("agency", "topic"), (agency, topic))


@lru_cache(maxsize=64)
def newest_of(ranges: tuple[tuple[str, ...], ...]) -> Prepared:
    """The newest petitions of each range under `below`, by the columns of each; the values are called as the column
    with the number of the range (`unit0`). Made once: it is long."""
    return Prepared(union_all(*(_newest(columns, place) for place, columns in enumerate(ranges))))


def _newest(columns: tuple[str, ...], place: int) -> Any:
    newest = (
        select(petitions.c.id)
        .where(
            *(petitions.c[column] == bindparam(f"{column}{place}") for column in columns),
            petitions.c.id < bindparam("below"),
            petitions.c.id >= bindparam("lowest"),
        )
        .order_by(petitions.c.id.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    return select(newest.c.id)


class Rows:
    """One search."""

    def __init__(
        self,
        connection: Connection,
        *,
        agency: str,
        wanted: Wanted,
        hashes: Sequence[int],
        phone_hash: bytes | None,
    ) -> None:
        self._connection = connection
        self._agency = agency
        self._wanted = wanted
        self._names = {f"h{place}": value for place, value in enumerate(hashes)}
        self._hashes = hashes
        self._lowest = 0 if wanted.since is None else first_id_of(wanted.since)
        self._listed = self._by_number(phone_hash)

    def page(self, below: int, *, most: int) -> list[int]:
        """Ids under `below` that may fit, falling, at most so many; fewer only where there are no more."""
        if self._listed is not None:
            return [place for place in self._listed if self._lowest <= place < below][:most]
        limits = {"below": below, "lowest": self._lowest, "most": most}
        if self._hashes:
            rows = by_words(len(self._hashes)).rows(self._connection, limits | self._names)
            return [row.id for row in rows]
        ranges = self._ranges()
        if ranges is None:
            return self._ids(_BY_TIME, limits)
        found: set[int] = set()
        for start in range(0, len(ranges), _AT_ONCE):
            part = ranges[start : start + _AT_ONCE]
            named = {
                f"{column}{place}": value
                for place, each in enumerate(part)
                for column, value in zip(each.columns, each.values, strict=True)
            }
            statement = newest_of(tuple(each.columns for each in part))
            found.update(row.id for row in statement.rows(self._connection, named | limits))
        return sorted(found, reverse=True)[:most]

    def fitting(self, places: list[int]) -> list[PetitionRecord]:
        """Those of a page that fit in everything, in the order of the page."""
        if not places:
            return []
        statement = select(*_COLUMNS).where(
            petitions.c.id.in_(bindparam("places", expanding=True)), *self._conditions()
        )
        rows = self._connection.execute(statement, {"places": places, **self._names})
        found = {row.id: as_record(PetitionRecord, row) for row in rows}
        return [found[place] for place in places if place in found]

    def _conditions(self) -> list[ColumnElement[bool]]:
        wanted, c = self._wanted, petitions.c
        conditions: list[ColumnElement[bool]] = [c.agency == self._agency]
        if not wanted.by_sign:
            conditions += [c.confidential.is_(False), c.kind.not_in(sorted(SEALED_KINDS))]
        if wanted.code:
            conditions.append(c.code.startswith(wanted.code))
        for column, values in (
            (c.unit, wanted.units),
            (c.stage, wanted.stages),
            (c.topic, wanted.topics),
        ):
            if values:
                conditions.append(column.in_(values))
        if wanted.since is not None:
            conditions.append(c.filed_at >= wanted.since)
        if wanted.until is not None:
            conditions.append(c.filed_at < wanted.until)
        if wanted.own_units is not None:
            own: list[ColumnElement[bool]] = [c.unit.in_(wanted.own_units)]
            if wanted.own_officer is not None:
                own.append(c.officer_id == wanted.own_officer)
            conditions.append(or_(*own))
        if self._listed is not None:
            conditions += [_has(c.id, name) for name in self._names]
        return [and_(*conditions)]

    def _by_number(self, phone_hash: bytes | None) -> list[int] | None:
        """Ids found by code, register number and phone at once, falling; None where none of them is asked."""
        wanted, found = self._wanted, []
        if wanted.code:
            ends = {
                "first_code": wanted.code.ljust(CODE_LENGTH, "0"),
                "last_code": wanted.code.ljust(CODE_LENGTH, "Z"),
            }
            found.append(set(self._ids(_BY_CODE, ends)))
        if wanted.number:
            found.append(self._registered(wanted.number))
        if phone_hash is not None:
            found.append(set(self._ids(_BY_PHONE, {"phone_hash": phone_hash})))
        return sorted(set.intersection(*found), reverse=True) if found else None

    def _registered(self, number: str) -> set[int]:
        """Every book's lines whose number is or begins so; also where a petition went on in another book since."""
        found: set[int] = set()
        wanted = self._wanted
        longest = _LONGEST_NUMBER - len(number) if wanted.begins else 0
        for book in self._connection.execute(_BOOKS, {"agency": self._agency}).all():
            if wanted.year not in (None, book.year) or wanted.book not in ("", letters_of(book.book)):
                continue
            for zeros in range(longest + 1):
                first = int(number) * 10**zeros
                if first > book.last_no:
                    break
                values = {
                    "agency": self._agency,
                    "book": book.book,
                    "year": book.year,
                    "first_number": first,
                    "last_number": first + 10**zeros - 1,
                }
                found.update(self._ids(_BY_NUMBER, values))
        return found

    def _ranges(self) -> list[Range] | None:
        """The index ranges that hold all that fits; None where only time limits it."""
        wanted, agency = self._wanted, self._agency
        stages = wanted.stages or tuple(Stage)
        if wanted.topics:
            return [of_topic(agency, topic) for topic in wanted.topics]
        if wanted.own_units is not None:
            units = tuple(unit for unit in wanted.own_units if not wanted.units or unit in wanted.units)
            officer = wanted.own_officer
            own = [of_officer(officer, stage) for stage in stages] if officer is not None else []
            return own + [of_unit(agency, unit, stage) for unit in units for stage in stages]
        if wanted.units:
            return [of_unit(agency, unit, stage) for unit in wanted.units for stage in stages]
        return None

    def _ids(self, statement: Any, values: dict[str, Any]) -> list[int]:
        return list(self._connection.execute(statement, values).scalars())
