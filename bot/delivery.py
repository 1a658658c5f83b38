"""Delivery: brings committed outbox rows to their chats.

Each chat is a lane: its messages leave in order, one at a time. A gate per account keeps the platform's rate and
lets replies go before notices. Every outcome is written back; rows that a crash left behind are found at start
and by a look once a second, which also finds what other processes queued.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.channels.base import (
    Again,
    Attachment,
    Channel,
    ChatMoved,
    Never,
    Refusal,
    SendFault,
    SendReceipt,
    Stop,
    Uncertain,
)
from bot.pacing import Bucket, Gate, Pace
from handlers.messages import Outgoing, OutgoingFile
from handlers.turn import outgoing_from_data
from petitions.clock import Clock
from storage import outbox
from storage.database import Database, Unavailable
from storage.keys import Vault
from storage.outbox import Outcome
from storage.records import OutboxRow, OutboxStatus

log = logging.getLogger(__name__)

Render = Callable[[OutgoingFile], Awaitable[Attachment]]

LOOK_SECONDS = 1.0
"""How often the outbox is looked through for rows of other processes and of earlier runs."""
BACK_OFF = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds before another try after the first, second, … failure; the last one repeats."""
KEPT_TRYING = timedelta(hours=72)
"""A message not accepted for so long is given up as expired."""
UNCERTAIN_TRIES = 3
"""How often a send is repeated whose outcome the platform never told."""
HALT_SECONDS = 60.0
"""Pause of an account that the platform refuses (token revoked)."""


@dataclass(slots=True)
class _Lane:
    """The waiting messages of one chat, in order."""

    contact_id: int
    rows: deque[OutboxRow] = field(default_factory=deque)
    bucket: Bucket | None = None
    task: asyncio.Task[None] | None = None
    wakened: asyncio.Event = field(default_factory=asyncio.Event)


