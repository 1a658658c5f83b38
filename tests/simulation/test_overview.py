"""The overview's figures over the simulated year, against a count made apart from the opened events."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from bot.clock import SystemClock
from storage import swift
from storage.casebook import Casebook
from storage.ids import IdSource
from tests.simulation.conftest import AGENCY, Year

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOT_YET = {
    "received", "assigned", "in_progress", "waiting_citizen", "eligible", "accepted", "verifying", "suspended",
}  # fmt: skip
SEALED = {"to_cao", "thong_tin_nac_danh"}
Figures = Counter[tuple[str, str, date, str, str, bool, int]]
"""Measure, what about, Monday, unit, value, sealed, hidden from."""


def book_of(year: Year, connection: Connection) -> Casebook:
    clock = SystemClock()
    ids = IdSource(clock, random.Random(1))
    return Casebook(connection, vault=year.vault, ids=ids, clock=clock, agency=AGENCY.code)


def stored(connection: Connection) -> Figures:
    found: Figures = Counter()
    for row in connection.execute(text("SELECT * FROM overview_counts")):
        monday = date.fromordinal(row.week)
        for measure in ("received", "settled", "in_time", "late"):
            number = getattr(row, measure)
            assert number >= 0
            key = (measure, row.about, monday, row.unit, row.value, bool(row.sealed), row.hidden_from)
            found[key] += number
    return +found


def day_of(micros: int) -> date:
    return (EPOCH + timedelta(microseconds=micros)).astimezone(VIETNAM).date()


def by_hand(year: Year, connection: Connection) -> Figures:
    """Each history walked from its first event to its last."""
    found: Figures = Counter()
    petitions = {row.id: row for row in connection.execute(text("SELECT * FROM petitions")).all()}
    histories: dict[int, list[tuple[Any, dict[str, Any]]]] = {each: [] for each in petitions}
    for row in connection.execute(text("SELECT * FROM events ORDER BY petition_id, seq")):
        content = year.vault.open_json(row.content_enc, table="events", column="content_enc", row=row.id)
        histories[row.petition_id].append((row, content))
    for petition_id, history in histories.items():
        walk(found, petitions[petition_id], history)
    return found


def walk(found: Figures, petition: Any, history: list[tuple[Any, dict[str, Any]]]) -> None:
    sealed = bool(petition.confidential) or petition.kind in SEALED
    hidden_from = (petition.accused_id or 0) if sealed else 0

    def count(measure: str, day: date, who: dict[str, Any], **more: str) -> None:
        about = {"all": "", "topic": petition.topic or ""} | more
        if measure != "received" and who["officer_id"] is not None:
            about["officer"] = str(who["officer_id"])
        unit = petition.unit if sealed else who["unit"]
        for name, value in about.items():
            monday = day - timedelta(days=day.weekday())
            found[measure, name, monday, unit, value, sealed, hidden_from] += 1

    now: dict[str, Any] = {"stage": "", "unit": "", "officer_id": None}
    left: date | None = None
    limits: dict[int, dict[str, Any]] = {}
    for row, content in history:
        before, was = dict(now), now["stage"]
        now |= {name: value for name, value in content.get("_changes", {}).items() if name in now}
        if was in NOT_YET and now["stage"] not in NOT_YET:
            left = day_of(row.at)
        elif now["stage"] in NOT_YET:
            left = None
        for step in content.get("_clocks", ()):
            if step["op"] not in ("start", "change"):
                continue
            limit = limits.setdefault(step["id"], {"passed": None, "state": "running"})
            limit |= {name: value for name, value in step.items() if name != "op"}
            if step.get("breached_at") and limit["passed"] is None:
                limit["passed"] = (date.fromisoformat(limit["due_on"]), dict(now))
            if step.get("state") == "met":
                limit["by"] = before if row.seq > 1 else dict(now)
    answers = {"unit": petition.unit, "officer_id": petition.officer_id}
    count("received", day_of(petition.filed_at), answers)
    if left is not None:
        count("settled", left, answers)
    for limit in limits.values():
        if limit["passed"] is not None:
            day, who = limit["passed"]
            count("late", day, who, rule=limit["rule"])
        elif (
            limit["state"] == "met" and limit["duty"] in ("office", "agency", "task") and limit.get("due_on")
        ):
            due, ended = date.fromisoformat(limit["due_on"]), date.fromisoformat(limit["ended_on"])
            measure, day = ("in_time", ended) if ended <= due else ("late", due)
            count(measure, day, limit["by"], rule=limit["rule"])


def test_the_figures_are_what_the_history_says(year: Year) -> None:
    kept, counted = year.look(stored), year.look(lambda connection: by_hand(year, connection))
    assert kept == counted
    by_measure = Counter[str]()
    for (measure, about, *_), number in kept.items():
        by_measure[measure] += number if about == "all" else 0
    assert by_measure["received"] > 450
    assert by_measure["settled"] > 300
    assert by_measure["in_time"] > 500
    assert by_measure["late"] > 30


def test_counted_again_the_figures_are_the_same(year: Year) -> None:
    kept = year.look(stored)

    def again(connection: Connection) -> Figures:
        book = book_of(year, connection)
        assert book.overview_is_whole()
        book.recount_overview()
        assert not stored(connection)
        assert not book.overview_is_whole()
        while book.overview_older(most=70):
            pass
        assert book.overview_is_whole()
        return stored(connection)

    assert swift.run(year.url, again) == kept
