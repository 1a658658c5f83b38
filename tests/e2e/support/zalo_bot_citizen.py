"""A person with a chat with the emulated bot of the Zalo Bot Platform as a `Citizen`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tests.e2e.support.heard import Document, Exchange, Heard
from tests.e2e.support.numbered import read_numbered
from tests.e2e.support.numbered_citizen import NumberedCitizen
from tests.e2e.support.people import Quiet
from tests.emulators.zalo_bot import Person, Shown


class ZaloBotCitizen(NumberedCitizen):
    """Types the number of what it chooses: the platform has no buttons."""

    channel = "zalo_bot"
    carries: ClassVar = frozenset({"photo", "sticker", "text", "voice"})

    def __init__(self, person: Person, quiet: Quiet) -> None:
        super().__init__(quiet)
        self.person = person

    def _type(self, text: str) -> None:
        self.person.say(text)

    def _shown(self) -> Sequence[Heard | None]:
        return [heard(shown) if shown.by_bot else None for shown in self.person.messages]

    async def press_token(self, token: str, ref: str) -> Exchange:
        """Nothing stands behind a number but its place; a token can only be typed as words."""
        del ref
        return await self.say(token)

    async def photos(self, count: int = 1, caption: str = "") -> Exchange:
        did = f"<{count} photos> {caption}" if count > 1 else f"<photo> {caption}"
        return await self._do(did, lambda: self.person.send_photos(count, caption), count=count)

    async def voice(self, seconds: int) -> Exchange:
        return await self._do(f"<voice {seconds} s>", self.person.send_voice)

    async def video(self, seconds: int, size: int) -> Exchange:
        return await self._do(f"<video {seconds} s>", self.person.send_unsupported)

    async def document(self, name: str, data: bytes, mime: str = "application/pdf") -> Exchange:
        return await self._do(f"<document {name}>", self.person.send_unsupported)

    async def location(self, latitude: float, longitude: float) -> Exchange:
        return await self.say(f"{latitude:.6f}, {longitude:.6f}")

    async def contact(self, phone: str, name: str) -> Exchange:
        return await self.say(f"{name}, {phone}")

    async def sticker(self, emoji: str) -> Exchange:
        return await self._do(f"<sticker {emoji}>", self.person.send_sticker)


def heard(shown: Shown) -> Heard:
    """What stands on the telephone."""
    spoken = read_numbered(shown.text)
    photo = shown.photo
    return Heard(
        ref=shown.id,
        text=spoken.text,
        labels=spoken.labels,
        tokens=("",) * len(spoken.labels),
        urls=spoken.urls,
        file=Document("", "image/jpeg", photo) if photo is not None else None,
    )
