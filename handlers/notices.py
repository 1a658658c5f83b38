"""Who hears of what happened to a petition, and where: the notices table turned into messages.

Citizens hear in the chat where they filed, in the language of the petition. Officers hear through cards that
are edited in place, and short words beside them. A sealed case is never announced in a group: only people who
may see it get its code and class, in private (Luật Tố cáo 2018 Đ8 k3, Đ56).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from handlers.citizens.chat import petition_button
from handlers.messages import Button, Outgoing
from handlers.notice_words import notice_words, template_facts
from handlers.officers import cards
from handlers.officers.access import Access, officer_access, sealed
from handlers.officers.audience import Reader, duty_readers, readers_for, readers_of, texts_of
from handlers.officers.tokens import Press, to_base36, verb_of
from handlers.turn import Priority
from petitions.kinds import Action, ActorKind, Kind
from petitions.notices import Audience, Event, Notice, Urgency, notices_for
from petitions.transition_groups import LAWFUL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from handlers.case_details import Details
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import ActorRef, ContactRecord, OfficerRecord, PetitionRecord

_WITH_CARD: Final = frozenset({Action.FILE, Action.TRANSFER, Action.ASSIGN, Action.REASSIGN})
"""What brings a petition to somebody new: they get the card, not a line about it."""

_PRIORITY: Final = {
    Urgency.REPLY: Priority.REPLY,
    Urgency.NOTICE: Priority.NOTICE,
    Urgency.ALERT: Priority.REPLY,
}
_QUIET: Final = frozenset(
    {
        Action.POLICY_GAP,
        Action.WITHDRAW_GAP,
        Action.WARN,
        Action.ESCALATE,
        Action.DENIED,
        Action.GIVE_FORM_VALUES,
    }
)
"""What changes nothing that a card shows."""
_MOVING: Final = frozenset({Action.TRANSFER, Action.REFUSE_TRANSFER, Action.RULE_UNIT, Action.CORRECT})
"""What sends a case to another unit for a reason somebody gave."""
_ACTED_ON: Final = ("stage", "officer_id", "due_on", "unit", "kind", "confidential")
"""What a card tells that its reader acts on, or that decides what the reader may see."""
_QUOTED: Final = 1000
"""Characters of a citizen's words in an officer's notice; the details hold all of them."""


def announce(
    turn: Turn,
    petition: PetitionRecord,
    action: Action,
    *,
    before: PetitionRecord | None = None,
    actor: ActorRef,
    details: Details | None = None,
) -> frozenset[int]:
    """Queue what the table says for `action`: notices, new cards, and the update of cards already out. Gives the
    citizen's chats that hear of it.

    `petition` is as it is after the event, `before` as it was; `details` are what was given with the action.
    What a citizen does is answered by the dialogue in the citizen's chat, not from here.
    """
    given = details.content() if details is not None else {}
    text = details.words if details is not None else ""
    rows = notices_for(action, petition.kind, confidential=petition.confidential, severity=petition.severity)
    moved = before is not None and before.unit != petition.unit
    carded: set[int] = set()
    told: set[int] = set()
    citizens: set[int] = set()
    for notice in rows:
        if notice.audience is Audience.CITIZEN:
            if actor.kind is not ActorKind.CITIZEN and concerns_citizen(action, before, petition):
                citizens |= _tell_citizen(turn, petition, notice, action, given)
            continue
        if action is Action.MERGE and actor.kind is ActorKind.CITIZEN:
            continue  # hundreds may join one case: its card says how many they are
        for reader in _readers(turn, petition, notice, details):
            if reader.contact.id in told or _is_actor(reader, actor):
                continue
            told.add(reader.contact.id)
            if reader.may_see and (moved or action in _WITH_CARD):
                carded.add(reader.contact.id)
                _send_card(turn, petition, reader, notice, text if action in _MOVING else "")
            else:
                _tell_officer(turn, petition, notice, reader, action, text)
    if before is not None and action not in _QUIET:
        refresh_cards(turn, petition, before=before, but=carded)
    return frozenset(citizens)


def concerns_citizen(action: Action, before: PetitionRecord | None, after: PetitionRecord) -> bool:
    """Whether the service's own doings changed anything for the citizen: another person, another date."""
    if before is None:
        return True
    if action is Action.REASSIGN:
        return (before.unit, before.officer_id) != (after.unit, after.officer_id)
    return action is not Action.RECOMPUTE or before.due_on != after.due_on


