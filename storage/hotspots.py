"""Hotspots found: their row, the petitions in them, and the record of who was told and what was done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, text, update

from petitions.hotspots import RECENT, CellKind, Finding
from storage.book import insert_new
from storage.hotspots_sightings import Cell, Sightings
from storage.hotspots_tables import OPEN, hotspot_deeds, hotspot_petitions, hotspots, sightings
from storage.keys import CannotOpen
from storage.prepared import Prepared
from storage.records import PetitionRecord
from storage.search import is_searchable

MOST_OPEN: Final = 200
"""Open hotspots looked after at once."""
MOST_ADDED: Final = 500
"""Petitions that one look adds to a hotspot; the next one adds the others."""
MOST_LISTED: Final = 400
"""Petitions of a hotspot that are read for a list, the newest."""


@unique
class HotspotState(StrEnum):
    """Where the tracking of a hotspot stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


@unique
class Deed(StrEnum):
    """What can happen to a hotspot."""

    FOUND = "found"
    TOLD = "told"
    GROWN = "grown"
    DIGEST = "digest"
    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    REMINDED = "reminded"
    RAISED = "raised"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HotspotRecord:
    """A hotspot without its place in words. Field names are column names."""

    id: int
    kind: CellKind
    cell_hash: int
    topic: str | None
    unit: str | None
    since_day: int
    """Of the first petition in it, as `date.toordinal`."""
    window: int
    count: int
    """Own voices, and `expected` how many petitions were usual, in the window in which it was found."""
    expected: float
    p: float
    found_at: dt.datetime
    state: HotspotState
    told: int
    """Own voices the last alert spoke of."""
    told_at: dt.datetime
    digested: int
    """Petitions the last alert or digest spoke of."""
    reminded: int
    remind_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: int | None
    closed_at: dt.datetime | None
    closed_by: int | None

    @property
    def open(self) -> bool:
        return self.state is not HotspotState.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRecord:
    """One line of a hotspot's record."""

    what: Deed
    officer_id: int | None
    at: dt.datetime
    content: dict[str, Any]


_FIELDS: Final = tuple(hotspots.c[name] for name in HotspotRecord.__dataclass_fields__)
_INSERT: Final = insert(hotspots)
_ONE: Final = select(*_FIELDS).where(
    hotspots.c.id == bindparam("hotspot_id"), hotspots.c.agency == bindparam("agency")
)
_ONE_LOCKED: Final = _ONE.with_for_update()
_OPEN_ONES: Final = (
    select(*_FIELDS)
    .where(hotspots.c.agency == bindparam("agency"), text(OPEN))
    .order_by(hotspots.c.id)
    .limit(MOST_OPEN)
)
_PLACES: Final = select(hotspots.c.id, hotspots.c.place_enc).where(
    hotspots.c.id.in_(bindparam("hotspot_ids", expanding=True))
)
_ADD: Final = insert_new(hotspot_petitions, unless=["hotspot_id", "petition_id"])
_NEW_IN_CELL: Final = (
    select(sightings.c.petition_id)
    .where(
        sightings.c.hash == bindparam("hash"),
        sightings.c.day.between(bindparam("first_day"), bindparam("until_day")),
        ~select(hotspot_petitions.c.petition_id)
        .where(
            hotspot_petitions.c.hotspot_id == bindparam("hotspot_id"),
            hotspot_petitions.c.petition_id == sightings.c.petition_id,
        )
        .exists(),
    )
    .order_by(sightings.c.day, sightings.c.petition_id)
    .limit(MOST_ADDED)
)
_SIZES: Final = (
    select(hotspot_petitions.c.hotspot_id, func.count().label("number"))
    .where(hotspot_petitions.c.hotspot_id.in_(bindparam("hotspot_ids", expanding=True)))
    .group_by(hotspot_petitions.c.hotspot_id)
)
_LISTED: Final = Prepared(
    select(hotspot_petitions.c.petition_id)
    .where(hotspot_petitions.c.hotspot_id == bindparam("hotspot_id"))
    .order_by(hotspot_petitions.c.petition_id.desc())
    .limit(MOST_LISTED)
)
_ALL: Final = select(*_FIELDS).where(hotspots.c.agency == bindparam("agency")).order_by(hotspots.c.id)
_ALL_LISTED: Final = (
    select(hotspot_petitions.c.hotspot_id, hotspot_petitions.c.petition_id)
    .where(hotspot_petitions.c.agency == bindparam("agency"))
    .order_by(hotspot_petitions.c.petition_id)
)
_INSERT_DEED: Final = insert(hotspot_deeds)
_DEEDS: Final = (
    select(hotspot_deeds)
    .where(hotspot_deeds.c.hotspot_id == bindparam("hotspot_id"))
    .order_by(hotspot_deeds.c.id)
)


