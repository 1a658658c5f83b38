"""The consent about data is taken back at the platform: what may go goes, what was filed stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.citizens.state import CitizenTalk
from handlers.messages import Takeover
from storage.records import PetitionRecord
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office, place

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
SIGN = "Biển quảng cáo ở ngõ 5 phường Minh Khai sắp đổ xuống vỉa hè từ tuần trước"


@pytest.fixture
def numbered(office: Office) -> Person:
    office.facts = replace(office.facts, templates_by_phone=True)
    return Person(office, chat="z500")


async def filed(person: Person) -> PetitionRecord:
    await person.say(STORY)
    await person.say("Vũ Hải 0951 223 455")
    await person.press("Xác nhận gửi")
    return (await person.petitions())[-1]


async def opened(person: Person) -> Any:
    channel, account, _ = place(person.chat)
    return await person.office.work(
        lambda book: book.open_turn(channel=channel, account=account, chat=person.chat)
    )


async def memory(person: Person) -> CitizenTalk:
    return CitizenTalk.model_validate((await opened(person)).conversation.state.get("citizen", {}))


async def files_of(person: Person) -> int:
    turn = await opened(person)
    return len(await person.office.work(lambda book: book.conversation_files(turn.conversation.id)))


async def test_drafts_and_numbers_go_and_nothing_is_said(office: Office, numbered: Person) -> None:
    await numbered.photos(2, caption=SIGN)
    assert await files_of(numbered) == 2
    answer = await numbered.withdraw_consent()
    assert not answer.answers
    me = await memory(numbered)
    assert me.draft is None
    assert not me.offered
    assert await files_of(numbered) == 0
    assert SIGN not in str((await opened(numbered)).conversation.state)


async def test_a_filed_petition_stays_and_the_office_is_told_its_code(
    office: Office, numbered: Person
) -> None:
    petition = await filed(numbered)
    await numbered.choose("Nhắn số điện thoại")
    await numbered.say("1")
    assert (await opened(numbered)).contact.template_phone
    answer = await numbered.withdraw_consent()
    assert "Đơn đã gửi vẫn được lưu" in answer.text
    assert not (await opened(numbered)).contact.template_phone
    duty = office.last("901").text
    assert petition.code in duty.replace("-", "")
    assert "Vũ Hải" not in duty
    assert "karaoke" not in duty.lower()
    assert "Karaoke" in (await numbered.command("mine")).text


async def test_links_to_other_chats_end(office: Office, person: Person, numbered: Person) -> None:
    petition = await filed(numbered)
    await person.say(petition.code)
    await person.press("Đây là hồ sơ của tôi")
    await numbered.say("1")
    assert "Karaoke" in (await person.command("mine")).text
    await numbered.withdraw_consent()
    assert "không theo dõi các đơn của nơi kia nữa" in office.last(person.chat).text
    assert "Karaoke" not in (await person.command("mine")).text
    assert "Karaoke" in (await numbered.command("mine")).text


async def test_a_chat_that_had_joined_leaves_the_other_one_alone(
    office: Office, person: Person, numbered: Person
) -> None:
    petition = await filed(person)
    await numbered.say(petition.code)
    await numbered.press("Đây là hồ sơ của tôi")
    await person.press("Có, là tôi")
    await person.say(SIGN)
    await numbered.withdraw_consent()
    assert "Karaoke" not in (await numbered.command("mine")).text
    assert "Karaoke" in (await person.command("mine")).text
    review = await person.say("Vũ Hải 0951 223 455")
    assert "Biển quảng cáo" in "".join(heard.text for heard in await person.all_heard())
    assert review.answers


async def test_while_the_conversation_is_elsewhere_it_is_forgotten_there(
    office: Office, numbered: Person
) -> None:
    office.facts = replace(office.facts, public_url="https://tiepdan.example.vn")
    await numbered.say(SIGN)
    page = Person(office, chat="w1")
    turn = await opened(numbered)
    token = await office.work(lambda book: book.offer_handover(turn.conversation.id, turn.contact.id))
    await office.update(page.chat, Takeover(token=token))
    assert (await memory(page)).draft is not None
    await numbered.withdraw_consent()
    assert (await memory(numbered)).draft is None
    assert (await memory(page)).draft is None
    assert not (await memory(numbered)).handed_over