def _readers(turn: Turn, petition: PetitionRecord, notice: Notice, details: Details | None) -> list[Reader]:
    """The chats of a notice; those of the officer given with the action where the table says so."""
    if notice.audience is not Audience.NAMED:
        return readers_for(turn, petition, notice)
    named = details.officer_id if details is not None else None
    if named is None or named == petition.officer_id:
        return []
    return readers_of(turn, petition, named)


def refresh_cards(
    turn: Turn, petition: PetitionRecord, *, before: PetitionRecord | None = None, but: Collection[int] = ()
) -> None:
    """Bring every card of `petition` that is out, or still waits to go out, up to date with what its
    reader may see now. Where the case may no longer be seen, only its code stays.

    `before`: as the petition was, where something was done to it. Where a channel cannot change what it sent, only a
    card that still waits is replaced, and a new one goes out when something changed that its reader acts on.
    """
    out = {card.contact_id for card in turn.book.cards(petition.id)}
    out |= turn.book.contacts_with_card(petition.id)
    waiting: set[int] | None = None
    for contact_id in sorted(out.difference(but)):
        contact = turn.book.contact_by_id(contact_id)
        if contact is None:
            continue
        if contact.channel in turn.facts.fixed and not _says_more(before, petition):
            waiting = (
                turn.book.contacts_with_card(petition.id, on_the_way=True) if waiting is None else waiting
            )
            if contact.id not in waiting:
                continue
        texts = texts_of(turn, contact)
        if contact.is_group:
            message = cards.group_card(turn, petition, texts, unit=contact.unit)
        else:
            officer = turn.book.officer_of_contact(contact.id)
            message = (
                cards.private_card(turn, petition, officer, texts)
                if officer is not None
                else cards.gone_card(petition, texts)
            )
        _queue_card(turn, petition, contact, message, Priority.NOTICE, news=False)


def _says_more(before: PetitionRecord | None, after: PetitionRecord) -> bool:
    """Whether a card sent anew tells its reader something to act on."""
    return before is not None and any(getattr(before, name) != getattr(after, name) for name in _ACTED_ON)


def alert_danger(turn: Turn, words: str, *, reach: str = "") -> int:
    """Pass on to the focal unit's people on duty what somebody wrote of danger; not a petition.

    Asked for by the person. `reach`: a phone number or place they gave. Returns how many chats it goes to, so
    that nobody is promised help that no one was told of.
    """
    return _to_duty(turn, Event.DANGER, words, reach)


def ask_call_back(turn: Turn, words: str, *, reach: str = "") -> int:
    """Tell the focal unit's people on duty that somebody asks for a human being. Returns to how many
    chats."""
    return _to_duty(turn, Event.CALL_BACK, words, reach)


def _to_duty(turn: Turn, event: Event, words: str, reach: str) -> int:
    readers = duty_readers(turn)
    for notice in notices_for(event, None):
        for reader in readers:
            texts = texts_of(turn, reader.contact)
            lines = [texts.get(notice.text_key)]
            if words:
                lines.append(texts.get("notices.quoted", text=_cut(words, 3000)))
            lines.append(texts.get("notices.reach", reach=reach) if reach else texts.get("notices.no_reach"))
            turn.send(
                Outgoing(text="\n\n".join(lines), protect=True),
                to=reader.contact,
                audience="officer",
                priority=_PRIORITY[notice.urgency],
                legal=True,
            )
    return len(readers)


