"""The web chat over HTTP: taken once, answered, shown again, for its visitor only."""

from __future__ import annotations

import asyncio
import io
import json
import time
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import select

from bot.channels.base import Never, Verdict
from bot.channels.webchat.channel import WebChat
from handlers.messages import Button, Choice, Command, Files, Location, Outgoing, OutgoingFile, Text
from storage.webchat import web_chats, web_messages
from tests.web_site import Site

Session = aiohttp.ClientSession


def message(**content: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), **content}


async def post(session: Session, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
    async with session.post("/chat/messages", json=body, headers=headers) as response:
        return response.status, await response.json()


async def history(session: Session) -> list[dict[str, Any]]:
    async with session.get("/chat/history") as response:
        known = await response.json()
    messages: list[dict[str, Any]] = known["messages"]
    return messages


async def test_a_message_is_taken_answered_and_shown_again(any_site: Site) -> None:
    async with any_site.visitor() as visitor:
        status, answer = await post(visitor, message(text="  Đường\u200b ngập  "))
        shown = await history(visitor)
    assert (status, answer["verdict"]) == (200, "done")
    (got,) = any_site.office.got
    assert got.content == Text(text="Đường ngập")
    assert (got.channel, got.account, got.is_group, got.language) == ("web", "web", False, "vi")
    assert got.chat == got.person
    assert len(got.chat) == 64
    assert [(m["from"], m["text"].splitlines()[0]) for m in shown] == [
        ("me", "Đường ngập"),
        ("office", "Ông/Bà viết: Đường ngập"),
    ]
    assert [m["seq"] for m in shown] == [1, 2]


async def test_the_same_message_again_is_no_second_one(any_site: Site) -> None:
    body = message(text="một lần thôi")
    async with any_site.visitor() as visitor:
        first = await post(visitor, body)
        second = await post(visitor, body)
        shown = await history(visitor)
    assert first[1]["verdict"] == "done"
    assert second[1]["verdict"] == "duplicate"
    assert first[1]["message"] == second[1]["message"]
    assert len(any_site.office.got) == 1
    assert len(shown) == 2


async def test_what_cannot_be_taken_now_is_sent_again_and_neither_lost_nor_doubled(any_site: Site) -> None:
    body = message(text="lúc máy chủ bận")
    any_site.office.verdicts = [Verdict.RETRY]
    async with any_site.visitor() as visitor:
        async with visitor.post("/chat/messages", json=body) as refused:
            assert refused.status == 503
            assert refused.headers["Retry-After"] == "2"
            assert (await refused.json())["error"] == "again"
        assert await history(visitor) == []
        status, _ = await post(visitor, body)
        shown = await history(visitor)
    assert status == 200
    assert [m["text"].splitlines()[0] for m in shown] == ["lúc máy chủ bận", "Ông/Bà viết: lúc máy chủ bận"]


async def test_many_at_once_keep_their_numbers(any_site: Site) -> None:
    async with any_site.visitor() as visitor:
        answers = await asyncio.gather(*(post(visitor, message(text=f"tin {n}")) for n in range(12)))
        shown = await history(visitor)
    assert {status for status, _ in answers} == {200}
    assert sorted(m["text"] for m in shown if m["from"] == "me") == sorted(f"tin {n}" for n in range(12))
    assert [m["seq"] for m in shown] == sorted({m["seq"] for m in shown})


async def test_a_message_kept_but_not_taken_in_before_a_crash_is_taken_in_at_the_next_look(
    site: Site,
) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="trước"))
        # As if the process had died between keeping the words and taking them in.
        site.office.seen.clear()
        site.office.got.clear()
        site.office.silent = True
        await post(visitor, message(text="giữa"))
        lost = site.office.got.pop()
        site.office.seen.clear()
        site.office.silent = False
        await history(visitor)
        shown = await history(visitor)
    assert [got.update_id for got in site.office.got] == [lost.update_id]
    assert [m["text"].splitlines()[0] for m in shown][-2:] == ["giữa", "Ông/Bà viết: giữa"]


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ({"location": {"latitude": 20.54, "longitude": 105.91}}, Location(latitude=20.54, longitude=105.91)),
        ({"text": "/status 7Q2M-4KXD"}, Command(name="status", argument="7Q2M-4KXD")),
        ({"text": "/Help"}, Command(name="help")),
        ({"text": "/ không phải lệnh"}, Text(text="/ không phải lệnh")),
    ],
)
async def test_other_kinds_of_content(site: Site, body: dict[str, Any], content: object) -> None:
    async with site.visitor() as visitor:
        status, _ = await post(visitor, message(**body))
    assert status == 200
    assert site.office.got[0].content == content


