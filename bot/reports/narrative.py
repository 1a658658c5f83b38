"""The narrative report (Mẫu số 02) as .docx: the circular's outline, filled with figures, tables, charts, words."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor

from bot import word_parts
from bot.reports import charts, words
from bot.reports.sentences import Sentences
from bot.steady import steady
from handlers.report_words import period_name
from handlers.texts import Texts
from petitions.reports.forms import CARRIED_OUT, COMPLAINTS, DENUNCIATIONS, HANDLED, Cell, column
from petitions.reports.report import NARRATIVE, Report

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject

_SIZE: Final = Pt(13)
_CENTRE: Final = WD_ALIGN_PARAGRAPH.CENTER
_GREY: Final = RGBColor(0x60, 0x60, 0x60)

OUTLINE: Final = (
    "i", "i_1", "i_1_a", "i_1_b", "i_2", "ii", "ii_1", "ii_2", "ii_2_a", "ii_2_b", "ii_2_c", "ii_3", "ii_3_a",
    "ii_3_b", "ii_4", "ii_5", "ii_6", "ii_6_a", "ii_6_b", "ii_6_c", "iii", "iii_1", "iii_2", "iii_3", "iv", "v", "vi",
)  # fmt: skip
"""The parts of Mẫu số 02 in order."""
TO_WRITE: Final = frozenset({"i_1", "i_2", "ii_5", "ii_6_a", "iii_1", "iii_2", "iii_3", "iv", "v", "vi"})
"""Parts that want the unit's own words; elsewhere they may be added."""
_CHARTS: Final = {"i_1_b": charts.by_kind, "ii_2_a": charts.by_unit, "ii_3_b": charts.by_result}
_TABLES: Final = {
    "ii_2_c": (HANDLED, (1, 2, 3, 4, 5, 6, 12, 19, 23)),
    "ii_3_a": (COMPLAINTS, (1, 2, 4, 5, 6, 7)),
    "ii_3_b": (DENUNCIATIONS, (1, 2, 4, 5, 6, 7)),
    "ii_4": (CARRIED_OUT, (1, 2, 16, 17)),
}
"""Figures set beside the other periods, after the sentences of a part."""


def text_key(part: str) -> str:
    """Under which name the words that a unit wrote for a part stand among the report's texts."""
    return f"{NARRATIVE}:{part}"


def document(report: Report, texts: Texts) -> bytes:
    """The narrative; the same report gives the same bytes."""
    doc = Document()
    _set_up(doc, texts)
    _head(doc, report, texts)
    sentences = Sentences(report, texts)
    for part in OUTLINE:
        _heading(doc, texts.get(f"reports.part_{part}"), level=part.count("_"))
        for said in sentences.of(part):
            _prose(doc, said)
        if part in _TABLES:
            form, columns = _TABLES[part]
            _table(doc, report, [Cell(form, ms) for ms in columns], texts)
        if part in _CHARTS:
            _chart(doc, _CHARTS[part](report, texts), texts)
        _written(doc, report, part, texts)
    _foot(doc, report, texts)
    buffer = io.BytesIO()
    doc.save(buffer)
    return steady(buffer.getvalue(), title=texts.get("reports.file_narrative", period=report.period.code))


def _set_up(doc: DocumentObject, texts: Texts) -> None:
    normal = word_parts.set_script(doc, language=texts.language, size=_SIZE)
    normal.paragraph_format.space_after = Pt(5)
    normal.paragraph_format.line_spacing = 1.15
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15)  # Nghị định 30/2020/NĐ-CP, Phụ lục I
    section.top_margin = section.bottom_margin = Mm(20)
    foot = section.footer.paragraphs[0]
    foot.style, foot.alignment = normal, _CENTRE
    word_parts.run(foot, f"{texts.get('reports.page')} ", size=Pt(10))
    word_parts.field(foot, "PAGE", size=Pt(10))
    word_parts.run(foot, "/", size=Pt(10))
    word_parts.field(foot, "NUMPAGES", size=Pt(10))


