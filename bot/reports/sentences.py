"""The sentences with figures of the narrative, Mẫu số 02: each gives what it says for one part of the outline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.reports import words
from handlers.texts import Texts
from petitions.reports.forms import (
    CARRIED_OUT,
    COMPLAINTS,
    DENUNCIATIONS,
    HANDLED,
    MANAGEMENT,
    RECEPTION,
    Cell,
    column,
)
from petitions.reports.report import Report


class Sentences:
    """Says a report's figures; a number that nobody has typed in is said as unknown, never as 0."""

    def __init__(self, report: Report, texts: Texts) -> None:
        self.report = report
        self.texts = texts
        self._total = report.total
        same = report.same_last_year
        self._last_year: Mapping[Cell, int] = same.figures if same is not None else {}

    def of(self, part: str) -> list[str]:
        """The sentences of a part such as `ii_2_b`; none where the part has only words of its own."""
        say = _PARTS.get(part)
        return say(self) if say is not None else []

    # --- figures

    def number(self, form: str, ms: int) -> str:
        cell = Cell(form, ms)
        count = self._total[cell]
        if not count and self._is_unknown(cell):
            return words.UNKNOWN
        return words.number(count, self.texts)

    def _is_unknown(self, cell: Cell) -> bool:
        """Whether nobody of the report's units has typed it in; a sum in 01/TCD follows its parts."""
        if column(cell).hand:
            return all(cell in row.missing for row in self.report.rows)
        parts = {1: (5, 11, 17), 2: (6, 12, 18), 3: (7, 13, 19), 4: (8, 14, 20)}
        if cell.form != RECEPTION:
            return False
        return all(self._is_unknown(Cell(RECEPTION, ms)) for ms in parts[cell.ms])

    def _numbers(self, form: str, **columns: int) -> dict[str, str]:
        return {name: self.number(form, ms) for name, ms in columns.items()}

    def _count(self, form: str, ms: int) -> int:
        return self._total[Cell(form, ms)]

    def _change(self, form: str, ms: int) -> str:
        cell = Cell(form, ms)
        return words.change(self._total[cell], self._last_year.get(cell, 0), self.texts)

    def _share(self, part: int, whole: int) -> str:
        return words.percent(part, whole, self.texts)

    def _say(self, key: str, **params: Any) -> str:
        return self.texts.get(f"reports.say_{key}", **params)

    # --- parts

    def general(self) -> list[str]:
        flow = self.report.flow("petitions")
        last = self._last_year.get(Cell(HANDLED, 1), 0)
        said = [
            self._say(
                "general",
                office=words.one_line(self.report.unit_name or self.report.office),
                received=words.number(flow.received, self.texts),
                opening=words.number(flow.opening, self.texts),
                total=self.number(HANDLED, 1),
                change=words.change(self._count(HANDLED, 1), last, self.texts),
            )
        ]
        if self.report.topics:
            named = (
                self.texts.get(
                    "reports.topic", name=words.one_line(name), count=words.number(count, self.texts)
                )
                for name, count in self.report.topics
            )
            said.append(self._say("topics", topics="; ".join(named)))
        return said

    def complaint_share(self) -> list[str]:
        return [self._shares("complaint_share", 6, land=9, policy=10, other=11)]

    def denunciation_share(self) -> list[str]:
        return [
            self._shares("denunciation_share", 12, administrative=15, corruption=16, judicial=17, other=18)
        ]

    def _shares(self, key: str, total: int, **columns: int) -> str:
        whole = self._count(HANDLED, total)
        shares = {
            f"{name}_share": self._share(self._count(HANDLED, ms), whole) for name, ms in columns.items()
        }
        return self._say(
            key,
            total=self.number(HANDLED, total),
            change=self._change(HANDLED, total),
            **self._numbers(HANDLED, **columns),
            **shares,
        )

    def reception(self) -> list[str]:
        booked = sum(row.booked for row in self.report.rows)
        months = 3 * len(self.report.period.quarters)
        said = [
            self._say("reception", **self._numbers(RECEPTION, visits=1, people=2, matters=3, groups=4)),
            self._say(
                "reception_head",
                **self._numbers(RECEPTION, days=10, visits=11, people=12, matters=13, groups=14),
            ),
            self._say(
                "reception_deputy",
                **self._numbers(RECEPTION, days=16, visits=17, people=18, matters=19, groups=20),
            ),
            self._say("reception_duty", months=months),
        ]
        if booked:
            kept = sum(row.kept for row in self.report.rows)
            said.append(
                self._say(
                    "booked", booked=words.number(booked, self.texts), kept=words.number(kept, self.texts)
                )
            )
        return said

    def handled(self) -> list[str]:
        numbers = self._numbers(HANDLED, total=1, handled=2, eligible=3, competent=4, matters=5)
        share = self._share(self._count(HANDLED, 2), self._count(HANDLED, 1))
        return [self._say("handled", share=share, **numbers)]

    def competent(self) -> list[str]:
        return [
            self._say(
                "complaints",
                **self._numbers(HANDLED, total=6, first=7, second=8, land=9, policy=10, other=11),
            ),
            self._say(
                "denunciations",
                **self._numbers(
                    HANDLED,
                    total=12,
                    first=13,
                    second=14,
                    administrative=15,
                    corruption=16,
                    judicial=17,
                    other=18,
                ),
            ),
            self._say("proposals", **self._numbers(HANDLED, total=19, policy=20, land=21, other=22)),
        ]

    def outside(self) -> list[str]:
        return [self._say("outside", **self._numbers(HANDLED, total=23, guided=24, passed=25))]

    def complaints(self) -> list[str]:
        standing = {"petitions": 1, "matters": 2, "examined": 3, "accepted": 4, "refused": 5, "withdrawn": 6}
        results = {"total": 7, "right": 8, "wrong": 9, "partly": 10, "upheld": 11, "changed": 12}
        ordered = {
            "money": 13, "land": 14, "back_money": 15, "back_land": 16, "organisations": 17, "people": 18,
            "disciplined": 19, "officials": 20, "investigated": 21, "suspects": 22,
        }  # fmt: skip
        return [
            self._say("settled_complaints", **self._numbers(COMPLAINTS, **standing)),
            self._settling("complaint"),
            self._say("decisions", **self._numbers(COMPLAINTS, **results)),
            self._say("ordered", **self._numbers(COMPLAINTS, **ordered)),
        ]

    def denunciations(self) -> list[str]:
        standing = {"petitions": 1, "matters": 2, "examined": 3, "accepted": 4, "refused": 5, "withdrawn": 6}
        results = {
            "total": 7, "right": 8, "wrong": 9, "partly": 10, "right_again": 11, "wrong_again": 12,
            "partly_again": 13,
        }  # fmt: skip
        ordered = {
            "money": 14, "land": 15, "back_money": 16, "back_land": 17, "organisations": 18, "people": 19,
            "disciplined": 21, "officials": 22, "investigated": 23, "suspects": 24,
        }  # fmt: skip
        return [
            self._say("settled_denunciations", **self._numbers(DENUNCIATIONS, **standing)),
            self._settling("denunciation"),
            self._say("conclusions", **self._numbers(DENUNCIATIONS, **results)),
            self._say("ordered", **self._numbers(DENUNCIATIONS, **ordered)),
        ]

    def _settling(self, name: str) -> str:
        flow = self.report.flow(name)
        numbers = {
            each: words.number(getattr(flow, each), self.texts)
            for each in ("opening", "received", "ended", "carried")
        }
        return self._say("settling", share=self._share(flow.ended, flow.opening + flow.received), **numbers)

    def carried_out(self) -> list[str]:
        decisions = {
            "total": 1, "done": 2, "due_money": 3, "due_land": 4, "money": 5, "land": 6, "owed_money": 7,
            "owed_land": 8, "paid_money": 9, "paid_land": 10, "people": 11, "officials": 12, "cases": 13,
            "prosecuted": 14,
        }  # fmt: skip
        conclusions = {
            "total": 16, "done": 17, "due_money": 18, "due_land": 19, "money": 20, "land": 21, "owed_money": 22,
            "owed_land": 23, "paid_money": 24, "paid_land": 25, "organisations": 26, "people": 27, "officials": 28,
            "cases": 29, "prosecuted": 30,
        }  # fmt: skip
        return [
            self._say("carried_decisions", **self._numbers(CARRIED_OUT, **decisions)),
            self._say("carried_conclusions", **self._numbers(CARRIED_OUT, **conclusions)),
        ]

    def papers(self) -> list[str]:
        return [
            self._say(
                "papers", **self._numbers(MANAGEMENT, new=1, amended=2, repealed=3, classes=4, people=5)
            )
        ]

    def inspections(self) -> list[str]:
        columns = {
            "inspections": 6, "units": 7, "concluded": 8, "organisations": 9, "people": 10, "sent_organisations": 11,
            "sent_people": 12, "pending": 13, "done_organisations": 14, "done_people": 15, "cases": 16,
            "prosecuted": 17,
        }  # fmt: skip
        return [self._say("inspections", **self._numbers(MANAGEMENT, **columns))]

    def rates(self) -> list[str]:
        shares = {}
        for key, name in (
            ("complaints", "complaint"),
            ("denunciations", "denunciation"),
            ("decisions", "decisions"),
            ("conclusions", "conclusions"),
        ):
            flow = self.report.flow(name)
            shares[key] = self._share(flow.ended, flow.opening + flow.received)
        return [self._say("rates", **shares)]


_PARTS: Final[Mapping[str, Callable[[Sentences], list[str]]]] = {
    "i_1": Sentences.general,
    "i_1_a": Sentences.complaint_share,
    "i_1_b": Sentences.denunciation_share,
    "ii_1": Sentences.reception,
    "ii_2_a": Sentences.handled,
    "ii_2_b": Sentences.competent,
    "ii_2_c": Sentences.outside,
    "ii_3_a": Sentences.complaints,
    "ii_3_b": Sentences.denunciations,
    "ii_4": Sentences.carried_out,
    "ii_6_b": Sentences.papers,
    "ii_6_c": Sentences.inspections,
    "iii_1": Sentences.rates,
}
