"""The official tables as one .xlsx: a sheet for each form, and beside them comparison, balance and sources."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from bot.reports import words
from bot.steady import steady
from handlers.texts import Texts
from petitions.reports.forms import Cell, Form, column, forms
from petitions.reports.report import FLOWS, NOTES, Report, all_cells

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FONT: Final = "Times New Roman"
_A4: Final = 9
_UNIT_WIDTH: Final = 33.0
_PAGE_WIDTH: Final = 175.0
_NARROWEST, _WIDEST = 6.4, 9.5
"""Widths in letters: of the units' names, of a page, of a column with numbers."""
_LINE: Final = 12.5
"""Height of a line of headings or names, in points."""
_LETTERS: Final = 34
"""Of a unit's name on one line of its column."""
_ON_ONE_PAGE: Final = 20
"""So many units still fit on one page together with the place for the signature."""


def workbook(report: Report, texts: Texts) -> bytes:
    """All forms of the report; the same report gives the same bytes."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.formats[0].set_font_name(FONT)
        book.formats[0].set_font_size(10)
        looks = Looks(book)
        for form in forms():
            _form_sheet(book, looks, report, form, texts)
        _compare_sheet(book, looks, report, texts)
        _balance_sheet(book, looks, report, texts)
        _sources_sheet(book, looks, report, texts)
    return steady(buffer.getvalue(), title=texts.get("reports.file_tables", period=report.period.code))


class Looks:
    """The few ways a cell can look."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    def __call__(self, **properties: Any) -> Format:
        key = repr(sorted(properties.items()))
        if key not in self._made:
            plain = {"font_name": FONT, "font_size": 10, "valign": "vcenter", "text_wrap": True}
            self._made[key] = self._book.add_format(plain | properties)
        return self._made[key]

    @property
    def centred(self) -> Format:
        return self(align="center")

    @property
    def head(self) -> Format:
        return self(align="center", bold=True, border=1, font_size=9)

    @property
    def cell(self) -> Format:
        return self(border=1)

    @property
    def number(self) -> Format:
        return self(border=1, align="center", num_format="#,##0")

    @property
    def sum(self) -> Format:
        return self(border=1, align="center", num_format="#,##0", bold=True)


