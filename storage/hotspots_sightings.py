"""What is counted of each petition by topic and place, and how it is counted: by index, flat in cost.

Kept are keyed hashes: the key is made of the key ring and the agency, so that nobody tries names of places on the
table without the key ring. A sealed case (tố cáo, or kept secret; Luật Tố cáo 2018 Đ8, Đ56) and a withdrawn one are
not counted at all, neither openly nor apart. `docs/hotspots.md` says what the table reveals all the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Executable, bindparam, delete, func, select, update

from petitions.hotspots import HISTORY, RECENT, CellKind, Series
from petitions.hotspots_voices import COMPARED, Heard
from storage.book import insert_new
from storage.hotspots_cells import ALL, MARK, HotspotCells
from storage.hotspots_tables import hotspot_names, hotspot_petitions, hotspots, sightings
from storage.ids import first_id_of
from storage.prepared import Prepared
from storage.records import Filing, PetitionContent, PetitionRecord
from storage.registers import VIETNAM
from storage.schema import petitions
from storage.search import is_searchable

CELLS: Final = tuple(kind.value for kind in CellKind)
COUNTED: Final = 2_000
"""Petitions of a cell before the last days that are counted at most, the newest: the cost stays flat, and a rate is
known well enough by then."""
MOST_CELLS: Final = 400
"""Cells of one look. More that could be a hotspot at once is a flood; the next look sees the rest."""
_HIGHEST: Final = 2**63 - 1

_KEEP: Final = insert_new(sightings, unless=["hash", "day", "petition_id"])
_FORGET: Final = delete(sightings).where(
    sightings.c.petition_id == bindparam("of_petition"), sightings.c.kind != MARK
)
_OF_PETITION: Final = Prepared(
    select(sightings.c.hash, sightings.c.topic_hash, sightings.c.place_hash).where(
        sightings.c.petition_id == bindparam("petition_id")
    )
)
_PLACES: Final = select(sightings.c.petition_id, sightings.c.hash).where(
    sightings.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
    sightings.c.kind == CellKind.PLACE.value,
)
_LEAVE: Final = delete(hotspot_petitions).where(
    hotspot_petitions.c.petition_id == bindparam("of_petition"),
    hotspot_petitions.c.hotspot_id.in_(bindparam("of_hotspots", expanding=True)),
)
_STANDS_IN: Final = (
    select(hotspots.c.id, hotspots.c.cell_hash, hotspots.c.state, hotspots.c.kind)
    .join(hotspot_petitions, hotspot_petitions.c.hotspot_id == hotspots.c.id)
    .where(hotspot_petitions.c.petition_id == bindparam("petition_id"))
)
_TOUCHED_SINCE: Final = (
    select(sightings.c.hash)
    .where(
        sightings.c.agency == bindparam("agency"),
        sightings.c.kept_at >= bindparam("since"),
        sightings.c.day >= bindparam("first_day"),
        sightings.c.kind.in_(CELLS),
    )
    .distinct()
)
_TOUCHED: Final = (
    select(
        sightings.c.hash,
        func.min(sightings.c.kind).label("kind"),
        func.min(sightings.c.topic_hash).label("topic_hash"),
        func.min(sightings.c.place_hash).label("place_hash"),
        func.count().label("number"),
    )
    .where(
        sightings.c.hash.in_(_TOUCHED_SINCE),
        sightings.c.day.between(bindparam("first_day"), bindparam("until_day")),
    )
    .group_by(sightings.c.hash)
    .having(func.count() >= bindparam("least"))
    .order_by(func.count().desc(), func.min(sightings.c.petition_id))
    .limit(MOST_CELLS)
)
_ACTIVE: Final = select(func.count(sightings.c.hash.distinct())).where(
    sightings.c.agency == bindparam("agency"),
    sightings.c.kept_at >= bindparam("since"),
    sightings.c.day >= bindparam("first_day"),
    sightings.c.kind.in_(CELLS),
)
_BY_DAY: Final = Prepared(
    select(sightings.c.day, func.count().label("number"))
    .where(
        sightings.c.hash == bindparam("hash"),
        sightings.c.day.between(bindparam("first_day"), bindparam("until_day")),
        sightings.c.listed < bindparam("rank"),
    )
    .group_by(sightings.c.day)
)


def _newest_before() -> Executable:
    newest = (
        select(sightings.c.day)
        .where(
            sightings.c.hash == bindparam("hash"),
            sightings.c.day.between(bindparam("oldest"), bindparam("last_day")),
            sightings.c.listed == 0,
        )
        .order_by(sightings.c.day.desc())
        .limit(COUNTED)
        .subquery()
    )
    return select(func.count().label("number"), func.min(newest.c.day).label("day"))


_BEFORE: Final = Prepared(_newest_before())
_FIRST_DAY: Final = Prepared(
    select(sightings.c.day).where(sightings.c.hash == bindparam("hash")).order_by(sightings.c.day).limit(1)
)
_HEARD: Final = (
    select(sightings.c.petition_id, sightings.c.day, petitions.c.phone_hash)
    .join(petitions, petitions.c.id == sightings.c.petition_id)
    .where(
        sightings.c.hash == bindparam("hash"),
        sightings.c.day.between(bindparam("first_day"), bindparam("until_day")),
        sightings.c.listed < bindparam("rank"),
    )
    .order_by(sightings.c.day.desc(), sightings.c.petition_id.desc())
    .limit(bindparam("most"))
)
_LIST: Final = (
    update(sightings)
    .where(
        sightings.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
        sightings.c.listed < bindparam("rank"),
        sightings.c.kind != MARK,
    )
    .values(listed=bindparam("rank"))
)
_NEW_NAME: Final = (
    select(hotspot_names.c.hash)
    .where(hotspot_names.c.agency == bindparam("agency"), hotspot_names.c.kept_at >= bindparam("since"))
    .limit(1)
)
_PLACED: Final = sightings.alias("placed")
_UNPLACED: Final = (
    select(sightings.c.petition_id)
    .where(
        sightings.c.hash == bindparam("hash"),
        sightings.c.day.between(bindparam("first_day"), bindparam("until_day")),
        ~select(_PLACED.c.hash)
        .where(_PLACED.c.petition_id == sightings.c.petition_id, _PLACED.c.kind == CellKind.PLACE.value)
        .exists(),
    )
    .order_by(sightings.c.day.desc(), sightings.c.petition_id.desc())
    .limit(bindparam("most"))
)
_LOWEST_SEEN: Final = Prepared(
    select(sightings.c.petition_id)
    .where(sightings.c.hash == bindparam("hash"), sightings.c.day >= bindparam("oldest"))
    .order_by(sightings.c.day, sightings.c.petition_id)
    .limit(1)
)
_OLDER: Final = (
    select(petitions.c.id)
    .where(
        petitions.c.id < bindparam("below"),
        petitions.c.id >= bindparam("lowest"),
        petitions.c.agency.concat("") == bindparam("agency"),
    )
    .order_by(petitions.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is counted together, by its keyed hashes."""

    hash: int
    kind: CellKind
    topic_hash: int | None
    place_hash: int | None
    number: int
    """Petitions in the longest window."""


