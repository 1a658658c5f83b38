"""The minute's requests: never more than granted, and who waits in a dialogue goes first."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Again
from bot.channels.zalo_oa.budget import LONGEST_WAIT, WINDOW, MinuteBudget
from bot.pacing import Gate, Pace

MINUTE = 60.0


def busiest(times: list[float]) -> int:
    """The most requests in any minute."""
    return max((sum(t <= other < t + MINUTE for other in times) for t in times), default=0)


@given(
    rate=st.integers(1, 30),
    pauses=st.lists(st.floats(0, 40), min_size=1, max_size=150),
    priorities=st.lists(st.integers(0, 2), min_size=150, max_size=150),
)
def test_no_minute_has_more_requests_than_granted(
    rate: int, pauses: list[float], priorities: list[int]
) -> None:
    budget, now, left = MinuteBudget(rate), 0.0, []
    for pause, priority in zip(pauses, priorities, strict=False):
        now += pause
        while (wait := budget.wait(now, priority)) > 0:
            assert wait <= WINDOW
            now += wait
        budget.take(now)
        left.append(now)
    assert busiest(left) <= rate


def test_notices_and_digests_leave_room_for_replies() -> None:
    budget = MinuteBudget(100)
    counts = []
    for priority in (2, 1, 0):
        taken = 0
        while budget.wait(0.0, priority) == 0:
            budget.take(0.0)
            taken += 1
        counts.append(taken)
    assert counts == [60, 20, 20]
    assert budget.wait(1.0, 0) == pytest.approx(WINDOW - 1)


def test_those_under_way_have_their_request_kept() -> None:
    budget = MinuteBudget(10)
    for _ in range(8):
        budget.take(0.0)
    assert budget.wait(0.0, 0, ahead=1) == 0
    assert budget.wait(0.0, 0, ahead=2) > 0
    assert MinuteBudget(1).wait(0.0, 0, ahead=5) == 0  # one at a time is always possible


def test_no_limit_and_a_closed_account() -> None:
    budget = MinuteBudget(0)
    for _ in range(1_000):
        budget.take(0.0)
    assert budget.wait(0.0, 2) == 0
    budget.close_for(30, 0.0)
    assert budget.wait(10.0) == 20
    assert budget.wait(30.0) == 0


async def test_a_request_that_would_wait_too_long_is_put_off_before_it_leaves() -> None:
    budget, now = MinuteBudget(1), 1000.0
    budget.take(now)
    with pytest.raises(Again) as caught:
        await budget.enter(lambda: now)
    assert caught.value.after == pytest.approx(WINDOW)
    assert caught.value.after > LONGEST_WAIT
    assert budget.used(now) == 1


class Minute:
    """Sends of one account through a gate on a time that the test moves."""

    def __init__(self, rate: int) -> None:
        self.now = 0.0
        self.budget = MinuteBudget(rate)
        self.gate = Gate(Pace(per_second=0.0, in_flight=8, budget=self.budget), lambda: self.now)
        self.left: list[tuple[float, int]] = []
        self.tasks: list[asyncio.Task[None]] = []

    def queue(self, priority: int, count: int = 1) -> None:
        self.tasks += [asyncio.create_task(self._send(priority)) for _ in range(count)]

    async def _send(self, priority: int) -> None:
        await self.gate.enter(priority)
        try:
            await self.budget.enter(lambda: self.now)
            self.left.append((self.now, priority))
            await asyncio.sleep(0)
        finally:
            self.gate.leave()

    async def pass_seconds(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1.0
            self.gate._pump()
            for _ in range(300):
                await asyncio.sleep(0)

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.gate._timer is not None:
            self.gate._timer.cancel()


async def test_under_pressure_replies_leave_at_once_then_notices_then_digests() -> None:
    minute = Minute(100)
    minute.queue(2, 400)
    minute.queue(1, 400)
    await minute.pass_seconds(2)
    assert len(minute.left) == 80
    for second in range(3, 243):
        if second % 6 == 0:
            minute.queue(0)
        await minute.pass_seconds(1)
        if second % 6 == 0:
            assert (second, 0) in minute.left, f"reply waits at {second}"
    left = Counter(priority for _, priority in minute.left)
    assert left[0] == 40
    assert left[1] > 200
    assert left[2] == 8  # those under way before the notices came
    assert busiest([time for time, _ in minute.left]) <= 100
    await minute.end()


async def test_digests_leave_when_nothing_else_waits() -> None:
    minute = Minute(10)
    minute.queue(2, 10)
    minute.queue(1, 2)
    await minute.pass_seconds(1)
    assert Counter(priority for _, priority in minute.left) == {1: 2, 2: 4}
    await minute.pass_seconds(61)
    assert Counter(priority for _, priority in minute.left) == {1: 2, 2: 10}
    await minute.end()


async def test_a_reply_sets_the_alarm_of_the_gate_anew() -> None:
    """A notice that waits for the next minute must not hold up a reply that may leave now."""
    now = [0.0]
    budget = MinuteBudget(10)
    for _ in range(8):
        budget.take(0.0)
    gate = Gate(Pace(per_second=0.0, budget=budget), lambda: now[0])
    waiting = asyncio.create_task(gate.enter(1))
    await asyncio.sleep(0)
    assert not waiting.done()
    async with asyncio.timeout(1):
        await gate.enter(0)
    gate.leave()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert gate._timer is not None
    gate._timer.cancel()
