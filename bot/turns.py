"""Turns: what an authentic update becomes inside its transaction."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.channels.base import Channel, Verdict
from bot.presence import is_deed, left_to_office, own_deed
from handlers import returning
from handlers.left_to_office import leave
from handlers.messages import Capabilities, Incoming, Membership, Migrated
from handlers.talk import Talk
from handlers.turn import Facts, Turn
from petitions.clock import Clock
from storage import chat_marks
from storage.casebook import Casebook
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import Queued

if TYPE_CHECKING:
    from storage.records import ContactRecord, ConversationRow, OfficerRecord

Wake = Callable[[Iterable[Queued]], None]
Handle = Callable[[Turn], None]
Note = Callable[[str, str, str], None]
"""Counts one oddity of (channel, account, what)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Makes the casebook of a transaction."""

    vault: Vault
    ids: IdSource
    clock: Clock
    agency: str

    def __call__(self, connection: Connection) -> Casebook:
        return Casebook(connection, vault=self.vault, ids=self.ids, clock=self.clock, agency=self.agency)


@dataclass(frozen=True, slots=True)
class Done:
    """What one committed turn leaves for the time after the commit."""

    verdict: Verdict
    queued: tuple[Queued, ...] = ()
    acknowledgement: str = ""
    oddity: str = ""


class Turns:
    """Opens the chat and its conversation, lets the handlers work, and saves what they remember."""

    def __init__(
        self,
        *,
        books: Books,
        clock: Clock,
        facts: Facts,
        chance: random.Random,
        handle: Handle,
    ) -> None:
        self._books = books
        self._clock = clock
        self._facts = facts
        self._chance = chance
        self._handle = handle
        self._channels: dict[str, Channel] = {}
        self._wake: Wake = lambda _: None
        self._files: Callable[[], None] = lambda: None
        self._note: Note = lambda _channel, _account, _what: None

    def connect(
        self,
        channels: Mapping[str, Channel],
        *,
        wake: Wake,
        files: Callable[[], None] = lambda: None,
        note: Note = lambda _channel, _account, _what: None,
    ) -> None:
        """Name the channels, who is woken when messages were queued and when files came, who counts oddities."""
        self._channels = dict(channels)
        self._wake = wake
        self._files = files
        self._note = note

    def _run(self, book: Casebook, incoming: Incoming) -> Done:
        """The turn of one update, in the transaction of `book`. Raises whatever goes wrong in it."""
        opened = book.open_turn(
            channel=incoming.channel,
            account=incoming.account,
            chat=incoming.chat,
            is_group=incoming.is_group,
            language=incoming.language,
        )
        contact = opened.contact
        if contact.blocked_at is not None and _shows_open(incoming):
            book.mark_blocked(contact.id, None)
            contact = replace(contact, blocked_at=None, blocked_reason=None)
        now = self._clock.now()
        deed_at = own_deed(contact, incoming, now)
        if deed_at is not None:
            chat_marks.seen(book.connection, contact.id, deed_at)
            contact = replace(contact, seen_at=deed_at)
            book.keep_in_mind(contact)
        turn = self._make_turn(book, incoming, contact, opened.conversation)
        if left_to_office(contact, incoming, now):
            leave(turn)
            return Done(Verdict.DONE, tuple(turn.queued), oddity="muted")
        turn.officer = self._officer(book, incoming, contact)
        windowed = turn.capabilities.window is not None
        if is_deed(incoming) and (contact.has_waiting or windowed):
            returning.came_back(turn)
        self._handle(turn)
        save_talk(book, opened.conversation, turn.talk)
        return Done(Verdict.DONE, tuple(turn.queued), turn.acknowledgement)

    def _make_turn(
        self, book: Casebook, incoming: Incoming, contact: ContactRecord, conversation: ConversationRow
    ) -> Turn:
        channel = self._channels.get(incoming.channel)
        return Turn(
            incoming=incoming,
            now=self._clock.now(),
            facts=self._facts,
            book=book,
            contact=contact,
            conversation_id=conversation.id,
            talk=Talk.model_validate(conversation.state),
            capabilities=channel.capabilities if channel else Capabilities(),
            random=self._chance,
        )

    def _officer(self, book: Casebook, incoming: Incoming, contact: ContactRecord) -> OfficerRecord | None:
        if incoming.is_group:
            if not incoming.person:
                return None
            return book.officer_of_chat(incoming.channel, incoming.account, incoming.person)
        return None if contact.officer_id is None else book.officer(contact.officer_id)


def _shows_open(incoming: Incoming) -> bool:
    """Whoever writes to us can be written to again. In a group that proves nothing of our rights there."""
    return not incoming.is_group and not isinstance(incoming.content, Membership | Migrated)


def save_talk(book: Casebook, conversation: ConversationRow, talk: Talk) -> None:
    """Writes the conversation's memory where it changed. Raises `contacts.StaleConversation`."""
    after = talk.model_dump(mode="json")
    if after != conversation.state:
        conversation.state = after
        book.save_conversation(conversation)


def fault_place(fault: BaseException) -> str:
    """Class and code place of a fault, without its message: that could hold a person's words."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    if not ours:
        return type(fault).__name__
    parts = ours[-1].filename.rsplit("/", 2)
    return f"{type(fault).__name__} at {'/'.join(parts[-2:])}:{ours[-1].lineno}"
