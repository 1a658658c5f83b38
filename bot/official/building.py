"""Lays a form out as a Word template (python-docx), in the shape of Nghị định 30/2020/NĐ-CP, Phụ lục I."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bot.official.forms import Form, Line, Sort, common, packaged
from bot.steady import steady
from petitions.official_papers import GAP, OfficialPaper

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

_MARKED: Final = re.compile(r"(\*\*.+?\*\*|//.+?//)")
_BODY, _SMALL, _COPIES = 14.0, 12.0, 11.0
"""Points: 13 to 14 for the text, 12 for notes, 11 for whom copies go to."""
_WIDTH: Final = 162.0
"""Millimetres that A4 leaves between margins of 30 and 18."""
_HEAD: Final = (63.0, 99.0)
_LETTER: Final = "V/v "


@cache
def template(paper: OfficialPaper) -> bytes:
    """The packaged template of a form: the same bytes at any time. Takes about 50 ms the first time."""
    from docx import Document

    form = packaged()[paper.code]
    doc = Document()
    _set_up(doc)
    _head(doc, paper, form)
    _titles(doc, form)
    for line in form.lines:
        _body(doc, line)
    _end(doc, form)
    buffer = io.BytesIO()
    doc.save(buffer)
    return steady(buffer.getvalue(), title=paper.title)


def _set_up(doc: DocumentObject) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    from bot import word_parts

    normal = word_parts.set_script(doc, language="vi", size=Pt(_BODY))
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.0
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.different_first_page_header_footer = True
    first = section.first_page_header.paragraphs[0]
    first.style, first.alignment = normal, WD_ALIGN_PARAGRAPH.RIGHT
    word_parts.run(first, common()["draft"], italic=True, size=Pt(10))
    later = section.header.paragraphs[0]
    later.style, later.alignment = normal, WD_ALIGN_PARAGRAPH.CENTER
    word_parts.field(later, "PAGE", size=Pt(13))


def _head(doc: DocumentObject, paper: OfficialPaper, form: Form) -> None:
    """Who issues it on the left, the national heading on the right; number, place and day under them."""
    table = _table(doc, rows=2, widths=_HEAD)
    left, right = table.cell(0, 0), table.cell(0, 1)
    above, below = (
        ("{{co_quan_cap_tren}}", "{{co_quan}}") if not form.team else ("{{co_quan}}", common()["team"])
    )
    _centred(left, above, size=12, caps=True)
    _centred(left, below, size=12, caps=True, bold=True)
    _rule(left, 20)
    _centred(right, common()["nation"], size=12, bold=True)
    _centred(right, common()["motto"], size=13, bold=True)
    _rule(right, 19)
    number = common()["number"] if paper.number is not None else ""
    _centred(table.cell(1, 0), number, size=13)
    if form.title.startswith(_LETTER):
        _centred(table.cell(1, 0), form.title, size=_SMALL)
    _centred(table.cell(1, 1), common()["date"], size=_BODY, italic=True)


def _titles(doc: DocumentObject, form: Form) -> None:
    if form.title and not form.title.startswith(_LETTER):
        title = _line_of(doc, form.title, bold=True, before=14, after=0)
        title.paragraph_format.keep_with_next = True
    for about in form.about:
        _line_of(doc, about, bold=True, after=0)
    if form.title and not form.title.startswith(_LETTER):
        _rule(doc, 66)
    if form.by:
        _line_of(doc, form.by, bold=True, caps=True, before=6)
    if form.to:
        _line_of(doc, f"{common()['to']}{form.to}", before=8, after=8)


def _body(doc: DocumentObject, line: Line) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    if line.sort is Sort.ORDER:
        _line_of(doc, line.words, bold=True, before=6)
        return
    paragraph = doc.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(10)
    if line.sort is Sort.HEADING:
        paragraph.paragraph_format.space_before = Pt(6)
        paragraph.paragraph_format.keep_with_next = True
    _words(paragraph, line.words, bold=line.sort is Sort.HEADING, italic=line.sort is Sort.BASIS)


def _end(doc: DocumentObject, form: Form) -> None:
    """Whom copies go to on the left, who signs on the right; records have only signatures."""
    for signers in form.signers:
        spacer = _line_of(doc, "", after=0)
        spacer.paragraph_format.keep_with_next = True
        with_copies = bool(form.copies)
        columns = len(signers) + with_copies
        table = _table(doc, rows=3, widths=(_WIDTH / columns,) * columns)
        _keep_whole(table)
        if with_copies:
            _copies(table.cell(0, 0).merge(table.cell(2, 0)), form.copies)
        for place, signer in enumerate(signers, int(with_copies)):
            _centred(table.cell(0, place), signer.title, size=13, bold=True, caps=True)
            _centred(table.cell(0, place), f"({signer.how})", size=13, italic=True)
            _centred(table.cell(2, place), GAP, size=_BODY)


def _copies(cell: _Cell, copies: tuple[str, ...]) -> None:
    from docx.shared import Pt

    from bot import word_parts

    word_parts.run(_into(cell), common()["copies"], bold=True, italic=True, size=Pt(_SMALL))
    for place, name in enumerate(copies):
        last = place == len(copies) - 1
        word_parts.run(_into(cell), f"- {name}{'.' if last else ';'}", size=Pt(_COPIES))


# --- pieces


def _table(doc: DocumentObject, *, rows: int, widths: tuple[float, ...]) -> Table:
    from docx.shared import Mm

    table: Table = doc.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def _keep_whole(table: Table) -> None:
    """Room to sign in the middle row; a name never stands alone at the top of the next page."""
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table.rows[1].height, table.rows[1].height_rule = Mm(18), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell in (*table.rows[0].cells, *table.rows[1].cells):
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    for row in table.rows:
        tr: Any = row._tr  # noqa: SLF001 - the library has no other way to a row's element
        tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _into(cell: _Cell) -> Paragraph:
    """The next paragraph of a cell: its first while that is empty."""
    from docx.shared import Pt

    first = cell.paragraphs[0]
    fresh = len(cell.paragraphs) == 1 and not first.runs and first.paragraph_format.space_after is None
    paragraph: Paragraph = first if fresh else cell.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _centred(
    cell: _Cell, words: str, *, size: float, bold: bool = False, italic: bool = False, caps: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = _into(cell)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _words(paragraph, words, size=size, bold=bold, italic=italic, caps=caps)


def _line_of(
    doc: DocumentObject,
    words: str,
    *,
    bold: bool = False,
    caps: bool = False,
    before: float = 0,
    after: float = 6,
) -> Paragraph:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph: Paragraph = doc.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)
    _words(paragraph, words, bold=bold, caps=caps)
    return paragraph


def _rule(at: DocumentObject | _Cell, indent: float) -> None:
    """A short line under a heading, so far in from both sides (millimetres)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    paragraph = at.add_paragraph()
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(indent)
    shape.space_before, shape.space_after = Pt(2), Pt(6)
    shape.line_spacing = Pt(3)
    properties: Any = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - borders have no way of their own
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _words(
    paragraph: Paragraph,
    words: str,
    *,
    size: float | None = None,
    bold: bool = False,
    italic: bool = False,
    caps: bool = False,
) -> None:
    from docx.shared import Pt

    for piece in _MARKED.split(words):
        if not piece:
            continue
        strong, slanted = piece.startswith("**"), piece.startswith("//")
        run = paragraph.add_run(piece[2:-2] if strong or slanted else piece)
        run.bold, run.italic = (bold or strong) or None, (italic or slanted) or None
        run.font.all_caps = caps or None
        run.font.size = Pt(size) if size else None
