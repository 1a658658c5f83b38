"""Every event of the reference (2.4) and many shapes that should not exist."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.parser import Echo, EventReader, Left, OfficeWrote, Reading, Receipt
from bot.channels.zalo_oa.reading import json_object
from handlers.messages import (
    Arrived,
    Choice,
    Command,
    Contact,
    Content,
    FileKind,
    Files,
    Incoming,
    IncomingFile,
    Location,
    Text,
    Unusable,
    Withdrawn,
)

OA, USER = "388613280878808645", "246845883529197922"
AT = datetime.fromtimestamp(1763769600, UTC)
STAMP = "1763769600000"
CDN = "https://cdn.example.vn/f/1"


def reader(now: datetime = AT + timedelta(seconds=2)) -> EventReader:
    return EventReader(OA, now=lambda: now)


def event(name: str, **more: Any) -> dict[str, Any]:
    return {
        "app_id": "1", "sender": {"id": USER}, "recipient": {"id": OA}, "event_name": name,
        "timestamp": STAMP, **more,
    }  # fmt: skip


def said(name: str, **message: Any) -> dict[str, Any]:
    return event(name, message={"msg_id": "m1", **message})


def attached(kind: str, payload: Any, **message: Any) -> dict[str, Any]:
    return said(f"user_send_{kind}", attachments=[{"type": kind, "payload": payload}], **message)


def only(reading: Reading) -> Incoming:
    [incoming] = reading.incomings
    return incoming


def content(given: dict[str, Any]) -> Content:
    return only(reader().read(given)).content


def test_a_text_is_taken_whole_with_all_that_is_known_of_it() -> None:
    reading = reader().read(said("user_send_text", text="Cho tôi hỏi", quote_msg_id="m0"))
    assert reading.oddities == ()
    assert only(reading) == Incoming(
        channel="zalo_oa", account=OA, update_id="msg:m1", chat=USER, person=USER,
        content=Text(text="Cho tôi hỏi"), at=AT, message_ref="m1", reply_to="m0",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#b:c.1.yes", Choice(token="c.1.yes")),
        (" #b:c.1.yes ", Choice(token="c.1.yes")),
        ("#b:", Text(text="#b:")),
        ("#b:đ", Text(text="#b:đ")),
        ("#b:" + "x" * 65, Text(text="#b:" + "x" * 65)),
        ("#tracuu TD-1", Command(name="status", argument="TD-1")),
        ("/start", Command(name="start")),
        ("#hồ sơ của tôi", Command(name="mine")),
        ("", Text(text="")),
        ("đ" * 1_000_000, Text(text="đ" * 1_000_000)),
    ],
)
def test_what_typed_words_are(text: str, expected: Content) -> None:
    assert content(said("user_send_text", text=text)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            attached("image", {"thumbnail": CDN, "url": f"{CDN}.jpg"}, text="Đống rác"),
            Files(
                files=(
                    IncomingFile(
                        kind=FileKind.PHOTO, platform_id=f"{CDN}.jpg", unique_id="m1:0", mime="image/jpeg"
                    ),
                ),
                caption="Đống rác",
            ),
        ),
        (
            attached("gif", {"url": f"{CDN}"}),
            Files(
                files=(
                    IncomingFile(kind=FileKind.PHOTO, platform_id=CDN, unique_id="m1:0", mime="image/gif"),
                )
            ),
        ),
        (
            attached("file", {"url": CDN, "size": "185621", "name": "don.pdf", "checksum": "0", "type": "pdf"}),
            Files(
                files=(
                    IncomingFile(
                        kind=FileKind.DOCUMENT, platform_id=CDN, unique_id="m1:0", name="don.pdf",
                        mime="application/pdf", size=185621,
                    ),
                )
            ),
        ),
        (
            attached("file", {"url": CDN, "size": 7, "name": "đơn", "type": "docx"}),
            Files(
                files=(
                    IncomingFile(
                        kind=FileKind.DOCUMENT, platform_id=CDN, unique_id="m1:0", name="đơn.docx",
                        mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document", size=7,
                    ),
                )
            ),
        ),
        (
            attached("video", {"url": f"{CDN}.mp4", "thumbnail": CDN, "description": "Nước ngập"}),
            Files(
                files=(
                    IncomingFile(
                        kind=FileKind.VIDEO, platform_id=f"{CDN}.mp4", unique_id="m1:0", mime="video/mp4"
                    ),
                ),
                caption="Nước ngập",
            ),
        ),
        (attached("sticker", {"id": "46956", "url": CDN}), Unusable(what="sticker")),
        (
            attached("location", {"coordinates": {"latitude": "10.7642473", "longitude": "106.6564282"}}),
            Location(latitude=10.7642473, longitude=106.6564282),
        ),
        (
            attached("location", {"coordinates": {"latitude": 10.5, "longitude": -106}}),
            Location(latitude=10.5, longitude=-106.0),
        ),
        (
            attached("link", {"description": "Bài báo", "url": "https://a.vn/1"}, text="Xem đây"),
            Text(text="Xem đây\nBài báo\nhttps://a.vn/1"),
        ),
        (
            attached("link", {"url": "https://a.vn/1"}, text="https://a.vn/1"),
            Text(text="https://a.vn/1"),
        ),
    ],
)  # fmt: skip
def test_attachments(given: dict[str, Any], expected: Content) -> None:
    assert content(given) == expected


def test_a_voice_message_is_a_voice() -> None:
    found = content(attached("audio", {"url": f"{CDN}.amr"}))
    assert isinstance(found, Files)
    assert found.files[0].kind is FileKind.VOICE


def test_a_business_card_is_somebodys_number() -> None:
    card = json.dumps({"phone": "0901234567", "qrCodeUrl": CDN})
    given = said(
        "user_send_business_card", text="",
        attachments=[{"type": "link", "payload": {"thumbnail": CDN, "description": card, "url": CDN}}],
    )  # fmt: skip
    assert content(given) == Contact(phone="0901234567", own=False)
    given["message"]["attachments"][0]["payload"]["description"] = "không phải JSON"
    reading = reader().read(given)
    assert only(reading).content == Unusable(what="contact")
    assert reading.oddities == ("unreadable_attachment",)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        (
            {
                "name": "Nguyễn Văn A", "phone": "84901234567",
                "full_address": {"user_city": "Hà Nội", "user_ward": "Phúc Xá", "user_address": "Số 1"},
            },
            Contact(phone="0901234567", name="Nguyễn Văn A", own=True, address="Số 1, Phúc Xá, Hà Nội"),
        ),
        (
            {"name": "B", "phone": 84901234567, "address": "Số 2", "ward": "", "district": "Q1", "city": "HCM"},
            Contact(phone="0901234567", name="B", own=True, address="Số 2, Q1, HCM"),
        ),
        ({"name": "B", "phone": 901234567}, Contact(phone="0901234567", name="B", own=True)),
        ({"name": "B", "phone": "12"}, Contact(phone="12", name="B", own=True)),
        ({}, Unusable(what="contact")),
    ],
)  # fmt: skip
def test_shared_information_is_the_persons_own(info: dict[str, Any], expected: Content) -> None:
    raw = json.dumps(event("user_submit_info", info=info))
    read = json_object(raw)
    assert read is not None
    incoming = only(reader().read(read))
    assert incoming.content == expected
    assert incoming.update_id == f"user_submit_info:{USER}:{STAMP}"


def test_nothing_beside_an_attachment_is_lost() -> None:
    place = {"coordinates": {"latitude": "10", "longitude": "106"}}
    reading = reader().read(attached("location", place, text="ngay cổng chợ"))
    assert [one.content for one in reading.incomings] == [
        Location(latitude=10, longitude=106),
        Text(text="ngay cổng chợ"),
    ]
    assert [one.update_id for one in reading.incomings] == ["msg:m1", "msg:m1:1"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"oa_id": OA, "follower": {"id": USER}, "event_name": "follow", "timestamp": STAMP},
            Arrived(),
        ),
        (
            {"oa_id": OA, "user_id": USER, "event_name": "user_click_chatnow", "timestamp": STAMP},
            Arrived(),
        ),
        ({"oa_id": OA, "user_id": USER, "event_name": "user_withdraw", "timestamp": STAMP}, Withdrawn()),
        (event("user_withdraw"), Withdrawn()),
    ],
)
def test_deeds_without_a_message(given: dict[str, Any], expected: Content) -> None:
    incoming = only(reader().read(given))
    assert (incoming.content, incoming.chat, incoming.at) == (expected, USER, AT)
    assert incoming.update_id == f"{given['event_name']}:{USER}:{STAMP}"


def test_whoever_never_followed_can_be_answered() -> None:
    given = event("anonymous_send_text", message={"msg_id": "m1", "text": "chào", "conversation_id": "77"})
    given["sender"] = {"id": "ab12"}
    assert only(reader().read(given)).chat == "anon:ab12:77"
    back = {
        "sender": {"id": OA}, "recipient": {"id": "ab12"}, "event_name": "oa_send_anonymous_text",
        "message": {"msg_id": "m2", "text": "vâng", "conversation_id": "77"}, "timestamp": STAMP,
    }  # fmt: skip
    assert reader().read(back).effects == (Echo(chat="anon:ab12:77", message_id="m2", text="vâng"),)
    del given["message"]["conversation_id"]
    assert reader().read(given) == Reading(oddities=("anonymous_without_conversation",))


def of_oa(name: str, admin: str = "", **message: Any) -> dict[str, Any]:
    sender = {"id": OA, "admin_id": admin} if admin else {"id": OA}
    return {
        "sender": sender, "recipient": {"id": USER}, "event_name": name, "message": message,
        "timestamp": STAMP,
    }  # fmt: skip


def test_what_the_account_says_and_what_becomes_of_it() -> None:
    read = reader().read
    assert read(of_oa("oa_send_text", msg_id="m2", text="Chào")).effects == (
        Echo(chat=USER, message_id="m2", text="Chào"),
    )
    assert read(of_oa("oa_send_image", "5550", msg_id="m2")).effects == (OfficeWrote(chat=USER, at=AT),)
    assert read(of_oa("user_received_message", msg_id="m2")).effects == (
        Receipt(chat=USER, message_ids=("m2",)),
    )
    assert read(of_oa("user_seen_message", msg_ids=["m2", "m3", 4])).effects == (
        Receipt(chat=USER, message_ids=("m2", "m3")),
    )
    left = {"oa_id": OA, "follower": {"id": USER}, "event_name": "unfollow", "timestamp": STAMP}
    assert read(left).effects == (Left(chat=USER),)


def test_the_report_of_a_template_names_a_number_and_no_chat() -> None:
    given = of_oa("user_received_message", msg_id="t1", tracking_id="9", delivery_time=STAMP)
    given["recipient"] = {"id": "84901234567"}
    assert reader().read(given, template=True).effects == (Receipt(chat="", message_ids=("t1",)),)


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (event("user_reacted_message", message={"msg_id": "m"}), "ignored_event"),
        (event("add_user_to_tag", tag={"name": "x"}), "ignored_event"),
        (event("user_send_group_text", message={"msg_id": "m", "text": "x"}), "group_event"),
        (event("create_group"), "group_event"),
        (event("never_heard_of"), "unknown_event"),
        ({}, "unknown_event"),
        (event("user_send_text", sender={}), "unreadable_event"),
        (event("user_send_text", sender={"id": "a b"}), "unreadable_event"),
        (event("user_send_text", sender=[1]), "unreadable_event"),
        (of_oa("user_received_message"), "unreadable_event"),
        ({"event_name": "follow", "oa_id": OA, "timestamp": STAMP}, "unreadable_event"),
    ],
)
def test_what_is_of_no_use_is_counted(given: dict[str, Any], counted: str) -> None:
    reading = reader().read(given)
    assert counted in reading.oddities
    assert (reading.incomings, reading.effects) == ((), ())


@pytest.mark.parametrize(
    "given",
    [
        event("user_send_text", recipient={"id": "1"}, message={"msg_id": "m", "text": "x"}),
        {"oa_id": "1", "follower": {"id": USER}, "event_name": "follow", "timestamp": STAMP},
        {**of_oa("oa_send_text", msg_id="m"), "sender": {"id": "1", "admin_id": "2"}},
        {**of_oa("user_received_message", msg_id="m"), "sender": {"id": "1"}},
    ],
)
def test_another_account_is_none_of_ours(given: dict[str, Any]) -> None:
    assert reader().read(given) == Reading(oddities=("foreign_account",))


def test_stale_and_early_events() -> None:
    given = said("user_send_text", text="x")
    assert reader(AT + timedelta(hours=24)).read(given).incomings
    assert reader(AT + timedelta(hours=24, seconds=1)).read(given) == Reading(oddities=("stale_event",))
    early = reader(AT - timedelta(hours=3)).read(given)
    assert early.oddities == ("future_event",)
    assert only(early).at == AT - timedelta(hours=3), "a slow clock of ours must not cost a petition"


def test_ids_and_times_as_numbers_are_exact() -> None:
    raw = json.dumps(said("user_send_text", text=12)).replace(f'"{USER}"', USER).replace(f'"{STAMP}"', STAMP)
    read = json_object(raw.replace('"m1"', "9007199254740993123"))
    assert read is not None
    incoming = only(reader().read(read))
    assert (incoming.chat, incoming.at, incoming.update_id) == (USER, AT, "msg:9007199254740993123")
    assert incoming.content == Text(text="12")


def test_a_message_without_its_id_is_told_apart_by_person_and_time() -> None:
    given = event("user_send_text", message={"text": "x"})
    reading = reader().read(given)
    assert only(reading).update_id == f"user_send_text:{USER}:{STAMP}"
    assert reading.oddities == ("no_message_id",)
    del given["timestamp"]
    assert reader().read(given).oddities == ("no_timestamp", "no_message_id")


def test_an_endless_id_is_shortened_and_stays_the_same() -> None:
    first, second = (
        only(reader().read(event("user_send_text", message={"msg_id": "m" * 100_000, "text": text})))
        for text in ("a", "b")
    )
    assert first.update_id == second.update_id
    assert len(first.update_id) < 100


@pytest.mark.parametrize(
    "payload", [{}, None, [], {"url": 5}, {"url": "ftp://a/b"}, {"url": "https://a b"}, {"url": "x" * 9000}]
)
@pytest.mark.parametrize("kind", ["image", "file", "audio", "video", "location", "link", "hologram"])
def test_broken_attachments_are_answered_all_the_same(kind: str, payload: Any) -> None:
    [found] = reader().read(attached(kind, payload)).incomings
    assert isinstance(found.content, Unusable | Text)


def test_an_unknown_kind_of_message_is_answered_and_counted() -> None:
    reading = reader().read(said("user_send_hologram"))
    assert only(reading).content == Unusable(what="unknown")
    assert reading.oddities == ("empty_message", "unknown_event")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.just(OA) | st.just(USER),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "msg_id", "text", "attachments", "type", "payload", "url", "coordinates", "phone"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(
        [
            "user_send_text", "user_send_image", "user_send_business_card", "anonymous_send_text", "follow",
            "user_submit_info", "user_seen_message", "oa_send_text", "user_withdraw", "",
        ]
    ),
    st.sampled_from(["sender", "recipient", "message", "info", "timestamp", "follower", "oa_id"]),
)  # fmt: skip
def test_nothing_raises(value: Any, name: str, field: str) -> None:
    given_event = said(name, text="x") | {field: value}
    reading = reader().read(given_event)
    assert isinstance(reading, Reading)
