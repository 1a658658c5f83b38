"""The register of petitions and the reception book (Mẫu 03/TCD) as .xlsx, written row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Final

from bot.reports import words
from bot.reports.tables import Looks, set_up, wrapped
from bot.steady import steady
from handlers.texts import Texts
from petitions.agency import Agency, UnknownCode
from petitions.kinds import Stage
from petitions.reports.counting import OUTCOME_OF, Outcome
from petitions.reports.periods import Period
from petitions.transition_groups import OPEN
from storage.reporting_books import ReceptionLine, RegisterLine

_SUMMARY: Final = 220
"""Letters of what was told that a book shows."""
_LINE: Final = 11.5
"""Height of a line of small letters, in points."""
_SLENDER: Final = 1.3
"""So many small letters of this font stand where one of the standard letters does."""
_REGISTER: Final = {
    "no": 12, "date": 10, "code": 16, "name": 15, "address": 18, "content": 44, "kind": 9, "topic": 16, "people": 7,
    "unit": 17, "outcome": 18, "outcome_date": 10, "accepted": 10, "decided": 10, "remark": 13,
}  # fmt: skip
"""Columns of the register and their widths."""
_BOOK: Final = (5, 10, 20, 9, 44, 10, 8, 12, 8, 13, 15, 20, 20)
"""Widths of the thirteen columns of Mẫu 03/TCD."""


class Books:
    """Writes the books of an office in the language of the texts."""

    def __init__(self, agency: Agency, texts: Texts) -> None:
        self._agency = agency
        self._texts = texts

    def register(self, lines: Iterable[RegisterLine], period: Period) -> bytes:
        """Sổ theo dõi đơn: every line entered in the period."""
        heads = [(self._text(f"register_{name}"), width) for name, width in _REGISTER.items()]
        return self._book("register", period, heads, (self._register_row(line) for line in lines))

    def reception(self, lines: Iterable[ReceptionLine], period: Period) -> bytes:
        """Sổ tiếp công dân: the appointments made through the service. Identity papers are not kept by it."""
        heads = [(self._text(f"book_{place}"), width) for place, width in enumerate(_BOOK, 1)]
        rows = (self._reception_row(place, line) for place, line in enumerate(lines, 1))
        return self._book("book", period, heads, rows, note=self._text("book_form"))

    def _register_row(self, line: RegisterLine) -> Sequence[object]:
        hidden = self._text("sealed") if line.sealed else ""
        moved = ""
        if line.continued is not None:
            book, year, number = line.continued
            moved = self._text("moved_to", book=self._text(f"kind_{book}"), number=number, year=year)
        return (
            f"{self._text(f'kind_{line.book}')} {line.number}/{line.year}",
            self._day(line.entered_at),
            line.code or self._text("withheld"),
            hidden or words.one_line(line.name),
            hidden or words.one_line(line.address),
            hidden or words.one_line(line.content, _SUMMARY),
            self._text(f"kind_{line.kind.value}"),
            self._topic(line.topic),
            line.people or "",
            self._unit(line.unit),
            self._outcome(line.stage, line.outcome),
            self._day(line.handled_at) if line.handled_at is not None else "",
            words.day(line.accepted_on) if line.accepted_on is not None else "",
            words.day(line.decided_on) if line.decided_on is not None else "",
            moved,
        )

    def _reception_row(self, place: int, line: ReceptionLine) -> Sequence[object]:
        hidden = self._text("sealed") if line.sealed else ""
        if line.kind is None:
            hidden = self._text("book_appointment")
        guided, passed = line.stage is Stage.GUIDED, line.stage is Stage.PASSED_ON
        target = self._destination(line.destination)
        return (
            place,
            self._day(line.at),
            hidden or words.one_line(f"{line.name}, {line.address}".strip(", ")),
            "",
            hidden or words.one_line(line.content, _SUMMARY),
            self._text(f"kind_{line.kind.value}") if line.kind is not None else "",
            line.people or "",
            "",
            "x" if _is_ours(line) else "",
            target if guided else "",
            target if passed else "",
            self._outcome(line.stage, line.outcome) if line.stage is not None else "",
            self._text("book_desk" if not line.booked else "book_came" if line.came else "book_unknown"),
        )

    def _book(
        self,
        name: str,
        period: Period,
        heads: Sequence[tuple[str, float]],
        rows: Iterator[Sequence[object]],
        *,
        note: str = "",
    ) -> bytes:
        import xlsxwriter

        buffer = BytesIO()
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(buffer, options) as book:
            looks = Looks(book)
            sheet = book.add_worksheet(self._text(f"{name}_title")[:31].capitalize())
            for place, (_, width) in enumerate(heads):
                sheet.set_column(place, place, width)
            set_up(sheet, self._texts, repeat=(5, 5))
            between = self._text("between", first=words.day(period.first), last=words.day(period.last))
            centred = looks(align="left", bold=True, font_size=13, text_wrap=False)
            plain = looks(text_wrap=False)
            for row, (said, look) in enumerate(
                (
                    (self._agency.office.name_vi.upper(), plain),
                    (self._text(f"{name}_title"), centred),
                    (between, plain),
                    (note, plain),
                )
            ):
                sheet.write_string(row, 0, said, look)
            sheet.set_row(5, _LINE * _height([said for said, _ in heads], heads) + 6)
            _row(sheet.write_string, 5, [said for said, _ in heads], looks.head)
            top = looks(border=1, valign="top", font_size=9)
            for place, cells in enumerate(rows, 6):
                sheet.set_row(place, _LINE * _height(cells, heads) + 2)
                for at, cell in enumerate(cells):
                    if isinstance(cell, int):
                        sheet.write_number(place, at, cell, top)
                    else:
                        sheet.write_string(place, at, str(cell), top)
            sheet.freeze_panes(6, 0)
        return steady(buffer.getvalue(), title=self._text(f"{name}_title"))

    # --- words

    def _text(self, key: str, **params: object) -> str:
        return self._texts.get(f"reports.{key}", **params)

    def _day(self, moment: datetime) -> str:
        return words.day(moment.astimezone(self._agency.zone).date())

    def _topic(self, code: str) -> str:
        try:
            return self._agency.topic(code).name(self._texts.language) if code else ""
        except UnknownCode:
            return code

    def _unit(self, code: str) -> str:
        try:
            return self._agency.unit(code).name(self._texts.language)
        except UnknownCode:
            return code

    def _destination(self, code: str) -> str:
        try:
            return self._agency.outside_authority(code).name(self._texts.language) if code else ""
        except UnknownCode:
            return code

    def _outcome(self, stage: Stage, outcome: str) -> str:
        """Where it stands, with the reason or result, or what was done, where there is one."""
        said = self._texts.get(f"cards.stage_{stage.value}")
        said = said[:1].upper() + said[1:]
        if stage in OPEN:
            return said
        for key in (f"reasons.short_{outcome}", f"officer.event_{outcome}"):
            if outcome and key in self._texts:
                return f"{said} ({self._texts.get(key)})"
        return said


def _height(cells: Sequence[object], heads: Sequence[tuple[str, float]]) -> int:
    """Lines that the tallest cell of a row takes."""
    return max(wrapped(str(cell), width * _SLENDER) for cell, (_, width) in zip(cells, heads, strict=True))


def _row(write: Callable[..., object], row: int, cells: Sequence[str], look: object) -> None:
    for place, said in enumerate(cells):
        write(row, place, said, look)


_OURS: Final = frozenset(
    action.value for action, outcome in OUTCOME_OF.items() if outcome is Outcome.COMPETENT
)


def _is_ours(line: ReceptionLine) -> bool:
    """Whether it was found to be within competence: screened as ours, or accepted."""
    return line.accepted or line.stage is Stage.ELIGIBLE or line.outcome in _OURS
