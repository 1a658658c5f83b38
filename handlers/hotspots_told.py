"""Who hears of hotspots and in which words: at once, again when nobody acknowledged it, and what grows each morning.

No personal data: topic, place, numbers, and the codes of petitions that this very reader may see. By day also on a
day off, for a hotspot does not wait for Monday; at night nobody is disturbed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from handlers.alarm_people import heads_of, leaders
from handlers.clock_timers import timing_of
from handlers.messages import Button, Outgoing
from handlers.officers import cards
from handlers.officers.access import Access, in_unit, officer_access, unit_name
from handlers.officers.audience import DUTY_ROLES, texts_of
from handlers.officers.room import private_chat
from handlers.officers.tokens import Press
from handlers.turn import Priority
from petitions.agency import UnknownCode
from petitions.hotspots import CellKind
from petitions.kinds import Role
from storage.hotspots import Deed, HotspotRecord, HotspotState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.texts import Texts
    from handlers.turn import Turn
    from petitions.hotspots import Finding
    from storage.records import OfficerRecord, PetitionRecord

ACK, LIST, END = "hotack", "hotlist", "hotend"
"""Verbs of the buttons."""
CODES: Final = 8
"""Codes that stand in an alert; the list has all."""
PLACE_SHOWN: Final = 80
"""Letters of a place."""
_RAISED: Final = 2
"""So many reminders; with the last it goes further up."""
_LITTLE: Final = 0.1
"""Petitions; less than that is hardly any."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What one alert tells."""

    what: str
    place: str
    listed: list[PetitionRecord]
    size: int
    finding: Finding | None


# --- who


def circle(turn: Turn) -> list[OfficerRecord]:
    """Who is told, reachable or not: the focal unit's people on duty, who leads the office, and the deputies of those
    who are away."""
    agency = turn.facts.agency
    duty = [o for o in turn.book.officers(roles=DUTY_ROLES) if in_unit(agency, o, agency.focal_unit)]
    return _with_deputies(turn, [*duty, *leaders(turn)])


def further_up(turn: Turn, hotspot: HotspotRecord) -> list[OfficerRecord]:
    """Who hears as well when nobody acknowledged it: the heads of its unit, and those who administer the service."""
    heads = heads_of(turn, hotspot.unit) if hotspot.unit is not None else []
    return _with_deputies(turn, [*circle(turn), *heads, *turn.book.officers(roles=[Role.ADMIN])])


def may_follow(turn: Turn, hotspot: HotspotRecord, officer: OfficerRecord) -> bool:
    """Whether this officer may see and acknowledge it."""
    people = further_up(turn, hotspot) if hotspot.reminded >= _RAISED else circle(turn)
    if any(each.id == officer.id for each in people):
        return True
    heads = heads_of(turn, hotspot.unit) if hotspot.unit is not None else []
    return any(each.id == officer.id for each in heads)


def _with_deputies(turn: Turn, people: list[OfficerRecord]) -> list[OfficerRecord]:
    away = [each.deputy_id for each in people if each.deputy_id is not None and each.is_away(turn.now)]
    deputies = [turn.book.officer(deputy) for deputy in away]
    found = {each.id: each for each in [*people, *deputies] if each is not None and each.active}
    return [*found.values()]


# --- telling


def alert(
    turn: Turn, hotspot: HotspotRecord, what: str, *, deed: Deed | None, finding: Finding | None = None
) -> None:
    """Tell everybody of the circle now, by day; put on record who that was.

    Args:
        what: `found`, `grown`, `reminded` or `raised`: which title.
        deed: what goes on record; None where the finding itself does.
        finding: what is new of one that has grown.
    """
    people = further_up(turn, hotspot) if what == "raised" else circle(turn)
    place = turn.book.hotspot_places([hotspot.id]).get(hotspot.id, "")
    ids = turn.book.hotspot_petitions(hotspot.id)
    petitions = turn.book.petitions_by_id(ids)
    listed = [petitions[each] for each in ids if each in petitions]
    size = turn.book.hotspot_sizes([hotspot.id])[hotspot.id]
    told = _Told(what, place, listed, size, finding)
    reached = []
    for officer in people:
        contact = private_chat(turn, officer)
        if contact is None:
            continue
        turn.send(
            _message(turn, hotspot, told, officer, texts_of(turn, contact)),
            to=contact,
            audience="officer",
            priority=Priority.NOTICE,
            coalesce=f"hotspot:{hotspot.id}",
        )
        reached.append(officer.id)
    content: dict[str, Any] = {"people": reached, "petitions": size}
    if finding is not None:
        content |= {"window": finding.window, "count": finding.count, "expected": round(finding.expected, 3)}
    turn.book.note_deed(hotspot.id, deed or Deed.TOLD, content=content)


