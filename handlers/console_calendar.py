"""Which days the office works, as set at the console over the project's table and the operator's file.

Who administers the service sets them, each with what it rests on; heads see them. Running dates follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from handlers.console_office import NotAllowed, Wrong, may_look, may_manage
from handlers.officers import cards
from handlers.officers.clock_lines import rule_of
from petitions.text import clean
from storage.console_calendar import MOST_DAYS

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from petitions.clocks import Clock
    from storage.console_calendar import SetDay

LONGEST_WORDS: Final = 200
LONGEST_STRETCH: Final = 31
LONGEST_COUNT: Final = 120
"""Days of a limit that are looked through for its explanation."""
_WEEKEND: Final = 5
YEARS_AROUND: Final = (-1, 0, 1, 2)
"""Years that can be set, from this one: what is older is history, what is later is not decided by anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """A day that is not what its weekday says, or that the office set."""

    day: date
    shown: str
    works: bool
    name: str
    decision: str
    provisional: bool
    ours: bool
    """Set at the console, so that it can be put back."""


def this_year(room: Room) -> int:
    """The year it is at the office."""
    return room.turn.now.astimezone(room.turn.facts.agency.zone).year


def years(room: Room) -> tuple[int, ...]:
    """The years that can be looked at and set."""
    return tuple(this_year(room) + step for step in YEARS_AROUND)


def days_of(room: Room, year: int) -> tuple[DayLine, ...]:
    """The special days of a year, by date. Raises NotAllowed."""
    if not may_look(room.officer) or year not in years(room):
        raise NotAllowed
    ours = {one.day: one for one in room.turn.book.calendar_days()}
    lines = []
    day = date(year, 1, 1)
    while day.year == year:
        line = _line(room, day, ours.get(day))
        if line is not None:
            lines.append(line)
        day += timedelta(days=1)
    return tuple(lines)


def set_days(room: Room, *, first: date, last: date, works: bool, name: str, decision: str) -> int:
    """Days from `first` to `last` are off, or worked. Gives how many were set: those that are so already are left.
    Raises NotAllowed, Wrong."""
    if not may_manage(room.officer):
        raise NotAllowed
    named, rests_on = clean(name), clean(decision)
    if not 0 <= (last - first).days < LONGEST_STRETCH:
        raise Wrong("console_office.wrong_stretch")
    if not {first.year, last.year} <= set(years(room)):
        raise Wrong("console_office.wrong_year")
    if not named or not rests_on or max(len(named), len(rests_on)) > LONGEST_WORDS:
        raise Wrong("console_office.wrong_why")
    ours = {one.day for one in room.turn.book.calendar_days()}
    calendar = room.turn.facts.calendar
    changed = []
    for place in range((last - first).days + 1):
        day = first + timedelta(days=place)
        special = calendar.special(day)
        open_still = special is not None and special.provisional
        if calendar.is_working(day) is not works or day in ours or open_still:
            changed.append(day)
    if not changed:
        raise Wrong("console_office.wrong_day_same")
    if len(ours.union(changed)) > MOST_DAYS:
        raise Wrong("console_office.wrong_day_many")
    for day in changed:
        room.turn.book.set_calendar_day(
            day, works=works, name=named, decision=rests_on, officer_id=room.officer.id
        )
    shown = [day.isoformat() for day in changed]
    _note(
        room,
        "day_worked" if works else "day_off",
        title=_title(room, changed),
        days=shown,
        name=named,
        decision=rests_on,
    )
    return len(changed)


def put_back(room: Room, day: date) -> None:
    """The day is as the table has it. Raises NotAllowed."""
    if not may_manage(room.officer) or not room.turn.book.clear_calendar_day(day):
        raise NotAllowed
    _note(room, "day_back", title=_title(room, [day]), days=[day.isoformat()])


def counted_around(room: Room, clock: Clock) -> str:
    """Days out of the ordinary that a limit in working days was counted with; empty where there were none."""
    rule = rule_of(room.turn, clock)
    first, last = clock.started_on, clock.due_on
    if rule is None or rule.unit != "wd" or last is None:
        return ""
    calendar, texts = room.turn.facts.calendar, room.texts
    found = []
    for place in range(1, min((last - first).days, LONGEST_COUNT) + 1):
        day = first + timedelta(days=place)
        special = calendar.special(day)
        if special is not None and special.works == (day.weekday() >= _WEEKEND):
            works = "works" if special.works else "off"
            found.append(
                texts.get(
                    f"console_office.counted_{works}", day=cards.shown_date(day, texts), name=special.name
                )
            )
    if not found:
        return ""
    return texts.get("console_office.counted", days="; ".join(found))


# --- inside


def _line(room: Room, day: date, ours: SetDay | None) -> DayLine | None:
    special = room.turn.facts.calendar.special(day)
    if ours is None and special is None:
        return None
    return DayLine(
        day=day,
        shown=_shown(room, day),
        works=ours.works if ours is not None else special is not None and special.works,
        name=ours.name if ours is not None else special.name if special is not None else "",
        decision=ours.decision if ours is not None else special.decision if special is not None else "",
        provisional=ours is None and special is not None and special.provisional,
        ours=ours is not None,
    )


def _shown(room: Room, day: date) -> str:
    texts = room.texts
    weekday = texts.get(f"form.weekday_{day.weekday()}")
    return texts.get("form.day", weekday=weekday, date=cards.shown_date(day, texts))


def _title(room: Room, days: list[date]) -> str:
    shown = [cards.shown_date(day, room.texts) for day in (days[0], days[-1])]
    return shown[0] if len(days) == 1 else f"{shown[0]} – {shown[1]}"


def _note(room: Room, what: str, **content: object) -> None:
    room.turn.book.note_change(room.officer, what, content)