class Sightings(HotspotCells):
    """Keeping what is counted, in the transaction that changes a petition, and counting."""

    def file(self, filing: Filing) -> PetitionRecord:
        """As `Search.file`; it counts from this transaction on."""
        petition = super().file(filing)
        self._sight(petition, filing.content if is_searchable(petition) else None)
        return petition

    def record(self, petition: PetitionRecord, **given: Any) -> PetitionRecord:
        """As `Search.record`; a petition that is sealed or withdrawn counts no more, one of another topic or unit
        counts there."""
        after = super().record(petition, **given)
        counts = is_searchable(after)
        moved = (petition.topic, petition.unit) != (after.topic, after.unit)
        if is_searchable(petition) != counts or (counts and moved):
            self._sight_again(after, counts=counts)
        return after

    def sight_older(self, *, today: dt.date, most: int = 20) -> int:
        """Counts some petitions of the last year that were filed before they were counted, from the newest down; how
        many were looked at."""
        oldest = today.toordinal() - HISTORY - RECENT
        lowest = _LOWEST_SEEN.first(self.connection, {"hash": self._cell_hash(MARK), "oldest": oldest})
        day = dt.datetime.combine(dt.date.fromordinal(oldest), dt.time(0), VIETNAM)
        values = {
            "below": _HIGHEST if lowest is None else lowest.petition_id,
            "lowest": first_id_of(day),
            "agency": self.agency,
            "most": most,
        }
        places = list(self.connection.execute(_OLDER, values).scalars())
        for place in places:
            petition = self.petition(place, lock=True)
            if petition is not None:
                self._sight(petition, self._content_or_empty(petition) if is_searchable(petition) else None)
        return len(places)

    def sight_unplaced(self, since: dt.datetime, *, today: int, most: int = 200) -> int:
        """Looks again for the place of late petitions that have none, where names of places were met since then; how
        many were looked at."""
        values: dict[str, Any] = {"agency": self.agency, "since": since}
        if self.connection.execute(_NEW_NAME, values).first() is None:
            return 0
        values = {
            "hash": self._cell_hash(ALL),
            "first_day": today - RECENT + 1,
            "until_day": today,
            "most": most,
        }
        places = list(self.connection.execute(_UNPLACED, values).scalars())
        for petition in self.petitions_by_id(places).values():
            if is_searchable(petition):
                self._sight(petition, self._content_or_empty(petition))
        return len(places)

    # --- counting

    def touched_cells(self, since: dt.datetime, *, today: int, least: int) -> list[Cell]:
        """Cells that got a petition since then and have at least so many in the longest window, the largest first; at
        most `MOST_CELLS`."""
        values = {
            "agency": self.agency,
            "since": since,
            "first_day": today - RECENT + 1,
            "until_day": today,
            "least": least,
        }
        rows = self.connection.execute(_TOUCHED, values)
        return [
            Cell(row.hash, CellKind(row.kind), row.topic_hash, row.place_hash, row.number) for row in rows
        ]

    def active_cells(self, since: dt.datetime, *, today: int) -> int:
        """How many cells got a petition in the longest window."""
        values = {"agency": self.agency, "since": since, "first_day": today - RECENT + 1}
        return int(self.connection.execute(_ACTIVE, values).scalar_one())

    def office_age(self, *, today: int) -> int:
        """For how many days petitions are counted, today among them; at most a year and the longest window."""
        row = _FIRST_DAY.first(self.connection, {"hash": self._cell_hash(ALL)})
        return 1 if row is None else max(1, min(today - row.day + 1, RECENT + HISTORY))

    def whole_series(self, *, today: int, age: int) -> Series:
        """All petitions of the office, without those of hotspots."""
        return self.series(self._cell_hash(ALL), today=today, age=age, rank=1)

    def series(self, cell_hash: int, *, today: int, age: int, rank: int) -> Series:
        """What a cell had day by day, and before.

        Args:
            rank: petitions of a hotspot of this rank or a higher one are left out; in what is usual, those of any.
        """
        length = min(RECENT, age)
        first = today - length + 1
        values = {"hash": cell_hash, "first_day": first, "until_day": today, "rank": rank}
        by_day = {row.day: row.number for row in _BY_DAY.rows(self.connection, values)}
        recent = tuple(by_day.get(today - back, 0) for back in range(length))
        days = min(HISTORY, age - length)
        if days <= 0:
            return Series(recent)
        values = {"hash": cell_hash, "oldest": first - days, "last_day": first - 1}
        [row] = _BEFORE.rows(self.connection, values)
        if row.number >= COUNTED:
            days = max(1, first - row.day)
        return Series(recent, row.number, float(days))

    def heard(self, cell_hash: int, *, today: int, rank: int, first_day: int) -> list[Heard]:
        """Who speaks in a cell's petitions of these days, the newest first; at most `COMPARED`."""
        values = {
            "hash": cell_hash,
            "first_day": first_day,
            "until_day": today,
            "rank": rank,
            "most": COMPARED,
        }
        rows = self.connection.execute(_HEARD, values).all()
        ids = [row.petition_id for row in rows]
        known, texts = self.petitions_by_id(ids), self._texts(ids)
        found = []
        for row in rows:
            petition = known[row.petition_id]
            signs = (
                ("chat", petition.contact_id),
                ("talk", petition.conversation_id),
                ("phone", row.phone_hash),
            )
            shown = tuple(sign for sign in signs if sign[1] is not None)
            found.append(Heard(petition.id, today - row.day, shown, texts.get(petition.id, "")))
        return found

    def parts_of(self, cell_hash: int, petition_id: int) -> tuple[int | None, int | None]:
        """Of a cell that this petition counts for: the hashes of its topic and its place."""
        rows = _OF_PETITION.rows(self.connection, {"petition_id": petition_id})
        row = next((row for row in rows if row.hash == cell_hash), None)
        return (None, None) if row is None else (row.topic_hash, row.place_hash)

    def places_of(self, petition_ids: list[int]) -> dict[int, list[int]]:
        """The cells of their places, by petition."""
        found: dict[int, list[int]] = {}
        if petition_ids:
            for row in self.connection.execute(_PLACES, {"petition_ids": petition_ids}):
                found.setdefault(row.petition_id, []).append(row.hash)
        return found

    def mark_listed(self, petition_ids: list[int], rank: int) -> None:
        """These petitions stand in a hotspot of this rank: they are usual no more, and make no further one."""
        if petition_ids:
            self.connection.execute(_LIST, {"petition_ids": petition_ids, "rank": rank})

    def place_of(self, petition: PetitionRecord, place_hash: int) -> str:
        """The words in which this petition names a place; empty where it does not. Raises `keys.CannotOpen`."""
        told = self._told(self.content(petition))
        named = any(self._cell_hash(CellKind.PLACE, key) == place_hash for key in told.keys)
        return told.words if named else ""

    # --- inside

    def _sight(self, petition: PetitionRecord, content: PetitionContent | None) -> None:
        """Keeps the rows of a petition; without `content` only that it was looked at."""
        day, now = filed_day(petition), self.now()
        told = None if content is None else self._told(content)
        cells = {} if told is None else self._cells(petition, told)
        cells[self._cell_hash(MARK)] = (MARK, None, None)
        if told is not None:
            self._keep_names(told)
        _KEEP.run_many(
            self.connection,
            [
                {
                    "hash": cell,
                    "day": day,
                    "petition_id": petition.id,
                    "agency": self.agency,
                    "kind": kind,
                    "topic_hash": topic,
                    "place_hash": place,
                    "unit": petition.unit,
                    "kept_at": now,
                }
                for cell, (kind, topic, place) in sorted(cells.items())
            ],
        )

    def _sight_again(self, petition: PetitionRecord, *, counts: bool) -> None:
        """A petition counts elsewhere, or no more; it leaves the open hotspots it does not belong to. A sealed or
        withdrawn one leaves all."""
        self.connection.execute(_FORGET, {"of_petition": petition.id})
        content = self._content_or_empty(petition) if counts else None
        self._sight(petition, content)
        cells = {} if content is None else self._cells(petition, self._told(content))
        standing = self.connection.execute(_STANDS_IN, {"petition_id": petition.id}).all()
        left = [
            row.id for row in standing if not counts or (row.state != "closed" and row.cell_hash not in cells)
        ]
        if left:
            self.connection.execute(_LEAVE, {"of_petition": petition.id, "of_hotspots": left})
        ranks = [CellKind(row.kind).rank for row in standing if row.id not in left]
        if counts and ranks:
            self.mark_listed([petition.id], max(ranks))


def filed_day(petition: PetitionRecord) -> int:
    """The day of filing, as the registers count it (`date.toordinal`)."""
    return petition.filed_at.astimezone(VIETNAM).date().toordinal()
