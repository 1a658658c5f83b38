"""The webhook over HTTP: authentic or refused, safe before it is acknowledged, answered in time, once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection, select, update

from bot.channels.zalo_oa.webhook import MAX_BODY
from bot.dispatch import Books
from bot.setting_views import Signing
from handlers.messages import Arrived, Choice, Contact, Files, Location, Text, Unusable, Withdrawn
from storage.database import Database
from storage.records import NewOutbox, OutboxStatus
from storage.schema import contacts, inbox, outbox
from tests.bot.channels.zalo_oa.rig_in import Intake, intake
from tests.emulators.zalo_oa import ZaloOaEmulator, signature


@pytest.fixture
async def come_in(zalo: ZaloOaEmulator, sqlite_database: Database, books: Books) -> AsyncIterator[Intake]:
    async with intake(zalo, sqlite_database, books) as rig:
        yield rig


def stamp(moment: datetime | None = None) -> str:
    return str(round((moment or datetime.now(UTC)).timestamp() * 1000))


def said(rig: Intake, text: str = "chào", user: str = "246845883529197922", **more: Any) -> dict[str, Any]:
    return {
        "app_id": rig.options.app_id, "sender": {"id": user}, "recipient": {"id": rig.options.oa_id},
        "event_name": "user_send_text", "message": {"msg_id": "m1", "text": text}, "timestamp": stamp(),
        **more,
    }  # fmt: skip


async def test_everything_a_person_does_comes_in_once_and_in_order(
    zalo: ZaloOaEmulator, come_in: Intake
) -> None:
    person = zalo.person()
    person.follow()
    person.say("Tôi muốn phản ánh")
    person.press_payload("#b:c.1.yes")
    person.send_photos(2, "đống rác")
    person.send_location()
    person.share_info("Nguyễn Văn A", "84951000001", "Số 1", older=True)
    person.send_sticker()
    person.click_chatnow()
    person.withdraw()
    await come_in.settled()
    assert [type(one.content) for one in come_in.handled] == [
        Arrived, Text, Choice, Files, Files, Location, Contact, Unusable, Arrived, Withdrawn,
    ]  # fmt: skip
    assert {one.chat for one in come_in.handled} == {person.id}
    assert come_in.counted["received"] == 10
    assert set(come_in.counted) == {"received", "registration_ping", "withdrawn"}


async def test_what_is_brought_again_is_taken_once(zalo: ZaloOaEmulator, come_in: Intake) -> None:
    zalo.deliverer.duplicates = 1.0
    zalo.deliverer.parallel = True
    person = zalo.person()
    for number in range(20):
        person.say(str(number))
    await come_in.settled()
    for delivery in zalo.delivered():
        zalo.deliver_again(delivery)
    await come_in.settled()
    texts = [one.content.text for one in come_in.handled if isinstance(one.content, Text)]
    assert sorted(texts, key=int) == [str(number) for number in range(20)]
    assert come_in.counted["duplicate_event"] == len(zalo.delivered()) - 20


async def test_the_consoles_questions_are_answered(come_in: Intake) -> None:
    async with aiohttp.ClientSession() as session:
        url = come_in.zalo.deliverer.url
        for body, status in ((b"{}", 200), (b" { } ", 200), (b"", 403), (b"[]", 403), (b'{"a":1}', 403)):
            async with session.post(url, data=body) as answer:
                assert answer.status == status, body
        async with session.get(url) as answer:
            assert answer.status == 200
    assert come_in.counted == {"registration_ping": 3, "unsigned": 3}


async def test_a_wrong_signature_is_refused_and_what_would_have_matched_is_named(
    come_in: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    event = said(come_in, "lời của dân")
    assert await come_in.push(event, secret="another") == "403"
    come_in.clock.ahead = timedelta(seconds=2)
    assert await come_in.push(event, secret=come_in.options.app_secret) == "403"
    come_in.clock.ahead = timedelta(seconds=4)
    assert await come_in.push(event, app_id=come_in.options.oa_id) == "403"
    assert come_in.counted["wrong_signature"] == 3
    assert come_in.counted["signature:app_secret_would_match"] == 1
    assert come_in.counted["signature:oa_id_first_would_match"] == 1
    assert "lời của dân" not in caplog.text
    assert [record.message for record in caplog.records].count("event_signature_wrong") == 3
    assert come_in.handled == []


async def test_a_flood_of_forged_requests_is_only_counted(
    come_in: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    event = said(come_in)
    await asyncio.gather(*(come_in.push(event, secret="another") for _ in range(200)))
    assert come_in.counted["wrong_signature"] == 200
    assert [record.message for record in caplog.records].count("event_signature_wrong") <= 10
    assert await come_in.push(event) == "200"


@pytest.mark.parametrize(
    ("signing", "given"),
    [
        (Signing.APP_SECRET, {"secret": "AppSecretForTests"}),
        (Signing.OA_ID_FIRST, {"app_id": "388613280878808645"}),
    ],
)
async def test_the_configured_way_counts(
    zalo: ZaloOaEmulator, sqlite_database: Database, books: Books, signing: Signing, given: dict[str, str]
) -> None:
    async with intake(zalo, sqlite_database, books, signing=signing) as rig:
        assert await rig.push(said(rig), **given) == "200"
        assert await rig.push(said(rig)) == "403"
        assert rig.counted["signature:oa_key_would_match"] == 1


async def test_stale_foreign_and_unknown_events_are_acknowledged_and_counted(come_in: Intake) -> None:
    old = datetime.now(UTC) - timedelta(hours=25)
    for event in (
        said(come_in, timestamp=stamp(old)),
        said(come_in, recipient={"id": "999"}),
        said(come_in, event_name="never_heard_of"),
        said(come_in, event_name="user_send_text", sender={}),
        {"timestamp": stamp()},
    ):
        assert await come_in.push(event) == "200"
    await come_in.settled()
    assert come_in.handled == []
    for what, count in {
        "stale_event": 1, "foreign_account": 1, "unknown_event": 2, "unreadable_event": 1, "received": 5,
    }.items():  # fmt: skip
        assert come_in.counted[what] == count, what


async def test_numbers_in_place_of_ids(come_in: Intake) -> None:
    raw = json.dumps(said(come_in, timestamp=int(stamp())), ensure_ascii=False)
    raw = raw.replace('"246845883529197922"', "246845883529197922").replace('"m1"', "9007199254740993")
    moment = json.loads(raw)["timestamp"]
    assert await come_in.push(raw.encode(), timestamp=str(moment)) == "200"
    await come_in.settled()
    [incoming] = come_in.handled
    assert (incoming.chat, incoming.update_id) == ("246845883529197922", "msg:9007199254740993")


async def test_a_million_characters_are_taken(come_in: Intake) -> None:
    text = "đ" * 1_000_000
    assert await come_in.push(said(come_in, text)) == "200"
    await come_in.settled()
    assert come_in.handled[0].content == Text(text=text)


async def test_broken_and_endless_bodies(come_in: Intake) -> None:
    broken = b'{"timestamp":"1763769600000","message":{"te'
    assert await come_in.push(broken, timestamp="1763769600000") == "200"
    assert await come_in.push(broken, timestamp="1763769600000", secret="x") == "403"
    assert await come_in.push(b"[" * 100_000, timestamp="") == "200"
    assert await come_in.push(b" " * (MAX_BODY + 1), timestamp="") in ("413", "reset")
    for what in ("broken_json", "wrong_signature", "too_large"):
        assert come_in.counted[what] >= 1, what


async def test_the_header_names_the_time_where_the_body_does_not(come_in: Intake) -> None:
    event = said(come_in)
    del event["timestamp"]
    raw = json.dumps(event).encode()
    headers = {
        "X-ZEvent-Signature": signature(come_in.options.app_id, raw, "177", come_in.options.secret_key),
        "X-ZEvent-Timestamp": "177",
    }
    url = come_in.zalo.deliverer.url
    async with aiohttp.ClientSession() as session, session.post(url, data=raw, headers=headers) as answer:
        assert answer.status == 200
    await come_in.settled()
    assert len(come_in.handled) == 1
    assert come_in.counted["no_timestamp"] == 1


# --- nothing is lost, and nothing late


async def test_while_nothing_can_be_committed_the_event_comes_again(
    zalo: ZaloOaEmulator, come_in: Intake
) -> None:
    await come_in.database.close()
    person = zalo.person()
    person.say("một")
    async with asyncio.timeout(5):
        while not come_in.counted["not_committed"]:
            await asyncio.sleep(0.01)
    assert zalo.unconfirmed == 1
    await come_in.database.open()
    await asyncio.sleep(0.05)
    assert zalo.retry_now() == 1
    await come_in.settled()
    assert [one.content for one in come_in.handled] == [Text(text="một")]
    assert come_in.counted["retried_delivery"] == 1
    assert zalo.deliverer.lost == 0


async def test_an_answer_comes_in_time_however_slow_the_handling_is(
    zalo: ZaloOaEmulator, come_in: Intake
) -> None:
    come_in.handling = lambda _: time.sleep(0.3)
    person = zalo.person()
    for number in range(12):
        person.say(str(number))
    await zalo.settled()
    assert {tuple(delivery.answers) for delivery in zalo.delivered()} == {("200",)}
    async with asyncio.timeout(20):
        while len(come_in.handled) < 12:
            await asyncio.sleep(0.05)


async def test_an_answer_comes_in_time_also_where_committing_is_slow(
    zalo: ZaloOaEmulator, come_in: Intake
) -> None:
    come_in.delay = 2.5
    person = zalo.person()
    began = time.monotonic()
    person.say("một")
    async with asyncio.timeout(10):
        while not come_in.counted["not_committed"]:
            await asyncio.sleep(0.01)
    assert time.monotonic() - began < 2.0
    await asyncio.sleep(1.2)
    come_in.delay = 0.0
    zalo.retry_now()
    await come_in.settled()
    assert len(come_in.handled) == 1, "the first attempt was committed after its answer"
    assert come_in.counted["duplicate_event"] == 1


async def test_the_row_stands_in_the_inbox_before_the_answer(zalo: ZaloOaEmulator, come_in: Intake) -> None:
    seen: list[str] = []

    def look(turn: Any) -> None:
        rows = turn.book.connection.execute(select(inbox.c.update_id, inbox.c.status))
        seen.extend(row.update_id for row in rows)

    come_in.handling = look
    shown = zalo.person().say("một")
    await come_in.settled()
    assert seen == [f"msg:{shown.id}"]


# --- what is no turn


async def test_the_office_silences_the_service_and_receipts_settle_messages(
    zalo: ZaloOaEmulator, come_in: Intake, books: Books
) -> None:
    person = zalo.person()
    person.say("một")
    await come_in.settled()

    def send(connection: Connection) -> None:
        contact_id = connection.execute(select(contacts.c.id)).scalar_one()
        book = come_in.books(connection)
        for ref in ("r1", "r2"):
            message = NewOutbox(
                contact_id=contact_id, channel="zalo_oa", account=come_in.options.oa_id, body={"text": ref}
            )
            connection.execute(
                update(outbox)
                .where(outbox.c.id == book.queue(message).row.id)
                .values(status=OutboxStatus.SENT, platform_ref=ref)
            )

    await come_in.database.transact(send)
    sent = {"sender": {"id": come_in.options.oa_id}, "recipient": {"id": person.id}, "timestamp": stamp()}
    received = {**sent, "event_name": "user_received_message", "message": {"msg_id": "r1"}}
    assert await come_in.push(received) == "200"
    seen = {**sent, "event_name": "user_seen_message", "message": {"msg_ids": ["r1", "r2"]}}
    assert await come_in.push(seen) == "200"

    def states(connection: Connection) -> set[str]:
        rows = connection.execute(select(outbox.c.status).where(outbox.c.platform_ref != ""))
        return {status.value for status in rows.scalars()}

    assert await come_in.database.read(states) == {"delivered"}

    zalo.console_says(person, "Tôi là cán bộ")
    await come_in.settled()
    person.say("Vâng, chào cán bộ")
    await come_in.settled()
    assert [one.content for one in come_in.handled] == [Text(text="một")]
    assert (come_in.counted["office_wrote"], come_in.counted["muted"]) == (1, 1)
    come_in.clock.ahead = timedelta(minutes=31)
    person.say("còn đó không")
    await come_in.settled()
    assert len(come_in.handled) == 2


async def test_what_we_sent_is_heard_again(come_in: Intake) -> None:
    echo = {
        "sender": {"id": come_in.options.oa_id}, "recipient": {"id": "77"}, "timestamp": stamp(),
        "event_name": "oa_send_text", "message": {"msg_id": "e1", "text": "Xin chào"},
    }  # fmt: skip
    assert await come_in.push(echo) == "200"
    assert come_in.echoed == [("77", "e1", "Xin chào")]


async def test_an_effect_that_cannot_be_written_comes_again(come_in: Intake) -> None:
    written = {
        "sender": {"id": come_in.options.oa_id, "admin_id": "5"}, "recipient": {"id": "77"},
        "timestamp": stamp(), "event_name": "oa_send_text", "message": {"msg_id": "e1", "text": "x"},
    }  # fmt: skip
    await come_in.database.close()
    assert await come_in.push(written) == "503"
    await come_in.database.open()
    assert await come_in.push(written) == "200"