async def test_a_press_names_its_message_and_shows_the_buttons_words(site: Site) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
        body = message(choice={"token": "c.1.yes", "ref": 2})
        status, answer = await post(visitor, body)
    assert status == 200
    chat = site.office.got[1].chat
    assert site.office.got[1].content == Choice(
        token="c.1.yes", message_ref="2", callback_id=f"{chat}/{body['id']}"
    )
    assert answer["message"]["text"] == "Đúng rồi"
    assert answer["message"]["pressed"] == {"token": "c.1.yes", "ref": 2}


@pytest.mark.parametrize(
    "choice",
    [{"token": "o.take.1", "ref": 2}, {"token": "c.1.yes", "ref": 1}, {"token": "c.1.yes", "ref": 99}],
)
async def test_a_button_that_was_never_offered_here_is_refused(site: Site, choice: dict[str, Any]) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
        status, answer = await post(visitor, message(choice=choice))
    assert (status, answer["error"]) == (409, "button_unknown")
    assert len(site.office.got) == 1


async def test_a_button_of_another_chat_is_refused(site: Site) -> None:
    async with site.visitor() as one, site.visitor() as other:
        await post(one, message(text="a"))
        status, _ = await post(other, message(choice={"token": "c.1.yes", "ref": 2}))
    assert status == 409


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"text": "   \u200b "}, 400, "empty"),
        ({"text": "a" * 40_001}, 413, "too_long"),
        ({"text": "a" * 300_000}, 413, "too_long"),
        ({}, 400, "bad_request"),
        ({"text": "a", "location": {"latitude": 1, "longitude": 1}}, 400, "bad_request"),
        ({"location": {"latitude": 91, "longitude": 1}}, 400, "bad_request"),
        ({"choice": {"token": "dấu", "ref": 1}}, 400, "bad_request"),
        ({"text": "a", "id": "1"}, 400, "bad_request"),
        ({"text": "a", "more": 1}, 400, "bad_request"),
    ],
)
async def test_bad_input_gets_a_clear_answer(
    site: Site, body: dict[str, Any], status: int, error: str
) -> None:
    async with site.visitor() as visitor:
        found, answer = await post(visitor, message() | body)
    assert (found, answer["error"]) == (status, error)
    assert answer["text"]
    assert site.office.got == []


async def test_malformed_json_and_other_content_types_are_refused(site: Site) -> None:
    async with site.visitor() as visitor:
        headers = {"Content-Type": "application/json"}
        async with visitor.post("/chat/messages", data=b"{\xff", headers=headers) as broken:
            assert broken.status == 400
        async with visitor.post("/chat/messages", data={"text": "a"}) as form:
            assert form.status == 415


async def test_strange_letters_reach_the_office_clean(site: Site) -> None:
    async with site.visitor() as visitor:
        status, _ = await post(visitor, message(text="a\0b <b>x</b> \u202edcba\u200b Nguye\u0302\u0303n"))
    assert status == 200
    assert site.office.got[0].content == Text(text="ab <b>x</b> dcba Nguyễn")


async def test_a_torn_letter_is_refused(site: Site) -> None:
    body = json.dumps(message(text="a\ud800b")).encode()
    async with site.visitor() as visitor:
        headers = {"Content-Type": "application/json"}
        async with visitor.post("/chat/messages", data=body, headers=headers) as response:
            assert response.status == 400
    assert site.office.got == []


async def test_one_visitor_never_sees_another(site: Site) -> None:
    async with site.visitor() as one, site.visitor() as other:
        await post(one, message(text="của một người"))
        assert await history(other) == []
        await post(one, message(choice={"token": "c.1.receipt", "ref": 2}))
        async with one.get("/chat/files/4") as own:
            assert own.status == 200
        async with other.get("/chat/files/4") as foreign:
            assert foreign.status == 404
    assert len({got.chat for got in site.office.got}) == 1


async def test_a_document_comes_back_byte_for_byte_as_a_download(site: Site) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
        await post(visitor, message(choice={"token": "c.1.receipt", "ref": 2}))
        shown = (await history(visitor))[-1]
        async with visitor.get(shown["file"]["url"]) as response:
            assert await response.read() == b"%PDF-1.7 thu\n%%EOF"
            assert response.headers["Content-Disposition"].startswith("attachment;")
            assert response.headers["Cache-Control"] == "private, no-store"
    assert shown["file"] == {
        "name": "xac-nhan.pdf",
        "mime": "application/pdf",
        "size": 18,
        "url": "/chat/files/4",
    }


