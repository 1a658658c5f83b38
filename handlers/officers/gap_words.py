"""Marked loopholes in words: as choices, in the details of a case, and as the report's recommendations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import gap_checks
from handlers.officers.access import unit_name
from handlers.officers.tokens import to_base36

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from handlers.officers.room import Room
    from handlers.texts import Texts
    from petitions.agency import Agency
    from petitions.policy_gaps import Gap, Group
    from storage.records import PetitionRecord

_SHOWN: Final = 60
"""Characters of a loophole on a button."""


def choices(room: Room, petition: PetitionRecord) -> list[tuple[str, str]]:
    """The loopholes of a case that this officer may take back: (event in base 36, words)."""
    return [
        (to_base36(gap.seq), _short(f"{where(gap, room.texts)}: {gap.flaw}", _SHOWN))
        for gap in room.turn.book.gaps_of(petition.id)
        if gap_checks.may_withdraw(room.turn, gap, room.officer)
    ]


def detail_lines(room: Room, petition: PetitionRecord) -> Iterator[str]:
    """What is marked in a case, for who may read it."""
    for gap in room.turn.book.gaps_of(petition.id):
        yield room.text("gaps.in_case", where=where(gap, room.texts), flaw=flaw(gap, room.texts))


def where(gap: Gap, texts: Texts) -> str:
    """The legal text, with the article where one was named."""
    if not gap.article:
        return gap.law
    return texts.get("gaps.where", law=gap.law, article=gap.article)


def flaw(gap: Gap, texts: Texts) -> str:
    """What is wrong, and what is proposed where something is."""
    if not gap.proposal:
        return gap.flaw
    return texts.get("gaps.flaw_and_proposal", flaw=gap.flaw, proposal=gap.proposal)


def report_lines(groups: Sequence[Group[Gap]], sealed: frozenset[int], texts: Texts) -> list[str]:
    """Recommendations for the narrative report (Mẫu số 02, part VI: the text and the point), a paragraph each.

    No tracking code stands in a report, and nothing of a sealed case but that it is counted. `sealed`: ids of
    petitions whose words stay with them.
    """
    lines = []
    for group in groups:
        lines.append(texts.get("gaps.report_group", law=group.title, count=len(group.gaps)))
        lines += [
            texts.get("gaps.report_point", point=flaw(gap, texts))
            if not gap.article
            else texts.get("gaps.report_article", article=gap.article, point=flaw(gap, texts))
            for gap in group.gaps
            if gap.petition_id not in sealed
        ]
    return lines


def units_told(agency: Agency, counts: dict[str, int], texts: Texts) -> str:
    """How often in each unit: "Phòng Quản lý di sản 2, Bảo tàng tỉnh 1"."""
    named = (
        texts.get("gaps.of_unit", unit=unit_name(agency, unit, texts.language), count=count)
        for unit, count in counts.items()
    )
    return ", ".join(named)


def _short(words: str, most: int) -> str:
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
