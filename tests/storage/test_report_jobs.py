"""Jobs of reports: one of each, the newest counts, content sealed, books forgotten after their day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import select

from petitions.reports.periods import Period
from storage.database import Database
from storage.files import FRAME, FileStore
from storage.ids import IdSource
from storage.keys import Vault
from storage.reporting_jobs import GIVEN_UP, KEPT, JobState, ReportJobs, What
from storage.schema import report_jobs
from tests.bot.reports.sample import NASTY, a_report
from tests.hand_clock import HandClock

T = TypeVar("T")
Q1 = Period.parse("2026-Q1")
Work = Callable[[Callable[[ReportJobs], T]], Awaitable[T]]


@pytest.fixture
def work(database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Work[object]:
    async def run(task: Callable[[ReportJobs], T]) -> T:
        return await database.transact(
            lambda connection: task(ReportJobs(connection, vault=vault, ids=ids, clock=clock, agency="so"))
        )

    return run


async def test_one_is_under_way_at_a_time_and_the_newest_counts(work: Work[object], clock: HandClock) -> None:
    first = await work(lambda jobs: jobs.ask(Q1, "", What.FIGURES, officer_id=7))
    assert first is not None
    assert await work(lambda jobs: jobs.ask(Q1, "", What.FIGURES, officer_id=8)) is None
    assert await work(lambda jobs: jobs.ask(Q1, "a", What.FIGURES, officer_id=8)) is not None
    anew = await work(lambda jobs: jobs.ask(Q1, "", What.FIGURES, officer_id=8, anew=True))
    assert anew.id == first.id
    assert anew.run != first.run
    report = a_report()
    assert not await work(lambda jobs: jobs.made_report(first, report)), "something was typed in since"
    assert await work(lambda jobs: jobs.report(anew)) is None
    assert await work(lambda jobs: jobs.made_report(anew, report))
    kept = (await work(lambda jobs: jobs.all_of(Q1, "")))[What.FIGURES]
    assert (kept.state, kept.sha256, kept.asked_by) == (JobState.DONE, report.sha256, 8)
    assert (await work(lambda jobs: jobs.report(kept))).sha256 == report.sha256

    again = await work(lambda jobs: jobs.ask(Q1, "", What.FIGURES, officer_id=7))
    former = await work(lambda jobs: jobs.report(again))
    assert former.sha256 == report.sha256, "the former numbers stay while it is made"
    assert again.making(clock.now())
    clock.forward(GIVEN_UP)
    assert not again.making(clock.now())
    assert again.failed(clock.now())
    assert await work(lambda jobs: jobs.ask(Q1, "", What.FIGURES, officer_id=7)) is not None


async def test_what_people_wrote_is_sealed(work: Work[object], database: Database) -> None:
    job = await work(lambda jobs: jobs.ask(Q1, "", What.FIGURES, officer_id=7))
    await work(lambda jobs: jobs.made_report(job, a_report()))
    row = await database.read(
        lambda connection: connection.execute(select(report_jobs.c.figures, report_jobs.c.texts_enc)).one()
    )
    assert "Ưu điểm" not in row.figures
    assert "Ưu điểm".encode() not in row.texts_enc
    assert NASTY.encode() not in row.texts_enc


async def test_a_book_gives_way_to_the_next_and_is_over_after_its_day(
    work: Work[object], clock: HandClock
) -> None:
    first = await work(lambda jobs: jobs.ask(Q1, "a", What.REGISTER, officer_id=7))
    assert await work(lambda jobs: jobs.made_book(first, "1" * 64)) == ""
    second = await work(lambda jobs: jobs.ask(Q1, "a", What.REGISTER, officer_id=7))
    assert await work(lambda jobs: jobs.made_book(second, "2" * 64)) == "1" * 64
    assert await work(lambda jobs: jobs.made_book(first, "3" * 64)) == "3" * 64, "that run counts no more"
    clock.forward(KEPT - timedelta(minutes=1))
    assert await work(lambda jobs: jobs.over()) == {}
    clock.forward(timedelta(minutes=2))
    assert await work(lambda jobs: jobs.over()) == {second.id: "2" * 64}
    await work(lambda jobs: jobs.forget(second.id, "1" * 64))
    assert await work(lambda jobs: jobs.over()) != {}, "another content than the one that was removed"
    await work(lambda jobs: jobs.forget(second.id, "2" * 64))
    assert await work(lambda jobs: jobs.over()) == {}


@pytest.mark.parametrize("size", [0, 1, FRAME, FRAME * 16, FRAME * 16 + 1, FRAME * 40 + 7])
async def test_pieces_of_any_size_come_back_whole(tmp_path: Path, vault: Vault, size: int) -> None:
    store, content = FileStore(tmp_path, vault), bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    stored = store.put_pieces(content[start : start + 70_001] for start in range(0, size, 70_001))
    assert stored.size == size
    assert await store.get(stored.key) == content


def test_what_breaks_off_leaves_nothing(tmp_path: Path, vault: Vault) -> None:
    def pieces() -> object:
        yield b"x" * FRAME
        raise RuntimeError("broke off")

    with pytest.raises(RuntimeError):
        FileStore(tmp_path, vault).put_pieces(pieces())  # type: ignore[arg-type]
    assert list(tmp_path.rglob("*")) == []
