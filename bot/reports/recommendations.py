"""Recommendations of the narrative report from what officers marked: the legal text, the point, the proposal.

They stand in part VI of Mẫu số 02 where nobody wrote that part; who writes it has the last word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.reports.narrative import text_key
from handlers.officers.access import same_unit, sealed
from handlers.officers.gap_words import report_lines
from petitions.policy_gaps import gather

if TYPE_CHECKING:
    from handlers.texts import Texts
    from petitions.agency import Agency
    from petitions.reports.report import Report
    from storage.casebook import Casebook

PART: Final = "vi"


def with_recommendations(book: Casebook, agency: Agency, report: Report, texts: Texts) -> Report:
    """The report with the period's loopholes as its recommendations; unchanged where there are none."""
    key = text_key(PART)
    if report.texts.get(key, "").strip() or not report.period.has_narrative:
        return report
    units = None
    if report.unit:
        units = [unit.code for unit in agency.units if same_unit(agency, unit.code, report.unit)]
    zone = agency.zone
    gaps = book.gaps(since=report.period.since(zone), until=report.period.until(zone), units=units)
    petitions = book.petitions_by_id(sorted({gap.petition_id for gap in gaps}))
    hidden = frozenset(each.id for each in petitions.values() if sealed(each))
    lines = report_lines(gather(gaps), hidden, texts)
    return replace(report, texts={**report.texts, key: "\n".join(lines)}) if lines else report
