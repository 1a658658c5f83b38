"""Buttons about the đơn of a filed petition; they stay good, and what they do is checked when it is done."""

from __future__ import annotations

from handlers.citizens import form_changes, form_pages, form_papers, lawful_form, prompts, visits
from handlers.citizens.chat import Chat
from handlers.citizens.form_talk import Flow, Way
from handlers.citizens.state import Ask
from storage.records import PetitionRecord

_OF_QUESTION = frozenset({"fskip", "flater", "fhere", "fscope"})
"""Buttons under one question: good only while that very field is asked for."""


def press(chat: Chat, petition: PetitionRecord, action: str, argument: str) -> bool:
    """Do what the button says. False where it is none of ours. The petition is the citizen's own."""
    if action in _OF_QUESTION:
        _of_question(chat, petition, action, argument)
        return True
    flow = Flow(argument) if argument in set(Flow) else Flow.MAIN
    match action:
        case "form":
            lawful_form.start(chat, petition, flow)
        case "paper":
            chat.close()
            form_papers.send(chat, petition, flow)
        case "paperhere":
            chat.close()
            form_papers.send(chat, petition, here=True)
        case "pages":
            form_pages.start(chat, petition, flow, Way.PHOTOS)
        case "esigned":
            form_pages.start(chat, petition, flow, Way.SIGNED)
        case "handin":
            form_pages.hand_in(chat, petition, flow)
        case "retake" if argument.isdecimal():
            form_pages.retake(chat, petition, int(argument))
        case "notagain" if argument.isdecimal():
            form_pages.not_again(chat, petition, int(argument))
        case "visit":
            visits.start(chat, petition)
        case "revisit":
            visits.offer_days(chat, petition)
        case "unvisit":
            visits.cancel(chat, petition)
        case "vday":
            visits.choose_day(chat, petition, argument)
        case "vtime":
            visits.choose_time(chat, petition, argument)
        case "fchange":
            form_changes.choose_change(chat, petition)
        case "fkey":
            form_changes.change(chat, petition, argument)
        case "authorise":
            form_changes.authorise(chat, petition)
        case "part":
            form_changes.withdraw_part(chat, petition)
        case _:
            return False
    return True


def _of_question(chat: Chat, petition: PetitionRecord, action: str, key: str) -> None:
    talk, ask = chat.me.form, chat.me.ask
    asked = ask is not None and ask.what is Ask.FORM
    if talk is None or not asked or (talk.petition_id, talk.key) != (petition.id, key):
        if asked:
            chat.lead("form.old_question")
            lawful_form.repeat(chat)
        elif chat.me.draft is not None:
            chat.lead("citizen.old_button_draft")
            prompts.repeat(chat)
        else:
            chat.say("citizen.old_button")
        return
    match action:
        case "fskip":
            lawful_form.skip(chat)
        case "flater":
            lawful_form.later(chat)
        case "fhere":
            lawful_form.insist(chat)
        case _:
            form_changes.put_scope(chat, petition)
