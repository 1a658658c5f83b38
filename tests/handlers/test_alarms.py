"""A case runs late: who hears what at which hour, on a real database, timer by timer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest

from petitions.clocks import ClockState
from petitions.kinds import Action, Kind, Role, Severity, Stage
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import EventRecord, OfficerRecord, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office, sample_agency

ZONE = sample_agency().zone
HEAD, OFFICER, INSPECTOR, DIRECTOR, CITIZEN = "201", "202", "301", "401", "500"
ALARMS = frozenset({Action.WARN, Action.BREACH, Action.ESCALATE})


def at(day: int, month: int, hour: int = 7, minute: int = 40, *, year: int = 2026) -> dt.datetime:
    """A moment in the office; digests go out ten minutes after half past seven."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=ZONE)


@dataclass
class Staff:
    office: Office
    head: OfficerRecord
    officer: OfficerRecord
    inspector: OfficerRecord
    director: OfficerRecord

    def told(self, chat: str) -> list[tuple[dt.datetime, str]]:
        """When the chat got a digest of alarms, to the minute, and its lines."""
        return [
            (sent.row.created_at.astimezone(ZONE).replace(second=0, microsecond=0), sent.message.text)
            for sent in self.office.chat(chat)
            if sent.message.title == "Nhắc hạn"
        ]

    def times(self, chat: str) -> list[dt.datetime]:
        return [moment for moment, _ in self.told(chat)]

    async def alarms(self, petition: PetitionRecord) -> list[EventRecord]:
        events = await self.office.work(lambda book: book.events(petition.id))
        return [event for event in events if event.action in ALARMS]

    async def accepted(self, **fields: Any) -> PetitionRecord:
        """A complaint that the officer has accepted today, so that only the settling runs."""
        office, today = self.office, self.office.clock.now().astimezone(ZONE).date()
        petition = await office.file(CITIZEN, Kind.COMPLAINT, **fields)
        await office.does(self.officer, petition, Action.TAKE)
        await office.does(self.officer, petition, Action.CONFIRM_FORM, on=today)
        await office.does(self.officer, petition, Action.SCREEN_ELIGIBLE)
        return await office.does(self.officer, petition, Action.ACCEPT, on=today, document="12/TB")

    async def decided(self, petition: PetitionRecord) -> None:
        """The decision of today, found wrong and sent, with nothing for the report forms."""
        today = self.office.clock.now().astimezone(ZONE).date()
        given = {"document": "1/QĐ", "code": "complaint_wrong", "facts": {}, "text": "Không có căn cứ"}
        await self.office.does(self.officer, petition, Action.DECIDE, on=today, **given)
        await self.office.does(self.officer, petition, Action.SEND_DECISION, on=today)


@pytest.fixture
async def staff(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Staff:
    """On Monday 30/11/2026 at nine: a unit with head and officer, the focal unit's inspector, a director."""
    clock.at = at(30, 11, 9, 0)
    office = Office(sqlite_database, vault, ids, clock)
    return Staff(
        office,
        head=await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng"),
        officer=await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một"),
        inspector=await office.officer(INSPECTOR, "thanh_tra", Role.INSPECTOR, "Đỗ Thanh Tra"),
        director=await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR, "Vũ Giám Đốc"),
    )


# A complaint accepted on Monday 30/11/2026 is to be settled within 30 days (C-05): Wednesday 30/12/2026, a working
# day. Half of 30 days back: Tuesday 15/12; two working days back: Monday 28/12, one: Tuesday 29/12. Late from
# Thursday 31/12; 1/1/2027 is a day off, so the working mornings after the date are 31/12, 4/1, 5/1, 6/1, 7/1, 8/1.


