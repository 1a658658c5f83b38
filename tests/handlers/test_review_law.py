"""Where a petition lawyer would object: clocks, duties and endings through the one entry, past the buttons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest

from handlers import cases
from handlers.turn import Turn
from petitions.clocks import Clock, ClockState, apply
from petitions.clockwork import Ground, operations
from petitions.kinds import Action, Kind, Role, Stage
from petitions.rules import RuleBook, packaged_tables
from petitions.transitions import TABLE
from petitions.workflow import RefusalCode, Refused
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import OfficerRecord, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office, sample_agency, sample_facts

ZONE = sample_agency().zone
CITIZEN = "500"


def on(day: int, month: int, year: int = 2026, hour: int = 9) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=ZONE)


@dataclass
class Bench:
    """The inspectorate, which may see sealed cases, and one of its inspectors at work."""

    office: Office
    inspector: OfficerRecord

    @property
    def today(self) -> dt.date:
        return self.office.clock.now().astimezone(ZONE).date()

    def at(self, moment: dt.datetime) -> None:
        self.office.clock.at = moment

    async def does(self, petition: PetitionRecord, action: Action, **given: Any) -> PetitionRecord:
        return await self.office.does(self.inspector, petition, action, **given)

    async def refused(self, petition: PetitionRecord, action: Action, **given: Any) -> RefusalCode:
        with pytest.raises(Refused) as refused:
            await self.does(petition, action, **given)
        return refused.value.code

    async def formed(self, kind: Kind, **fields: Any) -> PetitionRecord:
        sealed = kind is Kind.DENUNCIATION
        petition = await self.office.file(CITIZEN, kind, unit="thanh_tra", confidential=sealed, **fields)
        await self.does(petition, Action.TAKE)
        return await self.does(petition, Action.CONFIRM_FORM, on=self.today)

    async def accepted(self, kind: Kind, **fields: Any) -> PetitionRecord:
        petition = await self.formed(kind, **fields)
        await self.does(petition, Action.SCREEN_ELIGIBLE)
        return await self.does(petition, Action.ACCEPT, on=self.today, document="12/TB")

    async def citizen(self, petition: PetitionRecord, action: Action) -> None:
        def act(turn: Turn) -> None:
            cases.perform(turn, petition.id, action, cases.CITIZEN)

        await self.office.as_citizen(CITIZEN, act)

    async def clocks(self, petition: PetitionRecord) -> list[Clock]:
        return [*(await self.office.work(lambda book: book.clocks(petition.id))).values()]

    async def alive(self, petition: PetitionRecord, step: str) -> Clock | None:
        found = [clock for clock in await self.clocks(petition) if clock.step == step and clock.alive]
        assert len(found) <= 1
        return found[0] if found else None

    async def due(self, petition: PetitionRecord, step: str) -> dt.date | None:
        clock = await self.alive(petition, step)
        return clock.due_on if clock is not None else None


@pytest.fixture
async def bench(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Bench:
    clock.at = on(30, 11)  # a Monday
    office = Office(sqlite_database, vault, ids, clock)
    return Bench(office, await office.officer("301", "thanh_tra", Role.INSPECTOR, "Đỗ Thanh Tra"))


DECISION: dict[str, Any] = {"document": "9/QĐ", "text": "Căn cứ hồ sơ"}


async def test_a_denunciation_extended_early_and_then_suspended_can_be_resumed(bench: Bench) -> None:
    """Accepted 30/11: D-09 ends 30/12 nominally. Extended on 20/12, suspended 21/12 to 31/12 (ten days): the
    first term ends 09/01, the second thirty days later, on 08/02/2027."""
    petition = await bench.accepted(Kind.DENUNCIATION)
    bench.at(on(20, 12))
    await bench.does(petition, Action.EXTEND, on=bench.today, code="one_criterion", **DECISION)
    bench.at(on(21, 12))
    await bench.does(petition, Action.SUSPEND, on=bench.today, code="waiting_expert", **DECISION)
    bench.at(on(31, 12))
    await bench.does(petition, Action.RESUME, on=bench.today, document="10/QĐ")
    settling = await bench.alive(petition, "settle")
    assert settling is not None
    assert (settling.rule, settling.nominal_on) == ("D-10", dt.date(2027, 2, 8))


async def test_a_case_suspended_after_its_term_can_be_resumed_and_stays_late(bench: Bench) -> None:
    """C-05 ends 30/12. What is over gains no time by a suspension, yet the case must not get stuck."""
    petition = await bench.accepted(Kind.COMPLAINT)
    bench.at(on(5, 1, 2027))
    await bench.does(petition, Action.SUSPEND, on=bench.today, code="complainant_kept_away", **DECISION)
    bench.at(on(20, 1, 2027))
    after = await bench.does(petition, Action.RESUME, on=bench.today, document="10/QĐ")
    settling = await bench.alive(petition, "settle")
    assert after.stage is Stage.VERIFYING
    assert settling is not None
    assert (settling.state, settling.due_on) == (ClockState.RUNNING, dt.date(2026, 12, 30))


async def test_another_kind_keeps_the_day_of_its_form(bench: Bench) -> None:
    """A signed complaint of 30/11 turns out to be a denunciation on 02/12: D-01 runs from 30/11, to 09/12."""
    petition = await bench.formed(Kind.COMPLAINT)
    assert await bench.due(petition, "accept") == dt.date(2026, 12, 9)
    bench.at(on(2, 12))
    await bench.does(petition, Action.CORRECT, kind=Kind.DENUNCIATION, reason="Nội dung là tố cáo")
    clock = await bench.alive(petition, "accept")
    assert clock is not None
    assert (clock.rule, clock.due_on) == ("D-01", dt.date(2026, 12, 9))


async def test_found_to_be_about_discipline_the_complaint_has_its_own_rules(bench: Bench) -> None:
    petition = await bench.formed(Kind.COMPLAINT)
    await bench.does(petition, Action.CORRECT, subkind="ky_luat", reason="Khiếu nại quyết định kỷ luật")
    clock = await bench.alive(petition, "accept")
    assert clock is not None
    assert clock.rule == "K-03"


async def test_a_denunciation_found_outside_after_its_form_is_passed_on_in_five_working_days(
    bench: Bench,
) -> None:
    petition = await bench.formed(Kind.DENUNCIATION)
    assert await bench.due(petition, "pass_on") is None
    await bench.does(petition, Action.CORRECT, destination="outside:so_yte", reason="Việc của ngành y tế")
    assert await bench.due(petition, "pass_on") == dt.date(2026, 12, 7)
    await bench.does(petition, Action.CORRECT, destination="", reason="Vẫn là việc của Sở")
    assert await bench.due(petition, "pass_on") is None


async def test_corrected_to_another_unit_it_climbs_the_ladder_until_somebody_takes_it(bench: Bench) -> None:
    petition = await bench.office.file(CITIZEN, unit="thanh_tra")
    await bench.does(petition, Action.TAKE)
    await bench.does(petition, Action.CORRECT, unit="ql_van_hoa", reason="Thuộc phòng văn hóa")
    assert (await bench.office.now(petition)).officer_id is None
    assert await bench.alive(petition, "take") is not None


async def test_a_withdrawal_taken_back_after_months_is_not_late_at_once(bench: Bench) -> None:
    petition = await bench.office.file(CITIZEN, unit="thanh_tra")
    await bench.citizen(petition, Action.WITHDRAW)
    bench.at(on(1, 3, 2027))  # a Monday
    await bench.citizen(petition, Action.REOPEN)
    assert await bench.due(petition, "first_answer") == dt.date(2027, 3, 15)


async def test_after_acceptance_a_whole_withdrawal_ends_with_a_decision(bench: Bench) -> None:
    """Luật Khiếu nại Đ11a k2a, Luật Tố cáo Đ34 k3: discontinued in writing, and the decision sent."""
    for kind in (Kind.COMPLAINT, Kind.DENUNCIATION):
        before = await bench.formed(kind)
        assert (await bench.does(before, Action.WITHDRAW, reason="Đơn rút")).stage is Stage.WITHDRAWN
        petition = await bench.accepted(kind)
        assert await bench.refused(petition, Action.WITHDRAW, reason="Đơn rút") is RefusalCode.WRONG_STAGE
        await bench.does(petition, Action.DISCONTINUE, on=bench.today, code="all_withdrawn", **DECISION)
        assert await bench.alive(petition, "send_suspension") is not None


async def test_nothing_is_closed_before_what_the_law_has_sent_and_published(bench: Bench) -> None:
    petition = await bench.accepted(Kind.COMPLAINT)
    given = {"code": "complaint_wrong", "facts": {}} | DECISION
    await bench.does(petition, Action.DECIDE, on=bench.today, **given)
    assert await bench.refused(petition, Action.CLOSE, reason="Xong") is RefusalCode.STILL_TO_SEND
    await bench.does(petition, Action.SEND_DECISION, on=bench.today)
    assert await bench.refused(petition, Action.CLOSE, reason="Xong") is RefusalCode.STILL_TO_SEND
    await bench.does(petition, Action.PUBLISH_DECISION, on=bench.today, text="Niêm yết")
    assert (await bench.does(petition, Action.CLOSE, reason="Xong")).stage is Stage.CLOSED


async def test_a_discontinuance_is_sent_before_the_case_is_closed(bench: Bench) -> None:
    petition = await bench.accepted(Kind.DENUNCIATION)
    await bench.does(petition, Action.DISCONTINUE, on=bench.today, code="denounced_died", **DECISION)
    assert await bench.refused(petition, Action.CLOSE) is RefusalCode.STILL_TO_SEND
    await bench.does(petition, Action.SEND_DECISION, on=bench.today)
    assert (await bench.does(petition, Action.CLOSE)).stage is Stage.CLOSED


async def test_tasks_ordered_early_do_not_keep_a_decision_from_taking_effect(bench: Bench) -> None:
    """Decided 30/11; C-19 ends 30/12, so in effect from 31/12, though a task was ordered before."""
    petition = await bench.accepted(Kind.COMPLAINT)
    given = {"code": "complaint_right", "facts": {}} | DECISION
    await bench.does(petition, Action.DECIDE, on=bench.today, **given)
    await bench.does(petition, Action.SEND_DECISION, on=bench.today)
    order = {"officer_id": bench.inspector.id, "task": "Hoàn trả lệ phí", "due": dt.date(2027, 1, 20)}
    await bench.does(petition, Action.ORDER_TASK, **order)
    await bench.office.live_until(on(4, 1, 2027))
    after = await bench.office.now(petition)
    assert after.effective_on == dt.date(2026, 12, 31)
    assert after.stage is Stage.ENFORCING
    assert await bench.alive(petition, "carry_out") is None


async def test_an_obligatory_dialogue_comes_before_the_day_of_the_decision(bench: Bench) -> None:
    petition = await bench.accepted(Kind.COMPLAINT, subkind="ky_luat")
    bench.at(on(10, 12))
    await bench.does(petition, Action.HOLD_DIALOGUE, on=bench.today, document="3/BB", text="Đã đối thoại")
    given = {"code": "complaint_wrong", "facts": {}} | DECISION
    early = await bench.refused(petition, Action.DECIDE, on=dt.date(2026, 12, 5), **given)
    assert early is RefusalCode.DATE_TOO_EARLY
    assert (await bench.does(petition, Action.DECIDE, on=bench.today, **given)).stage is Stage.DECIDED


async def test_a_dismissed_official_has_thirty_days_for_the_second_complaint(bench: Bench) -> None:
    """Luật Khiếu nại Đ48: ten days after the first decision, thirty where it is about dismissal."""
    for subkind, due in (("ky_luat", dt.date(2026, 12, 10)), ("buoc_thoi_viec", dt.date(2026, 12, 30))):
        petition = await bench.accepted(Kind.COMPLAINT, subkind=subkind)
        await bench.does(petition, Action.HOLD_DIALOGUE, on=bench.today, document="3/BB", text="Đối thoại")
        given = {"code": "complaint_wrong", "facts": {}} | DECISION
        await bench.does(petition, Action.DECIDE, on=bench.today, **given)
        await bench.does(petition, Action.SEND_DECISION, on=bench.today)
        clock = await bench.alive(petition, "second_complaint")
        assert clock is not None
        assert (clock.rule, clock.due_on) == ("K-02", due)


async def test_the_second_complaint_is_noted_once(bench: Bench) -> None:
    petition = await bench.accepted(Kind.COMPLAINT)
    given = {"code": "complaint_wrong", "facts": {}} | DECISION
    await bench.does(petition, Action.DECIDE, on=bench.today, **given)
    await bench.does(petition, Action.SEND_DECISION, on=bench.today)
    await bench.citizen(petition, Action.COMPLAIN_AGAIN)
    with pytest.raises(Refused) as refused:
        await bench.citizen(petition, Action.COMPLAIN_AGAIN)
    assert refused.value.code is RefusalCode.ALREADY_DONE


async def test_without_a_decision_the_way_to_the_second_instance_stays_open_thirty_days(bench: Bench) -> None:
    """C-05 of 30/11 ends 30/12, a Wednesday; C-13 ends 29/01/2027, a Friday."""
    petition = await bench.accepted(Kind.COMPLAINT)
    bench.at(on(30, 1, 2027))
    with pytest.raises(Refused) as refused:
        await bench.citizen(petition, Action.COMPLAIN_AGAIN)
    assert refused.value.code is RefusalCode.SECOND_TOO_LATE
    assert refused.value.params["due"] == dt.date(2027, 1, 29)
    bench.at(on(29, 1, 2027))
    await bench.citizen(petition, Action.COMPLAIN_AGAIN)


async def test_a_conclusion_leaves_the_superior_nothing_to_demand(bench: Bench) -> None:
    petition = await bench.accepted(Kind.DENUNCIATION)
    bench.at(on(4, 1, 2027))
    await bench.citizen(petition, Action.GO_UP)
    assert await bench.alive(petition, "report_up") is not None
    given = {"code": "denunciation_true", "facts": {}} | DECISION
    await bench.does(petition, Action.CONCLUDE, on=bench.today, **given)
    assert await bench.alive(petition, "report_up") is None


async def test_a_ceiling_is_raised_under_the_rules_of_the_day_the_clock_started(bench: Bench) -> None:
    """C-06 is made fifty days from 01/10/2026 while C-05 stays: a case accepted on 30/11 has the fifty."""
    tables = packaged_tables()
    known = next(t for t in tables if t["id"] == "C-06")
    changed = known | {"in_force_from": dt.date(2026, 10, 1), "amount": 50, "from_mark": "VERIFIED"}
    known["in_force_to"] = dt.date(2026, 9, 30)
    rules = RuleBook.from_tables([*tables, changed])
    petition = await bench.accepted(Kind.COMPLAINT)
    row = next(row for row in TABLE if row.action is Action.FIND_COMPLEX)
    ground = Ground(rules=rules, calendar=sample_facts().calendar, new_id=bench.office.ids.new)
    clocks = {clock.id: clock for clock in await bench.clocks(petition)}
    made = operations(
        row, replace(petition, complex=True), clocks, on=bench.today, first_day=bench.today, ground=ground
    )
    settling = next(c for c in apply(clocks, made).values() if c.alive and c.step == "settle")
    assert settling.nominal_on == bench.today + dt.timedelta(days=50)


async def test_a_wandering_denunciation_is_not_decided_by_the_focal_unit_it_was_kept_from(
    bench: Bench,
) -> None:
    """It may stand elsewhere because the focal unit is the accused one; the director then says who answers."""
    office = bench.office
    director = await office.officer("401", "lanh_dao", Role.DIRECTOR, "Vũ Giám Đốc")
    heads = {
        unit: await office.officer(f"5{n}", unit, Role.HEAD)
        for n, unit in enumerate(("bao_tang", "ql_van_hoa"))
    }
    petition = await office.file(CITIZEN, Kind.DENUNCIATION, unit="bao_tang", confidential=True)
    await office.does(
        heads["bao_tang"], petition, Action.TRANSFER, unit="ql_van_hoa", reason="Không phải đơn vị này"
    )
    back = await office.does(
        heads["ql_van_hoa"], petition, Action.TRANSFER, unit="bao_tang", reason="Cũng không phải"
    )
    assert back.unit == "lanh_dao"
    assert petition.code not in office.everything_sent_to("301").replace("-", "")
    ruled = await office.does(
        director, petition, Action.RULE_UNIT, unit="ql_van_hoa", reason="Giao đơn vị này"
    )
    assert (ruled.unit, ruled.bound) == ("ql_van_hoa", True)
