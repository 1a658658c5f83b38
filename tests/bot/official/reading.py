"""Reads drafts back, and makes templates as an agency would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from docx import Document

from bot.official.building import template
from petitions.official_papers import OfficialPaper, paper_of


def the_paper(code: str) -> OfficialPaper:
    found = paper_of(code)
    assert found is not None
    return found


def words_of(docx: bytes) -> str:
    """Everything a draft says, its first page's head line too."""
    document = Document(io.BytesIO(docx))
    parts = [paragraph.text for paragraph in document.sections[0].first_page_header.paragraphs]
    for table in document.tables:
        parts += [cell.text for row in table.rows for cell in row.cells]
    parts += [paragraph.text for paragraph in document.paragraphs]
    return " ".join(" ".join(parts).split())


def part_of(docx: bytes, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return archive.read(name).decode()


def changed(docx: bytes, changes: dict[str, Callable[[bytes], bytes]], *, added: dict[str, bytes]) -> bytes:
    """The document with parts changed and added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, changes[name](data) if name in changes else data)
        for name, data in added.items():
            new.writestr(name, data)
    return buffer.getvalue()


def with_words(code: str, words: str) -> bytes:
    """The packaged template of a form with one more paragraph."""
    document = Document(io.BytesIO(template(the_paper(code))))
    document.add_paragraph(words)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
