"""Tables, narrative and CSV: official headings, merged headers, numbers in their places, nothing that runs."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from bot.profile import read_agency
from bot.reports import narrative
from bot.reports.books import _REGISTER, Books
from bot.reports.folder import Folder, Unwritable, documents
from bot.reports.tables import workbook
from bot.reports.words import change, harmless, number
from handlers.texts import Catalogue
from petitions.kinds import Kind, Stage
from petitions.reports.forms import Cell, form, forms
from petitions.reports.report import Report
from storage.reporting_books import ReceptionLine, RegisterLine
from tests.bot.reports.sample import NAMES, NASTY, a_report
from tests.libreoffice import pdfs_of

CATALOGUE = Catalogue.load()
TEXTS = CATALOGUE.language("vi")


def opened(report: Report) -> Any:
    return load_workbook(io.BytesIO(workbook(report, TEXTS)))


@pytest.fixture(scope="module")
def tables() -> Any:
    return opened(a_report())


def row_of(sheet: Any, said: str) -> int:
    return next(row for row in range(1, 60) if str(sheet.cell(row, 1).value) == said)


@pytest.mark.parametrize("code", [each.code for each in forms()])
def test_each_form_has_the_official_headings_in_order(tables: Any, code: str) -> None:
    sheet, shape = tables[code.replace("/", "-")], form(code)
    heads = row_of(sheet, "MS") - shape.depth

    assert f"Biểu số: {code}" in {cell.value for row in sheet.iter_rows(max_row=4) for cell in row}
    texts = {sheet.cell(row, 1).value for row in range(1, heads)}
    assert shape.title in texts
    assert "Số liệu tính từ ngày 15/12/2025 đến ngày 14/3/2026" in texts
    for head in shape.merged():
        assert sheet.cell(heads + head.top, 2 + head.left).value == head.text
    merged = {str(each) for each in sheet.merged_cells.ranges}
    for head in shape.merged():
        if (head.top, head.left) != (head.bottom, head.right):
            first = sheet.cell(heads + head.top, 2 + head.left).coordinate
            last = sheet.cell(heads + head.bottom, 2 + head.right).coordinate
            assert f"{first}:{last}" in merged
    codes = [
        str(sheet.cell(heads + shape.depth, 1 + each.ms).value).replace(" ", "") for each in shape.columns
    ]
    assert codes == [each.code for each in shape.columns]


@pytest.mark.parametrize("code", [each.code for each in forms()])
def test_each_number_stands_in_its_column_and_the_total_is_the_sum(tables: Any, code: str) -> None:
    report = a_report()
    sheet, shape = tables[code.replace("/", "-")], form(code)
    first = row_of(sheet, "MS") + 1

    for place, row in enumerate(report.rows):
        for column in shape.columns:
            cell = Cell(code, column.ms)
            shown = sheet.cell(first + place, 1 + column.ms).value
            assert shown == (None if cell in row.missing else row.figures.get(cell, 0))
    assert sheet.cell(first + 3, 1).value == "Tổng cộng"
    for column in shape.columns:
        parts = [sheet.cell(first + place, 1 + column.ms).value or 0 for place in range(3)]
        assert sheet.cell(first + 3, 1 + column.ms).value == sum(parts)


def test_the_tables_are_set_up_for_paper(tables: Any) -> None:
    for sheet in tables.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.page_setup.paperSize) == "9"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert "&P/&N" in sheet.oddFooter.center.text
        assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value is not None} == {
            "Times New Roman"
        }


def test_nothing_in_the_tables_is_a_formula(tables: Any) -> None:
    made = workbook(a_report(), TEXTS)

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not any(
            b"<f>" in archive.read(name) or b"<f " in archive.read(name) for name in archive.namelist()
        )
    for sheet in tables.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    notes = [str(row[0].value) for row in tables["02-XLD"].iter_rows() if row[0].value]
    assert any(each.startswith('26. Ghi chú: =HYPERLINK("http://x")+1') for each in notes)


def test_comparison_balance_and_sources_stand_beside_the_forms(tables: Any) -> None:
    report, book = a_report(), tables

    compared = [[cell.value for cell in row] for row in book["So sánh"].iter_rows()]
    line = next(row for row in compared if row[:2] == ["02/XLD", 1])
    previous, same = report.previous, report.same_last_year
    assert previous is not None
    assert same is not None
    now, then, last = (
        report.total[Cell("02/XLD", 1)],
        previous.figures[Cell("02/XLD", 1)],
        same.figures[Cell("02/XLD", 1)],
    )
    assert line[3:6] == [now, then, now - then]
    assert line[7:9] == [last, now - last]
    assert sum(row[0] in {each.code for each in forms()} for row in compared) == 142
    said = [str(cell.value) for row in book["Cân đối"].iter_rows() for cell in row if cell.value is not None]
    assert "Tồn kỳ trước chuyển sang" in said
    sources = [[cell.value for cell in row] for row in book["Nguồn số liệu"].iter_rows()]
    assert [row[1:3] for row in sources if row[5] == "nhập tay"] == [["01/TCD", "10"]]
    assert [row[2] for row in sources if row[5] == "chưa nhập"] == ["1–17", "1–17"]


@pytest.mark.parametrize("written", ["2026-6M", "2026"])
def test_where_the_period_before_is_that_of_last_year_it_stands_once(written: str) -> None:
    heads = [str(cell.value) for row in opened(a_report(written))["So sánh"].iter_rows() for cell in row]

    assert not any(each.startswith("Kỳ trước") for each in heads)
    assert any(each.startswith("Cùng kỳ năm trước") for each in heads)


def test_the_narrative_follows_the_outline_of_the_circular() -> None:
    doc = Document(io.BytesIO(narrative.document(a_report(), TEXTS)))
    said = [paragraph.text for paragraph in doc.paragraphs]

    wanted = [TEXTS.get(f"reports.part_{part}") for part in narrative.OUTLINE]
    assert [each for each in said if each in set(wanted)] == wanted
    assert len(wanted) == 27
    assert any("Luật Tiếp công dân (Điều 18)" in each for each in said)
    assert "Ưu điểm của kỳ này." in said
    assert any(each.startswith('=HYPERLINK("http://x")+1 & <b>đậm</b>') for each in said)
    assert sum(each.startswith("(Đơn vị viết:") for each in said) == len(narrative.TO_WRITE) - 1
    assert len(doc.inline_shapes) == 3
    assert len(doc.tables) == 6
    assert doc.styles["Normal"].font.name == "Times New Roman"
    assert "PAGE" in doc.sections[0].footer._element.xml


def test_a_number_that_nobody_typed_in_is_said_as_unknown() -> None:
    report = a_report()
    nobody = tuple(
        type(row)(
            unit=row.unit,
            name=row.name,
            figures={cell: n for cell, n in row.figures.items() if cell.form != "06/QLKNTC"},
            missing=frozenset(Cell("06/QLKNTC", ms) for ms in range(1, 18)),
        )
        for row in report.rows
    )
    doc = Document(io.BytesIO(narrative.document(a_report(rows=nobody), TEXTS)))

    [papers] = [each.text for each in doc.paragraphs if each.text.startswith("- Văn bản ban hành mới")]
    assert papers.count("……") == 5
    assert not re.search(r"\d", papers)


def test_a_period_that_has_not_ended_is_marked_on_every_page_of_forms_and_in_the_narrative() -> None:
    report = a_report(provisional=True)

    book = opened(report)
    for each in forms():
        sheet = book[each.code.replace("/", "-")]
        assert any(str(row[0].value).startswith("SỐ LIỆU TẠM TÍNH") for row in sheet.iter_rows())
    doc = Document(io.BytesIO(narrative.document(report, TEXTS)))
    assert any(each.text.startswith("SỐ LIỆU TẠM TÍNH") for each in doc.paragraphs)
    assert not any(
        "TẠM TÍNH" in each.text
        for each in Document(io.BytesIO(narrative.document(a_report(), TEXTS))).paragraphs
    )


@pytest.mark.parametrize("written", ["2026-Q1", "2026-Q2", "2026-9M", "2026"])
def test_what_is_sent_for_each_period(written: str) -> None:
    """Narrative in quarter I, six and nine months and the year; forms only in the other quarters (C06 Đ4)."""
    endings = sorted(name.rpartition(".")[2] for name in documents(a_report(written), TEXTS))

    assert endings == (["csv", "json", "xlsx"] if written == "2026-Q2" else ["csv", "docx", "json", "xlsx"])


def test_the_same_report_gives_the_same_bytes_also_after_it_was_kept() -> None:
    report = a_report()
    again = Report.from_json(report.figures_json(), report.texts_json())

    assert documents(again, TEXTS) == documents(report, TEXTS)
    for name, made in documents(report, TEXTS).items():
        if name.endswith(("xlsx", "docx")):
            with zipfile.ZipFile(io.BytesIO(made)) as archive:
                assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
                assert archive.testzip() is None


def test_csv_and_json_hold_every_figure() -> None:
    report = a_report()
    made = documents(report, TEXTS)

    rows = list(csv.DictReader(io.StringIO(made["bieu-2026-Q1.csv"].decode("utf-8-sig"))))
    assert len(rows) == 142 * 4
    sums = {(row["form"], int(row["column"])): int(row["value"]) for row in rows if row["source"] == "sum"}
    assert sums == {(cell.form, cell.ms): report.total[cell] for cell in (Cell(*key) for key in sums)}
    assert {row["source"] for row in rows} == {"sum", "counted", "typed", "missing"}
    kept = json.loads(made["so-lieu-2026-Q1.json"])
    assert kept["sha256"] == report.sha256
    assert NASTY not in made["so-lieu-2026-Q1.json"].decode()


@pytest.mark.parametrize("said", ["=1+1", "+84", "-x", "@cmd", "\t=1", "\r=2", " =3"])
def test_no_sheet_takes_a_cell_of_csv_for_a_formula(said: str) -> None:
    assert harmless(said).startswith("'")
    assert harmless(-3) == "-3"
    assert harmless("Phòng A") == "Phòng A"


def test_numbers_and_changes_are_written_as_in_vietnam() -> None:
    assert number(1234567, TEXTS) == "1.234.567"
    assert number(1234567, CATALOGUE.language("en")) == "1,234,567"
    assert change(12, 8, TEXTS) == "tăng 4 so với cùng kỳ năm trước, bằng 150,0%"
    assert change(6, 8, TEXTS) == "giảm 2 so với cùng kỳ năm trước, bằng 75,0%"
    assert change(8, 8, TEXTS) == "bằng cùng kỳ năm trước"
    assert change(3, 0, TEXTS) == "cùng kỳ năm trước không có"


def test_a_report_in_english_has_the_same_numbers() -> None:
    english = CATALOGUE.language("en")
    doc = Document(io.BytesIO(narrative.document(a_report(), english)))

    assert any(each.text.startswith("I. SITUATION") for each in doc.paragraphs)
    assert workbook(a_report(), english)


def test_a_units_report_has_its_one_row_and_no_total() -> None:
    report = a_report()
    own = a_report(rows=report.rows[2:], unit="thu_vien", unit_name=NAMES[2])
    sheet = opened(own)["02-XLD"]

    assert [sheet.cell(row_of(sheet, "MS") + 1, 1).value, sheet.cell(row_of(sheet, "MS") + 2, 1).value] == [
        NAMES[2],
        None,
    ]


def test_files_are_written_whole_and_for_their_owner_only(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "b")
    folder.put("x.csv", ["một\n", "hai\n"])
    folder.put("x.csv", b"ba")

    assert (folder.path / "x.csv").read_bytes() == b"ba"
    assert oct((folder.path / "x.csv").stat().st_mode)[-3:] == "600"
    assert [each.name for each in folder.path.iterdir()] == ["x.csv"]
    with pytest.raises(Unwritable):
        Folder(folder.path / "x.csv" / "c")
    with pytest.raises(Unwritable):
        folder.put("no/such/folder.csv", b"")


# --- in LibreOffice

AT = datetime(2026, 2, 3, 3, tzinfo=UTC)
BOOKS = Books(read_agency(None), TEXTS)
REGISTER = BOOKS.register(
    (
        RegisterLine(
            book="khieu_nai",
            year=2026,
            number=number,
            entered_at=AT,
            sealed=number == 2,
            code="" if number == 2 else "1PKH26GK96H7",
            name=NASTY,
            address="Tổ 5, phường Minh Khai",
            content=NASTY * 9,
            kind=Kind.COMPLAINT,
            topic="",
            people=None,
            unit="thanh_tra",
            stage=Stage.CLOSED,
            outcome="answer",
            handled_at=AT,
            accepted_on=None,
            decided_on=None,
            continued=None,
        )
        for number in range(1, 90)
    ),
    a_report().period,
)
BOOK = BOOKS.reception(
    (
        ReceptionLine(at=AT, booked=True, came=True),
        ReceptionLine(
            at=AT,
            booked=False,
            came=True,
            name=NASTY,
            content=NASTY,
            kind=Kind.FEEDBACK,
            stage=Stage.RECEIVED,
        ),
    ),
    a_report().period,
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PdfReader]:
    """Tables and narrative as LibreOffice prints them. Absent: skipped, or failed where TIEPDAN_TEST_STRICT=1."""
    made = documents(a_report(), TEXTS)
    made = {name: body for name, body in made.items() if name.endswith(("xlsx", "docx"))}
    kinds = {name: Path(name).suffix for name in made}
    made |= {"register.xlsx": REGISTER, "book.xlsx": BOOK}
    kinds |= {"register.xlsx": "register", "book.xlsx": "book"}
    packages = ["libreoffice-calc-nogui", "libreoffice-writer-nogui"]
    found = pdfs_of(made, tmp_path_factory.mktemp("printed"), library="libsclo.so", packages=packages)
    return {kinds[name]: pdf for name, pdf in found.items()}


def fonts(pdf: PdfReader) -> set[str]:
    return {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in pdf.pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }


@pytest.mark.parametrize(("name", "columns"), [("register", 15), ("book", 13)])
def test_the_books_print_landscape_with_their_headings_on_each_page(
    printed: dict[str, PdfReader], name: str, columns: int
) -> None:
    pages = printed[name].pages
    keys = (
        [f"register_{key}" for key in _REGISTER]
        if name == "register"
        else [f"book_{n}" for n in range(1, 14)]
    )

    assert len(keys) == columns
    assert (len(pages) > 2) == (name == "register")
    for place, page in enumerate(pages, 1):
        text = page.extract_text()
        assert float(page.mediabox.width) > float(page.mediabox.height)
        assert f"Trang {place}/{len(pages)}" in text
        assert shows(text, "".join(TEXTS.get(f"reports.{key}") for key in keys))
    assert shows(pages[0].extract_text(), TEXTS.get(f"reports.{name}_title"))


def test_nothing_in_the_books_is_a_formula_or_the_name_of_a_sealed_case() -> None:
    register, book = (load_workbook(io.BytesIO(made)).active for made in (REGISTER, BOOK))

    for sheet in (register, book):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    sealed = [cell.value for cell in next(register.iter_rows(min_row=8, max_row=8))]
    assert sealed[0] == "Khiếu nại 2/2026"
    assert not any("HYPERLINK" in str(value) for value in sealed)
    appointment = [cell.value for cell in next(book.iter_rows(min_row=7, max_row=7))]
    assert appointment[2] == appointment[4] == TEXTS.get("reports.book_appointment")


@pytest.mark.parametrize("ending", [".xlsx", ".docx"])
def test_libreoffice_opens_it_and_numbers_its_pages(printed: dict[str, PdfReader], ending: str) -> None:
    pdf = printed[ending]
    count = len(pdf.pages)

    assert count >= 6
    for place, page in enumerate(pdf.pages, 1):
        assert f"Trang {place}/{count}" in page.extract_text()
    used = {each for each in fonts(pdf) if each != "DejaVuSans"}  # which draws the emoji that somebody typed
    assert all("Serif" in each or "Times" in each for each in used), used


def shows(text: str, said: str) -> bool:
    """Whether every letter of it was drawn. Order cannot be asked: where a machine's stand-in for Times New Roman
    lacks Vietnamese letters, they come from another font and are read apart from their words."""
    return not Counter(said.replace(" ", "")) - Counter(text)


def test_each_form_prints_on_one_landscape_page_with_its_headings(printed: dict[str, PdfReader]) -> None:
    pages = printed[".xlsx"].pages

    for page, shape in zip(pages[:6], forms(), strict=True):
        text = page.extract_text()
        assert float(page.mediabox.width) > float(page.mediabox.height)
        assert shape.code in text
        heads = "".join(head.text for head in shape.merged())
        assert shows(
            text, f"{shape.title}{heads}CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAMTHỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ"
        )


def test_the_narrative_prints_all_its_parts(printed: dict[str, PdfReader]) -> None:
    text = "".join(page.extract_text() for page in printed[".docx"].pages)

    assert shows(text, "".join(TEXTS.get(f"reports.part_{part}") for part in narrative.OUTLINE))
    for code in ("01/TCD", "02/XLD", "03/GQKN", "04/GQTC", "05/KQTH", "06/QLKNTC"):
        assert code in text
