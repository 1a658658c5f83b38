"""Register numbers have no gap and no double, whatever happens at the same time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from petitions.kinds import Kind
from storage.casebook import Casebook
from storage.database import Database
from tests.storage.builders import a_filing

KINDS = [Kind.FEEDBACK, Kind.COMPLAINT, Kind.DENUNCIATION]
Making = Callable[[Connection], Casebook]


class Unlucky(Exception):
    pass


def test_numbers_run_without_gap_or_double(database_url: str, make_book: Making) -> None:
    """Drawn works at the same time: which book each files in, and which fail after they took their number."""
    filed: Counter[str] = Counter()

    def file(kind: Kind, *, fails: bool) -> Callable[[Connection], int]:
        def work(connection: Connection) -> int:
            number = make_book(connection).file(a_filing(kind=kind)).register_no
            if fails:
                raise Unlucky
            return number

        return work

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = Database.from_url(database_url)
        runner.run(database.open())

        async def together(plan: list[tuple[Kind, bool]]) -> list[int | BaseException]:
            works = (database.transact(file(kind, fails=fails)) for kind, fails in plan)
            return list(await asyncio.gather(*works, return_exceptions=True))

        @settings(max_examples=15, deadline=None)
        @given(plan=st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), min_size=1, max_size=24))
        def holds(plan: list[tuple[Kind, bool]]) -> None:
            answers = list(zip(runner.run(together(plan)), plan, strict=True))
            for kind in KINDS:
                numbers = [answer for answer, planned in answers if planned == (kind, False)]
                first = filed[kind] + 1
                filed[kind] += len(numbers)
                assert sorted(numbers) == list(range(first, filed[kind] + 1))  # type: ignore[type-var]
            assert all(isinstance(answer, Unlucky) for answer, (_, fails) in answers if fails)

        try:
            holds()
        finally:
            runner.run(database.close())

    assert sum(filed.values()) > 0
