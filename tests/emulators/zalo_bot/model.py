"""What the emulated platform knows: people, chats, messages, media, its limits and its habits."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, Final

from tests.emulators.telegram import SimClock

MAX_TEXT: Final = 2000


class ApiError(Exception):
    """An answer `{"ok": false, …}`. Measured ones (408, 404) have no `error_code` in the body."""

    def __init__(self, code: int, description: str, *, status: int = 0, told: bool = True) -> None:
        super().__init__(description)
        self.code = code
        self.status = status or code
        self.description = description
        self.told = told

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "description": self.description}
        return {**answer, "error_code": self.code} if self.told else answer


def bad(text: str) -> ApiError:
    return ApiError(400, f"Bad Request: {text}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the package allows; beyond it every send answers 429 without a word on when to come back."""

    users: int = 10**9
    messages: int = 10**9
    """Outgoing messages in a month of the emulator's clock."""

    @classmethod
    def real(cls) -> Limits:
        """The free package: 50 users per bot, 3,000 outgoing messages per month."""
        return cls(users=50, messages=3_000)


@dataclass(slots=True)
class Habits:
    """What the reference does not say or only measured."""

    servings: int = 2
    """So often an update is served over one connection before a later one replaces it (measured: it comes
    again). A bot that dies between two servings gets it once more over its next connection."""
    most_servings: int = 4
    """An update that no later one replaces is served so often to one connection, then polls are idle (408)."""
    webhook_again: tuple[float, ...] = (1.0, 5.0, 30.0, 60.0)
    """Seconds after which a refused delivery is tried again; after the last one it is lost."""
    webhook_patience: float = 10.0
    photo_field: str = "photo_url"
    """`photo` or `photo_url`: both are seen."""
    latency: float = 0.0
    """Seconds every answer takes."""


@dataclass(slots=True)
class Media:
    data: bytes
    mime: str
    gone: bool = False
    served: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Call:
    """One request of the bot and what became of it."""

    method: str
    chat: str | None
    params: dict[str, Any]
    at: float
    outcome: str = ""


@dataclass(slots=True)
class Stored:
    """A message as it stands in the chat. `media` is the picture's link, `kind` what it is."""

    id: str
    by_bot: bool
    text: str
    kind: str = "text"
    media: str = ""


@dataclass(slots=True)
class ChatState:
    id: str
    kind: str = "PRIVATE"
    title: str = ""
    blocked: bool = False
    messages: list[Stored] = field(default_factory=list)
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    def happened(self) -> None:
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


class World:
    """One bot and everybody it may talk with."""

    def __init__(self, *, token: str, clock: SimClock, seed: int) -> None:
        self.token = token
        self.clock = clock
        self.random = random.Random(seed)
        self.limits = Limits()
        self.habits = Habits()
        self.refused_with = 0
        """401 or 403 while the token is revoked."""
        self.chats: dict[str, ChatState] = {}
        self.media: dict[str, Media] = {}
        self.moved: dict[str, str] = {}
        """Paths that answer with a redirection."""
        self.url = ""
        self.written_to: set[str] = set()
        self._sent: dict[int, int] = {}

    def new_id(self) -> str:
        """Ids are strings of twenty hexadecimal digits."""
        return f"{self.random.getrandbits(80):020x}"

    def add_media(self, data: bytes, mime: str, ending: str) -> str:
        """The link under which the file is to be had."""
        name = f"{self.new_id()}.{ending}"
        self.media[name] = Media(data, mime)
        return f"{self.url}/media/{name}"

    def count_sent(self, chat: str) -> None:
        """Raises the 429 of an exhausted package. A month has thirty days here."""
        month = int(self.clock.now() // (30 * 86400))
        users = self.written_to | {chat}
        if self._sent.get(month, 0) >= self.limits.messages or len(users) > self.limits.users:
            raise ApiError(429, "Quota exceeded")
        self._sent[month] = self._sent.get(month, 0) + 1
        self.written_to = users

    @property
    def sent_this_month(self) -> int:
        return self._sent.get(int(self.clock.now() // (30 * 86400)), 0)
