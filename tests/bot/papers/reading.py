"""Reads what our papers say back out of the files."""

from __future__ import annotations

import io
import zipfile

from docx import Document
from pypdf import PdfReader

from bot.papers.printer import PaperPrinter
from petitions.papers import Paper, PaperData


def pdf_words(pdf: bytes) -> str:
    """Everything in a PDF, lines joined by single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def docx_words(docx: bytes) -> str:
    """Everything in a Word document, body, lists and footer, joined by single spaces."""
    document = Document(io.BytesIO(docx))
    parts = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            parts += [cell.text for cell in row.cells]
    parts += [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    return " ".join(" ".join(parts).split())


def docx_xml(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read("word/document.xml").decode()


def both(printer: PaperPrinter, paper: Paper, data: PaperData) -> dict[str, str]:
    """The words of a paper in each format."""
    return {
        "pdf": pdf_words(printer.pdf(paper, data)),
        "docx": docx_words(printer.docx(paper, data)),
    }
