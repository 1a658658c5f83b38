"""Tells those who administer the service that the office's account on a platform needs a person's help.

Best over another platform than the one that fails; over that one only where there is no other chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.messages import Outgoing
from handlers.officers.audience import LEADING_ROLES, texts_of
from handlers.turn import Priority
from petitions.kinds import Role

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.records import ContactRecord, OfficerRecord


def account_alarm(turn: Turn, reason: str, *, channel: str, platform: str, command: str) -> int:
    """Queue the alarm; how many chats get it. `reason` is the end of a key `service.account_…`; `channel` is the
    one that fails, `platform` its name for people, `command` what to run on the server.

    Where nobody has the role of an administrator, those who lead are told.
    """
    people = turn.book.officers(roles=[Role.ADMIN]) or turn.book.officers(roles=LEADING_ROLES)
    chats = [chat for officer in people for chat in _best_chats(turn, officer, channel)]
    for chat in chats:
        words = texts_of(turn, chat).get(f"service.account_{reason}", platform=platform, command=command)
        turn.send(Outgoing(text=words), to=chat, audience="officer", priority=Priority.REPLY)
    return len(chats)


def _best_chats(turn: Turn, officer: OfficerRecord, failing: str) -> list[ContactRecord]:
    known = (turn.book.contact_by_id(contact_id) for contact_id in officer.contact_ids)
    private = [chat for chat in known if chat is not None and not chat.is_group and chat.blocked_at is None]
    return [chat for chat in private if chat.channel != failing] or private
