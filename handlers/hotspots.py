"""Looking for hotspots: once an hour by day everything that got a petition since the last look, once a day all.

One timer of the agency, which sets itself anew. What is found, what has grown and what nobody has acknowledged is
told by `handlers.hotspots_told`; the test itself is `petitions.hotspots`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from handlers import hotspots_told as told
from handlers.clock_timers import timing_of
from handlers.officers.place_words import public_place
from petitions.hotspots import (
    RECENT,
    WINDOWS,
    CellKind,
    Expected,
    Finding,
    Series,
    expected,
    has_grown,
    judge,
    level,
)
from petitions.hotspots_voices import COMPARED, own_voices, together
from petitions.text import fold
from storage.hotspots import Deed, HotspotRecord
from storage.keys import CannotOpen
from storage.timers import HOTSPOTS

if TYPE_CHECKING:
    from handlers.turn import Turn
    from petitions.hotspots_voices import Heard
    from storage.hotspots_sightings import Cell
    from storage.records import PetitionRecord, TimerRecord

TIMER: Final = HOTSPOTS
EVERY: Final = timedelta(hours=1)
_OVERLAP: Final = timedelta(minutes=15)
"""Looked at once more: a petition is counted when its transaction began, and seen when it has ended."""
_A_DAY_AND_MORE: Final = timedelta(hours=50)
"""So long back names of places are taken as newly met, on the first look of a day."""
_PLACES_READ: Final = 8
"""Petitions in whose words a hotspot's place is looked for."""


@dataclass(slots=True)
class _Office:
    """What one look knows of the office."""

    today: int
    age: int
    whole: Series
    below: float
    known: dict[int, Series] = field(default_factory=dict)
    """Topics and places by themselves."""