def _tell_citizen(
    turn: Turn, petition: PetitionRecord, notice: Notice, action: Action, given: Mapping[str, Any]
) -> set[int]:
    """The notice in the chats where this citizen is told (`Casebook.notice_contacts`); none where the petition goes
    on for others only."""
    if petition.left_at is not None:
        return set()
    chats = turn.book.notice_contacts(petition, turn.facts.windows)
    for contact in chats:
        _tell_in(turn, contact, petition, notice, action, given)
    return {contact.id for contact in chats}


def _tell_in(
    turn: Turn,
    contact: ContactRecord,
    petition: PetitionRecord,
    notice: Notice,
    action: Action,
    given: Mapping[str, Any],
) -> None:
    """The notice in one chat. A discreet one says no more than that there is news to open."""
    texts = turn.facts.catalogue.language(petition.language)
    discreet = petition.discreet or contact.discreet
    if discreet:
        message = discreet_message(petition, texts)
    else:
        message = citizen_message(turn, petition, notice.text_key, action, given, texts)
    facts = template_facts(turn, petition, texts, discreet=discreet or petition.confidential)
    turn.send(
        replace(message, quiet=discreet, notice=action.value, facts=facts),
        to=contact,
        audience="citizen",
        priority=_PRIORITY[notice.urgency],
        petition_id=petition.id,
        event_seq=petition.events_count,
        legal=notice.legal,
    )


def discreet_message(petition: PetitionRecord, texts: Texts) -> Outgoing:
    """That there is news of the petition's last event, and a button to read it."""
    code = cards.shown_code(petition)
    button = Button(label=texts.get("notices.button_read"), token=_read_token(petition))
    return Outgoing(text=texts.get("notices.discreet", code=code), rows=((button,),), monospace=(code,))


def citizen_message(
    turn: Turn, petition: PetitionRecord, key: str, action: Action, given: Mapping[str, Any], texts: Texts
) -> Outgoing:
    """What the citizen is told of `action`, with the buttons that answer it. `given`: the event's content."""
    code = cards.shown_code(petition)
    words = str(given.get("text") or given.get("reason") or "")
    params = notice_words(turn, petition, action, given, texts) | {"code": code, "text": words}
    if words and f"{key}_reason" in texts:
        key = f"{key}_reason"
    elif petition.instance > 1 and f"{key}_second" in texts:
        key = f"{key}_second"
    told = texts.get(key, **params)
    return Outgoing(
        text="\n".join(line.rstrip() for line in told.strip().splitlines()),
        rows=citizen_buttons(petition, action, texts),
        monospace=(code,),
    )


def _read_token(petition: PetitionRecord) -> str:
    """The button under a discreet notice; `handlers.responses` answers it."""
    return f"n.read.{to_base36(petition.id)}.{petition.events_count}"


