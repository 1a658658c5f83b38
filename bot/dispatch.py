"""Dispatch: one update becomes one transaction.

The inbox row, the conversation, the petition's events and everything said in answer are committed together
or not at all; only then is the platform told that the update arrived. What fails twice with a healthy
database is kept as a dead letter, the person is told kindly, and an operator can run it again.

Where the platform has little patience the update is only kept at first (`Dispatcher.keep`), acknowledged, and
handled right after; `bot/kept.py` finds what a crash left between the two.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot import codec
from bot.channels.base import Verdict
from bot.chat_order import ChatOrder
from bot.turns import Books, Done, Handle, Note, Turns, Wake, fault_place, save_talk
from handlers import router
from handlers import timers as timer_handlers
from handlers.messages import Choice, Files, Incoming, Outgoing, Unusable
from handlers.service_turn import service_turn
from handlers.turn import Facts
from petitions.clock import Clock
from storage import inbox, timers
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.records import TimerRecord

__all__ = ["Books", "Dispatcher", "Handle", "Note", "Wake", "fault_place"]

log = logging.getLogger(__name__)

CLOSING_SECONDS = 5.0


class Dispatcher(Turns):
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
        super().__init__(books=books, clock=clock, facts=facts, chance=chance, handle=handle)
        self._database = database
        self._order = ChatOrder()
        self._background: set[asyncio.Task[None]] = set()
        self._finishing: dict[int, asyncio.Task[None]] = {}

    async def handle(self, incoming: Incoming) -> Verdict:
        """Run one update; returns only after its transaction was committed or refused. Never raises."""
        return await self._in_order(incoming, lambda connection: self._turn(connection, incoming))

    async def keep(self, incoming: Incoming) -> Verdict:
        """Commit the update as it came and handle it right after, in the background: DONE, DUPLICATE, RETRY.

        After DONE it is sure to be handled, by this process or, after a crash, by another. Never raises.
        """
        books, raw, now = self._books, codec.dump(incoming), self._clock.now()

        def work(connection: Connection) -> int | None:
            return inbox.keep(
                connection,
                incoming.channel,
                incoming.account,
                incoming.update_id,
                raw=raw,
                agency=books.agency,
                at=now,
                vault=books.vault,
                ids=books.ids,
            )

        try:
            letter_id = await self._database.transact(work)
        except Unavailable:
            log.error("update_not_committed", extra={"channel": incoming.channel})
            return Verdict.RETRY
        except Exception as fault:  # noqa: BLE001 - the platform must bring it again, whatever went wrong
            log.critical("update_not_kept", extra={"fault": fault_place(fault)})
            return Verdict.RETRY
        if letter_id is None:
            return Verdict.DUPLICATE
        self.finish(letter_id, incoming)
        return Verdict.DONE

    def finish(self, letter_id: int, incoming: Incoming) -> asyncio.Task[None]:
        """Begin to handle a kept update after those of its chat that were begun before; once at a time."""
        known = self._finishing.get(letter_id)
        if known is not None:
            return known

        def work(connection: Connection) -> Done:
            if not inbox.take_kept(connection, letter_id):
                return Done(Verdict.DUPLICATE)
            return self._run(self._books(connection), incoming)

        async def handle() -> None:
            await self._in_order(incoming, work)

        task = self._finishing[letter_id] = asyncio.create_task(handle())
        task.add_done_callback(lambda _: self._finishing.pop(letter_id, None))
        return task

    async def _in_order(self, incoming: Incoming, work: Callable[[Connection], Done]) -> Verdict:
        async with self._order.turn((incoming.channel, incoming.account, incoming.chat)):
            done = await self._attempt(incoming, work)
        if done.queued:
            self._wake(done.queued)
        if done.oddity:
            self._note(incoming.channel, incoming.account, done.oddity)
        if isinstance(incoming.content, Files):
            self._files()
        if isinstance(incoming.content, Choice) and incoming.content.callback_id:
            self._acknowledge(incoming, incoming.content.callback_id, done.acknowledgement)
        return done.verdict

    async def replay(self, letter_id: int) -> Verdict:
        """Run a dead letter again: DONE, DUPLICATE (gone or in other hands), KEPT (failed again), RETRY."""

        def work(connection: Connection) -> Done:
            letter = inbox.take_for_replay(connection, letter_id, vault=self._books.vault)
            if letter is None or letter.raw is None:
                return Done(Verdict.DUPLICATE)
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

        def work(connection: Connection) -> Done | None:
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
        """Wait for what is still under way. A kept update that takes too long stays kept."""
        under_way = self._background | set(self._finishing.values())
        if under_way:
            await asyncio.wait(under_way, timeout=CLOSING_SECONDS)

    # --- one turn

    async def _attempt(self, incoming: Incoming, work: Callable[[Connection], Done]) -> Done:
        fault: Exception | None = None
        for _ in range(2):
            try:
                return await self._database.transact(work)
            except Unavailable:
                log.error("update_not_committed", extra={"channel": incoming.channel})
                return Done(Verdict.RETRY)
            except Exception as raised:  # noqa: BLE001 - the one edge where every fault of a turn is caught
                fault = raised
                log.warning("turn_failed", extra={"channel": incoming.channel, "fault": fault_place(raised)})
        assert fault is not None  # noqa: S101 - two failed rounds leave a fault
        return await self._put_aside(incoming, fault)

    def _turn(self, connection: Connection, incoming: Incoming) -> Done:
        seen = inbox.first_time(
            connection,
            incoming.channel,
            incoming.account,
            incoming.update_id,
            agency=self._books.agency,
            at=self._clock.now(),
        )
        return self._run(self._books(connection), incoming) if seen else Done(Verdict.DUPLICATE)

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

    def _fire(self, book: Casebook, timer: TimerRecord, now: datetime) -> Done:
        if timer.damaged:
            raise LookupError("the timer's data cannot be opened")
        if not timers.fired(book.connection, timer.id, now=now):
            return Done(Verdict.DUPLICATE)
        if timer.conversation_id is None:
            turn = service_turn(book, self._facts, self._clock.now(), self._chance)
            timer_handlers.fire(turn, timer)
            return Done(Verdict.DONE, tuple(turn.queued))
        conversation = book.conversation(timer.conversation_id)
        contact = None if conversation is None else book.contact_by_id(conversation.owner_contact_id)
        if conversation is None or contact is None:
            return Done(Verdict.DONE)
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
        save_talk(book, conversation, turn.talk)
        return Done(Verdict.DONE, tuple(turn.queued))

    # --- what goes wrong

    async def _put_aside(self, incoming: Incoming, fault: Exception) -> Done:
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
                return Done(Verdict.RETRY)
            except Exception as second:  # noqa: BLE001 - keeping failed as well
                log.critical("dead_letter_not_kept", extra={"fault": fault_place(second), "told": told})
        return Done(Verdict.RETRY)  # the platform must bring it again

    def _bury(self, book: Casebook, incoming: Incoming, where: str, *, told: bool) -> Done:
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
            return Done(Verdict.DUPLICATE)
        if incoming.is_group or not told:
            return Done(Verdict.KEPT)
        opened = book.open_turn(channel=incoming.channel, account=incoming.account, chat=incoming.chat)
        turn = self._make_turn(book, incoming, opened.contact, opened.conversation)
        turn.send(Outgoing(text=turn.text("service.fault")), coalesce="fault")
        return Done(Verdict.KEPT, tuple(turn.queued))

    def _acknowledge(self, incoming: Incoming, callback_id: str, text: str) -> None:
        channel = self._channels.get(incoming.channel)
        if channel is None:
            return
        task = asyncio.create_task(channel.acknowledge(callback_id, text))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
