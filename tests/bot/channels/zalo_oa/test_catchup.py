"""Chats are read back after an outage: what was missed is taken once, and nothing else is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.channels.base import Again, Never, Refusal, SendFault, Verdict
from bot.channels.zalo_oa.catchup import CONVERSATION, MOST_REQUESTS, RECENT, CatchUp
from bot.channels.zalo_oa.options import CHANNEL
from bot.channels.zalo_oa.readback import is_card, listed, past_message
from bot.dispatch import Books
from bot.oddities import Oddities
from handlers.messages import Contact, Files, Incoming, Location, Text
from storage import inbox, oddities
from storage.database import Database
from tests.bot.channels.zalo_oa.rig_in import Intake, intake
from tests.bot.channels.zalo_oa.rig_out import rigged
from tests.conftest import AGENCY
from tests.emulators.zalo_oa import ZaloOaEmulator
from tests.hand_clock import MORNING, HandClock

OA = "388613280878808645"


class Served:
    """A rig for what comes in, with a reader of chats beside it."""

    def __init__(self, rig: Intake, reads: Any) -> None:
        self.rig = rig
        self.counter = Oddities(database=rig.database, agency=AGENCY, clock=rig.clock)
        self.reads = reads
        self.catch_up = self.begin()

    def count(self, what: str) -> None:
        self.rig.counted[what] += 1
        self.counter.count(CHANNEL, self.rig.options.oa_id, what)

    def begin(self) -> CatchUp:
        """As a process that starts."""
        self.catch_up = CatchUp(
            self.rig.options,
            self.reads,
            self.rig.dispatcher.keep,
            database=self.rig.database,
            agency=AGENCY,
            now=self.rig.clock.now,
            count=self.count,
        )
        return self.catch_up

    async def look(self) -> int:
        await self.counter.flush()
        found = await self.catch_up.look()
        await self.counter.flush()
        await self.rig.dispatcher.close()
        return found

    def texts(self) -> list[str]:
        return [one.content.text for one in self.rig.handled if isinstance(one.content, Text)]


@pytest.fixture
async def served(zalo: ZaloOaEmulator, sqlite_database: Database, books: Books) -> AsyncIterator[Served]:
    zalo.clock.source.now = lambda: datetime.now(UTC).timestamp()
    zalo.clock._read = zalo.clock.source.now
    async with intake(zalo, sqlite_database, books) as rig, rigged(zalo) as out:
        served = Served(rig, out.client)
        rig.webhook._count = served.count
        yield served


def unplug(zalo: ZaloOaEmulator) -> Callable[[], None]:
    """Zalo brings nothing until it is plugged in again, and forgets what happens meanwhile."""
    url, zalo.deliverer.url = zalo.deliverer.url, ""

    def plug() -> None:
        zalo.deliverer.url = url

    return plug


async def test_what_was_said_during_an_outage_is_taken_once(zalo: ZaloOaEmulator, served: Served) -> None:
    first, second = zalo.person(), zalo.person()
    first.say("trước")
    await served.rig.settled()
    await served.look()

    plug = unplug(zalo)
    first.say("một")
    second.say("hai")
    first.send_photo("ảnh")
    first.send_location(20.5, 105.9)
    plug()
    served.begin()
    assert await served.look() == 4
    assert sorted(served.texts()) == ["hai", "một", "trước"]
    assert [one.content for one in served.rig.handled if isinstance(one.content, Location)] == [
        Location(latitude=20.5, longitude=105.9)
    ]
    assert sum(isinstance(one.content, Files) for one in served.rig.handled) == 1

    served.begin()
    assert await served.look() == 0
    first.say("sau")
    await served.rig.settled()
    served.begin()
    assert await served.look() == 0
    assert sorted(served.texts()) == ["hai", "một", "sau", "trước"]
    assert not served.rig.counted["catchup_ids_unknown"]


async def test_what_comes_late_after_all_is_no_second_message(zalo: ZaloOaEmulator, served: Served) -> None:
    person = zalo.person()
    person.say("trước")
    await served.rig.settled()
    await served.look()
    zalo.deliverer.hold()
    person.say("một")
    served.begin()
    assert await served.look() == 1
    zalo.deliverer.release()
    await served.rig.settled()
    assert served.texts() == ["trước", "một"]
    assert served.rig.counted["duplicate_event"] >= 1


async def test_a_new_account_reads_nothing_back(zalo: ZaloOaEmulator, served: Served) -> None:
    plug = unplug(zalo)
    zalo.person().say("trước cả chúng tôi")
    plug()
    assert await served.look() == 0
    assert zalo.calls_of(RECENT) == []
    assert await served.look() == 0


async def test_reading_back_is_no_sign_that_events_come(zalo: ZaloOaEmulator, served: Served) -> None:
    """Else the doctor would never see that the console calls another address, or has stopped calling."""
    await served.look()
    for hours in (2, 4, 6):
        served.rig.clock.ahead = timedelta(hours=hours)
        await served.look()
    assert len(zalo.calls_of(RECENT)) == 3
    assert served.rig.counted["received"] == 0
    zalo.person().say("một")
    await served.rig.settled()
    assert served.rig.counted["received"] >= 1


async def test_after_the_database_was_away_what_was_refused_is_read(
    zalo: ZaloOaEmulator, served: Served
) -> None:
    person = zalo.person()
    person.say("trước")
    await served.rig.settled()
    await served.look()
    await served.look()
    asked = len(zalo.calls_of(RECENT))

    await served.rig.database.close()
    assert await served.catch_up.look() == 0
    zalo.deliverer.ladder = ()
    person.say("một")
    await zalo.settled()
    await served.rig.database.open()
    assert await served.look() == 1
    assert served.texts() == ["trước", "một"]
    assert len(zalo.calls_of(RECENT)) == asked + 1


async def test_one_refused_event_is_enough(zalo: ZaloOaEmulator, served: Served) -> None:
    person = zalo.person()
    person.say("trước")
    await served.rig.settled()
    await served.look()
    await served.look()
    served.count("not_committed")
    assert await served.look() == 0
    assert len(zalo.calls_of(CONVERSATION)) >= 1
    asked = len(zalo.calls_of(RECENT))
    await served.look()
    assert len(zalo.calls_of(RECENT)) == asked, "and nothing is read without a reason"


async def test_an_hour_of_silence_is_looked_into(zalo: ZaloOaEmulator, served: Served) -> None:
    person = zalo.person()
    person.say("trước")
    await served.rig.settled()
    await served.look()
    plug = unplug(zalo)
    person.say("Zalo không gọi nữa")
    plug()
    served.rig.clock.ahead = timedelta(minutes=59)
    assert await served.look() == 0
    served.rig.clock.ahead = timedelta(minutes=61)
    assert await served.look() == 1
    assert served.texts() == ["trước", "Zalo không gọi nữa"]


async def test_a_process_that_ends_in_the_middle_leaves_its_gap_to_the_next(
    zalo: ZaloOaEmulator, served: Served
) -> None:
    person = zalo.person()
    person.say("trước")
    await served.rig.settled()
    await served.look()
    plug = unplug(zalo)
    person.say("một")
    plug()
    served.rig.clock.ahead = timedelta(hours=3)
    zalo.fail("listrecentchat", -200)
    served.begin()
    assert await served.look() == 0
    zalo.clear_faults()
    served.count("received")  # events come again meanwhile
    served.begin()
    assert await served.look() == 1
    assert served.texts() == ["trước", "một"]


# --- reads of other shapes, bounds and refusals


class Answers:
    """A platform that answers reads as a test says."""

    def __init__(self) -> None:
        self.chats: list[dict[str, Any]] = []
        self.said: dict[str, list[dict[str, Any]]] = {}
        self.fault: SendFault | None = None
        self.whole: Any = None
        self.asked: Counter[str] = Counter()

    async def get(self, path: str, data: Mapping[str, Any] | None = None, *, background: bool = False) -> Any:
        assert background
        assert data is not None
        assert data["count"] <= 10
        self.asked[path] += 1
        if self.fault is not None:
            raise self.fault
        if self.whole is not None:
            return self.whole
        listed = self.chats if path == RECENT else self.said[data["user_id"]]
        return listed[data["offset"] : data["offset"] + data["count"]]


def item(user: str, number: int, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "src": 1, "time": round(at.timestamp() * 1000), "type": "text", "message": f"{user}-{number}",
        "message_id": f"{user}-{number}", "from_id": user, "to_id": OA, **more,
    }  # fmt: skip


class Alone:
    """Catch-up with answers made by hand; `taken` is what the receiver got."""

    def __init__(self, database: Database, clock: HandClock) -> None:
        self.reads = Answers()
        self.taken: list[Incoming] = []
        self.verdict = Verdict.DONE
        self.counted: Counter[str] = Counter()
        self.database = database
        self.clock = clock
        self.counter = Oddities(database=database, agency=AGENCY, clock=clock)
        self.leading = True
        self.begin()

    def count(self, what: str) -> None:
        self.counted[what] += 1
        self.counter.count(CHANNEL, OA, what)

    async def receive(self, incoming: Incoming) -> Verdict:
        if any(one.update_id == incoming.update_id for one in self.taken):
            return Verdict.DUPLICATE
        if self.verdict is not Verdict.RETRY:
            self.taken.append(incoming)
        return self.verdict

    def begin(self) -> None:
        from bot.channels.zalo_oa.options import OaOptions

        options = OaOptions(oa_id=OA, app_id="1", app_secret="s", secret_key="k")
        self.catch_up = CatchUp(
            options, self.reads, self.receive, database=self.database, agency=AGENCY, now=self.clock.now,
            count=self.count, leads=lambda: self.leading, pause=0.01,
        )  # fmt: skip

    async def look(self) -> int:
        await self.counter.flush()
        found = await self.catch_up.look()
        await self.counter.flush()
        return found

    async def miss(self, hours: float) -> datetime:
        """As if nothing came for so long; gives the last safe moment."""
        self.count("received")
        await self.counter.flush()
        since = self.clock.now()
        self.clock.forward(timedelta(hours=hours))
        self.begin()
        return since


@pytest.fixture
def alone(database: Database, clock: HandClock) -> Alone:
    return Alone(database, clock)


async def test_only_what_people_said_since_then_is_taken_oldest_first(alone: Alone) -> None:
    since = await alone.miss(5)
    minutes = [-700, -30, 5, 60, 120]
    told = [item("7", n, since + timedelta(minutes=m)) for n, m in enumerate(minutes)]
    told.append(item("7", 9, since + timedelta(minutes=90), src=0, from_id=OA, to_id="7"))
    told.sort(key=lambda one: -one["time"])
    alone.reads.said["7"] = told
    alone.reads.chats = [told[0], item("8", 1, since - timedelta(days=1))]
    assert await alone.look() == 3
    assert [one.update_id for one in alone.taken] == ["msg:7-2", "msg:7-3", "msg:7-4"]
    assert alone.taken[0].at == since + timedelta(minutes=5)
    assert alone.reads.asked == {RECENT: 1, CONVERSATION: 1}


async def test_the_margin_is_taken_only_where_ids_are_known_to_agree(alone: Alone, books: Books) -> None:
    since = await alone.miss(1)
    shown = [item("7", 1, since + timedelta(minutes=1)), item("7", 0, since - timedelta(minutes=5))]
    alone.reads.said["7"], alone.reads.chats = shown, shown[:1]
    assert await alone.look() == 1
    assert [one.update_id for one in alone.taken] == ["msg:7-1"]
    assert alone.counted["catchup_ids_unknown"] == 1

    # Another chat shows a message that came by the webhook under the same id.
    await alone.database.transact(
        lambda connection: inbox.first_time(connection, CHANNEL, OA, "msg:8-0", agency=AGENCY, at=since)
    )
    since = await alone.miss(1)
    lost = item("7", 2, since - timedelta(minutes=5))
    known = item("8", 0, since - timedelta(minutes=4))
    alone.reads.said = {"7": [lost], "8": [known]}
    alone.reads.chats = [known, lost]
    await alone.look()
    assert "msg:7-2" in [one.update_id for one in alone.taken]


async def test_requests_are_bounded_and_the_rest_follows(alone: Alone) -> None:
    since = await alone.miss(2)
    users = [str(100 + n) for n in range(MOST_REQUESTS + 20)]
    alone.reads.said = {user: [item(user, 1, since + timedelta(minutes=1))] for user in users}
    alone.reads.chats = [alone.reads.said[user][0] for user in users]
    for _ in range(5):
        before = sum(alone.reads.asked.values())
        await alone.look()
        assert sum(alone.reads.asked.values()) - before <= MOST_REQUESTS
    assert sorted(one.chat for one in alone.taken) == users
    assert alone.counted["catchup_continued"] >= 1
    before = sum(alone.reads.asked.values())
    await alone.look()
    assert sum(alone.reads.asked.values()) == before, "the gap is closed"


async def test_nothing_older_than_a_week_is_read(alone: Alone) -> None:
    await alone.miss(24 * 20)
    now = alone.clock.now()
    told = [item("7", n, now - timedelta(days=n)) for n in range(10)]
    alone.reads.said["7"], alone.reads.chats = told, told[:1]
    assert await alone.look() == 8
    assert min(one.at for one in alone.taken) >= now - timedelta(days=7)


async def test_a_refusal_is_not_asked_about_every_minute(alone: Alone) -> None:
    since = await alone.miss(1)
    told = [item("7", 1, since + timedelta(minutes=1))]
    alone.reads.said["7"], alone.reads.chats = told, told
    alone.reads.fault = Never("not allowed", refusal=Refusal.REFUSED)
    for _ in range(3):
        assert await alone.look() == 0
    assert sum(alone.reads.asked.values()) == 1
    assert alone.counted["catchup_refused"] == 1
    alone.reads.fault = Again("too many")
    alone.clock.forward(timedelta(hours=1))
    assert await alone.look() == 0
    alone.reads.fault = None
    assert await alone.look() == 1


async def test_one_chat_that_is_refused_stops_no_other(zalo: ZaloOaEmulator, served: Served) -> None:
    first, second = zalo.person(), zalo.person()
    first.say("trước")
    await served.rig.settled()
    await served.look()
    plug = unplug(zalo)
    first.say("một")
    second.say("hai")
    plug()
    zalo.fail("conversation", -213)
    served.begin()
    assert await served.look() == 1
    assert served.rig.counted["catchup_chat_refused"] == 1
    assert served.rig.counted["catchup_refused"] == 0


async def test_what_cannot_be_committed_is_read_again(alone: Alone) -> None:
    since = await alone.miss(1)
    told = [item("7", 1, since + timedelta(minutes=1))]
    alone.reads.said["7"], alone.reads.chats = told, told
    alone.verdict = Verdict.RETRY
    assert await alone.look() == 0
    alone.verdict = Verdict.DONE
    assert await alone.look() == 1


@pytest.mark.parametrize(
    "whole", [None, {}, {"chats": 5}, "<html>", 7, [1, None, []], [{"src": 1}], {"data": [{"time": "x"}]}]
)
async def test_answers_of_another_shape_are_counted_and_never_raise(alone: Alone, whole: Any) -> None:
    await alone.miss(1)
    alone.reads.whole = whole if whole is not None else {"nothing": 1}
    assert await alone.look() == 0
    assert alone.counted["catchup_unreadable"] >= 1


async def test_only_the_leader_reads(alone: Alone) -> None:
    since = await alone.miss(1)
    told = [item("7", 1, since + timedelta(minutes=1))]
    alone.reads.said["7"], alone.reads.chats = told, told
    alone.leading = False
    running = asyncio.create_task(alone.catch_up.run())
    try:
        await asyncio.sleep(0.1)
        assert not alone.reads.asked
        alone.leading = True
        async with asyncio.timeout(10):
            while not alone.taken:
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


# --- the shapes of messages read back


def test_shapes_of_items() -> None:
    at = MORNING
    plain = past_message(item("7", 1, at), OA)
    assert plain is not None
    assert (plain.user, plain.by_user, plain.at, plain.message["text"]) == ("7", True, at, "7-1")
    ours = past_message(item("7", 1, at, src=0, from_id=OA, to_id="7"), OA)
    assert ours is not None
    assert (ours.user, ours.by_user) == ("7", False)
    nested = past_message(
        {
            "sender": {"id": "7"}, "recipient": {"id": OA}, "timestamp": str(round(at.timestamp() * 1000)),
            "msg_id": "m", "message": {"text": "x"},
        },
        OA,
    )  # fmt: skip
    assert nested is not None
    assert nested.message == {"msg_id": "m", "text": "x"}
    for broken in ({"time": "x"}, {"message_id": ""}, {"from_id": ""}, {"time": None}):
        assert (
            past_message(item("7", 1, at, **broken) | ({"src": ""} if "from_id" in broken else {}), OA)
            is None
        )


@pytest.mark.parametrize(
    "location",
    [{"latitude": 10.5, "longitude": 106.5}, '{"latitude":"10.5","longitude":"106.5"}', "10.5,106.5"],
)
async def test_places_are_read_in_every_form(alone: Alone, location: Any) -> None:
    since = await alone.miss(1)
    told = [item("7", 1, since + timedelta(minutes=1), type="location", message="", location=location)]
    alone.reads.said["7"], alone.reads.chats = told, told
    await alone.look()
    assert [one.content for one in alone.taken] == [Location(latitude=10.5, longitude=106.5)]


async def test_files_links_and_cards_are_read(alone: Alone) -> None:
    since = await alone.miss(1)
    at = since + timedelta(minutes=1)
    card = '{"phone":"0901234567","qrCodeUrl":"https://a.vn"}'
    told = [
        item("7", 1, at, type="photo", message="ảnh", url="https://a.vn/1.jpg", thumb="https://a.vn/t.jpg"),
        item("7", 2, at, type="link", message="", links=[{"url": "https://a.vn", "description": card}]),
        item("7", 3, at, type="link", message="", links=[{"url": "https://a.vn", "title": "Bài"}]),
    ]
    alone.reads.said["7"], alone.reads.chats = told, told[:1]
    await alone.look()
    by_id = {one.update_id: one.content for one in alone.taken}
    photo = by_id["msg:7-1"]
    assert isinstance(photo, Files)
    assert (photo.files[0].platform_id, photo.caption) == ("https://a.vn/1.jpg", "ảnh")
    assert by_id["msg:7-2"] == Contact(phone="0901234567")
    assert by_id["msg:7-3"] == Text(text="Bài\nhttps://a.vn")


def test_lists_are_found_wherever_they_stand() -> None:
    assert listed([1]) == [1]
    assert listed({"data": [1]}) == [1]
    assert listed({"messages": []}) == []
    assert listed(None) is None
    message = past_message(item("7", 1, MORNING), OA)
    assert message is not None
    assert not is_card(message)


async def test_the_gap_is_marked_and_unmarked(alone: Alone) -> None:
    def mark(connection: Any) -> datetime | None:
        return oddities.last_of(connection, CHANNEL, OA, "reading_back")

    since = await alone.miss(2)
    alone.reads.fault = Again("busy")
    await alone.look()
    assert await alone.database.read(mark) == since
    alone.reads.fault = None
    await alone.look()
    assert await alone.database.read(mark) is None
