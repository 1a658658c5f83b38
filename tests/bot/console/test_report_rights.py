"""Every route of the reports, for every role, for the report of the own unit, of another one and of the whole office.

The oracle is the domain's own table (`petitions.reports.rights`), asked apart from the console.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from petitions.kinds import Role
from petitions.reports.periods import Period
from petitions.reports.rights import Deed, may, may_read_books
from storage.casebook import Casebook
from storage.records import OfficerRecord
from storage.reporting_jobs import ReportJobs, What
from storage.reporting_make import make
from tests.bot.console.rig import Browser, signed_in, somebody
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site

UNITS = ("ql_van_hoa", "thanh_tra")
"""The second is the focal unit."""
Q1 = Period.parse("2026-Q1")
REPORTS = "/console/reports"
REPORT = f"{REPORTS}/{{period:[0-9]{{4}}(?:-[0-9A-Z]{{2}})?}}/{{unit:-|[a-z][a-z0-9_]{{0,39}}}}"
BOOKS, FREEZE = "books", "freeze"
OF_A_REPORT: dict[tuple[str, str], tuple[str, int, str, dict[str, str]]] = {
    ("GET", REPORT): (Deed.SEE, 200, "", {}),
    ("GET", f"{REPORT}/state"): (Deed.SEE, 200, "", {}),
    ("POST", f"{REPORT}/make"): (BOOKS, 303, "", {"what": "reception"}),
    ("POST", f"{REPORT}/enter"): (Deed.ENTER, 422, "", {"form": "1", "notes": "x" * 2001}),
    ("POST", f"{REPORT}/words"): (Deed.ENTER, 422, "", {"iii_1": "x" * 20_001}),
    ("POST", f"{REPORT}/finish"): (FREEZE, 422, "", {}),
    ("POST", f"{REPORT}/send"): (Deed.SEND, 422, "", {}),
    ("GET", f"{REPORT}/files/{{ending:xlsx|docx|csv|json}}"): (Deed.SEE, 200, "/files/csv", {}),
    ("GET", f"{REPORT}/books/{{what:[a-z_]{{1,20}}}}"): (BOOKS, 200, "/books/register", {}),
    ("GET", f"{REPORT}/cases"): (Deed.SEE, 200, "/cases?cell=02/XLD:1", {}),
}
"""Which right each route takes, what it answers then, and with what it is asked; everybody else gets 404."""
OF_ALL = {("GET", REPORTS)}
"""The list of periods: for who may see any report."""


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 3, 16, 2, tzinfo=UTC))


@pytest.fixture
async def reports(site: Site, office: Office) -> None:
    """Of each unit and the whole: the numbers are there, a register too, and a reception book is under way."""
    officer = await somebody(office, Role.ADMIN, "van_phong")

    async def pieces() -> AsyncIterator[bytes]:
        yield b"x" * 40

    stored = await site.store.put(pieces())

    def work(book: Casebook) -> None:
        jobs, agency = ReportJobs.of(book), office.facts.agency
        for unit in (*UNITS, ""):
            report = make(book, agency, Q1, today=date(2026, 3, 16), unit=unit)
            for what in (What.FIGURES, What.REGISTER, What.RECEPTION):
                job = jobs.ask(Q1, unit, what, officer_id=officer.id)
                assert job is not None
                if what is What.FIGURES:
                    assert jobs.made_report(job, report)
                elif what is What.REGISTER:
                    assert jobs.made_book(job, stored.key) == ""

    await office.work(work)


def allowed(right: str, officer: OfficerRecord, unit: str) -> bool:
    own, whole, focal = officer.unit == unit, unit == "", officer.unit == UNITS[1]
    if right == FREEZE:
        right = Deed.FINISH if whole else Deed.SUBMIT
    if right == BOOKS and not may_read_books(officer.role, own_unit=own, whole=whole):
        return False
    right = Deed.SEE if right == BOOKS else right
    return may(Deed(right), officer.role, own_unit=own, in_focal=focal, whole=whole)


async def ask(one: Browser, method: str, path: str, fields: dict[str, str]) -> int:
    sent = None if method == "GET" else {"proof": one.proof} | fields
    async with one.session.request(method, path, data=sent, allow_redirects=False) as response:
        return response.status


async def test_every_route_of_the_reports_answers_by_right(site: Site, office: Office, reports: None) -> None:
    granted = refused = 0
    for role, unit in itertools.product(Role, UNITS):
        officer = await somebody(office, role, unit)
        seen = [each for each in (*UNITS, "") if allowed(Deed.SEE, officer, each)]
        async with signed_in(site, office, officer) as one:
            assert await ask(one, "GET", REPORTS, {}) == (200 if seen else 404), (role, unit)
            for (method, path), (right, status, end, fields) in OF_A_REPORT.items():
                for each in (*UNITS, ""):
                    tail = end or path.removeprefix(REPORT)
                    got = await ask(one, method, f"{REPORTS}/{Q1.code}/{each or '-'}{tail}", fields)
                    expected = status if allowed(right, officer, each) else 404
                    assert got == expected, (role, unit, each, method, path)
                    granted, refused = granted + (expected == status), refused + (expected == 404)
    assert granted > 100
    assert refused > 100
