"""Every route and every action, for every role, of the own and of another unit, open and sealed: each answer proven.

The oracle is the domain's own tables (`petitions.workflow`), asked apart from the console.
"""

from __future__ import annotations

import itertools
import random

import pytest

from bot.console.app import Console
from handlers import console_actions
from handlers.console_actions import Outcome
from handlers.console_turn import console_turn, desk_of
from handlers.officers.tokens import has_button
from petitions.kinds import Action, ActorKind, Kind, Role
from petitions.transition_rows import Transition
from petitions.workflow import Refused, allowed, may_see
from storage.casebook import Casebook
from storage.records import OfficerRecord, PetitionRecord
from tests.bot.console.rig import Browser, signed_in, somebody
from tests.bot.console.test_report_rights import OF_A_REPORT, OF_ALL
from tests.browser.console_rig import a_photo
from tests.browser.test_console import a_picture
from tests.handlers.officers.office import Office
from tests.web_site import Site

UNITS = ("ql_van_hoa", "thanh_tra")
OPEN_PAGES = {
    ("GET", "/console"): 200,
    ("GET", "/console/find"): 200,
    ("GET", "/console/board"): 200,
    ("GET", "/console/board/live"): 200,
    ("GET", "/console/sessions"): 200,
    ("GET", "/console/entry"): 200,
    ("POST", "/console/entry"): 422,
    ("POST", "/console/entry/receipt"): 404,
    ("POST", "/console/views"): 303,
    ("POST", "/console/views/forget"): 404,
    ("POST", "/console/board/assign"): 303,
    ("POST", "/console/sessions/end"): 404,
    ("POST", "/console/leave"): 303,
}
"""Pages that every officer has, each showing what is theirs; a session there is not cannot be ended."""
NOBODY, ADMINS, LEADERS = "", "admin", "admin and head"
FOCAL, KEEPERS = "focal unit", "admin and focal unit"
OVERSEERS = "head, inspector and director"
PERSON = "/console/office/people/{person:[0-9]{1,18}}"
OF_THE_OFFICE = {
    ("GET", "/console/office"): (LEADERS, 200),
    ("POST", "/console/office/invite"): (ADMINS, 422),
    ("POST", "/console/office/invite/end"): (NOBODY, 404),
    ("GET", PERSON): (LEADERS, 200),
    ("POST", f"{PERSON}/change"): (ADMINS, 422),
    ("POST", f"{PERSON}/absence"): (LEADERS, 422),
    ("POST", f"{PERSON}/back"): (NOBODY, 404),
    ("POST", f"{PERSON}/remove"): (ADMINS, 422),
    ("GET", "/console/office/templates"): (LEADERS, 200),
    ("POST", "/console/office/templates"): (LEADERS, 422),
    ("POST", "/console/office/templates/remove"): (NOBODY, 404),
    ("GET", "/console/office/units"): (LEADERS, 200),
    ("GET", "/console/office/calendar"): (LEADERS, 200),
    ("GET", "/console/overview"): (OVERSEERS, 200),
    ("GET", "/console/overview/decisions"): (OVERSEERS, 200),
    ("GET", "/console/overview/passed"): (OVERSEERS, 200),
    ("GET", "/console/overview/hotspots/{hotspot:[0-9]{1,18}}"): (NOBODY, 404),
    ("POST", "/console/office/calendar"): (ADMINS, 422),
    ("POST", "/console/office/calendar/back"): (NOBODY, 404),
    ("GET", "/console/office/announcements"): (ADMINS, 200),
    ("POST", "/console/office/announcements"): (ADMINS, 422),
    ("POST", "/console/office/announcements/publish"): (NOBODY, 404),
    ("POST", "/console/office/announcements/withdraw"): (NOBODY, 404),
    ("GET", "/console/reception"): (FOCAL, 200),
    ("POST", "/console/reception/mark"): (NOBODY, 404),
    ("POST", "/console/reception/cancel"): (NOBODY, 404),
    ("GET", "/console/reception/schedule"): (KEEPERS, 200),
    ("POST", "/console/reception/schedule"): (KEEPERS, 422),
    ("POST", "/console/reception/schedule/remove"): (NOBODY, 404),
    ("POST", "/console/reception/schedule/off"): (KEEPERS, 422),
}
"""Who gets which answer to an empty form (422: what is missing is said); everybody else 404. Of a person: who
administers, and the head of that person's unit. Nobody is away; no invitation, template, set day,
hotspot, line of the schedule or appointment is there. The second of the units is the focal one."""
CASE = "/console/cases/{code:[0-9A-Z]{12}}"
FILE = f"{CASE}/files/{{file:[0-9]{{1,18}}}}"
OF_A_CASE = {
    ("GET", CASE): (200, 200),
    ("GET", f"{CASE}/live"): (200, 200),
    ("POST", f"{CASE}/open"): (404, 303),
    ("GET", f"{CASE}/do/{{action:[a-z_]{{1,30}}}}"): (200, 200),
    ("POST", f"{CASE}/do/{{action:[a-z_]{{1,30}}}}"): (409, 409),
    ("GET", f"{FILE}/small"): (200, 404),
    ("GET", FILE): (200, 404),
    ("POST", FILE): (404, 200),
    ("POST", f"{CASE}/attach"): (403, 403),
    ("GET", f"{CASE}/papers/{{paper:[a-z_]{{1,30}}}}"): (404, 404),
    ("POST", f"{CASE}/drafts/{{draft:[a-z0-9_]{{3,30}}}}"): (200, 404),
}
"""What who may know of a case is answered, for an open and for a sealed one whose story this officer opened; all
others get 404. A feedback has no paper, and the papers of a denunciation stay closed with its identity. Who only
administers makes no draft."""


