"""Petitions that an earlier version of the service filed get their first clocks after an upgrade."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete

from handlers import recomputing
from handlers.turn import Turn
from petitions.kinds import Action, Kind
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.schema import clocks
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office


async def test_a_petition_without_clocks_gets_the_first_ones_from_its_own_days(
    database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    office = Office(database, vault, ids, clock)
    petition = await office.file("500", Kind.COMPLAINT)  # Monday 23/11/2026
    other = await office.file("501")
    await office.work(
        lambda book: book.connection.execute(delete(clocks).where(clocks.c.petition_id == petition.id))
    )
    clock.forward(dt.timedelta(days=2))

    assert await office.work(lambda book: book.without_clocks(most=10)) == [petition.id]

    def begin(turn: Turn) -> None:
        recomputing.begin(turn, petition.id)
        recomputing.begin(turn, petition.id)  # a second time changes nothing
        recomputing.begin(turn, other.id)

    before = len(office.chat("500"))
    await office.as_citizen("999", begin)
    started = {c.step: c for c in (await office.work(lambda book: book.clocks(petition.id))).values()}
    # A-01, ten working days after 23/11 (24/11 off): 08/12. U-01, one working day: 25/11.
    assert {step: clock.due_on for step, clock in started.items()} == {
        "first_answer": dt.date(2026, 12, 8),
        "take": dt.date(2026, 11, 25),
    }
    history = await office.work(lambda book: book.events(petition.id))
    assert [event.action for event in history] == [Action.FILE, Action.RECOMPUTE]
    assert len(office.chat("500")) == before  # no date of the citizen's changed
    assert await office.work(lambda book: book.without_clocks(most=10)) == []
