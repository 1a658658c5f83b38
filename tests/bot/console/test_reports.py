"""Reports at the console: made apart, looked at with the cases behind each figure, typed into, submitted, sent on."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, update

from petitions.kinds import Action, Kind, Role
from petitions.reports.periods import Period
from storage.records import OfficerRecord
from storage.reporting_jobs import GIVEN_UP, KEPT, ReportJobs, What
from storage.reporting_shelf import ReportShelf, ReportState
from storage.schema import reports
from tests.bot.console.rig import Browser, signed_in, somebody
from tests.hand_clock import HandClock
from tests.handlers.officers.office import NAME, STORY, Office
from tests.web_site import Site

REPORTS = "/console/reports"
UNIT, WHOLE = f"{REPORTS}/2026-Q1/ql_van_hoa", f"{REPORTS}/2026-Q1/-"
IN_Q1, AFTER_Q1 = datetime(2026, 2, 3, 2, tzinfo=UTC), datetime(2026, 3, 16, 2, tzinfo=UTC)
FORMULA = '=HYPERLINK("http://x")'


@pytest.fixture
def clock() -> HandClock:
    return HandClock(IN_Q1)


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await somebody(office, Role.HEAD)


@pytest.fixture
async def inspector(office: Office) -> OfficerRecord:
    return await somebody(office, Role.INSPECTOR, "thanh_tra")


async def at(clock: HandClock, moment: datetime) -> None:
    clock.forward(moment - clock.now())


async def made(site: Site, one: Browser, place: str, what: str = "figures") -> str:
    """Has it made, waits, and gives what the page says then."""
    await one.get(place)
    answer = await one.post(f"{place}/make", {"what": what})
    assert answer.status == 303, answer.words
    await site.console.reports.settle()
    return (await one.get(place)).words


async def test_figures_are_made_apart_and_stand_beside_other_periods(
    site: Site, office: Office, clock: HandClock, head: OfficerRecord
) -> None:
    await office.file()
    await office.does(head, await office.file("501"), Action.TAKE)
    async with signed_in(site, office, head) as one:
        page = await one.get(REPORTS)
        assert "Quý I năm 2026 tạm tính" in page.words
        assert UNIT in page.text
        assert WHOLE not in page.text, "the consolidated report is not a head's"
        assert "Chưa có số liệu" in (await one.get(UNIT)).words
        asked = await one.post(f"{UNIT}/make", {"what": "figures"})
        assert (asked.status, asked.place) == (303, UNIT)
        again = await one.post(f"{UNIT}/make", {"what": "figures"})
        assert again.status == 303
        await site.console.reports.settle()
        page = await one.get(f"{UNIT}?form=2")
        assert "Số liệu tạm tính" in page.words
        assert "Tổng số đơn" in page.words
        assert "Kỳ trước (2025-Q4)" in page.words
        assert "Cùng kỳ năm trước (2025-Q1)" in page.words
        assert f"{UNIT}/cases?cell=02%2FXLD%3A1" in page.text
        assert (await one.get(f"{UNIT}/state", **{"HX-Request": "true"})).headers["HX-Refresh"] == "true"
        for tab in ("1", "3", "4", "5", "6", "balance", "words", "9", "x"):
            assert (await one.get(f"{UNIT}?form={tab}")).status == 200
        english = await one.get(f"{UNIT}?lang=en")
        assert "Provisional figures" in english.words


async def test_a_report_under_way_says_so_and_one_that_was_given_up_can_be_asked_for_again(
    site: Site, office: Office, clock: HandClock, head: OfficerRecord
) -> None:
    period = Period.parse("2026-Q1")
    asked = await office.work(
        lambda book: ReportJobs.of(book).ask(period, "ql_van_hoa", What.FIGURES, officer_id=head.id)
    )
    assert asked is not None
    async with signed_in(site, office, head) as one:
        page = await one.get(UNIT)
        assert "Đang lập: số liệu báo cáo" in page.words
        state = await one.get(f"{UNIT}/state", **{"HX-Request": "true"})
        assert "Đang lập" in state.words
        assert "<html" not in state.text
        clock.forward(GIVEN_UP)
        assert "Không lập được: số liệu báo cáo" in (await one.get(UNIT)).words
        await office.file()
        assert "Số liệu lập lúc" in await made(site, one, UNIT)
    changed = await office.work(lambda book: ReportJobs.of(book).all_of(period, "ql_van_hoa")[What.FIGURES])
    assert changed.run != asked.run
    await office.work(lambda book: ReportJobs.of(book).failed(asked))
    same = await office.work(lambda book: ReportJobs.of(book).all_of(period, "ql_van_hoa")[What.FIGURES])
    assert same == changed, "a run that was given up changes nothing"


async def test_each_figure_opens_its_cases_by_the_rights_of_cases(
    site: Site, office: Office, head: OfficerRecord, inspector: OfficerRecord
) -> None:
    mine = await office.file()
    other = await office.file("501", unit="thanh_tra", topic=None)
    hidden = await office.file("502", Kind.DENUNCIATION, unit="ql_van_hoa")
    async with signed_in(site, office, inspector) as one, signed_in(site, office, head) as two:
        page = await one.get(f"{WHOLE}/cases?cell=02/XLD:1")
        assert mine.code in page.text
        assert other.code in page.text
        assert hidden.code not in page.text
        assert NAME not in page.text
        assert "1 đơn trên trang này Ông/Bà không có quyền mở" in page.words
        page = await two.get(f"{UNIT}/cases?cell=02/XLD:1")
        assert mine.code in page.text
        assert hidden.code in page.text, "who leads the unit may know of its sealed cases"
        assert other.code not in page.text
        assert STORY not in page.text.split(hidden.code)[1].split("</tr>")[0]
        assert (await two.get(f"{WHOLE}/cases?cell=02/XLD:1")).status == 404
        assert "Không có đơn nào" in (await two.get(f"{UNIT}/cases?cell=05/KQTH:1&after=7")).words
        for wrong in (
            "",
            "02/XLD",
            "02/XLD:99",
            "02/XLD:x",
            "06/QLKNTC:1",
            "01/TCD:10",
            "xx:1",
            "02/XLD:1111",
        ):
            assert (await two.get(f"{UNIT}/cases?cell={wrong}")).status == 404, wrong
        for after in ("x", "-1", "9" * 30):
            assert (await two.get(f"{UNIT}/cases?cell=02/XLD:1&after={after}")).status == 200


async def test_a_unit_types_in_submits_and_the_focal_unit_sends_on(
    site: Site, office: Office, clock: HandClock, head: OfficerRecord, inspector: OfficerRecord
) -> None:
    await office.file()
    async with signed_in(site, office, head) as one:
        assert "Nộp báo cáo của đơn vị" not in await made(site, one, UNIT), "the period has not ended"
        sha = sha_of(await kept_figures(one))
        assert (await one.post(f"{UNIT}/finish", {"sha256": sha})).status == 422
    await at(clock, AFTER_Q1)
    async with signed_in(site, office, head) as one, signed_in(site, office, inspector) as focal:
        await one.get(UNIT)
        for wrong in ({"c10": "-1"}, {"c10": "1,5"}, {"c10": "9" * 20}, {"notes": "x" * 2001}):
            assert (await one.post(f"{UNIT}/enter", {"form": "1"} | wrong)).status == 422
        assert (await one.post(f"{UNIT}/enter", {"form": "99"})).status == 404
        typed = {"form": "1", "c10": "1.200", "c1": "5", "notes": FORMULA}
        entered = await one.post(f"{UNIT}/enter", typed)
        assert entered.place == f"{UNIT}?done=entered&form=1"
        words = {"form": "words", "iii_1": f"Ưu điểm {FORMULA}", "x": "y"}
        assert (await one.post(f"{UNIT}/words", words)).status == 303
        await site.console.reports.settle()
        page = await one.get(f"{UNIT}?form=1")
        assert 'value="1200"' in page.text
        assert "1.200" in page.words
        stale = await one.post(f"{UNIT}/finish", {"sha256": sha})
        assert (stale.status, "lập lại" in stale.words) == (422, True)
        sha = page.value("sha256")
        assert (await one.post(f"{UNIT}/finish", {"sha256": sha})).place == f"{UNIT}?done=submitted"
        assert (await one.post(f"{UNIT}/finish", {"sha256": sha})).status == 422
        assert "đã nộp" in (await one.get(REPORTS)).words

        page = await focal.get(REPORTS)
        assert re.search(r"1/\d+ đơn vị đã nộp", page.words)
        await made(site, focal, WHOLE)
        page = await focal.get(WHOLE)
        assert re.search(r"đã nộp .{0,12}16/0?3/2026", page.words)
        letter = {"version": "1", "to": "UBND tỉnh", "number": "12/BC-SVHTTDL"}
        assert (await focal.post(f"{WHOLE}/send", letter)).status == 422, "nothing is finished"
        await focal.post(f"{WHOLE}/finish", {"sha256": page.value("sha256")})
        for wrong in ({"number": " "}, {"to": ""}, {"number": "x" * 61}, {"version": "2"}, {"version": "x"}):
            assert (await focal.post(f"{WHOLE}/send", letter | wrong)).status == 422
        assert (await one.post(f"{WHOLE}/send", letter)).status == 404
        assert (await focal.post(f"{UNIT}/send", letter)).status == 404
        assert (await focal.post(f"{WHOLE}/send", letter)).place == f"{WHOLE}?done=sent"
        assert (await focal.post(f"{WHOLE}/send", letter)).status == 422
        assert "số 12/BC-SVHTTDL" in (await focal.get(WHOLE)).words
        assert (await focal.post(f"{WHOLE}/enter", {"form": "1", "c10": "3"})).status == 303
        assert (await focal.get(f"{WHOLE}?version=9")).status == 404
        await site.console.reports.settle()
    shelf = await office.work(lambda book: ReportShelf.of(book).newest(Period.parse("2026-Q1")))
    assert shelf is not None
    assert (shelf.state, shelf.sent_by) == (ReportState.SENT, inspector.id)
    numbers = await office.work(lambda book: ReportShelf.of(book).entries(Period.parse("2026-Q1")))
    assert [(each.item, each.value, each.officer_id) for each in numbers if each.value is not None] == [
        ("10", 1200, head.id)
    ], "a column that is counted takes no number, and neither does the whole"


async def kept_figures(one: Browser, place: str = UNIT, query: str = "") -> bytes:
    async with one.session.get(f"{place}/files/json{query}") as answer:
        assert answer.status == 200
        return await answer.read()


def sha_of(figures: bytes) -> str:
    return str(json.loads(figures)["sha256"])


async def test_a_finished_version_gives_the_same_bytes_for_ever(
    site: Site, office: Office, clock: HandClock, head: OfficerRecord
) -> None:
    await office.file()
    await at(clock, AFTER_Q1)
    async with signed_in(site, office, head) as one:
        await one.get(UNIT)
        await one.post(f"{UNIT}/enter", {"form": "2", "notes": FORMULA})
        await site.console.reports.settle()
        page = await one.get(UNIT)
        await one.post(f"{UNIT}/finish", {"sha256": page.value("sha256")})
        before = {}
        for ending in ("xlsx", "docx", "csv", "json"):
            async with one.session.get(f"{UNIT}/files/{ending}?version=1") as answer:
                before[ending] = await answer.read()
                assert answer.status == 200
                assert answer.headers["Content-Disposition"].startswith("attachment")
                assert "sandbox" in answer.headers["Content-Security-Policy"]
        await office.file("501")
        await made(site, one, UNIT)
        for ending, body in before.items():
            async with one.session.get(f"{UNIT}/files/{ending}?version=1") as answer:
                assert await answer.read() == body, ending
        assert (await one.get(f"{UNIT}?version=1")).words.count("bản chốt số 1") == 1
        book = load_workbook(io.BytesIO(before["xlsx"]))
        assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
        rows = list(csv.reader(io.StringIO(before["csv"].decode("utf-8-sig"))))
        assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
        for wrong in ("version=2", "version=0"):
            async with one.session.get(f"{UNIT}/files/csv?{wrong}") as answer:
                assert answer.status == 404
        async with one.session.get(f"{REPORTS}/2026-Q2/ql_van_hoa/files/docx") as answer:
            assert answer.status == 404


async def test_a_finished_version_that_was_changed_is_not_shown(
    site: Site, office: Office, clock: HandClock, head: OfficerRecord, inspector: OfficerRecord
) -> None:
    await office.file()
    await at(clock, AFTER_Q1)
    async with signed_in(site, office, head) as one, signed_in(site, office, inspector) as focal:
        await made(site, one, UNIT)
        await one.post(f"{UNIT}/finish", {"sha256": (await one.get(UNIT)).value("sha256")})
        await made(site, focal, WHOLE)
        assert "khác số đang đếm" not in (await focal.get(WHOLE)).words
        change = update(reports).values(
            figures=func.replace(reports.c.figures, '"02/XLD:1":1', '"02/XLD:1":2')
        )
        assert await office.work(lambda book: book.connection.execute(change).rowcount) == 1
        assert "không còn khớp với mã kiểm tra" in (await one.get(f"{UNIT}?version=1")).words
        async with one.session.get(f"{UNIT}/files/csv?version=1") as answer:
            assert answer.status == 404
        assert "khác số đang đếm" in (await focal.get(WHOLE)).words
        assert "Số liệu lập lúc" in await made(site, one, f"{REPORTS}/2026-Q2/ql_van_hoa"), "counted anew"


async def test_the_books_are_made_apart_name_nobody_sealed_and_go_after_a_day(
    site: Site, office: Office, clock: HandClock, head: OfficerRecord, inspector: OfficerRecord
) -> None:
    petition = await office.file(answers={"name": FORMULA})
    hidden = await office.file("502", Kind.DENUNCIATION, unit="ql_van_hoa")
    async with signed_in(site, office, head) as one, signed_in(site, office, inspector) as focal:
        for what in ("register", "reception", "national_csv", "national_json"):
            assert (await one.get(f"{UNIT}/books/{what}")).status == 404, "not made yet"
            await made(site, one, UNIT, what)
        body = {}
        for what in ("register", "reception", "national_csv", "national_json"):
            async with one.session.get(f"{UNIT}/books/{what}") as answer:
                assert answer.status == 200, what
                assert answer.headers["Content-Disposition"].startswith("attachment")
                body[what] = await answer.read()
        sheet = load_workbook(io.BytesIO(body["register"])).active
        cells = [cell for row in sheet.iter_rows(min_row=7) for cell in row]
        assert len({cell.row for cell in cells}) == 2
        assert all(cell.data_type != "f" for cell in cells)
        assert petition.code in {cell.value for cell in cells}
        assert hidden.code not in {cell.value for cell in cells}
        assert hidden.code not in body["national_json"].decode()
        assert len(body["national_json"].splitlines()) == 2
        assert (await one.get(f"{WHOLE}/books/register")).status == 404
        assert (await one.get(f"{UNIT}/books/figures")).status == 404
        assert (await one.post(f"{UNIT}/make", {"what": "everything"})).status == 404
        await made(site, focal, WHOLE, "register")
        keys = await office.work(
            lambda book: ReportJobs.of(book).all_of(Period.parse("2026-Q1"), "ql_van_hoa")
        )
        assert all(site.store.has(job.content_key) for what, job in keys.items())
    clock.forward(KEPT + timedelta(minutes=1))
    async with signed_in(site, office, head) as one, signed_in(site, office, inspector) as focal:
        await made(site, focal, WHOLE, "reception")
        assert not any(site.store.has(job.content_key) for job in keys.values())
        assert (await one.get(f"{UNIT}/books/register")).status == 404


async def test_what_cannot_be_made_is_said(
    site: Site, office: Office, head: OfficerRecord, caplog: pytest.LogCaptureFixture
) -> None:
    await office.file()
    async with signed_in(site, office, head) as one:
        site.console.reports._ending.set()
        assert "Không lập được: số liệu báo cáo" in await made(site, one, UNIT)
        site.console.reports._ending.clear()
        assert "Số liệu lập lúc" in await made(site, one, UNIT)
    assert [record.message for record in caplog.records if record.message == "report_not_made"]


async def test_no_report_where_there_is_none(site: Site, office: Office, head: OfficerRecord) -> None:
    clerk = await somebody(office, Role.OFFICER)
    async with signed_in(site, office, head) as one, signed_in(site, office, clerk) as two:
        for path in (
            "2026-Q5/ql_van_hoa",
            "1999/ql_van_hoa",
            "2026/khong_co",
            "2026-q1/ql_van_hoa",
            "2026/-",
        ):
            assert (await one.get(f"{REPORTS}/{path}")).status == 404, path
        assert (await one.get(f"{REPORTS}?year=x")).status == 200
        assert (await two.get(REPORTS)).status == 404
        assert REPORTS not in (await two.get("/console")).text
        await one.get(UNIT)
        later = f"{REPORTS}/2027/ql_van_hoa"
        assert (await one.post(f"{later}/make")).status == 404, "it has not begun"
        assert (await one.post(f"{REPORTS}/2026-Q2/ql_van_hoa/words")).status == 404, "forms only"
