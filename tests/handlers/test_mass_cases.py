"""Matters of many people: seen at the fifth person, with representatives as the law counts them."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.officers.cards import shown_code
from petitions.kinds import Action, Kind, Role
from petitions.workflow import RefusalCode, Refused
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import OfficerRecord, PetitionRecord
from storage.replay import replay
from tests.conftest import AGENCY
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office

HEAD, FOCAL, DIRECTOR = "901", "903", "904"
MASS = "vụ việc đông người"
PAPER = "01/VB ngày 20/11/2026"


@pytest.fixture
def office(database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(database, vault, ids, clock)


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")


@pytest.fixture
async def focal(office: Office) -> OfficerRecord:
    await office.officer(DIRECTOR, office.facts.agency.leadership_unit, Role.DIRECTOR, "Ngô Giám Đốc")
    return await office.officer(FOCAL, office.facts.agency.focal_unit, Role.INTAKE, "Đỗ Đầu Mối")


async def several(
    office: Office, number: int, kind: Kind = Kind.FEEDBACK, **fields: Any
) -> list[PetitionRecord]:
    """Petitions of so many different people."""
    return [
        await office.file(str(500 + place), kind, phone=f"09512234{place:02d}", **fields)
        for place in range(number)
    ]


async def gathered(office: Office, officer: OfficerRecord, those: list[PetitionRecord]) -> PetitionRecord:
    lead, *others = those
    for other in others:
        await office.does(officer, other, Action.MERGE, linked=lead.id, reason="Cùng một việc")
    return await office.now(lead)


async def history(office: Office, petition: PetitionRecord) -> list[Action]:
    return [event.action for event in await office.work(lambda book: book.events(petition.id))]


async def refusal(
    office: Office, officer: OfficerRecord, petition: PetitionRecord, action: Action, **given: Any
) -> Refused:
    with pytest.raises(Refused) as refused:
        await office.does(officer, petition, action, **given)
    return refused.value


def heard(office: Office, chat: str, petition: PetitionRecord) -> int:
    return sum(MASS in sent.text and shown_code(petition) in sent.text for sent in office.chat(chat))


async def test_the_fifth_person_makes_a_mass_case_told_once(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    those = await several(office, 6)
    lead = await gathered(office, head, those[:4])
    assert lead.mass_at is None
    assert heard(office, DIRECTOR, lead) == 0
    for other in those[4:]:
        await office.does(head, other, Action.MERGE, linked=lead.id, reason="Cùng một việc")
    lead = await office.now(lead)
    assert lead.mass_at is not None
    assert (await history(office, lead)).count(Action.BECOME_MASS) == 1
    assert [heard(office, chat, lead) for chat in (HEAD, FOCAL, DIRECTOR)] == [1, 1, 1]
    assert (await office.database.read(lambda c: replay(c, office.vault, AGENCY))).differences == ()


async def test_one_person_five_times_is_no_mass_case(office: Office, head: OfficerRecord) -> None:
    lead = await gathered(office, head, [await office.file(str(500 + place)) for place in range(5)])
    assert (lead.members, lead.mass_at) == (4, None)


async def test_a_petition_of_many_signers_is_one_from_the_start(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    small = await office.file("500", people=4)
    large = await office.file("501", people=5)
    assert (small.mass_at, large.mass_at is None) == (None, False)
    assert heard(office, DIRECTOR, large) == 1


async def test_representatives_are_as_many_as_the_law_allows(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    those = await several(office, 5)
    lead = await gathered(office, head, those)
    await office.does(head, lead, Action.REPRESENT, document=PAPER)
    chosen = await office.does(head, those[1], Action.REPRESENT, document=PAPER)
    assert PAPER in office.last("501").text
    refused = await refusal(office, head, those[2], Action.REPRESENT, document=PAPER)
    assert refused.code is RefusalCode.ENOUGH_REPRESENTATIVES
    assert refused.params == {"people": 5, "most": 2}
    await office.does(head, chosen, Action.END_REPRESENT, reason="Nhóm cử người khác")
    await office.does(head, those[2], Action.REPRESENT, document=PAPER)
    found = await office.work(lambda book: book.representatives(lead.id))
    assert f"Người đại diện: đơn {shown_code(lead)}, {shown_code(those[2])}" in office.card(HEAD, lead).text
    assert [petition.id for petition in found] == [lead.id, those[2].id]


async def test_few_people_need_no_representative(office: Office, head: OfficerRecord) -> None:
    those = await several(office, 3)
    await gathered(office, head, those)
    refused = await refusal(office, head, those[1], Action.REPRESENT, document=PAPER)
    assert refused.code is RefusalCode.FEW_PEOPLE


async def test_who_is_taken_out_represents_nobody_any_more(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    those = await several(office, 6)
    lead = await gathered(office, head, those)
    await office.does(head, those[1], Action.REPRESENT, document=PAPER)
    apart = await office.does(head, those[1], Action.UNMERGE, reason="Không cùng việc")
    assert (apart.represents_at, apart.merged_into) == (None, None)
    assert await office.work(lambda book: book.representatives(lead.id)) == []


async def test_a_complaint_of_many_is_accepted_only_with_representatives(
    office: Office, head: OfficerRecord, focal: OfficerRecord
) -> None:
    those = await several(office, 5, Kind.COMPLAINT)
    lead = await gathered(office, focal, those)
    today = office.clock.now().astimezone(office.facts.agency.zone).date()
    await office.does(head, lead, Action.TAKE)
    await office.does(head, lead, Action.CONFIRM_FORM, on=today)
    await office.does(head, lead, Action.SCREEN_ELIGIBLE)
    refused = await refusal(office, head, lead, Action.ACCEPT, on=today, document="12/TB")
    assert (refused.code, refused.params) == (RefusalCode.NO_REPRESENTATIVES, {"people": 5})
    await office.does(head, those[3], Action.REPRESENT, document=PAPER)
    assert (await office.does(head, lead, Action.ACCEPT, on=today, document="12/TB")).accepted_on == today
