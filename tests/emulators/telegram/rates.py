"""Telegram's published limits: 30/s overall, 1/s per chat with a burst, 20/min per group (reference 2)."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from .clock import SimClock

LIMITED = frozenset(
    {
        "sendmessage",
        "senddocument",
        "sendphoto",
        "sendmediagroup",
        "editmessagetext",
        "editmessagereplymarkup",
        "editmessagecaption",
    }
)


@dataclass
class Rates:
    """Waits up to `absorb` seconds are made by the server itself, longer ones become a 429."""

    per_second: int = 30
    chat_burst: int = 3
    chat_per_second: float = 1.0
    group_per_minute: int = 20
    absorb: float = 8.0
    _all: deque[float] = field(default_factory=deque)
    _groups: dict[int, deque[float]] = field(default_factory=dict)
    _chats: dict[int, tuple[float, float]] = field(default_factory=dict)

    def wait(self, clock: SimClock, chat: int) -> float:
        """Seconds this send must wait; 0 counts it. The caller asks again after waiting."""
        now = clock.now()
        wait = _window(self._all, now, 1.0, self.per_second)
        if chat < 0:
            group = self._groups.setdefault(chat, deque())
            wait = max(wait, _window(group, now, 60.0, self.group_per_minute))
        tokens, since = self._chats.get(chat, (float(self.chat_burst), now))
        tokens = min(self.chat_burst, tokens + (now - since) * self.chat_per_second)
        if tokens < 1:
            wait = max(wait, (1 - tokens) / self.chat_per_second)
        if wait > 0:
            return wait
        self._all.append(now)
        if chat < 0:
            self._groups[chat].append(now)
        self._chats[chat] = (tokens - 1, now)
        return 0.0


def _window(times: deque[float], now: float, span: float, limit: int) -> float:
    while times and times[0] <= now - span:
        times.popleft()
    return 0.0 if len(times) < limit else times[0] + span - now


def retry_after(wait: float) -> int:
    return max(1, math.ceil(wait))
