"""/link: an invitation makes a private chat an officer's, or a group its unit's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handlers import report_reminders, summaries
from handlers.messages import Button, Outgoing
from handlers.officers import inbox
from handlers.officers.access import unit_name, unit_today
from handlers.officers.room import Room
from handlers.officers.tokens import Press
from petitions.kinds import Role
from storage.officers import InviteFault, InviteRefused
from storage.records import GroupBound, OfficerRecord

if TYPE_CHECKING:
    from handlers.turn import Turn

BINDERS: Final = frozenset({Role.HEAD, Role.INTAKE, Role.ADMIN})
"""Who may make a group the group of a unit without a group's invitation."""
TRIES: Final = 10
TRIES_PER: Final = timedelta(hours=1)
"""Invitations are 100 random bits; the limit only keeps guessing from being a nuisance."""


def link_private(turn: Turn, token: str) -> None:
    """/link INVITE in a private chat."""
    if not token.strip():
        turn.say("officer.link_how")
        return
    accepted = _accept(turn, token)
    if isinstance(accepted, OfficerRecord):
        _welcome(turn, accepted)


def link_group(turn: Turn, argument: str) -> None:
    """/link in a group: with a group's invitation by anybody who has it, without one by those who may."""
    words = argument.strip()
    officer = turn.officer
    if not words or words in {unit.code for unit in turn.facts.agency.units}:
        _bind_by_officer(turn, officer, words)
        return
    accepted = _accept(turn, words)
    if isinstance(accepted, GroupBound):
        _bound(turn, accepted.unit)


def _bind_by_officer(turn: Turn, officer: OfficerRecord | None, wanted: str) -> None:
    if not turn.incoming.person:
        turn.say("officer.anonymous_admin")
        return
    if officer is None or not officer.active or officer.role not in BINDERS:
        turn.say("officer.group_link_refused")
        return
    agency = turn.facts.agency
    unit = unit_today(agency, wanted or officer.unit)
    if unit != unit_today(agency, officer.unit) and officer.role is not Role.ADMIN:
        turn.say("officer.group_link_other_unit")
        return
    turn.book.bind_group(turn.contact.id, unit)
    _bound(turn, unit)


def _accept(turn: Turn, token: str) -> OfficerRecord | GroupBound | None:
    if not turn.book.throttle(f"link:{turn.contact.id}", limit=TRIES, per=TRIES_PER):
        turn.say("officer.link_too_often")
        return None
    if not turn.incoming.is_group and len(turn.book.chats_in(turn.conversation_id)) > 1:
        turn.say(
            "officer.link_shared"
        )  # what is said to an officer must not be read in a citizen's other chat
        return None
    try:
        return turn.book.accept_invite(token, turn.contact.id)
    except InviteRefused as refused:
        where = "group" if turn.incoming.is_group else "private"
        code = refused.code
        key = f"officer.link_wrong_chat_{where}" if code is InviteFault.WRONG_CHAT else f"officer.link_{code}"
        turn.say(key)
        return None


def _welcome(turn: Turn, officer: OfficerRecord) -> None:
    """Who the chat is now, and what is waiting."""
    turn.officer = officer
    summaries.arm(turn, officer)
    report_reminders.arm(turn, officer)
    room = Room(turn, officer, turn.contact)
    agency = turn.facts.agency
    button = Button(label=room.text("officer.button_unit"), token=Press("inbox", 0, "unit").token)
    text = room.text(
        "officer.linked",
        unit=unit_name(agency, officer.unit, room.texts.language),
        role=room.text(f"cards.role_{officer.role}"),
        waiting=inbox.waiting(room),
    )
    room.send(Outgoing(text=text, rows=((button,),)))
    if turn.contact.channel in turn.facts.windows and not _has_lasting_chat(turn, officer):
        days = max(1, turn.facts.windows[turn.contact.channel].days)
        room.say("untold.linked_window", count=days)


def _has_lasting_chat(turn: Turn, officer: OfficerRecord) -> bool:
    """Whether the officer has a chat that takes messages at any time."""
    chats = [turn.book.contact_by_id(contact_id) for contact_id in officer.contact_ids]
    return any(chat is not None and chat.channel not in turn.facts.windows for chat in chats)


def _bound(turn: Turn, unit: str) -> None:
    name = unit_name(turn.facts.agency, unit, turn.language)
    turn.say("officer.group_bound", unit=name)
