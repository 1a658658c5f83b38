"""An event loop whose time runs ahead while nothing happens: hours of waiting pass in moments.

Sockets, threads and the database are real. Whenever nothing is ready, the loop looks at its sockets for a
moment of real time and then moves its own time on, in growing steps, at most to the next timer. While a thread works
(`held`, or what runs in an executor) the time stands still, so that no time-out fires for want of real time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage.database import Database

T = TypeVar("T")

LOOK_SECONDS = 0.001
"""Real time that is given to sockets and threads before the loop's own time moves."""
FIRST_STEP = 0.02
GROWTH = 3.0


class _Selector(selectors.DefaultSelector):
    """Waits in the loop's time instead of the machine's."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.busy = 0
        """Works of threads that are under way."""
        self._step = FIRST_STEP

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            ready = super().select(0)
            if ready:
                self._step = FIRST_STEP
            return ready
        ready = super().select(None if timeout is None else LOOK_SECONDS)
        if ready or timeout is None or self.busy:
            self._step = FIRST_STEP
            return ready
        self.now += min(timeout, self._step)
        self._step *= GROWTH
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is the loop's own; it starts at 0."""

    def __init__(self) -> None:
        self._own = _Selector()
        super().__init__(self._own)

    def time(self) -> float:
        return self._own.now

    @contextmanager
    def held(self) -> Iterator[None]:
        """The loop's time does not move meanwhile."""
        self._own.busy += 1
        try:
            yield
        finally:
            self._own.busy -= 1

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:
        """As always; the time stands until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._own.busy += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _: asyncio.Future[Any]) -> None:
        self._own.busy -= 1


def hold_for(database: Database) -> None:
    """Let the running loop's time stand while this database works: its threads are real."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    read, transact = database.read, database.transact

    async def read_held(work: Callable[[Connection], Any]) -> Any:
        with loop.held():
            return await read(work)

    async def transact_held(work: Callable[[Connection], Any]) -> Any:
        with loop.held():
            return await transact(work)

    database.read = read_held  # type: ignore[method-assign]
    database.transact = transact_held  # type: ignore[method-assign]


class LoopClock:
    """A service clock on the loop's time, which can also be moved forward at once."""

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC)
        self._skipped = timedelta()
        self._loop: asyncio.AbstractEventLoop | None = None

    def now(self) -> datetime:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._start + self._skipped + timedelta(seconds=self._loop.time())

    def unix(self) -> float:
        return self.now().timestamp()

    def forward(self, step: timedelta) -> None:
        """Let `step` pass at once; timers of the loop do not notice."""
        self._skipped += step


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
