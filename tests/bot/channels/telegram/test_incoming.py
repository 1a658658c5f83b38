"""Every kind of update, over HTTP from the emulated phone to `Incoming`."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.messages import (
    Choice,
    Command,
    Contact,
    Edit,
    FileKind,
    Files,
    Location,
    Membership,
    MembershipChange,
    Migrated,
    Text,
    Unusable,
)
from tests.bot.channels.telegram.rig import Rig
from tests.emulators.telegram import TelegramEmulator


async def test_text_carries_who_where_when_and_language(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person(42, "An", "en-GB")
    said = an.say("Đường hỏng 😀\nđã ba tháng")
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="Đường hỏng 😀\nđã ba tháng")
    assert (got.channel, got.account, got.chat, got.person) == ("telegram", "7000000001", "42", "42")
    assert (got.update_id, got.message_ref, got.language) == ("100000", str(said.id), "en-GB")
    assert got.at.utcoffset() is not None
    assert int(got.at.timestamp()) == said.stored.api["date"]
    assert not got.is_group
    assert not got.forwarded


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/start", Command(name="start")),
        ("/Start abc-DEF_1", Command(name="start", argument="abc-DEF_1")),
        ("/status  ABCD-EFGH ", Command(name="status", argument="ABCD-EFGH")),
        ("/help@tiepdan_test_bot", Command(name="help")),
        ("/help@other_bot x", Text(text="/help@other_bot x")),
        ("/", Text(text="/")),
        ("/etc/passwd", Text(text="/etc/passwd")),
        ("xem /help", Text(text="xem /help")),
        ("/note dòng 1\ndòng 2", Command(name="note", argument="dòng 1\ndòng 2")),
    ],
)
async def test_commands_in_private(
    rig: Rig, telegram: TelegramEmulator, typed: str, expected: object
) -> None:
    await rig.polling()
    telegram.person().say(typed)
    (got,) = await rig.receiver.wait(1)
    assert got.content == expected


async def test_deep_link_arrives_as_start_with_its_parameter(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    telegram.person(started=False).start("inv_9f8e")
    (got,) = await rig.receiver.wait(1)
    assert got.content == Command(name="start", argument="inv_9f8e")


async def test_commands_for_other_bots_in_groups_are_not_ours(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    officer = telegram.person()
    group = telegram.group(members=(officer,), bot_admin=True)
    officer.say("/inbox@other_bot", chat=group)
    officer.say("/inbox@TiepDan_test_bot", chat=group)
    (got,) = await rig.receiver.wait(1)
    assert got.content == Command(name="inbox")
    assert got.is_group
    assert got.chat == str(group.id)


async def test_photo_is_taken_in_its_largest_size_with_caption(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.polling()
    shown = telegram.person().send_photo("ổ gà trước chợ")
    (got,) = await rig.receiver.wait(1)
    assert isinstance(got.content, Files)
    (file,) = got.content.files
    assert got.content.caption == "ổ gà trước chợ"
    assert file.kind is FileKind.PHOTO
    assert shown.file is not None
    assert file.platform_id == shown.file.file_id
    assert file.size == len(shown.file.data)
    assert b"".join([chunk async for chunk in channel.download(file.platform_id)]) == shown.file.data


async def test_album_is_several_updates_with_one_album_id(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    telegram.person().send_album(4, "bốn ảnh")
    got = await rig.receiver.wait(4)
    contents = [incoming.content for incoming in got]
    assert all(isinstance(content, Files) and len(content.files) == 1 for content in contents)
    albums = {content.album for content in contents if isinstance(content, Files)}
    assert len(albums) == 1
    assert albums != {""}
    assert [content.caption for content in contents if isinstance(content, Files)] == ["bốn ảnh", "", "", ""]
    assert len({incoming.update_id for incoming in got}) == 4


@pytest.mark.parametrize(
    ("action", "kind", "seconds"),
    [
        ("send_document", FileKind.DOCUMENT, None),
        ("send_voice", FileKind.VOICE, 7),
        ("send_video", FileKind.VIDEO, 12),
        ("send_video_note", FileKind.VIDEO, 9),
        ("send_audio", FileKind.AUDIO, 30),
    ],
)
async def test_files(
    rig: Rig, telegram: TelegramEmulator, action: str, kind: FileKind, seconds: int | None
) -> None:
    channel = await rig.polling()
    shown = getattr(telegram.person(), action)()
    (got,) = await rig.receiver.wait(1)
    assert isinstance(got.content, Files)
    (file,) = got.content.files
    assert (file.kind, file.seconds) == (kind, seconds)
    assert b"".join([chunk async for chunk in channel.download(file.platform_id)]) == shown.file.data
    if kind is FileKind.DOCUMENT:
        assert (file.name, file.mime, got.content.album) == ("don.pdf", "application/pdf", "")


async def test_places_and_cards(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person(first_name="An")
    an.send_location(20.54, 105.91)
    an.send_venue(20.5, 105.9, "UBND xã", "Thôn 3")
    an.send_contact("84951223455", first_name="An")
    an.send_contact("0912000111", own=False, first_name="Bà Tư")
    got = [incoming.content for incoming in await rig.receiver.wait(4)]
    assert got == [
        Location(latitude=20.54, longitude=105.91),
        Location(latitude=20.5, longitude=105.9),
        Contact(phone="84951223455", name="An", own=True),
        Contact(phone="0912000111", name="Bà Tư", own=False),
    ]


async def test_edits_of_words_and_captions(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person()
    words = an.say("ngày 10/5")
    photo = an.send_photo("cầu gãy")
    await rig.receiver.wait(2)
    an.edit(words, "ngày 11/5")
    an.edit(photo, "cầu gãy ở thôn 2")
    got = await rig.receiver.wait(4)
    assert [(g.content, g.message_ref) for g in got[2:]] == [
        (Edit(text="ngày 11/5"), str(words.id)),
        (Edit(text="cầu gãy ở thôn 2"), str(photo.id)),
    ]


async def test_kinds_that_cannot_be_used_are_named(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person()
    an.send_sticker("😡")
    an.send_poll()
    an.send_dice()
    an.send_animation()
    an.send({"hologram": {"depth": 3}})
    got = [incoming.content for incoming in await rig.receiver.wait(5)]
    assert got == [
        Unusable(what="sticker", emoji="😡"),
        Unusable(what="poll"),
        Unusable(what="dice"),
        Unusable(what="animation"),
        Unusable(what="unknown"),
    ]


async def test_service_notes_are_nobodys_words(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person()
    an.send({"pinned_message": {"message_id": 1, "date": 0, "chat": an.chat.api()}})
    an.send({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}})
    an.say("sau đó")
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="sau đó")


async def test_forward_and_reply(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person()
    first = an.say("một")
    an.forward("tin của người khác")
    an.say("trả lời", reply_to=first)
    got = await rig.receiver.wait(3)
    assert got[1].forwarded
    assert got[2].reply_to == str(first.id)
    assert not got[2].forwarded


async def test_press_of_a_button(rig: Rig, telegram: TelegramEmulator) -> None:
    from handlers.messages import Button, Outgoing

    channel = await rig.polling()
    an = telegram.person(77)
    receipt = await channel.send(
        "77", Outgoing(text="Chọn", rows=((Button(label="Có", token="y:1"),),)), None
    )
    press = an.press("Có")
    (got,) = await rig.receiver.wait(1)
    assert isinstance(got.content, Choice)
    assert (got.content.token, got.content.message_ref) == ("y:1", receipt.message_ref)
    assert (got.chat, got.person, got.is_group) == ("77", "77", False)
    await channel.acknowledge(got.content.callback_id, "Đã nhận " + "x" * 300)
    assert len((await press.wait_answer())["text"]) == 200  # type: ignore[union-attr]


async def test_blocked_and_unblocked(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person()
    an.block()
    an.unblock()
    got = await rig.receiver.wait(2)
    assert [g.content for g in got] == [
        Membership(change=MembershipChange.BLOCKED),
        Membership(change=MembershipChange.UNBLOCKED),
    ]
    assert got[0].person == got[0].chat == str(an.id)


async def test_group_membership_of_the_bot(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    boss = telegram.person()
    group = telegram.group("Tổ 1", admins=(boss,), with_bot=False)
    group.add_bot(boss)
    group.promote_bot(boss)
    group.kick_bot(boss)
    got = await rig.receiver.wait(2)
    assert [g.content for g in got] == [
        Membership(change=MembershipChange.ADDED, title="Tổ 1"),
        Membership(change=MembershipChange.REMOVED, title="Tổ 1"),
    ]
    assert all(g.is_group and g.person == str(boss.id) for g in got)


async def test_group_that_became_a_supergroup(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    group = telegram.group(supergroup=False)
    old = group.id
    new = group.migrate()
    (got,) = await rig.receiver.wait(1)
    assert (got.chat, got.content) == (str(old), Migrated(new_chat=str(new)))


async def test_anonymous_administrator_is_nobody_but_the_press_tells_who(
    rig: Rig, telegram: TelegramEmulator
) -> None:
    await rig.polling()
    boss = telegram.person()
    group = telegram.group(admins=(boss,))
    boss.say("/inbox", chat=group, anonymous=True)
    boss.press_data("take:1", chat=group)
    got = await rig.receiver.wait(2)
    assert {type(g.content): g.person for g in got} == {Command: "", Choice: str(boss.id)}
    assert all(g.is_group for g in got)


async def test_what_other_bots_and_channels_say_is_left_alone(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    bot = {"id": 5, "is_bot": True, "first_name": "B"}
    chat = {"id": -1009, "type": "supergroup", "title": "T"}
    telegram.push_update("message", {"message_id": 1, "date": 1, "chat": chat, "from": bot, "text": "spam"})
    telegram.person().say("người")
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="người")


UNKNOWN_UPDATES: list[tuple[str, Any]] = [
    ("teleportation", {"from": {"id": 1}, "target": [1, 2]}),
    ("message", {"message_id": "x"}),
    ("message", []),
    ("message", {"message_id": 1, "date": 10**30, "chat": {"id": 1, "type": "group", "title": "T"}}),
    ("callback_query", {"id": "1"}),
    ("my_chat_member", {"chat": {"id": 1, "type": "private"}}),
]


@pytest.mark.parametrize(("kind", "payload"), UNKNOWN_UPDATES)
async def test_strange_updates_stop_nothing(
    rig: Rig, telegram: TelegramEmulator, kind: str, payload: Any
) -> None:
    await rig.polling()
    telegram.push_update(kind, payload)
    telegram.person().say("vẫn chạy", new_field={"a": [1]})
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="vẫn chạy")


async def test_private_message_of_a_broken_shape_is_answered_as_unusable(
    rig: Rig, telegram: TelegramEmulator
) -> None:
    await rig.polling()
    an = telegram.person(99)
    an.send({"photo": [{"file_id": 1}]})
    (got,) = await rig.receiver.wait(1)
    assert (got.chat, got.content) == ("99", Unusable(what="unknown"))
