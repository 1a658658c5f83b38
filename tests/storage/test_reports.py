"""Reports in the casebook: boundary days, days written on decisions, what is typed in, and what is frozen."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from bot.profile import read_agency
from bot.reports.apart import read_apart
from handlers.console_entry import CHANNELS
from petitions.kinds import Action, ActorKind, Kind, Stage
from petitions.reception_schedule import OFFICE_HOURS, BookingState, Mode
from petitions.reports.counting import COUNTER
from petitions.reports.forms import Cell
from petitions.reports.periods import Period
from petitions.reports.report import Flow
from storage.casebook import Casebook
from storage.database import Database
from storage.events import CHANGES
from storage.ids import IdSource
from storage.keys import Vault
from storage.reception import NewBooking
from storage.records import ActorRef, PetitionContent, PetitionRecord
from storage.reporting import Counted, Counting
from storage.reporting_books import ReportBooks
from storage.reporting_make import UnknownUnit, make, office_of, reporting_units
from storage.reporting_shelf import BadEntry, NotByHand, NotEnded, ReportShelf, ReportState, WrongState
from storage.schema import reports
from tests.hand_clock import HandClock
from tests.storage.builders import a_filing

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PROFILE = read_agency(None)
OFFICER = ActorRef(kind=ActorKind.OFFICER, officer_id=1)
Q1, Q2 = Period.parse("2026-Q1"), Period.parse("2026-Q2")
IN_Q1 = datetime(2026, 2, 3, 9, tzinfo=VIETNAM)
LAST_MOMENT = datetime(2026, 3, 14, 23, 59, 59, 999999, tzinfo=VIETNAM)
FIRST_MOMENT = datetime(2026, 3, 15, tzinfo=VIETNAM)


class Desk:
    """Puts petitions and events into the casebook at chosen moments."""

    def __init__(self, book: Casebook, clock: HandClock) -> None:
        self.book = book
        self.clock = clock

    def file(self, at: datetime, **given: Any) -> PetitionRecord:
        self.clock.at = at
        given.setdefault("event", {CHANGES: {}})
        return self.book.file(a_filing(**given))

    def do(self, petition: PetitionRecord, action: Action, at: datetime, **given: Any) -> PetitionRecord:
        """Only what the reports read of it: the columns and content that the handlers would write."""
        self.clock.at = at
        on = given.get("on", at.astimezone(VIETNAM).date())
        changes: dict[str, Any] = given.pop("changes", {})
        if action is Action.ACCEPT:
            changes |= {"accepted_on": on}
        if action in (Action.DECIDE, Action.CONCLUDE):
            changes |= {"decided_on": on}
        if "code" in given:
            changes |= {"outcome": given["code"]}
        content = {name: value.isoformat() if name == "on" else value for name, value in given.items()}
        if action is Action.TASK_DONE:
            content["on"] = on.isoformat()
        return self.book.record(petition, action=action, actor=OFFICER, content=content, changes=changes)

    def complaint(self, at: datetime, **given: Any) -> PetitionRecord:
        return self.do(
            self.file(at, kind=Kind.COMPLAINT, **given), Action.SCREEN_ELIGIBLE, at + timedelta(hours=1)
        )

    def counted(self, period: Period) -> dict[str, Counted]:
        return self.counting(period).by_unit()

    def counting(self, period: Period) -> Counting:
        return Counting(self.book.connection, self.book.vault, office_of(PROFILE), period)

    def total(self, period: Period) -> Counter[Cell]:
        found: Counter[Cell] = Counter()
        for each in self.counted(period).values():
            found.update(each.figures)
        return found


@pytest.fixture
def at_desk(
    database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> Callable[[Callable[[Desk], Any]], Any]:
    async def run(work: Callable[[Desk], Any]) -> Any:
        def task(connection: Connection) -> Any:
            book = Casebook(connection, vault=vault, ids=ids, clock=clock, agency=PROFILE.code)
            return work(Desk(book, clock))

        return await database.transact(task)

    return run


def xld(ms: int) -> Cell:
    return Cell("02/XLD", ms)


async def test_the_boundary_moments_belong_to_their_periods(at_desk: Any) -> None:
    """14/3 to its last microsecond is Quý I, 15/3 from its first is Quý II, in Vietnamese time."""

    def work(desk: Desk) -> None:
        desk.file(LAST_MOMENT)
        desk.file(FIRST_MOMENT)
        early = desk.file(datetime(2025, 12, 15, tzinfo=VIETNAM))
        desk.file(datetime(2025, 12, 14, 23, 59, 59, tzinfo=VIETNAM))
        desk.do(early, Action.ANSWER, LAST_MOMENT)
        late = desk.file(IN_Q1)
        desk.do(late, Action.ANSWER, FIRST_MOMENT)
        flows = {
            period.code: desk.counted(period)["thanh_tra"].flows["petitions"]
            for period in (Period.parse("2025-Q4"), Q1, Q2)
        }
        assert (flows["2025-Q4"].received, flows["2025-Q4"].carried) == (1, 1)
        q1, q2 = flows["2026-Q1"], flows["2026-Q2"]
        assert (q1.opening, q1.received, q1.ended, q1.carried) == (1, 3, 1, 3)
        assert (q2.opening, q2.received, q2.ended, q2.carried) == (3, 1, 1, 3)

    await at_desk(work)


async def test_decisions_count_by_the_day_written_on_them(at_desk: Any) -> None:
    """Entered after the period has ended, dated in it: it was issued in that period (ban hành trong kỳ)."""

    def work(desk: Desk) -> None:
        case = desk.complaint(IN_Q1)
        case = desk.do(case, Action.ACCEPT, IN_Q1 + timedelta(days=1))
        case = desk.do(
            case,
            Action.DECIDE,
            FIRST_MOMENT + timedelta(days=2),
            on=date(2026, 3, 14),
            code="complaint_right",
            facts={"recover_money": 40, "return_people": 2},
        )
        first, second = desk.total(Q1), desk.total(Q2)
        assert (first[Cell("03/GQKN", 7)], first[Cell("03/GQKN", 8)], first[Cell("03/GQKN", 13)]) == (
            1,
            1,
            40,
        )
        assert (first[Cell("05/KQTH", 1)], first[Cell("05/KQTH", 2)]) == (1, 0)
        assert second[Cell("03/GQKN", 7)] == 0
        assert second[Cell("05/KQTH", 1)] == 1
        assert desk.counting(Q1).behind(Cell("03/GQKN", 13)) == [case.id]

    await at_desk(work)


async def test_what_is_left_to_recover_goes_to_the_next_period(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        case = desk.complaint(IN_Q1, instance=2)
        case = desk.do(case, Action.ACCEPT, IN_Q1 + timedelta(days=1))
        case = desk.do(
            case,
            Action.DECIDE,
            IN_Q1 + timedelta(days=20),
            code="first_changed",
            facts={"recover_money": 100, "return_land": 7},
        )
        for day, money in ((IN_Q1 + timedelta(days=30), 30), (FIRST_MOMENT + timedelta(days=1), 20)):
            case = desk.do(case, Action.TASK_DONE, day, facts={"recovered_money": money})
        case = desk.do(case, Action.CLOSE, FIRST_MOMENT + timedelta(days=9))
        first, second = desk.total(Q1), desk.total(Q2)

        def carried(total: Counter[Cell]) -> list[int]:
            return [total[Cell("05/KQTH", ms)] for ms in (1, 2, 3, 5, 8, 10)]

        assert carried(first) == [1, 0, 100, 30, 7, 0]
        assert carried(second) == [1, 1, 70, 20, 7, 0]
        assert first[Cell("03/GQKN", 12)] == 1
        assert first[xld(8)] == 1

    await at_desk(work)


@pytest.mark.parametrize(
    ("steps", "columns"),
    [
        ([(Action.SCREEN_ELIGIBLE, "")], {2, 3, 4, 5, 6, 7, 11}),
        ([(Action.SCREEN_INELIGIBLE, "unsigned")], {2}),
        ([(Action.SCREEN_DUPLICATE, "same_content")], {2}),
        ([(Action.GUIDE, "other_field")], {2, 3, 23, 24}),
        ([(Action.PASS_ON, "court_matter")], {2, 3, 23, 25}),
        ([(Action.WITHDRAW, "")], {2}),
        ([(Action.SCREEN_ELIGIBLE, ""), (Action.PASS_ON, "other_level")], {2, 3, 23, 25}),
        ([(Action.WITHDRAW, ""), (Action.SCREEN_ELIGIBLE, "")], {2, 3, 4, 5, 6, 7, 11}),
        ([(Action.NOTE, "")], set()),
    ],
)
async def test_each_outcome_of_a_complaint_in_its_columns(
    at_desk: Any, steps: list[tuple[Action, str]], columns: set[int]
) -> None:
    def work(desk: Desk) -> None:
        case = desk.file(IN_Q1, kind=Kind.COMPLAINT)
        for place, (action, code) in enumerate(steps, 1):
            given = {"code": code} if code else {}
            case = desk.do(case, action, IN_Q1 + timedelta(days=place), **given)
        found = desk.total(Q1)
        assert {cell.ms for cell, number in found.items() if cell.form == "02/XLD" and number} == {
            1
        } | columns

    await at_desk(work)


@pytest.mark.parametrize(
    ("action", "code", "column"),
    [
        (None, "", 3),
        (Action.ACCEPT, "", 4),
        (Action.NOT_ACCEPT, "too_late", 5),
        (Action.WITHDRAW, "", 6),
        (Action.DISCONTINUE, "all_withdrawn", 6),
        (Action.DISCONTINUE, "no_successor", 4),
    ],
)
async def test_where_a_complaint_stands_at_the_end(
    at_desk: Any, action: Action | None, code: str, column: int
) -> None:
    def work(desk: Desk) -> None:
        case = desk.complaint(IN_Q1)
        if action is Action.DISCONTINUE:
            case = desk.do(case, Action.ACCEPT, IN_Q1 + timedelta(days=1))
        if action is not None:
            desk.do(case, action, IN_Q1 + timedelta(days=2), **({"code": code} if code else {}))
        found = desk.total(Q1)
        standing = {cell.ms for cell in found if cell.form == "03/GQKN" and 3 <= cell.ms <= 6}
        assert standing == {column}
        assert found[Cell("03/GQKN", 2)] == 1

    await at_desk(work)


async def test_what_happens_after_the_period_does_not_change_it(at_desk: Any) -> None:
    """Kind, unit and standing are those of the period's last moment, whenever the report is made again."""

    def work(desk: Desk) -> None:
        case = desk.complaint(IN_Q1)
        before = desk.counted(Q1)
        case = desk.do(case, Action.NOT_ACCEPT, FIRST_MOMENT, code="too_late")
        other = desk.file(IN_Q1, unit="thanh_tra")
        other = desk.do(other, Action.CORRECT, FIRST_MOMENT, changes={"kind": Kind.COMPLAINT})
        desk.do(other, Action.TRANSFER, FIRST_MOMENT + timedelta(days=1), changes={"unit": "van_phong"})
        after = desk.counted(Q1)
        assert set(after) == set(before) == {"thanh_tra"}
        assert after["thanh_tra"].figures - before["thanh_tra"].figures == Counter({xld(1): 1})

    await at_desk(work)


