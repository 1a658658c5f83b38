"""How reports write numbers, dates, changes and what people typed, in the language of the texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from handlers.texts import Texts
from petitions.reports.report import Compared, Report
from petitions.text import clean

UNKNOWN: Final = "……"
"""Stands for a number that nobody has typed in: never a 0 that nobody said."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_LONGEST: Final = 32_767
"""Letters a cell of a sheet can hold."""


def number(value: int, texts: Texts) -> str:
    """With the marks of the language: 1.234.567 in Vietnamese."""
    return f"{value:,}".replace(",", "." if texts.language == "vi" else ",")


def percent(part: float, whole: float, texts: Texts) -> str:
    """`12,5%`; a dash where there is no whole."""
    if not whole:
        return "–"
    written = f"{100 * part / whole:.1f}%"
    return written.replace(".", ",") if texts.language == "vi" else written


def day(value: date) -> str:
    """As administrative documents write it: January and February with a zero (Nghị định 30/2020/NĐ-CP)."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"{value.day:02d}/{month}/{value.year}"


def change(now: int, then: int, texts: Texts) -> str:
    """Tăng, giảm so với cùng kỳ năm trước."""
    if not then:
        return texts.get("reports.change_new")
    if now == then:
        return texts.get("reports.change_none")
    key = "change_more" if now > then else "change_less"
    return texts.get(
        f"reports.{key}", count=number(abs(now - then), texts), percent=percent(now, then, texts)
    )


def compared(report: Report) -> tuple[Compared, ...]:
    """The periods set beside the report's own: the one before and the same of last year, once where they are one."""
    both = [report.previous, report.same_last_year]
    found = [each for each in both if each is not None]
    return tuple(found[1:] if len(found) > 1 and found[0].period == found[1].period else found)


def one_line(text: str, most: int = _LONGEST) -> str:
    """A person's words in a cell: no control characters, one line, never longer than a cell."""
    words = " ".join(clean(text).split())
    return words if len(words) <= most else words[: most - 1] + "…"


def paragraphs(text: str) -> list[str]:
    """A person's words in a document."""
    return [line for line in (" ".join(each.split()) for each in clean(text).splitlines()) if line]


def harmless(cell: object) -> str:
    """A cell of a CSV file that no sheet takes for a formula: what begins like one gets an apostrophe before it."""
    if isinstance(cell, int):
        return str(cell)
    text = one_line(str(cell))
    return f"'{text}" if text.startswith(_FORMULA) else text


def names_of_units(report: Report) -> Mapping[str, str]:
    return {row.unit: row.name for row in report.rows}
