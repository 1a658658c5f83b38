"""What an officer may do with a case at the console: each action with what it needs, as a form, and its doing.

Which actions there are and what each needs stands in the workflow table, what can be chosen in the same place as for
the chat; a form only brings its values. Everything is done through `handlers.cases`, and only where the case is still
as the officer saw it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from handlers import case_clocks, cases, gathering
from handlers.case_details import Details
from handlers.console_case import found
from handlers.console_fields import INSIDE, Field, Problems, fields_of, read_fields
from handlers.console_office import FILLED, templates_for_use
from handlers.console_story import Step, timeline
from handlers.officers import cards, merging
from handlers.officers.access import sealed
from handlers.officers.refusals import RIGHTS, explain
from handlers.officers.tokens import action_of, has_button, parse
from petitions.kinds import Action
from petitions.workflow import Refused

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from petitions.transition_rows import Transition
    from storage.records import EventRecord, PetitionRecord

HARMLESS: Final = frozenset({Action.DENIED, Action.WARN, Action.ESCALATE, Action.REMIND_FORM})
"""What may happen meanwhile without anybody having to look again before acting."""
_PRIMARY: Final = "primary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One action as a button."""

    action: str
    label: str
    primary: bool
    asks: bool
    """It needs something told first: the button leads to a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One action with what it needs."""

    action: str
    label: str
    agree: str
    fields: tuple[Field, ...]
    seq: int
    notes: tuple[str, ...] = ()
    """What will happen, beside what the fields say."""
    templates: tuple[tuple[str, str], ...] = ()
    """What words for the citizen may begin with: title, words."""
    told: str = ""
    """With which other petition `notes` were shown: what the officer agrees to with the next press."""
    refused: str = ""
    """Why the action is not possible now; there is no form then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a form."""

    done: bool = False
    problem: str = ""
    """Why nothing was done, in words."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """The same by field."""
    changed: tuple[Step, ...] = ()
    """What happened since the officer looked; nothing was done."""
    form: Form | None = None
    """The form again, with what is needed now."""


def is_offered(action: Action) -> bool:
    """Whether the action is one an officer does with a button; everything else happens elsewhere."""
    return has_button(action)


def record_denial(room: Room, code: str, tried: str) -> None:
    """Put an attempt at a hidden case on record; nothing for a code there is not."""
    petition = room.turn.book.petition_by_code(code)
    if petition is not None and found(room, code) is None:
        cases.put_on_record(room.turn, petition, room.actor, tried, "hidden")


def offers(room: Room, petition: PetitionRecord) -> tuple[Offer, ...]:
    """Everything this officer may do with the case now, what moves it first."""
    found_now = []
    for button in cards.actions_of(room.turn, petition, room.officer, room.texts):
        press = parse(button.token)
        action = action_of(press.verb) if press is not None else None
        if action is None:
            continue
        row = cases.check(room.turn, petition, action, room.actor)
        found_now.append(
            Offer(
                action=action.value,
                label=button.label.rstrip("…"),
                primary=button.style == _PRIMARY,
                asks=bool(row.needs) or action is Action.CORRECT,
            )
        )
    return tuple(found_now)


def form_for(room: Room, petition: PetitionRecord, action: Action, *, other: str = "") -> Form:
    """The form of an action; where the law or the table refuses it now, why. `other`: code of a petition named with
    it beforehand."""
    label = room.text(f"cards.button_{action}").rstrip("…")
    try:
        row = cases.check(room.turn, petition, action, room.actor)
        gathering.check_possible(petition, action)
        case_clocks.check_possible(room.turn, petition, row)
    except Refused as refused:
        key, params = explain(room.turn, petition, action, refused)
        return _form(room, petition, action, label, (), refused=room.text(key, **params))
    except cases.UnknownPetition:
        words = room.text("officer.unknown_case")
        return _form(room, petition, action, label, (), refused=words)
    named = found(room, other) if other and "linked" in row.needs else None
    fields = fields_of(room, petition, row)
    if named is not None:
        fields = tuple(
            replace(field, value=cards.shown_code(named)) if field.name == "linked" else field
            for field in fields
        )
    form = _form(room, petition, action, label, fields)
    if action not in INSIDE and any(field.sort == "words" for field in fields):
        form = replace(form, templates=_templates(room, petition))
    return with_notes(room, petition, form, named.id if named is not None else None)


def _form(
    room: Room,
    petition: PetitionRecord,
    action: Action,
    label: str,
    fields: tuple[Field, ...],
    *,
    refused: str = "",
) -> Form:
    key = f"officer.confirm_{action}"
    return Form(
        action=action.value,
        label=label,
        agree=room.text(key) if key in room.texts else room.text("officer.confirm_step") if fields else label,
        fields=fields,
        seq=petition.events_count,
        refused=refused,
    )


def _templates(room: Room, petition: PetitionRecord) -> tuple[tuple[str, str], ...]:
    """The templates of the case's unit with what they name filled in."""
    filled = {
        "code": cards.shown_code(petition),
        "unit": cards.unit_shown(room.turn, petition, room.texts),
        "officer": cards.officer_name(room.officer, room.texts),
    }

    def words(text: str) -> str:
        for name in FILLED:
            text = text.replace(f"{{{name}}}", filled[name])
        return text

    return tuple((each.title, words(each.text)) for each in templates_for_use(room, petition.unit))