def arm(turn: Turn) -> None:
    """Have somebody look soon; nothing where a look waits already for an earlier moment."""
    turn.book.set_hotspot_timer(turn.now + EVERY)


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Look, tell, remind, and set the next look."""
    today = turn.now.astimezone(turn.facts.agency.zone).date().toordinal()
    memory = dict(timer.data)
    least = turn.facts.agency.hotspots.least
    if memory.get("day") != today:
        turn.book.sight_unplaced(turn.now - _A_DAY_AND_MORE, today=today)
    touched = turn.book.touched_cells(_since(memory, turn.now, today), today=today, least=least)
    tracked = turn.book.open_hotspots()
    if touched or tracked:
        office = _office(turn, memory, today)
        for hotspot in tracked:
            _follow(turn, office, hotspot)
        known = {hotspot.cell_hash for hotspot in tracked}
        _find(turn, office, [cell for cell in touched if cell.hash not in known])
        told.remind(turn)
        memory["digest"] = told.digest(turn, str(memory.get("digest", "")))
    memory |= {"since": (turn.now - _OVERLAP).isoformat(), "day": today}
    later = timing_of(turn.facts).after_night(turn.now + EVERY)
    turn.book.set_hotspot_timer(later.astimezone(UTC), memory)


def _since(memory: dict[str, Any], now: datetime, today: int) -> datetime:
    """From when on cells are looked at. Everything on the first look of a day, and where the clock went back."""
    whole = now - timedelta(days=RECENT)
    known = memory.get("since")
    if not isinstance(known, str) or memory.get("day") != today:
        return whole
    since = datetime.fromisoformat(known)
    return whole if since > now else since


def _office(turn: Turn, memory: dict[str, Any], today: int) -> _Office:
    """How many cells share the allowance is counted once a day."""
    book = turn.book
    if memory.get("counted") != today or not isinstance(memory.get("cells"), int):
        memory["counted"] = today
        memory["cells"] = book.active_cells(turn.now - timedelta(days=RECENT), today=today)
    age = book.office_age(today=today)
    whole = book.whole_series(today=today, age=age)
    return _Office(today, age, whole, level(turn.facts.agency.hotspots, memory["cells"]))


# --- finding


def _find(turn: Turn, office: _Office, cells: list[Cell]) -> None:
    """Every cell that stands out becomes a hotspot; the one that says most exactly what is going on goes first and
    takes its petitions with it."""
    hits = [(cell, hit) for cell in cells if (hit := _hit(turn, office, cell)) is not None]
    hits.sort(key=lambda each: (-each[0].kind.rank, each[1][0].p, min(h.petition_id for h in each[1][1])))
    for number, (cell, hit) in enumerate(hits):
        again = _hit(turn, office, cell) if number else hit
        if again is not None:
            _open(turn, office, cell, *again)


def _hit(turn: Turn, office: _Office, cell: Cell) -> tuple[Finding, list[Heard]] | None:
    """Whether a cell stands out: first by petitions, which is cheap, then by own voices."""
    least = turn.facts.agency.hotspots.least
    rank = cell.kind.rank
    own = turn.book.series(cell.hash, today=office.today, age=office.age, rank=rank)
    usual = _usual(turn, office, cell.kind, own, cell.topic_hash, cell.place_hash)
    counts = {window: own.within(window) for window in WINDOWS}
    if judge(usual, counts, least=least, below=office.below) is None:
        return None
    heard = turn.book.heard(cell.hash, today=office.today, rank=rank, first_day=office.today - RECENT + 1)
    voices = own_voices(heard, WINDOWS)
    finding = judge(usual, voices, least=least, below=office.below)
    return None if finding is None else (finding, heard)


def _usual(
    turn: Turn, office: _Office, kind: CellKind, own: Series, topic_hash: int | None, place_hash: int | None
) -> tuple[Expected, ...]:
    topic = _known(turn, office, topic_hash) if kind is CellKind.TOPIC_PLACE else None
    place = _known(turn, office, place_hash) if kind is CellKind.TOPIC_PLACE else None
    topics = len(turn.facts.agency.topics)
    return expected(kind, own, office.whole, topic=topic, place=place, topics=topics)


def _known(turn: Turn, office: _Office, cell_hash: int | None) -> Series | None:
    if cell_hash is None:
        return None
    if cell_hash not in office.known:
        series = turn.book.series(cell_hash, today=office.today, age=office.age, rank=1)
        office.known[cell_hash] = series
    return office.known[cell_hash]


def _open(turn: Turn, office: _Office, cell: Cell, finding: Finding, heard: list[Heard]) -> None:
    inside = [each for each in heard if each.ago < finding.window]
    ids = sorted(each.petition_id for each in inside)
    petitions = turn.book.petitions_by_id(ids)
    newest = petitions[ids[-1]]
    place_hash = {CellKind.PLACE: cell.hash, CellKind.TOPIC_PLACE: cell.place_hash}.get(cell.kind)
    hotspot = turn.book.open_hotspot(
        cell,
        finding,
        ids,
        topic=newest.topic if cell.kind is not CellKind.PLACE else None,
        unit=newest.unit if cell.kind is CellKind.TOPIC_UNIT else _unit_of([*petitions.values()]),
        place=_place(turn, place_hash, [petitions[each] for each in ids]) if place_hash else "",
        since_day=office.today - max(each.ago for each in inside),
        remind_at=told.remind_at(turn),
    )
    office.known.clear()  # what is usual does not count these petitions any more
    office.whole = turn.book.whole_series(today=office.today, age=office.age)
    told.alert(turn, hotspot, "found", deed=None)


def _unit_of(petitions: list[PetitionRecord]) -> str | None:
    """The unit that answers for most of them; its heads may follow the hotspot."""
    units = [petition.unit for petition in petitions]
    return max(sorted(set(units)), key=units.count) if units else None


def _place(turn: Turn, place_hash: int, petitions: list[PetitionRecord]) -> str:
    """The shortest words for the place that an office's chat may show."""
    found: list[str] = []
    for petition in petitions[:_PLACES_READ]:
        try:
            words = turn.book.place_of(petition, place_hash)
            shown = public_place(petition, replace(turn.book.content(petition), place=words))
        except CannotOpen:
            continue
        if shown:
            found.append(" ".join(shown.split())[: told.PLACE_SHOWN])
    return min(found, key=lambda words: (words == fold(words), len(words), words), default="")


# --- following


def _follow(turn: Turn, office: _Office, hotspot: HotspotRecord) -> None:
    """New petitions of its cell join it; where it has grown by a step, or flares up after a month, it is told
    again."""
    fresh = turn.book.new_in_cell(hotspot, today=office.today)
    if not fresh:
        return
    turn.book.add_to_hotspot(hotspot, fresh)
    rules = turn.facts.agency.hotspots
    size = turn.book.hotspot_sizes([hotspot.id])[hotspot.id]
    quiet = turn.now - hotspot.told_at > timedelta(days=RECENT)
    if not quiet and not has_grown(hotspot.told, size, rules):
        return
    heard = turn.book.heard(hotspot.cell_hash, today=office.today, rank=_ALL, first_day=hotspot.since_day)
    voices = size if size > COMPARED else len(set(together(heard).values()))
    own = turn.book.series(hotspot.cell_hash, today=office.today, age=office.age, rank=_ALL)
    topic_hash, place_hash = turn.book.parts_of(hotspot.cell_hash, fresh[0])
    usual = _usual(turn, office, hotspot.kind, own, topic_hash, place_hash)
    now = judge(usual, own_voices(heard, WINDOWS), least=rules.least, below=office.below)
    if now is None or not (quiet or has_grown(hotspot.told, voices, rules)):
        return
    turn.book.change_hotspot(hotspot.id, told=voices, told_at=turn.now, digested=size)
    told.alert(turn, hotspot, "grown", deed=Deed.GROWN, finding=now)


_ALL: Final = max(kind.rank for kind in CellKind) + 1
"""Above every rank: petitions of hotspots count as well."""
