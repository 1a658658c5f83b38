"""A matter that somebody handed in before: shown by subject, place and stage only, joined by the citizen's word."""

from __future__ import annotations

import pytest

from handlers.citizens.known_case import shown_place
from petitions.kinds import Action, Kind, Role, Stage
from storage.records import PetitionRecord
from tests.handlers.harness import Person
from tests.handlers.officers.office import PLACE, STORY, Office

FIRST = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
AGAIN = "quan karaoke Trang Thanh o duong Nguyen Van Troi, Phu Ly hat toi 1h sang, toi nao cung vay nhe"
ELSEWHERE = "Quán karaoke Sao Mai ở đường Lê Lợi, Duy Tiên hát tới 1h sáng, tối nào cũng vậy"
NAME = "Vũ Hải 0951 223 455"
OTHER_NAME = "Trần Thị Lan 0951 223 456"
JOIN = "Tham gia vụ việc này"


@pytest.fixture
def neighbour(office: Office) -> Person:
    return Person(office, chat="501")


async def filed(person: Person, story: str = FIRST) -> PetitionRecord:
    await person.say(story)
    await person.say(NAME)
    await person.press("Xác nhận gửi")
    return (await person.petitions())[-1]


async def test_a_neighbour_joins_and_hears_what_becomes_of_it(
    office: Office, person: Person, neighbour: Person
) -> None:
    lead = await filed(person)
    view = await neighbour.say(AGAIN)
    assert JOIN in view.labels
    assert "Phủ Lý" in view.text
    assert "Hải" not in view.text
    assert lead.code not in view.text
    await neighbour.press(JOIN)
    review = await neighbour.say(OTHER_NAME)
    assert "Giải quyết chung với vụ việc đã có" in review.text
    done = await neighbour.press("Xác nhận gửi")
    assert "giải quyết chung với vụ việc đã có" in done.text
    [own] = await neighbour.petitions()
    assert (own.stage, own.merged_into) == (Stage.MERGED, lead.id)
    assert own.register_no != lead.register_no
    officer = await office.officer("902", lead.unit, Role.HEAD)
    await office.does(officer, lead, Action.TAKE)
    await office.does(officer, lead, Action.ANSWER, text="Quán đã bị lập biên bản.")
    for chat in (person, neighbour):
        assert office.everything_sent_to(chat.chat).count("Quán đã bị lập biên bản.") == 1
    assert lead.code not in office.everything_sent_to(neighbour.chat)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (
            "alo cho toi phan anh quan karaoke Trang Thanh duong Nguyen Van Troi Phu Ly hat den 1h sang",
            "Quán karaoke Trăng Thanh đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, cả xóm không ngủ được",
        ),
        (
            "Quán karaoke Trăng Thanh đường Nguyễn Văn Trỗi hát tới 1h sáng, cả xóm không ngủ được",
            "quan karaoke Trang Thanh duong Nguyen Van Troi Phu Ly hat den 1h sang, ca xom khong ngu duoc",
        ),
    ],
)
async def test_a_street_is_the_same_one_with_its_town(
    person: Person, neighbour: Person, first: str, again: str
) -> None:
    await filed(person, first)
    assert JOIN in (await neighbour.say(again)).labels


async def test_staying_apart_makes_a_petition_of_its_own(person: Person, neighbour: Person) -> None:
    await filed(person)
    await neighbour.say(AGAIN)
    view = await neighbour.say("không, gửi riêng")
    assert JOIN not in view.labels
    await neighbour.say(OTHER_NAME)
    done = await neighbour.press("Xác nhận gửi")
    assert "giải quyết chung" not in done.text
    [own] = await neighbour.petitions()
    assert own.merged_into is None


@pytest.mark.parametrize("words", ["tham gia", "có", "đúng rồi", "tham gia vu viec nay"])
async def test_words_join_as_the_button_does(person: Person, neighbour: Person, words: str) -> None:
    lead = await filed(person)
    await neighbour.say(AGAIN)
    await neighbour.say(words)
    await neighbour.say(OTHER_NAME)
    await neighbour.press("Xác nhận gửi")
    [own] = await neighbour.petitions()
    assert own.merged_into == lead.id


async def test_the_same_trouble_in_another_street_is_another_matter(
    person: Person, neighbour: Person
) -> None:
    await filed(person)
    view = await neighbour.say(ELSEWHERE)
    assert JOIN not in view.labels


async def test_what_is_told_of_ones_own_petition_is_added_to_it(office: Office, person: Person) -> None:
    first = await filed(person)
    await person.start()
    await person.press("Gửi đơn mới")
    view = await person.say(AGAIN)
    await person.press(next(label for label in view.labels if label.startswith("Thêm vào đơn")))
    assert [petition.id for petition in await person.petitions()] == [first.id]
    added = (await office.work(lambda book: book.events(first.id)))[-1]
    assert added.action is Action.CITIZEN_ADDS
    assert "hat toi 1h sang" in str(added.content)


async def test_who_said_that_it_is_new_is_not_asked_again(person: Person) -> None:
    await filed(person)
    await person.say(f"Tôi muốn gửi đơn mới: {AGAIN}")
    view = await person.press("Việc mới")
    assert not [label for label in view.labels if label.startswith("Thêm vào đơn")]


@pytest.mark.parametrize(
    ("kind", "offered"), [(Kind.FEEDBACK, True), (Kind.COMPLAINT, False), (Kind.DENUNCIATION, False)]
)
async def test_complaints_and_denunciations_are_never_offered(
    office: Office, neighbour: Person, kind: Kind, offered: bool
) -> None:
    await office.file("500", kind, confidential=kind is Kind.DENUNCIATION)
    await neighbour.say(STORY)
    view = await neighbour.say(PLACE)
    assert (JOIN in view.labels) is offered


async def test_a_case_that_ended_meanwhile_is_not_joined(person: Person, neighbour: Person) -> None:
    lead = await filed(person)
    await neighbour.say(AGAIN)
    await neighbour.press(JOIN)
    await neighbour.say(OTHER_NAME)
    await person.say("rút đơn")
    await person.press("Rút")
    done = await neighbour.press("Xác nhận gửi")
    assert "được nhận riêng" in done.text
    [own] = await neighbour.petitions()
    assert (own.merged_into, own.stage) == (None, Stage.RECEIVED)
    assert lead.id != own.id


def test_a_place_that_tells_of_a_person_is_not_shown() -> None:
    assert shown_place("đường Nguyễn Văn Trỗi, Phủ Lý") == "đường Nguyễn Văn Trỗi, Phủ Lý"
    assert shown_place("chùa Bà Đanh, Kim Bảng") == "chùa Bà Đanh, Kim Bảng"
    for private in (
        *("nhà ông Bình, Lam Hạ", "hộ bà Lan tổ 4", "gần 0951 223 455", "x" * 61),
        *("nha ong Binh, Lam Ha", "gan nha ba Lan to 4", "NHA ONG BINH", "cạnh quán anh Tuấn", "quan co Hoa"),
    ):
        assert shown_place(private) == ""
