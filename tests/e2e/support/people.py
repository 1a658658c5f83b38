"""A citizen (or officer) at a telephone or a browser: the same deeds on every channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from tests.e2e.support.heard import Exchange, Heard, NoSuchButton, likeness

Quiet = Callable[[], Awaitable[None]]
"""Waits until everything that was said is answered and delivered."""

ONLY_TYPED_ON_WEB = {
    "sticker": "the web chat has no stickers: the emoji is typed",
    "voice": "the web chat has no recorder: the recording is uploaded as an audio file",
    "contact": "the page has no card to share: the number goes as the page's contact",
    "edit": "the web chat has no editing: the correction is typed",
}
"""What the web chat cannot carry, and what stands for it. The whole list of differences."""


class Citizen(Protocol):
    """Everything returns what the office answered to it, once it is quiet again."""

    channel: str
    transcript: list[Exchange]

    async def start(self) -> Exchange: ...
    async def say(self, text: str) -> Exchange: ...
    async def press(self, label: str) -> Exchange: ...
    async def press_token(self, token: str, ref: str) -> Exchange: ...
    async def photos(self, count: int = 1, caption: str = "") -> Exchange: ...
    async def voice(self, seconds: int) -> Exchange: ...
    async def video(self, seconds: int, size: int) -> Exchange: ...
    async def document(self, name: str, data: bytes, mime: str = "application/pdf") -> Exchange: ...
    async def location(self, latitude: float, longitude: float) -> Exchange: ...
    async def contact(self, phone: str, name: str) -> Exchange: ...
    async def sticker(self, emoji: str) -> Exchange: ...
    async def news(self) -> list[Heard]:
        """What came since it last looked, without saying anything."""
        ...

    async def all_heard(self) -> list[Heard]:
        """Every message of the office, oldest first, as it stands now."""
        ...


NEAR = 0.3
"""From this likeness on a person takes a button for the one meant."""


def choose(wanted: str, heard: Sequence[Heard]) -> tuple[Heard, str, str]:
    """The message, label and token of the button to press: the one most alike, of the newest messages."""
    with_buttons = [message for message in reversed(heard) if message.labels][:6]
    offered = [
        (likeness(wanted, label), -age, message, place)
        for age, message in enumerate(with_buttons)
        for place, label in enumerate(message.labels)
    ]
    best = max(offered, key=lambda offer: offer[:2], default=None)
    if best is None or best[0] < NEAR:
        raise NoSuchButton(
            f"nothing like {wanted!r}; offered: {[message.labels for message in with_buttons]}"
        )
    _, _, message, place = best
    return message, message.labels[place], message.tokens[place]


def shown(transcript: Sequence[Exchange]) -> str:
    """Both sides as one page, for failures and for `pytest -s`."""
    return "\n".join(line for exchange in transcript for line in exchange.lines())
