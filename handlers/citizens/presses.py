"""Buttons pressed. One of an earlier state changes nothing and is answered kindly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from handlers.citizens import (
    after,
    authorities,
    doubts,
    draft_asks,
    drafting,
    drafts,
    emergency,
    filed_asks,
    filing,
    filling,
    known_case,
    lasting,
    own_page,
    person,
    prompts,
    reading,
    review,
    second,
)
from handlers.citizens.chat import TIMELESS, Chat, Press, read_token
from handlers.citizens.dropping import drop
from handlers.citizens.state import DOUBT, OUTSIDE, REVIEW, Ask, Draft
from handlers.citizens.wording import shown_code
from petitions.kinds import Kind


def press(chat: Chat, token: str) -> None:
    """Do what the button says, if it is one of the present state."""
    pressed = read_token(token)
    if pressed is None:
        _old(chat)
        return
    if pressed.version == TIMELESS:
        if not lasting.press(chat, pressed):
            _old(chat)
        return
    if _sent_already(chat, pressed):
        return
    action = _ACTIONS.get(pressed.action)
    if pressed.version != chat.version or action is None:
        _old(chat)
        return
    action(chat, pressed.argument)


def _old(chat: Chat) -> None:
    """The button's time is over; where something is open it is put again."""
    if chat.me.draft is not None and chat.me.danger is None:
        chat.lead("citizen.old_button_draft")
        prompts.repeat(chat)
    else:
        chat.say("citizen.old_button")


def _sent_already(chat: Chat, pressed: Press) -> bool:
    """The same confirmation pressed twice files once; the second press is told the code again."""
    if pressed.action not in {"send", "both"}:
        return False
    filed = [item for item in chat.me.filed if item.pressed == pressed.version]
    if not filed:
        return False
    petitions = [p for p in (chat.turn.book.petition(item.petition_id) for item in filed) if p is not None]
    codes = tuple(shown_code(p) for p in petitions)
    chat.send(chat.text("citizen.sent_already", codes=", ".join(codes)), monospace=codes)
    return True


# --- buttons of the draft


def _with_draft(work: Callable[[Chat, Draft, str], None]) -> Callable[[Chat, str], None]:
    """The work, where there is a draft; else the button is an old one."""

    def run(chat: Chat, argument: str) -> None:
        if chat.me.draft is None:
            _old(chat)
            return
        chat.me.draft.touched_at = chat.turn.now
        work(chat, chat.me.draft, argument)

    return run


def _kind(chat: Chat, draft: Draft, argument: str) -> None:
    if argument in set(Kind):
        drafting.choose_kind(draft, Kind(argument))
    prompts.advance(chat)