def _head(doc: DocumentObject, report: Report, texts: Texts) -> None:
    widths = [Mm(68), Mm(97)]
    row = _grid(doc, widths).add_row()
    sides = (_body_side(report, texts), _nation_side(report, texts))
    for cell, width, lines in zip(row.cells, widths, sides, strict=True):
        cell.width = width
        for place, (said, look) in enumerate(lines):
            paragraph = cell.paragraphs[0] if not place else cell.add_paragraph()
            paragraph.alignment = _CENTRE
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.line_spacing = 1.0
            word_parts.run(paragraph, said, **look)
    about = texts.get("reports.report_about", period=period_name(report.period, texts))
    between = texts.get(
        "reports.between", first=words.day(report.period.first), last=words.day(report.period.last)
    )
    title = word_parts.paragraph(doc, _CENTRE)
    title.paragraph_format.space_before = Pt(14)
    word_parts.run(title, texts.get("reports.report_title"), bold=True, size=Pt(14))
    word_parts.run(word_parts.paragraph(doc, _CENTRE), about, bold=True, size=Pt(14))
    word_parts.run(word_parts.paragraph(doc, _CENTRE), f"({between})", italic=True)
    if report.provisional:
        warning = word_parts.paragraph(doc, _CENTRE)
        word_parts.run(
            warning,
            texts.get("reports.provisional", day=words.day(report.made_on)),
            bold=True,
            colour=RGBColor(0xB0, 0, 0x20),
        )
    if report.superior:
        word_parts.run(
            word_parts.paragraph(doc, _CENTRE),
            texts.get("reports.report_to", to=words.one_line(report.superior)),
        )


def _body_side(report: Report, texts: Texts) -> list[tuple[str, dict[str, Any]]]:
    lines = [(report.superior.upper(), {}), (report.office.upper(), {"bold": True})]
    if report.unit_name:
        lines = [(report.office.upper(), {}), (report.unit_name.upper(), {"bold": True})]
    return [
        *((words.one_line(said), {"size": Pt(12)} | look) for said, look in lines if said),
        (texts.get("reports.report_number"), {}),
    ]


def _nation_side(report: Report, texts: Texts) -> list[tuple[str, dict[str, Any]]]:
    return [
        (texts.get("papers.nation"), {"bold": True, "size": Pt(11.5)}),
        (texts.get("papers.motto"), {"bold": True, "underline": True}),
        (texts.get("reports.report_place", place=report.place or "………"), {"italic": True}),
    ]


def _heading(doc: DocumentObject, said: str, *, level: int) -> None:
    paragraph = word_parts.paragraph(doc)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(10 if level == 0 else 5)
    paragraph.paragraph_format.first_line_indent = Mm(0 if level == 0 else 9)
    word_parts.run(paragraph, said, bold=level < 2, italic=level == 2)
    properties: Any = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no other way to it
    outline = OxmlElement("w:outlineLvl")
    outline.set(qn("w:val"), str(level))
    properties.append(outline)


def _prose(doc: DocumentObject, said: str) -> None:
    paragraph = word_parts.paragraph(doc, WD_ALIGN_PARAGRAPH.JUSTIFY)
    paragraph.paragraph_format.first_line_indent = Mm(9)
    word_parts.run(paragraph, said)


def _written(doc: DocumentObject, report: Report, part: str, texts: Texts) -> None:
    """What the unit wrote for a part, or what it still has to write."""
    written = words.paragraphs(report.texts.get(text_key(part), ""))
    for said in written:
        _prose(doc, said)
    if not written and part in TO_WRITE:
        paragraph = word_parts.paragraph(doc, WD_ALIGN_PARAGRAPH.JUSTIFY)
        paragraph.paragraph_format.first_line_indent = Mm(9)
        what = texts.get(f"reports.write_{part}")
        word_parts.run(paragraph, texts.get("reports.to_write", what=what), italic=True, colour=_GREY)


