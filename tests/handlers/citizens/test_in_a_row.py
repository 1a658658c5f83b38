"""Photos that come one by one, and a person's own details shared at once, where a platform sends them so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.messages import Choice, FileKind, Files, IncomingFile, Text
from tests.handlers.citizens.forms import complaint
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"


@pytest.fixture
def numbered(office: Office) -> Person:
    return Person(office, chat="z500")


def photo(number: int, caption: str = "") -> Files:
    file = IncomingFile(kind=FileKind.PHOTO, platform_id=f"p{number}")
    return Files(files=(file,), caption=caption)


async def quiet(person: Person, seconds: int = 4) -> list[str]:
    """What is heard while nothing is sent."""
    before = len(person.office.chat(person.chat))
    person.office.clock.forward(timedelta(seconds=seconds))
    await person.office.deliver()
    return [sent.text for sent in person.office.chat(person.chat)[before:]]


async def test_photos_in_a_row_are_answered_once(numbered: Person) -> None:
    await numbered.say(STORY)
    answer = await numbered.photos(4)
    assert len(answer.answers) == 1
    assert "Đã nhận 4 ảnh (tổng cộng 4 tệp)" in answer.text
    later = await numbered.photos(2)
    assert "Đã nhận 2 ảnh (tổng cộng 6 tệp)" in later.text
    await numbered.say("Vũ Hải 0951 223 455")
    await numbered.choose("Xác nhận gửi")
    (petition,) = await numbered.petitions()
    assert len(await numbered.files(petition)) == 6


async def test_the_first_thing_ever_said_may_be_photos(numbered: Person) -> None:
    answer = await numbered.photos(3)
    assert len(answer.answers) == 1
    assert "Kính chào" in answer.text
    assert "Đã nhận 3 ảnh" in answer.text
    assert "Ông/Bà viết giúp một câu" in answer.text


async def test_a_caption_tells_the_story(numbered: Person) -> None:
    answer = await numbered.photos(3, caption=STORY)
    assert len(answer.answers) == 1
    assert "Karaoke" in answer.text
    assert "Đã nhận 3 ảnh" in answer.text
    review = await numbered.say("Vũ Hải 0951 223 455")
    assert "Trăng Thanh" in review.text


async def test_words_between_photos_take_the_place_of_the_waiting_answer(
    office: Office, numbered: Person
) -> None:
    await numbered.say(STORY)
    await office.update(numbered.chat, photo(1))
    await office.update(numbered.chat, photo(2))
    between = await office.update(numbered.chat, Text(text="quán ở ngay cạnh trường học"))
    assert len(between) == 1
    assert "Đã nhận 2 ảnh" in between[0].text
    assert not await quiet(numbered)
    await office.update(numbered.chat, photo(3))
    (told,) = await quiet(numbered)
    assert "Đã nhận 1 ảnh (tổng cộng 3 tệp)" in told


async def test_a_press_between_photos_counts_as_well(office: Office, numbered: Person) -> None:
    await numbered.say(STORY)
    await office.update(numbered.chat, photo(1))
    (told,) = await quiet(numbered)
    assert "Đã nhận 1 ảnh" in told
    await office.update(numbered.chat, photo(2))
    done = office.last(numbered.chat).button("Xong")
    heard = await office.update(numbered.chat, Choice(token=done.token))
    assert len(heard) == 1
    assert not await quiet(numbered)


async def test_before_a_call_for_help_nothing_is_said(office: Office, numbered: Person) -> None:
    await numbered.say(STORY)
    await office.update(numbered.chat, photo(1))
    heard = await office.update(numbered.chat, Text(text="Cứu với, chồng tôi đang cầm dao đánh tôi"))
    assert "113" in heard[0].text.splitlines()[1]
    assert "ảnh" not in heard[0].text
    assert not await quiet(numbered)


async def test_photos_after_filing_are_asked_about_once(office: Office, numbered: Person) -> None:
    await numbered.say(STORY)
    await numbered.say("Vũ Hải 0951 223 455")
    await numbered.choose("Xác nhận gửi")
    asked = await numbered.photos(3)
    assert len(asked.answers) == 1
    assert "Đã nhận 3 tệp" in asked.text
    added = await numbered.say("1")
    assert "Đã bổ sung vào đơn" in added.text
    (petition,) = await numbered.petitions()
    assert len(await numbered.files(petition)) == 3


async def test_photos_that_answer_an_addition_are_acknowledged_once(numbered: Person) -> None:
    await numbered.say(STORY)
    await numbered.say("Vũ Hải 0951 223 455")
    await numbered.choose("Xác nhận gửi")
    (petition,) = await numbered.petitions()
    await numbered.say(petition.code)
    await numbered.choose("Bổ sung")
    answer = await numbered.photos(3)
    assert len(answer.answers) == 1
    assert len(await numbered.files(petition)) == 3


async def test_pages_of_the_signed_form_sent_one_by_one(numbered: Person) -> None:
    petition = await complaint(numbered)
    await numbered.say(petition.code)
    await numbered.choose("Hoàn thiện đơn")
    await numbered.say("xong")
    await numbered.choose("Chụp ảnh")
    pages = await numbered.photos(3)
    assert len(pages.answers) == 1
    assert "3" in pages.text
    handed_in = await numbered.choose("Nộp")
    assert "3 trang" in handed_in.text


async def test_ones_own_card_answers_name_phone_and_address(numbered: Person) -> None:
    await numbered.say("Tôi muốn khiếu nại việc Sở trả hồ sơ cấp giấy phép của tôi")
    await numbered.say("Ngày 10/5/2026 tôi nhận văn bản trả hồ sơ thông báo quảng cáo, không nêu điều khoản")
    answer = await numbered.contact("84951223455", "Vũ Văn Hải", own=True, address="Tổ 5, phường Minh Khai")
    assert "0951223455" in answer.text
    review = (await numbered.say("bỏ qua")).text
    assert "Vũ Văn Hải" in review
    assert "Tổ 5, phường Minh Khai" in review


async def test_somebody_else_s_card_is_a_number_only(numbered: Person) -> None:
    await numbered.say(STORY)
    await numbered.contact("0951223455", "Cửa hàng Hoa Mai")
    await numbered.say("Vũ Hải")
    review = (await numbered.all_heard())[-1].text
    assert "Vũ Hải" in review
    assert "Hoa Mai" not in review