async def test_nothing_is_stored_before_the_first_message_and_nothing_readable_after(site: Site) -> None:
    async with site.visitor() as visitor:
        await history(visitor)
        chats = await site.database.read(lambda c: c.execute(select(web_chats)).all())
        assert chats == []
        await post(visitor, message(text="Số điện thoại 0912 345 678"))
        (cookie,) = visitor.cookie_jar
        rows = await site.database.read(lambda c: c.execute(select(web_messages)).all())
    raw = repr([tuple(row) for row in rows])
    assert "0912" not in raw
    assert cookie.value not in raw
    assert site.office.got[0].chat not in raw


async def test_without_a_cookie_nothing_can_be_said(site: Site) -> None:
    async with aiohttp.ClientSession(site.url) as bare:
        status, answer = await post(bare, message(text="a"))
        assert (status, answer["error"]) == (401, "no_cookie")
        assert await history(bare) == []
        async with bare.get("/chat/events") as events:
            assert events.status == 204


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, True),
    ],
)
async def test_only_our_own_page_may_change_something(
    site: Site, headers: dict[str, str], allowed: bool
) -> None:
    async with site.visitor() as visitor:
        status, _ = await post(visitor, message(text="a"), **headers)
        async with visitor.post("/chat/files", data={"id": "x"}, headers=headers) as files:
            uploaded = files.status
        async with visitor.post("/chat/leave", headers=headers) as left:
            assert left.status == (200 if allowed else 403)
    assert status == (200 if allowed else 403)
    assert (uploaded == 403) is not allowed


async def test_leaving_forgets_the_chat_in_this_browser(site: Site) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
        async with visitor.post("/chat/leave") as left:
            assert left.status == 200
        assert await history(visitor) == []
        async with visitor.get("/"):
            pass
        await post(visitor, message(text="b"))
    assert len({got.chat for got in site.office.got}) == 2


async def test_the_cookie_is_only_for_the_server(site: Site) -> None:
    async with aiohttp.ClientSession(site.url) as session, session.get("/") as response:
        cookie = response.cookies["tiepdan"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]
    assert len(cookie.value) == 43


async def test_too_many_messages_are_slowed_with_a_clear_answer(site: Site) -> None:
    async with site.visitor() as visitor:
        answers = [await post(visitor, message(text=str(n))) for n in range(34)]
        found = [status for status, _ in answers]
    assert found[:30] == [200] * 30
    assert 429 in found
    assert answers[-1][1]["error"] in {"too_fast"} or found[-1] == 200


# --- the channel's own side


def chat_of(site: Site) -> str:
    return site.office.got[0].chat


async def test_an_edit_replaces_the_message_in_place(any_site: Site) -> None:
    channel: WebChat = any_site.chat
    async with any_site.visitor() as visitor:
        await post(visitor, message(text="a"))
        chat = chat_of(any_site)
        sent = await channel.send(
            chat, Outgoing(text="Thẻ", rows=((Button(label="Nhận", token="o.1"),),)), None
        )
        await channel.edit(chat, sent.message_ref, Outgoing(text="Thẻ đã nhận"))
        before = (await history(visitor))[-1]
        await channel.edit(chat, sent.message_ref, Outgoing(text="Thẻ đã nhận"))
        after = (await history(visitor))[-1]
        pressed, _ = await post(visitor, message(choice={"token": "o.1", "ref": int(sent.message_ref)}))
    assert (before["text"], before["seq"], before["changed"]) == ("Thẻ đã nhận", 3, 4)
    assert "rows" not in before
    assert "edited" in before
    assert after == before, "an edit that changes nothing is a success and no change"
    assert pressed == 200, "a press on a button that stood there before still reaches the office"


@pytest.mark.parametrize("ref", ["1", "99", "x", ""])
async def test_only_the_offices_own_messages_can_be_edited(site: Site, ref: str) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
    with pytest.raises(Never) as refused:
        await site.chat.edit(chat_of(site), ref, Outgoing(text="b"))
    assert refused.value.refusal == "edit_impossible"


async def test_the_receipts_secret_is_never_kept_in_the_log(site: Site) -> None:
    file = OutgoingFile(render="receipt", petition_id=1, secret="ABCD2EFG3HJK4MNP")
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
        await site.chat.send(chat_of(site), Outgoing(text="b", file=file), None)
        log = await site.chat.read(lambda chat_log: chat_log.latest(chat_of(site), 10))
        shown = json.dumps(await history(visitor))
    assert "ABCD2EFG" not in repr(log)
    assert "ABCD2EFG" not in shown


