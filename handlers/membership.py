"""What happens between us and a chat: blocked, welcome again, added to a group or removed from it, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import answerability
from handlers.messages import Membership, MembershipChange, Migrated, Outgoing
from handlers.officers.access import unit_name
from handlers.officers.audience import duty_readers, texts_of
from handlers.turn import Priority

if TYPE_CHECKING:
    from handlers.turn import Turn


def changed(turn: Turn, membership: Membership) -> None:
    """Keep whether the chat can be written to; say in a new group how it becomes a unit's."""
    match membership.change:
        case MembershipChange.BLOCKED:
            turn.book.mark_blocked(turn.contact.id, turn.now, reason="blocked")
        case MembershipChange.UNBLOCKED:
            turn.book.mark_blocked(turn.contact.id, None)
        case MembershipChange.ADDED:
            turn.book.mark_blocked(turn.contact.id, None)
            if turn.incoming.is_group and turn.contact.unit is None:
                turn.say("officer.group_unbound")
        case MembershipChange.REMOVED:
            _removed(turn)


def moved(turn: Turn, migrated: Migrated) -> None:
    """The group has a new id: what was bound to it stays bound."""
    turn.book.migrate_contact(turn.contact.id, migrated.new_chat)


def _removed(turn: Turn) -> None:
    """No notice may wait for a group we are no longer in: unbind it, tell those who can set it right, and give
    what nobody took to a person where no other group of the unit is left."""
    unit = turn.contact.unit
    turn.book.mark_blocked(turn.contact.id, turn.now, reason="removed")
    if unit is None:
        return
    turn.book.bind_group(turn.contact.id, None)
    if not [group for group in turn.book.groups_of(unit) if group.blocked_at is None]:
        answerability.group_gone(turn, unit)
    agency = turn.facts.agency
    for reader in duty_readers(turn):
        texts = texts_of(turn, reader.contact)
        name = unit_name(agency, unit, texts.language)
        turn.send(
            Outgoing(text=texts.get("notices.group_lost", unit=name)),
            to=reader.contact,
            audience="officer",
            priority=Priority.NOTICE,
        )
