"""What officers do about hotspots: see them and their petitions, acknowledge, end the tracking with a note.

Every press is checked here again, and stands on the hotspot's record with who and when.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from handlers import hotspots_cases as cases
from handlers import hotspots_told as told
from handlers.hotspots_told import ACK, END, LIST
from handlers.messages import Button, Outgoing
from handlers.officers import cards, questions, state
from handlers.officers.lists import paged
from handlers.officers.tokens import Press
from petitions.text import clean
from storage.hotspots import Deed, HotspotRecord, HotspotState

if TYPE_CHECKING:
    from handlers.officers.room import Room

CASES: Final = "hotcases"
"""Verb of the buttons for cases to be kept an eye on."""
VERBS: Final = frozenset({ACK, LIST, END, CASES})
COMMANDS: Final = ("hotspots", "diemnong")
MAX_NOTE: Final = 1000
"""Characters."""
_SEEN_A_DAY: Final = 20
"""Looks of one officer at one hotspot that go on record in a day."""


def press(room: Room, wish: Press) -> None:
    """A press on a button of these verbs."""
    page, which = 0, wish.argument
    if ":" in which:
        which, _, number = which.partition(":")
        page = int(number) if number.isdigit() and len(number) < 4 else 0
    if wish.verb == CASES:
        _cases(room, which, page)
    elif not wish.petition_id:
        show_open(room, page)
    else:
        _about(room, wish, page)


def show_open(room: Room, page: int = 0) -> None:
    """/hotspots: those that are tracked and this officer may see, and the ways to the other lists."""
    turn, texts = room.turn, room.texts
    tracked = [each for each in turn.book.open_hotspots() if told.may_follow(turn, each, room.officer)]
    if not tracked and not cases.may_look(turn, room.officer):
        room.refuse("hotspots.not_yours")
        return
    ids = [each.id for each in tracked]
    places, sizes = turn.book.hotspot_places(ids), turn.book.hotspot_sizes(ids)
    lines = [
        room.text(
            "hotspots.open_line",
            where=told.where(turn, each, places.get(each.id, ""), texts),
            number=sizes[each.id],
            date=cards.shown_date(date.fromordinal(each.since_day), texts),
            state=told.state_line(turn, each, texts),
        )
        for each in tracked[:MOST_LINES]
    ]
    listed = [
        Button(
            label=told.where(turn, each, places.get(each.id, ""), texts, short=True),
            token=Press(LIST, each.id).token,
        )
        for each in tracked
    ]
    rows = paged(listed, page, lambda to: Press(LIST, 0, f"p:{to}").token, texts)
    room.send(
        Outgoing(
            title=room.text("hotspots.open_title"),
            text="\n".join(lines) or room.text("hotspots.open_empty"),
            rows=(*rows, *_other_lists(room)),
            protect=True,
        )
    )


MOST_LINES: Final = 12
"""Hotspots told in words; the others have their button."""


def take_note(room: Room, pending: state.Pending, words: str) -> None:
    """What was done, in the officer's words: the tracking ends."""
    note = clean(words)
    if not note:
        room.say("hotspots.note_empty", button=room.text("hotspots.button_cancel"))
        return
    if len(note) > MAX_NOTE:
        room.say("hotspots.note_too_long", limit=MAX_NOTE, count=len(note))
        return
    questions.forget(room)
    hotspot = _mine(room, pending.petition_id)
    if hotspot is None or _over(room, hotspot):
        return
    book, officer = room.turn.book, room.officer
    values = {"state": HotspotState.CLOSED.value, "closed_at": room.turn.now, "closed_by": officer.id}
    if hotspot.acknowledged_at is None:
        values |= {"acknowledged_at": room.turn.now, "acknowledged_by": officer.id}
    book.change_hotspot(hotspot.id, **values, remind_at=None)
    book.note_deed(hotspot.id, Deed.CLOSED, officer_id=officer.id, content={"note": note})
    room.say("hotspots.closed")


# --- inside


def _about(room: Room, wish: Press, page: int) -> None:
    hotspot = _mine(room, wish.petition_id)
    if hotspot is None:
        return
    if wish.verb == LIST:
        _list(room, hotspot, page)
    elif _over(room, hotspot):
        return
    elif wish.verb == ACK:
        _acknowledge(room, hotspot)
    else:
        _ask_note(room, hotspot)


def _mine(room: Room, hotspot_id: int) -> HotspotRecord | None:
    """The hotspot, locked; one that this officer may not see is answered as one that does not exist."""
    hotspot = room.turn.book.hotspot(hotspot_id, lock=True)
    if hotspot is None or not told.may_follow(room.turn, hotspot, room.officer):
        room.refuse("hotspots.gone")
        return None
    return hotspot


