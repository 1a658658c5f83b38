"""Messages to people on Zalo: what arrives, and what becomes of it when something goes wrong on the way."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image

from bot.channels.base import (
    Again,
    Attachment,
    Closed,
    Never,
    Refusal,
    SendFault,
    SendReceipt,
    Stop,
    Uncertain,
)
from bot.channels.zalo_oa.uploads import MAX_FILE, MAX_IMAGE
from handlers.messages import Button, Outgoing, Wish
from tests.bot.channels.zalo_oa.rig_out import Rig, rigged
from tests.emulators.telegram.samples import mp4, pdf
from tests.emulators.zalo_oa import ZaloOaEmulator, ZaloUser

DAY = 24 * 3600
QUESTION = Outgoing(
    title="Tôi hiểu như sau",
    text="Phản ánh về tiếng ồn. Đúng không ạ?",
    rows=((Button(label="Đúng rồi", token="c.1.yes"),), (Button(label="Sửa lại", token="c.1.no"),)),
)
LONG = Outgoing(text="\n\n".join(f"Đoạn {number}. " + "Một câu nữa. " * 60 for number in range(1, 7)))
PDF = Attachment(name="Giấy tiếp nhận.pdf", mime="application/pdf", data=pdf())


def citizen(zalo: ZaloOaEmulator, **more: object) -> ZaloUser:
    person = zalo.person(**more)  # type: ignore[arg-type]
    person.say("chào")
    return person


async def send(
    out: Rig, person: ZaloUser, message: Outgoing, attachment: Attachment | None = None
) -> SendReceipt:
    return await out.sender.send(person.id, message, attachment)


def passes(zalo: ZaloOaEmulator, seconds: float) -> None:
    zalo.clock.source.advance(seconds)


# --- words and buttons


async def test_a_question_arrives_whole_and_its_button_comes_back(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    receipt = await send(out, an, QUESTION)
    assert receipt == SendReceipt(message_ref=an.last.id)
    assert an.last.text == (
        "Tôi hiểu như sau\nPhản ánh về tiếng ồn. Đúng không ạ?\n\n1. Đúng rồi\n2. Sửa lại"
    )
    assert an.last.labels == ["Đúng rồi", "Sửa lại"]
    assert an.press("Đúng rồi").payload == "#b:c.1.yes"


@pytest.mark.parametrize("code", [-201, -233])
async def test_where_buttons_are_refused_the_text_goes_at_once_and_they_are_never_tried_again(
    zalo: ZaloOaEmulator, out: Rig, code: int
) -> None:
    zalo.settings.buttons, zalo.settings.unsupported = "reject", code
    an = citizen(zalo)
    await send(out, an, QUESTION)
    assert "1. Đúng rồi" in an.last.text
    assert an.last.labels == []
    assert out.counted == {"buttons_refused": 1}
    await send(out, an, replace(QUESTION, text="Lần nữa."))
    assert len(out.sends) == 3
    assert len(an.said_by_bot()) == 2


async def test_without_buttons_by_the_settings(zalo: ZaloOaEmulator) -> None:
    async with rigged(zalo, buttons=False) as out:
        an = citizen(zalo)
        link = Button(label="Xem", url="https://tiepdan.example.vn/status")
        await send(out, an, replace(QUESTION, rows=(*QUESTION.rows, (link,))))
    assert an.last.labels == []
    assert an.last.text.endswith("2. Sửa lại\nXem: https://tiepdan.example.vn/status")


async def test_a_quote_that_cannot_be_is_left_out_and_buttons_stay(zalo: ZaloOaEmulator, out: Rig) -> None:
    an, binh = citizen(zalo), citizen(zalo)
    mine, other = an.say("câu hỏi"), binh.say("câu khác")
    await send(out, an, replace(QUESTION, reply_to=mine.id))
    assert an.last.quote == mine.id
    await send(out, an, replace(QUESTION, reply_to=other.id))
    assert an.last.quote == ""
    assert an.last.labels == ["Đúng rồi", "Sửa lại"]
    assert out.counted == {"form_refused": 1}


async def test_a_long_text_comes_in_pieces_in_order(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    receipt = await send(out, an, replace(LONG, rows=QUESTION.rows))
    said = an.said_by_bot()
    assert len(said) > 2
    assert said[0].text.startswith("Đoạn 1.")
    assert said[-1].text.endswith("1. Đúng rồi\n2. Sửa lại")
    assert [bool(shown.labels) for shown in said] == [False] * (len(said) - 1) + [True]
    assert receipt.message_ref == said[-1].id


async def test_an_anonymous_person_is_answered_in_the_conversation(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo, anonymous=True)
    chat = f"anon:{an.id}:{an.account.conversation_id}"
    await out.sender.send(chat, QUESTION, None)
    assert an.last.labels == ["Đúng rồi", "Sửa lại"]


async def test_nothing_to_say_is_refused_without_a_request(zalo: ZaloOaEmulator, out: Rig) -> None:
    with pytest.raises(Never):
        await send(out, citizen(zalo), Outgoing(text="  "))
    assert out.sends == []


# --- asking for the number


async def test_the_contact_card_follows_the_question(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    wanted = Outgoing(text="Số điện thoại của Ông/Bà?", wishes=(Wish.CONTACT,), language="vi")
    receipt = await send(out, an, wanted)
    question, card = an.said_by_bot()
    assert receipt.message_ref == question.id
    assert card.kind == "request_user_info"
    assert card.attachments[0].title == "Chia sẻ thông tin liên hệ"
    await send(out, an, replace(wanted, language="en"))
    assert an.last.attachments[0].title == "Share how to reach you"


@pytest.mark.parametrize("kind", ["error", "bad_gateway", "reset_before", "lost_after"])
async def test_a_card_that_does_not_arrive_harms_nothing(zalo: ZaloOaEmulator, out: Rig, kind: str) -> None:
    an = citizen(zalo)
    zalo.fault(kind, "message/cs", skip=1, code=-233)
    await send(out, an, Outgoing(text="Số điện thoại?", wishes=(Wish.CONTACT,)))
    assert an.said_by_bot()[0].text == "Số điện thoại?"
    await send(out, an, Outgoing(text="Số điện thoại ạ?", wishes=(Wish.CONTACT,)))
    assert [shown.text for shown in an.said_by_bot()].count("Số điện thoại ạ?") == 1


# --- refusals


@pytest.mark.parametrize(
    ("state", "fault", "refusal"),
    [
        ({"blocked": True}, Never, Refusal.BLOCKED),
        ({"inactive": True}, Never, Refusal.BLOCKED),
        ({"follower": False, "last_interaction": None}, Never, Refusal.BLOCKED),
        ({"last_interaction": None}, Closed, None),
    ],
)
async def test_what_the_person_is(
    zalo: ZaloOaEmulator, out: Rig, state: dict[str, object], fault: type[SendFault], refusal: object
) -> None:
    an = citizen(zalo)
    for name, value in state.items():
        setattr(an.account, name, value)
    with pytest.raises(fault) as caught:
        await send(out, an, QUESTION)
    assert getattr(caught.value, "refusal", None) is refusal
    assert an.id not in caught.value.reason


async def test_after_seven_days_the_chat_is_closed_until_the_person_writes(
    zalo: ZaloOaEmulator, out: Rig
) -> None:
    an = citizen(zalo)
    passes(zalo, 7 * DAY - 60)
    await send(out, an, QUESTION)
    passes(zalo, 120)
    with pytest.raises(Closed) as caught:
        await send(out, an, QUESTION)
    assert "-230" in caught.value.reason
    an.say("tôi đây")
    await send(out, an, QUESTION)
    assert len(an.said_by_bot()) == 2


@pytest.mark.parametrize(
    ("code", "fault"),
    [(-32, Again), (-211, Again), (-218, Again), (-234, Again), (-223, Stop), (-219, Stop), (112, Stop),
     (-210, Never), (-248, Never), (-305, Closed), (-321, Closed), (-200, Again), (-9999, Again)],
)  # fmt: skip
async def test_refusals_of_the_account(
    zalo: ZaloOaEmulator, out: Rig, code: int, fault: type[SendFault]
) -> None:
    an = citizen(zalo)
    zalo.fail("message/cs", code)
    with pytest.raises(fault):
        await send(out, an, QUESTION)
    assert an.said_by_bot() == []


async def test_what_fails_for_no_known_reason_is_given_up_after_a_few_tries(
    zalo: ZaloOaEmulator, out: Rig
) -> None:
    an = citizen(zalo)
    zalo.fail("message/cs", -9999, count=0)
    faults = []
    for _ in range(4):
        with pytest.raises(SendFault) as caught:
            await send(out, an, QUESTION)
        faults.append(type(caught.value))
    assert faults == [Again, Again, Again, Never]
    assert out.counted["unknown_error:-9999"] == 4


@pytest.mark.parametrize(("hour", "minutes"), [(23, 7 * 60), (0, 6 * 60), (5, 60), (6, 24 * 60)])
async def test_until_the_morning(out: Rig, hour: int, minutes: int) -> None:
    out.now = datetime(2026, 11, 23, (hour - 7) % 24, tzinfo=UTC)
    assert out.sender.morning() == minutes * 60 + 300


# --- lost answers


async def test_a_repeat_goes_on_behind_what_was_accepted(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    zalo.fail("message/cs", -200, skip=1)
    with pytest.raises(Again):
        await send(out, an, LONG)
    assert len(an.said_by_bot()) == 1
    await send(out, an, LONG)
    texts = [shown.text for shown in an.said_by_bot()]
    assert len(texts) == len(set(texts)) > 2
    await send(out, an, LONG)  # the same words once more are another message
    assert len(an.said_by_bot()) == 2 * len(texts)


async def test_without_an_echo_a_lost_answer_is_uncertain(zalo: ZaloOaEmulator, out: Rig) -> None:
    out.sender.echo_seconds = 0.05
    an = citizen(zalo)
    zalo.fault("lost_after", "message/cs")
    with pytest.raises(Uncertain):
        await send(out, an, QUESTION)
    await send(out, an, QUESTION)
    assert len(an.said_by_bot()) == 2  # nobody could know


async def test_the_echo_settles_a_lost_answer_at_once(zalo: ZaloOaEmulator) -> None:
    async with rigged(zalo, echoes=True) as out:
        an = citizen(zalo)
        zalo.fault("lost_after", "message/cs")
        receipt = await send(out, an, QUESTION)
        assert receipt.message_ref == an.last.id
        assert len(an.said_by_bot()) == 1
        assert out.counted == {"settled_by_echo": 1}
        await zalo.settled()


async def test_an_echo_that_comes_later_settles_the_next_try(zalo: ZaloOaEmulator, out: Rig) -> None:
    out.sender.echo_seconds = 0.05
    an = citizen(zalo)
    zalo.fault("lost_after", "message/cs")
    with pytest.raises(Uncertain):
        await send(out, an, QUESTION)
    arrived = an.last
    assert out.sender.echoes.echoed(an.id, arrived.id, arrived.text)
    assert not out.sender.echoes.echoed(an.id, arrived.id, arrived.text)
    receipt = await send(out, an, QUESTION)
    assert receipt.message_ref == arrived.id
    assert an.said_by_bot() == [arrived]
    await send(out, an, QUESTION)  # the same words once more are another message
    assert len(an.said_by_bot()) == 2


async def test_an_echo_of_an_accepted_message_settles_nothing_else(zalo: ZaloOaEmulator, out: Rig) -> None:
    out.sender.echo_seconds = 0.05
    an, binh = citizen(zalo), citizen(zalo)
    await send(out, an, QUESTION)
    first = an.last
    zalo.fault("reset_before", "message/cs", count=0)
    with pytest.raises(Uncertain):
        await send(out, an, QUESTION)
    zalo.clear_faults()
    assert not out.sender.echoes.echoed(an.id, first.id, first.text)  # the first message's echo, late
    assert not out.sender.echoes.echoed(binh.id, "m2", first.text)  # another chat
    assert not out.sender.echoes.echoed(an.id, "m3", "")
    await send(out, an, QUESTION)
    assert len(an.said_by_bot()) == 2


async def test_a_message_given_up_swallows_no_later_one(zalo: ZaloOaEmulator, out: Rig) -> None:
    out.sender.echo_seconds = 0.01
    an = citizen(zalo)
    zalo.fault("lost_after", "message/cs", count=3)
    for _ in range(3):
        with pytest.raises(Uncertain):
            await send(out, an, QUESTION)
    lost = an.last
    assert not out.sender.echoes.echoed(an.id, lost.id, lost.text)
    await send(out, an, QUESTION)
    assert len(an.said_by_bot()) == 4


async def test_a_send_cut_off_in_the_middle_is_settled_by_its_echo(zalo: ZaloOaEmulator, out: Rig) -> None:
    """As when the time for a whole send is over."""
    an = citizen(zalo)
    zalo.fault("delay", "message/cs", seconds=5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await send(out, an, QUESTION)
    assert out.sender.echoes.echoed(an.id, an.last.id, an.last.text)
    assert (await send(out, an, QUESTION)).message_ref == an.last.id
    assert len(an.said_by_bot()) == 1


# --- files


def photo(width: int, height: int, kind: str = "JPEG") -> bytes:
    written = io.BytesIO()
    noise = Image.effect_noise((width, height), 90).convert("RGB")
    noise.save(written, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return written.getvalue()


async def test_a_document_goes_as_itself_with_its_words_under_it(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    receipt = await send(out, an, QUESTION, PDF)
    file, words = an.said_by_bot()
    assert (file.kind, file.attachments[0].name, file.attachments[0].data) == ("file", PDF.name, PDF.data)
    assert words.labels == ["Đúng rồi", "Sửa lại"]
    assert receipt.message_ref == words.id
    await send(out, an, QUESTION, PDF)
    assert len(zalo.calls_of("upload/file")) == 1  # the same document is uploaded once


async def test_a_file_without_words(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    assert (await send(out, an, Outgoing(text=""), PDF)).message_ref == an.last.id
    assert an.last.kind == "file"


async def test_pictures_are_made_small_enough(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    small, large = photo(640, 480), photo(3000, 2400)
    assert len(large) > MAX_IMAGE
    await send(out, an, Outgoing(text="Ảnh"), Attachment(name="a.jpg", mime="image/jpeg", data=small))
    assert an.said_by_bot()[-2].attachments[0].data == small
    await send(out, an, Outgoing(text="Ảnh"), Attachment(name="b.webp", mime="image/webp", data=large))
    shown = an.said_by_bot()[-2]
    assert shown.kind == "image"
    scaled = shown.attachments[0].data
    assert len(scaled) <= MAX_IMAGE
    with Image.open(io.BytesIO(scaled)) as picture:
        assert picture.format == "JPEG"
        assert max(picture.size) >= 720
        assert abs(picture.width / picture.height - 1.25) < 0.01
    moving = Attachment(name="c.gif", mime="image/gif", data=photo(20, 10, "GIF"))
    await send(out, an, Outgoing(text="Ảnh"), moving)
    assert an.said_by_bot()[-2].kind == "gif"
    assert out.links.shared == []


@pytest.mark.parametrize(
    ("name", "mime", "data"),
    [
        ("phim.mp4", "video/mp4", mp4()),
        ("bảng.xlsx", "application/vnd.ms-excel", b"PK\x03\x04"),
        ("lớn.pdf", "application/pdf", b"%PDF-" + b"0" * MAX_FILE),
        ("hỏng.jpg", "image/jpeg", b"\xff\xd8\xff broken"),
        ("rỗng.pdf", "application/pdf", b""),
    ],
)
async def test_what_zalo_does_not_take_goes_as_a_link(
    zalo: ZaloOaEmulator, out: Rig, name: str, mime: str, data: bytes
) -> None:
    an = citizen(zalo)
    given = Attachment(name=name, mime=mime, data=data)
    await send(out, an, QUESTION, given)
    assert out.links.shared == [given]
    assert f"\n\n{name}\nhttps://tiepdan.example.vn/files/1\n\n1. Đúng rồi" in an.last.text
    assert len(an.said_by_bot()) == 1


@pytest.mark.parametrize("code", [-200, -201, -210, -211, -212, -9999])
async def test_an_upload_that_is_refused_becomes_a_link(zalo: ZaloOaEmulator, out: Rig, code: int) -> None:
    an = citizen(zalo)
    zalo.fail("upload/file", code)
    await send(out, an, QUESTION, PDF)
    assert "/files/1" in an.last.text
    assert out.counted["upload_refused"] == 1


async def test_the_link_is_made_once_for_all_tries(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    zalo.fail("upload/file", -201)
    zalo.fail("message/cs", -200)
    with pytest.raises(Again):
        await send(out, an, QUESTION, PDF)
    await send(out, an, QUESTION, PDF)
    assert len(out.links.shared) == 1


async def test_an_upload_that_expired_is_made_again(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    await send(out, an, QUESTION, PDF)
    passes(zalo, 7 * DAY)
    an.say("còn đây")
    await send(out, an, QUESTION, PDF)
    assert len(zalo.calls_of("upload/file")) == 2
    assert an.said_by_bot()[-2].kind == "file"
    assert out.links.shared == []


async def test_the_file_is_not_sent_again_with_its_words(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    zalo.fail("message/cs", -200, skip=1)
    with pytest.raises(Again):
        await send(out, an, QUESTION, PDF)
    await send(out, an, QUESTION, PDF)
    assert [shown.kind for shown in an.said_by_bot()] == ["file", "text"]


async def test_a_file_to_somebody_who_cannot_get_it_says_so(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = citizen(zalo)
    an.account.blocked = True
    with pytest.raises(Never) as caught:
        await send(out, an, QUESTION, PDF)
    assert caught.value.refusal is Refusal.BLOCKED
    assert out.links.shared == []
