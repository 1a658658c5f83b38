"""Row ids: unique, rising, and within 63 bits."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from storage.ids import IdSource
from tests.hand_clock import HandClock


def test_ids_rise_also_when_the_clock_stands_still_or_steps_back(clock: HandClock) -> None:
    source = IdSource(clock, random.Random(1))
    made = [source.new() for _ in range(5_000)]
    clock.forward(timedelta(seconds=-60))
    made += [source.new() for _ in range(5_000)]
    clock.forward(timedelta(hours=1))
    made += [source.new() for _ in range(5_000)]

    assert made == sorted(set(made))


def test_ids_fit_a_signed_column_until_2094() -> None:
    last = IdSource(HandClock(datetime(2094, 8, 1, tzinfo=UTC)), random.Random(1)).new()

    assert 0 < last < 2**63


def test_two_processes_do_not_meet(clock: HandClock) -> None:
    first, second = IdSource(clock, random.Random(1)), IdSource(clock, random.Random(2))
    made = []
    for _ in range(2_000):
        clock.forward(timedelta(milliseconds=1))
        made += [first.new(), second.new()]

    assert len(set(made)) == len(made)


def test_threads_never_share_an_id(ids: IdSource) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: ids.new(), range(4_000)))

    assert len(set(made)) == len(made)
