"""What people send, as `Incoming`; and everything else, which is counted and never raises."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.zalo_bot.parser import UpdateReader
from handlers.messages import Command, FileKind, Files, Incoming, Text, Unusable
from tests.bot.channels.zalo_bot.rig import Rig
from tests.emulators.zalo_bot import ZaloBotEmulator

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def reader() -> UpdateReader:
    return UpdateReader(account="734500000001", now=lambda: NOW)


def update(event: str = "message.text.received", **fields: Any) -> dict[str, Any]:
    message = {
        "message_id": "0a1b2c",
        "date": 1_795_312_800_000,
        "from": {"id": "person-1", "display_name": "An", "is_bot": False},
        "chat": {"id": "chat-1", "chat_type": "PRIVATE"},
        **fields,
    }
    return {"event_name": event, "message": message}


def read(data: Any, by: UpdateReader | None = None) -> Incoming:
    found = (by or reader()).read(data)
    assert found is not None
    return found


async def test_words_of_a_person(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.polling()
    an = zalo.person("An")
    said = an.say("Đường trước nhà tôi bị hỏng")
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="Đường trước nhà tôi bị hỏng")
    assert (got.channel, got.account) == ("zalo_bot", "734500000001")
    assert (got.chat, got.person, got.update_id, got.message_ref) == (an.id, an.id, said.id, said.id)
    assert abs((got.at - datetime.now(UTC)).total_seconds()) < 5
    assert not got.is_group


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("/start k_phan_anh", Command(name="start", argument="k_phan_anh")),
        ("#tracuu 7KQ2", Command(name="status", argument="7KQ2")),
        ("#Tra cứu 7KQ2", Command(name="status", argument="7KQ2")),
        ("#gopy", Command(name="start")),
        ("#Hồ sơ của tôi", Command(name="mine")),
        ("/trợgiúp", Command(name="help")),
        ("#phananh đường hỏng", Text(text="#phananh đường hỏng")),
        ("#b:yes", Text(text="#b:yes")),
        ("2", Text(text="2")),
    ],
)
def test_commands(text: str, content: object) -> None:
    assert read(update(text=text)).content == content


@pytest.mark.parametrize("field", ["photo", "photo_url"])
async def test_photos_and_their_bytes(rig: Rig, zalo: ZaloBotEmulator, field: str) -> None:
    zalo.habits.photo_field = field
    channel = await rig.polling()
    zalo.person().send_photo("nhà tôi", data=b"\xff\xd8\xff-picture")
    (got,) = await rig.receiver.wait(1)
    assert isinstance(got.content, Files)
    (file,) = got.content.files
    assert (file.kind, got.content.caption, got.content.album) == (FileKind.PHOTO, "nhà tôi", "")
    assert b"".join([part async for part in channel.download(file.platform_id)]) == b"\xff\xd8\xff-picture"


async def test_photos_chosen_together_are_all_taken(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.polling()
    zalo.person().send_photos(4, "bốn ảnh")
    got = [incoming.content for incoming in await rig.receiver.wait(4)]
    assert all(isinstance(content, Files) for content in got)
    assert [content.caption for content in got if isinstance(content, Files)] == ["bốn ảnh", "", "", ""]


async def test_voice_stickers_and_what_is_not_handed_on(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.polling()
    an = zalo.person()
    an.send_voice()
    an.send_sticker()
    an.send_unsupported()
    voice, sticker, unsupported = [incoming.content for incoming in await rig.receiver.wait(3)]
    assert isinstance(voice, Files)
    assert voice.files[0].kind is FileKind.VOICE
    assert sticker == Unusable(what="sticker")
    assert unsupported == Unusable(what="unsupported")


async def test_groups_are_left_alone(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.polling()
    group = zalo.group()
    group.say(zalo.person("An"), "giúp tôi")
    zalo.person("An").say("riêng")
    got = await rig.receiver.wait(1)
    assert [incoming.content for incoming in got] == [Text(text="riêng")]
    assert group.said_by_bot() == []
    assert channel.reader.from_groups >= 1


def test_ids_as_numbers_are_read() -> None:
    big = 2_468_135_790_246_813_579
    got = read(
        update(message_id=17, chat={"id": big}, **{"from": {"id": big}}, text="x", date="1795312800000")
    )
    assert (got.update_id, got.chat, got.person) == ("17", str(big), str(big))
    assert got.at == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_unknown_events_are_taken_by_what_they_hold_and_counted() -> None:
    by = reader()
    assert read(update("message.edited.received", text="mới"), by).content == Text(text="mới")
    assert read(update("message.location.received", location={"lat": 1}), by).content == Unusable(
        what="unknown"
    )
    assert by.unknown == 2


def test_missing_fields_are_made_up_for() -> None:
    bare = {"event_name": "message.text.received", "message": {"from": {"id": "p"}, "text": "có chữ"}}
    got = read(bare)
    assert (got.chat, got.person, got.content, got.at) == ("p", "p", Text(text="có chữ"), NOW)
    assert got.update_id == read(json.loads(json.dumps(bare))).update_id
    assert got.update_id != read({**bare, "event_name": "x"}).update_id
    assert (
        read(update(text=None, photo={"url": "https://cdn.vn/a.jpg"})).content
        == read(update(photo_url="https://cdn.vn/a.jpg")).content
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"text": ""},
        {"text": 5},
        {"text": ["a"]},
        {"photo_url": "ftp://x"},
        {"photo_url": 7},
        {"photo": []},
        {"photo_url": "https://cdn.vn/" + "x" * 5000},
        {"sticker": None},
        {},
    ],
)
def test_messages_that_hold_nothing_usable_are_answered(fields: dict[str, Any]) -> None:
    assert read(update(**fields)).content == Unusable(what="unknown")


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        "x",
        [],
        {},
        {"message": []},
        {"message": {"chat": "x", "from": 3}},
        {"event_name": 5, "message": {"chat": {"id": True}}},
        {"event_name": [], "message": {"chat": {"id": "x" * 500}}},
        {"message": {"chat": {"id": "\ud800"}}},
    ],
)
def test_updates_that_name_no_chat_are_counted(data: Any) -> None:
    by = reader()
    assert by.read(data) is None
    assert by.unreadable == 1
    assert by.key(data).startswith("x-")


@pytest.mark.parametrize("date", [None, "soon", -1, 10**30, 0, 4_000_000_000_000, True])
def test_dates_that_cannot_be_are_now(date: object) -> None:
    assert read(update(text="x", date=date)).at == NOW


def test_other_bots_are_not_answered() -> None:
    assert reader().read(update(text="x", **{"from": {"id": "b", "is_bot": True}})) is None


def test_halves_of_characters_can_be_stored() -> None:
    content = read(update(text="a\ud83d b")).content
    assert isinstance(content, Text)
    assert content.text.encode()
    assert len(read(update(text="x", message_id="m" * 1_000_000)).update_id) < 64


async def test_a_text_of_a_million_characters(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.polling()
    zalo.person().say("Ấ" * 1_000_000)
    (got,) = await rig.receiver.wait(1)
    assert isinstance(got.content, Text)
    assert len(got.content.text) == 1_000_000


async def test_nonsense_stops_nothing(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.polling()
    for nonsense in (5, "x", {"message": {}}, {"event_name": "message.new", "message": None}):
        zalo.push_raw(nonsense)
    zalo.person().say("vẫn nhận")
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="vẫn nhận")
    assert channel.reader.unreadable == 4
    assert rig.counted == {"unreadable_event": 4}


@pytest.mark.parametrize("name", [[], {}, 7, None, True])
async def test_a_name_that_is_none_does_not_hold_up_the_queue(
    rig: Rig, zalo: ZaloBotEmulator, name: object
) -> None:
    await rig.polling()
    zalo.push_raw({**update(text="một"), "event_name": name})
    zalo.person().say("hai")
    got = await rig.receiver.wait(2)
    assert [one.content for one in got] == [Text(text="một"), Text(text="hai")]
    assert rig.counted == {"unknown_event": 1}