def _skip(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    if draft.step == "phone":
        reading.pass_phone(chat, draft)
    else:
        reading.pass_over(chat, draft)
    prompts.advance(chat, quiet=True)


def _done(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    draft.form = draft.form.model_copy(update={"files": "done"})
    prompts.advance(chat, quiet=True)


def _send(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    if draft.step != REVIEW:
        prompts.repeat(chat)
        return
    filing.finish(chat, draft, pressed=chat.version)


def _identity(chat: Chat, draft: Draft, argument: str) -> None:
    reading.choose_identity(chat, draft, "anonymous" if argument == "anonymous" else "confidential")
    prompts.advance(chat, quiet=True)


def _doubt(chat: Chat, draft: Draft, argument: str) -> None:
    if draft.step == DOUBT:
        doubts.settle(chat, draft, argument.replace("-", ":"))
    prompts.advance(chat)


def _forward(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    if draft.step == OUTSIDE:
        filling.forward(chat, draft)
    prompts.advance(chat)


def _myself(chat: Chat, draft: Draft, argument: str) -> None:
    """The citizen goes to the authority without us: the draft is not needed any more."""
    del argument
    if draft.step == OUTSIDE:
        authorities.go_there(chat, draft)
    else:
        prompts.repeat(chat)


def _inside(chat: Chat, draft: Draft, argument: str) -> None:
    """The citizen says that it is this office's matter after all; the focal unit decides."""
    del draft, argument
    draft_asks.set_topic(chat, None)


def _join(chat: Chat, draft: Draft, argument: str) -> None:
    if argument.isdigit():
        filling.join(chat, draft, int(argument))
    else:
        _old(chat)


def _apart(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    filling.join(chat, draft, known_case.APART)


def _correct(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    review.ask_what(chat, draft)


def _edit(chat: Chat, draft: Draft, argument: str) -> None:
    del draft
    draft_asks.edit(chat, argument)


def _cancel(chat: Chat, draft: Draft, argument: str) -> None:
    del draft, argument
    drafts.ask_discard(chat)


def _nameless(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    person.refuse_name(chat, draft)


def _same(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    person.same_as_before(chat, draft)
    prompts.advance(chat)


def _identity_here(chat: Chat, draft: Draft, argument: str) -> None:
    del argument
    own_page.insist(chat, draft)
    prompts.advance(chat, quiet=True)


def _later(chat: Chat, draft: Draft, argument: str) -> None:
    if argument == "forget":
        drafts.discard(chat)
    else:
        drafts.keep(chat, draft, remind=argument == "remind")


def _topic(chat: Chat, draft: Draft, argument: str) -> None:
    del draft, argument
    draft_asks.set_topic(chat, None)


# --- buttons of a question beside the draft


def _of(what: Ask, work: Callable[[Chat], None]) -> Callable[[Chat, str], None]:
    """The work, while that question is open."""

    def run(chat: Chat, argument: str) -> None:
        del argument
        if chat.me.ask is None or chat.me.ask.what is not what:
            _old(chat)
        else:
            work(chat)

    return run


def _discard(chat: Chat) -> None:
    text = chat.me.ask.text if chat.me.ask is not None else ""
    if text:
        draft_asks.replace_draft(chat, text)
    else:
        drafts.discard(chat)


def _withdraw(chat: Chat) -> None:
    ask = chat.me.ask
    petition = after.own(chat, ask.petition_id) if ask is not None else None
    if ask is not None and petition is not None:
        after.withdraw(chat, petition, ask.text)


def _object(chat: Chat) -> None:
    petition = after.own(chat, chat.me.ask.petition_id) if chat.me.ask is not None else None
    if petition is not None:
        after.object_to(chat, petition, "")


def _reopen(chat: Chat) -> None:
    if chat.me.ask is not None:
        filed_asks.reopen_or_link(chat, chat.me.ask)


def _linked(chat: Chat) -> None:
    if chat.me.ask is not None:
        filed_asks.link_new(chat, chat.me.ask)


def _is_story(chat: Chat) -> None:
    if chat.me.ask is not None:
        draft_asks.begin_with(chat, chat.me.ask)
        prompts.advance(chat)


def _both(chat: Chat) -> None:
    second.both(chat, pressed=chat.version)


def _always(work: Callable[[Chat], None]) -> Callable[[Chat, str], None]:
    def run(chat: Chat, argument: str) -> None:
        del argument
        work(chat)

    return run


def _number(work: Callable[[Chat, int], None]) -> Callable[[Chat, str], None]:
    def run(chat: Chat, argument: str) -> None:
        if argument.isdigit():
            work(chat, int(argument))
        else:
            _old(chat)

    return run


_ACTIONS: Final[dict[str, Callable[[Chat, str], None]]] = {
    "kind": _with_draft(_kind),
    "skip": _with_draft(_skip),
    "done": _with_draft(_done),
    "send": _with_draft(_send),
    "doubt": _with_draft(_doubt),
    "identity": _with_draft(_identity),
    "forward": _with_draft(_forward),
    "myself": _with_draft(_myself),
    "inside": _with_draft(_inside),
    "join": _with_draft(_join),
    "apart": _with_draft(_apart),
    "correct": _with_draft(_correct),
    "edit": _with_draft(_edit),
    "cancel": _with_draft(_cancel),
    "nameless": _with_draft(_nameless),
    "same": _with_draft(_same),
    "idhere": _with_draft(_identity_here),
    "later": _with_draft(_later),
    "topic": _with_draft(_topic),
    "keep": _always(drafts.go_on),
    "discard": _of(Ask.DISCARD, _discard),
    "restart": _of(Ask.START_OVER, drafts.start_over),
    "both": _of(Ask.SECOND, _both),
    "first": _of(Ask.SECOND, second.first_only),
    "together": _of(Ask.SECOND, second.together),
    "withdraw": _of(Ask.WITHDRAW, _withdraw),
    "keepit": _of(Ask.WITHDRAW, filed_asks.keep_petition),
    "reopenit": _of(Ask.REOPEN, _reopen),
    "linked": _of(Ask.REOPEN, _linked),
    "object": _of(Ask.UNSATISFIED, _object),
    "isstory": _of(Ask.MAYBE_STORY, _is_story),
    "late": _of(Ask.REPLAYED, draft_asks.take_replayed),
    "asnew": _of(Ask.ADD_OR_NEW, filed_asks.as_new),
    "addto": _number(filed_asks.add_to),
    "which": _number(filed_asks.which),
    "drop": _always(drop),
    "danger": emergency.press,
}