def set_up(sheet: Worksheet, texts: Texts, *, repeat: tuple[int, int] | None = None) -> None:
    """Landscape A4 one page wide, with page numbers."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer(f'&C&"{FONT},Regular"&9{texts.get("reports.page")} &P/&N')
    sheet.hide_gridlines(2)
    if repeat is not None:
        sheet.repeat_rows(*repeat)


def _form_sheet(book: Workbook, looks: Looks, report: Report, form: Form, texts: Texts) -> None:
    sheet = book.add_worksheet(form.code.replace("/", "-"))
    last = len(form.columns)
    row = letterhead(sheet, looks, report, last, texts, number=texts.get("reports.number", code=form.code))
    row = _title(sheet, looks, report, form, row, last, texts)
    set_up(sheet, texts, repeat=(row, row + form.depth))
    if len(report.rows) <= _ON_ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    sheet.set_column(0, 0, _UNIT_WIDTH)
    sheet.set_column(1, last, _width(form))
    row = _headings(sheet, looks, form, row, texts)
    sheet.freeze_panes(row, 1)
    for each in report.rows:
        name = words.one_line(each.name, 200)
        sheet.set_row(row, 2 + _LINE * wrapped(name, _LETTERS))
        sheet.write_string(row, 0, name, looks.cell)
        for place, each_column in enumerate(form.columns, 1):
            cell = form.cell(each_column.ms)
            count = each.figures.get(cell, 0)
            if cell in each.missing and not count:
                sheet.write_blank(row, place, None, looks.number)
            else:
                sheet.write_number(row, place, count, looks.number)
        row += 1
    if len(report.rows) > 1:
        row = _total(sheet, looks, report, form, row, texts)
    _foot(sheet, looks, report, form, row + 1, texts)


def letterhead(
    sheet: Worksheet, looks: Looks, report: Report, last: int, texts: Texts, *, number: str
) -> int:
    """Body and nation, side by side; gives the row after it."""
    half = max(2, last // 2)
    left, right = min(half - 1, 8), max(half, last - 9)
    strong = looks(align="center", bold=True)
    sides = (
        (0, 0, left, report.superior.upper(), looks.centred),
        (1, 0, left, report.office.upper(), strong),
        (0, right, last, texts.get("papers.nation"), strong),
        (1, right, last, texts.get("papers.motto"), looks(align="center", bold=True, underline=1)),
        (2, 0, left, report.unit_name, strong),
        (2, right, last, number, looks(align="right", italic=True)),
    )
    for row, first, to, said, look in sides:
        if to > first:
            sheet.merge_range(row, first, row, to, "", look)
        sheet.write_string(row, first, words.one_line(said), look)
    return 3


def _title(
    sheet: Worksheet, looks: Looks, report: Report, form: Form, row: int, last: int, texts: Texts
) -> int:
    period = report.period
    sheet.merge_range(row, 0, row, last, form.title, looks(align="center", bold=True, font_size=13))
    between = texts.get("reports.between", first=words.day(period.first), last=words.day(period.last))
    sheet.merge_range(row + 1, 0, row + 1, last, between, looks(align="center", italic=True))
    office = words.one_line(report.unit_name or report.office)
    attached = texts.get("reports.attached", office=office)
    sheet.merge_range(row + 2, 0, row + 2, last, attached, looks(align="center", italic=True))
    row += 3
    if report.provisional:
        said = texts.get("reports.provisional", day=words.day(report.made_on))
        sheet.merge_range(row, 0, row, last, said, looks(align="center", bold=True, font_color="#B00020"))
        row += 1
    return row


def _headings(sheet: Worksheet, looks: Looks, form: Form, row: int, texts: Texts) -> int:
    for place, lines in enumerate(_lines(form)):
        sheet.set_row(row + place, _LINE * lines + 4)
    sheet.merge_range(row, 0, row + form.depth - 1, 0, texts.get("reports.unit"), looks.head)
    for head in form.merged():
        top, bottom = row + head.top, row + head.bottom
        left, right = 1 + head.left, 1 + head.right
        if (top, left) == (bottom, right):
            sheet.write_string(top, left, head.text, looks.head)
        else:
            sheet.merge_range(top, left, bottom, right, head.text, looks.head)
    row += form.depth
    small = looks(align="center", italic=True, border=1, font_size=8)
    sheet.set_row(row, 46)
    sheet.write_string(row, 0, texts.get("reports.ms"), small)
    for place, each in enumerate(form.columns, 1):
        sheet.write_string(row, place, _broken(each.code), small)
    return row + 1


def _width(form: Form) -> float:
    return min(_WIDEST, max(_NARROWEST, (_PAGE_WIDTH - _UNIT_WIDTH) / len(form.columns)))


def _lines(form: Form) -> list[int]:
    """How many lines each row of headings needs: what spans several rows takes what the lowest lacks."""
    found = [1] * form.depth
    for head in sorted(form.merged(), key=lambda each: each.bottom - each.top):
        room = _width(form) * (1 + head.right - head.left)
        needed = wrapped(head.text, room)
        rows = range(head.top, head.bottom + 1)
        found[head.bottom] += max(0, needed - sum(found[place] for place in rows))
    return found


def wrapped(text: str, room: float) -> int:
    """Lines that a text takes where so many letters have room, cut between words."""
    lines, used = 1, 0.0
    for word in text.split():
        if used and used + 1 + len(word) > room:
            lines, used = lines + 1, 0.0
        used += len(word) + (1 if used else 0)
    return lines


def _broken(code: str) -> str:
    """A formula that may be cut at its equal signs: columns are narrow."""
    return code.replace("=", "= ").strip()


def _total(sheet: Worksheet, looks: Looks, report: Report, form: Form, row: int, texts: Texts) -> int:
    total = report.total
    nobody = {
        form.cell(each.ms)
        for each in form.columns
        if all(form.cell(each.ms) in unit.missing for unit in report.rows)
    }
    sheet.write_string(row, 0, texts.get("reports.total"), looks(border=1, bold=True))
    for place, each in enumerate(form.columns, 1):
        cell = form.cell(each.ms)
        if cell in nobody and not total[cell]:
            sheet.write_blank(row, place, None, looks.sum)
        else:
            sheet.write_number(row, place, total[cell], looks.sum)
    return row + 1


def _foot(sheet: Worksheet, looks: Looks, report: Report, form: Form, row: int, texts: Texts) -> None:
    """Ghi chú, and where the head signs."""
    last = len(form.columns)
    written = words.one_line(report.texts.get(f"{form.code}:{NOTES}", ""), 2000)
    blank = texts.get("reports.blank") if _has_blank(report, form) else ""
    said = texts.get("reports.notes", number=form.notes, text=" ".join(filter(None, (written, blank))))
    sheet.merge_range(row, 0, row, last, "", looks(align="left", valign="top"))
    sheet.write_string(row, 0, said.strip(), looks(align="left", valign="top"))
    sheet.set_row(row, 15 * (1 + len(said) // 150))
    half, strong, italic = last // 2, looks(align="center", bold=True), looks(align="center", italic=True)
    sides = (
        (row + 2, half + 1, last, texts.get("reports.signed_at", place=report.place or "………"), italic),
        (row + 3, 0, half - 1, texts.get("reports.maker_title"), strong),
        (row + 3, half + 1, last, texts.get("reports.head_title"), strong),
        (row + 4, 0, half - 1, texts.get("reports.maker_note"), italic),
        (row + 4, half + 1, last, texts.get("reports.head_note"), italic),
    )
    for at, first, to, each, look in sides:
        sheet.merge_range(at, first, at, to, "", look)
        sheet.write_string(at, first, each, look)


def _has_blank(report: Report, form: Form) -> bool:
    return any(
        cell.form == form.code and not row.figures.get(cell, 0) for row in report.rows for cell in row.missing
    )


# --- beside the forms


def _compare_sheet(book: Workbook, looks: Looks, report: Report, texts: Texts) -> None:
    """Every column of every form: this period, the one before, the same of last year."""
    beside = words.compared(report)
    sheet = book.add_worksheet(texts.get("reports.sheet_compare"))
    last = 3 + 3 * len(beside)
    row = letterhead(sheet, looks, report, last, texts, number="")
    sheet.merge_range(
        row, 0, row, last, texts.get("reports.compare_title"), looks(align="center", bold=True, font_size=13)
    )
    heads = [texts.get(f"reports.{key}") for key in ("col_form", "ms", "col_item", "col_now")]
    for each in beside:
        key = "col_same" if each.period == report.period.same_last_year else "col_previous"
        heads.append(texts.get(f"reports.{key}", period=each.period.code))
        heads += [texts.get("reports.col_change"), texts.get("reports.col_percent")]
    row += 2
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 6)
    sheet.set_column(2, 2, 84)
    sheet.set_column(3, last, 12)
    set_up(sheet, texts, repeat=(row, row))
    sheet.set_row(row, 3 * _LINE)
    for place, said in enumerate(heads):
        sheet.write_string(row, place, said, looks.head)
    sheet.freeze_panes(row + 1, 0)
    total = report.total
    for cell in all_cells():
        row += 1
        _compare_row(sheet, looks, row, cell, total[cell], [each.figures.get(cell, 0) for each in beside])
    sources = {True: texts.get("reports.source_report"), False: texts.get("reports.source_counted")}
    if beside:
        said = texts.get(
            "reports.compare_source",
            previous=sources[beside[0].from_report],
            same=sources[beside[-1].from_report],
        )
        sheet.merge_range(row + 2, 0, row + 2, last, said, looks(italic=True))


def _compare_row(sheet: Worksheet, looks: Looks, row: int, cell: Cell, now: int, others: list[int]) -> None:
    title = column(cell).title
    sheet.set_row(row, 3 + _LINE * wrapped(title, 84))
    sheet.write_string(row, 0, cell.form, looks.cell)
    sheet.write_number(row, 1, cell.ms, looks.number)
    sheet.write_string(row, 2, title, looks.cell)
    sheet.write_number(row, 3, now, looks.sum)
    signed = looks(border=1, align="center", num_format="+#,##0;-#,##0;0")
    share = looks(border=1, align="center", num_format="0.0")
    for place, then in enumerate(others):
        at = 4 + 3 * place
        sheet.write_number(row, at, then, looks.number)
        sheet.write_number(row, at + 1, now - then, signed)
        if then:
            sheet.write_number(row, at + 2, round(100 * now / then, 1), share)
        else:
            sheet.write_string(row, at + 2, "–", looks.number)


def _balance_sheet(book: Workbook, looks: Looks, report: Report, texts: Texts) -> None:
    sheet = book.add_worksheet(texts.get("reports.sheet_balance"))
    keys = ("col_opening", "col_received", "col_ended", "col_carried")
    row = letterhead(sheet, looks, report, 5, texts, number="")
    sheet.merge_range(
        row, 0, row, 5, texts.get("reports.balance_title"), looks(align="center", bold=True, font_size=13)
    )
    row += 2
    sheet.set_column(0, 0, 64)
    sheet.set_column(1, 1, 56)
    sheet.set_column(2, 5, 13)
    sheet.set_row(row, 2 * _LINE + 4)
    set_up(sheet, texts, repeat=(row, row))
    heads = ("reports.col_item", "reports.unit", *(f"reports.{key}" for key in keys))
    for place, key in enumerate(heads):
        sheet.write_string(row, place, texts.get(key), looks.head)
    for name in FLOWS:
        lines = [(each.name, each.flows[name]) for each in report.rows if name in each.flows]
        for unit, flow in (*lines, (texts.get("reports.total"), report.flow(name))):
            row += 1
            strong = unit == texts.get("reports.total")
            sheet.write_string(row, 0, texts.get(f"reports.flow_{name}"), looks.cell)
            sheet.write_string(row, 1, words.one_line(unit), looks(border=1, bold=strong))
            numbers = (flow.opening, flow.received, flow.ended, flow.carried)
            for place, count in enumerate(numbers, 2):
                sheet.write_number(row, place, count, looks.sum if strong else looks.number)


def _sources_sheet(book: Workbook, looks: Looks, report: Report, texts: Texts) -> None:
    """What was typed in and what nobody has typed in yet."""
    sheet = book.add_worksheet(texts.get("reports.sheet_sources"))
    row = letterhead(sheet, looks, report, 5, texts, number="")
    sheet.merge_range(
        row, 0, row, 5, texts.get("reports.sources_title"), looks(align="center", bold=True, font_size=13)
    )
    row += 2
    for place, width in enumerate((42, 12, 12, 84, 12, 14)):
        sheet.set_column(place, place, width)
    set_up(sheet, texts, repeat=(row, row))
    for place, key in enumerate(("unit", "col_form", "ms", "col_column", "col_value", "col_state")):
        sheet.write_string(row, place, texts.get(f"reports.{key}"), looks.head)
    for each in report.rows:
        for cell in sorted(each.by_hand):
            row += 1
            _source(sheet, looks, row, each.name, cell.form, str(cell.ms))
            sheet.write_string(row, 3, column(cell).title, looks.cell)
            sheet.set_row(row, 3 + _LINE * wrapped(column(cell).title, 84))
            sheet.write_number(row, 4, each.figures.get(cell, 0), looks.number)
            sheet.write_string(row, 5, texts.get("reports.state_hand"), looks.cell)
        for form in forms():
            lacking = sorted(cell.ms for cell in each.missing if cell.form == form.code)
            if lacking:
                row += 1
                _source(sheet, looks, row, each.name, form.code, _spans(lacking))
                sheet.write_string(row, 3, form.title, looks.cell)
                sheet.write_blank(row, 4, None, looks.number)
                sheet.write_string(row, 5, texts.get("reports.state_missing"), looks.cell)


def _source(sheet: Worksheet, looks: Looks, row: int, unit: str, form: str, columns: str) -> None:
    sheet.write_string(row, 0, words.one_line(unit, 200), looks.cell)
    sheet.write_string(row, 1, form, looks.cell)
    sheet.write_string(row, 2, columns, looks.number)


def _spans(numbers: list[int]) -> str:
    """`5–9, 16`."""
    spans: list[list[int]] = []
    for each in numbers:
        if spans and spans[-1][1] == each - 1:
            spans[-1][1] = each
        else:
            spans.append([each, each])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)
