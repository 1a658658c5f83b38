"""The parts a simulation is made of, each by itself."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from bot.simulation.agenda import Agenda, JumpingClock, Process
from bot.simulation.decks import Decks
from bot.simulation.hand import needs_of
from bot.simulation.hours import Arrivals, Hours
from bot.simulation.lawful_plots import LAWFUL_PLOTS
from bot.simulation.light_plots import LIGHT_PLOTS
from bot.simulation.words import Words, typed
from petitions.calendar import WorkingCalendar
from petitions.kinds import Action, Kind
from petitions.triage.suggester import suggester_for
from tests.simulation.conftest import AGENCY
from tests.storage.builders import a_petition

HOURS = Hours(WorkingCalendar.from_packaged(), AGENCY.zone)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AGENCY.zone)


@pytest.mark.parametrize(
    ("moment", "hours", "after"),
    [
        ("2026-03-02 08:00", 1, "2026-03-02 09:00"),
        ("2026-03-02 11:00", 1, "2026-03-02 14:00"),  # over midday: half an hour before, half after 13:30
        ("2026-03-02 12:00", 0.5, "2026-03-02 14:00"),
        ("2026-03-02 16:30", 1, "2026-03-03 08:00"),
        ("2026-03-06 16:30", 1, "2026-03-09 08:00"),  # over a weekend
        ("2026-03-07 10:00", 2, "2026-03-09 09:30"),  # told on a Saturday
        ("2026-03-02 09:00", 7.5, "2026-03-03 09:00"),
        ("2026-03-02 09:00", 37.5, "2026-03-09 09:00"),
        ("2026-02-13 16:00", 7.5, "2026-02-23 16:00"),  # over Tết 2026, 14 to 22 February
    ],
)
def test_work_is_done_in_working_hours(moment: str, hours: float, after: str) -> None:
    assert HOURS.after(local(moment), hours) == local(after)


def test_nothing_is_done_outside_working_hours() -> None:
    chance = Random(4)
    moment = local("2026-01-01 00:00")
    for _ in range(2000):
        moment = HOURS.after(moment + timedelta(hours=chance.random() * 5), chance.random() * 20)
        at = HOURS.local(moment)
        assert HOURS.calendar.is_working(at.date())
        assert 7.5 <= at.hour + at.minute / 60 < 11.5 or 13.5 <= at.hour + at.minute / 60 < 17


def test_citizens_hardly_write_at_night() -> None:
    arrivals = Arrivals(HOURS, date(2026, 1, 1), date(2026, 12, 31))
    chance = Random(4)
    hours = Counter(HOURS.local(arrivals.draw(chance)).hour for _ in range(4000))
    assert sum(hours[hour] for hour in range(5)) < 100
    soon = [arrivals.soon(local("2026-05-04 20:00"), 8, chance) for _ in range(200)]
    assert all(6 <= HOURS.local(moment).hour < 22 for moment in soon)


def test_the_agenda_goes_by_time_and_then_by_order() -> None:
    heard: list[str] = []
    start = datetime(2026, 1, 1, tzinfo=UTC)

    def player(name: str) -> Process:
        for step in range(2):
            heard.append(f"{name}{step}")
            yield start + timedelta(hours=step + 1)

    agenda = Agenda()
    agenda.at(start, player("a"))
    agenda.at(start, player("b"))
    agenda.once(start + timedelta(minutes=30), lambda: heard.append("once"))
    while agenda.next is not None:
        agenda.step()
    assert heard == ["a0", "b0", "once", "a1", "b1"]


def test_the_clock_never_goes_back() -> None:
    clock = JumpingClock(datetime(2026, 1, 2, tzinfo=UTC))
    clock.jump(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 1, 2, tzinfo=UTC)
    clock.jump(datetime(2026, 1, 3, tzinfo=UTC))
    assert clock.now() == datetime(2026, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("institution", [False, True])
@pytest.mark.parametrize("destination", [None, "outside:thue"])
@pytest.mark.parametrize("instance", [1, 2])
def test_every_plot_that_is_dealt_can_be_played(
    kind: Kind, institution: bool, destination: str | None, instance: int
) -> None:
    decks = Decks(Random(2))
    petition = a_petition(kind=kind, destination=destination, instance=instance)
    dealt = {decks.deal(petition, institution=institution) for _ in range(150)}
    plots = LAWFUL_PLOTS if kind in (Kind.COMPLAINT, Kind.DENUNCIATION) else LIGHT_PLOTS
    assert dealt <= {*plots, *LIGHT_PLOTS}
    assert len(dealt) > 1 or destination is not None


def test_every_plot_is_dealt() -> None:
    decks = Decks(Random(2))
    dealt = set()
    for kind in Kind:
        for instance in (1, 2):
            for institution in (False, True):
                petition = a_petition(kind=kind, instance=instance)
                dealt |= {decks.deal(petition, institution=institution) for _ in range(150)}
    dealt |= {
        decks.deal(a_petition(kind=Kind.COMPLAINT, destination="outside:thue"), institution=False)
        for _ in range(20)
    }
    assert dealt == {*LAWFUL_PLOTS, *LIGHT_PLOTS}


def test_stories_are_understood_as_they_are_meant() -> None:
    words, suggester, chance = Words.load(), suggester_for(AGENCY), Random(1)
    now = datetime(2026, 5, 5, tzinfo=UTC)
    assert len(words.stories) > 40
    topics, otherwise = set(), []
    for story in words.stories:
        told = words.tell(story, now, chance)
        seen = suggester.understand("\n".join(told.say), today=now.date())
        away = str(seen.unit.value).startswith("outside")
        if (seen.kind.value, away) != (story.kind, story.outside):
            otherwise.append(told.say)
        topics.add(seen.topic.value)
    assert len(otherwise) <= 0.1 * len(words.stories), otherwise  # people correct what was taken otherwise
    assert len(topics) > 25


def test_people_type_as_people_do() -> None:
    text = "Quán karaoke hát tới 2 giờ sáng, cả nhà mất ngủ"
    assert typed(text, Random(1), plain=True, slips=False).isascii()
    assert typed(text, Random(1), plain=False, slips=False) == text
    slipped = typed(text, Random(3), plain=False, slips=True)
    assert len(slipped) == len(text)


def test_an_officer_is_asked_in_the_order_of_the_table() -> None:
    assert needs_of(Action.DECIDE, Kind.COMPLAINT) == ["code", "on", "document", "facts", "text"]
    assert needs_of(Action.ORDER_TASK, Kind.DENUNCIATION) == ["officer", "task", "due"]
    assert needs_of(Action.TAKE, Kind.FEEDBACK) == []
