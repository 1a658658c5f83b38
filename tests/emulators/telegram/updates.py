"""The queue of updates: numbering, expiry, queue keys, `getUpdates` (reference 1.4, 1.5)."""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .clock import SimClock
from .errors import ApiError, conflict

DAY = 86_400.0
LIFETIME = {
    "callback_query": 150.0,
    "shipping_query": 150.0,
    "pre_checkout_query": 150.0,
    "inline_query": 30.0,
}
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "guest_message",
    ]
)
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
BY_SET_WEBHOOK = "terminated by setWebhook request"
HISTORY = 5_000


@dataclass(slots=True)
class Pending:
    update_id: int
    kind: str
    key: tuple[str, int]
    expires: float
    raw: str
    """The update as JSON, made once: a redelivery is byte for byte the same."""


class UpdateQueue:
    def __init__(self, clock: SimClock, chance: random.Random, *, first_id: int) -> None:
        self._clock = clock
        self._chance = chance
        self._next_id = first_id
        self.pending: dict[int, Pending] = {}
        self.history: deque[Pending] = deque(maxlen=HISTORY)
        self.allowed: frozenset[str] | None = None
        self.shuffle = False
        """Hand a batch over in random order (reordering fault)."""
        self.webhook_active: Callable[[], bool] = lambda: False
        self.on_add: Callable[[Pending], None] = lambda _pending: None
        self._again: list[Pending] = []
        self._poll: asyncio.Future[ApiError | None] | None = None
        self._last_conflict = float("-inf")

    def add(
        self, kind: str, payload: dict[str, Any], key: tuple[str, int], *, at: float | None = None
    ) -> int | None:
        """Number an update and queue it; None when the bot did not ask for this kind."""
        if not self._wanted(kind):
            return None
        update_id = self._next_id
        self._next_id += 1
        raw = json.dumps({"update_id": update_id, kind: payload}, ensure_ascii=False, separators=(",", ":"))
        begin = self._clock.now() if at is None else at
        item = Pending(update_id, kind, key, begin + LIFETIME.get(kind, DAY), raw)
        self.pending[update_id] = item
        self.history.append(item)
        if self.webhook_active():
            self.on_add(item)
        else:
            self.wake_poll()
        return update_id

    def jump(self, distance: int) -> None:
        """After a quiet week the numbering may go on anywhere."""
        self._next_id = max(1, self._next_id + distance)

    def redeliver(self, update_id: int) -> Pending:
        """Bring an update once more, though it may have been confirmed long ago."""
        item = next((entry for entry in self.history if entry.update_id == update_id), None)
        if item is None:
            raise LookupError(f"no update {update_id}")
        if not self.webhook_active():
            self._again.append(item)
            self.wake_poll()
        return item

    def confirm(self, update_id: int) -> None:
        self.pending.pop(update_id, None)

    def drop_expired(self) -> None:
        now = self._clock.now()
        for update_id in [item.update_id for item in self.pending.values() if item.expires <= now]:
            del self.pending[update_id]

    def set_allowed(self, names: list[Any] | None) -> None:
        """Remember `allowed_updates`; None leaves the setting, an empty list means the default."""
        if names is None:
            return
        known = frozenset(str(name).lower() for name in names) & KINDS
        self.allowed = known or None

    def _wanted(self, kind: str) -> bool:
        if kind not in KINDS:
            return True  # update types of the future reach bots that know nothing of them
        return kind not in NOT_BY_DEFAULT if self.allowed is None else kind in self.allowed

    async def get(self, *, offset: int, limit: int, wait: float) -> str:
        """The `result` of getUpdates as JSON text. Raises the 409s of reference 1.5."""
        if self.webhook_active():
            raise conflict(WEBHOOK_ACTIVE)
        self.end_poll(OTHER_POLL)
        self._confirm_below(offset)
        found = self._batch(offset, limit)
        if not found and wait > 0:
            self._poll = poll = asyncio.get_running_loop().create_future()
            try:
                fault = await asyncio.wait_for(poll, wait)
            except TimeoutError:
                fault = None
            finally:
                if self._poll is poll:
                    self._poll = None
            if fault is not None:
                await self._late_second_conflict()
                raise fault
            found = self._batch(offset, limit)
        return "[" + ",".join(item.raw for item in found) + "]"

    def end_poll(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(conflict(reason))

    def wake_poll(self) -> None:
        """Let an open poll answer with what there is."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def _late_second_conflict(self) -> None:
        now = asyncio.get_running_loop().time()
        soon = now - self._last_conflict < 3
        self._last_conflict = now
        if soon:
            await asyncio.sleep(3)

    def _confirm_below(self, offset: int) -> None:
        if offset > 0:
            for update_id in [key for key in self.pending if key < offset]:
                del self.pending[update_id]
        elif offset < 0:
            for update_id in list(self.pending)[:offset]:
                del self.pending[update_id]

    def _batch(self, offset: int, limit: int) -> list[Pending]:
        self.drop_expired()
        found, self._again = self._again[:limit], self._again[limit:]
        for item in self.pending.values():
            if len(found) >= limit:
                break
            if offset <= 0 or item.update_id >= offset:
                found.append(item)
        if self.shuffle:
            self._chance.shuffle(found)
        return found
