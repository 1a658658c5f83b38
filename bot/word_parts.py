"""What papers and reports set alike in a Word document (python-docx): the script, a paragraph, words, a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, RGBColor

if TYPE_CHECKING:
    from docx.document import Document as DocumentObject
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.text.paragraph import Paragraph

FONT: Final = "Times New Roman"
"""Nghị định 30/2020/NĐ-CP, Phụ lục I."""


def set_script(doc: DocumentObject, *, language: str, size: Length) -> Any:
    """Font, size and language of the whole document; gives its normal style."""
    normal: Any = doc.styles["Normal"]
    normal.font.name, normal.font.size = FONT, size
    for script in ("w:eastAsia", "w:cs"):
        normal.element.rPr.rFonts.set(qn(script), FONT)
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), "vi-VN" if language == "vi" else "en-GB")
    normal.element.rPr.append(mark)
    return normal


def paragraph(doc: DocumentObject, alignment: WD_ALIGN_PARAGRAPH | None = None) -> Paragraph:
    """A new paragraph at the end."""
    added = doc.add_paragraph()
    if alignment is not None:
        added.alignment = alignment
    return added


def run(
    at: Paragraph,
    words: str,
    *,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    size: Length | None = None,
    colour: RGBColor | None = None,
) -> None:
    """Words at the end of a paragraph; nothing where there are none."""
    if not words:
        return
    added = at.add_run(words)
    added.bold, added.italic, added.underline = bold or None, italic or None, underline or None
    added.font.size = size
    if colour is not None:
        added.font.color.rgb = colour


def field(at: Paragraph, name: str, *, size: Length) -> None:
    """A field that Word fills in: the page (PAGE), or how many there are (NUMPAGES)."""
    for kind in ("begin", "", "end"):
        added = at.add_run()
        added.font.size = size
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = name
        added.element.append(mark)
