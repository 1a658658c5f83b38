"""How a reporting period is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.texts import Texts
    from petitions.reports.periods import Period


def period_name(period: Period, texts: Texts) -> str:
    """`Quý I năm 2026`, `6 tháng năm 2026`, `năm 2026`."""
    return texts.get(f"reports.period_{period.part.value.lower()}", year=period.year)
