"""Danger before every form: numbers, one message, nothing promised; and the way out of it."""

from __future__ import annotations

import pytest

from petitions.kinds import Severity
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("chồng em đang đập cửa", "113"),
        ("cứu với cháy nhà rồi", "114"),
        ("help, he is beating me right now", "113"),
    ],
)
async def test_the_first_line_is_a_number_to_call(person: Person, words: str, number: str) -> None:
    answer = await person.say(words)
    assert len(answer.answers) == 1
    assert number in answer.text.splitlines()[0]
    assert answer.labels == []
    assert answer.answers[0].quiet


async def test_an_address_in_the_first_message_is_passed_on_at_once(office: Office, person: Person) -> None:
    answer = await person.say("chồng em đang đập cửa, xóm 4 thanh hải")
    assert "Đã ghi địa chỉ" in answer.text
    assert "xóm 4 thanh hải" in office.everything_sent_to("901")
    assert await person.petitions() == []


async def test_danger_in_the_middle_of_a_draft(person: Person) -> None:
    await person.say("Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng")
    answer = await person.say("chồng em đang đập cửa")
    assert "113" in answer.text.splitlines()[0]
    assert "họ tên" not in answer.text


async def test_stop_ends_it_quietly(person: Person) -> None:
    await person.say("chồng em đang đập cửa")
    person.rest(3)
    await person.say("...")
    stopped = await person.press("Dừng")
    assert len(stopped.text) < 80
    assert "Kính chào" in (await person.say("xin chào")).text


async def test_a_day_later_it_is_over(person: Person) -> None:
    await person.say("chồng em đang đập cửa")
    person.rest(30)
    answer = await person.say("thư viện tỉnh điều hòa hỏng từ tháng 5, nóng không ngồi được")
    assert "Thư viện tỉnh" in answer.text


async def test_violence_told_as_a_story_is_a_form_with_the_numbers(person: Person) -> None:
    answer = await person.say(
        "bố dượng cháu hay đánh cháu bằng dây điện từ năm ngoái, nhà ở thôn 3 Liêm Tuyền"
    )
    assert "113" in answer.text
    assert "111" in answer.text
    assert answer.labels


async def test_the_petition_after_danger_is_sealed_and_its_notices_name_nothing(
    office: Office, person: Person
) -> None:
    await person.say("chồng em đang đập cửa")
    await person.say("xóm 4 thanh hải nhà ngói cạnh miếu")
    await person.say("em ra ngoài rồi, giờ em muốn làm đơn")
    await person.press("Chỉ nhắn ở đây")
    done = await person.press("Gửi")
    (petition,) = await person.petitions()
    assert petition.severity is Severity.URGENT
    assert petition.confidential
    assert petition.discreet
    shown = await person.say(done.answers[0].codes[0])
    for word in ("bạo lực", "Gia đình", "Phản ánh"):
        assert word not in done.text
        assert word not in shown.text
    listed = await person.command("mine")
    assert "bạo lực" not in listed.text