def citizen_buttons(petition: PetitionRecord, action: Action, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    """A way to answer what was asked; a rating of the answer, and a way to say that it is none. The citizen's
    dialogue takes the presses."""
    if action is Action.REMIND_FORM:
        return ((petition_button(texts.get("notices.button_form"), "form", petition.id),),)
    if action is Action.REQUEST_SUPPLEMENT:
        reply = petition_button(texts.get("notices.button_reply"), "add", petition.id)
        if petition.kind not in LAWFUL or petition.formed_on is not None:
            return ((reply,),)
        return ((petition_button(texts.get("notices.button_form"), "form", petition.id),), (reply,))
    decided = petition.kind is Kind.COMPLAINT and petition.decided_on is not None
    if action is Action.SEND_DECISION and decided and petition.instance == 1:
        return ((petition_button(texts.get("notices.button_again"), "again", petition.id),),)
    if action in (Action.ASK_CITIZEN, Action.MESSAGE_CITIZEN):
        return ((petition_button(texts.get("notices.button_reply"), "add", petition.id),),)
    if action is Action.ANSWER:
        stars = tuple(petition_button(str(n), "rate", petition.id, str(n)) for n in range(1, 6))
        objection = petition_button(texts.get("notices.button_not_satisfied"), "unsatisfied", petition.id)
        return (stars, (objection,))
    return ()


def _send_card(turn: Turn, petition: PetitionRecord, reader: Reader, notice: Notice, why: str) -> None:
    """The card, with the words of the notice above it until its next update.

    `why`: the reason given for sending the case here; in private only, and never of a sealed case.
    """
    texts = texts_of(turn, reader.contact)
    if reader.officer is None:
        card = cards.group_card(turn, petition, texts, unit=reader.contact.unit)
    else:
        card = cards.private_card(turn, petition, reader.officer, texts)
    heading = texts.get(notice.text_key, **_officer_params(petition))
    if reader.instead_of is not None:
        heading = _instead(reader.instead_of, heading, texts)
    if why and reader.officer is not None and not sealed(petition):
        heading = f"{heading}\n{texts.get('notices.moved_because', reason=_cut(why, _QUOTED))}"
    message = replace(card, text=f"{heading}\n{card.text}")
    _queue_card(turn, petition, reader.contact, message, _PRIORITY[notice.urgency])


def _instead(officer: OfficerRecord, words: str, texts: Texts) -> str:
    """What an officer would be told, said to who hears in this person's place."""
    return texts.get("untold.instead", officer=cards.officer_name(officer, texts), text=words)


def _queue_card(
    turn: Turn,
    petition: PetitionRecord,
    contact: ContactRecord,
    message: Outgoing,
    priority: Priority,
    *,
    news: bool = True,
) -> None:
    turn.send(
        message,
        to=contact,
        audience="unit" if contact.is_group else "officer",
        priority=priority,
        petition_id=petition.id,
        event_seq=petition.events_count if news else None,
        coalesce=f"card:{petition.id}",
        card_of=petition.id,
    )


def _tell_officer(
    turn: Turn, petition: PetitionRecord, notice: Notice, reader: Reader, action: Action, text: str
) -> None:
    """A line about a petition the reader has already, and a button that opens it. Words of a person only in
    private, and never from a sealed case."""
    texts = texts_of(turn, reader.contact)
    code = cards.shown_code(petition)
    if not reader.may_see:
        message = Outgoing(text=texts.get("notices.nobody_reached", code=code), monospace=(code,))
    else:
        told = texts.get(notice.text_key, **_officer_params(petition))
        lines = [told if reader.instead_of is None else _instead(reader.instead_of, told, texts)]
        if text and reader.officer is not None and not sealed(petition):
            lines.append(texts.get("notices.quoted", text=_cut(text, _QUOTED)))
        opens = officer_access(turn.facts.agency, petition, reader.officer) is Access.FULL
        buttons = [Button(label=texts.get("notices.button_open"), token=Press("case", petition.id).token)]
        if action is Action.NOT_SATISFIED and notice.audience is Audience.HEAD:
            reopen = Press(verb_of(Action.REOPEN), petition.id).token
            buttons.insert(0, Button(label=texts.get("cards.button_reopen"), token=reopen, style="primary"))
        message = Outgoing(
            text="\n\n".join(lines),
            rows=(tuple(buttons),) if opens else (),
            monospace=(code,),
            protect=sealed(petition),
        )
    turn.send(
        message,
        to=reader.contact,
        audience="unit" if reader.contact.is_group else "officer",
        priority=_PRIORITY[notice.urgency],
        petition_id=petition.id,
        event_seq=petition.events_count,
    )


def _officer_params(petition: PetitionRecord) -> dict[str, object]:
    """What an officer's notice may name: nothing of the matter itself, which the card shows to whom it
    may."""
    return {"code": cards.shown_code(petition)}


def _is_actor(reader: Reader, actor: ActorRef) -> bool:
    return reader.officer is not None and reader.officer.id == actor.officer_id


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
