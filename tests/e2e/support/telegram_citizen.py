"""A person of the emulated Telegram as a `Citizen`."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from tests.e2e.support.heard import Document, Exchange, Heard
from tests.e2e.support.people import DEEDS, Quiet, choose
from tests.emulators.telegram import Group, Person, Shown


class TelegramCitizen:
    """`group`: acts in that group instead of the private chat."""

    channel = "telegram"
    carries: ClassVar = DEEDS

    def __init__(self, person: Person, quiet: Quiet, *, group: Group | None = None) -> None:
        self.person = person
        self.group = group
        self.transcript: list[Exchange] = []
        self._quiet = quiet
        self._read = len(self._chat.events)

    @property
    def _chat(self):  # type: ignore[no-untyped-def]
        return self.group.chat if self.group is not None else self.person.chat

    async def start(self) -> Exchange:
        return await self.say("/start")

    async def say(self, text: str) -> Exchange:
        return await self._do(text, lambda: self.person.say(text, chat=self.group))

    async def reply(self, text: str, ref: str) -> Exchange:
        """Answer a message of the bot by the platform's reply."""
        return await self._do(text, lambda: self.person.say(text, chat=self.group, reply_to=int(ref)))

    async def press(self, label: str) -> Exchange:
        message, found, token = choose(label, await self.all_heard())
        return await self._do(f"[{found}]", lambda: self._press(token, message.ref))

    async def press_token(self, token: str, ref: str) -> Exchange:
        return await self._do(f"[{token}]", lambda: self._press(token, ref))

    async def take(self, heard: Heard, place: int) -> Exchange:
        return await self._do(f"[{heard.labels[place]}]", lambda: self._press(heard.tokens[place], heard.ref))

    def _press(self, token: str, ref: str) -> None:
        stored = self._chat.messages.get(int(ref)) if ref else None
        on = Shown(self._chat, stored) if stored is not None else None
        self.person.press_data(token, on=on, chat=self.group)

    async def photos(self, count: int = 1, caption: str = "") -> Exchange:
        if count == 1:
            return await self._do(
                f"<photo> {caption}", lambda: self.person.send_photo(caption, chat=self.group)
            )
        return await self._do(
            f"<album of {count}> {caption}", lambda: self.person.send_album(count, caption, chat=self.group)
        )

    async def photo(self, data: bytes, caption: str = "") -> Exchange:
        """One photograph with these bytes."""
        return await self._do(
            f"<photo> {caption}", lambda: self.person.send_photo(caption, data=data, chat=self.group)
        )

    async def voice(self, seconds: int) -> Exchange:
        return await self._do(f"<voice {seconds} s>", lambda: self.person.send_voice(seconds))

    async def video(self, seconds: int, size: int) -> Exchange:
        return await self._do(
            f"<video {size // 1_000_000} MB>", lambda: self.person.send_video(seconds, size=size)
        )

    async def document(self, name: str, data: bytes, mime: str = "application/pdf") -> Exchange:
        return await self._do(
            f"<document {name}>", lambda: self.person.send_document(name, mime, data=data, chat=self.group)
        )

    async def location(self, latitude: float, longitude: float) -> Exchange:
        return await self._do("<location>", lambda: self.person.send_location(latitude, longitude))

    async def contact(self, phone: str, name: str) -> Exchange:
        return await self._do("<contact>", lambda: self.person.send_contact(phone, first_name=name))

    async def sticker(self, emoji: str) -> Exchange:
        return await self._do(f"<sticker {emoji}>", lambda: self.person.send_sticker(emoji))

    async def edit(self, earlier: Shown, text: str) -> Exchange:
        return await self._do(f"(edits) {text}", lambda: self.person.edit(earlier, text))

    async def news(self) -> list[Heard]:
        await self._quiet()
        return self._new()

    async def all_heard(self) -> list[Heard]:
        return [
            heard(Shown(self._chat, stored))
            for stored in self._chat.messages.values()
            if stored.by_bot and not stored.deleted
        ]

    async def _do(self, did: str, deed: Callable[[], object]) -> Exchange:
        self._new()
        deed()
        await self._quiet()
        exchange = Exchange(did, self._new())
        self.transcript.append(exchange)
        return exchange

    def _new(self) -> list[Heard]:
        events, self._read = self._chat.events[self._read :], len(self._chat.events)
        touched = dict.fromkeys(ref for what, ref in events if what in ("new", "edit"))
        messages = self._chat.messages
        return [heard(Shown(self._chat, messages[ref])) for ref in touched if not messages[ref].deleted]


def heard(shown: Shown) -> Heard:
    """What stands on the telephone."""
    pressable = [button for button in shown.buttons if button.data]
    file = shown.file
    return Heard(
        ref=str(shown.id),
        text=shown.text,
        labels=tuple(button.label for button in pressable),
        tokens=tuple(button.data for button in pressable),
        urls=tuple(button.url for button in shown.buttons if button.url),
        edited=shown.edited,
        quiet=shown.silent,
        file=Document(file.name, file.mime, file.data) if file is not None else None,
    )
