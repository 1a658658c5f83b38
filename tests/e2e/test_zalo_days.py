"""Days in the life of an account on the virtual clock: what may not be said waits, and nothing is unaccounted for.

A thousand people in the full size (`make soak`), a fixed small sample else.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from petitions.kinds import Action, Role
from storage.records import OutboxStatus
from tests import virtual_loop
from tests.e2e.support.town import TEMPLATE, Neighbour, Town, town, unit_of

SEED = 20261128
GROWTH = 100
"""Requests a minute that the Growth package grants an account (D-RATE)."""
SCARCE = 40
"""So few that also a small town waits for its turn."""
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
MOMENT = 90.0
"""Seconds, longer than the pause between two looks at the token."""
TOLD = frozenset({OutboxStatus.SENT, OutboxStatus.DELIVERED})
UNTOLD = frozenset({OutboxStatus.WAITING, OutboxStatus.BLOCKED, OutboxStatus.REFUSED, OutboxStatus.EXPIRED})


@dataclass(slots=True)
class Sums:
    """What is counted at the end."""

    people: int
    statuses: Counter[str] = field(default_factory=Counter)
    by_template: int = 0
    busiest: int = 0
    renewals: int = 0
    messages: int = 0

    def line(self) -> str:
        return (
            f"{self.people} people, {self.messages} messages on their phones, notices {dict(self.statuses)}, "
            f"{self.by_template} by template, busiest minute {self.busiest}, renewals {self.renewals}"
        )


def test_days_of_a_small_town(tmp_path: Path) -> None:
    sums = virtual_loop.run(days(tmp_path, people=24, hours=0.2, per_minute=SCARCE))
    print(f"\n{sums.line()}")


@pytest.mark.soak
def test_days_of_a_thousand_people(tmp_path: Path) -> None:
    sums = virtual_loop.run(days(tmp_path, people=1000, hours=9.0, per_minute=GROWTH))
    print(f"\n{sums.line()}")


async def days(folder: Path, *, people: int, hours: float, per_minute: int) -> Sums:
    async with town(folder, start=MONDAY, seed=SEED, per_minute=per_minute) as here:
        await here.day_of_filing(people, hours)
        await here.until_still()
        assert all(neighbour.code for neighbour in here.neighbours)
        desks = await desks_of(here)
        await move_all(here, desks, Action.TAKE)

        await a_day_later(here, days=3)  # 48 hours are over, the week is not
        await move_all(here, desks, Action.START)
        assert not await untold(here), "until seven days a notice goes out"

        await refused_renewal(here)  # tokens end while nobody can renew them
        gone, back = who_goes_and_comes(here)
        await a_day_later(here, days=6)  # now the week is over for who did not write
        for neighbour in (*gone, *back):
            neighbour.user.say("tôi vẫn chờ")
        await here.until_still()
        for neighbour in gone:
            neighbour.user.block()
        await move_all(here, desks, Action.MESSAGE_CITIZEN, "Tổ kiểm tra sẽ đến vào thứ Hai.")

        await refused_renewal(here)
        await move_all(here, desks, Action.ANSWER, "Đã kiểm tra và xử lý, cảm ơn Ông/Bà.")
        await some_write_again(here, gone, back)
        return await sums_agree(here, gone)


async def desks_of(here: Town) -> dict[str, str]:
    """A head for each unit that has a petition."""
    kept = await here.ledger.petitions()
    return {unit: await here.officer(unit, Role.HEAD) for unit in sorted({unit_of(k.record) for k in kept})}


async def move_all(here: Town, desks: dict[str, str], action: Action, words: str = "") -> None:
    for kept in await here.ledger.petitions():
        before = kept.record.events_count
        await here.do(desks[unit_of(kept.record)], kept.record, action, words)
        after = await here.ledger.petition(kept.record.code)
        assert after.record.events_count > before, f"{action} was not done"
    await here.until_still()


async def a_day_later(here: Town, *, days: int) -> None:
    """Days pass; on each morning the service has a moment to tend its token."""
    for _ in range(days):
        here.clock.forward(timedelta(days=1))
        await here.until_still()
        await asyncio.sleep(MOMENT)


async def refused_renewal(here: Town) -> None:
    """Zalo refuses to renew; sends wait until a person authorises again."""
    renewals = here.zalo.renewals
    here.zalo.refuse_renewals(1)
    here.clock.forward(timedelta(hours=26))
    await asyncio.sleep(MOMENT)
    assert here.zalo.renewals == renewals
    assert here.zalo.world.oauth.refuse_next == 0, "a renewal was tried, and refused"
    await here.authorise_again()
    await asyncio.sleep(MOMENT)


def who_goes_and_comes(here: Town) -> tuple[list[Neighbour], list[Neighbour]]:
    """Every eighth blocks the account, every third writes again."""
    gone = here.neighbours[::8]
    back = [neighbour for neighbour in here.neighbours[1::3] if neighbour not in gone]
    return gone, back


async def untold(here: Town) -> list[str]:
    return [
        f"{row.status} {row.reason} {row.next_at}" for row in await here.notices() if row.status not in TOLD
    ]


async def some_write_again(here: Town, gone: list[Neighbour], back: list[Neighbour]) -> None:
    """Half of those for whom something waits write: it is said first, before the answer to what they say."""
    waiting = [n for n in here.neighbours if n not in gone and n not in back]
    assert waiting
    before = {neighbour.user.id: len(neighbour.user.messages) for neighbour in waiting[::2]}
    for neighbour in waiting[::2]:
        neighbour.user.say("xin chào")
    await here.until_still()
    for neighbour in waiting[::2]:
        said = neighbour.user.messages[before[neighbour.user.id] :]
        heard = [shown for shown in said if shown.from_oa]
        assert "thứ Hai" in heard[0].text, "what waited is said first"
        assert len(heard) > 1, "and what the person said is answered"


async def sums_agree(here: Town, gone: list[Neighbour]) -> Sums:
    """Each change of each case is told, waits, or is shown as not to be told; the phones agree."""
    rows = await here.notices()
    kept = {k.record.id: k for k in await here.ledger.petitions()}
    assert len(kept) == len(here.neighbours)
    sums = Sums(len(kept), busiest=here.zalo.busiest_minute(), renewals=here.zalo.renewals)
    sums.statuses = Counter(row.status.value for row in rows)
    moves = (Action.TAKE, Action.START, Action.MESSAGE_CITIZEN, Action.ANSWER)
    for known in kept.values():
        wanted = {event.seq for event in known.events if event.action in moves}
        told_of = [row for row in rows if row.petition_id == known.record.id and row.event_seq in wanted]
        assert len(wanted) == len(moves)
        assert {row.event_seq for row in told_of} == wanted
    assert {row.status for row in rows} <= TOLD | UNTOLD, "nothing is left queued or uncertain"
    on_phones = {shown.id: user for user in here.zalo.people for shown in user.messages if shown.from_oa}
    sums.messages = len(on_phones)
    for row in rows:
        arrived = row.platform_ref in on_phones
        assert arrived == (row.status in TOLD), (row.status, row.reason)
        if arrived:
            assert on_phones[row.platform_ref].id == row.chat
    by_template = [row for row in rows if TEMPLATE in row.reason and row.status in TOLD]
    sums.by_template = len(by_template)
    assert by_template, "an answer after the window goes as the approved template"
    blocked = {neighbour.user.id for neighbour in gone}
    refused_by = {row.chat for row in rows if row.status is OutboxStatus.BLOCKED}
    assert refused_by, "who blocks the account is shown as not to be told"
    assert refused_by <= blocked
    waits = sum(row.status is OutboxStatus.WAITING for row in rows)
    assert waits > 0
    granted = here.zalo.settings.oa_per_minute
    assert 0.7 * granted < sums.busiest <= granted, "the account's budget is used and never exceeded"
    assert here.zalo.server.rates.refused == 0
    assert sums.renewals >= 5
    assert not await here.ledger.dead()
    return sums
