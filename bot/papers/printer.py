"""Prints a petition's papers: PDF for print and signature, Word for who wants to go on writing.

Both come from one layout, and the same data give the same bytes at any time and in any process.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum, unique
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from bot.channels.base import Attachment
from bot.papers.blocks import Sheet
from bot.papers.glyphs import printable
from bot.papers.layout import sheet
from bot.qr import qr_svg
from handlers.texts import DEFAULT_LANGUAGE, Catalogue
from petitions.papers import Paper, PaperData

if TYPE_CHECKING:
    import typst


@unique
class Format(StrEnum):
    """What a paper is made as; the value is the ending of its name."""

    PDF = "pdf"
    """To print and sign."""
    DOCX = "docx"
    """To go on writing."""


_MIME: Final = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_TEMPLATE: Final = Path(__file__).with_name("paper.typ")


class PaperPrinter:
    """Makes papers; one for the life of the service, since fonts and the compiler are kept between calls.

    A paper to sign is in Vietnamese (Thông tư 05/2021/TT-TTCP Đ6); another language gives a translation that
    says at its head that it is one. Calls take 20 to 100 ms: use a thread. Threads wait for one another.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = Lock()
        self._compiler: typst.Compiler | None = None

    def print(
        self, paper: Paper, data: PaperData, form: Format, *, language: str = DEFAULT_LANGUAGE
    ) -> Attachment:
        """The paper as a file whose name tells the code alone. Raises BadCode for a code that is none."""
        laid_out = self._sheet(paper, data, language)
        made = self._pdf(laid_out) if form is Format.PDF else self._docx(laid_out)
        return Attachment(name=f"{laid_out.name}.{form.value}", mime=_MIME[form], data=made)

    def pdf(self, paper: Paper, data: PaperData, *, language: str = DEFAULT_LANGUAGE) -> bytes:
        """The paper as PDF."""
        return self._pdf(self._sheet(paper, data, language))

    def docx(self, paper: Paper, data: PaperData, *, language: str = DEFAULT_LANGUAGE) -> bytes:
        """The paper as a Word document."""
        return self._docx(self._sheet(paper, data, language))

    def _sheet(self, paper: Paper, data: PaperData, language: str) -> Sheet:
        return sheet(paper, data, self._catalogue.language(language))

    def _pdf(self, laid_out: Sheet) -> bytes:
        content = json.dumps(_values(laid_out))
        with self._lock:
            if self._compiler is None:
                self._compiler = _new_compiler()
            pdf = self._compiler.compile(format="pdf", sys_inputs={"data": content})
        if not isinstance(pdf, bytes):
            raise TypeError("the paper did not become one PDF")
        return pdf

    def _docx(self, laid_out: Sheet) -> bytes:
        from bot.papers.word import document

        return document(laid_out)


def _values(laid_out: Sheet) -> dict[str, Any]:
    """The sheet as the template reads it; each block says its type."""
    values = asdict(laid_out)
    values["blocks"] = [{"type": type(block).__name__, **asdict(block)} for block in laid_out.blocks]
    printed: dict[str, Any] = _printable(values)
    printed["qr"] = qr_svg(laid_out.qr) if laid_out.qr else ""
    return printed


def _printable(value: Any) -> Any:
    """Every word in it fit for the font."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list | tuple) else value


def _new_compiler() -> typst.Compiler:
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)
