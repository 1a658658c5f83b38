"""Cases to be kept an eye on beside hotspots: long past their term, complex, of many people, at second instance.

All of the office; who may see which is for the caller to check with each.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, func, select, text

from petitions.clocks import ALARMED, ClockState
from petitions.kinds import Stage
from storage.book import Book, as_record, holds
from storage.ids import first_id_of
from storage.records import PetitionRecord
from storage.schema import GRAVE, clocks, petitions
from storage.work import OPEN

MOST: Final = 400
"""Cases of a list that are read, the newest (of those past their term the longest)."""

_COLUMNS: Final = tuple(petitions.c[name] for name in PetitionRecord.__dataclass_fields__)
_GRAVE: Final = (
    select(*_COLUMNS)
    .where(
        petitions.c.agency == bindparam("agency"),
        petitions.c.stage.in_([stage.value for stage in OPEN]),
        text(f"({GRAVE})"),
    )
    .order_by(petitions.c.id.desc())
    .limit(MOST)
)
_SECOND: Final = (
    select(*_COLUMNS)
    .where(
        petitions.c.agency == bindparam("agency"),
        petitions.c.stage.in_([stage.value for stage in Stage]),
        petitions.c.id >= bindparam("lowest"),
        text("instance > 1"),
    )
    .order_by(petitions.c.id.desc())
    .limit(MOST)
)
_LATE: Final = (
    select(clocks.c.petition_id, func.min(clocks.c.due_on).label("due_on"))
    .where(
        clocks.c.agency == bindparam("agency"),
        holds(clocks.c.state, ClockState.RUNNING),
        clocks.c.due_on < bindparam("before_day"),
        clocks.c.duty.in_([duty.value for duty in ALARMED]),
    )
    .group_by(clocks.c.petition_id)
    .order_by(func.min(clocks.c.due_on), clocks.c.petition_id)
    .limit(MOST)
)


class HotspotLists(Book):
    """Reading the lists."""

    def grave_cases(self) -> list[PetitionRecord]:
        """Open cases that are complex, extended, at second instance or of five people and more, newest first."""
        rows = self.connection.execute(_GRAVE, {"agency": self.agency})
        return [as_record(PetitionRecord, row) for row in rows]

    def second_instances(self, since: datetime) -> list[PetitionRecord]:
        """Second complaints filed since then, closed ones too, newest first."""
        values = {"agency": self.agency, "lowest": first_id_of(since)}
        return [as_record(PetitionRecord, row) for row in self.connection.execute(_SECOND, values)]

    def late_since(self, day: date) -> dict[int, date]:
        """Cases with a limit that ran out before `day` and is still running, with its date, the oldest first."""
        values = {"agency": self.agency, "before_day": day}
        return {row.petition_id: row.due_on for row in self.connection.execute(_LATE, values)}
