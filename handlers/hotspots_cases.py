"""Cases to be kept an eye on beside hotspots, each with its reason in words: long-running (kéo dài), complex (phức
tạp), second complaints that repeat (khiếu nại lần hai), many people (đông người).

Every list holds only what this officer may see; numbers are counted after that, so that none tells of a sealed case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from handlers import hotspots_told as told
from handlers.officers import cards
from handlers.officers.access import sealed, unit_name, unit_today
from handlers.officers.lists import PAGE as PAGE_OF_BUTTONS
from petitions.kinds import Kind, Role
from petitions.transition_groups import FINISHED

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from handlers.turn import Turn
    from storage.records import OfficerRecord, PetitionRecord

LISTS: Final = ("long", "complex", "second", "many")
PAGE: Final = PAGE_OF_BUTTONS
MANY: Final = 5
"""Đoàn đông người: five people and more (note to form 01/TCD, Thông tư 06/2025/TT-TTCP; VERIFIED)."""
_YEAR: Final = timedelta(days=365)
_TWO: Final = 2
"""Second complaints about one matter or at one place."""
_ROOTS: Final = 6
"""Steps back to the first petition of a matter."""

Line = tuple["PetitionRecord", str]


def may_look(turn: Turn, officer: OfficerRecord) -> bool:
    """Whether these lists are for this officer: the circle that hears of hotspots, and heads for their own unit."""
    return officer.role is Role.HEAD or any(each.id == officer.id for each in told.circle(turn))


def label(room: Room, petition: PetitionRecord) -> str:
    """Code, stage and date of filing."""
    stage = room.text(f"cards.stage_{petition.stage}")
    filed = told.shown_moment_day(room.turn, petition.filed_at, room.texts)
    return f"{cards.shown_code(petition)} · {stage} · {filed}"


def find(room: Room, which: str) -> tuple[str, list[Line]] | None:
    """The heading of a list and its cases with their reasons; None where there is no such list."""
    days = room.turn.facts.agency.hotspots.long_days
    match which:
        case "long":
            lines = _long(room, days)
        case "complex":
            lines = _complex(room)
        case "second":
            lines = _second(room)
        case "many":
            lines = _many(room)
        case _:
            return None
    key = f"hotspots.cases_{which}" if lines else f"hotspots.cases_{which}_empty"
    params: dict[str, Any] = {"number": len(lines)} if lines else {}
    if which == "long":
        params["days"] = days
    return room.text(key, **params), lines


def _long(room: Room, days: int) -> list[Line]:
    """Those whose oldest running limit passed so many days ago, the longest first."""
    book = room.turn.book
    today = room.turn.now.astimezone(room.turn.facts.agency.zone).date()
    late = book.late_since(today - timedelta(days=days - 1))
    petitions = book.petitions_by_id([*late])
    seen = told.visible(room.turn, room.officer, [petitions[each] for each in late if each in petitions])
    return [
        (
            each,
            room.text(
                "hotspots.reason_long",
                code=cards.shown_code(each),
                days=(today - late[each.id]).days,
                date=cards.shown_date(late[each.id], room.texts),
            ),
        )
        for each in seen
        if each.stage not in FINISHED
    ]


def _grave(room: Room) -> list[PetitionRecord]:
    return told.visible(room.turn, room.officer, room.turn.book.grave_cases())


def _complex(room: Room) -> list[Line]:
    """Found complex in writing (NĐ 124/2020 Đ3a, by NĐ 155/2026 Đ2), or extended as complex (Luật Tố cáo 2018 Đ30).

    Of a sealed case the law is not named, for it tells the kind.
    """
    lines = []
    for each in _grave(room):
        code = cards.shown_code(each)
        if each.complex:
            key = "hotspots.reason_complex_sealed" if sealed(each) else "hotspots.reason_complex"
            lines.append((each, room.text(key, code=code)))
        elif each.extensions and each.kind is Kind.DENUNCIATION:
            lines.append((each, room.text("hotspots.reason_extended", code=code, times=each.extensions)))
    return lines


def _many(room: Room) -> list[Line]:
    return [
        (each, room.text("hotspots.reason_many", code=cards.shown_code(each), people=each.people))
        for each in sorted(_grave(room), key=lambda each: -(each.people or 0))
        if each.people is not None and each.people >= MANY
    ]


def _second(room: Room) -> list[Line]:
    """Second complaints that repeat: on one matter, at one place, or settled by one unit; each once, with the
    strongest reason."""
    turn = room.turn
    seen = told.visible(turn, room.officer, turn.book.second_instances(turn.now - _YEAR))
    lines: list[Line] = []
    done: set[int] = set()

    def add(group: Iterable[PetitionRecord], key: str, **params: object) -> None:
        members = list(group)
        for each in members:
            if each.id not in done:
                code = cards.shown_code(each)
                lines.append((each, room.text(key, code=code, number=len(members), **params)))
        done.update(each.id for each in members)

    for group in _by_matter(room, seen):
        add(group, "hotspots.reason_second_matter")
    for group in _by_place(room, seen):
        add(group, "hotspots.reason_second_place")
    agency = turn.facts.agency
    by_unit: dict[str, list[PetitionRecord]] = defaultdict(list)
    for each in seen:
        by_unit[unit_today(agency, each.unit)].append(each)
    for unit in sorted(by_unit):
        if len(by_unit[unit]) >= agency.hotspots.repeated:
            name = unit_name(agency, unit, room.texts.language)
            add(by_unit[unit], "hotspots.reason_second_unit", unit=name)
    return lines


def _by_matter(room: Room, seen: list[PetitionRecord]) -> list[list[PetitionRecord]]:
    """Those that go back to one first petition."""
    root = {each.id: each.linked_to or each.id for each in seen}
    for _ in range(_ROOTS):
        above = room.turn.book.petitions_by_id(sorted(set(root.values())))
        further = {at: above[up].linked_to or up for at, up in root.items() if up in above}
        if all(further.get(at, up) == up for at, up in root.items()):
            break
        root |= further
    return _groups(seen, {at: [up] for at, up in root.items()})


def _by_place(room: Room, seen: list[PetitionRecord]) -> list[list[PetitionRecord]]:
    open_ones = [each for each in seen if not sealed(each)]
    return _groups(open_ones, room.turn.book.places_of([each.id for each in open_ones]))


def _groups(seen: list[PetitionRecord], keys: dict[int, list[int]]) -> list[list[PetitionRecord]]:
    """Those that share a key, two and more; each petition with the largest such group first."""
    by_key: dict[int, list[PetitionRecord]] = defaultdict(list)
    for each in seen:
        for key in keys.get(each.id, ()):
            by_key[key].append(each)
    groups = [group for group in by_key.values() if len(group) >= _TWO]
    return sorted(groups, key=lambda group: (-len(group), group[0].id))
