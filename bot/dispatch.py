"""Dispatch: one update becomes one transaction.

The inbox row, the conversation, the petition's events and everything said in answer are committed together or
not at all; only then is the platform told that the update arrived. What fails twice with a healthy database is
kept as a dead letter, the person is told kindly, and an operator can run it again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot import codec
from bot.channels.base import Channel, Verdict
from handlers import router
from handlers.messages import Capabilities, Choice, Incoming, Outgoing
from handlers.talk import Talk
from handlers.turn import Facts, Turn
from petitions.clock import Clock
from storage import inbox
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.ids import IdSource
from storage.keys import Vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.records import OutboxRow

log = logging.getLogger(__name__)

Wake = Callable[[Iterable["OutboxRow"]], None]
Handle = Callable[[Turn], None]


@dataclass(frozen=True, slots=True)
class _Done:
    """What one committed turn leaves for the time after the commit."""

    verdict: Verdict
    queued: tuple[OutboxRow, ...] = ()
    acknowledgement: str = ""


class ChatOrder:
    """Lets the updates of one chat pass one after the other, and those of different chats side by side."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, str, str], tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, key: tuple[str, str, str]) -> AsyncIterator[None]:
        lock, users = self._locks.get(key) or (asyncio.Lock(), 0)
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            _, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, users - 1)


class Dispatcher:
    """Takes authentic updates of every channel and runs each as one turn."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        ids: IdSource,
        clock: Clock,
        facts: Facts,
        chance: random.Random,
        handle: Handle = router.handle,
    ) -> None:
        self._database = database
        self._vault = vault
        self._ids = ids
        self._clock = clock
        self._facts = facts
        self._chance = chance
        self._handle = handle
        self._order = ChatOrder()
        self._channels: dict[str, Channel] = {}
        self._wake: Wake = lambda rows: None
        self._background: set[asyncio.Task[None]] = set()

    def connect(self, channels: Mapping[str, Channel], wake: Wake) -> None:
        """Name the channels (by name) and who is woken after a commit that queued messages."""
        self._channels = dict(channels)
        self._wake = wake

    def casebook(self, connection: Connection) -> Casebook:
        """The casebook of one transaction."""
        return Casebook(
            connection, vault=self._vault, ids=self._ids, clock=self._clock, agency=self._facts.agency.agency.code
        )

    async def handle(self, incoming: Incoming) -> Verdict:
        """Run one update; returns only after its transaction was committed or refused. Never raises."""
        async with self._order.turn((incoming.channel, incoming.account, incoming.chat)):
            done = await self._attempt(incoming)
        if done.queued:
            self._wake(done.queued)
        if isinstance(incoming.content, Choice) and incoming.content.callback_id:
            self._acknowledge(incoming, incoming.content.callback_id, done.acknowledgement)
        return done.verdict

    async def close(self) -> None:
        """Wait for the acknowledgements that are still under way."""
        if self._background:
            await asyncio.wait(self._background, timeout=2)

    async def _attempt(self, incoming: Incoming) -> _Done:
        first: Exception | None = None
        for _ in range(2):
            try:
                return await self._database.transact(lambda connection: self._turn(connection, incoming))
            except Unavailable:
                log.error("update_not_committed", extra={"channel": incoming.channel})
                return _Done(Verdict.RETRY)
            except Exception as fault:  # noqa: BLE001 - the one edge where every fault of a turn is caught
                first = fault
        assert first is not None  # noqa: S101 - two failed rounds leave a fault
        return await self._keep(incoming, first)

    def _turn(self, connection: Connection, incoming: Incoming) -> _Done:
        book = self.casebook(connection)
        if incoming.replayed:
            opened = inbox.open_replay(book, incoming)
        else:
            opened = inbox.open_turn(book, incoming)
        if opened is None:
            return _Done(Verdict.DUPLICATE)
        before = opened.state
        turn = Turn(
            incoming=incoming,
            now=self._clock.now(),
            facts=self._facts,
            book=book,
            contact=opened.contact,
            conversation_id=opened.conversation_id,
            talk=Talk.model_validate(before),
            capabilities=self._capabilities(incoming.channel),
            random=self._chance,
            officer=opened.officer,
        )
        self._handle(turn)
        after = turn.talk.model_dump(mode="json")
        if after != before:
            book.save_conversation(turn.conversation_id, after)
        return _Done(Verdict.DONE, tuple(turn.queued), turn.acknowledgement)

    def _capabilities(self, channel: str) -> Capabilities:
        known = self._channels.get(channel)
        return known.capabilities if known else Capabilities()

    async def _keep(self, incoming: Incoming, fault: Exception) -> _Done:
        where = fault_place(fault)
        log.error("dead_letter", extra={"channel": incoming.channel, "fault": where})
        kept = replace(incoming, replayed=False)

        def work(connection: Connection) -> _Done:
            book = self.casebook(connection)
            opened = inbox.keep_dead(book, kept, raw=codec.dump(kept), error=where)
            if opened is None:
                return _Done(Verdict.DUPLICATE)
            if incoming.is_group or incoming.replayed:
                return _Done(Verdict.KEPT)
            turn = Turn(
                incoming=incoming,
                now=self._clock.now(),
                facts=self._facts,
                book=book,
                contact=opened.contact,
                conversation_id=opened.conversation_id,
                talk=Talk.model_validate(opened.state),
                capabilities=self._capabilities(incoming.channel),
                random=self._chance,
            )
            turn.send(Outgoing(text=turn.text("service.fault")), coalesce="fault")
            return _Done(Verdict.KEPT, tuple(turn.queued))

        try:
            return await self._database.transact(work)
        except Unavailable:
            return _Done(Verdict.RETRY)
        except Exception as second:  # noqa: BLE001 - keeping failed as well: the platform must bring it again
            log.critical("dead_letter_not_kept", extra={"fault": fault_place(second)})
            return _Done(Verdict.RETRY)

    def _acknowledge(self, incoming: Incoming, callback_id: str, text: str) -> None:
        channel = self._channels.get(incoming.channel)
        if channel is None:
            return
        task = asyncio.create_task(channel.acknowledge(callback_id, text))
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def fault_place(fault: BaseException) -> str:
    """Class and code place of a fault, without its message: that could hold a person's words."""
    frames: list[Any] = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    if not ours:
        return type(fault).__name__
    last = ours[-1]
    return f"{type(fault).__name__} at {last.filename.rsplit('/', 2)[-2]}/{last.filename.rsplit('/', 1)[-1]}:{last.lineno}"
