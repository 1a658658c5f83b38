"""Sets a paper as a Word document (python-docx), to be printed as it is or written on by hand or machine."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.shared import Length, Mm, Pt

from bot import word_parts
from bot.papers.blocks import (
    REST,
    Block,
    Dots,
    Grid,
    Line,
    Note,
    Part,
    Prose,
    Sheet,
    Signatures,
    Signer,
)
from bot.steady import steady

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject
    from docx.table import Table, _Cell, _Row
    from docx.text.paragraph import Paragraph

_SIZE: Final = Pt(13)
_SMALL: Final = Pt(9.5)
_LEFT, _RIGHT, _TOP, _BOTTOM = Mm(30), Mm(18), Mm(20), Mm(20)
_WIDTH: Final = Mm(162)
"""What A4 leaves between the margins (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""


def document(sheet: Sheet) -> bytes:
    """The paper as .docx."""
    doc = Document()
    _set_up(doc, sheet)
    _head(doc, sheet)
    for place, block in enumerate(sheet.blocks):
        keep = isinstance(next(iter(sheet.blocks[place + 1 : place + 2]), None), Signatures)
        _write(doc, block, keep=keep)
    buffer = io.BytesIO()
    doc.save(buffer)
    return steady(buffer.getvalue(), title=sheet.name)


def _set_up(doc: DocumentObject, sheet: Sheet) -> None:
    normal = word_parts.set_script(doc, language=sheet.language, size=_SIZE)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.1
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    foot = section.footer.paragraphs[0]
    foot.style = normal  # the template's own footer has a tab stop in the middle
    foot.paragraph_format.tab_stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    word_parts.run(foot, f"{sheet.code}\t{sheet.page} ", size=_SMALL)
    word_parts.field(foot, "PAGE", size=_SMALL)
    word_parts.run(foot, "/", size=_SMALL)
    word_parts.field(foot, "NUMPAGES", size=_SMALL)


def _head(doc: DocumentObject, sheet: Sheet) -> None:
    centre, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    if sheet.aid:
        word_parts.run(word_parts.paragraph(doc, centre), sheet.aid, bold=True, size=Pt(10.5))
    word_parts.run(word_parts.paragraph(doc, right), sheet.basis, italic=True, size=_SMALL)
    nation = word_parts.paragraph(doc, centre)
    nation.paragraph_format.space_after = Pt(0)
    word_parts.run(nation, sheet.nation, bold=True)
    word_parts.run(word_parts.paragraph(doc, centre), sheet.motto, bold=True, underline=True)
    word_parts.run(word_parts.paragraph(doc, right), sheet.place_and_date, italic=True)
    title = word_parts.paragraph(doc, centre)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(10)
    word_parts.run(title, sheet.title, bold=True, size=Pt(15))
    if sheet.to is not None:
        to = word_parts.paragraph(doc)
        to.paragraph_format.left_indent, to.paragraph_format.first_line_indent = Mm(36), Mm(-22)
        to.paragraph_format.space_after = Pt(10)
        _part(to, sheet.to, strong=True)


def _write(doc: DocumentObject, block: Block, *, keep: bool) -> None:
    match block:
        case Line():
            paragraph = word_parts.paragraph(doc)
            paragraph.paragraph_format.keep_with_next = keep or block.strong
            for place, part in enumerate(block.parts):
                word_parts.run(paragraph, " " if place else "")
                _part(paragraph, part, strong=block.strong)
        case Prose():
            for words in block.paragraphs:
                paragraph = word_parts.paragraph(doc, WD_ALIGN_PARAGRAPH.JUSTIFY)
                paragraph.paragraph_format.first_line_indent = Mm(9)
                word_parts.run(paragraph, words)
            doc.paragraphs[-1].paragraph_format.keep_with_next = keep
        case Dots():
            for _ in range(block.lines):
                _rest(word_parts.paragraph(doc))
            doc.paragraphs[-1].paragraph_format.keep_with_next = keep
        case Note():
            paragraph = word_parts.paragraph(doc)
            paragraph.paragraph_format.keep_with_next = keep
            word_parts.run(paragraph, block.text)
        case Grid():
            _grid(doc, block)
        case Signatures():
            _signatures(doc, block)


def _part(paragraph: Paragraph, part: Part, *, strong: bool = False) -> None:
    word_parts.run(paragraph, part.label, bold=strong)
    if part.value:
        word_parts.run(paragraph, f" {part.value}")
    elif part.blank == REST:
        word_parts.run(paragraph, " ")
        _rest(paragraph)
    elif part.blank > 0:
        word_parts.run(paragraph, " " + "." * part.blank)


def _rest(paragraph: Paragraph) -> None:
    """Dots to the end of the line, which make room for what is typed over them."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    word_parts.run(paragraph, "\t")


def _grid(doc: DocumentObject, block: Grid) -> None:
    table = doc.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    whole = sum(column.width for column in block.columns)
    widths = [Length(_WIDTH * column.width // whole) for column in block.columns]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    heads = _row(table, [column.title for column in block.columns], widths, bold=True)
    _flag(heads, "w:tblHeader")
    for cells in block.rows:
        row = _row(table, list(cells), widths)
        row.height, row.height_rule = Mm(11), WD_ROW_HEIGHT_RULE.AT_LEAST
    word_parts.paragraph(doc).paragraph_format.space_after = Pt(0)


def _row(table: Table, words: list[str], widths: list[Length], *, bold: bool = False) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    _flag(row, "w:cantSplit")
    for place, (cell, said, width) in enumerate(zip(row.cells, words, widths, strict=True)):
        cell.width = width
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        if bold or place == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        word_parts.run(paragraph, said, bold=bold, size=Pt(11.5))
    return row


def _signatures(doc: DocumentObject, block: Signatures) -> None:
    signers = (None, *block.signers) if len(block.signers) == 1 else block.signers
    table = doc.add_table(rows=3, cols=len(signers))
    table.autofit = False
    for row in table.rows:
        _flag(row, "w:cantSplit")
    table.rows[1].height, table.rows[1].height_rule = Mm(22), WD_ROW_HEIGHT_RULE.EXACTLY
    for place, signer in enumerate(signers):
        for cell in table.columns[place].cells:
            cell.width = Length(_WIDTH // len(signers))
        if signer is not None:
            _signer(table, place, signer)
    for row in table.rows[:2]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _signer(table: Table, place: int, signer: Signer) -> None:
    def centred(cell: _Cell) -> Paragraph:
        paragraph: Paragraph = cell.paragraphs[-1]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return paragraph

    top = table.cell(0, place)
    word_parts.run(centred(top), signer.title, bold=True)
    top.add_paragraph()
    word_parts.run(centred(top), signer.note, italic=True, size=Pt(11.5))
    name = signer.name or f"{signer.label} {'.' * 26}"
    word_parts.run(centred(table.cell(2, place)), name, bold=bool(signer.name))


def _flag(row: _Row, name: str) -> None:
    tr: Any = row._tr  # noqa: SLF001 - the library has no other way to a row's element
    tr.get_or_add_trPr().append(OxmlElement(name))
