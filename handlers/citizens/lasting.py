"""Buttons that never grow old: the menu, and those about a filed petition."""

from __future__ import annotations

from handlers import announcements
from handlers.citizens import (
    after,
    commands,
    drafting,
    drafts,
    form_presses,
    further,
    handover,
    joining,
    news,
    own_chats,
    prompts,
    questions,
    second_way,
    tracking,
)
from handlers.citizens.chat import Chat, Press, Rows, in_rows, read_petition
from handlers.citizens.wording import kind_name


def press(chat: Chat, pressed: Press) -> bool:
    """Do what the button says. False where it says nothing we know."""
    match pressed.action:
        case "new":
            _new(chat)
        case "lookup":
            commands.greet(chat)
            tracking.ask_code(chat)
        case "faq" if pressed.argument:
            questions.pressed(chat, pressed.argument)
        case "faq":
            commands.greet(chat)
            questions.show_menu(chat)
        case "lang":
            commands.language(chat, pressed.argument)
        case handover.BACK:
            handover.bring_back(chat)
        case "mine":
            tracking.show_mine(chat)
        case "waystop":
            second_way.stop(chat)
        case joining.YES | joining.NO:
            chat.say("chats.question_over")
        case announcements.START | announcements.STOP:
            return news.press(chat, pressed.action)
        case own_chats.CHATS | own_chats.NOTIFY | own_chats.LEAVE:
            return own_chats.press(chat, pressed.action, pressed.argument)
        case _:
            return _on_petition(chat, pressed)
    return True


def _new(chat: Chat) -> None:
    commands.greet(chat)
    draft = chat.me.draft
    if draft is not None and draft.told:
        chat.lead("citizen.draft_open")
        drafts.resume(chat, draft)
        return
    drafting.begin(chat)
    chat.say("citizen.new", rows=_kind_rows(chat))


def _kind_rows(chat: Chat) -> Rows:
    return in_rows((chat.labelled(kind_name(chat, kind), "kind", kind.value) for kind in prompts.KINDS), 2)


def _on_petition(chat: Chat, pressed: Press) -> bool:
    """A button about a filed petition; whose it is is checked when it is pressed."""
    try:
        petition_id, rest = read_petition(pressed.argument)
    except ValueError:
        return False
    if pressed.action == "status":
        petition = chat.turn.book.petition(petition_id)
        if petition is not None:
            tracking.show(chat, petition)
        return petition is not None
    if pressed.action == joining.FOLLOW:
        petition = chat.turn.book.petition(petition_id)
        if petition is not None:
            joining.follow(chat, petition)
        return petition is not None
    petition = after.own(chat, petition_id)
    if petition is None:
        return True
    match pressed.action:
        case second_way.WAY:
            return second_way.press(chat, petition, rest)
        case "add":
            after.ask_addition(chat, petition)
        case "withdraw":
            after.ask_withdrawal(chat, petition)
        case "reopen":
            after.offer_reopening(chat, petition, "")
        case "rating":
            after.ask_rating(chat, petition)
        case "rate" if rest.isdigit():
            after.rate(chat, petition, int(rest))
        case further.AGAIN:
            further.offer_again(chat, petition)
        case further.GO_UP:
            further.go_up(chat, petition)
        case "unsatisfied":
            after.ask_objection(chat, petition)
        case _:
            return form_presses.press(chat, petition, pressed.action, rest)
    return True