@pytest.fixture
async def people(office: Office) -> list[OfficerRecord]:
    return [await somebody(office, role, unit) for role, unit in itertools.product(Role, UNITS)]


def known(officer: OfficerRecord, petition: PetitionRecord) -> bool:
    same, named = officer.unit == petition.unit, officer.id == petition.officer_id
    return may_see(petition.kind, petition.confidential, officer.role, same, named)


def notes(officer: OfficerRecord, petition: PetitionRecord) -> bool:
    """Whether the table lets this officer write into the record of the case."""
    try:
        allowed(
            petition.stage,
            Action.NOTE,
            actor=ActorKind.OFFICER,
            role=officer.role,
            kind=petition.kind,
            same_unit=officer.unit == petition.unit,
            is_assigned=petition.officer_id == officer.id,
        )
    except Refused:
        return False
    return True


def routes_of(site: Site) -> set[tuple[str, str]]:
    return {(route.method, route.path) for route in site.console.routes}


async def ask(one: Browser, method: str, path: str) -> int:
    if method == "GET":
        async with one.session.get(path, allow_redirects=False) as response:
            return response.status
    fields = {"what": "story", "seq": "0", "session": "1", "text": "x"}
    async with one.session.post(path, data={"proof": one.proof} | fields, allow_redirects=False) as response:
        return response.status


async def test_every_route_answers_by_right(site: Site, office: Office, people: list[OfficerRecord]) -> None:
    assert isinstance(site.console, Console)
    walked = OPEN_PAGES.keys() | OF_A_CASE.keys() | OF_THE_OFFICE.keys()
    of_reports = OF_A_REPORT.keys() | OF_ALL  # walked by `test_report_rights`
    assert routes_of(site) == walked | of_reports, "a new route needs its line here"
    clerks = {officer.unit: officer for officer in people if officer.role is Role.OFFICER}
    heads = {officer.unit: officer for officer in people if officer.role is Role.HEAD}
    petitions = []
    for place, (kind, unit) in enumerate(itertools.product((Kind.FEEDBACK, Kind.DENUNCIATION), UNITS)):
        filed = await office.file(chat=f"6{place}", kind=kind, unit=unit)
        petition = await office.does(heads[unit], filed, Action.ASSIGN, officer_id=clerks[unit].id)
        petitions.append((petition, await a_photo(site, office, petition, a_picture())))
    for officer in people:
        async with signed_in(site, office, officer) as one:
            for (method, path), status in OPEN_PAGES.items():
                if path != "/console/leave":
                    assert await ask(one, method, path) == status, (officer.role, path)
            for (method, path), (who, status) in OF_THE_OFFICE.items():
                about = clerks["ql_van_hoa"]
                leads = officer.role is Role.HEAD and (PERSON not in path or officer.unit == about.unit)
                may = officer.role is Role.ADMIN and who not in (NOBODY, FOCAL, OVERSEERS)
                may = may or (leads and who == LEADERS)
                may = may or (officer.unit == UNITS[1] and who in (FOCAL, KEEPERS))
                may = may or (who == OVERSEERS and officer.role in (Role.HEAD, Role.INSPECTOR, Role.DIRECTOR))
                expected = status if may else 404
                path = path.replace("{person:[0-9]{1,18}}", str(about.id))
                got = await ask(one, method, path.replace("{hotspot:[0-9]{1,18}}", "1"))
                assert got == expected, (officer.role, officer.unit, method, path)
            for petition, photo in petitions:
                may, sealed = known(officer, petition), petition.kind is Kind.DENUNCIATION
                wanted = dict(OF_A_CASE)
                for (method, pattern), answers in wanted.items():
                    path = (
                        pattern.replace("{code:[0-9A-Z]{12}}", petition.code)
                        .replace("{file:[0-9]{1,18}}", str(photo.id))
                        .replace("{action:[a-z_]{1,30}}", "note")
                        .replace("{paper:[a-z_]{1,30}}", "denunciation")
                        .replace("{draft:[a-z0-9_]{3,30}}", "tcd_02")
                    )
                    expected = answers[sealed] if may else 404
                    if may and officer.role is Role.ADMIN and pattern.endswith("/open") and sealed:
                        expected = 422
                    if "/drafts/" in pattern and expected == 200 and not notes(officer, petition):
                        expected = 422
                    got = await ask(one, method, path)
                    assert got == expected, (officer.role, officer.unit, petition.kind, petition.unit, path)
            assert await ask(one, "POST", "/console/leave") == 303
            assert await ask(one, "GET", "/console") == 303


