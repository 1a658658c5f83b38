"""After screening a complaint's class stands; the area and the sort of decision can still be put right."""

from __future__ import annotations

import datetime as dt

import pytest

from handlers import cases
from handlers.officers.tokens import Press
from handlers.turn import Turn
from petitions.kinds import Action, ActorKind, Kind, Role
from petitions.workflow import RefusalCode, Refused
from storage.records import ActorRef, OfficerRecord, PetitionRecord
from tests.handlers.officers.office import Office

HEAD = "22"


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await office.officer(HEAD, "ql_van_hoa", Role.HEAD)


def actor(officer: OfficerRecord) -> ActorRef:
    return ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)


@pytest.fixture
async def accepted(office: Office, head: OfficerRecord) -> PetitionRecord:
    """Accepted on Monday 23/11/2026: thirty days end on 23/12."""
    petition = await office.file("500", Kind.COMPLAINT)
    today = office.clock.now().date()

    def handle(turn: Turn) -> None:
        for action, given in (
            (Action.TAKE, {}),
            (Action.CONFIRM_FORM, {"on": today}),
            (Action.SCREEN_ELIGIBLE, {}),
            (Action.ACCEPT, {"on": today, "document": "1/TB"}),
        ):
            cases.perform(turn, petition.id, action, actor(head), **given)

    await office.as_citizen("999", handle)
    return await office.now(petition)


async def settle_due(office: Office, petition: PetitionRecord) -> tuple[str, dt.date | None]:
    clocks = (await office.work(lambda book: book.clocks(petition.id))).values()
    [alive] = [clock for clock in clocks if clock.alive and clock.step == "settle"]
    return alive.rule, alive.due_on


async def test_a_remote_area_found_later_raises_the_ceiling_from_the_same_day(
    office: Office, accepted: PetitionRecord
) -> None:
    assert await settle_due(office, accepted) == ("C-05", dt.date(2026, 12, 23))
    await office.press(HEAD, Press("fix", accepted.id).token)
    menu = office.last(HEAD)
    assert menu.has("Vùng sâu, vùng xa")
    assert not menu.has("Loại đơn")
    await office.press(HEAD, menu.button("Vùng sâu, vùng xa"))
    await office.say(HEAD, "Xã vùng cao, đi lại khó khăn")
    await office.press(HEAD, office.last(HEAD).button("Sửa"))
    # C-07: forty-five days from 23/11 are 07/01/2027, a Thursday.
    assert await settle_due(office, accepted) == ("C-07", dt.date(2027, 1, 7))
    assert (await office.now(accepted)).due_on == dt.date(2027, 1, 7)


async def test_a_disciplinary_decision_found_later_has_its_own_rule(
    office: Office, accepted: PetitionRecord
) -> None:
    await office.press(HEAD, Press("fix", accepted.id, "s:ky_luat").token)
    await office.say(HEAD, "Khiếu nại quyết định kỷ luật viên chức")
    await office.press(HEAD, office.last(HEAD).button("Sửa"))
    assert await settle_due(office, accepted) == ("K-04", dt.date(2026, 12, 23))


async def test_the_class_of_an_accepted_complaint_stands(
    office: Office, accepted: PetitionRecord, head: OfficerRecord
) -> None:
    refused: list[RefusalCode] = []

    def handle(turn: Turn) -> None:
        for given in ({"kind": Kind.FEEDBACK}, {"unit": "bao_tang"}, {"topic": "le_hoi"}):
            try:
                cases.perform(turn, accepted.id, Action.CORRECT, actor(head), reason="nhầm", **given)
            except Refused as fault:
                refused.append(fault.code)

    await office.as_citizen("999", handle)
    assert refused == [RefusalCode.WRONG_STAGE] * 3
    assert await office.now(accepted) == accepted


async def test_a_task_of_a_sealed_case_goes_only_to_who_may_see_it(office: Office) -> None:
    boss = await office.officer("21", "thanh_tra", Role.HEAD, "Lê Thị Trưởng")
    clerk = await office.officer("24", "thanh_tra", Role.OFFICER, "Phạm Văn Viên")
    petition = await office.file("500", Kind.DENUNCIATION, unit="thanh_tra", confidential=True)
    today = office.clock.now().date()
    result = {"on": today, "document": "2/KL", "code": "denunciation_true", "facts": {}, "text": "…"}
    task = {"task": "Thu hồi tiền", "due": today + dt.timedelta(days=20)}
    refused: list[RefusalCode] = []

    def handle(turn: Turn) -> None:
        for action, given in (
            (Action.TAKE, {}),
            (Action.CONFIRM_FORM, {"on": today}),
            (Action.SCREEN_ELIGIBLE, {}),
            (Action.ACCEPT, {"on": today, "document": "1/QĐ"}),
            (Action.CONCLUDE, result),
        ):
            cases.perform(turn, petition.id, action, actor(boss), **given)
        try:
            cases.perform(turn, petition.id, Action.ORDER_TASK, actor(boss), officer_id=clerk.id, **task)
        except Refused as fault:
            refused.append(fault.code)
        cases.perform(turn, petition.id, Action.ORDER_TASK, actor(boss), officer_id=boss.id, **task)

    await office.as_citizen("999", handle)
    assert refused == [RefusalCode.MISSING_OFFICER]
    assert [t.officer_id for t in await office.work(lambda book: book.tasks(petition.id))] == [boss.id]
    await office.press("21", Press("task", petition.id).token)
    asked = office.last("21")
    assert asked.has("Lê Thị Trưởng")
    assert not asked.has("Phạm Văn Viên")
