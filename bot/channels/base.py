"""What every channel offers to dispatch and delivery, and the ways a send can fail.

A fault says what to do next, not what happened on the wire: again, never, uncertain, moved, stop. Each
channel maps its platform's errors to these (Telegram: `reference` texts of Bot API 1.7).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Protocol, runtime_checkable

from handlers.messages import Capabilities, Incoming, Outgoing


@unique
class Verdict(StrEnum):
    """What dispatch made of an update; only RETRY means that the platform must bring it again."""

    DONE = "done"
    DUPLICATE = "duplicate"
    KEPT = "kept"
    """A dead letter: kept for replay, the person was told."""
    RETRY = "retry"
    """Nothing could be committed (database away, disk full)."""


Receiver = Callable[[Incoming], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The platform took the message. `message_ref` is its id there; empty when it gives none."""

    message_ref: str = ""
    delivered: bool = False
    """True where the platform proves delivery to the person (web chat)."""
    note: str = ""
    """In which other form it went, such as an approved template; kept as the outcome's reason."""


class SendFault(Exception):
    """A send did not succeed. `reason` is short, has no personal data and may be shown to officers."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Again(SendFault):
    """Surely not accepted; try later. `after` is the platform's own wish in seconds (429), else None."""

    def __init__(self, reason: str, *, after: float | None = None, whole_account: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.whole_account = whole_account
        """True when the platform asks the whole account to wait, not only this chat."""


class Uncertain(SendFault):
    """The platform may have accepted it (time-out or lost answer after the request left)."""


@unique
class Refusal(StrEnum):
    """Why a platform will never take this message."""

    BLOCKED = "blocked"
    """The person blocked us or never started us, or we are no longer in the group."""
    GONE = "gone"
    """The chat or account no longer exists."""
    REFUSED = "refused"
    """The platform refuses this very message (too long, bad file …)."""
    EDIT_IMPOSSIBLE = "edit_impossible"
    """The message to edit is gone or too old: send a new one."""


class Never(SendFault):
    """Will never be accepted as it is."""

    def __init__(self, reason: str, *, refusal: Refusal) -> None:
        super().__init__(reason)
        self.refusal = refusal


class ChatMoved(SendFault):
    """The chat has a new id (a group became a supergroup): store it and send there."""

    def __init__(self, reason: str, *, new_chat: str) -> None:
        super().__init__(reason)
        self.new_chat = new_chat


class Closed(SendFault):
    """The platform takes ordinary messages to this person only after they write again (its window passed)."""


class Stop(SendFault):
    """The account itself is refused (token revoked): stop sending for it and raise an alarm."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A rendered or stored file, ready to upload."""

    name: str
    mime: str
    data: bytes


class Channel(Protocol):
    """A platform account: takes updates in (through its own receiver) and messages out."""

    @property
    def name(self) -> str: ...

    @property
    def account(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def is_group(self, chat: str) -> bool:
        """Whether the platform's id names a group; groups are paced slower."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        """Raises Again, Uncertain, Never, ChatMoved, Stop."""

    async def edit(self, chat: str, message_ref: str, message: Outgoing) -> SendReceipt:
        """Replace a message in place; 'not modified' is a success. Raises as `send`."""

    async def delete(self, chat: str, message_ref: str) -> bool:
        """Delete a message of a private chat, ours or the person's. True when it is gone, False where the
        platform does not allow it. May be repeated. Raises Again, ChatMoved, Stop."""

    async def acknowledge(self, callback_id: str, text: str = "") -> None:
        """Stop the spinner of a pressed button; best effort, never raises a SendFault."""

    def download(self, platform_id: str) -> AsyncIterator[bytes]:
        """The bytes of a file the platform announced. Raises Again, Never(REFUSED), Stop."""


@runtime_checkable
class Windowed(Protocol):
    """A channel whose platform closes a chat some time after the person's last own deed."""

    async def send_outside(self, chat: str, message: Outgoing, *, phone: str) -> SendReceipt:
        """Say it in the form that is allowed after the window: the approved template of `message.notice`.

        `phone`: the number by which the person agreed to be told; empty where they did not. Raises Closed where
        no template fits, and what `Channel.send` raises.
        """
