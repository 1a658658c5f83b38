"""The one way in for every change of a petition, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from handlers import cases
from handlers.turn import Turn
from petitions.kinds import Action, Kind, Role, Stage
from petitions.workflow import RefusalCode, Refused
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import SERVICE, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office

CITIZEN, GROUP = "500", "-100"


@pytest.fixture
def office(database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    """An office on both engines."""
    return Office(database, vault, ids, clock)


def doing(petition: PetitionRecord, action: Action, **given: object) -> Callable[[Turn], None]:
    def handle(turn: Turn) -> None:
        cases.perform(turn, petition.id, action, cases.CITIZEN, **given)  # type: ignore[arg-type]

    return handle


async def test_many_press_at_once_and_one_has_it(office: Office) -> None:
    await office.group(GROUP, "ql_van_hoa")
    people = [str(200 + n) for n in range(6)]
    for person in people:
        await office.officer(person, "ql_van_hoa", Role.OFFICER)
    petition = await office.file()
    button = office.card(GROUP, petition).button("Nhận xử lý")
    await asyncio.gather(*(office.press(person, button, deliver=False) for person in people))
    await office.deliver()
    events = await office.work(lambda book: book.events(petition.id))
    assert [event.action for event in events] == [Action.FILE, Action.TAKE]
    said = [office.last(person).text.strip() for person in people]
    assert said.count("Ông/Bà đã nhận đơn này.") == 1
    assert sum("đã nhận." in text and text.startswith("Đơn này") for text in said) == 5


async def test_a_stranger_can_do_nothing(office: Office) -> None:
    petition = await office.file(CITIZEN)
    for action in (Action.WITHDRAW, Action.CITIZEN_ADDS, Action.RATE):
        with pytest.raises(cases.UnknownPetition):
            await office.as_citizen("999", doing(petition, action, text="x", rating=5))
    await office.as_citizen("999", doing(petition, Action.CITIZEN_ADDS, text="từ máy khác", proven=True))
    events = await office.work(lambda book: book.events(petition.id))
    assert [event.content.get("text") for event in events[1:]] == ["từ máy khác"]


async def test_an_absent_petition_and_a_hidden_one_are_alike(office: Office) -> None:
    petition = await office.file(CITIZEN)
    for petition_id in (petition.id, 1):
        with pytest.raises(cases.UnknownPetition):
            await office.as_citizen(
                "999", lambda turn, p=petition_id: cases.add_from_citizen(turn, p, text="x") and None
            )


async def test_the_table_decides_what_a_citizen_may(office: Office) -> None:
    feedback = await office.file(CITIZEN)
    complaint = await office.file(CITIZEN, Kind.COMPLAINT, unit="thanh_tra")
    await office.as_citizen(CITIZEN, doing(feedback, Action.WITHDRAW))
    assert (await office.now(feedback)).stage is Stage.WITHDRAWN
    with pytest.raises(Refused) as refused:
        await office.as_citizen(CITIZEN, doing(complaint, Action.WITHDRAW))
    assert refused.value.code is RefusalCode.WRONG_KIND
    await office.as_citizen(CITIZEN, doing(complaint, Action.ASK_WITHDRAW))
    after = await office.now(complaint)
    assert after.withdraw_wish_at is not None
    assert after.stage is Stage.RECEIVED
    with pytest.raises(Refused):
        await office.as_citizen(CITIZEN, doing(complaint, Action.TAKE))
    await office.as_citizen(CITIZEN, doing(feedback, Action.REOPEN, reason="vẫn còn"))
    await office.as_citizen(CITIZEN, doing(feedback, Action.WITHDRAW))
    with pytest.raises(Refused) as again:
        await office.as_citizen(CITIZEN, doing(feedback, Action.REOPEN))
    assert again.value.code is RefusalCode.ALREADY_REOPENED


async def test_what_is_missing_is_refused_and_changes_nothing(office: Office) -> None:
    petition = await office.file(CITIZEN)
    with pytest.raises(Refused) as refused:
        await office.as_citizen(CITIZEN, doing(petition, Action.CITIZEN_ADDS, text="  \n"))
    assert refused.value.code is RefusalCode.MISSING_TEXT
    assert (await office.now(petition)).events_count == 1


async def test_the_citizen_hears_nothing_twice_of_what_he_did_himself(office: Office) -> None:
    petition = await office.file(CITIZEN)
    before = len(office.chat(CITIZEN))
    await office.as_citizen(CITIZEN, doing(petition, Action.WITHDRAW))
    assert len(office.chat(CITIZEN)) == before


async def test_the_service_itself_closes_an_answered_petition(office: Office) -> None:
    from handlers.officers.tokens import Press

    await office.officer("201", "ql_van_hoa", Role.HEAD)
    petition = await office.file(CITIZEN)
    await office.press("201", Press("take", petition.id).token)
    await office.press("201", Press("answer", petition.id).token)
    await office.say("201", "Xong.")
    await office.say("201", "đồng ý")

    def close(turn: Turn) -> None:
        cases.perform(turn, petition.id, Action.CLOSE, SERVICE)

    await office.as_citizen("999", close)
    assert (await office.now(petition)).stage is Stage.CLOSED
    assert "đã kết thúc" in office.last(CITIZEN).text


async def test_a_denunciation_of_another_kind_stays_sealed(office: Office) -> None:
    from handlers.officers.tokens import Press

    await office.group(GROUP, "thanh_tra")
    await office.officer("301", "thanh_tra", Role.INSPECTOR)
    petition = await office.file(kind=Kind.DENUNCIATION, unit="thanh_tra", topic="tham_nhung_tieu_cuc")
    await office.press("301", Press("fix", petition.id, "k:phan_anh").token)
    await office.say("301", "Không nêu hành vi vi phạm")
    await office.say("301", "đồng ý")
    after = await office.now(petition)
    assert after.kind is Kind.FEEDBACK
    assert after.confidential
    assert petition.code not in office.everything_sent_to(GROUP).replace("-", "")
