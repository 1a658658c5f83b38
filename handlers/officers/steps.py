"""A legal step with several things to tell: asked one by one, shown once more, then done.

Which things they are stands in the row of the workflow table (`needs`); how each is asked and read, in
`handlers.officers.step_answers`. Nothing happens before the last press.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from handlers import case_clocks, cases
from handlers.case_details import Details
from handlers.messages import Button
from handlers.officers import cards, merging, state, step_answers
from handlers.officers.refusals import explain
from handlers.officers.tokens import Press, action_of, read_number
from petitions.agency_parts import OUTSIDE
from petitions.kinds import Action
from petitions.transition_rows import NEEDS
from petitions.workflow import RefusalCode, Refused

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from petitions.transition_rows import Transition
    from storage.records import PetitionRecord

_SHORTER: Final = frozenset(
    {
        Action.ASSIGN,
        Action.TRANSFER,
        Action.CORRECT,
        Action.ASK_CITIZEN,
        Action.MESSAGE_CITIZEN,
        Action.NOTE,
        Action.ANSWER,
        Action.CLOSE,
        Action.REOPEN,
        Action.WITHDRAW,
    }
)
"""What has a dialogue of its own, one question long (`handlers.officers.questions`)."""


def is_step(action: Action, row: Transition) -> bool:
    """Whether this dialogue asks for what the row needs."""
    return action not in _SHORTER and bool(row.needs)


def begin(room: Room, petition: PetitionRecord, verb: str, row: Transition, *, argument: str = "") -> None:
    """Ask for the first thing the row needs; in a group the officer is led to the private chat first.

    `argument`: the other petition, where the button named it.
    """
    if room.in_group:
        press = Press(verb, petition.id, argument)
        button = Button(label=room.text("officer.button_write"), token=press.token, style="primary")
        room.ask(
            "officer.continue_here", ((button,),), petition_id=petition.id, code=cards.shown_code(petition)
        )
        room.acknowledge("officer.see_private")
        return
    other = read_number(argument) if "linked" in row.needs else 0
    known = merging.may_know(room, room.turn.book.petition(other)) if other else False
    given = {"linked": other} if known and other != petition.id else {}
    pending = state.Pending(verb=verb, petition_id=petition.id, given=given, asked_at=room.turn.now)
    _next(room, petition, row, pending)


def take(room: Room, pending: state.Pending, words: str) -> None:
    """What the officer typed or chose for the need that is asked now."""
    petition = room.turn.book.petition(pending.petition_id)
    row = _row(room, petition, pending) if petition is not None else None
    if petition is None or row is None:
        return
    if not pending.asking:  # everything is told; these words neither agree nor cancel
        _show_again(room, petition, row, pending)
        return
    answer = step_answers.read(room, petition, row, pending, words)
    if isinstance(answer, step_answers.Unread):
        _remember(room, pending.model_copy(update={"misses": pending.misses + 1}))
        room.say(answer.key, petition_id=petition.id, **answer.params)
        return
    given = pending.given | {pending.asking: answer}
    if pending.asking in _DATED and not _day_allowed(room, petition, row, given):
        return
    _next(room, petition, row, pending.model_copy(update={"given": given, "asked_at": room.turn.now}))


_DATED: Final = frozenset({"on", "moment", "due"})
_ANOTHER_DAY: Final = frozenset(
    {RefusalCode.DATE_AHEAD, RefusalCode.DATE_TOO_EARLY, RefusalCode.DATE_PAST, RefusalCode.TERM_OVER}
)
"""Refusals that another day answers: said at once, and the question stays open."""


def _day_allowed(room: Room, petition: PetitionRecord, row: Transition, given: dict[str, Any]) -> bool:
    """Whether the law takes the day just told; what else it refuses is said when everything is told."""
    details = Details(**fields_of(given))
    clocks = room.turn.book.clocks(petition.id)
    try:
        case_clocks.check(room.turn, petition, clocks, row, details, case_clocks.today_of(room.turn))
    except Refused as refused:
        if refused.code in _ANOTHER_DAY:
            key, params = explain(room.turn, petition, row.action, refused)
            room.say(key, petition_id=petition.id, **params)
            return False
    return True


def action_behind(pending: state.Pending) -> Action:
    """The action of a pending step. Raises ValueError for a verb no button has."""
    action = action_of(pending.verb)
    if action is None:
        raise ValueError(f"no action behind {pending.verb}")
    return action


def finish(room: Room, petition: PetitionRecord, pending: state.Pending) -> None:
    """The officer agreed: do it."""
    from handlers.officers.questions import act

    act(room, petition, action_behind(pending), **fields_of(pending.given))


def fields_of(given: dict[str, Any]) -> dict[str, Any]:
    """What `cases.perform` gets for what was given."""
    fields: dict[str, Any] = {}
    for need, value in given.items():
        match need:
            case "on" | "due":
                fields[need] = date.fromisoformat(value)
            case "moment":
                fields[need] = datetime.fromisoformat(value)
            case "officer":
                fields["officer_id"] = value
            case "destination":
                fields[need] = f"{OUTSIDE}:{value}"
            case _:
                fields[need] = value
    return fields


def _next(room: Room, petition: PetitionRecord, row: Transition, pending: state.Pending) -> None:
    """The next need, or everything once more."""
    open_needs = [need for need in NEEDS if need in row.needs and need not in pending.given]
    asking = open_needs[0] if open_needs else ""
    pending = pending.model_copy(update={"asking": asking, "text": "" if asking else "…", "misses": 0})
    _remember(room, pending)
    if asking:
        step_answers.ask(room, petition, row, pending)
    else:
        _show_again(room, petition, row, pending)


def _show_again(room: Room, petition: PetitionRecord, row: Transition, pending: state.Pending) -> None:
    lines = [
        room.text(
            "officer.step_line",
            label=room.text(f"officer.step_{need}"),
            value=step_answers.shown(room, petition, need, pending.given[need]),
        )
        for need in NEEDS
        if need in pending.given
    ]
    agree = Button(
        label=room.text("officer.confirm_step"), token=Press("yes", petition.id).token, style="primary"
    )
    drop = Button(label=room.text("officer.button_cancel"), token=Press("no", petition.id).token)
    about = merging.what_happens(room, petition, row.action, pending.given.get("linked"))
    room.ask(
        "officer.preview_step",
        ((agree,), (drop,)),
        petition_id=petition.id,
        protect=True,
        code=cards.shown_code(petition),
        action=room.text(f"cards.button_{row.action}").rstrip("…"),
        lines="\n".join(lines) + (f"\n\n{about}" if about else ""),
    )


def _row(room: Room, petition: PetitionRecord, pending: state.Pending) -> Transition | None:
    """The row the step stands on; where it is not allowed any more, that is said and the step dropped."""
    action = action_of(pending.verb)
    if action is None:
        return None
    try:
        return cases.check(room.turn, petition, action, room.actor)
    except cases.UnknownPetition:
        _forget(room)
        room.refuse("officer.unknown_case")
    except Refused as refused:
        _forget(room)
        key, params = explain(room.turn, petition, action, refused)
        room.refuse(key, **params)
    return None


def _remember(room: Room, pending: state.Pending | None) -> None:
    memory = state.load(room.turn.talk, room.turn.now)
    memory.pending = pending
    state.save(room.turn.talk, memory)


def _forget(room: Room) -> None:
    _remember(room, None)