async def test_a_chat_nobody_looks_at_is_sent_to_but_not_delivered(site: Site) -> None:
    sent = await site.chat.send("f" * 64, Outgoing(text="chờ ở đây"), None)
    assert (sent.message_ref, sent.delivered) == ("1", False)


# --- live events


async def next_event(stream: aiohttp.StreamReader) -> dict[str, str]:
    """One server-sent event; comments and the retry line are passed over."""
    found: dict[str, str] = {}
    while True:
        line = (await asyncio.wait_for(stream.readline(), 5)).decode().rstrip("\n")
        if line and not line.startswith((":", "retry")):
            name, _, value = line.partition(": ")
            found[name] = value
        elif not line and found:
            return found


async def test_every_open_page_hears_at_once(any_site: Site) -> None:
    async with any_site.visitor() as visitor:
        await post(visitor, message(text="a"))
        chat = chat_of(any_site)
        async with visitor.get("/chat/events?after=2") as one, visitor.get("/chat/events?after=2") as two:
            assert one.headers["Content-Type"].startswith("text/event-stream")
            assert "Content-Security-Policy" in one.headers
            sent = await any_site.chat.send(chat, Outgoing(text="tin mới"), None)
            heard = [await next_event(one.content), await next_event(two.content)]
            await any_site.chat.acknowledge(f"{chat}/x", "Đã ghi")
            passing = await next_event(one.content)
    assert sent.delivered
    assert [event["id"] for event in heard] == ["3", "3"]
    assert json.loads(heard[0]["data"])["text"] == "tin mới"
    assert passing == {"event": "pressed", "data": '{"id": "x", "text": "Đã ghi"}'}


async def test_a_page_that_comes_back_misses_nothing(any_site: Site) -> None:
    async with any_site.visitor() as visitor:
        await post(visitor, message(text="a"))
        chat = chat_of(any_site)
        first = await any_site.chat.send(chat, Outgoing(text="một"), None)
        await any_site.chat.send(chat, Outgoing(text="hai"), None)
        await any_site.chat.edit(chat, first.message_ref, Outgoing(text="một (sửa)"))
        async with visitor.get("/chat/events?after=0", headers={"Last-Event-ID": "3"}) as stream:
            events = [await next_event(stream.content) for _ in range(2)]
    assert [(event["id"], json.loads(event["data"])["text"]) for event in events] == [
        ("4", "hai"),
        ("5", "một (sửa)"),
    ]


async def test_a_thirteenth_page_closes_the_oldest(site: Site) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
        oldest = await visitor.get("/chat/events?after=2")
        rest = [await visitor.get("/chat/events?after=2") for _ in range(12)]
        assert await asyncio.wait_for(oldest.content.read(), 5) == b"retry: 2000\n\n"
        assert site.chat.hub.pages == 12
        for response in (oldest, *rest):
            response.close()


async def test_pages_that_left_are_not_counted_as_delivered(site: Site) -> None:
    async with site.visitor() as visitor:
        await post(visitor, message(text="a"))
        response = await visitor.get("/chat/events?after=2")
        response.close()
        await asyncio.sleep(0.1)
        sent = await site.chat.send(chat_of(site), Outgoing(text="b"), None)
    assert not sent.delivered


# --- files

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 200


def files(*named: tuple[str, bytes, str], caption: str = "", message_id: str = "") -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)  # as browsers do
    form.add_field("id", message_id or str(uuid4()))
    form.add_field("caption", caption)
    for name, data, mime in named:
        form.add_field("file", io.BytesIO(data), filename=name, content_type=mime)
    return form


async def upload(session: Session, form: aiohttp.FormData) -> tuple[int, dict[str, Any]]:
    async with session.post("/chat/files", data=form) as response:
        return response.status, await response.json()


