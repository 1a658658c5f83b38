"""Dispatch: one update becomes one transaction.

The inbox row, the conversation, the petition's events and everything said in answer are committed together
or not at all; only then is the platform told that the update arrived. What fails twice with a healthy
database is kept as a dead letter, the person is told kindly, and an operator can run it again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot import codec
from bot.channels.base import Channel, Verdict
from bot.chat_order import ChatOrder
from handlers import router
from handlers import timers as timer_handlers
from handlers.messages import (
    Capabilities,
    Choice,
    Files,
    Incoming,
    Membership,
    Migrated,
    Outgoing,
    Unusable,
)
from handlers.service_turn import service_turn
from handlers.talk import Talk
from handlers.turn import Facts, Turn
from petitions.clock import Clock
from storage import inbox, timers
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import Queued, TimerRecord

if TYPE_CHECKING:
    from storage.records import ContactRecord, ConversationRow, OfficerRecord

log = logging.getLogger(__name__)

Wake = Callable[[Iterable[Queued]], None]
Handle = Callable[[Turn], None]


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
class _Done:
    """What one committed turn leaves for the time after the commit."""

    verdict: Verdict
    queued: tuple[Queued, ...] = ()
    acknowledgement: str = ""


class Dispatcher:
    """Takes authentic updates of every channel and runs each as one turn."""

    def __init__(
        self,
        *,
        database: Database,
        books: Books,
        clock: Clock,
        facts: Facts,
        chance: random.Random,
        handle: Handle = router.handle,
    ) -> None:
        self._database = database
        self._books = books
        self._clock = clock
        self._facts = facts
        self._chance = chance
        self._handle = handle
        self._order = ChatOrder()
        self._channels: dict[str, Channel] = {}
        self._wake: Wake = lambda _: None
        self._files: Callable[[], None] = lambda: None
        self._background: set[asyncio.Task[None]] = set()

    def connect(
        self, channels: Mapping[str, Channel], *, wake: Wake, files: Callable[[], None] = lambda: None
    ) -> None:
        """Name the channels, who is woken when messages were queued, and who when files came."""
        self._channels = dict(channels)
        self._wake = wake
        self._files = files

    async def handle(self, incoming: Incoming) -> Verdict:
        """Run one update; returns only after its transaction was committed or refused. Never raises."""
        async with self._order.turn((incoming.channel, incoming.account, incoming.chat)):
            done = await self._attempt(incoming)
        if done.queued:
            self._wake(done.queued)
        if isinstance(incoming.content, Files):
            self._files()
        if isinstance(incoming.content, Choice) and incoming.content.callback_id:
            self._acknowledge(incoming, incoming.content.callback_id, done.acknowledgement)
        return done.verdict

    async def replay(self, letter_id: int) -> Verdict:
        """Run a dead letter again: DONE, DUPLICATE (gone or in other hands), KEPT (failed again), RETRY."""

        def work(connection: Connection) -> _Done:
            letter = inbox.take_for_replay(connection, letter_id, vault=self._books.vault)
            if letter is None or letter.raw is None:
                return _Done(Verdict.DUPLICATE)
            return self._run(self._books(connection), replace(codec.load(letter.raw), replayed=True))

        try:
            done = await self._database.transact(work)
        except Unavailable:
            return Verdict.RETRY
        except Exception as fault:  # noqa: BLE001 - the letter stays as it was, whatever went wrong
            log.error("replay_failed", extra={"letter": letter_id, "fault": fault_place(fault)})
            return Verdict.KEPT
        if done.queued:
            self._wake(done.queued)
        return done.verdict

    async def fire(self, now: datetime, timer_id: int | None = None) -> bool:
        """Fire that timer, or the one that has waited longest, in a transaction of its own; False when none is
        due.

        One that fails is tried again later; its fault is logged, not raised. Raises Unavailable, and what
        goes wrong before a timer is in hand.
        """
        taken: list[TimerRecord] = []

        def work(connection: Connection) -> _Done | None:
            taken.clear()
            taken.extend(self._due(connection, now, timer_id))
            if not taken:
                return None
            return self._fire(self._books(connection), taken[0], now)

        try:
            done = await self._database.transact(work)
        except Unavailable:
            raise
        except Exception as fault:
            if not taken:
                raise
            timer = taken[0]  # one broken timer must not stop the others
            log.critical("timer_failed", extra={"timer": timer.what, "fault": fault_place(fault)})
            until = now + timer_handlers.back_off(timer.attempts)
            await self._database.transact(lambda connection: timers.postpone(connection, timer.id, until))
            return True
        if done is not None and done.queued:
            self._wake(done.queued)
        return done is not None

    async def close(self) -> None:
        """Wait for the acknowledgements that are still under way."""
        if self._background:
            await asyncio.wait(self._background, timeout=2)

    # --- one turn

    async def _attempt(self, incoming: Incoming) -> _Done:
        fault: Exception | None = None
        for _ in range(2):
            try:
                return await self._database.transact(lambda connection: self._turn(connection, incoming))
            except Unavailable:
                log.error("update_not_committed", extra={"channel": incoming.channel})
                return _Done(Verdict.RETRY)
            except Exception as raised:  # noqa: BLE001 - the one edge where every fault of a turn is caught
                fault = raised
                log.warning("turn_failed", extra={"channel": incoming.channel, "fault": fault_place(raised)})
        assert fault is not None  # noqa: S101 - two failed rounds leave a fault
        return await self._keep(incoming, fault)

    def _turn(self, connection: Connection, incoming: Incoming) -> _Done:
        seen = inbox.first_time(
            connection,
            incoming.channel,
            incoming.account,
            incoming.update_id,
            agency=self._books.agency,
            at=self._clock.now(),
        )
        return self._run(self._books(connection), incoming) if seen else _Done(Verdict.DUPLICATE)

    def _run(self, book: Casebook, incoming: Incoming) -> _Done:
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
        turn = self._make_turn(book, incoming, contact, opened.conversation)
        turn.officer = self._officer(book, incoming, contact)
        self._handle(turn)
        _save(book, opened.conversation, turn.talk)
        return _Done(Verdict.DONE, tuple(turn.queued), turn.acknowledgement)

    def _due(self, connection: Connection, now: datetime, timer_id: int | None) -> list[TimerRecord]:
        if timer_id is not None:
            return timers.take(connection, self._books.vault, timer_id, now=now)
        return timers.due(connection, self._books.vault, agency=self._books.agency, now=now)

    async def due(self, now: datetime, limit: int) -> list[int]:
        """Which timers are due, the oldest first. Raises Unavailable."""
        agency = self._books.agency
        return await self._database.read(
            lambda connection: timers.due_ids(connection, agency=agency, now=now, limit=limit)
        )

    def _fire(self, book: Casebook, timer: TimerRecord, now: datetime) -> _Done:
        if timer.damaged:
            raise LookupError("the timer's data cannot be opened")
        if not timers.fired(book.connection, timer.id, now=now):
            return _Done(Verdict.DUPLICATE)
        if timer.conversation_id is None:
            turn = service_turn(book, self._facts, self._clock.now(), self._chance)
            timer_handlers.fire(turn, timer)
            return _Done(Verdict.DONE, tuple(turn.queued))
        conversation = book.conversation(timer.conversation_id)
        contact = None if conversation is None else book.contact_by_id(conversation.owner_contact_id)
        if conversation is None or contact is None:
            return _Done(Verdict.DONE)
        incoming = Incoming(
            channel=contact.channel,
            account=contact.account,
            update_id=f"timer:{timer.id}",
            chat=contact.chat,
            person=contact.chat,
            content=Unusable(what="timer"),
            at=now,
            language=contact.language,
        )
        turn = self._make_turn(book, incoming, contact, conversation)
        timer_handlers.fire(turn, timer)
        _save(book, conversation, turn.talk)
        return _Done(Verdict.DONE, tuple(turn.queued))

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

    # --- what goes wrong

    async def _keep(self, incoming: Incoming, fault: Exception) -> _Done:
        """Keep the update for replay, with kind words to the person; where those are what fails, without."""
        where = fault_place(fault)
        log.error("dead_letter", extra={"channel": incoming.channel, "fault": where})
        for told in (True, False):
            try:
                return await self._database.transact(
                    lambda connection, told=told: self._bury(  # type: ignore[misc]
                        self._books(connection), incoming, where, told=told
                    )
                )
            except Unavailable:
                return _Done(Verdict.RETRY)
            except Exception as second:  # noqa: BLE001 - keeping failed as well
                log.critical("dead_letter_not_kept", extra={"fault": fault_place(second), "told": told})
        return _Done(Verdict.RETRY)  # the platform must bring it again

    def _bury(self, book: Casebook, incoming: Incoming, where: str, *, told: bool) -> _Done:
        letter = inbox.keep_dead(
            book.connection,
            incoming.channel,
            incoming.account,
            incoming.update_id,
            raw=codec.dump(incoming),
            error=where,
            attempts=2,
            agency=self._books.agency,
            at=self._clock.now(),
            vault=self._books.vault,
            ids=self._books.ids,
        )
        if letter is None:
            return _Done(Verdict.DUPLICATE)
        if incoming.is_group or not told:
            return _Done(Verdict.KEPT)
        opened = book.open_turn(channel=incoming.channel, account=incoming.account, chat=incoming.chat)
        turn = self._make_turn(book, incoming, opened.contact, opened.conversation)
        turn.send(Outgoing(text=turn.text("service.fault")), coalesce="fault")
        return _Done(Verdict.KEPT, tuple(turn.queued))

    def _acknowledge(self, incoming: Incoming, callback_id: str, text: str) -> None:
        channel = self._channels.get(incoming.channel)
        if channel is None:
            return
        task = asyncio.create_task(channel.acknowledge(callback_id, text))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _shows_open(incoming: Incoming) -> bool:
    """Whoever writes to us can be written to again. In a group that proves nothing of our rights there."""
    return not incoming.is_group and not isinstance(incoming.content, Membership | Migrated)


def _save(book: Casebook, conversation: ConversationRow, talk: Talk) -> None:
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
