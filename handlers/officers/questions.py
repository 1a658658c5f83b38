"""Words an officer is asked for: a reason, a note, a question or an answer to the citizen.

What reaches a citizen, and what cannot be taken back, is shown once more before it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import cases
from handlers.case_changes import decider, goes_to_focal
from handlers.messages import Button, Outgoing
from handlers.officers import cards, corrections, state, steps
from handlers.officers.access import unit_name
from handlers.officers.refusals import RIGHTS, explain
from handlers.officers.tokens import Press, action_of
from petitions.kinds import Action
from petitions.text import clean
from petitions.workflow import Refused

if TYPE_CHECKING:
    from typing import Any

    from handlers.officers.room import Room
    from storage.records import PetitionRecord

CONFIRMED: Final = frozenset(
    {
        Action.ASK_CITIZEN,
        Action.MESSAGE_CITIZEN,
        Action.ANSWER,
        Action.CLOSE,
        Action.WITHDRAW,
        Action.CORRECT,
        Action.TRANSFER,
    }
)
"""Actions whose words are shown again before they count."""

OPEN_IDENTITY: Final = "who"
"""The one question that is no action of the table: why the sealed identity is opened."""

MAX_WORDS: Final = 3000
"""Characters; what goes to a citizen must fit one message with its heading."""


def ask(room: Room, petition: PetitionRecord, verb: str, argument: str = "") -> None:
    """Put the question for `verb` and remember it. In a group the officer is led to the private chat
    first."""
    key = f"officer.ask_{action_of(verb) or verb}"
    if room.in_group:
        token = Press(verb, petition.id, argument).token
        row = (Button(label=room.text("officer.button_write"), token=token, style="primary"),)
        room.ask("officer.continue_here", (row,), petition_id=petition.id, code=cards.shown_code(petition))
        room.acknowledge("officer.see_private")
        return
    memory = state.load(room.turn.talk, room.turn.now)
    memory.pending = state.Pending(
        verb=verb, petition_id=petition.id, argument=argument, asked_at=room.turn.now
    )
    state.save(room.turn.talk, memory)
    room.ask(
        key, ((_cancel_button(room, petition),),), petition_id=petition.id, code=cards.shown_code(petition)
    )


def take_words(room: Room, pending: state.Pending, words: str) -> None:
    """The officer's words for the open question: shown again, or done at once."""
    text = clean(words)
    petition = room.turn.book.petition(pending.petition_id)
    if petition is None:
        forget(room)
        room.refuse("officer.unknown_case")
        return
    if not text:
        room.say("officer.words_empty", petition_id=petition.id)
        return
    if len(text) > MAX_WORDS:
        room.say("officer.words_too_long", petition_id=petition.id, limit=MAX_WORDS, count=len(text))
        return
    if action_of(pending.verb) not in CONFIRMED:
        forget(room)
        finish(room, petition, pending.model_copy(update={"text": text}))
        return
    memory = state.load(room.turn.talk, room.turn.now)
    memory.pending = pending.model_copy(update={"text": text, "asked_at": room.turn.now})
    state.save(room.turn.talk, memory)
    _show_again(room, petition, memory.pending)


def _show_again(room: Room, petition: PetitionRecord, pending: state.Pending) -> None:
    action = _known_action(pending)
    agree = Button(label=agreement(room, pending), token=Press("yes", petition.id).token, style="primary")
    rows = ((agree,), (_cancel_button(room, petition),))
    effect = ""
    if action is Action.CORRECT:
        effect = corrections.described(room, petition, pending.argument)
    elif action is Action.TRANSFER:
        unit = pending.argument
        if goes_to_focal(room.turn, petition, unit):
            unit = decider(room.turn, petition)
        effect = unit_name(room.turn.facts.agency, unit, room.texts.language)
    elif action is Action.ANSWER and petition.members:
        effect = "\n\n" + room.text("merging.answer_goes_to_all", count=petition.members)
    room.ask(
        f"officer.preview_{action}",
        rows,
        petition_id=petition.id,
        protect=True,
        code=cards.shown_code(petition),
        text=pending.text,
        effect=effect,
    )


