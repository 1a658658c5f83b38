"""A row that says something else than its history is found, whichever row it is."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, select, update

from petitions.kinds import Stage
from storage import swift
from storage.replay import Replayed, replay
from storage.schema import breaches, clocks, petitions, tasks
from tests.simulation.conftest import AGENCY, Year, address_in


def one(column: Any, *where: Any) -> Any:
    """The id of one row, the same every time."""
    return select(func.min(column)).where(*where).scalar_subquery()


BREAKS: list[tuple[str, str, Any]] = [
    (
        "petition",
        "stage",
        lambda: (
            update(petitions)
            .where(petitions.c.id == one(petitions.c.id, petitions.c.stage == Stage.CLOSED))
            .values(stage=Stage.ANSWERED)
        ),
    ),
    (
        "petition",
        "transfers",
        lambda: update(petitions).where(petitions.c.id == one(petitions.c.id)).values(transfers=7),
    ),
    (
        "petition",
        "decided_on",
        lambda: (
            update(petitions)
            .where(petitions.c.id == one(petitions.c.id, petitions.c.decided_on.is_not(None)))
            .values(decided_on=date(2026, 2, 1))
        ),
    ),
    (
        "petition",
        "events_count",
        lambda: update(petitions).where(petitions.c.id == one(petitions.c.id)).values(events_count=99),
    ),
    (
        "clock",
        "due_on",
        lambda: update(clocks).where(clocks.c.id == one(clocks.c.id)).values(due_on=date(2030, 1, 1)),
    ),
    (
        "task",
        "done_on",
        lambda: (
            update(tasks)
            .where(tasks.c.id == one(tasks.c.id, tasks.c.done_on.is_not(None)))
            .values(done_on=None)
        ),
    ),
    ("breach", "id", lambda: delete(breaches).where(breaches.c.id == one(breaches.c.id))),
    ("breach", "level", lambda: update(breaches).where(breaches.c.id == one(breaches.c.id)).values(level=9)),
]


@pytest.fixture(scope="module")
def copied(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year's database once more, to be broken; each break is undone."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copyfile(year.folder / "tiepdan.db", folder / "tiepdan.db")
    return folder


class _Undo(Exception):
    """Ends a transaction without keeping it."""


@pytest.mark.parametrize(("where", "field", "breaking"), BREAKS, ids=[f"{w}-{f}" for w, f, _ in BREAKS])
def test_a_broken_row_is_found(year: Year, copied: Path, where: str, field: str, breaking: Any) -> None:
    found: list[Replayed] = []

    def work(connection: Connection) -> None:
        assert connection.execute(breaking()).rowcount == 1
        found.append(replay(connection, year.vault, AGENCY.code))
        raise _Undo

    with pytest.raises(_Undo):
        swift.run(address_in(copied), work)
    assert [(each.where, each.field) for each in found[0].differences] == [(where, field)]
    assert found[0].digest == year.summary.replayed.digest


def test_another_event_gives_another_digest(year: Year, copied: Path) -> None:
    found: list[Replayed] = []

    def work(connection: Connection) -> None:
        connection.execute(
            update(petitions).where(petitions.c.id == one(petitions.c.id)).values(code="0000000000TG")
        )
        found.append(replay(connection, year.vault, AGENCY.code))
        raise _Undo

    with pytest.raises(_Undo):
        swift.run(address_in(copied), work)
    assert found[0].digest != year.summary.replayed.digest
    assert found[0].petitions == year.summary.replayed.petitions
