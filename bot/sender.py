"""Sends the messages of one account: a lane for each chat, a gate for the account's rate."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.channels.base import (
    Again,
    Channel,
    ChatMoved,
    Closed,
    Never,
    Refusal,
    SendFault,
    SendReceipt,
    Stop,
    Uncertain,
)
from bot.dispatch import Books, fault_place
from bot.lane import InHand, Lane
from bot.ledger import Ledger
from bot.pacing import Bucket, Gate, Pace
from bot.posting import LONGEST_SEND, Render, post
from handlers import untold
from petitions.clock import Clock
from storage import outbox
from storage.database import Database, Unavailable
from storage.leader import Leader
from storage.outbox import Outcome
from storage.records import OutboxRow, OutboxStatus

log = logging.getLogger(__name__)

BACK_OFF: Final = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds before another try after the first, second, … failure; the last one repeats."""
KEPT_TRYING: Final = timedelta(hours=72)
"""A message not accepted for so long is given up as expired; a notice to the citizen waits for the next contact
instead, for a platform that is away for days, or a quota used up, must not silence the office."""
UNCERTAIN_TRIES: Final = 3
"""How often a message is sent whose outcome the platform never told; a double shows the same code twice, a
loss would leave a person in the dark (the Bot API has no idempotency key, telegram-bot-api issue 126)."""
HALT_SECONDS: Final = 60.0
"""Pause of an account that the platform refuses (token revoked)."""
NOTE_REFUSAL_SECONDS: Final = 600.0
"""How often alarms are looked for that wait in such an account."""
SOON: Final = timedelta(seconds=5)
"""A message planned for later than this is left in the outbox until a look finds it due."""
MOST_IN_HAND: Final = 5_000
"""Messages in memory; what is more waits in the outbox."""
PLACES_KEPT: Final = 5_000
"""Cards whose place in a chat is kept in mind until every row that needs it has read it from the book."""


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
        self.behind = True
        """Messages of this account may wait in the outbox that are older than what comes in now: until a look
        brought them, nothing may be taken past them."""
        self._database = database
        self._books = books
        self._clock = clock
        self._render = render
        self._pace = pace
        self._leader = leader
        self._epoch = leader.epoch
        self._time = asyncio.get_running_loop().time
        self._gate = Gate(pace, self._time)
        self._lanes: dict[int, Lane] = {}
        self._buckets: dict[int, Bucket] = {}
        self._in_hand = InHand()
        self._places: OrderedDict[tuple[int, int], str] = OrderedDict()
        self._uncertain: dict[int, int] = {}
        self._ledger = Ledger(
            database=database, books=books, clock=clock, settled=self._settle, freed=self._free
        )
        self._refusal_noted_until = 0.0
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
        return len(self._in_hand)

    def knows(self, row_id: int) -> bool:
        """The row is in hand, or was until just now: what a snapshot of the outbox says of it is old."""
        return row_id in self._in_hand

    # --- taking rows in

    def begin_look(self) -> None:
        """Call before reading the outbox: what is settled later, that snapshot must not bring back."""
        self._follow_leader()
        self._in_hand.begin_look()
        for lane in self._lanes.values():
            lane.wake()

    def take(self, row: OutboxRow) -> bool:
        """Put a committed row into its lane, unless it is known. False where it must wait in the outbox."""
        if self._closing or not self._leader.leads:
            return False
        self._follow_leader()
        if row.id in self._in_hand:
            self._hasten(row)
            return True
        if len(self._in_hand) >= MOST_IN_HAND:
            self.behind = True
            return False
        if row.next_at - self._clock.now() > SOON and not row.attempts:
            return True
        self._in_hand.take(row.id)
        lane = self._lanes.get(row.contact_id)
        if lane is None:
            lane = self._lanes[row.contact_id] = Lane(row.contact_id)
        lane.put(row, hasten=self.channel.capabilities.window is not None)
        if lane.task is None:
            lane.task = asyncio.create_task(self._drain(lane))
        return True

    def _hasten(self, row: OutboxRow) -> None:
        """The person is there: what was to be tried again much later is tried now."""
        lane = self._lanes.get(row.contact_id)
        if lane is not None and row.attempts:
            lane.change(row)
            lane.wake()

    def drop(self, contact_id: int, row_ids: Iterable[int]) -> None:
        """Rows that a later message to the same contact replaced need not be looked at again."""
        lane = self._lanes.get(contact_id)
        for row_id in row_ids:
            if lane is not None and lane.holds(row_id):
                lane.remove(row_id)
                self._settle((row_id,))

    async def close(self, patience: float) -> None:
        """Finish what is being sent; the rest stays queued in the database."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for lane in self._lanes.values():
            lane.clear()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._ledger.written(patience)

    def _follow_leader(self) -> None:
        """After the lead was away others may have sent what waits here: begin anew from the outbox."""
        if self._epoch == self._leader.epoch:
            return
        self._epoch = self._leader.epoch
        self.behind = True
        for lane in self._lanes.values():
            self._forget(lane)
        self._places.clear()

    # --- one lane

    async def _drain(self, lane: Lane) -> None:
        try:
            while lane.rows:
                row, wait = lane.next(self._clock.now())
                if wait <= 0 and not self._pace.unlimited:
                    wait = self._bucket(row).wait(self._time())
                if wait > 0:
                    await lane.pause(wait)
                else:
                    await self._one(lane, row)
        except Exception as fault:  # noqa: BLE001 - the edge of a lane: its rows stay queued and are looked at again
            log.critical("lane_failed", extra={"fault": fault_place(fault)})
            self._forget(lane)
        finally:
            lane.task = None
            if not lane.rows:
                self._lanes.pop(lane.contact_id, None)

    def _bucket(self, row: OutboxRow) -> Bucket:
        bucket = self._buckets.get(row.contact_id)
        if bucket is None:
            now = self._time()
            if len(self._buckets) > 10_000:
                self._buckets = {key: kept for key, kept in self._buckets.items() if not kept.full_at(now)}
            bucket = (
                Bucket(self._pace.group_per_minute / 60, self._pace.group_burst, now)
                if self.channel.is_group(row.chat)
                else Bucket(self._pace.chat_per_second, self._pace.chat_burst, now)
            )
            self._buckets[row.contact_id] = bucket
        return bucket

    async def _one(self, lane: Lane, row: OutboxRow) -> None:
        now, muted = self._clock.now(), row.muted_until
        if muted is not None and muted > now and row.audience == "citizen":
            lane.remove(row.id)  # a person of the office writes there by hand: the service comes after it
            self._ledger.put_off(row, muted)
            return
        await self._gate.enter(row.priority)
        try:
            if not self._may_send(lane, row):
                return
            if row.coalesce_key and not await self._claim(row):
                lane.remove(row.id)
                self._settle((row.id,))
                return
            if not self._may_send(lane, row):  # the claim may have taken its time
                return
            if not self._pace.unlimited:
                self._bucket(row).take(self._time())
            receipt = await post(
                self.channel, row, self._render, place=self._place_of(row), now=self._clock.now()
            )
        except SendFault as fault:
            self._failed(lane, row, fault)
        except Exception as fault:  # noqa: BLE001 - the edge of one message: a fault of ours stops no chat
            log.critical("send_broken", extra={"fault": fault_place(fault)})
            self._doubtful(lane, row, "fault of the service")
        else:
            lane.moved = False
            lane.remove(row.id)
            self._sent(row, receipt)
        finally:
            self._gate.leave()

    def _may_send(self, lane: Lane, row: OutboxRow) -> bool:
        if self._leader.leads and self._epoch == self._leader.epoch:
            return lane.holds(row.id)
        self._forget(lane)
        return False

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

    def _place_of(self, row: OutboxRow) -> str:
        """The message to edit: where the petition's card stands by now, or what the row was told."""
        if row.card_petition_id is None:
            return row.edit_of_ref
        if row.body.get("fresh"):
            return ""
        return self._places.get((row.card_petition_id, row.contact_id)) or row.edit_of_ref

    # --- outcomes

    def _sent(self, row: OutboxRow, receipt: SendReceipt) -> None:
        ref = receipt.message_ref or self._place_of(row)
        if row.card_petition_id is not None and ref:
            self._places[(row.card_petition_id, row.contact_id)] = ref
            if len(self._places) > PLACES_KEPT:
                self._places.popitem(last=False)
        status = OutboxStatus.DELIVERED if receipt.delivered else OutboxStatus.SENT
        self._record(row, status, ref=ref, reason=receipt.note)

    def _failed(self, lane: Lane, row: OutboxRow, fault: SendFault) -> None:
        log.warning("send_failed", extra={"fault": type(fault).__name__, "reason": fault.reason})
        match fault:
            case Closed():
                self._wait(lane, row, fault.reason)
            case Never(refusal=Refusal.BLOCKED | Refusal.GONE):
                self._blocked(lane, row, fault.reason)
            case Never():
                lane.remove(row.id)
                self._record(row, OutboxStatus.REFUSED, reason=fault.reason)
            case ChatMoved(new_chat=new_chat) if not lane.moved:
                lane.move(new_chat)
                self._ledger.change(
                    lambda connection: self._books(connection).migrate_contact(row.contact_id, new_chat)
                )
            case Stop():
                log.critical("account_refused", extra={"channel": self.channel.name, "reason": fault.reason})
                self._gate.close_for(HALT_SECONDS)
                self._account_refused()
            case Uncertain():
                self._doubtful(lane, row, fault.reason)
            case Again():
                if fault.whole_account and fault.after:
                    self._gate.close_for(fault.after)
                self._retry(lane, row, fault.reason, fault.after)
            case _:
                self._retry(lane, row, fault.reason, None)

    def _blocked(self, lane: Lane, row: OutboxRow, reason: str) -> None:
        """The chat is closed to us: what waits there ends. What is queued later finds out for itself, as the
        person may be back by then."""
        self._ledger.blocked(lane.contact_id, {row.id, *lane.clear()}, reason)

    def _wait(self, lane: Lane, row: OutboxRow, reason: str, *, patient: bool = False) -> None:
        lane.remove(row.id)
        self._ledger.waits(row, reason, patient=patient)

    def _account_refused(self) -> None:
        """Alarms that wait here are heard by somebody else; said again only while it lasts."""
        now = self._time()
        if now < self._refusal_noted_until:
            return
        self._refusal_noted_until = now + NOTE_REFUSAL_SECONDS
        channel, account = self.account
        self._ledger.change(lambda connection: untold.note_refused(self._books(connection), channel, account))

    def _doubtful(self, lane: Lane, row: OutboxRow, reason: str) -> None:
        tries = self._uncertain.get(row.id, 0) + 1
        if tries >= UNCERTAIN_TRIES:
            lane.remove(row.id)
            self._record(row, OutboxStatus.UNCERTAIN, reason=reason)
            return
        self._uncertain[row.id] = tries
        self._retry(lane, row, f"uncertain: {reason}", None)

    def _retry(self, lane: Lane, row: OutboxRow, reason: str, after: float | None) -> None:
        now, doubtful = self._clock.now(), row.id in self._uncertain
        if now - row.tried_since > KEPT_TRYING:
            if row.audience == "citizen" and (row.legal or row.is_news) and not doubtful:
                self._wait(lane, row, reason, patient=True)
                return
            lane.remove(row.id)
            status = OutboxStatus.UNCERTAIN if doubtful else OutboxStatus.EXPIRED
            self._record(row, status, reason=reason)
            return
        seconds = BACK_OFF[min(row.attempts, len(BACK_OFF) - 1)] if after is None else max(after, BACK_OFF[0])
        until = now + timedelta(seconds=seconds)
        # One that may have arrived is not replaced as if it had never been sent.
        held_until = until + timedelta(seconds=LONGEST_SEND) if doubtful else None
        lane.change(replace(row, attempts=row.attempts + 1, next_at=until))
        self._ledger.change(
            lambda connection: outbox.reschedule(
                connection, row.id, until=until, reason=reason, held_until=held_until
            )
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
                audience=row.audience,
                petition_id=row.petition_id,
                event_seq=row.event_seq,
            )
        )

    def _settle(self, row_ids: Iterable[int]) -> None:
        for row_id in row_ids:
            self._in_hand.settle(row_id)
            self._uncertain.pop(row_id, None)

    def _free(self, row_ids: Iterable[int]) -> None:
        for row_id in row_ids:
            self._in_hand.forget(row_id)
            self._uncertain.pop(row_id, None)

    def _forget(self, lane: Lane) -> None:
        """Leave the lane's rows to the next look; they are still queued in the database."""
        self._free(lane.clear())
