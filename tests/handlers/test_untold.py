"""Officers and citizens whose channel takes nothing now: who hears instead, when, and what is shown of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from handlers import cases, untold
from handlers.messages import Membership, MembershipChange
from handlers.notices import alert_danger
from handlers.turn import Turn
from petitions.kinds import Action, Kind, Role, Severity
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import EventRecord, OfficerRecord, OutboxStatus, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office, place, sample_agency, sample_facts

ZONE = sample_agency().zone
WEEK = dt.timedelta(days=7)
HEAD, OFFICER, DIRECTOR, ADMIN, CITIZEN = "201", "z202", "401", "901", "500"
BLOCKED = (OutboxStatus.BLOCKED, "blocked by the person")


def at(day: int, month: int, hour: int = 7, minute: int = 40, *, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=ZONE)


class Staff(Office):
    """An office whose officer is reached only by a channel that closes after a week."""

    head: OfficerRecord
    officer_: OfficerRecord
    director: OfficerRecord
    held = False

    def digests(self, chat: str) -> list[str]:
        return [sent.text for sent in self.chat(chat) if sent.message.title == "Nhắc hạn"]

    async def climbs(self, petition: PetitionRecord) -> list[EventRecord]:
        events = await self.work(lambda book: book.events(petition.id))
        return [event for event in events if event.action is Action.ESCALATE]

    async def accepted(self, **fields: Any) -> PetitionRecord:
        """A complaint that the officer has accepted today, so that only the settling runs."""
        today = self.clock.now().astimezone(ZONE).date()
        petition = await self.file(CITIZEN, Kind.COMPLAINT, **fields)
        await self.does(self.officer_, petition, Action.TAKE)
        await self.does(self.officer_, petition, Action.CONFIRM_FORM, on=today)
        await self.does(self.officer_, petition, Action.SCREEN_ELIGIBLE)
        return await self.does(self.officer_, petition, Action.ACCEPT, on=today, document="12/TB")

    async def is_here(self, chat: str) -> None:
        await self.command(chat, "inbox")

    async def block(self, chat: str) -> None:
        await self.update(chat, Membership(change=MembershipChange.BLOCKED))

    async def deliver(self, *, failing: dict[str, tuple[OutboxStatus, str]] | None = None) -> None:
        if not self.held:
            await super().deliver(failing=failing)

    async def fire_without_delivery(self) -> None:
        """What the timers make waits in the outbox, for the test to say what becomes of it."""
        self.held = True
        await self.fire_timers()
        self.clock.forward(dt.timedelta(minutes=11))  # what came together is gathered
        await self.fire_timers()
        self.held = False

    async def as_citizen_undelivered(self, chat: str, handle: Callable[[Turn], object]) -> None:
        self.held = True
        await self.as_citizen(chat, lambda turn: _do(handle, turn))
        self.held = False

    async def one_more_chat(self, chat: str) -> None:
        """The officer links another chat."""
        officer = self.officer_
        _, token = await self.work(
            lambda book: book.invite(
                officer.unit, officer.role, officer.name, self.clock.now() + WEEK, officer_id=officer.id
            )
        )
        await self.command(chat, "link", token)


@pytest.fixture
async def staff(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Staff:
    clock.at = at(30, 11, 9, 0)
    staff = Staff(sqlite_database, vault, ids, clock)
    staff.facts = replace(sample_facts(), windows={"zalo_oa": WEEK}, fixed=frozenset({"zalo_oa"}))
    staff.head = await staff.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")
    staff.officer_ = await staff.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một")
    staff.director = await staff.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR, "Vũ Giám Đốc")
    return staff


# --- alarms


async def test_what_the_officer_cannot_be_told_the_head_hears_that_morning(staff: Staff) -> None:
    """The first warning (15/12) finds the officer away from the channel for more than a week."""
    petition = await staff.accepted()
    await staff.live_until(at(15, 12, 12, 0))

    assert staff.digests(OFFICER) == []
    [told] = staff.digests(HEAD)
    assert "Hạn 30/12/2026" in told
    events = await staff.work(lambda book: book.events(petition.id))
    assert [(event.action, event.content["level"]) for event in events[-1:]] == [(Action.WARN, "head")]


async def test_an_alarm_already_made_climbs_when_its_digest_finds_no_chat(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.clock.at = at(14, 12, 7, 35)
    await staff.is_here(OFFICER)
    staff.facts = replace(staff.facts, windows={"zalo_oa": dt.timedelta(days=1, minutes=-2)})
    await staff.live_until(at(15, 12, 7, 30))  # the alarm is made while the window is open
    assert await staff.climbs(petition) == []
    await staff.live_until(at(15, 12, 12, 0))

    [climb] = await staff.climbs(petition)
    assert climb.at.astimezone(ZONE).replace(second=0, microsecond=0) == at(15, 12)
    assert climb.content["untold"] == staff.officer_.id
    assert (climb.content["outcome"], climb.content["level"]) == ("no_chat", "head")
    assert climb.content["people"] == [staff.head.id]
    [told] = staff.digests(HEAD)
    assert "Hạn 30/12/2026" in told
    await staff.live_until(at(18, 12, 12, 0))
    assert len(await staff.climbs(petition)) == 1, "once, however often the digest looks for a chat"

    await staff.is_here(OFFICER)
    await staff.live_until(at(18, 12, 13, 0))
    assert len(staff.digests(OFFICER)) == 1, "back again, the officer hears of it too"


async def test_a_digest_that_is_not_taken_climbs_at_once(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.clock.at = at(15, 12, 7, 29)
    await staff.is_here(OFFICER)
    staff.clock.at = at(15, 12, 7, 40)
    await staff.fire_without_delivery()
    await staff.deliver(failing={OFFICER: BLOCKED})
    await staff.live_until(at(15, 12, 12, 0))

    [climb] = await staff.climbs(petition)
    assert (climb.content["outcome"], climb.content["level"]) == ("blocked", "head")
    assert len(staff.digests(HEAD)) == 1
    [clock] = [
        found
        for found in (await staff.work(lambda book: book.clocks(petition.id))).values()
        if found.id == climb.content["clock"]
    ]
    assert clock.level == 0, "a warning that climbed leaves the ladder of what is late as it was"


async def test_what_waits_in_a_refused_account_climbs_once_and_is_told_later_as_well(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.clock.at = at(15, 12, 7, 29)
    await staff.is_here(OFFICER)
    staff.clock.at = at(15, 12, 7, 40)
    await staff.fire_without_delivery()
    channel, account, _ = place(OFFICER)
    staff.held = True
    for _ in range(2):
        await staff.work(lambda book: untold.note_refused(book, channel, account))
        await staff.fire_timers()
    staff.held = False
    await staff.live_until(at(15, 12, 12, 0))

    [climb] = await staff.climbs(petition)
    assert (climb.content["outcome"], climb.content["level"]) == ("account_refused", "head")
    assert len(staff.digests(HEAD)) == 1
    assert len(staff.digests(OFFICER)) == 1


async def test_a_late_case_that_climbed_is_not_told_there_again_on_its_day(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.clock.at = at(31, 12, 7, 29)
    await staff.is_here(OFFICER)
    staff.clock.at = at(31, 12, 7, 40)
    await staff.fire_without_delivery()
    await staff.deliver(failing={OFFICER: (OutboxStatus.REFUSED, "too long")})
    await staff.is_here(OFFICER)
    await staff.live_until(at(5, 1, 12, 0, year=2027))

    climbs = await staff.climbs(petition)
    assert [(event.content.get("untold"), event.content["level"]) for event in climbs] == [
        (staff.officer_.id, "head")
    ]
    assert len(staff.digests(HEAD)) == 1


async def test_another_chat_of_the_officer_is_as_good(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.clock.at = at(15, 12, 7, 29)
    await staff.one_more_chat("w202")
    await staff.live_until(at(15, 12, 12, 0))
    assert (len(staff.digests("w202")), staff.digests(OFFICER), staff.digests(HEAD)) == (1, [], [])
    assert await staff.climbs(petition) == []


async def test_a_chat_that_shut_us_out_leaves_the_alarm_to_the_other(staff: Staff) -> None:
    petition = await staff.accepted()
    staff.clock.at = at(15, 12, 7, 29)
    await staff.one_more_chat("w202")
    await staff.is_here(OFFICER)
    staff.clock.at = at(15, 12, 7, 40)
    await staff.fire_without_delivery()
    await staff.deliver(failing={"w202": BLOCKED})
    await staff.block("w202")
    await staff.live_until(at(15, 12, 12, 0))
    assert (staff.digests("w202"), len(staff.digests(OFFICER)), staff.digests(HEAD)) == ([], 1, [])
    assert await staff.climbs(petition) == []


async def test_above_the_director_those_who_run_the_service_hear(staff: Staff) -> None:
    admin = await staff.officer(ADMIN, "van_phong", Role.ADMIN, "Quản trị")
    petition = await staff.accepted()
    staff.clock.at = at(8, 1, 7, 29, year=2027)
    for chat in (OFFICER, DIRECTOR):
        await staff.is_here(chat)
    staff.clock.at = at(8, 1, 7, 40, year=2027)
    await staff.fire_without_delivery()
    people = {OFFICER: BLOCKED, HEAD: BLOCKED, DIRECTOR: BLOCKED}
    await staff.deliver(failing=people)
    for chat in people:
        await staff.block(chat)
    await staff.live_until(at(8, 1, 12, 0, year=2027))

    climbs = await staff.climbs(petition)
    assert {tuple(event.content["people"]) for event in climbs if "untold" in event.content} == {(admin.id,)}
    assert len(staff.digests(ADMIN)) == 1


async def test_a_level_of_which_somebody_hears_is_not_passed_over(staff: Staff) -> None:
    second = await staff.officer("204", "ql_van_hoa", Role.HEAD, "Phó Trưởng")
    petition = await staff.file(CITIZEN)
    await staff.live_until(at(2, 12, 7, 31))
    await staff.fire_without_delivery()
    await staff.deliver(failing={HEAD: BLOCKED})
    await staff.block(HEAD)
    await staff.live_until(at(2, 12, 12, 0))
    assert (staff.digests(HEAD), len(staff.digests("204"))) == ([], 1)
    assert [event for event in await staff.climbs(petition) if "untold" in event.content] == []
    assert second.role is Role.HEAD


async def test_a_case_that_is_over_does_not_climb(staff: Staff) -> None:
    petition = await staff.file(CITIZEN)
    await staff.does(staff.officer_, petition, Action.TAKE)
    staff.clock.at = at(7, 12, 7, 35)
    await staff.is_here(OFFICER)
    await staff.live_until(at(18, 12, 7, 31))
    await staff.does(staff.officer_, petition, Action.ANSWER, text="Đã xử lý xong.")
    await staff.does(staff.officer_, petition, Action.CLOSE)
    before = len(await staff.climbs(petition))
    await staff.live_until(at(20, 12, 12, 0))
    assert len(await staff.climbs(petition)) == before


# --- news of a case


async def test_an_assignment_to_somebody_unreachable_is_heard_by_the_head_and_kept_for_the_officer(
    staff: Staff,
) -> None:
    other = await staff.officer("203", "ql_van_hoa", Role.HEAD, "Phó Trưởng")
    petition = await staff.file(CITIZEN)
    staff.clock.forward(WEEK)
    await staff.fire_timers()
    await staff.does(other, petition, Action.ASSIGN, officer_id=staff.officer_.id)

    card = staff.card(HEAD, petition)
    assert "Chưa báo được cho Trần Văn Một" in card.text
    assert "Ông/Bà được giao đơn này" in card.text
    assert "được giao" not in staff.everything_sent_to(OFFICER)
    before = len(staff.chat(HEAD))
    await staff.fire_timers()
    assert [sent.text for sent in staff.chat(HEAD)[before:]] == [], "the head has heard"

    await staff.is_here(OFFICER)
    [first, *_] = [sent for sent in staff.chat(OFFICER) if sent.row.released_at is not None]
    assert first.row.card_petition_id is not None
    assert "Ông/Bà được giao đơn này" in staff.card(OFFICER, petition).text


async def test_who_names_somebody_unreachable_learns_of_it(staff: Staff) -> None:
    petition = await staff.file(CITIZEN)
    staff.clock.forward(WEEK)
    await staff.does(staff.head, petition, Action.ASSIGN, officer_id=staff.officer_.id)
    await staff.fire_timers()
    assert any("chưa báo được cho Trần Văn Một" in sent.text for sent in staff.chat(HEAD))


async def test_an_answer_of_the_citizen_is_heard_by_the_head(staff: Staff) -> None:
    petition = await staff.file(CITIZEN)
    await staff.does(staff.officer_, petition, Action.TAKE)
    staff.clock.forward(WEEK)
    await staff.as_citizen(CITIZEN, lambda turn: _adds(turn, petition.id))
    assert "người dân bổ sung" in staff.last(HEAD).text
    assert "Chưa báo được cho Trần Văn Một" in staff.last(HEAD).text


def _do(handle: Callable[[Turn], object], turn: Turn) -> None:
    handle(turn)


def _adds(turn: Turn, petition_id: int) -> None:
    cases.add_from_citizen(turn, petition_id, text="Thêm một điều", proven=True)


async def test_news_that_fails_on_its_way_is_passed_to_the_head(staff: Staff) -> None:
    petition = await staff.file(CITIZEN)
    await staff.does(staff.officer_, petition, Action.TAKE)
    await staff.is_here(OFFICER)
    await staff.as_citizen_undelivered(CITIZEN, lambda turn: _adds(turn, petition.id))
    await staff.deliver(failing={OFFICER: BLOCKED})
    await staff.fire_timers()
    assert "chưa báo được cho Trần Văn Một" in staff.last(HEAD).text
    assert staff.last(HEAD).has("Xem đơn")
    assert str(petition.code)[:4] in staff.last(HEAD).text


async def test_an_urgent_case_told_to_nobody_goes_further(staff: Staff) -> None:
    await staff.block(HEAD)
    staff.clock.forward(WEEK)
    petition = await staff.file(CITIZEN, severity=Severity.URGENT)
    assert str(petition.code)[:4] in staff.last(DIRECTOR).text
    assert staff.last(DIRECTOR).row.priority == 0


async def test_words_of_danger_go_to_the_next_when_those_on_duty_are_not_reached(staff: Staff) -> None:
    focal = sample_agency().focal_unit
    for chat in ("z301", "z302"):
        await staff.officer(chat, focal, Role.INSPECTOR)
    reached: list[int] = []

    async def alert(failing: dict[str, tuple[OutboxStatus, str]]) -> None:
        await staff.as_citizen_undelivered(
            CITIZEN, lambda turn: reached.append(alert_danger(turn, "Đang cháy nhà"))
        )
        await staff.deliver(failing=failing)
        await staff.fire_timers()

    await alert({"z301": BLOCKED})
    assert reached == [2]
    assert "Đang cháy nhà" in staff.last("z302").text
    assert not any("Đang cháy nhà" in sent.text for sent in staff.chat(DIRECTOR))

    await staff.block("z301")
    await alert({"z302": BLOCKED})
    assert "Đang cháy nhà" in staff.last(DIRECTOR).text

    staff.clock.forward(WEEK)
    await alert({})
    assert reached[-1] == 1, "nobody on duty can be told, so the director is from the start"


# --- what officers see


async def test_the_card_and_the_details_say_what_the_citizen_was_not_told(staff: Staff) -> None:
    petition = await staff.file("z500")
    staff.clock.forward(WEEK)
    await staff.is_here(OFFICER)
    await staff.does(staff.head, petition, Action.ASSIGN, officer_id=staff.officer_.id)
    await staff.fire_timers()
    assert "📵 Chưa báo được cho người dân" in staff.card(HEAD, petition).text
    assert "📵" not in staff.everything_sent_to("z500")

    await staff.press(HEAD, staff.card(HEAD, petition).button("Xem"))
    details = staff.last(HEAD).text
    assert details.startswith("Tin chưa báo được người dân\n• giao việc")
    assert "tin sẽ tới khi người dân nhắn lại" in details

    await staff.say("z500", "xin chào")
    texts = [sent.text for sent in staff.chat("z500")]
    assert "đã giao Trần Văn Một" in texts[-2], "said first, before the answer"
    assert "📵" not in staff.card(HEAD, petition).text
    await staff.press(HEAD, staff.card(HEAD, petition).button("Quá trình xử lý"))
    assert "Đã báo người dân: đã gửi" in staff.last(HEAD).text


async def test_a_card_that_cannot_change_is_not_sent_for_every_word(staff: Staff) -> None:
    petition = await staff.file(CITIZEN)
    await staff.is_here(OFFICER)
    await staff.does(staff.head, petition, Action.ASSIGN, officer_id=staff.officer_.id)

    def cards() -> int:
        return len([sent for sent in staff.chat(OFFICER) if sent.row.card_petition_id == petition.id])

    before = cards()
    await staff.does(staff.head, petition, Action.NOTE, text="Ghi chú")
    await staff.does(staff.head, petition, Action.MESSAGE_CITIZEN, text="Xin chào Ông/Bà")
    assert cards() == before
    await staff.does(staff.officer_, petition, Action.START)
    assert cards() == before + 1, "the stage is new"

    staff.clock.forward(WEEK)
    for text in ("một", "hai"):
        await staff.does(staff.head, petition, Action.ASK_CITIZEN, text=text)
        await staff.as_citizen(CITIZEN, lambda turn: _adds(turn, petition.id))
    sent = cards()
    await staff.is_here(OFFICER)
    assert cards() == sent + 1, "of what waited only the newest"


async def test_an_officer_who_left_is_not_told_what_waited(staff: Staff) -> None:
    petition = await staff.file(CITIZEN)
    staff.clock.forward(WEEK)
    await staff.does(staff.head, petition, Action.ASSIGN, officer_id=staff.officer_.id)
    await staff.work(lambda book: book.remove_officer(staff.officer_.id))
    before = len(staff.chat(OFFICER))
    await staff.say(OFFICER, "xin chào")
    told = [sent.text for sent in staff.chat(OFFICER)[before:]]
    assert told
    assert not any("được giao đơn này" in text for text in told)


async def test_who_links_a_channel_that_closes_is_asked_for_a_second_way(staff: Staff) -> None:
    assert "chỉ nhận tin của cơ quan trong 7 ngày" in staff.last(OFFICER).text
    assert "/link" in staff.last(OFFICER).text
    assert "7 ngày" not in staff.everything_sent_to(HEAD)
    await staff.one_more_chat("w202")
    await staff.one_more_chat("z203")
    assert "7 ngày" not in staff.everything_sent_to("z203")


# --- what a template may say


async def test_a_notice_names_its_template_and_what_that_may_say(staff: Staff) -> None:
    staff.facts = replace(staff.facts, public_url="https://dvc.example")
    petition = await staff.file(CITIZEN)
    await staff.does(staff.officer_, petition, Action.TAKE)
    message = staff.last(CITIZEN).message
    assert message.notice == "take"
    facts = dict(message.facts)
    assert facts.pop("code") == staff.last(CITIZEN).message.monospace[0]
    assert facts.pop("link") == "https://dvc.example/status"
    assert facts.pop("stage") == "đã phân công cán bộ"
    assert facts.pop("unit")
    day, month, year = facts.pop("date").split("/")
    assert (len(day), len(month), len(year)) == (2, 2, 4)
    assert facts == {}


async def test_a_discreet_notice_lends_a_template_its_code_only(staff: Staff) -> None:
    petition = await staff.file(CITIZEN, discreet=True)
    await staff.does(staff.officer_, petition, Action.TAKE)
    message = staff.last(CITIZEN).message
    assert message.notice == "take"
    assert set(message.facts) == {"code"}
