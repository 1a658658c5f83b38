"""Another conversation than the turn's own: locked, its memory read and saved, and the chats it is told in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.citizens.state import CitizenTalk
from handlers.talk import Talk

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.records import ContactRecord


def contact_of(turn: Turn, contact_id: int) -> ContactRecord:
    """The chat with this id, which must be there."""
    found = turn.book.contact_by_id(contact_id)
    if found is None:
        raise LookupError(f"no contact {contact_id}")
    return found


@contextmanager
def within(turn: Turn, conversation_id: int) -> Iterator[Turn]:
    """The turn in another conversation, locked; what it remembers at the end is saved."""
    row = turn.book.conversation(conversation_id)
    if row is None:
        raise LookupError(f"no conversation {conversation_id}")
    there = replace(turn, conversation_id=row.id, talk=Talk.model_validate(row.state))
    yield there
    turn.acknowledgement = turn.acknowledgement or there.acknowledgement
    state = there.talk.model_dump(mode="json")
    if state != row.state:
        row.state = state
        turn.book.save_conversation(row)


def rename_refs(me: CitizenTalk, name: Callable[[str], str]) -> None:
    """New ids for the messages that answers are known by; "" forgets one."""
    for draft in (me.draft, me.second):
        if draft is not None:
            draft.refs = {new: what for ref, what in draft.refs.items() if (new := name(ref))}
            for part in draft.story:
                part.ref = name(part.ref) if part.ref else ""
    for part in me.leads:
        part.ref = name(part.ref) if part.ref else ""
    for filed in me.filed:
        filed.refs = [new for ref in filed.refs if (new := name(ref))]