def _table(doc: DocumentObject, report: Report, cells: list[Cell], texts: Texts) -> None:
    beside = words.compared(report)
    heads = [texts.get("reports.ms"), texts.get("reports.col_item"), texts.get("reports.col_now")]
    for each in beside:
        key = "col_same" if each.period == report.period.same_last_year else "col_previous"
        heads += [texts.get(f"reports.{key}", period=each.period.code), texts.get("reports.col_change")]
    caption = word_parts.paragraph(doc, _CENTRE)
    caption.paragraph_format.keep_with_next = True
    word_parts.run(caption, texts.get("reports.table_caption", code=cells[0].form), italic=True, size=Pt(11))
    widths = [Mm(11), Mm(165 - 11 - 18 - 44 * len(beside)), Mm(18), *[Mm(26), Mm(18)] * len(beside)]
    table = _grid(doc, widths, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _row(table, heads, widths, bold=True)
    total = report.total
    for cell in cells:
        said = [str(cell.ms), column(cell).title, words.number(total[cell], texts)]
        for each in beside:
            then = each.figures.get(cell, 0)
            difference = total[cell] - then
            said += [
                words.number(then, texts),
                f"{'+' if difference > 0 else ''}{words.number(difference, texts)}",
            ]
        _row(table, said, widths)
    word_parts.paragraph(doc).paragraph_format.space_after = Pt(0)


def _grid(doc: DocumentObject, widths: Sequence[Length], style: str | None = None) -> Any:
    """An empty table whose columns have these widths wherever it is opened."""
    table = doc.add_table(rows=0, cols=len(widths), style=style)
    table.autofit = False
    for place, width in zip(table.columns, widths, strict=True):
        place.width = width
    return table


def _row(table: Any, said: list[str], widths: Sequence[Length], *, bold: bool = False) -> None:
    row = table.add_row()
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way to it
    properties.append(OxmlElement("w:cantSplit"))
    if bold:
        properties.append(OxmlElement("w:tblHeader"))
    for place, (cell, each, width) in enumerate(zip(row.cells, said, widths, strict=True)):
        cell.width = width
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.paragraph_format.line_spacing = 1.0
        if bold or place != 1:
            paragraph.alignment = _CENTRE
        word_parts.run(paragraph, each, bold=bold, size=Pt(10.5))


def _chart(doc: DocumentObject, chart: charts.Chart, texts: Texts) -> None:
    if not chart.says_something:
        return
    paragraph = word_parts.paragraph(doc, _CENTRE)
    paragraph.add_run().add_picture(io.BytesIO(charts.png(chart, texts)), width=Mm(150))
    picture: Any = paragraph._p.xpath(".//wp:docPr")[0]  # noqa: SLF001 - the library has no other way to it
    spoken = "; ".join(
        f"{label}: {', '.join(str(value) for value in values)}" for label, values in chart.rows
    )
    picture.set("descr", f"{chart.title}. {spoken}")


def _foot(doc: DocumentObject, report: Report, texts: Texts) -> None:
    widths = [Mm(80), Mm(85)]
    left, right = _grid(doc, widths).add_row().cells
    left.width, right.width = widths
    word_parts.run(left.paragraphs[0], texts.get("reports.recipients"), bold=True, italic=True, size=Pt(12))
    if report.superior:
        word_parts.run(
            left.add_paragraph(),
            texts.get("reports.recipient_superior", to=words.one_line(report.superior)),
            size=Pt(11),
        )
    unit = words.one_line(report.unit_name) or "………"
    word_parts.run(left.add_paragraph(), texts.get("reports.recipient_archive", unit=unit), size=Pt(11))
    right.paragraphs[0].alignment = _CENTRE
    word_parts.run(right.paragraphs[0], texts.get("reports.head_title"), bold=True)
    note = right.add_paragraph()
    note.alignment = _CENTRE
    word_parts.run(note, texts.get("reports.head_note"), italic=True)
