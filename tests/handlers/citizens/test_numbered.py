"""A channel that shows its choices as numbered lines: a number means the last choices that stood in this chat."""

from __future__ import annotations

import pytest

from handlers.citizens.chat import OFFERED
from handlers.messages import Text
from petitions.codes import TrackingCode
from petitions.kinds import Action, Kind, Role
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"


@pytest.fixture
def numbered(office: Office) -> Person:
    return Person(office, chat="z500")


async def filed(person: Person) -> str:
    await person.say(STORY)
    await person.say("Vũ Hải 0951 223 455")
    return (await person.choose("Xác nhận gửi")).answers[0].codes[0]


async def test_a_petition_is_filed_with_numbers_alone(numbered: Person) -> None:
    await numbered.say("xin chào")
    kinds = await numbered.choose("Gửi đơn")
    assert kinds.labels[0] == "Phản ánh"
    await numbered.say("1.")
    await numbered.say(STORY)
    await numbered.say("Vũ Hải 0951 223 455")
    fields = await numbered.say("chọn 2")  # correct
    assert "mục nào" in fields.text
    back = await numbered.choose("Không sửa nữa")
    assert "Xác nhận gửi" in " ".join(back.labels)
    done = await numbered.say("số 1")
    assert "Đã tiếp nhận" in done.text
    assert len(await numbered.petitions()) == 1


@pytest.mark.parametrize("typed", ["1", "1)", "１", "số 1 ạ", "một", "Xác nhận gửi", "xac nhan gui"])
async def test_every_way_to_type_the_first_choice(numbered: Person, typed: str) -> None:
    await numbered.say(STORY)
    await numbered.say("Vũ Hải 0951 223 455")
    assert "Đã tiếp nhận" in (await numbered.say(typed)).text


async def test_a_name_that_sounds_like_a_number_is_a_name(numbered: Person) -> None:
    await numbered.say(STORY)
    assert (await numbered.say("Hai, 0951 223 455")).labels
    review = (await numbered.all_heard())[-1]
    assert "Hai" in review.text


async def test_a_number_beyond_the_list_is_no_choice(numbered: Person) -> None:
    await numbered.say(STORY)
    await numbered.say("Vũ Hải 0951 223 455")
    answer = await numbered.say("9")
    assert not await numbered.petitions()
    assert answer.answers


async def test_the_number_presses_a_notice_that_came_in_between(office: Office, numbered: Person) -> None:
    await filed(numbered)
    (petition,) = await numbered.petitions()
    officer = await office.officer("902", petition.unit, Role.HEAD)
    await office.does(officer, petition, Action.TAKE)
    await office.does(officer, petition, Action.ANSWER, text="Đã kiểm tra và nhắc nhở quán.")
    await numbered.say("4")
    assert (await office.now(petition)).rating == 4


async def test_the_label_of_a_notice_presses_it_as_well(office: Office, numbered: Person) -> None:
    await filed(numbered)
    (petition,) = await numbered.petitions()
    officer = await office.officer("902", petition.unit, Role.HEAD)
    await office.does(officer, petition, Action.TAKE)
    await office.does(officer, petition, Action.ANSWER, text="Đã kiểm tra và nhắc nhở quán.")
    answer = await numbered.say("chua hai long")
    assert "chưa hài lòng ở điểm nào" in answer.text


async def test_after_the_dialogue_went_on_the_number_is_the_dialogue_s(
    office: Office, numbered: Person
) -> None:
    await filed(numbered)
    (petition,) = await numbered.petitions()
    officer = await office.officer("902", petition.unit, Role.HEAD)
    await office.does(officer, petition, Action.TAKE)
    await office.does(officer, petition, Action.ANSWER, text="Đã kiểm tra và nhắc nhở quán.")
    await numbered.say("xin chào")
    await numbered.choose("Tra cứu")
    assert (await office.now(petition)).rating is None


