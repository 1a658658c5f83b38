"""The one writer of SQLite: turns that wait at the same moment share a commit, each in its savepoint.

A commit that survives a power cut costs a disk sync, the same for one turn as for sixty. So the writer thread
runs whatever waits, then commits once, then answers all of them. A work that raises is rolled back alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine

from storage.faults import Unavailable, run_again, unavailable

MOST_WORKS: Final = 64
LONGEST_SECONDS: Final = 0.025
_RUNS: Final = 3

Work = Callable[[Connection], Any]


@dataclass(slots=True, eq=False)
class _Job:
    work: Work
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]
    result: Any = None
    fault: BaseException | None = None


class Writer:
    """Owns the writing connection and its thread. Start it once, stop it once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="database-writer", daemon=True)
        self._connection: Connection | None = None
        self._stopped = False
        self.commits = 0
        """Commits so far, for the metrics."""
        self.works = 0
        """Works committed so far."""

    def start(self) -> None:
        self._thread.start()

    async def stop(self) -> None:
        """Finishes what waits, then closes the connection."""
        if self._stopped:
            return
        self._stopped = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def run(self, work: Work) -> Any:
        """The result of `work`, after the commit that holds it. Raises what it raises, and Unavailable."""
        if self._stopped:
            raise Unavailable("the database is closed")
        loop = asyncio.get_running_loop()
        job = _Job(work, loop, loop.create_future())
        self._jobs.put(job)
        return await job.answer

    def _serve(self) -> None:
        while (first := self._jobs.get()) is not None:
            group = [first]
            last = self._serve_group(group)
            _answer(group)
            if last:
                break
        self._drop_connection()

    def _serve_group(self, group: list[_Job]) -> bool:
        """Runs the first job and all that wait behind it, and commits them. True at the closing mark."""
        last = False
        try:
            connection = self._open()
            with connection.begin():
                self._run_one(connection, group[0])
                until = time.monotonic() + LONGEST_SECONDS
                while len(group) < MOST_WORKS and time.monotonic() < until:
                    try:
                        job = self._jobs.get_nowait()
                    except Empty:
                        break
                    if job is None:
                        last = True
                        break
                    group.append(job)
                    self._run_one(connection, job)
            self.commits += 1
            self.works += sum(job.fault is None for job in group)
        except BaseException as fault:  # noqa: BLE001 - the edge of the thread: every waiting turn must hear of it
            self._drop_connection()
            for job in group:
                job.fault = _as_told(fault)
        return last

    def _run_one(self, connection: Connection, job: _Job) -> None:
        """One work in a savepoint. Raises Unavailable when the whole transaction is lost with it."""
        if job.answer.cancelled():
            return
        driver = _driver(connection)  # savepoints go straight to it: they cost a tenth so
        for run in range(1, _RUNS + 1):
            driver.execute("SAVEPOINT work")
            try:
                job.result, job.fault = job.work(connection), None
            except BaseException as fault:  # noqa: BLE001 - handed to the one who waits for it
                job.result, job.fault = None, fault
            if not driver.in_transaction:  # SQLite ended it by itself: disk full, input/output error
                raise Unavailable(_lost(job.fault)) from job.fault
            if job.fault is None:
                driver.execute("RELEASE work")
                return
            driver.execute("ROLLBACK TO work")
            driver.execute("RELEASE work")
            reason = unavailable(job.fault)
            if reason is not None:
                job.fault = _caused(Unavailable(reason), job.fault)
            if run == _RUNS or not run_again(job.fault):
                return

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _drop_connection(self) -> None:
        """After a fault the next group starts on a fresh connection, so that a mended disk is noticed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - tells the type checker, holds by construction
    return driver


def _lost(fault: BaseException | None) -> str:
    reason = unavailable(fault) if fault is not None else None
    return reason or "the transaction was ended inside a turn"


def _as_told(fault: BaseException) -> BaseException:
    if isinstance(fault, Unavailable):
        return fault
    reason = unavailable(fault)
    return fault if reason is None else _caused(Unavailable(reason), fault)


F = TypeVar("F", bound=BaseException)


def _caused(fault: F, cause: BaseException) -> F:
    fault.__cause__ = cause
    return fault


def _answer(group: list[_Job]) -> None:
    """Wakes each waiting loop once for all its jobs."""
    for loop in {job.loop for job in group}:
        mine = [job for job in group if job.loop is loop]
        try:
            loop.call_soon_threadsafe(_resolve, mine)
        except RuntimeError:  # the loop is closed: nobody waits any more
            continue


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.answer.done():
            continue
        if job.fault is None:
            job.answer.set_result(job.result)
        elif isinstance(job.fault, StopIteration):  # no future takes it, and the rest must be answered
            job.answer.set_exception(_caused(RuntimeError("the work raised StopIteration"), job.fault))
        else:
            job.answer.set_exception(job.fault)
