"""Both sides of a case: officers' cards and words, citizens' notices and answers, groups and secrets."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from petitions.text import fold
from tests.e2e.support.heard import Heard
from tests.e2e.support.house import House, running_house
from tests.e2e.support.office import bound_group, command, invitation, invited_by_command, link
from tests.e2e.support.people import Citizen, shown
from tests.e2e.support.script import Person, file
from tests.e2e.support.telegram_citizen import TelegramCitizen
from tests.emulators.telegram import Group

KARAOKE = (
    "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng, "
    "nhà tôi có người già không ngủ được"
)
DENUNCIATION = (
    "Tôi tố cáo ông Trưởng ban quản lý di tích thôn Cựu lấy tiền tu bổ 120 triệu mua xe, có bảng kê giả"
)
CITIZEN = Person(name="Nguyễn Thị Sen", phone="0951 223 455", kind="phan_anh")
UNIT = "ql_van_hoa"


async def filed(citizen: Citizen, story: str = KARAOKE, person: Person = CITIZEN) -> str:
    """A petition through the whole dialogue; its code."""
    done = await file(citizen, await citizen.say(story), person)
    assert len(done.codes) == 1, shown(citizen.transcript)
    return done.codes[0]


def nowhere(text: str, *, story: str = KARAOKE, person: Person = CITIZEN) -> None:
    """No name, phone or piece of the story stands in `text`."""
    said = fold(text)
    assert fold(person.name) not in said
    assert "".join(filter(str.isdigit, person.phone)) not in "".join(filter(str.isdigit, text))
    words = fold(story).split()
    pieces = [" ".join(words[at : at + 4]) for at in range(len(words) - 3)]
    # The place of the matter may stand on the card; whole clauses of the story may not.
    place = fold("đường Nguyễn Văn Trỗi, Phủ Lý")
    assert [piece for piece in pieces if piece in said and piece not in place] == []


@pytest.mark.parametrize(("officer_on", "citizen_on"), [("telegram", "web"), ("web", "telegram")])
async def test_a_case_from_filing_to_objection(any_house: House, officer_on: str, citizen_on: str) -> None:
    await a_case(any_house, officer_on, citizen_on)


@pytest.mark.parametrize(
    ("officer_on", "citizen_on"), [("zalo_oa", "zalo_bot"), ("telegram", "zalo_oa"), ("zalo_bot", "web")]
)
async def test_a_case_on_zalo(officer_on: str, citizen_on: str, sqlite_url: str, tmp_path: Path) -> None:
    """The same with numbers typed for buttons."""
    channels = (officer_on, citizen_on)
    async with running_house(sqlite_url, tmp_path / "var", channels=channels) as house:
        await a_case(house, officer_on, citizen_on)


async def a_case(house: House, officer_on: str, citizen_on: str) -> None:
    officer = await house.citizen(officer_on)
    head = await house.citizen(officer_on)
    citizen = await house.citizen(citizen_on)
    welcome = await link(house, officer, UNIT, "officer", "Lê Văn Cán")
    assert "Đã liên kết" in welcome.text
    await link(house, head, UNIT, "head", "Phạm Thị Trưởng")

    code = await filed(citizen)
    card = (await officer.news())[-1]
    assert card.codes == [code]
    assert "Nhận xử lý" in card.labels
    nowhere(card.text)

    await officer.press("Nhận xử lý")
    told = (await citizen.news())[-1]
    assert told.codes == [code]
    assert "đã nhận xử lý" in told.text

    await officer.press("Hỏi người dân")
    await officer.say("Quán hát những ngày nào trong tuần ạ?")
    await officer.press("Gửi câu hỏi")
    asked = (await citizen.news())[-1]
    assert "Quán hát những ngày nào trong tuần ạ?" in asked.text
    assert (await house.ledger.petition(code)).record.stage.value == "waiting_citizen"
    await citizen.press("Trả lời")
    await citizen.say("Tối nào cũng hát, nhất là thứ bảy và chủ nhật")
    answer = "\n".join(heard.text for heard in await officer.news())
    assert "Tối nào cũng hát, nhất là thứ bảy và chủ nhật" in answer
    nowhere(answer)

    await officer.say(f"/case {code}")
    await officer.press("Trả lời")
    await officer.say("Đoàn kiểm tra đã nhắc nhở, quán đóng cửa trước 23 giờ.")
    await officer.press("Gửi trả lời")
    result = (await citizen.news())[-1]
    assert "quán đóng cửa trước 23 giờ" in result.text
    assert {"1", "5"} <= {label.strip()[:1] for label in result.labels}

    await officer.say(f"/case {code}")
    await officer.press("Kết thúc")
    closed = "\n".join(heard.text for heard in await citizen.news())
    assert "đã kết thúc" in closed

    await head.news()
    await citizen.press("2")
    await citizen.press("Chưa hài lòng")
    await citizen.say("Quán vẫn hát tới nửa đêm")
    objection = "\n".join(heard.text for heard in await head.news())
    assert code in "".join(objection.replace("-", "").split())
    assert "chưa hài lòng" in objection.lower()
    await head.say(f"/case {code}")
    await head.press("Mở lại")
    await head.say("Ý kiến của bà là đúng, kiểm tra lại")
    reopened = "\n".join(heard.text for heard in await citizen.news())
    assert "mở lại" in reopened
    assert "kiểm tra lại" in reopened

    kept = await house.ledger.petition(code)
    assert [action for action in kept.actions if action != "note"] == [
        "file",
        "take",
        "ask_citizen",
        "citizen_adds",
        "answer",
        "close",
        "rate",
        "not_satisfied",
        "reopen",
    ]
    assert kept.record.stage.value == "in_progress"
    assert kept.record.rating == 2
    assert await house.ledger.open_assignments() == {kept.record.id: 1}
    assert await house.ledger.broken() == []
    assert await house.ledger.dead() == []


async def test_neither_side_sees_the_others_account(house: House) -> None:
    person = house.telegram.person(first_name="Riêng", last_name="Tư", username="tai_khoan_rieng")
    clerk = house.telegram.person(first_name="Nick", username="nick_can_bo")
    citizen, officer = house.telegram_citizen(person), house.telegram_citizen(clerk)
    await link(house, officer, UNIT, "officer", "Lê Văn Cán")
    code = await filed(citizen)
    await officer.press("Nhận xử lý")
    await officer.press("Nhắn người dân")
    await officer.say("Chúng tôi sẽ tới kiểm tra tối nay.")
    await officer.press("Gửi lời nhắn")
    for_citizen = "\n".join(heard.text for heard in await citizen.all_heard())
    for_officer = "\n".join(heard.text for heard in await officer.all_heard())
    assert "sẽ tới kiểm tra tối nay" in for_citizen
    for account in ("nick_can_bo", str(clerk.id), "Nick"):
        assert account not in for_citizen
    for account in ("tai_khoan_rieng", str(person.id), "Riêng"):
        assert account not in for_officer
    assert code in (await citizen.all_heard())[-1].codes


async def test_a_group_gets_the_card_without_the_person(house: House) -> None:
    people = [house.telegram.person(first_name=name) for name in ("Cán", "Bộ")]
    one, two = (house.telegram_citizen(person) for person in people)
    await link(house, one, UNIT, "officer", "Lê Văn Cán")
    await link(house, two, UNIT, "officer", "Trần Thị Bộ")
    seat = await bound_group(house, UNIT, *people)
    citizen = house.telegram_citizen()
    code = await filed(citizen)
    card = (await seat.news())[-1]
    assert card.codes == [code]
    assert "Nhận xử lý" in card.labels

    token = card.tokens[card.labels.index("Nhận xử lý")]
    pressed = [person.press_data(token, on=_shown_in(seat.group, card), chat=seat.group) for person in people]
    await house.quiet()
    spoken = [(await press.wait_answer()).get("text", "") for press in pressed]
    kept = await house.ledger.petition(code)
    assert kept.actions.count("take") == 1
    assert any("đã nhận" in words for words in spoken)
    assert spoken[0] != spoken[1]
    edited = next(heard for heard in await seat.all_heard() if heard.ref == card.ref)
    assert edited.edited
    assert "đã phân công" in edited.text
    for call in _calls_to(house, seat.group):
        nowhere(json.dumps(call, ensure_ascii=False))


async def test_a_denunciation_is_never_in_a_group(house: House) -> None:
    """Nor with a unit's ordinary officers: its circle gets code and class in private."""
    clerk, boss = house.telegram_citizen(), house.telegram_citizen()
    await link(house, clerk, "thanh_tra", "officer", "Lê Văn Cán")
    await link(house, boss, "thanh_tra", "inspector", "Phạm Văn Thanh")
    seat = await bound_group(house, "thanh_tra", clerk.person, boss.person)
    citizen = house.telegram_citizen()
    await seat.news()
    await clerk.news()
    before = len(_calls_to(house, seat.group))
    person = Person(name="Bùi Thị Nhàn", phone="0957 331 209", kind="to_cao")
    code = await filed(citizen, DENUNCIATION, person)
    told = await boss.news()
    assert told[-1].codes == [code]
    nowhere(told[-1].text, story=DENUNCIATION, person=person)
    assert len(_calls_to(house, seat.group)) == before
    assert await clerk.news() == []
    assert "Không có đơn này" in (await clerk.say(f"/case {code}")).text


