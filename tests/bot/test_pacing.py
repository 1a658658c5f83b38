"""Pacing with a time that the test moves: how much passes, when, and who goes first."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import Bucket, Gate, Pace


class HandTime:
    """Monotonic seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


# --- a bucket


def test_a_burst_then_the_rate() -> None:
    bucket = Bucket(2.0, 3, 0.0)
    for _ in range(3):
        assert bucket.wait(0.0) == 0
        bucket.take(0.0)
    assert bucket.wait(0.0) == pytest.approx(0.5)
    assert bucket.wait(0.25) == pytest.approx(0.25)
    assert bucket.wait(0.5) == 0


def test_an_idle_bucket_holds_no_more_than_its_burst() -> None:
    bucket = Bucket(10.0, 2, 0.0)
    bucket.take(0.0)
    assert not bucket.full_at(0.05)
    assert bucket.full_at(100.0)
    bucket.take(100.0)
    bucket.take(100.0)
    assert bucket.wait(100.0) == pytest.approx(0.1)


@given(
    rate=st.floats(0.1, 50),
    burst=st.integers(1, 10),
    pauses=st.lists(st.floats(0, 2), min_size=1, max_size=60),
)
def test_never_more_than_burst_and_rate_allow(rate: float, burst: int, pauses: list[float]) -> None:
    bucket, now, taken = Bucket(rate, burst, 0.0), 0.0, []
    for pause in pauses:
        now += pause
        now += bucket.wait(now)
        bucket.take(now)
        taken.append(now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + rate * (taken[last] - taken[first]) + 1e-6


# --- the gate of an account


async def enter(gate: Gate, name: str, priority: int, passed: list[str]) -> None:
    await gate.enter(priority)
    passed.append(name)


@pytest.fixture
def time() -> HandTime:
    return HandTime()


def gate_of(time: HandTime, **pace: float) -> Gate:
    return Gate(Pace(**pace), time)  # type: ignore[arg-type]


async def test_only_so_many_at_once_and_the_most_urgent_first(time: HandTime) -> None:
    gate, passed = gate_of(time, per_second=0.0, in_flight=1), list[str]()
    names = [("first", 1), ("digest", 2), ("notice", 1), ("reply", 0), ("reply 2", 0)]
    tasks = []
    for name, priority in names:
        tasks.append(asyncio.create_task(enter(gate, name, priority, passed)))
        await settle()
    for _ in names:
        await settle()
        gate.leave()
    await asyncio.gather(*tasks)
    assert passed == ["first", "reply", "reply 2", "notice", "digest"]


async def test_the_account_s_rate_holds_the_rest_back(time: HandTime) -> None:
    gate, passed = gate_of(time, per_second=2.0, in_flight=100), list[str]()
    tasks = [asyncio.create_task(enter(gate, str(n), 1, passed)) for n in range(6)]
    await settle()
    assert passed == ["0", "1"], "as much as a second allows"
    time.now += 1.0
    gate._again()
    await settle()
    assert passed == ["0", "1", "2", "3"]
    time.now += 0.5
    gate._again()
    await settle()
    assert passed == ["0", "1", "2", "3", "4"]
    tasks[-1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_closed_gate_opens_by_itself() -> None:
    loop = asyncio.get_running_loop()
    gate, passed = Gate(Pace(per_second=0.0), loop.time), list[str]()
    gate.close_for(0.1)
    gate.close_for(0.05)
    began = loop.time()
    await enter(gate, "x", 0, passed)
    assert 0.09 <= loop.time() - began < 1


async def test_whoever_gives_up_waiting_keeps_no_place(time: HandTime) -> None:
    gate, passed = gate_of(time, per_second=0.0, in_flight=1), list[str]()
    await gate.enter(0)
    quitter = asyncio.create_task(enter(gate, "quitter", 0, passed))
    patient = asyncio.create_task(enter(gate, "patient", 1, passed))
    await settle()
    quitter.cancel()
    await settle()
    gate.leave()
    await patient
    assert passed == ["patient"]


async def test_whoever_gives_up_in_the_moment_of_passing_frees_the_place(time: HandTime) -> None:
    gate, passed = gate_of(time, per_second=0.0, in_flight=1), list[str]()
    await gate.enter(0)
    unlucky = asyncio.create_task(enter(gate, "unlucky", 0, passed))
    await settle()
    gate.leave()  # lets it through …
    unlucky.cancel()  # … before it could run
    await asyncio.gather(unlucky, return_exceptions=True)
    async with asyncio.timeout(1):
        await gate.enter(0)
    assert passed == []