async def test_a_complaint_warns_three_times_and_climbs_to_the_director(staff: Staff) -> None:
    petition = await staff.accepted()
    await staff.office.live_until(at(20, 1, 12, 0, year=2027))

    assert staff.times(OFFICER) == [at(15, 12), at(28, 12), at(29, 12), at(31, 12)]
    assert staff.times(HEAD) == [at(4, 1, year=2027)]
    assert staff.times(INSPECTOR) == [at(6, 1, year=2027)]
    assert staff.times(DIRECTOR) == [at(8, 1, year=2027)]

    half, _, last, late = [text for _, text in staff.told(OFFICER)]
    assert "Hạn 30/12/2026, còn 11 ngày làm việc (Điều 28 Luật Khiếu nại)" in half
    assert "còn 1 ngày làm việc" in last
    assert "đã quá hạn ngày 30/12/2026" in late
    assert "Báo tới người xử lý" in late
    assert "Báo tới lãnh đạo cơ quan" in staff.told(DIRECTOR)[0][1]

    events = await staff.alarms(petition)
    assert [(event.action, event.content.get("level")) for event in events] == [
        (Action.WARN, "officer"),
        (Action.WARN, "officer"),
        (Action.WARN, "officer"),
        (Action.BREACH, "officer"),
        (Action.ESCALATE, "head"),
        (Action.ESCALATE, "focal"),
        (Action.ESCALATE, "director"),
    ]
    breach = events[3]
    assert breach.at == at(31, 12, 0, 0)
    assert breach.content == {
        "rule": "C-05",
        "step": "settle",
        "clock": breach.content["clock"],
        "due": "2026-12-30",
        "level": "officer",
        "people": [staff.officer.id],
        "reached": 1,
    }
    assert events[6].content["people"] == [staff.director.id]
    assert "Nhắc hạn" not in staff.office.everything_sent_to(CITIZEN)


async def test_the_button_under_an_alarm_opens_the_case(staff: Staff) -> None:
    petition = await staff.accepted()
    await staff.office.live_until(at(15, 12, 12, 0))
    alarm = staff.office.chat(OFFICER)[-1]
    [card] = await staff.office.press(OFFICER, alarm.buttons[0])
    assert card.row.card_petition_id == petition.id
    assert alarm.button("quá hạn")


async def test_the_breach_stays_on_record_after_the_decision(staff: Staff) -> None:
    petition = await staff.accepted()
    await staff.office.live_until(at(4, 1, 12, 0, year=2027))
    await staff.decided(petition)
    [breach] = await staff.office.work(lambda book: book.breaches(petition.id))
    assert (breach.rule, breach.due_on, breach.level) == ("C-05", dt.date(2026, 12, 30), 2)
    assert (breach.found_at, breach.ended_on) == (at(31, 12, 0, 0), dt.date(2027, 1, 4))
    assert (breach.unit, breach.officer_id) == ("ql_van_hoa", staff.officer.id)

    await staff.office.live_until(at(20, 1, 12, 0, year=2027))
    settle = [c for c in (await clocks(staff, petition)) if c.step == "settle"]
    assert [clock.state for clock in settle] == [ClockState.MET]
    assert await staff.office.work(lambda book: book.breaches(petition.id))
    assert all(event.content["rule"] != "C-05" for event in (await staff.alarms(petition))[5:])


async def clocks(staff: Staff, petition: PetitionRecord) -> list[Any]:
    found = await staff.office.work(lambda book: book.clocks(petition.id))
    return list(found.values())


async def test_a_note_resets_nothing(staff: Staff) -> None:
    petition = await staff.accepted()
    await staff.office.live_until(at(31, 12, 9, 0))
    await staff.office.does(staff.officer, petition, Action.NOTE, text="Đang xác minh")
    await staff.office.does(staff.officer, petition, Action.VERIFY)
    await staff.office.live_until(at(4, 1, 12, 0, year=2027))
    assert staff.times(HEAD) == [at(4, 1, year=2027)]
    assert len(staff.times(OFFICER)) == 4


