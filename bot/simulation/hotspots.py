"""Hotspots planted in the played year: people with words of their own tell of one thing at one place within weeks.

They write as everybody does; the service finds them by itself. Officers who are told acknowledge, look, and end the
tracking when it is over. `measured` says afterwards which were found how soon, and what was found besides.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any, Final

from bot.simulation.telling import Telling, invent
from bot.simulation.words import Story, Told
from handlers.hotspots_told import ACK, END, LIST
from petitions.kinds import Kind, Stage
from storage.hotspots import found_hotspots

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.simulation.agenda import Process
    from bot.simulation.chats import Message
    from bot.simulation.house import House
    from bot.simulation.office import Office
    from bot.simulation.staff import Officer, Staff

FIFTH: Final = 5
IN_TIME: Final = timedelta(days=2)
"""From the fifth petition until it is found."""
_FEWEST, _MOST = 6, 10
"""Voices of a planted hotspot; some send the text of another one on top."""
_COPIES: Final = 2
_LENGTH: Final = (4, 14)
"""Days."""
_FIRST_DAY: Final = 10
"""Nothing is planted before; nor in the last days, when it would not be over."""
_MONTH: Final = 30.4


@dataclass
class Planted:
    """One of them."""

    topic: str
    voices: list[int] = field(default_factory=list)
    """Petitions of people with words of their own."""
    copies: list[int] = field(default_factory=list)
    stood: list[tuple[datetime, int]] = field(default_factory=list)
    """When one voice more stood in the book (1: filed, or taken up again) or one less (-1: withdrawn)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the service made of a year."""

    planted: int
    """Those of which five voices stood together, for as long as there is time to find them."""
    in_time: int
    late: tuple[str, ...]
    """Topic, and days from the fifth petition to the finding; without days where it was never found."""
    false: tuple[str, ...]
    """What was found and holds no planted petition."""
    months: float


class Planting:
    """Plants them, and plays those who are told."""

    def __init__(self, house: House, staff: Staff, office: Office, *, chance: Random) -> None:
        self._house = house
        self._staff = staff
        self._office = office
        self._chance = chance
        told = tomllib.loads((files("bot") / "simulation" / "hotspots.toml").read_text("utf-8"))
        self._themes: list[dict[str, Any]] = told["theme"]
        self._places: list[list[str]] = told["places"]["spellings"]
        self.planted: list[Planted] = []
        self._people = 0

    def plan(self, count: int, first: date, last: date) -> None:
        """So many, spread over the days, no two of one topic at one place."""
        if not count:
            return
        pairs = [(theme, place) for theme in range(len(self._themes)) for place in range(len(self._places))]
        self._chance.shuffle(pairs)
        room = max(1, (last - first).days - _FIRST_DAY - 2 * _LENGTH[1])
        for theme, place in pairs[:count]:
            begins = first + timedelta(days=_FIRST_DAY + self._chance.randrange(room))
            self._plant(self._themes[theme], self._places[place], begins)

    def listen(self) -> None:
        """Those who are told of a hotspot deal with it, some hours later."""
        for officer in self._staff.everybody:
            if officer.leads:
                self._house.chats.listen(
                    officer.chat,
                    lambda message, who=officer: self._hear(who, message),  # type: ignore[misc]
                )

    def standing(self) -> list[Planted]:
        """What was planted, with the moments in which voices came and went: one that withdraws does not count, and
        counts again from when it is taken up again."""
        for each in self.planted:
            each.stood = sorted(change for voice in each.voices for change in self._changes(voice))
        return self.planted

    def _changes(self, petition_id: int) -> Iterator[tuple[datetime, int]]:
        stands = False
        for event in self._house.book.events(petition_id):
            stage = event.changes.get("stage")
            if stage is not None and stands is (stage == Stage.WITHDRAWN.value):
                stands = not stands
                yield event.at, 1 if stands else -1

    def _plant(self, theme: dict[str, Any], spellings: list[str], begins: date) -> None:
        chance = self._chance
        planted = Planted(theme["topic"])
        self.planted.append(planted)
        texts = list(theme["say"])
        chance.shuffle(texts)
        length = chance.randrange(*_LENGTH)
        voices = texts[: chance.randrange(_FEWEST, _MOST + 1)]
        copies = [chance.choice(voices) for _ in range(chance.randrange(_COPIES + 1))]
        for number, text in enumerate([*voices, *copies]):
            day = begins + timedelta(days=chance.randrange(length))
            moment = self._house.hours.at(day, 7 + 14 * chance.random())
            place = chance.choice(spellings)
            process = self._voice(planted, text.format(place=place), place, copy=number >= len(voices))
            self._house.begin(moment, process)

    def _voice(self, planted: Planted, text: str, place: str, *, copy: bool) -> Process:
        self._people += 1
        who = invent(self._house, 1_000_000 + self._people)
        story = Story(
            Kind.FEEDBACK, (text,), outside=False, urgent=False, language="vi", weight=0, answers={}
        )
        petition_id = Telling(self._house, who, Told(story, (text,), place, None, {})).run()
        if petition_id is not None:
            if copy:
                planted.copies.append(petition_id)
            else:
                planted.voices.append(petition_id)
            self._office.receive(who, petition_id)
        yield from ()

    def _hear(self, officer: Officer, message: Message) -> None:
        token = message.button(f"o.{ACK}.")
        if token is not None:
            hotspot = token.split(".")[2]
            self._house.begin(self._house.work_hours(3), self._look_after(officer, hotspot))

    def _look_after(self, officer: Officer, hotspot: str) -> Process:
        house = self._house
        if not officer.is_here(house.now):
            return
        house.press(officer.chat, f"o.{ACK}.{hotspot}")
        house.press(officer.chat, f"o.{LIST}.{hotspot}")
        yield house.work_days(20)
        if officer.is_here(house.now):
            heard = house.press(officer.chat, f"o.{END}.{hotspot}")
            if any(message.button("o.no.") for message in heard):
                house.say(officer.chat, "Đã kiểm tra, xử lý tại chỗ và trả lời những người đã gửi.")


def measured(
    connection: Connection, agency: str, planted: Sequence[Planted], first: date, last: date
) -> Measured:
    """Which planted hotspots were found within two days of their fifth petition, and what was found besides."""
    owner = {
        petition: number for number, each in enumerate(planted) for petition in [*each.voices, *each.copies]
    }
    found: dict[int, datetime] = {}
    false = []
    for hotspot, petitions in found_hotspots(connection, agency):
        mine = {owner[petition] for petition in petitions if petition in owner}
        for number in mine:
            found[number] = min(hotspot.found_at, found.get(number, hotspot.found_at))
        if not mine:
            false.append(f"{hotspot.kind} {hotspot.topic or ''} {hotspot.found_at:%Y-%m-%d}")
    late, in_time, counted = [], 0, 0
    for number, each in enumerate(planted):
        at = found.get(number)
        fifth = fifth_of(each.stood, at)
        if fifth is None:
            continue
        counted += 1
        if at is not None and at <= fifth + IN_TIME:
            in_time += 1
        else:
            days = "" if at is None else f" {(at - fifth).days}"
            late.append(f"{each.topic}{days}")
    months = ((last - first).days + 1) / _MONTH
    return Measured(counted, in_time, tuple(late), tuple(false), months)


def fifth_of(stood: Sequence[tuple[datetime, int]], found: datetime | None) -> datetime | None:
    """When the fifth voice came, None where five never stood together long enough to be found.

    Voices withdraw. Where the fifth of them was there for less than the two days there are, and nothing was found
    meanwhile, the next time that five stand together counts.
    """
    standing, since = 0, None
    for at, change in stood:
        standing += change
        if since is None and standing == FIFTH:
            since = at
        elif since is not None and standing < FIFTH:
            if at - since >= IN_TIME or (found is not None and found < at):
                return since
            since = None
    return since
