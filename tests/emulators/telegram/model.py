"""What the emulated Telegram knows: users, chats, messages, files."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

GROUP_ANONYMOUS_BOT = 1087968824


@dataclass(slots=True)
class User:
    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def api(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                fields[name] = value
        return fields


@dataclass(slots=True)
class StoredFile:
    file_id: str
    unique_id: str
    path: str
    data: bytes
    size: int
    """Bytes as announced; may be larger than `data` where a test only needs the announcement."""
    name: str = ""
    mime: str = ""


@dataclass(slots=True)
class StoredMessage:
    api: dict[str, Any]
    """The message as the Bot API shows it."""
    by_bot: bool
    markup: dict[str, Any] | None = None
    """Reply keyboard or removal it was sent with; inline keyboards are in `api`."""
    deleted: bool = False
    silent: bool = False
    file: StoredFile | None = None

    @property
    def id(self) -> int:
        return int(self.api["message_id"])

    @property
    def text(self) -> str:
        return str(self.api.get("text") or self.api.get("caption") or "")


@dataclass(slots=True)
class ChatState:
    id: int
    type: str
    title: str = ""
    user: User | None = None
    """The person of a private chat."""
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    deleted: bool = False
    bot_status: str = "member"
    members: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    last_own_id: int = 0
    """Last message id of a supergroup, which counts for itself."""
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    events: list[tuple[str, int]] = field(default_factory=list)
    """What the bot did here, in order: (`new` | `edit` | `delete`, message id)."""
    waiters: list[asyncio.Future[None]] = field(default_factory=list)
    reply_keyboard: dict[str, Any] | None = None

    def api(self) -> dict[str, Any]:
        if self.user is not None:
            fields: dict[str, Any] = {"id": self.id, "type": "private", "first_name": self.user.first_name}
            for name in ("last_name", "username"):
                if value := getattr(self.user, name):
                    fields[name] = value
            return fields
        return {"id": self.id, "type": self.type, "title": self.title}

    def happened(self, what: str, message_id: int) -> None:
        self.events.append((what, message_id))
        waiters, self.waiters = self.waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


@dataclass(slots=True)
class Call:
    """One request of the bot and what became of it."""

    method: str
    chat: int | None
    params: dict[str, Any]
    at: float
    outcome: str = ""
    """`ok`, `400 Bad Request: …`, `not applied, reset`, `applied, answer lost`, …"""
    message_id: int | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class PressedButton:
    """A callback query on its way; `answer` is set when the bot stops the spinner."""

    id: str
    at: float
    payload: dict[str, Any]
    answer: dict[str, Any] | None = None
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        return self.answer is not None

    async def wait_answer(self, timeout: float = 5.0) -> dict[str, Any]:  # noqa: ASYNC109 - the test's patience
        async with asyncio.timeout(timeout):
            while self.answer is None:
                waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self.waiters.append(waiter)
                await waiter
        return self.answer