class Sender:
    """Sends the rows of one account."""

    def __init__(
        self,
        channel: Channel,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        render: Render,
        pace: Pace,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self.channel = channel
        self._database = database
        self._vault = vault
        self._clock = clock
        self._render = render
        self._pace = pace
        self._may_send = may_send
        self._time = asyncio.get_running_loop().time
        self._gate = Gate(pace, self._time)
        self._lanes: dict[int, _Lane] = {}
        self._known: set[int] = set()
        self._settled: set[int] = set()
        """Rows settled since the last look began: a look must not bring them back from an older snapshot."""
        self._outcomes: list[Outcome] = []
        self._flushing: asyncio.Task[None] | None = None
        self._closing = False

    # --- taking rows in

    def take(self, rows: Iterable[OutboxRow]) -> None:
        """Put committed rows into their lanes; a row already known is not taken twice."""
        if self._closing:
            return
        for row in rows:
            if row.id in self._known or row.id in self._settled:
                continue
            self._known.add(row.id)
            lane = self._lanes.get(row.contact_id)
            if lane is None:
                lane = self._lanes[row.contact_id] = _Lane(row.contact_id)
            if lane.rows and row.id < lane.rows[-1].id:
                lane.rows = deque(sorted((*lane.rows, row), key=lambda waiting: waiting.id))
            else:
                lane.rows.append(row)
            lane.wakened.set()
            if lane.task is None:
                lane.task = asyncio.create_task(self._drain(lane))

    def drop(self, row_ids: Iterable[int]) -> None:
        """Rows that a later message replaced need not be looked at again."""
        gone = set(row_ids)
        if not gone & self._known:
            return
        for lane in self._lanes.values():
            if any(row.id in gone for row in lane.rows):
                for row in [row for row in lane.rows if row.id in gone]:
                    lane.rows.remove(row)
                    self._settle(row.id)
                lane.wakened.set()

    def begin_look(self) -> None:
        """Call before reading the outbox, then give the rows to `take`."""
        self._settled.clear()

    @property
    def waiting(self) -> int:
        return len(self._known)

    async def close(self, patience: float) -> None:
        """Finish what is being sent, leave the rest queued in the database."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for lane in self._lanes.values():
            lane.rows.clear()
            lane.wakened.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=patience)
            for task in late:
                task.cancel()
        await self._flushed()

    # --- one lane

    async def _drain(self, lane: _Lane) -> None:
        try:
            while lane.rows:
                wait = self._wait(lane)
                if wait > 0:
                    await self._pause(lane, wait)
                    continue
                await self._one(lane)
        finally:
            lane.task = None
            if not lane.rows:
                self._lanes.pop(lane.contact_id, None)
            elif not self._closing:
                lane.task = asyncio.create_task(self._drain(lane))

    async def _pause(self, lane: _Lane, seconds: float) -> None:
        lane.wakened.clear()
        try:
            async with asyncio.timeout(seconds):
                await lane.wakened.wait()
        except TimeoutError:
            pass

    def _wait(self, lane: _Lane) -> float:
        row = lane.rows[0]
        wait = 0.0
        if row.next_at is not None:
            wait = (row.next_at - self._clock.now()).total_seconds()
        if not self._pace.unlimited:
            now = self._time()
            if lane.bucket is None:
                lane.bucket = (
                    Bucket(self._pace.group_per_minute / 60, self._pace.group_burst, now)
                    if row.is_group
                    else Bucket(self._pace.chat_per_second, self._pace.chat_burst, now)
                )
            wait = max(wait, lane.bucket.wait(now))
        return wait

    async def _one(self, lane: _Lane) -> None:
        row = lane.rows[0]
        await self._gate.enter(row.priority)
        try:
            if not lane.rows or lane.rows[0].id != row.id:
                return
            if not self._may_send():
                self._forget(lane)
                return
            if row.coalesce_key and not await self._claim(row):
                self._finish(lane, row)
                self._settle(row.id)
                return
            if lane.bucket is not None:
                lane.bucket.take(self._time())
            try:
                receipt = await self._send(row)
            except SendFault as fault:
                self._failed(lane, row, fault)
                return
        finally:
            self._gate.leave()
        self._finish(lane, row)
        self._record(
            Outcome(
                row_id=row.id,
                status=OutboxStatus.DELIVERED if receipt.delivered else OutboxStatus.SENT,
                platform_ref=receipt.message_ref,
            )
        )
        if row.card_petition_id is not None:
            await self._flushed()

    async def _claim(self, row: OutboxRow) -> bool:
        """Take a row that a later message may replace, under its lock; False when it was replaced."""
        try:
            return await self._database.transact(lambda connection: outbox.claim(connection, row.id))
        except Unavailable:
            return False

    async def _send(self, row: OutboxRow) -> SendReceipt:
        message = outgoing_from_data(row.body)
        attachment = await self._attachment(message)
        if row.card_petition_id is not None and self.channel.capabilities.can_edit:
            known = await self._database.read(
                lambda connection: outbox.card_ref(connection, row.card_petition_id, row.contact_id)
            )
            if known:
                try:
                    return await self.channel.edit(row.address, known, message)
                except Never as fault:
                    if fault.refusal is not Refusal.EDIT_IMPOSSIBLE:
                        raise
        return await self.channel.send(row.address, message, attachment)

    async def _attachment(self, message: Outgoing) -> Attachment | None:
        return None if message.file is None else await self._render(message.file)

    # --- outcomes

    def _finish(self, lane: _Lane, row: OutboxRow) -> None:
        if lane.rows and lane.rows[0].id == row.id:
            lane.rows.popleft()

    def _settle(self, row_id: int) -> None:
        self._known.discard(row_id)
        self._settled.add(row_id)

    def _forget(self, lane: _Lane) -> None:
        """Leave the lane's rows to whoever may send now; they are still queued in the database."""
        self._known.difference_update(row.id for row in lane.rows)
        lane.rows.clear()

    def _failed(self, lane: _Lane, row: OutboxRow, fault: SendFault) -> None:
        log.warning("send_failed", extra={"fault": type(fault).__name__, "reason": fault.reason})
        match fault:
            case Never(refusal=Refusal.BLOCKED | Refusal.GONE):
                for waiting in tuple(lane.rows):
                    self._finish(lane, waiting)
                    self._record(Outcome(waiting.id, OutboxStatus.BLOCKED, reason=fault.reason, block=True))
            case Never():
                self._finish(lane, row)
                self._record(Outcome(row.id, OutboxStatus.REFUSED, reason=fault.reason))
            case ChatMoved(new_chat=new_chat):
                lane.rows = deque(waiting.moved_to(new_chat) for waiting in lane.rows)
                self._record(Outcome(row.id, OutboxStatus.QUEUED, reason=fault.reason, moved_to=new_chat))
            case Stop():
                log.critical("account_refused", extra={"channel": self.channel.name, "reason": fault.reason})
                self._gate.close_for(HALT_SECONDS)
            case Uncertain() if row.uncertain + 1 >= UNCERTAIN_TRIES:
                self._finish(lane, row)
                self._record(Outcome(row.id, OutboxStatus.UNCERTAIN, reason=fault.reason, uncertain=True))
            case Uncertain():
                self._retry(lane, row, fault.reason, None, uncertain=True)
            case Again(after=after):
                if fault.whole_account and after:
                    self._gate.close_for(after)
                self._retry(lane, row, fault.reason, after)

    def _retry(
        self, lane: _Lane, row: OutboxRow, reason: str, after: float | None, *, uncertain: bool = False
    ) -> None:
        now = self._clock.now()
        if now - row.created_at > KEPT_TRYING:
            self._finish(lane, row)
            self._record(Outcome(row.id, OutboxStatus.EXPIRED, reason=reason))
            return
        seconds = after if after is not None else BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)]
        again = row.tried(next_at=now + timedelta(seconds=seconds), uncertain=uncertain)
        if lane.rows and lane.rows[0].id == row.id:
            lane.rows[0] = again
        self._record(
            Outcome(row.id, OutboxStatus.QUEUED, reason=reason, next_at=again.next_at, uncertain=uncertain)
        )

    def _record(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        """Write outcomes; those that arrive meanwhile share the next transaction."""
        while self._outcomes:
            batch, self._outcomes = self._outcomes, []
            now = self._clock.now()
            try:
                await self._database.transact(
                    lambda connection, batch=batch: outbox.mark_many(
                        connection, batch, now=now, vault=self._vault
                    )
                )
            except Unavailable:
                self._outcomes = batch + self._outcomes
                await asyncio.sleep(LOOK_SECONDS)
                continue
            for outcome in batch:
                if outcome.status is not OutboxStatus.QUEUED:
                    self._settle(outcome.row_id)

    async def _flushed(self) -> None:
        while self._flushing is not None and not self._flushing.done():
            await asyncio.shield(self._flushing)


class Delivery:
    """The senders of all accounts and the look for rows that nobody woke us for."""

    def __init__(self, *, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._senders: dict[tuple[str, str], Sender] = {}

    def add(self, sender: Sender) -> None:
        self._senders[(sender.channel.name, sender.channel.account)] = sender

    def wake(self, rows: Iterable[OutboxRow]) -> None:
        """Rows that were committed just now in this process."""
        for row in rows:
            sender = self._senders.get((row.channel, row.account))
            if sender is not None:
                if row.replaces:
                    sender.drop(row.replaces)
                sender.take((row,))

    async def run(self) -> None:
        """Look through the outbox for ever; ends by cancellation."""
        while True:
            try:
                await self.look()
            except Unavailable:
                log.error("outbox_unreachable")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take what is due and not yet known."""
        for (channel, account), sender in self._senders.items():
            sender.begin_look()
            rows = await self._database.read(
                lambda connection, channel=channel, account=account: outbox.due(
                    connection, vault=self._vault, channel=channel, account=account, limit=500
                )
            )
            sender.take(rows)

    @property
    def waiting(self) -> Mapping[str, int]:
        return {f"{name}": sender.waiting for (name, _), sender in self._senders.items()}

    async def close(self, patience: float = 5.0) -> None:
        await asyncio.gather(*(sender.close(patience) for sender in self._senders.values()))