def agreement(room: Room, pending: state.Pending) -> str:
    """What stands on the button that confirms these words."""
    if pending.given:
        return room.text("officer.confirm_step")
    return room.text(f"officer.confirm_{_known_action(pending)}")


def confirm(room: Room, petition_id: int) -> None:
    """The officer pressed or typed yes: do what was shown. A press on an old preview does nothing."""
    memory = state.load(room.turn.talk, room.turn.now)
    pending = memory.pending
    if pending is None or not pending.text or pending.petition_id != petition_id:
        room.refuse("officer.nothing_to_confirm")
        return
    petition = room.turn.book.petition(petition_id)
    forget(room)
    if petition is None:
        room.refuse("officer.unknown_case")
        return
    finish(room, petition, pending)


def cancel(room: Room) -> None:
    """Drop the open question."""
    forget(room)
    room.acknowledge("officer.cancelled")
    room.say("officer.cancelled")


def forget(room: Room) -> None:
    memory = state.load(room.turn.talk, room.turn.now)
    memory.pending = None
    state.save(room.turn.talk, memory)


def finish(room: Room, petition: PetitionRecord, pending: state.Pending) -> None:
    """Do what the words were asked for."""
    if pending.verb == OPEN_IDENTITY:
        from handlers.officers import details

        details.open_identity(room, petition, pending.text)
        return
    if pending.given:
        steps.finish(room, petition, pending)
        return
    action = _known_action(pending)
    wanted = "reason" if _wants_reason(room, petition, action) else "text"
    given: dict[str, Any] = {wanted: pending.text}
    if action is Action.TRANSFER:
        given["unit"] = pending.argument
    elif action is Action.CORRECT:
        given |= corrections.changes(room, petition, pending.argument)
    act(room, petition, action, **given)


def act(room: Room, petition: PetitionRecord, action: Action, **given: Any) -> bool:
    """Do `action` as this officer and say what came of it. True when it was done."""
    try:
        after = cases.perform(room.turn, petition.id, action, room.actor, **given)
    except cases.UnknownPetition:
        room.refuse("officer.unknown_case")
        return False
    except Refused as refused:
        now = room.turn.book.petition(petition.id) or petition
        if refused.code in RIGHTS:
            cases.put_on_record(room.turn, now, room.actor, action.value, refused.code.value)
        key, params = explain(room.turn, now, action, refused)
        room.refuse(key, **params)
        return False
    key = f"officer.done_{action}"
    done: dict[str, object] = {}
    if key not in room.texts:
        key = "officer.done_step"
        done = {
            "code": cards.shown_code(after),
            "action": room.text(f"cards.button_{action}").rstrip("…"),
        }
    room.acknowledge(key, **done)
    if action is Action.ANSWER:
        row = (Button(label=room.text("cards.button_close"), token=Press("close", after.id).token),)
        room.ask("officer.answered_now_close", (row,), petition_id=after.id, code=cards.shown_code(after))
    elif not room.in_group:
        rows: tuple[tuple[Button, ...], ...] = ()
        if done:  # a legal step: the next one is on the card, which stands further up
            rows = ((Button(label=room.text("notices.button_open"), token=Press("case", after.id).token),),)
        room.send(Outgoing(text=room.text(key, **done), rows=rows), petition_id=after.id)
    return True


def _known_action(pending: state.Pending) -> Action:
    action = action_of(pending.verb)
    if action is None:
        raise ValueError(f"no action behind {pending.verb}")
    return action


def _wants_reason(room: Room, petition: PetitionRecord, action: Action) -> bool:
    """Whether the table asks for a reason (the unit's record) rather than words for the citizen."""
    try:
        row = cases.check(room.turn, petition, action, room.actor)
    except (Refused, cases.UnknownPetition):
        return False  # `act` meets the same refusal and says it
    return "reason" in row.needs


def _cancel_button(room: Room, petition: PetitionRecord) -> Button:
    return Button(label=room.text("officer.button_cancel"), token=Press("no", petition.id).token)
