"""A person with a chat with the emulated Official Account as a `Citizen`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from tests.e2e.support.heard import Document, Exchange, Heard
from tests.e2e.support.numbered import read_numbered
from tests.e2e.support.numbered_citizen import NumberedCitizen
from tests.e2e.support.people import Quiet
from tests.emulators.telegram import samples
from tests.emulators.zalo_oa import Shown, ZaloUser

MARK: Final = "#b:"
"""What the payload of our buttons begins with."""


class ZaloOaCitizen(NumberedCitizen):
    """Presses a button where the phone shows it, else types the number."""

    channel = "zalo_oa"
    carries: ClassVar = frozenset(
        {"button", "contact", "document", "location", "photo", "sticker", "text", "voice"}
    )

    def __init__(self, person: ZaloUser, quiet: Quiet) -> None:
        super().__init__(quiet)
        self.person = person

    def _type(self, text: str) -> None:
        self.person.say(text)

    def _press_button(self, token: str, heard: Heard) -> bool:
        on = next(shown for shown in self.person.messages if shown.id == heard.ref)
        found = on.find(f"{MARK}{token}")
        if found is not None:
            self.person.press(found)
        return found is not None

    def _shown(self) -> Sequence[Heard | None]:
        return [heard(shown) if shown.from_oa else None for shown in self.person.messages]

    async def press_token(self, token: str, ref: str) -> Exchange:
        """A button of any time: anybody may send what stands behind it."""
        del ref
        return await self._do(f"[{token}]", lambda: self.person.press_payload(f"{MARK}{token}"))

    async def photos(self, count: int = 1, caption: str = "") -> Exchange:
        did = f"<{count} photos> {caption}" if count > 1 else f"<photo> {caption}"
        return await self._do(did, lambda: self.person.send_photos(count, caption), count=count)

    async def voice(self, seconds: int) -> Exchange:
        return await self._do(f"<voice {seconds} s>", lambda: self.person.send_voice(seconds))

    async def video(self, seconds: int, size: int) -> Exchange:
        return await self._do(
            f"<video {seconds} s, {size // 1_000_000} MB>", lambda: self.person.send_video(samples.mp4(size))
        )

    async def document(self, name: str, data: bytes, mime: str = "application/pdf") -> Exchange:
        return await self._do(
            f"<document {name}>", lambda: self.person.send_file(name, data, content_type=mime)
        )

    async def location(self, latitude: float, longitude: float) -> Exchange:
        return await self._do("<location>", lambda: self.person.send_location(latitude, longitude))

    async def contact(self, phone: str, name: str) -> Exchange:
        """Asked for by the platform's own form it is shared with one press; else a card is sent."""
        asked = any(a.kind == "request_user_info" for shown in self._last_words() for a in shown.attachments)
        if asked:
            return await self._do("<shares name and phone>", lambda: self.person.share_info(name, phone, ""))
        return await self._do("<contact>", lambda: self.person.send_business_card(phone))

    async def sticker(self, emoji: str) -> Exchange:
        return await self._do(f"<sticker {emoji}>", self.person.send_sticker)

    def _last_words(self) -> list[Shown]:
        """What the office said since the person last did something."""
        said: list[Shown] = []
        for shown in reversed(self.person.messages):
            if not shown.from_oa:
                break
            said.append(shown)
        return said


def heard(shown: Shown) -> Heard:
    """What stands on the telephone: choices by number, those with a button with what is behind it."""
    spoken = read_numbered(shown.text)
    pressable = [button for button in shown.buttons if button.type.startswith("oa.query")]
    labels = spoken.labels or tuple(button.label for button in pressable)
    tokens = [button.payload.removeprefix(MARK) for button in pressable][: len(labels)]
    file = next((a for a in shown.attachments if a.kind in ("file", "image")), None)
    return Heard(
        ref=shown.id,
        text=spoken.text,
        labels=labels,
        tokens=(*tokens, *[""] * (len(labels) - len(tokens))),
        urls=(*spoken.urls, *(button.url for button in shown.buttons if button.url)),
        file=Document(file.name, "", file.data) if file is not None else None,
    )
