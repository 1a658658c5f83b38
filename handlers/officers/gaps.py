"""/gaps: what officers marked as loopholes in policy and law, gathered by legal text for a period.

A head sees the own unit's; the focal unit and the leadership the whole office's. Of a sealed case nothing is told but
that it counts, unless the reader may see the case.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from handlers.messages import Button, Outgoing
from handlers.officers import cards, gap_words
from handlers.officers.access import Access, in_unit, officer_access, same_unit, sealed
from handlers.officers.tokens import Press
from petitions.kinds import Role
from petitions.policy_gaps import gather
from petitions.reports.periods import Part, Period, UnknownPeriod
from petitions.transition_groups import FOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from handlers.officers.room import Room
    from petitions.policy_gaps import Gap, Group
    from storage.records import PetitionRecord

PART: Final = 3000
"""Characters of one message of a long list."""
_FOR_ALL: Final = frozenset({Role.DIRECTOR})
_QUARTERS: Final = (Part.Q1, Part.Q2, Part.Q3, Part.Q4)


def show(room: Room, typed: str = "") -> None:
    """The loopholes of a period: one that is typed (`2026-Q1`), else of this quarter."""
    today = room.turn.now.astimezone(room.turn.facts.agency.zone).date()
    units = _units(room)
    if units == []:
        room.refuse("gaps.not_yours")
        return
    period = quarter_of(today)
    if typed.strip():
        try:
            period = Period.parse(typed)
        except UnknownPeriod:
            _ask(room, room.text("gaps.bad_period"), today)
            return
    zone = room.turn.facts.agency.zone
    found = room.turn.book.gaps(since=period.since(zone), until=period.until(zone), units=units)
    petitions = room.turn.book.petitions_by_id(sorted({gap.petition_id for gap in found}))
    heading = room.text(
        "gaps.title" if found else "gaps.none",
        period=period.code,
        first=cards.shown_date(period.first, room.texts),
        last=cards.shown_date(period.last, room.texts),
        count=len(found),
    )
    pages = list(_pages([heading, *_lines(room, gather(found), petitions)]))
    for page in pages[:-1]:
        room.send(Outgoing(text=page, protect=True))
    _ask(room, pages[-1], today)


def quarter_of(day: date) -> Period:
    """The quarter of the report forms that a day falls into."""
    around = (Period(year, part) for year in (day.year, day.year + 1) for part in _QUARTERS)
    return next(period for period in around if period.first <= day <= period.last)


def _units(room: Room) -> list[str] | None:
    """The units whose loopholes this officer may gather: None for all, empty for none."""
    agency, officer = room.turn.facts.agency, room.officer
    focal = officer.role in FOCAL and in_unit(agency, officer, agency.focal_unit)
    leads = officer.role is Role.HEAD and in_unit(agency, officer, agency.leadership_unit)
    if officer.role in _FOR_ALL or focal or leads:
        return None
    if officer.role is not Role.HEAD:
        return []
    return [unit.code for unit in agency.units if same_unit(agency, unit.code, officer.unit)]


def _lines(room: Room, groups: list[Group[Gap]], petitions: Mapping[int, PetitionRecord]) -> Iterator[str]:
    for number, group in enumerate(groups, start=1):
        open_ones = [gap for gap in group.gaps if _may_read(room, petitions.get(gap.petition_id))]
        counted = Counter(gap.unit for gap in open_ones)
        yield ""
        yield room.text(
            "gaps.group",
            number=number,
            law=group.title,
            count=len(group.gaps),
            units=gap_words.units_told(room.turn.facts.agency, dict(counted.most_common()), room.texts),
        ).rstrip(" ()")
        for gap in open_ones:
            yield room.text(
                "gaps.line",
                where=gap.article or room.text("officer.step_no_article"),
                flaw=gap_words.flaw(gap, room.texts),
                code=cards.shown_code(petitions[gap.petition_id]),
            )
        hidden = len(group.gaps) - len(open_ones)
        if hidden:
            yield room.text("gaps.hidden", count=hidden)


def _may_read(room: Room, petition: PetitionRecord | None) -> bool:
    """Any case that is not sealed is open to who gathers; a sealed one to who may see it."""
    if petition is None:
        return False
    if not sealed(petition):
        return True
    return officer_access(room.turn.facts.agency, petition, room.officer) is Access.FULL


def _ask(room: Room, text: str, today: date) -> None:
    """The text with the periods to choose from: this quarter, the one before, this year."""
    now = quarter_of(today)
    before = quarter_of(_day_before(now))
    year = Period(now.year, Part.YEAR)
    rows = tuple(
        (
            Button(
                label=room.text(f"gaps.button_{name}", period=each.code),
                token=Press("gaps", 0, each.code).token,
            ),
        )
        for name, each in (("this", now), ("last", before), ("year", year))
    )
    room.send(Outgoing(text=text, rows=rows, protect=True))


def _day_before(period: Period) -> date:
    from datetime import timedelta

    return period.first - timedelta(days=1)


def _pages(lines: list[str]) -> Iterator[str]:
    """Lines put together to messages of at most `PART` characters."""
    page = ""
    for line in lines:
        while len(line) > PART:
            yield page.strip() or line[:PART]
            line, page = (line if page.strip() else line[PART:]), ""
        if len(page) + len(line) + 1 > PART:
            yield page.strip()
            page = ""
        page += f"\n{line}" if page else line
    yield page.strip()