def remind_at(turn: Turn) -> datetime:
    """When an alert of now that nobody acknowledged is told again."""
    timing = timing_of(turn.facts)
    local = turn.now.astimezone(timing.zone)
    day = timing.calendar.add_working_days(local.date(), turn.facts.agency.hotspots.remind_days)
    return timing.next_allowed(datetime.combine(day, local.time(), timing.zone)).astimezone(UTC)


def remind(turn: Turn) -> None:
    """Alerts that waited too long: once more to the same people, then further up."""
    if timing_of(turn.facts).is_quiet(turn.now):
        return
    for hotspot in turn.book.open_hotspots():
        waits = hotspot.state is HotspotState.NEW and hotspot.remind_at is not None
        if not waits or hotspot.remind_at is None or hotspot.remind_at > turn.now:
            continue
        if hotspot.told_at >= turn.now:
            continue  # this very look told that it has grown
        reminded = hotspot.reminded + 1
        later = remind_at(turn) if reminded < _RAISED else None
        turn.book.change_hotspot(hotspot.id, reminded=reminded, remind_at=later)
        raised = reminded >= _RAISED
        alert(
            turn,
            hotspot,
            "raised" if raised else "reminded",
            deed=Deed.RAISED if raised else Deed.REMINDED,
        )


def digest(turn: Turn, last: str) -> str:
    """What has grown since it was last told, in one message on a working morning. Gives the day it was told of last.

    `last`: that day as of before, ISO; empty for never.
    """
    timing = timing_of(turn.facts)
    today = turn.now.astimezone(timing.zone).date()
    if last == today.isoformat() or timing.is_quiet(turn.now) or turn.now < timing.morning(today):
        return last
    tracked = turn.book.open_hotspots()
    sizes = turn.book.hotspot_sizes([hotspot.id for hotspot in tracked])
    grown = [hotspot for hotspot in tracked if sizes[hotspot.id] > hotspot.digested]
    if grown:
        _send_digest(turn, grown, sizes)
    return today.isoformat()


def _send_digest(turn: Turn, grown: list[HotspotRecord], sizes: dict[int, int]) -> None:
    places = turn.book.hotspot_places([hotspot.id for hotspot in grown])
    reached = []
    for officer in circle(turn):
        contact = private_chat(turn, officer)
        if contact is None:
            continue
        texts = texts_of(turn, contact)
        lines = [
            texts.get(
                "hotspots.digest_line",
                where=where(turn, hotspot, places.get(hotspot.id, ""), texts),
                more=sizes[hotspot.id] - hotspot.digested,
                number=sizes[hotspot.id],
                state=state_line(turn, hotspot, texts),
            )
            for hotspot in grown
        ]
        rows = ((Button(label=texts.get("hotspots.button_open_ones"), token=Press(LIST, 0).token),),)
        turn.send(
            Outgoing(title=texts.get("hotspots.title_digest"), text="\n".join(lines), rows=rows),
            to=contact,
            audience="officer",
            priority=Priority.DIGEST,
            coalesce="hotspots_digest",
        )
        reached.append(officer.id)
    for hotspot in grown:
        size = sizes[hotspot.id]
        turn.book.change_hotspot(hotspot.id, digested=size)
        turn.book.note_deed(hotspot.id, Deed.DIGEST, content={"people": reached, "petitions": size})


# --- words


def where(turn: Turn, hotspot: HotspotRecord, place: str, texts: Texts, *, short: bool = False) -> str:
    """What a hotspot is about. A topic or unit that the profile no longer has is said as such."""
    agency = turn.facts.agency
    try:
        topic = agency.topic(hotspot.topic or "").name(texts.language)
    except UnknownCode:
        topic = texts.get("hotspots.no_topic")
    key = f"hotspots.label_{hotspot.kind}" if short else f"hotspots.where_{hotspot.kind}"
    params = {
        CellKind.TOPIC_PLACE: {"topic": topic, "place": place or texts.get("hotspots.no_place")},
        CellKind.PLACE: {"place": place or texts.get("hotspots.no_place")},
        CellKind.TOPIC_UNIT: {"topic": topic, "unit": unit_name(agency, hotspot.unit or "", texts.language)},
    }[hotspot.kind]
    return texts.get(key, **params)