class Undone(Exception):
    """Ends the transaction: the walk leaves no trace."""


async def done_and_undone(
    office: Office, officer: OfficerRecord, petition: PetitionRecord, action: Action
) -> Outcome | None:
    """What came of the action's empty form."""
    answers: list[Outcome | None] = []

    def walk(book: Casebook) -> None:
        turn = console_turn(
            book, office.facts, office.clock.now(), random.Random(7), officer=officer, language="vi"
        )
        answers.append(console_actions.act(desk_of(turn), petition.code, action, petition.events_count, {}))
        raise Undone

    with pytest.raises(Undone):
        await office.work(walk)
    return answers[-1]


def row_of(
    office: Office, officer: OfficerRecord, petition: PetitionRecord, action: Action
) -> Transition | None:
    """The row of the table under which this officer may do this."""
    try:
        return allowed(
            petition.stage,
            action,
            actor=ActorKind.OFFICER,
            role=officer.role,
            kind=petition.kind,
            same_unit=officer.unit == petition.unit,
            is_assigned=petition.officer_id == officer.id,
            confidential=petition.confidential,
            in_focal=officer.unit == office.facts.agency.focal_unit,
            done={Action.TRANSFER: petition.transfers},
        )
    except Refused:
        return None


async def test_every_action_answers_by_right(office: Office, people: list[OfficerRecord]) -> None:
    """The form is there, and the deed goes beyond the table's refusal, exactly where the table has a row."""
    clerk = next(o for o in people if o.role is Role.OFFICER and o.unit == "ql_van_hoa")
    head = next(o for o in people if o.role is Role.HEAD and o.unit == "ql_van_hoa")
    cases = [await office.file(), await office.file(chat="501", kind=Kind.DENUNCIATION)]
    for place, kind in enumerate((Kind.COMPLAINT, Kind.DENUNCIATION)):
        taken = await office.file(chat=f"7{place}", kind=kind)
        cases.append(await office.does(head, taken, Action.ASSIGN, officer_id=clerk.id))
    actions = [action for action in Action if has_button(action)]
    assert len(actions) > 40
    offered = refused = 0
    for officer, petition, action in itertools.product(people, cases, actions):
        row = row_of(office, officer, petition, action)
        outcome = await done_and_undone(office, officer, petition, action)
        where = (officer.role, officer.unit, petition.kind, petition.stage, action)
        if not known(officer, petition):
            assert outcome is None, where
            continue
        assert outcome is not None, where
        if row is None:
            assert outcome.problem, where
            assert not outcome.done, where
            refused += 1
        else:
            assert outcome.problems or outcome.done or outcome.problem, where
            assert not (outcome.done and (row.needs or action is Action.CORRECT)), where
            offered += 1
    assert offered > 200
    assert refused > 600


async def test_who_has_left_does_nothing_with_a_page_still_open(
    site: Site, office: Office, people: list[OfficerRecord]
) -> None:
    head = next(o for o in people if o.role is Role.HEAD and o.unit == "ql_van_hoa")
    petition = await office.file()
    async with signed_in(site, office, head) as one:
        await one.get(f"/console/cases/{petition.code}")
        await office.work(lambda book: book.remove_officer(head.id))
        answer = await one.post(f"/console/cases/{petition.code}/do/take", {"seq": "1"})
        assert (answer.status, answer.place) == (303, "/console/enter")
    assert (await office.now(petition)).officer_id is None
