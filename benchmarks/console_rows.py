"""Rows for `benchmarks.console`: an office with a long history, made in a SQLite file.

One petition in eight is open, in all units, kinds and stages, with its limit; one limit in eight passed; of the last
quarter it is known where it happened; there are decisions to be carried out and hotspots. Contents are sealed as in
service, and the overview's figures are those that the service would have kept.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, insert

from bot.clock import SystemClock
from bot.profile import read_agency
from petitions.clocks import ClockState, Duty
from petitions.codes import TrackingCode
from petitions.hotspots import CellKind
from petitions.kinds import Action, ActorKind, Kind, Role, Severity, Stage
from petitions.rules import RuleBook
from petitions.transition_groups import OPEN as UNDECIDED
from petitions.transitions import SEALED_KINDS
from storage.hotspots import HotspotState
from storage.hotspots_tables import hotspot_petitions, hotspots, sightings
from storage.ids import first_id_of
from storage.overview_counts import week_of
from storage.overview_tables import MEASURES, overview_cases, overview_counts
from storage.records import PetitionContent
from storage.schema import breaches, clocks, events, officers, petitions, tasks

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from storage.keys import Vault

OPEN_ONE_IN: Final = 8
PASSED_ONE_IN: Final = 8
TASK_ONE_IN: Final = 100
FIRST_ANSWER: Final = "A-01"
DAYS: Final = 900
PLACES: Final = 1500
PLACED_DAYS: Final = 90
OFFICERS: Final = 60
STORY: Final = "Quán hát đến khuya, cháu Tí nhà tôi mất ngủ, đã nói nhiều lần mà không ai giải quyết. " * 6
TABLES: Final = (
    "officers",
    "petitions",
    "clocks",
    "breaches",
    "tasks",
    "events",
    "sightings",
    "hotspots",
    "hotspot_petitions",
    "overview_cases",
    "overview_counts",
)
_OPEN: Final = [stage for stage in Stage if stage not in (Stage.CLOSED, Stage.WITHDRAWN)]
_KINDS: Final = (
    [Kind.FEEDBACK] * 10 + [Kind.RECOMMENDATION] * 4 + [Kind.COMPLAINT] * 3 + [Kind.DENUNCIATION] * 2
)
Row = dict[str, Any]


def code_of(place: int) -> str:
    """The tracking code of a row."""
    return TrackingCode.generate(random.Random(place)).value


class Maker:
    """Makes the rows, some thousand petitions at a time; the newest are the open ones, as in an office."""

    def __init__(self, vault: Vault, count: int) -> None:
        self.agency = read_agency(None)
        self.vault, self.count, self.now = vault, count, SystemClock().now()
        self.chance = random.Random(7)
        self.rule = RuleBook.packaged().rule(FIRST_ANSWER, self.now.date())
        self.units = [unit.code for unit in self.agency.units if unit.active]
        self.topics = [topic.code for topic in self.agency.topics]
        self.people = [self._officer(place) for place in range(OFFICERS)]
        self.counts: dict[tuple[Any, ...], Counter[str]] = {}
        self.newest: list[int] = []

    def rows(self, start: int, end: int) -> dict[Any, list[Row]]:
        """The rows of these petitions, by table."""
        made: dict[Any, list[Row]] = {
            table: [] for table in (petitions, clocks, events, breaches, tasks, sightings, overview_cases)
        }
        for place in range(start, end):
            self._one(place, made)
        return made

    def _one(self, place: int, made: dict[Any, list[Row]]) -> None:
        chance, is_open = self.chance, place >= self.count - self.count // OPEN_ONE_IN
        filed = self.now - timedelta(days=(self.count - place) * DAYS / self.count)
        officer = self.people[chance.randrange(OFFICERS)]
        due = (self.now + timedelta(days=chance.randrange(-15, 60))).date()
        row = self._petition(place, officer, filed, due, is_open=is_open)
        made[petitions].append(row)
        ended = None if is_open else filed + timedelta(days=chance.randrange(1, 20))
        passed = (is_open and due < self.now.date()) or (not is_open and not chance.randrange(PASSED_ONE_IN))
        if not is_open:
            due = ended.date() + timedelta(days=-3 if passed else 3) if ended is not None else due
        base = {"id": row["id"], "agency": self.agency.code, "petition_id": row["id"]}
        made[clocks].append(self._limit(base, filed.date(), due, ended, is_open=is_open))
        made[events].append(self._event(base, filed))
        settled = ended or (filed if row["stage"] not in UNDECIDED else None)
        made[overview_cases].append(
            {"petition_id": row["id"], "agency": self.agency.code, "settled_at": settled}
        )
        self._count(row, "received", filed.date())
        if settled is not None:
            self._count(row, "settled", settled.date())
        if passed:
            self._count(row, "late", due)
            made[breaches].append(
                base
                | {
                    "clock_id": row["id"], "rule": FIRST_ANSWER, "due_on": due, "unit": row["unit"], "level": 1,
                    "officer_id": officer["id"], "found_at": filed, "event_seq": 1,
                    "ended_on": ended.date() if ended is not None else None,
                }
            )  # fmt: skip
        elif ended is not None:
            self._count(row, "in_time", ended.date())
        if is_open and not place % TASK_ONE_IN:
            made[tasks].append(self._task(base, row, due))
        if self.now - filed < timedelta(days=PLACED_DAYS) and not self._sealed(row):
            self.newest.append(row["id"])
            made[sightings].append(
                {
                    "hash": 10_000 + int(PLACES * chance.random() ** 2), "day": filed.date().toordinal(),
                    "petition_id": row["id"], "agency": self.agency.code, "kind": "place", "kept_at": filed,
                    "unit": row["unit"],
                }
            )  # fmt: skip

    def figures(self) -> list[Row]:
        """What the overview counts of all of it."""
        names = ("about", "week", "unit", "value", "sealed", "hidden_from")
        return [
            {"agency": self.agency.code, **dict(zip(names, key, strict=True))}
            | {name: counted[name] for name in MEASURES}
            for key, counted in self.counts.items()
        ]

    def hotspots(self) -> tuple[list[Row], list[Row]]:
        """A dozen that are tracked, each with some petitions."""
        found, listed = [], []
        for place in range(min(12, len(self.newest) // 20)):
            found.append(
                {
                    "id": place + 1, "agency": self.agency.code, "kind": CellKind.TOPIC_UNIT.value,
                    "cell_hash": place + 1, "topic": self.topics[place % len(self.topics)],
                    "unit": self.units[place % len(self.units)], "since_day": self.now.date().toordinal() - 9,
                    "window": 14, "count": 9, "expected": 2.0, "p": 1e-6, "found_at": self.now,
                    "state": HotspotState.NEW.value, "told": 9, "told_at": self.now, "digested": 9,
                }
            )  # fmt: skip
            listed += [
                {
                    "hotspot_id": place + 1, "petition_id": each, "agency": self.agency.code,
                    "added_at": self.now,
                }
                for each in self.newest[place * 20 : place * 20 + 9]
            ]  # fmt: skip
        return found, listed

    # --- inside

    def _officer(self, place: int) -> Row:
        name = self.vault.seal_text(f"Cán bộ {place}", table="officers", column="name_enc", row=place + 1)
        return {
            "id": place + 1, "agency": self.agency.code, "unit": self.units[place % len(self.units)],
            "role": Role.OFFICER, "name_enc": name, "active": True, "created_at": self.now,
        }  # fmt: skip

    def _petition(self, place: int, officer: Row, filed: datetime, due: date, *, is_open: bool) -> Row:
        row_id = first_id_of(filed) + place
        content = PetitionContent(
            story=(STORY,), name="Nguyễn Thị Sen", phone="0951223455", place=f"đường số {place % 900}"
        )
        return {
            "id": row_id, "agency": self.agency.code, "code": code_of(place),
            "kind": self.chance.choice(_KINDS), "subkind": "", "topic": self.chance.choice(self.topics),
            "unit": officer["unit"], "officer_id": officer["id"],
            "stage": self.chance.choice(_OPEN) if is_open else Stage.CLOSED,
            "severity": Severity.NORMAL, "confidential": place % 50 == 0, "anonymous": False,
            "discreet": False, "language": "vi", "channel": "web", "first_message_at": filed,
            "filed_at": filed, "due_on": due if is_open else None,
            "due_rule": FIRST_ANSWER if is_open else None, "register_book": "phan_anh",
            "register_year": 2020 + place // 100_000, "register_no": place % 100_000 + 1,
            "content_enc": self.vault.seal_json(
                content.to_json(), table="petitions", column="content_enc", row=row_id
            ),
            "version": 1, "events_count": 1, "events_head": b"", "updated_at": filed,
        }  # fmt: skip

    def _limit(self, base: Row, started: date, due: date, ended: datetime | None, *, is_open: bool) -> Row:
        return base | {
            "rule": FIRST_ANSWER, "version": self.rule.in_force_from, "conditions": "", "step": self.rule.step,
            "duty": Duty.OFFICE.value, "started_on": started, "nominal_on": due, "due_on": due, "aim_on": due,
            "state": (ClockState.RUNNING if is_open else ClockState.MET).value, "suspensions": "",
            "ended_on": ended.date() if ended is not None else None, "start_seq": 1, "warned": 0, "level": 0,
        }  # fmt: skip

    def _event(self, base: Row, filed: datetime) -> Row:
        content = self.vault.seal_json({}, table="events", column="content_enc", row=base["id"])
        return base | {
            "seq": 1, "type": Action.FILE, "actor_kind": ActorKind.CITIZEN, "at": filed, "salt_enc": b"",
            "commitment": b"", "content_enc": content, "link": b"",
        }  # fmt: skip

    def _task(self, base: Row, row: Row, due: date) -> Row:
        what = self.vault.seal_text("Trả lại mặt bằng.", table="tasks", column="what_enc", row=base["id"])
        return base | {
            "unit": row["unit"], "officer_id": row["officer_id"], "what_enc": what, "due_on": due, "start_seq": 1,
        }  # fmt: skip

    def _count(self, row: Row, measure: str, day: date) -> None:
        about = {"all": "", "topic": row["topic"]}
        if measure != "received":
            about["officer"] = str(row["officer_id"])
        if measure in ("in_time", "late"):
            about["rule"] = FIRST_ANSWER
        for name, value in about.items():
            key = (name, week_of(day), row["unit"], value, self._sealed(row), 0)
            self.counts.setdefault(key, Counter())[measure] += 1

    def _sealed(self, row: Row) -> bool:
        return row["confidential"] or row["kind"] in SEALED_KINDS


def fill(path: Path, vault: Vault, count: int) -> None:
    """All of it, in bulk."""
    maker = Maker(vault, count)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        _insert(connection, officers, maker.people)
        for start in range(0, count, 5000):
            for table, rows in maker.rows(start, min(count, start + 5000)).items():
                _insert(connection, table, rows)
        found, listed = maker.hotspots()
        for table, rows in (
            (overview_counts, maker.figures()), (hotspots, found), (hotspot_petitions, listed),
        ):  # fmt: skip
            _insert(connection, table, rows)
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _insert(connection: Connection, table: Any, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)