class Hotspots(Sightings):
    """Finding them again, their petitions, and what is done about them."""

    def _changed_together(self, before: PetitionRecord, after: PetitionRecord) -> None:
        super()._changed_together(before, after)
        if is_searchable(after):
            self._sight_again(after, counts=True)

    def open_hotspots(self) -> list[HotspotRecord]:
        """Those that are tracked, oldest first."""
        return [_record(row) for row in self.connection.execute(_OPEN_ONES, {"agency": self.agency})]

    def hotspot(self, hotspot_id: int, *, lock: bool = False) -> HotspotRecord | None:
        """One of this agency, whatever its state; with `lock` nobody else changes it meanwhile."""
        values = {"hotspot_id": hotspot_id, "agency": self.agency}
        row = self.connection.execute(_ONE_LOCKED if lock else _ONE, values).first()
        return None if row is None else _record(row)

    def hotspot_places(self, hotspot_ids: list[int]) -> dict[int, str]:
        """Where they are, in the words of a petition; without those that have no place or cannot be opened."""
        found: dict[int, str] = {}
        if not hotspot_ids:
            return found
        for row in self.connection.execute(_PLACES, {"hotspot_ids": hotspot_ids}):
            if row.place_enc is not None:
                try:
                    found[row.id] = self.vault.open_text(
                        row.place_enc, table="hotspots", column="place_enc", row=row.id
                    )
                except CannotOpen:
                    continue
        return found

    def open_hotspot(
        self,
        cell: Cell,
        finding: Finding,
        petition_ids: list[int],
        *,
        topic: str | None,
        unit: str | None,
        place: str,
        since_day: int,
        remind_at: dt.datetime,
    ) -> HotspotRecord:
        """A new one, with its petitions and the first line of its record."""
        hotspot_id, now = self.ids.new(), self.now()
        sealed = None
        if place:
            sealed = self.vault.seal_text(place, table="hotspots", column="place_enc", row=hotspot_id)
        record = HotspotRecord(
            id=hotspot_id,
            kind=cell.kind,
            cell_hash=cell.hash,
            topic=topic,
            unit=unit,
            since_day=since_day,
            window=finding.window,
            count=finding.count,
            expected=finding.expected,
            p=finding.p,
            found_at=now,
            state=HotspotState.NEW,
            told=finding.count,
            told_at=now,
            digested=len(petition_ids),
            reminded=0,
            remind_at=remind_at,
            acknowledged_at=None,
            acknowledged_by=None,
            closed_at=None,
            closed_by=None,
        )
        columns = {name: getattr(record, name) for name in HotspotRecord.__dataclass_fields__}
        self.connection.execute(_INSERT, {**columns, "agency": self.agency, "place_enc": sealed})
        self.add_to_hotspot(record, petition_ids)
        found = {
            "window": finding.window,
            "count": finding.count,
            "expected": round(finding.expected, 3),
            "p": finding.p,
            "petitions": petition_ids,
        }
        self.note_deed(hotspot_id, Deed.FOUND, content=found)
        return record

    def add_to_hotspot(self, hotspot: HotspotRecord, petition_ids: list[int]) -> None:
        """Petitions that belong to it; they count as usual no more."""
        if not petition_ids:
            return
        now = self.now()
        _ADD.run_many(
            self.connection,
            [
                {"hotspot_id": hotspot.id, "petition_id": each, "agency": self.agency, "added_at": now}
                for each in petition_ids
            ],
        )
        self.mark_listed(petition_ids, hotspot.kind.rank)

    def new_in_cell(self, hotspot: HotspotRecord, *, today: int) -> list[int]:
        """Petitions of its cell that are not in it yet, since its first day and within the longest window."""
        values = {
            "hash": hotspot.cell_hash,
            "first_day": max(hotspot.since_day, today - RECENT + 1),
            "until_day": today,
            "hotspot_id": hotspot.id,
        }
        return list(self.connection.execute(_NEW_IN_CELL, values).scalars())

    def hotspot_sizes(self, hotspot_ids: list[int]) -> dict[int, int]:
        """How many petitions stand in each."""
        if not hotspot_ids:
            return {}
        rows = self.connection.execute(_SIZES, {"hotspot_ids": hotspot_ids})
        return dict.fromkeys(hotspot_ids, 0) | {row.hotspot_id: int(row.number) for row in rows}

    def hotspot_petitions(self, hotspot_id: int) -> list[int]:
        """The petitions in it, newest first; at most `MOST_LISTED`."""
        rows = _LISTED.rows(self.connection, {"hotspot_id": hotspot_id})
        return [row.petition_id for row in rows]

    def change_hotspot(self, hotspot_id: int, **values: Any) -> None:
        """Columns of its row."""
        statement = update(hotspots).where(hotspots.c.id == hotspot_id)
        self.connection.execute(statement.values(values))

    def note_deed(
        self,
        hotspot_id: int,
        what: Deed,
        *,
        officer_id: int | None = None,
        content: dict[str, Any] | None = None,
    ) -> None:
        """One more line of its record. `content` (JSON values) is kept sealed."""
        deed_id = self.ids.new()
        self.connection.execute(
            _INSERT_DEED,
            {
                "id": deed_id,
                "agency": self.agency,
                "hotspot_id": hotspot_id,
                "what": what.value,
                "officer_id": officer_id,
                "at": self.now(),
                "content_enc": self.vault.seal_json(
                    content or {}, table="hotspot_deeds", column="content_enc", row=deed_id
                ),
            },
        )

    def deeds(self, hotspot_id: int) -> list[DeedRecord]:
        """The record of a hotspot, oldest first. Raises `keys.CannotOpen`."""
        rows = self.connection.execute(_DEEDS, {"hotspot_id": hotspot_id})
        return [
            DeedRecord(
                what=Deed(row.what),
                officer_id=row.officer_id,
                at=row.at,
                content=self.vault.open_json(
                    row.content_enc, table="hotspot_deeds", column="content_enc", row=row.id
                ),
            )
            for row in rows
        ]


def found_hotspots(connection: Connection, agency: str) -> list[tuple[HotspotRecord, list[int]]]:
    """Every hotspot ever found, oldest first, with its petitions; for counting after a simulation."""
    listed: dict[int, list[int]] = {}
    for row in connection.execute(_ALL_LISTED, {"agency": agency}):
        listed.setdefault(row.hotspot_id, []).append(row.petition_id)
    rows = connection.execute(_ALL, {"agency": agency})
    return [(_record(row), listed.get(row.id, [])) for row in rows]


def _record(row: Row[Any]) -> HotspotRecord:
    values = {name: getattr(row, name) for name in HotspotRecord.__dataclass_fields__}
    values["kind"], values["state"] = CellKind(row.kind), HotspotState(row.state)
    return HotspotRecord(**values)