async def test_a_transfer_has_a_reason_and_everybody_hears(any_house: House) -> None:
    house = any_house
    here, there = house.telegram_citizen(), house.telegram_citizen()
    await link(house, here, UNIT, "head", "Lê Văn Cán")
    await link(house, there, "ql_du_lich", "officer", "Trần Thị Bộ")
    citizen = await house.web_citizen()
    code = await filed(citizen)
    await here.press("Chuyển đơn vị")
    await _choose_unit(here, "ql_du_lich")
    await here.say("Quán nằm trong khu du lịch")
    await here.press("Chuyển đơn")
    card = (await there.news())[-1]
    assert card.codes == [code]
    told = "\n".join(heard.text for heard in await citizen.news())
    assert "Quán nằm trong khu du lịch" in told
    assert "chuyển tới" in told
    kept = await house.ledger.petition(code)
    assert kept.record.unit == "ql_du_lich"
    assert await house.ledger.open_assignments() == {kept.record.id: 1}
    first = (await here.all_heard())[-1].text
    assert "Nhận xử lý" not in first


async def test_a_blocked_citizen_is_visible_to_the_officer(house: House) -> None:
    officer, citizen = house.telegram_citizen(), house.telegram_citizen()
    await link(house, officer, UNIT, "officer", "Lê Văn Cán")
    code = await filed(citizen)
    await officer.press("Nhận xử lý")
    citizen.person.block()
    await house.quiet()
    await officer.press("Nhắn người dân")
    await officer.say("Chúng tôi sẽ tới kiểm tra tối nay.")
    await officer.press("Gửi lời nhắn")
    await officer.say(f"/case {code}")
    log = await officer.press("Quá trình xử lý")
    assert "đã chặn tài khoản" in log.text
    citizen.person.unblock()
    await house.quiet()
    again = await citizen.say(f"/status {code}")
    assert again.answers


