"""A report with a number in every column, without a database."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

from petitions.reports.forms import Cell, forms, sums_of
from petitions.reports.periods import Period
from petitions.reports.report import Compared, Flow, Report, Row, all_cells

NASTY = '=HYPERLINK("http://x")+1\x07 & <b>đậm</b> ]]> \U0001f600'
"""What people may type: a formula, a control character, markup, an emoji."""
UNITS = ("lanh_dao", "thanh_tra", "thu_vien")
NAMES = ("Lãnh đạo Sở", "Thanh tra Sở", "+Trung tâm Văn hóa - Nghệ thuật tỉnh (gồm Nhà hát Chèo)")


def figures(seed: int) -> dict[Cell, int]:
    """Numbers that obey the sums of the forms."""
    found = Counter({cell: (seed * (place + 3)) % 11 for place, cell in enumerate(all_cells())})
    for _ in range(3):
        for form in forms():
            for total, parts in sums_of(form.code):
                if total.form == form.code:
                    found[total] = sum(found[part] for part in parts)
    return dict(found)


def a_report(written: str = "2026-Q1", **more: Any) -> Report:
    period = Period.parse(written)
    missing = frozenset(Cell("06/QLKNTC", ms) for ms in range(1, 18))
    rows = []
    for place, (unit, name) in enumerate(zip(UNITS, NAMES, strict=True)):
        numbers = figures(place + 1)
        numbers = {cell: count for cell, count in numbers.items() if place == 0 or cell not in missing}
        rows.append(
            Row(
                unit=unit,
                name=name,
                figures=numbers,
                flows={name: Flow(1, 5, 4, 2) for name in ("petitions", "complaint", "decisions")},
                by_hand=frozenset({Cell("01/TCD", 10)}) if place == 0 else frozenset(),
                missing=frozenset() if place == 0 else missing,
                booked=4,
                kept=1,
            )
        )
    made = Report(
        agency="so",
        office="Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
        superior="Ủy ban nhân dân tỉnh Hà Nam",
        place="Hà Nam",
        period=period,
        unit="",
        unit_name="",
        made_on=date(period.year, period.last.month, 16),
        provisional=False,
        rows=tuple(rows),
        previous=Compared(period=period.previous, figures=figures(4), from_report=True),
        same_last_year=Compared(period=period.same_last_year, figures=figures(5), from_report=False),
        topics=(("Quảng cáo ngoài trời, biển hiệu", 12), (NASTY, 3)),
        texts={"02/XLD:notes": NASTY, "02:iii_1": f"Ưu điểm của kỳ này.\n{NASTY}"},
    )
    return replace(made, **more)
