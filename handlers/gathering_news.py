"""What those hear whose petitions are merged into another: each under the own code, each person once.

Never a name or a word of another petitioner: what an officer wrote goes along only where the table says so
(`petitions.shared_notices`), and without the lead's name, number and address.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from handlers import notices
from handlers.messages import Outgoing
from handlers.notice_words import notice_words, template_facts
from handlers.officers import cards
from handlers.turn import Priority
from petitions.kinds import Action
from petitions.notices import Audience, notices_for
from petitions.phones import Phone, find_phones
from petitions.shared_notices import shared
from petitions.transition_groups import LIGHT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.casebook import Casebook
    from storage.records import ContactRecord, EventRecord, NewOutbox, PetitionContent, PetitionRecord

_KEPT_BACK: Final = "\0"
"""Stands for words that are not told; the lines that would hold them are left out."""
_LEFT_OUT: Final = "…"


def tell(
    turn: Turn,
    lead: PetitionRecord,
    members: Sequence[PetitionRecord],
    action: Action,
    given: Mapping[str, Any],
    *,
    told: Collection[int],
) -> None:
    """Queue the news of `action` on the lead for the citizens of `members`, as they are after it.

    `given`: the lead's event; `told`: chats that heard of it already. A person with several of them is told once.
    """
    by_chat: dict[int, tuple[ContactRecord, list[PetitionRecord]]] = {}
    chats = turn.book.notice_contacts_of_many(members, turn.facts.windows)
    for member in members:
        for chat in chats[member.id]:
            by_chat.setdefault(chat.id, (chat, []))[1].append(member)
    words = _Words(turn, lead, action, given)
    row = _row(lead, action)
    if row is None:
        return
    waiting: list[NewOutbox] = []
    for chat, own in by_chat.values():
        if chat.id in told:
            continue
        own.sort(key=lambda petition: petition.id)
        first = own[0]
        discreet = chat.discreet or any(petition.discreet for petition in own)
        texts = turn.facts.catalogue.language(first.language)
        message = notices.discreet_message(first, texts) if discreet else words.message(first, own[1:], texts)
        shown = replace(first, due_on=lead.due_on)
        facts = template_facts(turn, shown, texts, discreet=discreet or first.confidential)
        waiting.append(
            turn.prepared(
                replace(message, quiet=discreet, notice=action.value, facts=facts),
                to=chat,
                audience="citizen",
                priority=Priority.NOTICE,
                petition_id=first.id,
                event_seq=first.events_count,
                legal=row.legal,
            )
        )
    turn.send_prepared(waiting)


def read_again(turn: Turn, member: PetitionRecord, event: EventRecord, texts: Texts) -> Outgoing | None:
    """What a FOLLOW_LEAD event of `member` told, for a chat that kept it back; None where it told nothing."""
    lead = turn.book.petition(int(event.content["lead"]))
    if lead is None:
        return None
    done = next((e for e in turn.book.events(lead.id) if e.seq == event.content["seq"]), None)
    if done is None or shared(done.action, lead.kind) is None:
        return None
    return _Words(turn, lead, done.action, done.content).message(member, (), texts)


def _row(lead: PetitionRecord, action: Action) -> Any:
    rows = notices_for(action, lead.kind, confidential=lead.confidential)
    return next((row for row in rows if row.audience is Audience.CITIZEN), None)


def answer_told(book: Casebook, events: Sequence[EventRecord]) -> str:
    """The last answer this petitioner was given: the own one, or that of the lead without its petitioner."""
    for event in reversed(events):
        if event.action is Action.ANSWER:
            return str(event.content.get("text", ""))
        if event.told_as == Action.ANSWER:
            lead = book.petition(int(event.content["lead"]))
            done = (
                next((e for e in book.events(lead.id) if e.seq == event.content["seq"]), None)
                if lead
                else None
            )
            if lead is None or done is None or lead.kind not in LIGHT:
                return ""
            return without_person(str(done.content.get("text", "")), book.content(lead))
    return ""


class _Words:
    """The words of one event, made once for each language."""

    def __init__(self, turn: Turn, lead: PetitionRecord, action: Action, given: Mapping[str, Any]) -> None:
        self._turn = turn
        self._lead = lead
        self._action = action
        self._given = given
        self._how = shared(action, lead.kind)
        self._known: dict[int, dict[str, object]] = {}
        self._text: str | None = None

    def message(self, member: PetitionRecord, further: Sequence[PetitionRecord], texts: Texts) -> Outgoing:
        """For the person of `member`, who has `further` petitions in the same matter."""
        code = cards.shown_code(member)
        told = texts.get(self._key(texts), **self._params(texts) | {"code": code, "text": self._said()})
        lines = [line.rstrip() for line in told.strip().splitlines() if _KEPT_BACK not in line]
        if further:
            codes = ", ".join(cards.shown_code(other) for other in further)
            lines += ["", texts.get("notices.member_also", codes=codes)]
        return Outgoing(
            text=re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(),
            rows=notices.citizen_buttons(replace(self._lead, id=member.id), self._action, texts),
            monospace=(code,),
        )

    def _key(self, texts: Texts) -> str:
        row = _row(self._lead, self._action)
        key = self._how.key if self._how is not None and self._how.key else str(row.text_key)
        second = f"{key}_second"
        return second if self._lead.instance > 1 and second in texts else key

    def _params(self, texts: Texts) -> dict[str, object]:
        known = self._known.get(id(texts))
        if known is None:
            known = self._known[id(texts)] = notice_words(
                self._turn, self._lead, self._action, self._given, texts
            )
        return known

    def _said(self) -> str:
        if self._how is None or not self._how.words:
            return _KEPT_BACK
        if self._text is None:
            content = self._turn.book.content(self._lead)
            self._text = without_person(str(self._given.get("text", "")), content)
        return self._text


def without_person(text: str, content: PetitionContent) -> str:
    """What was written to one petitioner, without what names this person to the others."""
    for phone in reversed(find_phones(text)):
        if isinstance(phone, Phone) and phone.number == content.phone:
            text = text[: phone.span[0]] + _LEFT_OUT + text[phone.span[1] :]
    for words in (content.address, content.name, content.phone):
        if words.strip():
            pattern = r"\s+".join(re.escape(word) for word in words.split())
            text = re.sub(rf"(?<!\w){pattern}(?!\w)", _LEFT_OUT, text, flags=re.IGNORECASE)
    return text
