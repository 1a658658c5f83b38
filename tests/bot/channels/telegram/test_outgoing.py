"""`Outgoing` as the phone shows it."""

from __future__ import annotations

import pytest

from bot.channels.base import Attachment, Never, Refusal
from handlers.messages import Button, Outgoing, OutgoingFile, Wish
from tests.bot.channels.telegram.rig import Rig
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.telegram.entities import units


async def test_title_bold_code_monospace_and_specials_as_typed(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    text = "Mã: ABCD-EFGH-JKMN & <script>alert('x')</script> \"5 > 3\" 😀 ABCD-EFGH-JKMN"
    message = Outgoing(title="Đã nhận <đơn>", text=text, monospace=("ABCD-EFGH-JKMN",))
    receipt = await channel.send(str(an.id), message, None)
    shown = an.last
    assert receipt.message_ref == str(shown.id)
    assert shown.text == f"Đã nhận <đơn>\n\n{text}"
    assert shown.parts("bold") == ["Đã nhận <đơn>"]
    assert shown.parts("code") == ["ABCD-EFGH-JKMN"] * 2
    assert telegram.calls_of("sendMessage")[0].params["link_preview_options"] == {"is_disabled": True}


async def test_buttons_in_rows_with_short_labels_and_styles(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    long = "Chuyển cho Phòng Tài nguyên và Môi trường của thị xã vì không thuộc thẩm quyền của xã"
    rows = (
        (Button(label="Có", token="y", style="primary"), Button(label="Không", token="n", style="loud")),
        (Button(label=long, token="t"),),
        (Button(label="Trang tra cứu", url="https://tiepdan.example.vn/status"),),
        tuple(Button(label=str(i), token=f"k{i}") for i in range(10)),
    )
    await channel.send(str(an.id), Outgoing(text="Chọn", rows=rows), None)
    shown = an.last
    assert [len(row) for row in shown.rows] == [2, 1, 1, 8, 2]
    assert [b.style for b in shown.rows[0]] == ["primary", ""]
    label = shown.rows[1][0].label
    assert label.startswith("Chuyển cho Phòng Tài nguyên")
    assert label.endswith("…")
    assert units(label) <= 60
    assert shown.rows[2][0].url == "https://tiepdan.example.vn/status"


async def test_link_that_telegram_refuses_becomes_words(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    rows = ((Button(label="Mở trang", url="http://localhost:8080/status"),),)
    await channel.send(str(an.id), Outgoing(text="Tra cứu", rows=rows), None)
    assert an.last.text == "Tra cứu\n\nMở trang: http://localhost:8080/status"
    assert an.last.rows == []


async def test_sharing_keyboard_in_private_and_its_removal(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    await channel.send(str(an.id), Outgoing(text="Số điện thoại?", wishes=(Wish.CONTACT,)), None)
    assert an.last.keyboard == ["📱 Gửi số điện thoại của tôi"]
    await channel.send(str(an.id), Outgoing(text="Place?", wishes=(Wish.LOCATION,), language="en"), None)
    assert an.last.keyboard == ["📍 Send my location"]
    await channel.send(str(an.id), Outgoing(text="Có?", rows=((Button(label="Có", token="y"),),)), None)
    assert an.last.labels == ["Có"]
    await channel.send(str(an.id), Outgoing(text="Cảm ơn"), None)
    assert an.last.removes_keyboard
    await channel.send(str(an.id), Outgoing(text="Hết"), None)
    assert not an.last.removes_keyboard


async def test_wish_gives_way_to_buttons_and_to_groups(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an, group = telegram.person(), telegram.group()
    both = Outgoing(text="?", wishes=(Wish.CONTACT,), rows=((Button(label="Bỏ qua", token="s"),),))
    await channel.send(str(an.id), both, None)
    assert (an.last.labels, an.last.keyboard) == (["Bỏ qua"], [])
    await channel.send(str(group.id), Outgoing(text="?", wishes=(Wish.CONTACT, Wish.LOCATION)), None)
    assert group.said_by_bot()[-1].keyboard == []


async def test_shared_contact_of_the_key_comes_back_as_own(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.polling()
    an = telegram.person()
    await channel.send(str(an.id), Outgoing(text="?", wishes=(Wish.CONTACT,)), None)
    an.press("Gửi số")
    (got,) = await rig.receiver.wait(1)
    assert getattr(got.content, "own", None) is True


async def test_quiet_and_protected_and_reply(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    asked = an.say("hỏi")
    message = Outgoing(text="đáp", quiet=True, protect=True, reply_to=str(asked.id))
    await channel.send(str(an.id), message, None)
    assert (an.last.silent, an.last.protected, an.last.reply_to) == (True, True, asked.id)
    await channel.send(str(an.id), Outgoing(text="đáp 2", reply_to="999999"), None)
    assert an.last.text == "đáp 2"
    assert an.last.reply_to is None


async def test_document_goes_with_caption_and_buttons(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    data = b"%PDF-1.7\r\n--boundary\r\n" + bytes(range(256)) * 400
    message = Outgoing(
        text="Giấy biên nhận <A>", title="Biên nhận", file=OutgoingFile(render="receipt", petition_id=1),
        rows=((Button(label="Xem", token="v"),),),
    )  # fmt: skip
    name = 'Biên nhận "số 1".pdf'
    receipt = await channel.send(str(an.id), message, Attachment(name, "application/pdf", data))
    shown = an.last
    assert shown.file is not None
    assert shown.file.data == data
    assert (shown.file.name, shown.file.mime) == ("Biên nhận 'số 1'.pdf", "application/pdf")
    assert (shown.text, shown.parts("bold"), shown.labels) == (
        "Biên nhận\n\nGiấy biên nhận <A>",
        ["Biên nhận"],
        ["Xem"],
    )
    assert receipt.message_ref == str(shown.id)


async def test_document_with_words_too_long_for_a_caption(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    text = "Câu này dài. " * 200
    rows = ((Button(label="Xem", token="v"),),)
    await channel.send(
        str(an.id), Outgoing(text=text, rows=rows), Attachment("a.pdf", "application/pdf", b"%PDF")
    )
    file, words = an.said_by_bot()
    assert (file.text, file.labels) == ("", [])
    assert (words.text, words.labels) == (text.strip(), ["Xem"])


async def test_long_text_is_cut_at_sentences_with_buttons_last(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    sentence = "Đường liên thôn hỏng nặng, xe không đi được 😀. "
    text = sentence * 200
    message = Outgoing(text=text, rows=((Button(label="Gửi", token="g"),),), reply_to=str(an.say("x").id))
    receipt = await channel.send(str(an.id), message, None)
    shown = an.said_by_bot()
    assert len(shown) == 3
    assert all(units(part.text) <= 4096 for part in shown)
    assert all(part.text.endswith("😀.") for part in shown)
    assert " ".join(part.text for part in shown) == text.strip()
    assert [part.labels for part in shown] == [[], [], ["Gửi"]]
    assert [bool(part.reply_to) for part in shown] == [True, False, False]
    assert receipt.message_ref == str(shown[-1].id)


async def test_repeat_of_a_half_sent_message_goes_on(rig: Rig, telegram: TelegramEmulator) -> None:
    from bot.channels.base import Again

    channel = await rig.sending_only()
    an = telegram.person()
    message = Outgoing(text="\n\n".join(f"Đoạn {i} " + "chữ " * 700 for i in range(3)))
    telegram.fault("error", "sendMessage", skip=1, code=500)
    with pytest.raises(Again):
        await channel.send(str(an.id), message, None)
    assert len(an.said_by_bot()) == 1
    await channel.send(str(an.id), message, None)
    assert [shown.text[:6] for shown in an.said_by_bot()] == ["Đoạn 0", "Đoạn 1", "Đoạn 2"]
    await channel.send(str(an.id), message, None)
    assert len(an.said_by_bot()) == 6


async def test_edit_in_place_and_not_modified_is_success(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    card = Outgoing(text="Mới", rows=((Button(label="Nhận", token="t"),),))
    receipt = await channel.send(str(an.id), card, None)
    done = Outgoing(text="Đã nhận & xong", monospace=("xong",))
    assert await channel.edit(str(an.id), receipt.message_ref, done) == receipt
    assert (an.last.text, an.last.labels, an.last.parts("code")) == ("Đã nhận & xong", [], ["xong"])
    assert await channel.edit(str(an.id), receipt.message_ref, done) == receipt
    assert len(an.said_by_bot()) == 1


@pytest.mark.parametrize("ref", ["424242", "", "abc"])
async def test_edit_of_a_message_that_is_not_there(rig: Rig, telegram: TelegramEmulator, ref: str) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    with pytest.raises(Never) as fault:
        await channel.edit(str(an.id), ref, Outgoing(text="x"))
    assert fault.value.refusal is Refusal.EDIT_IMPOSSIBLE


async def test_messages_of_both_sides_are_deleted(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    mine = an.say("điều không nên ở lại đây")
    ours = await channel.send(str(an.id), Outgoing(text="Đã ghi"), None)
    for ref in (str(mine.id), ours.message_ref):
        assert await channel.delete(str(an.id), ref)
        assert await channel.delete(str(an.id), ref), "gone already is gone"
    assert all(message.deleted for message in an.chat.messages.values())


@pytest.mark.parametrize("ref", ["", "abc", "w12"])
async def test_what_is_no_message_of_telegram_is_not_deleted(
    rig: Rig, telegram: TelegramEmulator, ref: str
) -> None:
    channel = await rig.sending_only()
    assert not await channel.delete(str(telegram.person().id), ref)


async def test_a_message_too_old_to_delete_stays(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    old = an.say("từ hôm kia")
    an.chat.messages[old.id].api["date"] -= 49 * 3600
    assert not await channel.delete(str(an.id), str(old.id))


async def test_edit_that_does_not_fit_or_hits_a_document(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    receipt = await channel.send(str(an.id), Outgoing(text="x"), None)
    with pytest.raises(Never) as fault:
        await channel.edit(str(an.id), receipt.message_ref, Outgoing(text="dài " * 2000))
    assert fault.value.refusal is Refusal.EDIT_IMPOSSIBLE
    file = await channel.send(str(an.id), Outgoing(text="x"), Attachment("a.pdf", "application/pdf", b"%PDF"))
    with pytest.raises(Never) as fault:
        await channel.edit(str(an.id), file.message_ref, Outgoing(text="y"))
    assert fault.value.refusal is Refusal.EDIT_IMPOSSIBLE


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b\u200e", "\u3164"])
async def test_nothing_to_show_is_refused_uncalled(rig: Rig, telegram: TelegramEmulator, text: str) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    with pytest.raises(Never) as fault:
        await channel.send(str(an.id), Outgoing(text=text), None)
    assert fault.value.refusal is Refusal.REFUSED
    assert telegram.calls_of("sendMessage") == []


async def test_unparsable_entities_fall_back_to_plain_text(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    telegram.fail("sendMessage", 400, "Bad Request: can't parse entities: Unsupported start tag")
    await channel.send(str(an.id), Outgoing(text="a < b & c", title="T"), None)
    assert an.last.text == "T\n\na < b & c"
    assert an.last.entities == []


async def test_lone_surrogates_and_controls_are_no_obstacle(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    await channel.send(str(an.id), Outgoing(text="a\ud800b\x00c\r\nd"), None)
    assert an.last.text == "a\ufffdb c\nd"
