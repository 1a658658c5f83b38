"""Somebody named answers at every moment: officers who leave or are away, units dissolved, groups lost."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

from bot import settling
from bot.dispatch import Books
from bot.settling import Settling
from handlers import answerability
from handlers.messages import Membership, MembershipChange
from handlers.turn import Turn
from petitions.calendar import WorkingCalendar
from petitions.kinds import Action, Kind, Role, Stage
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import ContactRecord, OfficerRecord, PetitionRecord
from storage.schema import search_words
from storage.search import Wanted
from storage.work import Gap
from tests.hand_clock import HandClock
from tests.handlers.officers.office import ACCOUNT, CHANNEL, Office, sample_agency

ZONE = sample_agency().zone
GROUP, HEAD, OFFICER, OTHER, CITIZEN = "-100", "201", "202", "203", "500"
UNITS = [unit.code for unit in sample_agency().units if unit.active]


def at(day: int, month: int, hour: int = 9, minute: int = 0, *, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def office(database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    """An office on both engines."""
    return Office(database, vault, ids, clock)


@pytest.fixture
async def staffed(office: Office, clock: HandClock) -> Office:
    """Monday 30/11/2026 at nine; a unit with a head and two officers."""
    clock.at = at(30, 11)
    await office.officer(HEAD, "ql_van_hoa", Role.HEAD, "Lê Trưởng")
    await office.officer(OFFICER, "ql_van_hoa", Role.OFFICER, "Trần Văn Một")
    await office.officer(OTHER, "ql_van_hoa", Role.OFFICER, "Phạm Thị Hai")
    return office


async def officer(office: Office, chat: str) -> OfficerRecord:
    found = await office.work(lambda book: book.officer_of_chat(CHANNEL, ACCOUNT, chat))
    assert found is not None
    return found


async def taken(office: Office, chat: str = OFFICER, **fields: Any) -> PetitionRecord:
    petition = await office.file(CITIZEN, **fields)
    return await office.does(await officer(office, chat), petition, Action.TAKE)


async def leave(office: Office, chat: str, deputy: int | None = None) -> list[PetitionRecord]:
    leaving = await officer(office, chat)
    moved: list[PetitionRecord] = []

    def handle(turn: Turn) -> None:
        turn.book.remove_officer(leaving.id)
        moved.extend(answerability.officer_left(turn, leaving, deputy))

    await office.as_service(handle)
    return moved


async def last_event(office: Office, petition: PetitionRecord) -> tuple[Action, dict[str, Any]]:
    events = await office.work(lambda book: book.events(petition.id))
    return events[-1].action, events[-1].content


async def gaps(office: Office) -> list[tuple[str, Gap]]:
    return await office.work(lambda book: book.unanswerable(UNITS))


async def settle(office: Office) -> dict[str, int]:
    """One pass; what was done of each sort."""
    books = Books(vault=office.vault, ids=office.ids, clock=office.clock, agency=office.facts.agency.code)
    passes = Settling(
        database=office.database,
        books=books,
        clock=office.clock,
        facts=office.facts,
        chance=random.Random(1),
    )
    done = await passes.settle()
    await office.deliver()
    return done


def with_units(office: Office, **changed: dict[str, Any]) -> None:
    """The profile with some units changed."""
    agency = office.facts.agency
    units = tuple(unit.model_copy(update=changed.get(unit.code, {})) for unit in agency.units)
    office.facts = replace(office.facts, agency=agency.model_copy(update={"units": units}))
    for name in ("_units", "focal_unit", "leadership_unit"):
        office.facts.agency.__dict__.pop(name, None)


# --- who leaves


async def test_the_cases_of_who_leaves_go_to_the_head_by_name(staffed: Office) -> None:
    petition = await taken(staffed)
    [moved] = await leave(staffed, OFFICER)
    head = await officer(staffed, HEAD)
    assert (moved.id, moved.officer_id, moved.stage) == (petition.id, head.id, Stage.ASSIGNED)
    action, content = await last_event(staffed, petition)
    assert action is Action.REASSIGN
    assert content == {
        "code": "officer_left",
        "officer_id": head.id,
        "from_officer": petition.officer_id,
        "from_unit": "ql_van_hoa",
    }
    assert "Lê Trưởng" in staffed.last(CITIZEN).text
    assert "được giao" in staffed.card(HEAD, petition).text
    lines = await staffed.work(lambda book: book.assignments(petition.id))
    assert [line.officer_id for line in lines] == [None, petition.officer_id, head.id]
    assert await gaps(staffed) == []


async def test_a_deputy_comes_before_the_head(staffed: Office) -> None:
    petition = await taken(staffed)
    deputy = await officer(staffed, OTHER)
    await leave(staffed, OFFICER, deputy.id)
    assert (await staffed.now(petition)).officer_id == deputy.id


async def test_a_head_who_leaves_is_followed_by_the_focal_unit(staffed: Office) -> None:
    petition = await taken(staffed, HEAD)
    intake = await staffed.officer("301", "thanh_tra", Role.INTAKE, "Ngô Tiếp Nhận")
    await leave(staffed, HEAD)
    after = await staffed.now(petition)
    assert (after.officer_id, after.unit) == (intake.id, "ql_van_hoa")
    assert await gaps(staffed) == []


async def test_a_sealed_case_does_not_go_to_the_focal_unit(staffed: Office) -> None:
    petition = await taken(staffed, HEAD, kind=Kind.DENUNCIATION)
    await staffed.officer("301", "thanh_tra", Role.INTAKE)
    director = await staffed.officer("401", "lanh_dao", Role.DIRECTOR)
    await leave(staffed, HEAD)
    assert (await staffed.now(petition)).officer_id == director.id
    assert petition.code not in staffed.everything_sent_to("301").replace("-", "")


async def test_where_nobody_is_left_it_says_so_and_the_ladder_climbs(staffed: Office) -> None:
    petition = await taken(staffed)
    await leave(staffed, OTHER)
    await leave(staffed, HEAD)
    await leave(staffed, OFFICER)
    after = await staffed.now(petition)
    assert (after.officer_id, after.unit) == (None, "ql_van_hoa")
    assert (await last_event(staffed, petition))[1]["code"] == "nobody_left"
    assert await gaps(staffed) == [(petition.code, Gap.NAME)]
    director = await staffed.officer("401", "lanh_dao", Role.DIRECTOR)
    await staffed.live_until(at(16, 12, 12))
    assert "quá hạn" in staffed.last("401").text
    action, content = await last_event(staffed, petition)
    assert (action, content["level"], content["people"]) == (Action.BREACH, "director", [director.id])


async def test_tasks_and_untold_alarms_move_along(staffed: Office) -> None:
    petition = await taken(staffed)
    leaving = await officer(staffed, OFFICER)

    def order(turn: Turn) -> None:
        turn.book.add_alarm(
            leaving.id, petition.id, clock_id=None, what="warn", level="officer", urgent=False
        )
        locked = turn.book.petition(petition.id, lock=True)
        assert locked is not None
        task = {"op": "task", "id": 77, "unit": "ql_van_hoa", "officer_id": leaving.id, "what": "Trả đất"}
        turn.book.record(
            locked,
            action=Action.NOTE,
            actor=answerability.SERVICE,
            content={},
            changes={},
            operations=[task | {"due": "2026-12-31"}],
        )

    await staffed.as_service(order)
    await leave(staffed, OFFICER)
    head = await officer(staffed, HEAD)
    [task] = await staffed.work(lambda book: book.tasks(petition.id))
    assert (task.officer_id, task.unit) == (head.id, "ql_van_hoa")
    assert len(await staffed.work(lambda book: book.waiting_alarms(head.id))) == 1
    assert await staffed.work(lambda book: book.with_tasks_of(leaving.id)) == []


# --- who is away


async def absent(
    office: Office, chat: str, since: dt.datetime, until: dt.datetime, deputy: int | None = None
) -> None:
    away = await officer(office, chat)

    def handle(turn: Turn) -> None:
        answerability.begin_absence(turn, away.id, since=since, until=until, deputy=deputy)

    await office.as_service(handle)


async def test_an_absence_moves_cases_at_its_first_moment_and_they_stay(staffed: Office) -> None:
    petition = await taken(staffed)
    away, deputy = await officer(staffed, OFFICER), await officer(staffed, OTHER)
    await absent(staffed, OFFICER, at(3, 12, 0), at(5, 12, 0), deputy.id)
    await staffed.live_until(at(2, 12, 23, 59))
    assert (await staffed.now(petition)).officer_id == away.id
    await staffed.live_until(at(3, 12, 0, 0))
    assert (await staffed.now(petition)).officer_id == deputy.id
    assert (await last_event(staffed, petition))[1]["code"] == "officer_away"
    assert not [sent for sent in staffed.chat(CITIZEN) if "Phạm Thị Hai" in sent.text], "it is midnight"
    await staffed.live_until(at(3, 12, 7, 30))
    assert "Phạm Thị Hai" in staffed.last(CITIZEN).text
    await staffed.live_until(at(7, 12, 9))
    assert (await staffed.now(petition)).officer_id == deputy.id


async def test_an_absence_from_now_moves_cases_now(staffed: Office) -> None:
    petition = await taken(staffed)
    await absent(staffed, OFFICER, staffed.clock.now(), at(5, 12, 0))
    assert (await staffed.now(petition)).officer_id == (await officer(staffed, HEAD)).id


async def test_who_is_back_before_it_begins_keeps_the_cases(staffed: Office) -> None:
    petition = await taken(staffed)
    away = await officer(staffed, OFFICER)
    await absent(staffed, OFFICER, at(3, 12, 0), at(5, 12, 0))
    await absent(staffed, OFFICER, at(4, 12, 0), at(5, 12, 0))
    await staffed.live_until(at(3, 12, 9))
    assert (await staffed.now(petition)).officer_id == away.id, "it begins on the 4th now"
    await staffed.work(lambda book: book.set_absent(away.id, None, None))
    await staffed.live_until(at(6, 12, 9))
    assert (await staffed.now(petition)).officer_id == away.id


async def test_nobody_is_left_for_somebody_who_is_away_as_well(staffed: Office) -> None:
    petition = await taken(staffed)
    away = await officer(staffed, OFFICER)
    await absent(staffed, HEAD, staffed.clock.now(), at(5, 12, 0))
    await absent(staffed, OFFICER, staffed.clock.now(), at(5, 12, 0))
    assert (await staffed.now(petition)).officer_id == away.id


# --- groups and units


async def removed(office: Office, group: str) -> None:
    await office.update(group, Membership(change=MembershipChange.REMOVED), person="777")


async def test_what_nobody_took_in_a_lost_group_gets_a_name(staffed: Office) -> None:
    await staffed.group(GROUP, "ql_van_hoa")
    waiting, worked = await staffed.file("501"), await taken(staffed)
    sealed = await staffed.file("502", Kind.DENUNCIATION)
    await removed(staffed, GROUP)
    head = await officer(staffed, HEAD)
    after = await staffed.now(waiting)
    assert (after.officer_id, after.stage) == (head.id, Stage.RECEIVED)
    assert (await last_event(staffed, waiting))[1]["code"] == "group_gone"
    assert (await staffed.now(worked)).officer_id == worked.officer_id
    assert (await staffed.now(sealed)).officer_id is None, "it never was in the group"


async def test_a_second_group_keeps_them(staffed: Office) -> None:
    await staffed.group(GROUP, "ql_van_hoa")
    await staffed.group("-101", "ql_van_hoa")
    waiting = await staffed.file("501")
    await removed(staffed, GROUP)
    assert (await staffed.now(waiting)).officer_id is None
    await removed(staffed, "-101")
    assert (await staffed.now(waiting)).officer_id is not None


async def test_a_dissolved_unit_s_cases_go_to_its_successor(staffed: Office) -> None:
    kept, waiting = await taken(staffed), await staffed.file("501")
    closed = await staffed.file("503")
    await staffed.as_citizen("503", lambda turn: withdraw(turn, closed))
    new_head = await staffed.officer("601", "van_phong", Role.HEAD, "Hồ Văn Phòng")
    with_units(staffed, ql_van_hoa={"active": False, "successor": "van_phong"})
    assert await settle(staffed) == {
        "moved": 2,
        "begun": 0,
        "moved_dates": 0,
        "planned": 0,
        "searchable": 0,
        "counted": 0,
        "overview": 0,
    }

    after = await staffed.now(kept)
    assert (after.unit, after.officer_id) == ("van_phong", kept.officer_id), "who came along keeps it"
    after = await staffed.now(waiting)
    assert after.unit == "van_phong"
    heads = {new_head.id, (await officer(staffed, HEAD)).id}
    assert after.officer_id in heads
    assert (await last_event(staffed, waiting))[1]["code"] == "unit_dissolved"
    assert (await staffed.now(closed)).unit == "ql_van_hoa", "what is over stays with who did it"
    assert await settle(staffed) == {
        "moved": 0,
        "begun": 0,
        "moved_dates": 0,
        "planned": 0,
        "searchable": 0,
        "counted": 0,
        "overview": 0,
    }
    assert await gaps(staffed) == []


def withdraw(turn: Turn, petition: PetitionRecord) -> None:
    from handlers import cases

    cases.perform(turn, petition.id, Action.WITHDRAW, cases.CITIZEN)


async def test_a_unit_gone_from_the_profile_is_the_focal_unit_s(staffed: Office) -> None:
    petition = await taken(staffed)
    intake = await staffed.officer("301", "thanh_tra", Role.INTAKE)
    agency = staffed.facts.agency
    units = tuple(unit for unit in agency.units if unit.code != "ql_van_hoa")
    staffed.facts = replace(staffed.facts, agency=agency.model_copy(update={"units": units}))
    for name in ("_units", "focal_unit", "leadership_unit"):
        staffed.facts.agency.__dict__.pop(name, None)
    assert (await settle(staffed))["moved"] == 1
    after = await staffed.now(petition)
    assert (after.unit, after.officer_id) == ("thanh_tra", intake.id)


async def test_settling_finds_cases_of_somebody_long_gone(staffed: Office) -> None:
    petition = await taken(staffed)
    await staffed.work(lambda book: book.remove_officer(petition.officer_id or 0))
    assert await gaps(staffed) == [(petition.code, Gap.LEFT)]
    assert (await settle(staffed))["moved"] == 1
    assert (await staffed.now(petition)).officer_id == (await officer(staffed, HEAD)).id
    assert await gaps(staffed) == []


# --- dates


async def test_a_changed_calendar_moves_dates_and_history_says_so(staffed: Office) -> None:
    # A-01: ten working days from Monday 30/11 end on Monday 14/12. A day off on 10/12 makes it 15/12. To be taken
    # within one working day: Tuesday 1/12, which the change does not reach.
    petition = await staffed.file(CITIZEN)
    assert petition.due_on == dt.date(2026, 12, 14)
    calendar = WorkingCalendar.from_packaged().with_overrides({"off": [{"date": dt.date(2026, 12, 10)}]})
    staffed.facts = replace(staffed.facts, calendar=calendar)
    assert (await settle(staffed))["moved_dates"] == 1

    after = await staffed.now(petition)
    assert after.due_on == dt.date(2026, 12, 15)
    action, content = await last_event(staffed, petition)
    assert action is Action.RECOMPUTE
    [moved] = content["moved"]
    assert (moved["rule"], moved["due_before"], moved["due"]) == ("A-01", "2026-12-14", "2026-12-15")
    assert "15/12/2026" in staffed.last(CITIZEN).text
    assert await settle(staffed) == {
        "moved": 0,
        "begun": 0,
        "moved_dates": 0,
        "planned": 0,
        "searchable": 0,
        "counted": 0,
        "overview": 0,
    }


async def test_a_breach_found_stays_when_the_date_moves_behind_it(staffed: Office) -> None:
    petition = await staffed.file(CITIZEN)
    await staffed.live_until(at(15, 12, 9))
    found = await staffed.work(lambda book: book.breaches(petition.id))
    assert len(found) == 2
    calendar = WorkingCalendar.from_packaged().with_overrides({"off": [{"date": dt.date(2026, 12, 10)}]})
    staffed.facts = replace(staffed.facts, calendar=calendar)
    await settle(staffed)
    assert await staffed.work(lambda book: book.breaches(petition.id)) == found


async def test_a_lost_or_misplaced_timer_is_set_anew(staffed: Office) -> None:
    petition = await staffed.file(CITIZEN)
    await staffed.work(lambda book: book.cancel_timers("clock", petition_id=petition.id))
    assert (await settle(staffed))["planned"] == 1
    agency = staffed.facts.agency
    later = agency.deadlines.model_copy(update={"morning": dt.time(9, 30)})
    staffed.facts = replace(staffed.facts, agency=agency.model_copy(update={"deadlines": later}))
    planned = await staffed.work(lambda book: book.planned("clock", [petition.id]))
    assert planned == {petition.id: at(2, 12, 0, 0)}
    assert await settle(staffed) == {
        "moved": 0,
        "begun": 0,
        "moved_dates": 0,
        "planned": 0,
        "searchable": 0,
        "counted": 0,
        "overview": 0,
    }, "the breach comes first"
    await staffed.does(await officer(staffed, OFFICER), petition, Action.TAKE)
    assert await settle(staffed) == {
        "moved": 0,
        "begun": 0,
        "moved_dates": 0,
        "planned": 0,
        "searchable": 0,
        "counted": 0,
        "overview": 0,
    }
    planned = await staffed.work(lambda book: book.planned("clock", [petition.id]))
    assert planned == {petition.id: at(7, 12, 9, 30)}


async def test_a_contact_keeps_nothing_of_the_service_s_own_turn(office: Office) -> None:
    def handle(turn: Turn) -> None:
        assert isinstance(turn.contact, ContactRecord)
        assert (turn.contact.id, turn.officer, turn.queued) == (0, None, [])

    await office.as_service(handle)
    assert office.everything_sent_to("") == ""


# --- officers' search


async def test_petitions_of_before_become_searchable_beside_the_work(
    staffed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "FOUND_AT_ONCE", 2)
    monkeypatch.setattr(settling, "BREATH_SECONDS", 0.0)
    filed = [await staffed.file(CITIZEN) for _ in range(3)]
    await staffed.work(lambda book: book.connection.execute(delete(search_words)))
    wanted = Wanted(words=("khuya",))
    assert await staffed.work(lambda book: book.find_cases(wanted, lambda _: True, most=9)) == ([], None)
    assert (await settle(staffed))["searchable"] == 3
    found, _ = await staffed.work(lambda book: book.find_cases(wanted, lambda _: True, most=9))
    assert [case.id for case in found] == [case.id for case in reversed(filed)]
    assert (await settle(staffed))["searchable"] == 0
