"""A further way to be told, offered once after filing where the platform closes a chat after a while."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.messages import Choice
from petitions.kinds import Kind
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office

STORY = "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, tối nào cũng vậy"
OFFER = "chỉ cho chúng tôi nhắn trong 7 ngày"


@pytest.fixture
def numbered(office: Office) -> Person:
    office.facts = replace(
        office.facts,
        public_url="https://tiepdan.example.vn",
        chat_links={"telegram": "https://t.example/bot?start=s_{code}", "zalo_oa": "https://z.example/oa"},
        templates_by_phone=True,
    )
    return Person(office, chat="z500")


async def filed(person: Person, story: str = STORY) -> str:
    await person.say(story)
    await person.say("Vũ Hải 0951 223 455")
    return (await person.choose("Xác nhận gửi")).text


async def agreed(person: Person) -> str:
    def look(book: object) -> str:
        found = book.contact("zalo_oa", "oa", person.chat)  # type: ignore[attr-defined]
        return str(found.template_phone)

    return await person.office.work(look)


async def test_who_passes_the_offer_over_is_done(numbered: Person) -> None:
    assert OFFER in await filed(numbered)
    status = await numbered.say((await numbered.petitions())[0].code)
    assert "Giai đoạn" in status.text
    assert OFFER in await filed(numbered, "Biển quảng cáo ở ngõ 5 Minh Khai sắp đổ, rất nguy hiểm cho trẻ em")


async def test_it_is_offered_only_where_a_window_closes(office: Office, numbered: Person) -> None:
    person = Person(office, chat="500")
    await person.say(STORY)
    await person.say("Vũ Hải 0951 223 455")
    done = await person.press("Xác nhận gửi")
    assert OFFER not in done.text
    assert len(done.answers) == 2


async def test_another_chat_is_opened_by_a_link(office: Office, numbered: Person) -> None:
    await filed(numbered)
    await numbered.say("1")
    (petition,) = await numbered.petitions()
    last = office.last(numbered.chat)
    assert [button.url for button in last.buttons] == [
        f"https://t.example/bot?start=s_{petition.code}",
        "https://tiepdan.example.vn/",
    ]
    assert "Đây là hồ sơ của tôi" in last.text
    assert OFFER not in await filed(numbered, "Biển quảng cáo ở ngõ 5 Minh Khai sắp đổ, rất nguy hiểm")


async def test_a_number_is_used_only_with_consent_and_given_back(numbered: Person) -> None:
    await filed(numbered)
    asked = await numbered.choose("Nhắn số điện thoại")
    assert "đồng ý" in asked.text
    assert await agreed(numbered) == ""
    kept = await numbered.say("1")
    assert "0951 223 455" in kept.text
    assert await agreed(numbered) == "0951223455"
    assert OFFER not in await filed(numbered, "Biển quảng cáo ở ngõ 5 Minh Khai sắp đổ, rất nguy hiểm")
    stopped = await numbered.say("Đừng nhắn số điện thoại nữa")
    assert "không nhắn tới số điện thoại nữa" in stopped.text
    assert await agreed(numbered) == ""


async def test_another_number_and_a_wrong_one(numbered: Person) -> None:
    await filed(numbered)
    await numbered.choose("Nhắn số điện thoại")
    assert "ghi giúp số" in (await numbered.choose("Dùng số khác")).text
    assert "còn thiếu" in (await numbered.say("0951 223")).text
    assert await agreed(numbered) == ""
    assert "0951 223 456" in (await numbered.say("số con gái tôi 0951 223 456")).text
    assert await agreed(numbered) == "0951223456"
    status = await numbered.say((await numbered.petitions())[0].code)
    assert "Thôi nhắn số điện thoại" in status.labels
    await numbered.choose("Thôi nhắn số điện thoại")
    assert await agreed(numbered) == ""


async def test_a_shared_card_gives_the_other_number(numbered: Person) -> None:
    await filed(numbered)
    await numbered.choose("Nhắn số điện thoại")
    await numbered.choose("Dùng số khác")
    await numbered.contact("84951223457", "Vũ Hải", own=True)
    assert await agreed(numbered) == "0951223457"


async def test_who_says_no_is_not_asked_again(numbered: Person) -> None:
    await filed(numbered)
    await numbered.choose("Nhắn số điện thoại")
    answer = await numbered.choose("Không đồng ý")
    assert "https://tiepdan.example.vn/status" in answer.text
    assert await agreed(numbered) == ""
    assert OFFER not in await filed(numbered, "Biển quảng cáo ở ngõ 5 Minh Khai sắp đổ, rất nguy hiểm")


async def test_a_secret_case_is_not_told_by_telephone(office: Office, numbered: Person) -> None:
    petition = await office.file(numbered.chat, Kind.DENUNCIATION, unit="thanh_tra", confidential=True)
    await numbered.say(petition.code)
    token = next(token for h in await numbered.all_heard() for token in h.tokens if ".add." in token)
    await office.update(numbered.chat, Choice(token=token.replace(".add.", ".way.") + "_phone"))
    assert "ghi giúp số" not in office.last(numbered.chat).text
    assert "đồng ý cho dùng số" not in office.last(numbered.chat).text


async def test_without_templates_no_number_is_asked(office: Office, numbered: Person) -> None:
    office.facts = replace(office.facts, templates_by_phone=False)
    await filed(numbered)
    assert "Nhắn số điện thoại" not in (await numbered.all_heard())[-1].labels


async def test_the_choices_of_the_receipt_keep_their_numbers(numbered: Person) -> None:
    await numbered.say("Tôi muốn khiếu nại việc Sở trả hồ sơ cấp giấy phép của tôi")
    await numbered.say("Ngày 10/5/2026 tôi nhận văn bản trả hồ sơ thông báo quảng cáo, không nêu điều khoản")
    await numbered.say("Vũ Văn Hải, tổ 5 phường Minh Khai, 0951 223 455")
    await numbered.say("bỏ qua")
    done = await numbered.choose("Xác nhận gửi")
    assert OFFER in done.text
    assert done.answers[0].labels[0] == done.answers[-1].labels[0] == "📝 Hoàn thiện đơn"
