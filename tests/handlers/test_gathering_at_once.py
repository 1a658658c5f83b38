"""Several act on petitions of one matter at the same moment, and a matter of many costs what one of few does."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event

from handlers import cases
from handlers.service_turn import service_turn
from handlers.turn import Turn
from petitions.kinds import Action, ActorKind, Role, Stage
from petitions.workflow import RefusalCode, Refused
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import ActorRef, OfficerRecord, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.handlers.test_gathering import in_order


@pytest.fixture
def office(database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    clock.at = datetime(2026, 11, 30, 2, tzinfo=UTC)
    return Office(database, vault, ids, clock)


def of(officer: OfficerRecord) -> ActorRef:
    return ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id, role=officer.role, unit=officer.unit)


async def tries(
    office: Office, actor: ActorRef, petition: PetitionRecord, action: Action, **given: Any
) -> str:
    """The refusal's code; "" where it was done. Only the turn: nothing is delivered."""

    def task(connection: Connection) -> str:
        turn = service_turn(office._book(connection), office.facts, office.clock.now(), random.Random(7))
        try:
            cases.perform(turn, petition.id, action, actor, **given)
        except Refused as refused:
            return refused.code.value
        return ""

    return await office.database.transact(task)


@pytest.mark.parametrize("turn", range(4))
async def test_two_officers_merge_each_into_the_other(office: Office, turn: int) -> None:
    del turn
    one = await office.officer("901", "ql_van_hoa", Role.HEAD)
    other = await office.officer("902", "ql_van_hoa", Role.INTAKE)
    first, second = await office.file("500"), await office.file("501")
    said = await asyncio.gather(
        tries(office, of(one), first, Action.MERGE, linked=second.id, reason="Cùng quán"),
        tries(office, of(other), second, Action.MERGE, linked=first.id, reason="Cùng quán"),
    )
    assert said[1] == ""  # the petition that came first leads, whoever is quicker
    assert said[0] in {RefusalCode.LINKED_LATER.value, RefusalCode.JOINED_HERE.value}
    assert (await office.now(second)).merged_into == first.id
    assert (await office.now(first)).members == 1
    await in_order(office)


async def test_many_merge_while_the_lead_goes_on(office: Office) -> None:
    head = await office.officer("901", "ql_van_hoa", Role.INTAKE)
    lead = await office.file("500")
    others = [await office.file(str(501 + n)) for n in range(6)]
    said = await asyncio.gather(
        *(tries(office, of(head), each, Action.MERGE, linked=lead.id, reason="Cùng quán") for each in others),
        tries(office, of(head), lead, Action.TAKE),
        tries(office, of(head), lead, Action.TRANSFER, unit="bao_tang", reason="Nhầm nơi"),
    )
    assert said[:6] == [""] * 6
    now = await office.now(lead)
    assert now.members == 6
    for each in others:
        member = await office.now(each)
        assert (member.unit, member.officer_id) == (now.unit, now.officer_id)
    await in_order(office)


async def test_a_petition_is_merged_while_its_citizen_withdraws(office: Office) -> None:
    head = await office.officer("901", "ql_van_hoa", Role.HEAD)
    lead, member = await office.file("500"), await office.file("501")
    merged, withdrawn = await asyncio.gather(
        tries(office, of(head), member, Action.MERGE, linked=lead.id, reason="Cùng quán"),
        withdraws(office, "501", member),
    )
    now = await office.now(member)
    assert withdrawn == ""  # nobody's wish is lost
    assert merged in {"", RefusalCode.WRONG_STAGE.value}
    assert (now.stage, now.merged_into) == (Stage.WITHDRAWN, None)
    assert (await office.now(lead)).members == 0
    await in_order(office)


async def withdraws(office: Office, chat: str, petition: PetitionRecord) -> str:
    said: list[str] = []

    def handle(turn: Turn) -> None:
        try:
            cases.perform(turn, petition.id, Action.WITHDRAW, cases.CITIZEN)
        except Refused as refused:
            said.append(refused.code.value)

    await office.as_citizen(chat, handle)
    return said[-1] if said else ""


async def test_two_take_the_same_petition_out(office: Office) -> None:
    head = await office.officer("901", "ql_van_hoa", Role.HEAD)
    lead, member = await office.file("500"), await office.file("501")
    await office.does(head, member, Action.MERGE, linked=lead.id, reason="Cùng quán")
    said = await asyncio.gather(
        tries(office, of(head), member, Action.UNMERGE, reason="Nhầm"),
        tries(office, of(head), member, Action.UNMERGE, reason="Nhầm"),
    )
    assert sorted(said) == ["", RefusalCode.NOT_MERGED.value]
    assert (await office.now(lead)).members == 0
    await in_order(office)


@pytest.mark.postgres
async def test_a_step_of_a_lead_takes_no_more_statements_for_many(
    postgres_database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    office = Office(postgres_database, vault, ids, clock)
    head = await office.officer("901", "ql_van_hoa", Role.HEAD)
    costs = []
    for first, many in ((500, 3), (600, 24)):
        lead = await office.does(head, await office.file(str(first)), Action.TAKE)
        for n in range(many):
            member = await office.file(str(first + 1 + n))
            await office.does(head, member, Action.MERGE, linked=lead.id, reason="Cùng quán")
        costs.append(await statements(office, head, lead))
    assert costs[1] == costs[0]


async def statements(office: Office, head: OfficerRecord, lead: PetitionRecord) -> int:
    """How many statements an answer to all takes."""
    counted = 0

    def count(*_: Any) -> None:
        nonlocal counted
        counted += 1

    def task(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", count)
        turn = service_turn(office._book(connection), office.facts, office.clock.now(), random.Random(7))
        cases.perform(turn, lead.id, Action.ANSWER, of(head), text="Đã nhắc quán")

    await office.database.transact(task)
    return counted