async def test_a_migrated_group_keeps_its_cards(house: House) -> None:
    person = house.telegram.person()
    officer = house.telegram_citizen(person)
    await link(house, officer, UNIT, "head", "Lê Văn Cán")
    group = house.telegram.group("Tổ văn hóa", members=(person,), supergroup=False)
    seat = TelegramCitizen(person, house.quiet, group=group)
    await seat.say(f"/link {await invitation(house, UNIT)}")
    new_id = group.migrate()
    await house.quiet()
    code = await filed(house.telegram_citizen())
    cards = [shown for shown in group.said_by_bot() if code in shown.text.replace("-", "")]
    assert len(cards) == 1
    assert group.id == new_id


async def test_a_group_that_migrates_unheard_is_followed(house: House) -> None:
    """The service message is lost: the API's refusal names the new group, and the card goes there."""
    person = house.telegram.person()
    await link(house, house.telegram_citizen(person), UNIT, "head", "Lê Văn Cán")
    group = house.telegram.group("Tổ văn hóa", members=(person,), supergroup=False)
    seat = TelegramCitizen(person, house.quiet, group=group)
    await seat.say(f"/link {await invitation(house, UNIT)}")
    await house.quiet()
    group.migrate()
    house.telegram.world.updates.pending.clear()
    code = await filed(house.telegram_citizen())
    await house.quiet()
    assert [shown for shown in group.said_by_bot() if code in shown.text.replace("-", "")]


async def test_an_invitation_opens_once_and_for_a_time(house: House) -> None:
    token = await invited_by_command(house, "--unit", UNIT, "--role", "officer", "--days", "1")
    one, two, three = (house.telegram_citizen() for _ in range(3))
    assert "Đã liên kết" in (await one.say(f"/link {token}")).text
    assert "đã được dùng" in (await two.say(f"/link {token}")).text
    late = await invitation(house, UNIT, "officer", days=1)
    await house.pass_time(timedelta(days=2))
    assert "hết hạn" in (await three.say(f"/link {late}")).text
    assert "không đúng" in (await three.say("/link ABCDE-FGHJK-MNPQR-STVWX")).text
    listed = await command(house, "officer", "list")
    assert listed.count("officer ") == 1


def _shown_in(group: Group | None, card: Heard):  # type: ignore[no-untyped-def]
    assert group is not None
    return next(shown for shown in group.transcript() if str(shown.id) == card.ref)


def _calls_to(house: House, group: Group | None) -> list[dict[str, object]]:
    assert group is not None
    return [call.params for call in house.telegram.calls if call.chat == group.id]


async def _choose_unit(officer: Citizen, unit: str) -> None:
    """Through the pages of the list to the unit's button."""
    for _ in range(6):
        for heard in reversed((await officer.all_heard())[-2:]):
            for token in heard.tokens:
                if token.endswith(f".{unit}"):
                    await officer.press_token(token, heard.ref)
                    return
        await officer.press("Trang sau")
        await asyncio.sleep(0)
    raise AssertionError(f"no button for {unit}\n{shown(officer.transcript[-3:])}")
