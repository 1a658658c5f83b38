"""The people's side: what a person does on the phone, what the phone shows, what the person waits for."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from tests.emulators.listening import Listener
from tests.emulators.telegram import samples
from tests.emulators.telegram.people import NothingCame

from .model import ChatState, Media, Stored
from .updates import Update

if TYPE_CHECKING:
    from .emulator import ZaloBotEmulator

_CHOICE = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
AAC = b"\xff\xf1\x50\x80" + bytes(2_000)


class Shown:
    """One message as it stands in the chat."""

    def __init__(self, emulator: ZaloBotEmulator, stored: Stored) -> None:
        self._emulator = emulator
        self.stored = stored

    @property
    def id(self) -> str:
        return self.stored.id

    @property
    def by_bot(self) -> bool:
        return self.stored.by_bot

    @property
    def text(self) -> str:
        return self.stored.text

    @property
    def kind(self) -> str:
        return self.stored.kind

    @property
    def photo(self) -> bytes | None:
        media = self._emulator.world.media.get(self.stored.media.rpartition("/")[2])
        return media.data if media is not None and self.kind == "image" else None

    @property
    def choices(self) -> dict[int, str]:
        """The numbered choices: number → label."""
        return {int(number): label for number, label in _CHOICE.findall(self.text)}

    @property
    def labels(self) -> list[str]:
        return list(self.choices.values())

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://\S+", self.text)

    def line(self) -> str:
        return f"{'BOT' if self.by_bot else 'PERSON'}: {self.text or f'<{self.kind}>'}"

    def __repr__(self) -> str:
        return f"<{self.id} {self.line()}>"


class Person(Listener[Shown]):
    """A person with a private chat with the bot. All actions return at once; `expect` and `next` wait."""

    def __init__(self, emulator: ZaloBotEmulator, chat: ChatState, name: str) -> None:
        super().__init__()
        self._emulator = emulator
        self.chat = chat
        self.name = name

    @property
    def id(self) -> str:
        return self.chat.id

    # --- saying things

    def say(self, text: str, **extra: Any) -> Shown:
        return self.send("message.text.received", {"text": text, **extra}, Stored("", False, text))

    def send_photo(self, caption: str = "", *, data: bytes | None = None, link: str = "") -> Shown:
        """A photo; `link` stands for its bytes where a test needs a link of its own."""
        if not link:
            seed = len(self._emulator.world.media)
            link = self._emulator.world.add_media(data or samples.jpeg(seed=seed), "image/jpeg", "jpg")
        fields = {self._emulator.world.habits.photo_field: link}
        if caption:
            fields["caption"] = caption
        return self.send("message.image.received", fields, Stored("", False, caption, "image", link))

    def send_photos(self, count: int = 3, caption: str = "") -> list[Shown]:
        """Chosen together, they come one by one and nothing says that they belong together."""
        return [self.send_photo(caption if index == 0 else "") for index in range(count)]

    def send_voice(self, *, data: bytes = AAC) -> Shown:
        link = self._emulator.world.add_media(data, "audio/aac", "aac")
        return self.send("message.voice.received", {"voice_url": link}, Stored("", False, "", "voice", link))

    def send_sticker(self, sticker: str = "46956") -> Shown:
        fields = {"sticker": sticker, "url": f"{self._emulator.url}/media/sticker.png"}
        return self.send("message.sticker.received", fields, Stored("", False, "", "sticker"))

    def send_unsupported(self) -> Shown:
        """Something the platform does not hand on (a file, a place, a card)."""
        return self.send("message.unsupported.received", {}, Stored("", False, "", "unsupported"))

    def press(self, label: str) -> Shown:
        """Answer the newest message that offers `label` by typing its number."""
        for shown in reversed(self.messages):
            for number, offered in shown.choices.items() if shown.by_bot else ():
                if label.casefold() in offered.casefold():
                    return self.say(str(number))
        raise NothingCame(f"no choice {label!r}; the last message was {self.last.text!r}")

    def send(self, event: str, fields: dict[str, Any], stored: Stored) -> Shown:
        """Any event at all; `fields` stand in the message beside its frame and may replace parts of it."""
        self.chat.blocked = False
        stored.id = self._emulator.world.new_id()
        message = {
            "message_id": stored.id,
            "date": int(self._emulator.world.clock.now() * 1000),
            "from": {"id": self.id, "display_name": self.name, "is_bot": False},
            "chat": {"id": self.chat.id, "chat_type": self.chat.kind},
            **fields,
        }
        self.chat.messages.append(stored)
        self._emulator.push(Update({"event_name": event, "message": message}, self.chat.id))
        return Shown(self._emulator, stored)

    def block(self) -> None:
        """From now on the bot may not write here; the next own message takes it back."""
        self.chat.blocked = True

    # --- what came

    @property
    def messages(self) -> list[Shown]:
        """The chat as the phone shows it, oldest first."""
        return [Shown(self._emulator, stored) for stored in self.chat.messages]

    def said_by_bot(self) -> list[Shown]:
        return [shown for shown in self.messages if shown.by_bot]

    def _waiters(self) -> list[asyncio.Future[None]]:
        return self.chat.waiters


class Group:
    """A group chat; the bot is told only of messages that mention it."""

    def __init__(self, emulator: ZaloBotEmulator, chat: ChatState) -> None:
        self._emulator = emulator
        self.chat = chat

    @property
    def id(self) -> str:
        return self.chat.id

    def say(self, person: Person, text: str, *, mention: bool = True) -> None:
        words = f"@Bot Tiếp Dân {text}" if mention else text
        stored = Stored(self._emulator.world.new_id(), False, words)
        self.chat.messages.append(stored)
        if not mention:
            return
        message = {
            "message_id": stored.id,
            "date": int(self._emulator.world.clock.now() * 1000),
            "from": {"id": person.id, "display_name": person.name, "is_bot": False},
            "chat": {"id": self.chat.id, "chat_type": "GROUP"},
            "text": words,
        }
        self._emulator.push(Update({"event_name": "message.text.received", "message": message}, self.chat.id))

    def said_by_bot(self) -> list[Shown]:
        return [Shown(self._emulator, stored) for stored in self.chat.messages if stored.by_bot]


def media_of(emulator: ZaloBotEmulator, shown: Shown) -> Media:
    """The file behind a message, to be made late, wrong or gone."""
    return emulator.world.media[shown.stored.media.rpartition("/")[2]]