def with_notes(room: Room, petition: PetitionRecord, form: Form, linked: int | None) -> Form:
    """The form with what will happen, where another petition takes part in it or more people are told."""
    action = Action(form.action)
    words = merging.what_happens(room, petition, action, linked)
    told = str(linked) if words and linked is not None else ""
    notes = [words] if words else []
    if action is Action.ANSWER and petition.members:
        notes.append(room.text("merging.answer_goes_to_all", count=petition.members))
    return replace(form, notes=tuple(notes), told=told)


def act(room: Room, code: str, action: Action, seq: int, given: Mapping[str, str]) -> Outcome | None:
    """Do what a form asked for. None: no such case, or none this officer may know of.

    `seq`: how many events the case had when the form was made. What others did meanwhile is shown first, and nothing
    is done.
    """
    petition = found(room, code)
    if petition is None:
        return None
    if changed_since(room, petition, seq):
        return _conflict(room, petition, action, seq)
    try:
        row = cases.check(room.turn, petition, action, room.actor)
    except cases.UnknownPetition:
        return None
    except Refused as refused:
        return _refused(room, petition, action, refused)
    read = read_fields(room, petition, row, given)
    if isinstance(read, Problems):
        return Outcome(problems=read.by_field, form=form_for(room, petition, action))
    linked = read.get("linked")
    if action is Action.MERGE and given.get("told") != str(linked):  # what it does to both is shown first
        form = with_notes(room, petition, form_for(room, petition, action), linked)
        if form.told:
            return Outcome(form=form)
    held = gathering.lock(room.turn, petition.id, action, Details(**read))
    if held is None:
        return None
    if changed_since(room, held.petition, seq):  # somebody was quicker while this one waited for the lock
        return _conflict(room, held.petition, action, seq)
    return _do(room, held.petition, row, read)


def open_sealed(room: Room, code: str, what: str, reason: str) -> Outcome | None:
    """Put on record that this officer opens a part of a sealed case (`story`, `identity`, `file`)."""
    petition = found(room, code)
    if petition is None or not sealed(petition):
        return None
    try:
        cases.perform(room.turn, petition.id, Action.NOTE, room.actor, text=reason, extra={"opened": what})
    except cases.UnknownPetition:
        return None
    except Refused as refused:
        return _refused(room, petition, Action.NOTE, refused)
    return Outcome(done=True)


def done_words(room: Room, action: Action, petition: PetitionRecord) -> str:
    """What is said after an action was done."""
    key = f"officer.done_{action}"
    if key in room.texts:
        return room.text(key)
    label = room.text(f"cards.button_{action}").rstrip("…")
    return room.text("officer.done_step", code=cards.shown_code(petition), action=label)


def _do(room: Room, petition: PetitionRecord, row: Transition, values: Mapping[str, Any]) -> Outcome:
    try:
        cases.perform(room.turn, petition.id, row.action, room.actor, **values)
    except cases.UnknownPetition:
        return Outcome(problem=room.text("officer.unknown_case"))
    except Refused as refused:
        return _refused(room, petition, row.action, refused)
    return Outcome(done=True)


def _refused(room: Room, petition: PetitionRecord, action: Action, refused: Refused) -> Outcome:
    if refused.code in RIGHTS:
        cases.put_on_record(room.turn, petition, room.actor, action.value, refused.code.value)
    key, params = explain(room.turn, petition, action, refused)
    return Outcome(problem=room.text(key, **params), form=form_for(room, petition, action))


def _conflict(room: Room, petition: PetitionRecord, action: Action, seq: int) -> Outcome:
    steps = timeline(room, petition, words=not sealed(petition), since_seq=seq)
    return Outcome(
        changed=tuple(step for step in steps if not step.quiet), form=form_for(room, petition, action)
    )


def changed_since(room: Room, petition: PetitionRecord, seq: int) -> bool:
    """Whether something happened since then that somebody has to look at before acting."""
    return any(_matters(event) for event in _since(room, petition, seq))


def _since(room: Room, petition: PetitionRecord, seq: int) -> list[EventRecord]:
    if petition.events_count <= seq:
        return []
    return [event for event in room.turn.book.events(petition.id) if event.seq > seq]


def _matters(event: EventRecord) -> bool:
    return event.action not in HARMLESS and not event.content.get("opened")