def _over(room: Room, hotspot: HotspotRecord) -> bool:
    if hotspot.closed_at is None:
        return False
    moment = cards.shown_moment(hotspot.closed_at.astimezone(room.turn.facts.agency.zone), room.texts)
    room.refuse("hotspots.is_closed", moment=moment)
    return True


def _acknowledge(room: Room, hotspot: HotspotRecord) -> None:
    turn, officer = room.turn, room.officer
    if hotspot.acknowledged_at is not None:
        _note_seen(room, hotspot)
        moment = hotspot.acknowledged_at.astimezone(turn.facts.agency.zone)
        room.refuse(
            "hotspots.acknowledged_before",
            name=told.name_of(turn, hotspot.acknowledged_by, room.texts),
            moment=cards.shown_moment(moment, room.texts),
        )
        return
    turn.book.change_hotspot(
        hotspot.id,
        state=HotspotState.ACKNOWLEDGED.value,
        acknowledged_at=turn.now,
        acknowledged_by=officer.id,
        remind_at=None,
    )
    turn.book.note_deed(hotspot.id, Deed.ACKNOWLEDGED, officer_id=officer.id)
    room.say("hotspots.acknowledged", where=_where(room, hotspot))


def _list(room: Room, hotspot: HotspotRecord, page: int) -> None:
    turn, texts, book = room.turn, room.texts, room.turn.book
    ids = book.hotspot_petitions(hotspot.id)
    petitions = book.petitions_by_id(ids)
    seen = told.visible(turn, room.officer, [petitions[each] for each in ids if each in petitions])
    newest = max((each.filed_at for each in petitions.values()), default=hotspot.found_at)
    lines = [
        room.text(
            "hotspots.list_head",
            where=_where(room, hotspot),
            state=told.state_line(turn, hotspot, texts),
            date=cards.shown_date(date.fromordinal(hotspot.since_day), texts),
            number=book.hotspot_sizes([hotspot.id])[hotspot.id],
            newest=told.shown_moment_day(turn, newest, texts),
        )
    ]
    if not seen:
        lines.append(room.text("hotspots.list_none_seen"))
    listed = [Button(label=cases.label(room, each), token=Press("case", each.id).token) for each in seen]
    rows = paged(listed, page, lambda to: Press(LIST, hotspot.id, f"p:{to}").token, texts)
    below = told.buttons(hotspot, texts, listing=False) if hotspot.open else ()
    room.send(
        Outgoing(
            title=room.text("hotspots.list_title"), text="\n".join(lines), rows=(*rows, *below), protect=True
        )
    )
    _note_seen(room, hotspot)


def _note_seen(room: Room, hotspot: HotspotRecord) -> None:
    name = f"hotspot:{room.officer.id}:{hotspot.id}"
    if room.turn.book.throttle(name, limit=_SEEN_A_DAY, per=timedelta(days=1)):
        room.turn.book.note_deed(hotspot.id, Deed.SEEN, officer_id=room.officer.id)


def _ask_note(room: Room, hotspot: HotspotRecord) -> None:
    memory = state.load(room.turn.talk, room.turn.now)
    memory.pending = state.Pending(verb=END, petition_id=hotspot.id, asked_at=room.turn.now)
    state.save(room.turn.talk, memory)
    cancel = Button(label=room.text("hotspots.button_cancel"), token=Press("no", 0).token)
    room.ask("hotspots.ask_note", ((cancel,),), where=_where(room, hotspot))


def _where(room: Room, hotspot: HotspotRecord) -> str:
    place = room.turn.book.hotspot_places([hotspot.id]).get(hotspot.id, "")
    return told.where(room.turn, hotspot, place, room.texts)


def _cases(room: Room, which: str, page: int) -> None:
    if not cases.may_look(room.turn, room.officer):
        room.refuse("hotspots.not_yours")
        return
    found = cases.find(room, which)
    if found is None:
        room.refuse("officer.old_button")
        return
    heading, lines = found
    shown = [line for _, line in lines[page * cases.PAGE : (page + 1) * cases.PAGE]]
    listed = [Button(label=cards.shown_code(each), token=Press("case", each.id).token) for each, _ in lines]
    rows = paged(listed, page, lambda to: Press(CASES, 0, f"{which}:{to}").token, room.texts)
    room.send(
        Outgoing(
            text="\n".join([heading, *shown]),
            rows=(*rows, *_other_lists(room, but=which)),
            monospace=tuple(button.label for button in listed[page * cases.PAGE : (page + 1) * cases.PAGE]),
            protect=True,
        )
    )


def _other_lists(room: Room, *, but: str = "") -> tuple[tuple[Button, ...], ...]:
    if not cases.may_look(room.turn, room.officer):
        return ()
    buttons = [
        Button(label=room.text(f"hotspots.button_{which}"), token=Press(CASES, 0, which).token)
        for which in cases.LISTS
        if which != but
    ]
    if but:
        buttons.append(Button(label=room.text("hotspots.button_open_ones"), token=Press(LIST, 0).token))
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