async def test_several_files_are_one_message_and_come_back_from_the_spool(any_site: Site) -> None:
    large = JPEG + bytes(range(256)) * 4096
    form = files(("ảnh 1.jpg", JPEG, "image/jpeg"), ("ảnh 2.jpg", large, "image/jpeg"), caption="Đống rác")
    async with any_site.visitor() as visitor:
        status, answer = await upload(visitor, form)
        shown = await history(visitor)
    assert status == 200
    (got,) = any_site.office.got
    assert isinstance(got.content, Files)
    assert (got.content.caption, got.content.album) == ("Đống rác", "")
    assert [(file.name, file.kind, file.mime, file.size) for file in got.content.files] == [
        ("ảnh 1.jpg", "photo", "image/jpeg", len(JPEG)),
        ("ảnh 2.jpg", "photo", "image/jpeg", len(large)),
    ]
    read = [b"".join([p async for p in any_site.chat.download(f.platform_id)]) for f in got.content.files]
    assert read == [JPEG, large]
    assert answer["message"]["files"][0] == {"name": "ảnh 1.jpg", "mime": "image/jpeg", "size": len(JPEG)}
    assert "spool" not in json.dumps(shown)


@pytest.mark.parametrize(
    ("name", "data", "status", "error"),
    [
        ("anh.jpg", b"MZ\x90\0" + b"\0" * 80, 415, "file_lies"),
        ("trang.html", b"<html><script>1</script>", 415, "file_lies"),
        ("goi.zip", b"PK\x03\x04" + b"\0" * 90, 415, "file_lies"),
        ("rong.pdf", b"", 415, "file_empty"),
        ("to.jpg", JPEG + b"\0" * (20 * 1024 * 1024), 413, "file_large"),
    ],
)
async def test_a_bad_file_is_refused_by_name_and_nothing_is_kept(
    site: Site, name: str, data: bytes, status: int, error: str
) -> None:
    form = files(("tot.jpg", JPEG, "image/jpeg"), (name, data, "image/jpeg"))
    async with site.visitor() as visitor:
        found, answer = await upload(visitor, form)
        assert await history(visitor) == []
    assert (found, answer["error"]) == (status, error)
    assert name in answer["text"]
    assert site.office.got == []


async def test_files_sent_twice_are_taken_once(site: Site) -> None:
    message_id = str(uuid4())
    async with site.visitor() as visitor:
        answers = [
            (await upload(visitor, files(("a.jpg", JPEG, "image/jpeg"), message_id=message_id)))[1]["verdict"]
            for _ in range(2)
        ]
    assert answers == ["done", "duplicate"]
    (got,) = site.office.got
    assert isinstance(got.content, Files)
    assert b"".join([p async for p in site.chat.download(got.content.files[0].platform_id)]) == JPEG


async def test_an_upload_that_cannot_be_taken_now_can_be_sent_again(site: Site) -> None:
    site.office.verdicts = [Verdict.RETRY]
    message_id = str(uuid4())
    async with site.visitor() as visitor:
        first = await upload(visitor, files(("a.jpg", JPEG, "image/jpeg"), message_id=message_id))
        second = await upload(visitor, files(("a.jpg", JPEG, "image/jpeg"), message_id=message_id))
    assert (first[0], second[0]) == (503, 200)
    assert len(site.office.got) == 1


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (files(), "no_file"),
        (files(*[(f"{n}.jpg", JPEG, "image/jpeg") for n in range(11)]), "too_many_files"),
        (files(("a.jpg", JPEG, "image/jpeg"), message_id="không phải mã"), "bad_request"),
    ],
)
async def test_an_upload_without_sense_is_refused(site: Site, form: aiohttp.FormData, error: str) -> None:
    async with site.visitor() as visitor:
        status, answer = await upload(visitor, form)
    assert (status, answer["error"]) == (400, error)


async def test_a_spooled_file_that_is_gone_is_never_asked_for_again(site: Site) -> None:
    with pytest.raises(Never) as refused:
        async for _ in site.chat.download("0" * 64):
            pass
    assert refused.value.refusal == "gone"


async def test_the_spool_keeps_what_was_not_read_and_forgets_what_was(site: Site) -> None:
    day = 24 * 3600.0
    async with site.visitor() as visitor:
        for name, data in (("a.jpg", JPEG), ("b.jpg", JPEG + b"b")):
            await upload(visitor, files((name, data, "image/jpeg")))
    read, unread = (got.content.files[0].platform_id for got in site.office.got)  # type: ignore[union-attr]
    async for _ in site.chat.download(read):
        pass
    async for _ in site.chat.download(read):
        pass  # the store failed the first time: it can be read again
    now = time.time()
    assert await asyncio.to_thread(site.chat.spool.sweep, now + 0.9 * day) == 0
    assert await asyncio.to_thread(site.chat.spool.sweep, now + 1.1 * day) == 1
    async for _ in site.chat.download(unread):
        pass
    with pytest.raises(Never):
        async for _ in site.chat.download(read):
            pass
