"""A citizen (or officer) at a telephone or a browser: the same deeds on every channel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Final, Protocol

from tests.e2e.support.heard import Exchange, Heard, NoSuchButton, likeness

Quiet = Callable[[], Awaitable[None]]
"""Waits until everything that was said is answered and delivered."""

CANNOT_CARRY: Final[dict[str, dict[str, str]]] = {
    "telegram": {},
    "web": {
        "sticker": "the web chat has no stickers: the emoji is typed",
        "voice": "the web chat has no recorder: the recording is uploaded as an audio file",
        "contact": "the page has no card to share: the number goes as the page's contact",
        "edit": "the web chat has no editing: the correction is typed",
    },
    "zalo_oa": {
        "album": "photos chosen together come one by one, and nothing says that they belong together",
        "edit": "there is no editing: the correction is typed",
        "video": "the platform does not say how large it is: what is too large is found and told at fetching",
    },
    "zalo_bot": {
        "album": "photos chosen together come one by one, and nothing says that they belong together",
        "button": "there are no buttons: the number of the choice is typed",
        "contact": "there are no cards: the number is typed",
        "document": "files are not handed on: the office says so and where they can be given",
        "edit": "there is no editing: the correction is typed",
        "location": "places are not handed on: the coordinates are typed as a map shows them",
        "video": "videos are not handed on: the office says so and where they can be given",
    },
}
"""What a channel cannot carry, and what stands for it. The whole list of differences: nothing else may differ."""
DEEDS: Final = frozenset(
    {
        "album",
        "button",
        "contact",
        "document",
        "edit",
        "location",
        "photo",
        "sticker",
        "text",
        "video",
        "voice",
    }
)
"""Everything a person may do on the channel that can do most."""


class Citizen(Protocol):
    """Everything returns what the office answered to it, once it is quiet again."""

    channel: str
    carries: ClassVar[frozenset[str]]
    """The deeds that reach the office as what they are; see `CANNOT_CARRY` for the others."""
    transcript: list[Exchange]

    async def start(self) -> Exchange: ...
    async def say(self, text: str) -> Exchange: ...
    async def press(self, label: str) -> Exchange: ...
    async def press_token(self, token: str, ref: str) -> Exchange: ...
    async def take(self, heard: Heard, place: int) -> Exchange:
        """Choose the choice at `place` (the first is 0) of a message."""
        ...

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
    """The message, label and token of the button to press."""
    message, place = find_choice(wanted, heard)
    return message, message.labels[place], message.tokens[place]


def find_choice(wanted: str, heard: Sequence[Heard]) -> tuple[Heard, int]:
    """The message and place of the button most alike, of the newest messages. Raises NoSuchButton."""
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
    return best[2], best[3]


def shown(transcript: Sequence[Exchange]) -> str:
    """Both sides as one page, for failures and for `pytest -s`."""
    return "\n".join(line for exchange in transcript for line in exchange.lines())