async def test_a_case_counts_for_the_unit_that_handled_it(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        case = desk.file(IN_Q1, unit="thanh_tra")
        case = desk.do(case, Action.TRANSFER, IN_Q1 + timedelta(days=1), changes={"unit": "ql_di_san"})
        case = desk.do(case, Action.ANSWER, IN_Q1 + timedelta(days=2))
        desk.do(case, Action.REASSIGN, IN_Q1 + timedelta(days=3), changes={"unit": "van_phong"})
        assert set(desk.counted(Q1)) == {"ql_di_san"}

    await at_desk(work)


async def test_an_anonymous_denunciation_that_is_checked_is_eligible_and_not_accepted(at_desk: Any) -> None:
    """Thông tư 05/2021 Đ6; Luật Tố cáo Đ25 (law.md 1.4)."""

    def work(desk: Desk) -> None:
        case = desk.file(IN_Q1, kind=Kind.DENUNCIATION)
        case = desk.do(
            case,
            Action.SCREEN_ANONYMOUS,
            IN_Q1 + timedelta(days=1),
            code="name_unclear",
            changes={"kind": Kind.ANONYMOUS_TIP},
        )
        assert desk.total(Q1)[xld(2)] == 0
        desk.do(case, Action.ANSWER, IN_Q1 + timedelta(days=5))
        found = desk.total(Q1)
        assert {cell.ms for cell in found if cell.form == "02/XLD"} == {1, 2, 3, 4, 5, 12, 13, 15}
        assert {cell.ms for cell in found if cell.form == "04/GQTC"} == {1, 2, 5}

    await at_desk(work)


def merge(desk: Desk, member: PetitionRecord, lead: PetitionRecord, at: datetime) -> PetitionRecord:
    """As the handlers write it: the member's line and the lead's own."""
    desk.do(lead, Action.MEMBER_JOINED, at, changes={"members": lead.members + 1})
    changes = {"merged_into": lead.id, "stage": Stage.MERGED, "unit": lead.unit}
    return desk.do(member, Action.MERGE, at, linked=lead.id, changes=changes)


async def test_a_merged_petition_counts_as_one_and_its_matter_once(at_desk: Any) -> None:
    """Đơn are petitions, vụ việc are matters: 02/XLD cols 4 and 5, 03/GQKN cols 1 and 2."""

    def work(desk: Desk) -> None:
        lead = desk.complaint(IN_Q1, unit="thanh_tra")
        member = desk.file(IN_Q1 + timedelta(days=1), kind=Kind.COMPLAINT, unit="van_phong")
        merge(desk, member, lead, IN_Q1 + timedelta(days=3))
        alone = desk.complaint(IN_Q1 + timedelta(days=2), unit="van_phong")
        lead = desk.book.petition(lead.id) or lead
        desk.do(lead, Action.ACCEPT, IN_Q1 + timedelta(days=5))
        total = desk.total(Q1)
        assert [total[xld(ms)] for ms in (1, 2, 3, 4, 5, 6)] == [3, 3, 3, 3, 2, 3]
        assert [total[Cell("03/GQKN", ms)] for ms in (1, 2, 3, 4)] == [3, 2, 1, 1]
        units = desk.counted(Q1)
        assert units["thanh_tra"].figures[xld(1)] == 2
        assert units["van_phong"].figures[xld(5)] == 1
        assert desk.counting(Q1).behind(xld(5)) == [lead.id, alone.id]
        assert desk.counting(Q1).behind(xld(4)) == [lead.id, member.id, alone.id]
        found = {(cell, petition_id) for _, cell, petition_id in desk.counting(Q1).everything_behind()}
        assert (xld(5), member.id) not in found
        assert (Cell("03/GQKN", 1), member.id) in found

    await at_desk(work)


async def test_a_merged_petition_is_handled_with_its_lead_and_not_before_the_merge(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        lead = desk.file(IN_Q1)
        lead = desk.do(lead, Action.ANSWER, IN_Q1 + timedelta(days=1))
        late = desk.file(IN_Q1 + timedelta(days=2))
        merge(desk, late, lead, FIRST_MOMENT + timedelta(days=1))
        waiting = desk.file(IN_Q1)
        joined = desk.file(IN_Q1 + timedelta(hours=1))
        merge(desk, joined, waiting, IN_Q1 + timedelta(days=2))
        first, second = desk.total(Q1), desk.total(Q2)
        assert [first[xld(ms)] for ms in (1, 2, 5)] == [4, 1, 1]
        assert [second[xld(ms)] for ms in (1, 2, 4, 5)] == [3, 1, 1, 1]
        waiting = desk.book.petition(waiting.id) or waiting
        desk.do(waiting, Action.PASS_ON, FIRST_MOMENT + timedelta(days=2), code="other_level")
        assert [desk.total(Q2)[xld(ms)] for ms in (2, 23, 25)] == [3, 2, 2]

    await at_desk(work)


async def test_a_lead_whose_own_petitioner_left_is_not_withdrawn(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        lead = desk.file(IN_Q1)
        member = desk.file(IN_Q1 + timedelta(hours=1))
        merge(desk, member, lead, IN_Q1 + timedelta(days=2))
        lead = desk.book.petition(lead.id) or lead
        at = IN_Q1 + timedelta(days=3)
        lead = desk.do(lead, Action.WITHDRAW, at, changes={"left_at": at})
        assert [desk.total(Q1)[xld(ms)] for ms in (1, 2)] == [2, 0]
        desk.do(lead, Action.ANSWER, IN_Q1 + timedelta(days=4))
        assert [desk.total(Q1)[xld(ms)] for ms in (1, 2, 4, 5)] == [2, 2, 2, 1]

    await at_desk(work)


async def test_only_an_appointment_that_was_kept_counts_as_a_visit(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        visit = datetime(2026, 3, 10, 9, tzinfo=VIETNAM)
        for formed in (date(2026, 3, 10), date(2026, 3, 9), None):
            case = desk.file(IN_Q1, kind=Kind.COMPLAINT)
            changes = {"visit_at": visit, "formed_on": formed}
            desk.do(case, Action.BOOK_VISIT, IN_Q1 + timedelta(hours=1), changes=changes)
        counted = desk.counted(Q1)["thanh_tra"]
        assert counted.booked == 3
        assert [counted.figures[Cell("01/TCD", ms)] for ms in (5, 6, 7, 8)] == [1, 1, 1, 0]

    await at_desk(work)


async def test_a_petition_taken_at_the_desk_is_a_visit_of_its_day(at_desk: Any) -> None:
    assert COUNTER in CHANNELS

    def work(desk: Desk) -> None:
        desk.file(FIRST_MOMENT + timedelta(days=1), channel=COUNTER, first_message_at=LAST_MOMENT)
        desk.file(IN_Q1, channel="phone")
        assert [desk.total(Q1)[Cell("01/TCD", ms)] for ms in (5, 6, 7)] == [1, 1, 1]
        assert Cell("01/TCD", 5) not in desk.total(Q2)
        counted = desk.counted(Q1)["thanh_tra"]
        assert (counted.booked, counted.kept) == (0, 0)
        books = ReportBooks(
            desk.book.connection,
            vault=desk.book.vault,
            ids=desk.book.ids,
            clock=desk.clock,
            agency=PROFILE.code,
        )
        assert [(line.booked, line.came) for line in books.reception(office_of(PROFILE), Q1)] == [
            (False, True)
        ]

    await at_desk(work)


async def test_another_agencys_petitions_are_not_counted(
    at_desk: Any, database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    def theirs(connection: Connection) -> None:
        desk = Desk(Casebook(connection, vault=vault, ids=ids, clock=clock, agency="so_khac"), clock)
        desk.complaint(IN_Q1)

    await database.transact(theirs)

    assert await at_desk(lambda desk: desk.counted(Q1)) == {}


# --- typed in, made, frozen


def a_report(desk: Desk, period: Period = Q1, today: date = date(2026, 3, 16), unit: str = "") -> Any:
    return make(desk.book, PROFILE, period, today=today, unit=unit)


async def test_numbers_that_only_the_office_knows_are_typed_in(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        desk.clock.at = FIRST_MOMENT
        shelf = ReportShelf.of(desk.book)
        for value in (3, 5):
            shelf.enter(Q1, "lanh_dao", Cell("01/TCD", 11), value, officer_id=7)
        shelf.enter(Q1, "lanh_dao", Cell("01/TCD", 10), 3, officer_id=7)
        shelf.enter(Q2, "lanh_dao", Cell("01/TCD", 11), 10, officer_id=7)
        shelf.enter(Q1, "van_phong", Cell("06/QLKNTC", 13), 4, officer_id=7)
        report = a_report(desk)
        row = next(each for each in report.rows if each.unit == "lanh_dao")
        assert row.figures == {
            Cell("01/TCD", 1): 5,
            Cell("01/TCD", 10): 3,
            Cell("01/TCD", 11): 5,
        }
        assert row.by_hand == {Cell("01/TCD", 10), Cell("01/TCD", 11)}
        assert Cell("01/TCD", 12) in row.missing
        assert Cell("01/TCD", 11) not in row.missing
        history = [each.value for each in shelf.entries(Q1) if each.unit == "lanh_dao" and each.item == "11"]
        assert history == [3, 5]
        longer = a_report(desk, Period.parse("2026-6M"))
        assert longer.provisional
        assert longer.total[Cell("01/TCD", 11)] == 15
        assert longer.total[Cell("01/TCD", 10)] == 3  # Quý II is not typed in yet
        assert longer.total[Cell("06/QLKNTC", 13)] == 0  # what stands open cannot be added up
        leaders = next(each for each in longer.rows if each.unit == "lanh_dao")
        assert Cell("01/TCD", 10) in leaders.missing
        shelf.enter(Q1, "lanh_dao", Cell("01/TCD", 11), None, officer_id=7)
        assert a_report(desk).total[Cell("01/TCD", 11)] == 0

    await at_desk(work)


async def test_what_the_service_counts_is_not_typed_in(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        shelf = ReportShelf.of(desk.book)
        for cell in (Cell("02/XLD", 1), Cell("01/TCD", 1), Cell("01/TCD", 99), Cell("07/XX", 1)):
            with pytest.raises(NotByHand):
                shelf.enter(Q1, "lanh_dao", cell, 1, officer_id=None)
        for value in (-1, 10**13, True):
            with pytest.raises(BadEntry):
                shelf.enter(Q1, "lanh_dao", Cell("01/TCD", 11), value, officer_id=None)
        with pytest.raises(BadEntry):
            shelf.write(Q1, "", "02", "III.1", "x" * 20_001, officer_id=None)
        assert shelf.entries(Q1) == []

    await at_desk(work)


async def test_texts_are_kept_sealed_and_belong_to_their_report(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        shelf = ReportShelf.of(desk.book)
        shelf.write(Q1, "", "02", "III.1", "Ưu điểm: =HYPERLINK(1)", officer_id=1)
        shelf.write(Q1, "thu_vien", "02/XLD", "notes", "Ghi chú của thư viện", officer_id=2)
        assert a_report(desk).texts == {"02:III.1": "Ưu điểm: =HYPERLINK(1)"}
        assert a_report(desk, unit="thu_vien").texts == {"02/XLD:notes": "Ghi chú của thư viện"}

    await at_desk(work)


async def test_a_finished_report_stays_as_it_was(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        desk.complaint(IN_Q1)
        shelf = ReportShelf.of(desk.book)
        report = a_report(desk)
        kept = shelf.finish(report, officer_id=3, today=date(2026, 3, 16))
        assert (kept.state, kept.version, kept.made_by) == (ReportState.FINISHED, 1, 3)
        desk.complaint(IN_Q1)
        assert shelf.content(kept.id) == report
        again = shelf.finish(a_report(desk), officer_id=3, today=date(2026, 3, 16))
        assert again.version == 2
        assert [each.version for each in shelf.all_of(Q1)] == [1, 2]
        assert a_report(desk, Q2, date(2026, 6, 16)).previous.from_report
        assert a_report(desk, Q2, date(2026, 6, 16)).previous.figures[xld(1)] == 2

    await at_desk(work)


async def test_a_changed_finished_report_is_noticed(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        shelf = ReportShelf.of(desk.book)
        kept = shelf.finish(a_report(desk), officer_id=None, today=date(2026, 3, 16))
        changed = a_report(desk, today=date(2026, 3, 20)).figures_json()
        desk.book.connection.execute(update(reports).values(figures=changed))
        with pytest.raises(ValueError, match="was changed"):
            shelf.content(kept.id)
        with pytest.raises(LookupError):
            shelf.content(1)

    await at_desk(work)


async def test_a_period_that_has_not_ended_is_provisional_and_not_finished(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        report = a_report(desk, today=date(2026, 3, 14))
        assert report.provisional
        with pytest.raises(NotEnded):
            ReportShelf.of(desk.book).finish(report, officer_id=None, today=date(2026, 3, 16))

    await at_desk(work)


async def test_who_has_submitted_and_the_way_to_the_superior(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        shelf = ReportShelf.of(desk.book)
        today = date(2026, 3, 16)
        shelf.finish(a_report(desk, unit="thu_vien"), officer_id=4, today=today)
        tracked = shelf.submitted(Q1, reporting_units(PROFILE))
        assert {unit for unit, kept in tracked.items() if kept} == {"thu_vien"}
        submitted = tracked["thu_vien"]
        assert submitted is not None
        assert submitted.state == ReportState.SUBMITTED
        whole = shelf.finish(a_report(desk), officer_id=5, today=today)
        shelf.send(whole.id, to="ubnd_tinh", number="12/BC-SVHTTDL", officer_id=5)
        sent = shelf.newest(Q1)
        assert sent is not None
        assert (sent.state, sent.sent_to, sent.sent_number) == (
            ReportState.SENT,
            "ubnd_tinh",
            "12/BC-SVHTTDL",
        )
        for wrong in (whole.id, submitted.id, 1):
            with pytest.raises(WrongState):
                shelf.send(wrong, to="ubnd_tinh", number="13", officer_id=5)

    await at_desk(work)


async def test_a_unit_that_there_is_not_is_refused(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        with pytest.raises(UnknownUnit):
            a_report(desk, unit="phong_khong_co")

    await at_desk(work)


async def test_topics_and_units_of_an_earlier_profile_still_count(at_desk: Any) -> None:
    def work(desk: Desk) -> None:
        case = desk.file(
            IN_Q1,
            unit="phong_cu",
            topic="khong_con",
            kind=Kind.COMPLAINT,
            content=PetitionContent(story=("Đơn",)),
        )
        desk.do(case, Action.SCREEN_ELIGIBLE, IN_Q1 + timedelta(days=1), changes={"stage": Stage.ELIGIBLE})
        counted = desk.counted(Q1)
        assert set(counted) == {PROFILE.focal_unit}
        assert counted[PROFILE.focal_unit].figures[xld(11)] == 1
        report = a_report(desk)
        assert report.topics == ()
        assert report.flow("petitions") == Flow(0, 1, 1, 0)

    await at_desk(work)


async def test_appointments_made_on_the_public_page(at_desk: Any) -> None:
    """Noted as kept they are told; in a column only where a petition stands behind them."""

    def work(desk: Desk) -> None:
        book, at = desk.book, IN_Q1.replace(hour=2)

        def booked(state: BookingState, when: datetime, petition_id: int | None = None) -> None:
            day = when.astimezone(VIETNAM).date()
            new = NewBooking(
                line_id=OFFICE_HOURS,
                at=when,
                day=day,
                seats=9,
                mode=Mode.IN_PERSON,
                name="" if petition_id else "Người hẹn",
                matter="" if petition_id else "Tố cáo ông Giáp",
                petition_id=petition_id,
            )
            taken = book.take_seat(new)
            assert taken is not None
            change = book.end_booking if state is BookingState.CANCELLED else book.mark_booking
            assert change(taken[0], state)

        for state in (BookingState.BOOKED, BookingState.CAME, BookingState.MISSED, BookingState.CANCELLED):
            booked(state, at)
        booked(BookingState.CAME, Q1.until(VIETNAM))
        case = desk.complaint(IN_Q1)
        case = book.record(
            case,
            action=Action.BOOK_VISIT,
            actor=OFFICER,
            content={},
            changes={"visit_at": at + timedelta(hours=1)},
        )
        booked(BookingState.CAME, at + timedelta(hours=1), case.id)
        counted = desk.counted(Q1)
        focal, own = counted[PROFILE.focal_unit], counted[case.unit]
        if focal is own:
            assert (focal.booked, focal.kept) == (4, 2)
        else:
            assert (focal.booked, focal.kept, own.booked, own.kept) == (3, 1, 1, 1)
        assert desk.total(Q1)[Cell("01/TCD", 5)] == 1
        assert desk.counting(Q1).behind(Cell("01/TCD", 5)) == [case.id]
        lines = list(ReportBooks.of(book).reception(office_of(PROFILE), Q1))
        assert [line.came for line in lines] == [False, True, False, True]
        assert [line.kind for line in lines] == [None, None, None, Kind.COMPLAINT]
        assert not any(line.content or line.name for line in lines[:3])
        assert len(list(ReportBooks.of(book).reception(office_of(PROFILE), Q1, unit="thu_vien"))) == 0

    await at_desk(work)


async def test_a_report_is_counted_beside_the_service(
    at_desk: Any, database_url: str, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    """In a thread, while the loop goes on."""
    await at_desk(lambda desk: desk.complaint(IN_Q1).id)
    loop = asyncio.get_running_loop()

    def work(connection: Connection) -> tuple[int, bool]:
        book = Casebook(connection, vault=vault, ids=ids, clock=clock, agency=PROFILE.code)
        made = make(book, PROFILE, Q1, today=date(2026, 3, 16))
        return made.total[xld(1)], loop.is_running()

    counted = asyncio.create_task(read_apart(Database.from_url(database_url), work))
    beats = 0
    while not counted.done():
        await asyncio.sleep(0)
        beats += 1
    assert await counted == (1, True)
    assert beats > 10
