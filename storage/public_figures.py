"""Numbers for everybody: a quarter is counted once, told as `petitions.public_figures` allows, and kept as told.

Sealed cases are not even counted; what is too small to be told is not stored.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Date, Table, Text, bindparam, func, select

from petitions.public_figures import TOLD_KINDS, Figures, Quarter, tell
from petitions.transition_groups import ENDED, FINISHED
from storage.book import Book, insert_new
from storage.columns import Word
from storage.ids import first_id_of
from storage.schema import metadata, petitions

DONE: Final = "done"
OPEN: Final = "open"
OTHER: Final = "other"
"""A topic that the profile does not name, or none."""

public_figures: Final = Table(
    "public_figures",
    metadata,
    Column("agency", Word, primary_key=True),
    Column("quarter", Word, primary_key=True),
    Column("counted_on", Date, nullable=False),
    Column("figures", Text, nullable=False),
)
"""Quarters as they were told: numbers from 5 on, and noughts."""

_KEPT: Final = select(public_figures).where(
    public_figures.c.agency == bindparam("agency"),
    public_figures.c.quarter.in_(bindparam("quarters", expanding=True)),
)
_COUNTS: Final = (
    select(petitions.c.kind, petitions.c.topic, petitions.c.stage, func.count().label("number"))
    .where(
        petitions.c.id >= bindparam("first_id"),
        petitions.c.id < bindparam("end_id"),
        petitions.c.agency.concat("") == bindparam("agency"),
        petitions.c.confidential.is_(False),
        petitions.c.kind.in_(TOLD_KINDS),
    )
    .group_by(petitions.c.kind, petitions.c.topic, petitions.c.stage)
)
"""Down the ids, which rise with time: only the quarter's petitions are read."""
_KEEP: Final = insert_new(public_figures, unless=["agency", "quarter"])


class PublicFigures(Book):
    """Counting quarters and reading them again."""

    def told_quarters(self, quarters: Sequence[Quarter]) -> dict[Quarter, Figures]:
        """Those of the quarters that were counted already."""
        values = {"agency": self.agency, "quarters": [quarter.code for quarter in quarters]}
        rows = {row.quarter: row for row in self.connection.execute(_KEPT, values)}
        return {quarter: _read(quarter, rows[quarter.code]) for quarter in quarters if quarter.code in rows}

    def count_quarter(
        self, quarter: Quarter, today: dt.date, *, zone: ZoneInfo, topics: Sequence[str]
    ) -> Figures:
        """Count a quarter that is over, as it may be told; nothing is kept yet.

        `topics`: the codes that are told one by one, in the order in which they are shown.
        """
        counts = self.connection.execute(
            _COUNTS,
            {
                "agency": self.agency,
                "first_id": first_id_of(_midnight(quarter.first, zone)),
                "end_id": first_id_of(_midnight(quarter.next.first, zone)),
            },
        )
        kinds = Counter(dict.fromkeys(TOLD_KINDS, 0))
        by_topic = Counter(dict.fromkeys([*topics, OTHER], 0))
        states = Counter({DONE: 0, OPEN: 0})
        for row in counts:
            kinds[row.kind.value] += row.number
            by_topic[row.topic if row.topic in topics else OTHER] += row.number
            states[DONE if row.stage in ENDED | FINISHED else OPEN] += row.number
        return tell(quarter, today, kinds=kinds, topics=by_topic, states=states)

    def keep_quarter(self, told: Figures) -> None:
        """Keep a quarter for good; one that was kept before stays as it was."""
        figures = {"total": told.total, "kinds": told.kinds, "topics": told.topics, "states": told.states}
        values = {
            "agency": self.agency,
            "quarter": told.quarter.code,
            "counted_on": told.on,
            "figures": json.dumps(figures, ensure_ascii=False),
        }
        _KEEP.run(self.connection, values)


def _read(quarter: Quarter, row: Any) -> Figures:
    return Figures(quarter=quarter, on=row.counted_on, **json.loads(row.figures))


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, zone)
