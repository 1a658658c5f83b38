"""What an officer's press does. Every press is checked again here: who, which role and unit, and whether the
petition still allows it; a button only ever says what was wished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import case_clocks, cases, console_sign_in, gathering, hotspots_desk
from handlers.messages import Outgoing
from handlers.officers import (
    cards,
    choosing,
    corrections,
    details,
    drafts,
    find,
    form_view,
    gaps,
    history,
    inbox,
    merging,
    questions,
    relay,
    state,
    step_answers,
    steps,
)
from handlers.officers.access import Access, officer_access, sealed
from handlers.officers.refusals import RIGHTS, explain
from handlers.officers.room import Room, room_of
from handlers.officers.tokens import Press, action_of, parse, read_number
from petitions.kinds import Action
from petitions.workflow import Refused

if TYPE_CHECKING:
    from handlers.messages import Choice
    from handlers.turn import Turn
    from storage.records import PetitionRecord


def press(turn: Turn, choice: Choice) -> None:
    """Handle a press on an officer's button, whoever pressed it and wherever."""
    room = _room(turn)
    if room is None:
        return
    wish = parse(choice.token)
    if wish is None:
        room.refuse("officer.old_button")
        return
    match wish.verb:
        case "inbox":
            inbox.show(room, wish.argument)
        case "gaps":
            gaps.show(room, wish.argument)
        case "find":
            find.more(room, wish)
        case console_sign_in.VERB:
            console_sign_in.end_all(room)
        case "no" if state.load(turn.talk, turn.now).pending is None:
            room.refuse("officer.old_button")
        case "no":
            questions.cancel(room)
        case "yes":
            questions.confirm(room, wish.petition_id)
        case verb if verb in hotspots_desk.VERBS:
            hotspots_desk.press(room, wish)
        case _:
            _about_petition(room, wish)


def _room(turn: Turn) -> Room | None:
    """The officer's room; everybody else is told on the button, and nothing more happens."""
    room = room_of(turn)
    if room is not None:
        return room
    if turn.officer is not None and turn.officer.active:
        turn.acknowledgement = turn.text("officer.open_private_first")
    elif turn.incoming.is_group and not turn.incoming.person:
        turn.acknowledgement = turn.text("officer.anonymous_admin")
    else:
        turn.acknowledgement = turn.text("officer.not_linked_short")
        if not turn.incoming.is_group:
            turn.say("officer.not_linked")
    return None


def _about_petition(room: Room, wish: Press) -> None:
    petition = room.turn.book.petition(wish.petition_id)
    access = officer_access(room.turn.facts.agency, petition, room.officer)
    if petition is None or access is Access.NONE:
        if petition is not None:
            tried = action_of(wish.verb) or wish.verb
            cases.put_on_record(room.turn, petition, room.actor, tried, "hidden")
        room.refuse("officer.unknown_case")
        return
    if room.in_group and sealed(petition):
        # A card from before the case was sealed: nothing is done or shown from a group.
        room.refuse("officer.sealed_in_group")
        return
    match wish.verb:
        case "view":
            details.show(room, petition)
        case "log":
            history.show(room, petition)
        case "case":
            inbox.show_case(room, petition)
            if room.in_group:
                room.acknowledge("officer.see_private")
        case form_view.VERB:
            form_view.send_paper(room, petition, wish.argument)
        case drafts.LIST:
            drafts.show(room, petition)
        case drafts.MAKE:
            drafts.send(room, petition, wish.argument)
        case "file":
            details.send_file(room, petition, read_number(wish.argument))
        case "more":
            _more(room, petition)
        case merging.MEMBERS:
            merging.show_members(room, petition, wish.argument)
        case "pick":
            _pick(room, petition, wish.argument)
        case "who":
            questions.ask(room, petition, questions.OPEN_IDENTITY)
        case "relay":
            relay.send_note_on(room, petition, read_number(wish.argument, base=10))
        case _:
            _act(room, petition, wish)


def _act(room: Room, petition: PetitionRecord, wish: Press) -> None:
    action = action_of(wish.verb)
    if action is None:
        room.refuse("officer.old_button")
        return
    try:
        row = cases.check(room.turn, petition, action, room.actor)
        case_clocks.check_possible(room.turn, petition, row)
        gathering.check_possible(petition, action)
    except cases.UnknownPetition:
        room.refuse("officer.unknown_case")
        return
    except Refused as refused:
        if refused.code in RIGHTS:
            cases.put_on_record(room.turn, petition, room.actor, action.value, refused.code.value)
        key, params = explain(room.turn, petition, action, refused)
        room.refuse(key, **params)
        _show_as_it_is(room, petition)
        return
    listing = not wish.argument or wish.argument.startswith("p:")
    if action is Action.ASSIGN and listing:
        choosing.offer_colleagues(room, petition, wish.argument)
    elif action is Action.ASSIGN:
        questions.act(room, petition, action, officer_id=read_number(wish.argument))
    elif action is Action.TRANSFER and listing:
        choosing.offer_units(room, petition, wish.argument)
    elif action is Action.CORRECT and corrections.offer(room, petition, wish.argument):
        return
    elif steps.is_step(action, row):
        steps.begin(room, petition, wish.verb, row, argument=wish.argument)
    elif row.needs & {"text", "reason"}:
        questions.ask(room, petition, wish.verb, wish.argument)
    else:
        questions.act(room, petition, action)


def _more(room: Room, petition: PetitionRecord) -> None:
    """Everything the card has no place for."""
    buttons = cards.actions_of(room.turn, petition, room.officer, room.texts)
    rows = tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))
    text = room.text("officer.more_actions", code=cards.shown_code(petition))
    room.send(Outgoing(text=text, rows=rows), petition_id=petition.id)


def _pick(room: Room, petition: PetitionRecord, argument: str) -> None:
    """A choice for the step that is open; of another case or an older question it is an old button."""
    pending = state.load(room.turn.talk, room.turn.now).pending
    if pending is None or pending.petition_id != petition.id or not pending.asking:
        room.refuse("officer.old_button")
        return
    if argument.startswith("p:"):
        row = cases.check(room.turn, petition, steps.action_behind(pending), room.actor)
        step_answers.ask(room, petition, row, pending, choosing.page_of(argument))
    else:
        steps.take(room, pending, argument)


def _show_as_it_is(room: Room, petition: PetitionRecord) -> None:
    """An old button stood under an old card: bring the card in this chat up to date."""
    if not room.in_group and room.turn.book.card(petition.id, room.contact.id) is not None:
        card = cards.private_card(room.turn, petition, room.officer, room.texts)
        room.send(card, petition_id=petition.id, card_of=petition.id)
