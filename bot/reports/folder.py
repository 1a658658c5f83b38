"""A report's files written into a folder, as the command line does it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.reports import plain
from bot.reports.books import Books
from bot.reports.narrative import document as narrative
from bot.reports.tables import workbook
from handlers.texts import Texts
from petitions.reports.report import Report
from storage.reporting import Counting
from storage.reporting_books import ReportBooks
from storage.reporting_make import office_of

if TYPE_CHECKING:
    from petitions.agency import Agency
    from storage.book import Book

BOOKS: Final = ("registers", "national", "cases")
"""What is written only when it is asked for, since it names people or is long."""


_DOCUMENTS: Final[Mapping[str, tuple[str, Callable[[Report, Texts], bytes]]]] = {
    "xlsx": ("tables", workbook),
    "csv": ("tables", lambda report, _texts: plain.figures(report)),
    "json": ("figures", lambda report, _texts: _figures(report)),
    "docx": ("narrative", narrative),
}
"""By the ending of the file: the key of its name (`reports.file_…`), and what makes it."""


def document(report: Report, texts: Texts, ending: str) -> tuple[str, bytes] | None:
    """Name and content of one document; None for the narrative of a period that has none. The same report gives the
    same bytes."""
    if ending == "docx" and not report.period.has_narrative:
        return None
    key, write = _DOCUMENTS[ending]
    return f"{texts.get(f'reports.file_{key}', period=report.period.code)}.{ending}", write(report, texts)


def documents(report: Report, texts: Texts) -> dict[str, bytes]:
    """The documents of a report by file name: tables, CSV, figures with their hash, and the narrative where the
    circular wants one."""
    return dict(found for ending in _DOCUMENTS if (found := document(report, texts, ending)) is not None)


def _figures(report: Report) -> bytes:
    """The frozen numbers as they are kept, with the hash over them and the texts."""
    kept = json.loads(report.figures_json())
    return (
        json.dumps({"sha256": report.sha256, "report": kept}, ensure_ascii=False, indent=1) + "\n"
    ).encode()


class Unwritable(Exception):
    """The folder cannot be made or written; the message says why."""


class Folder:
    """Where the files go. Only their owner may read them. Raises Unwritable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written: list[str] = []
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise Unwritable(fault.strerror or str(fault)) from fault

    def put(self, name: str, content: bytes | Iterable[str]) -> None:
        """The whole file or none: written beside it, then renamed. Raises Unwritable."""
        try:
            self._put(name, content)
        except OSError as fault:
            raise Unwritable(fault.strerror or str(fault)) from fault
        self.written.append(name)

    def _put(self, name: str, content: bytes | Iterable[str]) -> None:
        beside = self.path / f".{name}.part"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    file.writelines(piece.encode() for piece in content)
            beside.replace(self.path / name)
        finally:
            beside.unlink(missing_ok=True)


def write_books(
    folder: Folder, book: Book, agency: Agency, report: Report, wanted: Iterable[str], texts: Texts
) -> None:
    """The books of the period, those that are `wanted` of `BOOKS`. Raises Unwritable, `keys.CannotOpen`."""
    writers: dict[str, Callable[[], None]] = {
        "registers": lambda: _registers(folder, book, agency, report, texts),
        "national": lambda: _national(folder, book, agency, report, texts),
        "cases": lambda: _cases(folder, book, agency, report, texts),
    }
    for name in BOOKS:
        if name in wanted:
            writers[name]()


def _registers(folder: Folder, book: Book, agency: Agency, report: Report, texts: Texts) -> None:
    office, period, books = office_of(agency), report.period, ReportBooks.of(book)
    written = Books(agency, texts)
    lines = books.register(office, period, unit=report.unit)
    name = texts.get("reports.file_register", period=period.code)
    folder.put(f"{name}.xlsx", written.register(lines, period))
    visits = books.reception(office, period, unit=report.unit)
    name = texts.get("reports.file_reception", period=period.code)
    folder.put(f"{name}.xlsx", written.reception(visits, period))


def _national(folder: Folder, book: Book, agency: Agency, report: Report, texts: Texts) -> None:
    office, books = office_of(agency), ReportBooks.of(book)
    name = texts.get("reports.file_national", period=report.period.code)
    found = books.national(office, report.period, unit=report.unit)
    folder.put(f"{name}.jsonl", plain.national_json(found, agency.zone))
    found = books.national(office, report.period, unit=report.unit)
    folder.put(f"{name}.csv", plain.national_csv(found, agency.zone))


def _cases(folder: Folder, book: Book, agency: Agency, report: Report, texts: Texts) -> None:
    counting = Counting(book.connection, book.vault, office_of(agency), report.period)
    found = sorted(each for each in counting.everything_behind() if report.unit in ("", each[0]))
    names = ReportBooks.of(book).names(sorted({petition_id for _, _, petition_id in found}))
    name = texts.get("reports.file_cases", period=report.period.code)
    folder.put(f"{name}.csv", plain.cases(report.period.code, found, names))
