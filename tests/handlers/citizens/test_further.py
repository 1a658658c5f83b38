"""Going on after a first result: the second complaint with its time limit, and an overdue denunciation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import cases
from handlers.turn import Turn
from petitions.kinds import Action, ActorKind, Kind, Role, Stage
from storage.records import ActorRef, OfficerRecord, PetitionRecord
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office

COMPLAINT = "Tôi khiếu nại quyết định xử phạt số 12 của Thanh tra Sở đối với quán karaoke nhà tôi"
WHY = "Tôi không đồng ý vì hôm đó quán đóng cửa, đề nghị hủy quyết định"


async def step(
    office: Office, officer: OfficerRecord, petition: PetitionRecord, action: Action, **given: Any
) -> None:
    actor = ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)

    def handle(turn: Turn) -> None:
        cases.perform(turn, petition.id, action, actor, **given)

    await office.as_citizen("999", handle)


async def accepted(office: Office, officer: OfficerRecord, kind: Kind, unit: str) -> PetitionRecord:
    petition = await office.file("500", kind, unit=unit, confidential=kind is Kind.DENUNCIATION)
    today = office.clock.now().date()
    await step(office, officer, petition, Action.TAKE)
    await step(office, officer, petition, Action.CONFIRM_FORM, on=today)
    await step(office, officer, petition, Action.SCREEN_ELIGIBLE)
    await step(office, officer, petition, Action.ACCEPT, on=today, document="1/TB")
    return petition


async def decided(office: Office, officer: OfficerRecord, unit: str) -> PetitionRecord:
    petition = await accepted(office, officer, Kind.COMPLAINT, unit)
    today = office.clock.now().date()
    await step(
        office,
        officer,
        petition,
        Action.DECIDE,
        on=today,
        document="2/QĐ",
        code="complaint_wrong",
        facts={},
        text="…",
    )
    await step(office, officer, petition, Action.SEND_DECISION, on=today)
    return petition


@pytest.mark.parametrize(
    ("unit", "second_unit", "destination"),
    [("bao_tang", "lanh_dao", None), ("ql_van_hoa", "thanh_tra", "outside:ubnd_tinh")],
)
async def test_a_second_complaint_goes_to_who_stands_above_and_stops_the_effect(
    office: Office, person: Person, unit: str, second_unit: str, destination: str | None
) -> None:
    head = await office.officer("22", unit, Role.HEAD)
    first = await decided(office, head, unit)
    office.clock.forward(timedelta(days=10))
    await person.press("Không đồng ý")
    told = await person.say(WHY)
    for _ in range(6):
        if any("Xác nhận gửi" in label for heard in told.answers for label in heard.labels):
            break
        told = await person.press("Bỏ qua")
    await person.press("Xác nhận gửi")
    second = (await person.petitions())[-1]
    assert (second.kind, second.instance, second.linked_to) == (Kind.COMPLAINT, 2, first.id)
    assert (second.unit, second.destination) == (second_unit, destination)
    content = await person.content(second)
    assert content.name == "Nguyễn Thị Sen"
    assert WHY in content.story
    clocks = (await office.work(lambda book: book.clocks(first.id))).values()
    by_step = {clock.step: clock.state.value for clock in clocks}
    assert by_step["effect"] == "stopped"
    assert by_step["second_complaint"] == "met"
    assert "lần hai" in office.last("22").text


async def test_after_its_time_a_second_complaint_is_refused_with_what_is_left(
    office: Office, person: Person
) -> None:
    head = await office.officer("22", "ql_van_hoa", Role.HEAD)
    first = await decided(office, head, "ql_van_hoa")
    before = await office.now(first)
    office.clock.forward(timedelta(days=60))
    told = await person.press("Không đồng ý")
    assert "đã hết ngày 23/12/2026" in told.text  # sent on 23/11/2026, thirty days
    assert "tòa án" in told.text
    assert await office.now(first) == before
    assert len(await person.petitions()) == 1


async def test_before_the_result_and_in_time_there_is_no_second_complaint(
    office: Office, person: Person
) -> None:
    head = await office.officer("22", "ql_van_hoa", Role.HEAD)
    first = await accepted(office, head, Kind.COMPLAINT, "ql_van_hoa")
    status = await person.command("status", first.code)
    assert not any("lần hai" in label for heard in status.answers for label in heard.labels)
    office.clock.forward(timedelta(days=45))  # accepted on 23/11/2026: thirty days ended on 23/12/2026
    late = await person.command("status", first.code)
    assert any("Gửi lần hai" in label for heard in late.answers for label in heard.labels)
    assert "nay đã quá" in late.text


async def test_an_overdue_denunciation_goes_up_once(office: Office, person: Person) -> None:
    head = await office.officer("22", "thanh_tra", Role.HEAD)
    petition = await accepted(office, head, Kind.DENUNCIATION, "thanh_tra")
    assert "Báo quá hạn" not in str((await person.command("status", petition.code)).answers)
    office.clock.forward(timedelta(days=40))
    status = await person.command("status", petition.code)
    assert any("Báo quá hạn" in label for heard in status.answers for label in heard.labels)
    told = await person.press("Báo quá hạn")
    assert "UBND tỉnh" in told.text
    after = await office.now(petition)
    assert after.gone_up_at is not None
    assert after.stage is Stage.ACCEPTED
    clocks = (await office.work(lambda book: book.clocks(petition.id))).values()
    assert [clock.rule for clock in clocks if clock.step == "report_up"] == ["D-23"]
    again = await person.press("Báo quá hạn")
    assert "đã được làm" in again.text
