"""What the phone shows of an `Outgoing`, and files as pictures and links."""

from __future__ import annotations

import pytest

from bot.channels.base import Again, Attachment, Never, Refusal
from handlers.messages import Button, Outgoing
from tests.bot.channels.zalo_bot.rig import Rig
from tests.emulators.telegram import samples
from tests.emulators.zalo_bot import ZaloBotEmulator

PAPER = Attachment(name="giay-bien-nhan.pdf", mime="application/pdf", data=samples.pdf())
PICTURE = Attachment(name="ban-do.png", mime="image/png", data=samples.png())
CHOICES = ((Button(label="Gửi đơn", token="send"), Button(label="Sửa", token="edit")),)


async def test_a_question_with_choices(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    an = zalo.person()
    receipt = await channel.send(an.id, Outgoing(title="Xem lại", text="Gửi đơn?", rows=CHOICES), None)
    assert an.last.id == receipt.message_ref
    assert an.last.text == "Xem lại\nGửi đơn?\n\n1. Gửi đơn\n2. Sửa"
    assert an.press("sửa").text == "2"
    (call,) = zalo.calls_of("sendMessage")
    assert "parse_mode" not in call.params


async def test_long_texts_come_in_pieces(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    an = zalo.person()
    await channel.send(an.id, Outgoing(text="Một câu dài. " * 400, rows=CHOICES), None)
    shown = an.said_by_bot()
    assert len(shown) == 3
    assert [len(message.choices) for message in shown] == [0, 0, 2]


async def test_a_document_is_a_link_with_its_name(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    an = zalo.person()
    await channel.send(an.id, Outgoing(text="Giấy biên nhận.", rows=CHOICES, language="vi"), PAPER)
    (link,) = an.last.links
    assert an.last.text == (f"Giấy biên nhận.\n\nTệp giay-bien-nhan.pdf: {link}\n\n1. Gửi đơn\n2. Sửa")
    await channel.send(an.id, Outgoing(text="", language="en"), PAPER)
    assert an.last.text.startswith("File giay-bien-nhan.pdf: http")
    assert rig.shelf.shared == [PAPER, PAPER]


async def test_a_picture_goes_as_a_link(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    an = zalo.person()
    await channel.send(an.id, Outgoing(text="Bản đồ"), PICTURE)
    (shown,) = an.said_by_bot()
    assert "ban-do.png: http" in shown.text
    assert rig.shelf.shared == [PICTURE]


async def test_a_file_that_cannot_be_shared_is_said_so(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    an = zalo.person()
    rig.shelf.fault = Never("no public address", refusal=Refusal.REFUSED)
    for attachment in (PAPER, PICTURE):
        await channel.send(an.id, Outgoing(text="Đã nhận đơn."), attachment)
        assert an.last.text.startswith(f"Đã nhận đơn.\n\nTệp {attachment.name} chưa gửi được")
    rig.shelf.fault = Again("the database is away")
    with pytest.raises(Again):
        await channel.send(an.id, Outgoing(text="Đã nhận đơn."), PAPER)
    assert len(an.said_by_bot()) == 2


async def test_an_empty_message_is_refused(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    with pytest.raises(Never) as caught:
        await channel.send(zalo.person().id, Outgoing(text="\n"), None)
    assert caught.value.refusal is Refusal.REFUSED
    assert zalo.calls_of("sendMessage") == []


async def test_there_is_no_editing_deleting_or_acknowledging(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    an = zalo.person()
    sent = await channel.send(an.id, Outgoing(text="x"), None)
    before = len(zalo.calls)
    with pytest.raises(Never) as caught:
        await channel.edit(an.id, sent.message_ref, Outgoing(text="y"))
    assert caught.value.refusal is Refusal.EDIT_IMPOSSIBLE
    assert await channel.delete(an.id, sent.message_ref) is False
    await channel.acknowledge("press")
    assert len(zalo.calls) == before
