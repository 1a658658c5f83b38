"""Sends the messages of one account: a lane for each chat, a gate for the account's rate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

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
from bot.dispatch import Books, fault_place
from bot.ledger import Ledger
from bot.pacing import Bucket, Gate, Pace
from handlers.messages import OutgoingFile
from handlers.turn import outgoing_from_data
from petitions.clock import Clock
from storage import outbox
from storage.database import Database, Unavailable
from storage.leader import Leader
from storage.outbox import Outcome
from storage.records import OutboxRow, OutboxStatus

log = logging.getLogger(__name__)

Render = Callable[[OutgoingFile], Awaitable[Attachment]]

BACK_OFF: Final = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds before another try after the first, second, … failure; the last one repeats."""
KEPT_TRYING: Final = timedelta(hours=72)
"""A message not accepted for so long is given up as expired."""
UNCERTAIN_TRIES: Final = 3
"""How often a message is sent whose outcome the platform never told; a double shows the same code twice, a
loss would leave a person in the dark (the Bot API has no idempotency key, telegram-bot-api issue 126)."""
LONGEST_SEND: Final = 60.0
"""Seconds after which a send has surely ended, one way or the other."""
HALT_SECONDS: Final = 60.0
"""Pause of an account that the platform refuses (token revoked)."""


@dataclass(slots=True)
class _Lane:
    """The waiting messages of one chat, in order of their ids."""

    contact_id: int
    rows: list[OutboxRow] = field(default_factory=list)
    bucket: Bucket | None = None
    task: asyncio.Task[None] | None = None
    wakened: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, row: OutboxRow) -> None:
        at = len(self.rows)
        while at > 0 and self.rows[at - 1].id > row.id:
            at -= 1
        self.rows.insert(at, row)
        self.wakened.set()

    def change(self, row: OutboxRow) -> None:
        self.rows = [row if waiting.id == row.id else waiting for waiting in self.rows]

    def remove(self, row_id: int) -> None:
        self.rows = [waiting for waiting in self.rows if waiting.id != row_id]