async def test_a_notice_not_yet_shown_is_not_pressed(office: Office, numbered: Person) -> None:
    await filed(numbered)
    (petition,) = await numbered.petitions()
    officer = await office.officer("902", petition.unit, Role.HEAD)
    await office.does(officer, petition, Action.TAKE)
    typed_at = office.clock.now()
    numbered.rest(1)
    await office.does(officer, petition, Action.ANSWER, text="Đã kiểm tra và nhắc nhở quán.")
    await office.update(numbered.chat, Text(text="1"), at=typed_at)  # it was on its way for an hour
    assert (await office.now(petition)).rating is None


async def test_an_old_press_without_a_message_is_answered_kindly(numbered: Person) -> None:
    await numbered.say(STORY)
    await numbered.say("Vũ Hải 0951 223 455")
    send = next(
        token for heard in await numbered.all_heard() for token in heard.tokens if token.endswith(".send")
    )
    await numbered.choose("Sửa")
    answer = await numbered.press_token(send)
    assert "Nút này đã cũ" in answer.text
    assert "Xác nhận gửi" in " ".join(answer.labels)
    assert not await numbered.petitions()


async def test_nothing_offers_more_than_is_remembered(office: Office, numbered: Person) -> None:
    for place in range(14):
        await office.file(numbered.chat, place=f"ngõ {place}")
    await numbered.say("đơn của tôi")
    lists = [len(heard.labels) for heard in await numbered.all_heard()]
    assert 0 < max(lists) <= OFFERED
    asked = await numbered.say("rút đơn")
    assert len(asked.labels) == 10
    assert "Ông/Bà có thể rút đơn" in (await numbered.say("10")).text


async def test_representatives_are_named_where_numbers_are_choices(office: Office, numbered: Person) -> None:
    petition = await office.file(numbered.chat, Kind.COMPLAINT, unit="thanh_tra", people=5)
    await numbered.say(str(TrackingCode(petition.code)))
    await numbered.choose("Hoàn thiện đơn")
    for _ in range(4):  # decision, day, respondent, request
        await numbered.choose("Để trống")
    asked = await numbered.say(
        "1. Trần Văn Tám, tổ 1 Minh Khai\n2. Lê Văn Chín, tổ 2\n3. Đỗ Thị Mười, tổ 3\n4. Ngô Văn Một, tổ 4"
    )
    assert "• Trần Văn Tám" in asked.text
    assert "1. " not in asked.text
    assert "ghi đúng họ tên" in (await numbered.say("Bích")).text
    assert "Đã ghi 1 người đại diện" in (await numbered.say("ông Tám")).text
    assert (await numbered.choose("Để trống")).answers


async def test_the_chat_greets_once_when_it_is_opened(numbered: Person) -> None:
    hello = await numbered.arrive()
    assert "Kính chào" in hello.text
    assert hello.labels
    assert not (await numbered.arrive()).answers
    await numbered.say(STORY)
    assert not (await numbered.arrive()).answers


async def test_opening_the_chat_does_not_disturb_a_draft(numbered: Person) -> None:
    await numbered.say(STORY)
    before = await numbered.all_heard()
    assert not (await numbered.arrive()).answers
    assert await numbered.all_heard() == before
    await numbered.say("Vũ Hải 0951 223 455")
    assert "Đã tiếp nhận" in (await numbered.say("1")).text


async def test_what_only_a_button_would_say_is_said(office: Office) -> None:
    stranger = Person(office, chat="z600")
    answer = await stranger.press_token("o.take.1")
    assert answer.answers
    on_web = Person(office, chat="w600")
    assert (await on_web.press_token("o.take.1")).answers


async def test_the_quiet_choices_of_a_danger_have_numbers(numbered: Person) -> None:
    await numbered.say("Cứu với, chồng tôi đang cầm dao đánh tôi")
    numbered.rest(1)
    quiet = await numbered.say("ừ")
    assert len(quiet.labels) == 3
    assert "người thân" in (await numbered.say("1")).text
    numbered.rest(1)
    await numbered.say("ừ")
    assert "bất cứ lúc nào" in (await numbered.say("2")).text