def state_line(turn: Turn, hotspot: HotspotRecord, texts: Texts) -> str:
    """Whether somebody has acknowledged it, who and when, or that it has ended."""
    if hotspot.closed_at is not None:
        return texts.get("hotspots.state_closed", date=shown_moment_day(turn, hotspot.closed_at, texts))
    if hotspot.acknowledged_at is None:
        return texts.get("hotspots.state_new")
    return texts.get(
        "hotspots.state_acknowledged",
        name=name_of(turn, hotspot.acknowledged_by, texts),
        date=shown_moment_day(turn, hotspot.acknowledged_at, texts),
    )


def name_of(turn: Turn, officer_id: int | None, texts: Texts) -> str:
    officer = turn.book.officer(officer_id) if officer_id is not None else None
    return cards.officer_name(officer, texts) if officer is not None else texts.get("hotspots.somebody")


def shown_moment_day(turn: Turn, moment: datetime, texts: Texts) -> str:
    return cards.shown_date(moment.astimezone(turn.facts.agency.zone).date(), texts)


def visible(turn: Turn, officer: OfficerRecord, petitions: Iterable[PetitionRecord]) -> list[PetitionRecord]:
    """Those this officer may see."""
    agency = turn.facts.agency
    return [each for each in petitions if officer_access(agency, each, officer) is Access.FULL]


def buttons(hotspot: HotspotRecord, texts: Texts, *, listing: bool = True) -> tuple[tuple[Button, ...], ...]:
    """What can be done about an open one. `listing`: also to see its petitions."""
    row = []
    if hotspot.state is HotspotState.NEW:
        label = texts.get("hotspots.button_ack")
        row.append(Button(label=label, token=Press(ACK, hotspot.id).token, style="primary"))
    if listing:
        row.append(Button(label=texts.get("hotspots.button_list"), token=Press(LIST, hotspot.id).token))
    end = Button(label=texts.get("hotspots.button_end"), token=Press(END, hotspot.id).token)
    return (tuple(row), (end,)) if row else ((end,),)


def _message(
    turn: Turn, hotspot: HotspotRecord, told: _Told, officer: OfficerRecord, texts: Texts
) -> Outgoing:
    named, finding = where(turn, hotspot, told.place, texts), told.finding
    usual = finding.expected if finding is not None else hotspot.expected
    lines = [
        texts.get(
            "hotspots.grows",
            where=named,
            voices=finding.count if finding is not None else hotspot.count,
            days=finding.window if finding is not None else hotspot.window,
            usual=_usual(usual, texts),
        ),
        texts.get(
            "hotspots.since",
            date=cards.shown_date(date.fromordinal(hotspot.since_day), texts),
            number=told.size,
        ),
    ]
    seen = visible(turn, officer, told.listed)
    codes = [cards.shown_code(each) for each in seen[:CODES]]
    if codes:
        more = len(seen) - len(codes)
        key = "hotspots.codes_more" if more else "hotspots.codes"
        lines.append(texts.get(key, codes=", ".join(codes), **({"more": more} if more else {})))
    acknowledge = texts.get("hotspots.button_ack")
    if told.what in ("reminded", "raised"):
        told_on = shown_moment_day(turn, hotspot.told_at, texts)
        lines.append(texts.get("hotspots.waited", date=told_on, button=acknowledge))
    lines.append(texts.get("hotspots.advice", button=acknowledge))
    return Outgoing(
        title=texts.get(f"hotspots.title_{told.what}"),
        text="\n".join(lines),
        rows=buttons(hotspot, texts),
        monospace=tuple(codes),
        protect=True,
    )


def _usual(number: float, texts: Texts) -> str:
    if number < _LITTLE:
        return texts.get("hotspots.usual_none")
    whole, part = divmod(round(number * 10), 10)
    shown = texts.get("hotspots.decimal", whole=whole, part=part) if part else str(whole)
    return texts.get("hotspots.usual_about", number=shown)