class Sender:
    """Sends the rows of one account."""

    def __init__(
        self,
        channel: Channel,
        *,
        database: Database,
        books: Books,
        clock: Clock,
        render: Render,
        pace: Pace,
        leader: Leader,
    ) -> None:
        self.channel = channel
        self._database = database
        self._books = books
        self._clock = clock
        self._render = render
        self._pace = pace
        self._leader = leader
        self._time = asyncio.get_running_loop().time
        self._gate = Gate(pace, self._time)
        self._lanes: dict[int, _Lane] = {}
        self._buckets: dict[int, Bucket] = {}
        self._known: set[int] = set()
        self._settled: set[int] = set()
        self._cards: dict[tuple[int, int], str] = {}
        self._uncertain: dict[int, int] = {}
        self._ledger = Ledger(database=database, books=books, clock=clock, settled=self._settle)
        self._closing = False

    @property
    def account(self) -> tuple[str, str]:
        return self.channel.name, self.channel.account

    @property
    def leads(self) -> bool:
        """Whether this process may write to the account now."""
        return self._leader.leads

    @property
    def waiting(self) -> int:
        return len(self._known)

    # --- taking rows in

    def begin_look(self) -> None:
        """Call before reading the outbox: what is settled later, that snapshot must not bring back."""
        self._settled.clear()

    def take(self, rows: Iterable[OutboxRow]) -> None:
        """Put committed rows into their lanes; a row already known is not taken twice."""
        if self._closing or not self._leader.leads:
            return
        for row in rows:
            if row.id in self._known or row.id in self._settled:
                continue
            self._known.add(row.id)
            lane = self._lanes.get(row.contact_id)
            if lane is None:
                lane = self._lanes[row.contact_id] = _Lane(row.contact_id)
            lane.put(row)
            if lane.task is None:
                lane.task = asyncio.create_task(self._drain(lane))

    def drop(self, row_ids: Iterable[int]) -> None:
        """Rows that a later message replaced need not be looked at again."""
        gone = self._known.intersection(row_ids)
        for lane in self._lanes.values() if gone else ():
            for row in [row for row in lane.rows if row.id in gone]:
                lane.remove(row.id)
                self._settle((row.id,))
                lane.wakened.set()

    async def close(self, patience: float) -> None:
        """Finish what is being sent; the rest stays queued in the database."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for lane in self._lanes.values():
            lane.rows = []
            lane.wakened.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=patience)
            for task in late:
                task.cancel()
        await self._ledger.written(patience)

    # --- one lane

    async def _drain(self, lane: _Lane) -> None:
        try:
            while lane.rows:
                row, wait = self._next(lane)
                if wait > 0:
                    await self._pause(lane, wait)
                else:
                    await self._one(lane, row)
        except Exception as fault:  # noqa: BLE001 - the edge of a lane: its rows stay queued and are looked at again
            log.critical("lane_failed", extra={"fault": fault_place(fault)})
            self._forget(lane)
        finally:
            lane.task = None
            if not lane.rows:
                self._lanes.pop(lane.contact_id, None)

    def _next(self, lane: _Lane) -> tuple[OutboxRow, float]:
        """The row to send next and the seconds to wait before: a planned one lets later ones pass, one that
        waits for another try does not."""
        now = self._clock.now()
        chosen, wait = lane.rows[0], (lane.rows[0].next_at - now).total_seconds()
        for row in lane.rows:
            seconds = (row.next_at - now).total_seconds()
            if seconds < wait:
                chosen, wait = row, seconds
            if wait <= 0 or row.attempts:
                break
        if wait <= 0 and not self._pace.unlimited:
            wait = self._bucket(lane, chosen).wait(self._time())
        return chosen, wait

    def _bucket(self, lane: _Lane, row: OutboxRow) -> Bucket:
        bucket = self._buckets.get(lane.contact_id)
        if bucket is None:
            now = self._time()
            if len(self._buckets) > 10_000:
                self._buckets = {key: kept for key, kept in self._buckets.items() if not kept.full_at(now)}
            bucket = (
                Bucket(self._pace.group_per_minute / 60, self._pace.group_burst, now)
                if self.channel.is_group(row.chat)
                else Bucket(self._pace.chat_per_second, self._pace.chat_burst, now)
            )
            self._buckets[lane.contact_id] = bucket
        return bucket

    async def _pause(self, lane: _Lane, seconds: float) -> None:
        lane.wakened.clear()
        try:
            async with asyncio.timeout(seconds):
                await lane.wakened.wait()
        except TimeoutError:
            return

    async def _one(self, lane: _Lane, row: OutboxRow) -> None:
        await self._gate.enter(row.priority)
        try:
            if all(waiting.id != row.id for waiting in lane.rows):
                return
            if not self._leader.leads:
                self._forget(lane)
                return
            if row.coalesce_key and not await self._claim(row):
                lane.remove(row.id)
                self._settle((row.id,))
                return
            if not self._pace.unlimited:
                self._bucket(lane, row).take(self._time())
            receipt = await self._send(row)
        except SendFault as fault:
            self._failed(lane, row, fault)
            return
        finally:
            self._gate.leave()
        lane.remove(row.id)
        self._sent(row, receipt)

    async def _claim(self, row: OutboxRow) -> bool:
        """Under its lock, say that a replaceable row is being sent; False when it was replaced meanwhile."""
        until = self._clock.now() + timedelta(seconds=LONGEST_SEND)
        try:
            mine = await self._database.transact(
                lambda connection: outbox.mark_sending(connection, [row.id], until=until)
            )
        except Unavailable as fault:
            raise Again("the database is away") from fault
        return row.id in mine

    async def _send(self, row: OutboxRow) -> SendReceipt:
        message = outgoing_from_data(row.body)
        known = self._place_of_card(row)
        if known and self.channel.capabilities.can_edit:
            try:
                return await self.channel.edit(row.chat, known, message)
            except Never as fault:
                if fault.refusal is not Refusal.EDIT_IMPOSSIBLE:
                    raise
        try:
            attachment = None if message.file is None else await self._render(message.file)
        except Unavailable as fault:
            raise Again("the database is away") from fault
        return await self.channel.send(row.chat, message, attachment)

    def _place_of_card(self, row: OutboxRow) -> str:
        if row.card_petition_id is None:
            return row.edit_of_ref
        return self._cards.get((row.card_petition_id, row.contact_id)) or row.edit_of_ref

    # --- outcomes

    def _sent(self, row: OutboxRow, receipt: SendReceipt) -> None:
        ref = receipt.message_ref or self._place_of_card(row)
        if row.card_petition_id is not None and ref:
            self._cards[(row.card_petition_id, row.contact_id)] = ref
        self._record(row, OutboxStatus.DELIVERED if receipt.delivered else OutboxStatus.SENT, ref=ref)

    def _failed(self, lane: _Lane, row: OutboxRow, fault: SendFault) -> None:
        log.warning("send_failed", extra={"fault": type(fault).__name__, "reason": fault.reason})
        match fault:
            case Never(refusal=Refusal.BLOCKED | Refusal.GONE):
                self._blocked(lane, fault.reason)
            case Never():
                lane.remove(row.id)
                self._record(row, OutboxStatus.REFUSED, reason=fault.reason)
            case ChatMoved(new_chat=new_chat):
                lane.rows = [replace(waiting, chat=new_chat) for waiting in lane.rows]
                self._ledger.change(
                    lambda connection: self._books(connection).migrate_contact(row.contact_id, new_chat)
                )
            case Stop():
                log.critical("account_refused", extra={"channel": self.channel.name, "reason": fault.reason})
                self._gate.close_for(HALT_SECONDS)
            case Uncertain():
                self._doubtful(lane, row, fault.reason)
            case Again():
                if fault.whole_account and fault.after:
                    self._gate.close_for(fault.after)
                self._retry(lane, row, fault.reason, fault.after)

    def _blocked(self, lane: _Lane, reason: str) -> None:
        now, contact_id = self._clock.now(), lane.contact_id
        gone = [row.id for row in lane.rows]
        lane.rows = []

        def change(connection: Connection) -> None:
            self._books(connection).mark_blocked(contact_id, now, reason=reason)
            outbox.let_go(connection, contact_id, status=OutboxStatus.BLOCKED, reason=reason, now=now)

        self._ledger.change(change, settles=gone)

    def _doubtful(self, lane: _Lane, row: OutboxRow, reason: str) -> None:
        tries = self._uncertain.get(row.id, 0) + 1
        if tries >= UNCERTAIN_TRIES:
            lane.remove(row.id)
            self._record(row, OutboxStatus.UNCERTAIN, reason=reason)
            return
        self._uncertain[row.id] = tries
        self._retry(lane, row, f"uncertain: {reason}", None)

    def _retry(self, lane: _Lane, row: OutboxRow, reason: str, after: float | None) -> None:
        now = self._clock.now()
        if now - row.created_at > KEPT_TRYING:
            lane.remove(row.id)
            self._record(row, OutboxStatus.EXPIRED, reason=reason)
            return
        seconds = after if after is not None else BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)]
        until = now + timedelta(seconds=seconds)
        lane.change(replace(row, attempts=row.attempts + 1, next_at=until))
        self._ledger.change(
            lambda connection: outbox.reschedule(connection, row.id, until=until, reason=reason)
        )

    def _record(self, row: OutboxRow, status: OutboxStatus, *, ref: str = "", reason: str = "") -> None:
        self._uncertain.pop(row.id, None)
        self._ledger.record(
            Outcome(
                id=row.id,
                status=status,
                platform_ref=ref,
                reason=reason,
                contact_id=row.contact_id,
                card_petition_id=row.card_petition_id,
            )
        )

    def _settle(self, row_ids: Iterable[int]) -> None:
        for row_id in row_ids:
            self._known.discard(row_id)
            self._settled.add(row_id)

    def _forget(self, lane: _Lane) -> None:
        """Leave the lane's rows to the next look; they are still queued in the database."""
        self._known.difference_update(row.id for row in lane.rows)
        lane.rows = []