async def test_a_downtime_over_all_of_them_gives_one(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.office.clock.at = at(13, 1, 10, 0, year=2027)
    assert await staff.office.fire_timers()
    await staff.office.live_until(at(14, 1, 12, 0, year=2027))

    [event] = await staff.alarms(petition)
    assert (event.action, event.content["level"]) == (Action.BREACH, "director")
    everybody = [staff.officer, staff.head, staff.inspector, staff.director]
    assert sorted(event.content["people"]) == sorted(officer.id for officer in everybody)
    for chat in (OFFICER, HEAD, INSPECTOR, DIRECTOR):
        assert staff.times(chat) == [at(13, 1, 10, 10, year=2027)]
    [breach] = await staff.office.work(lambda book: book.breaches(petition.id))
    assert (breach.due_on, breach.level) == (dt.date(2026, 12, 30), 4)


async def test_a_downtime_over_two_warnings_gives_one(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.office.clock.at = at(28, 12, 22, 0)  # at night: told in the morning, together with the last one
    await staff.office.fire_timers()
    assert staff.times(OFFICER) == []
    await staff.office.live_until(at(29, 12, 12, 0))
    assert staff.times(OFFICER) == [at(29, 12)]
    assert [event.content["warning"] for event in await staff.alarms(petition)] == [2, 3]


async def test_a_restart_tells_nothing_twice(staff: Staff) -> None:
    petition = await staff.accepted()
    await staff.office.live_until(at(31, 12, 12, 0))
    before = len(await staff.alarms(petition))
    for _ in range(3):  # whoever looks again, looks at a case that remembers
        await staff.office.work(lambda book: book.set_timer("clock", book.now(), petition_id=petition.id))
        await staff.office.fire_timers()
    assert len(await staff.alarms(petition)) == before
    assert len(staff.times(OFFICER)) == 4


async def test_nobody_is_alarmed_at_night_or_on_a_sunday(staff: Staff) -> None:
    # Feedback of Thursday 3/12 at nine in the evening: to be taken within one working day, Friday 4/12; late from
    # Saturday, told on Monday.
    staff.office.clock.at = at(3, 12, 21, 0)
    petition = await staff.office.file(CITIZEN)
    await staff.office.live_until(at(7, 12, 7, 39))
    assert staff.times(HEAD) == []
    [breach] = await staff.alarms(petition)
    assert breach.at == at(5, 12, 0, 0)
    await staff.office.live_until(at(7, 12, 12, 0))
    assert staff.times(HEAD) == [at(7, 12)]


async def test_an_urgent_case_waits_for_no_morning(staff: Staff) -> None:
    staff.office.clock.at = at(3, 12, 21, 0)
    await staff.office.file(CITIZEN, severity=Severity.URGENT)
    await staff.office.live_until(at(5, 12, 12, 0))
    assert staff.times(HEAD) == [at(5, 12, 0, 0)]


async def test_what_nobody_takes_climbs_past_the_missing_officer(staff: Staff) -> None:
    # Filed on Monday 30/11, to be taken by Tuesday 1/12: late from Wednesday 2/12. Nobody is named, so the head
    # hears at once; the focal unit on the fourth working morning (7/12), the director on the sixth (9/12).
    petition = await staff.office.file(CITIZEN)
    await staff.office.live_until(at(9, 12, 12, 0))
    assert staff.times(HEAD) == [at(2, 12), at(7, 12)], "late; then half of the ten working days of A-01"
    assert staff.times(OFFICER) == []
    assert at(7, 12) in staff.times(INSPECTOR)
    assert at(9, 12) in staff.times(DIRECTOR)
    assert "chưa ai nhận xử lý" in staff.told(HEAD)[0][1]
    first = (await staff.alarms(petition))[0]
    assert (first.content["step"], first.content["level"]) == ("take", "head")


async def test_taking_it_ends_the_alarm(staff: Staff) -> None:
    petition = await staff.office.file(CITIZEN)
    await staff.office.live_until(at(2, 12, 0, 30))
    await staff.office.does(staff.officer, petition, Action.TAKE)
    await staff.office.live_until(at(4, 12, 12, 0))
    assert staff.times(HEAD) == [], "it was taken before anybody was told"
    assert [event.action for event in await staff.alarms(petition)] == [Action.BREACH]


async def test_alarms_of_one_morning_are_one_message(staff: Staff) -> None:
    filed = [await staff.office.file(str(500 + n)) for n in range(15)]
    await staff.office.live_until(at(2, 12, 12, 0))
    [(moment, text)] = staff.told(HEAD)
    assert moment == at(2, 12)
    assert text.startswith("15 việc cần")
    assert "và 3 việc nữa" in text
    assert sum(str(p.code)[:4] in text for p in filed) >= 12
    assert len(staff.office.chat(HEAD)[-1].buttons) == 13


async def test_a_sealed_case_leaks_nothing(staff: Staff) -> None:
    office = staff.office
    petition = await office.file(CITIZEN, Kind.DENUNCIATION, topic="tham_nhung_tieu_cuc")
    await office.live_until(at(15, 12, 12, 0))
    text = "".join(text for _, text in staff.told(HEAD))
    assert text.count("🔴") == 2, "taken by nobody, and A-01"
    assert "tố cáo" not in text.lower()
    assert staff.told(INSPECTOR) == [], "the focal unit may be the accused one"
    [(_, told), *_] = staff.told(DIRECTOR)
    assert "không được xem nội dung" in told
    assert "tố cáo" not in told.lower()
    assert not any(button.token.startswith("o.case") for button in office.last(DIRECTOR).buttons)
    levels = [event.content["level"] for event in await staff.alarms(petition)]
    assert levels[0] == "head"
    assert "director" in levels
    assert "focal" not in levels


async def test_nobody_at_all_is_on_record(
    sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    clock.at = at(30, 11, 9, 0)
    office = Office(sqlite_database, vault, ids, clock)
    petition = await office.file(CITIZEN)
    await office.live_until(at(2, 12, 12, 0))
    events = await office.work(lambda book: book.events(petition.id))
    assert events[-1].action is Action.BREACH
    assert (events[-1].content["reached"], events[-1].content["people"]) == (0, [])


async def test_the_deputy_hears_too_while_the_officer_is_away(staff: Staff) -> None:
    petition = await staff.accepted()
    deputy = await staff.office.officer("203", "ql_van_hoa", Role.OFFICER, "Phạm Thị Hai")
    away = at(20, 12, 0, 0)
    await staff.office.work(
        lambda book: book.set_absent(staff.officer.id, away, deputy.id, since=at(10, 12, 0, 0))
    )
    await staff.office.live_until(at(15, 12, 12, 0))
    assert staff.times("203") == staff.times(OFFICER) == [at(15, 12)]
    [event] = await staff.alarms(petition)
    assert event.content["people"] == [staff.officer.id, deputy.id]


async def test_a_decision_takes_effect_and_the_citizen_reads_it_in_the_morning(staff: Staff) -> None:
    # Decided on Monday 7/12: in effect after 30 days (C-19), on Wednesday 6/1/2027 is the 30th day, so from 7/1.
    petition = await staff.accepted()
    staff.office.clock.at = at(7, 12, 9, 0)
    await staff.decided(petition)
    await staff.office.live_until(at(6, 1, 23, 0, year=2027))
    assert (await staff.office.now(petition)).stage is Stage.DECIDED
    await staff.office.live_until(at(7, 1, 7, 31, year=2027))
    after = await staff.office.now(petition)
    assert (after.stage, after.effective_on) == (Stage.ENFORCING, dt.date(2027, 1, 7))
    assert staff.office.last(CITIZEN).row.created_at == at(7, 1, 7, 30, year=2027)


async def test_a_task_of_a_decision_climbs_by_its_own_officer(staff: Staff) -> None:
    # Ordered on Monday 7/12 for Friday 18/12: half of 11 days is 5, Sunday 13/12, told on Monday 14/12; two and one
    # working days before: 16/12, 17/12. Late from Saturday 19/12: working mornings 21, 22/12 …
    petition = await staff.accepted()
    other = await staff.office.officer("203", "ql_van_hoa", Role.OFFICER, "Phạm Thị Hai")
    staff.office.clock.at = at(7, 12, 9, 0)
    await staff.decided(petition)
    await staff.office.does(
        staff.officer,
        petition,
        Action.ORDER_TASK,
        officer_id=other.id,
        task="Trả lại giấy phép",
        due=dt.date(2026, 12, 18),
    )
    await staff.office.live_until(at(22, 12, 12, 0))
    assert staff.times("203") == [at(14, 12), at(16, 12), at(17, 12), at(21, 12)]
    near, late = staff.told("203")[0][1], staff.told("203")[-1][1]
    assert "Hạn 18/12/2026, còn 4 ngày làm việc" in near
    assert "việc phải thi hành đã quá hạn ngày 18/12/2026" in late
    assert at(22, 12) in staff.times(HEAD)


async def test_an_office_s_own_hours_are_kept(staff: Staff) -> None:
    agency = sample_agency()
    own = agency.deadlines.model_validate(
        {"warnings": ["5d"], "morning": "09:00", "digest": {"gather": 0}, "ladder": {"officer": 0, "head": 0}}
    )
    staff.office.facts = replace(staff.office.facts, agency=agency.model_copy(update={"deadlines": own}))
    await staff.accepted()
    await staff.office.live_until(at(31, 12, 12, 0))
    assert staff.times(OFFICER) == [at(25, 12, 9, 0), at(31, 12, 7, 30)]
    assert staff.times(HEAD) == [at(31, 12, 7, 30)]
