"""Lists of work and regular summaries: the right cases, at the right hour, and nothing of a sealed one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from petitions.kinds import Action, Kind, Role
from storage.records import OfficerRecord, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office, Sent, sample_agency

ZONE = sample_agency().zone
HEAD, OFFICER, INSPECTOR, CITIZEN = "201", "202", "301", "500"


def at(day: int, month: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
async def staffed(office: Office, clock: HandClock) -> Office:
    """Monday 30/11/2026 at nine; a unit's head and officer, and the focal unit's inspector."""
    clock.at = at(30, 11)
    await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một")
    await office.officer(INSPECTOR, "thanh_tra", Role.INSPECTOR, "Đỗ Thanh Tra")
    return office


async def officer(office: Office, chat: str) -> OfficerRecord:
    found = await office.work(lambda book: book.officer_of_chat("telegram", "bot", chat))
    assert found is not None
    return found


async def taken(office: Office, chat: str = OFFICER, citizen: str = CITIZEN) -> PetitionRecord:
    petition = await office.file(citizen)
    return await office.does(await officer(office, chat), petition, Action.TAKE)


async def listed(office: Office, chat: str, argument: str) -> tuple[str, int]:
    """The heading, and how many cases stand below it."""
    await office.command(chat, "inbox", argument)
    sent = office.last(chat)
    cases = [button for button in sent.buttons if button.token.startswith("o.case.")]
    return sent.message.text, len(cases)


# ten working days from Monday 30/11 end on Monday 14/12.


async def test_lists_by_date_for_the_officer_and_for_the_unit(staffed: Office) -> None:
    await taken(staffed)
    await taken(staffed, HEAD, "501")
    await staffed.file("502")
    assert await listed(staffed, OFFICER, "mine") == ("Việc của tôi: 1 đơn đang mở.", 1)
    assert (await listed(staffed, OFFICER, "unit"))[1] == 3
    assert await listed(staffed, OFFICER, "late") == ("Không có đơn nào quá hạn.", 0)

    staffed.clock.at = at(8, 12)  # three working days from Tuesday 8/12 end on Friday 11/12
    assert (await listed(staffed, OFFICER, "soon"))[1] == 0
    staffed.clock.at = at(9, 12)
    assert await listed(staffed, OFFICER, "soon") == ("Tới hạn trong 3 ngày làm việc: 1 đơn.", 1)
    assert (await listed(staffed, HEAD, "sắp tới hạn"))[1] == 3, "the head's list is the unit's"

    staffed.clock.at = at(15, 12)
    assert (await listed(staffed, OFFICER, "quá hạn"))[1] == 1
    assert (await listed(staffed, HEAD, "late"))[1] == 3
    assert (await listed(staffed, INSPECTOR, "late"))[1] == 3, "who oversees sees the whole office"


async def test_waiting_for_the_citizen(staffed: Office) -> None:
    petition = await taken(staffed)
    assert (await listed(staffed, OFFICER, "waiting"))[1] == 0
    await staffed.does(await officer(staffed, OFFICER), petition, Action.ASK_CITIZEN, text="Ở đâu?")
    heading, number = await listed(staffed, OFFICER, "waiting")
    assert number == 1
    assert "Hạn theo luật vẫn tính" in heading
    await staffed.say(CITIZEN, "Ở Phủ Lý")


async def test_the_lists_lead_to_each_other(staffed: Office) -> None:
    await taken(staffed)
    await staffed.command(OFFICER, "inbox", "")
    for label in ("Việc của đơn vị", "Quá hạn", "Sắp tới hạn", "Chờ người dân", "Việc của tôi"):
        await staffed.press(OFFICER, staffed.last(OFFICER).button(label))
    assert "Việc của tôi: 1" in staffed.last(OFFICER).text


async def test_a_sealed_case_stands_in_no_list_of_somebody_else(staffed: Office) -> None:
    await staffed.file(CITIZEN, Kind.DENUNCIATION)
    staffed.clock.at = at(15, 12)
    for argument in ("unit", "late"):
        assert (await listed(staffed, OFFICER, argument))[1] == 0
        assert (await listed(staffed, INSPECTOR, argument))[1] == 0
        assert (await listed(staffed, HEAD, argument))[1] == 1


# --- summaries


def summaries(office: Office, chat: str) -> list[tuple[dt.datetime, Sent]]:
    return [
        (sent.row.created_at.astimezone(ZONE), sent)
        for sent in office.chat(chat)
        if sent.message.title and "Nhắc hạn" not in sent.message.title and sent.row.card_petition_id is None
    ]


async def test_the_head_reads_each_working_morning_what_there_is(staffed: Office) -> None:
    petition = await taken(staffed)
    await staffed.file("501", Kind.DENUNCIATION)
    await staffed.live_until(at(1, 12, 12))
    [(moment, first)] = summaries(staffed, HEAD)
    assert moment == at(1, 12, 7, 30)
    assert first.message.title == "Việc của Phòng Quản lý văn hóa và gia đình sáng nay"
    assert first.message.text.startswith("Mới: 2\nSắp tới hạn: 0\nQuá hạn: 0")
    assert "Chưa ai nhận: 1" in first.message.text
    assert "• Trần Văn Một: 1 đang mở, 0 quá hạn" in first.message.text
    assert petition.code[:4] not in first.text, "counts only"

    await staffed.live_until(at(8, 12, 12))
    days = [moment.date().day for moment, _ in summaries(staffed, HEAD)]
    assert days == [1, 2, 3, 4, 7, 8], "not on Saturday and Sunday"


async def test_a_morning_with_nothing_to_say_is_quiet(staffed: Office) -> None:
    petition = await taken(staffed)
    await staffed.does(await officer(staffed, OFFICER), petition, Action.ANSWER, text="Xong")
    await staffed.does(await officer(staffed, OFFICER), petition, Action.CLOSE)
    await staffed.live_until(at(4, 12, 12))
    assert summaries(staffed, HEAD) == []


async def test_the_inspector_reads_by_unit_on_the_first_working_day_of_the_week(staffed: Office) -> None:
    await taken(staffed)
    await staffed.file("501", unit="bao_tang", topic="bao_tang")
    await staffed.live_until(at(14, 12, 12))
    found = summaries(staffed, INSPECTOR)
    assert [moment for moment, _ in found] == [at(7, 12, 7, 30), at(14, 12, 7, 30)]
    lines = found[0][1].message.text.splitlines()
    assert lines[0].startswith("Toàn cơ quan: 2 mới, 2 đang mở, 0 quá hạn")
    assert "• Bảo tàng tỉnh: 1 mới, 1 đang mở" in "\n".join(lines)
    assert "0 mới" in found[1][1].message.text.splitlines()[0]


async def test_what_was_missed_at_night_is_told_in_the_morning(staffed: Office) -> None:
    await staffed.file(CITIZEN)
    staffed.clock.at = at(5, 12, 3)  # the service was down since Monday; Saturday at three in the night
    await staffed.fire_timers()
    assert summaries(staffed, HEAD) == []
    await staffed.live_until(at(7, 12, 12))
    assert [moment for moment, _ in summaries(staffed, HEAD)] == [at(7, 12, 7, 30)]


async def test_an_office_may_do_without_summaries(staffed: Office) -> None:
    agency = sample_agency()
    digest = agency.deadlines.digest.model_copy(update={"heads": False, "weekly": False})
    none = agency.deadlines.model_copy(update={"digest": digest})
    staffed.facts = replace(staffed.facts, agency=agency.model_copy(update={"deadlines": none}))
    await taken(staffed)
    await staffed.live_until(at(9, 12, 12))
    assert len(summaries(staffed, HEAD)) <= 1, "the one that was set before the profile changed"
