"""A person who talks to the office without a channel between: the same deeds as those of the end-to-end
tests, on a real database through the real entry, many times faster."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from handlers.messages import (
    Arrived,
    Choice,
    Command,
    Contact,
    Content,
    Edit,
    FileKind,
    Files,
    IncomingFile,
    Location,
    Text,
    Unusable,
    Withdrawn,
)
from storage.records import FileRecord, PetitionContent, PetitionRecord
from tests.e2e.support.heard import Exchange, Heard
from tests.e2e.support.people import choose
from tests.handlers.officers.office import Office, Sent
from tests.handlers.officers.office import place as place_of


@dataclass
class Person:
    """One private chat. Every deed returns what the office answered."""

    office: Office
    chat: str = "500"
    channel: str = "telegram"
    transcript: list[Exchange] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    """`message_ref` of what this person sent, oldest first."""
    _files: Any = field(default_factory=lambda: count(1))

    async def start(self, payload: str = "") -> Exchange:
        return await self.command("start", payload)

    async def command(self, name: str, argument: str = "") -> Exchange:
        return await self._do(f"/{name} {argument}".strip(), Command(name=name, argument=argument))

    async def say(self, text: str) -> Exchange:
        return await self._do(text, Text(text=text))

    async def press(self, label: str) -> Exchange:
        _, found, token = choose(label, await self.all_heard())
        return await self.press_token(token, label=found)

    async def press_token(self, token: str, ref: str = "", *, label: str = "") -> Exchange:
        return await self._do(f"[{label or token}]", Choice(token=token, message_ref=ref, callback_id="1"))

    async def choose(self, label: str) -> Exchange:
        """Types the number that stands before a choice of the newest message that has it."""
        heard = next(heard for heard in reversed(await self.all_heard()) if heard.labels)
        found, _, token = choose(label, [heard])
        return await self.say(str(found.tokens.index(token) + 1))

    async def photos(self, number: int = 1, caption: str = "") -> Exchange:
        """One photo, or an album that comes as so many updates and is answered once it is quiet; where the
        channel knows no albums, so many photos in a row."""
        album = f"album{next(self._files)}" if number > 1 and place_of(self.chat)[2].albums else ""
        before = len(self.office.chat(self.chat))
        for place in range(number):
            content = Files(files=(self._file(),), caption="" if place else caption, album=album)
            await self.office.update(self.chat, content, deliver=False)
        self.office.clock.forward(timedelta(seconds=3))
        await self.office.deliver()
        heard = [self._heard(sent) for sent in self.office.chat(self.chat)[before:]]
        return self._note(f"<{number} photos: {caption}>", heard)

    async def voice(self, seconds: int) -> Exchange:
        return await self._do("<voice>", Files(files=(self._file(FileKind.VOICE, seconds=seconds),)))

    async def video(self, seconds: int, size: int) -> Exchange:
        file = self._file(FileKind.VIDEO, seconds=seconds, size=size)
        return await self._do("<video>", Files(files=(file,)))

    async def document(self, name: str, data: bytes, mime: str = "application/pdf") -> Exchange:
        file = self._file(FileKind.DOCUMENT, name=name, size=len(data), mime=mime)
        return await self._do(f"<{name}>", Files(files=(file,)))

    async def location(self, latitude: float, longitude: float) -> Exchange:
        return await self._do("<location>", Location(latitude=latitude, longitude=longitude))

    async def contact(self, phone: str, name: str, *, own: bool = False, address: str = "") -> Exchange:
        return await self._do("<contact>", Contact(phone=phone, name=name, own=own, address=address))

    async def arrive(self) -> Exchange:
        return await self._do("<opens the chat>", Arrived())

    async def withdraw_consent(self) -> Exchange:
        return await self._do("<takes the consent back>", Withdrawn())

    async def sticker(self, emoji: str) -> Exchange:
        return await self._do(f"<sticker {emoji}>", Unusable(what="sticker", emoji=emoji))

    async def edit(self, ref: str, text: str) -> Exchange:
        return await self._do(f"<edit> {text}", Edit(text=text), ref=ref)

    async def replayed(self, text: str, *, ago: timedelta) -> Exchange:
        """A message of some time ago that an operator runs again."""
        return await self._do(
            f"<replayed> {text}", Text(text=text), replayed=True, at=self.office.clock.now() - ago
        )

    def rest(self, hours: float) -> None:
        """Time goes by in silence."""
        self.office.clock.forward(timedelta(hours=hours))

    async def all_heard(self) -> list[Heard]:
        return [self._heard(sent) for sent in self.office.chat(self.chat)]

    async def news(self) -> list[Heard]:
        told = {heard.ref for exchange in self.transcript for heard in exchange.answers}
        return [heard for heard in await self.all_heard() if heard.ref not in told]

    # --- what became of it

    async def petitions(self) -> list[PetitionRecord]:
        """Filed from this chat, oldest first."""

        def look(book: Any) -> list[PetitionRecord]:
            channel, account, _ = place_of(self.chat)
            opened = book.open_turn(channel=channel, account=account, chat=self.chat)
            return list(reversed(book.petitions_of(opened.conversation.id)))

        return await self.office.work(look)

    async def content(self, petition: PetitionRecord) -> PetitionContent:
        return await self.office.work(lambda book: book.content(petition))

    async def files(self, petition: PetitionRecord) -> list[FileRecord]:
        return await self.office.work(lambda book: book.files_of(petition.id))

    # --- inside

    def _file(self, kind: FileKind = FileKind.PHOTO, **more: Any) -> IncomingFile:
        return IncomingFile(kind=kind, platform_id=f"{self.chat}-{next(self._files)}", **more)

    async def _do(self, did: str, content: Content, **more: Any) -> Exchange:
        before = {id(sent) for sent in self.office.chat(self.chat)}
        await self.office.update(self.chat, content, **more)
        if isinstance(content, Files) and not place_of(self.chat)[2].albums:  # more of them might come
            self.office.clock.forward(timedelta(seconds=4))
            await self.office.deliver()
        self.refs.append(self.office.last_ref)
        heard = [self._heard(sent) for sent in self.office.chat(self.chat) if id(sent) not in before]
        return self._note(did, heard)

    def _note(self, did: str, heard: list[Heard]) -> Exchange:
        exchange = Exchange(did=did, answers=heard)
        self.transcript.append(exchange)
        return exchange

    def _heard(self, sent: Sent) -> Heard:
        return Heard(
            ref=sent.ref,
            text=sent.text.strip(),
            labels=tuple(button.label for button in sent.buttons if button.token),
            tokens=tuple(button.token for button in sent.buttons if button.token),
            edited=bool(sent.edits),
            quiet=sent.message.quiet,
        )


class Typist(Person):
    """A person on a channel that numbers its choices, who types the number of a choice, or its words where it
    stands further up."""

    async def press(self, label: str) -> Exchange:
        heard = await self.all_heard()
        found, words, token = choose(label, heard)
        newest = next(message for message in reversed(heard) if message.labels)
        if found is newest:
            return await self.say(str(found.tokens.index(token) + 1))
        return await self.say(words)
