"""One citizen with two chats: a messenger of a foreign company, and the web chat of the office itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection

from handlers import router
from handlers.citizens.state import CitizenTalk, load
from handlers.messages import (
    Button,
    Capabilities,
    Choice,
    Command,
    Content,
    Incoming,
    Outgoing,
    Takeover,
    Text,
)
from handlers.talk import Talk
from handlers.turn import Facts, Turn, outgoing_from_data
from storage import outbox
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import sample_agency, sample_facts

SAFE = "https://tiepdan.example.vn"
T = TypeVar("T")


@dataclass
class Chat:
    """A chat of one channel. Every deed returns what the office said in this chat."""

    post: Post
    channel: str
    account: str
    chat: str
    foreign: bool
    heard: list[Outgoing] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    """`message_ref` of what the citizen sent, oldest first."""

    async def say(self, words: str) -> list[Outgoing]:
        return await self.do(Text(text=words))

    async def command(self, name: str) -> list[Outgoing]:
        return await self.do(Command(name=name))

    async def press(self, label: str) -> list[Outgoing]:
        return await self.do(Choice(token=self.button(label).token, callback_id="1"))

    async def take(self, token: str) -> list[Outgoing]:
        return await self.do(Takeover(token=token))

    async def do(self, content: Content, **more: Any) -> list[Outgoing]:
        before = len(self.heard)
        await self.post.bring(self, content, **more)
        return self.heard[before:]

    def button(self, label: str) -> Button:
        """The newest button whose label holds these words."""
        every = [button for said in reversed(self.heard) for row in said.rows for button in row]
        found = [button for button in every if label in button.label]
        assert found, f"no button {label!r} among {[button.label for button in every]}"
        return found[0]

    def link(self) -> str:
        """The token of the newest link."""
        address = urlsplit(next(b.url for s in reversed(self.heard) for r in s.rows for b in r if b.url))
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{SAFE}/continue"
        return parse_qs(address.query)["t"][0]

    async def memory(self) -> CitizenTalk:
        """What the chat's present conversation remembers."""

        def look(book: Casebook) -> CitizenTalk:
            opened = book.open_turn(channel=self.channel, account=self.account, chat=self.chat)
            return load(Talk.model_validate(opened.conversation.state))

        return await self.post.work(look)

    async def contact_id(self) -> int:
        found = await self.post.work(lambda book: book.contact(self.channel, self.account, self.chat))
        assert found is not None
        return found.id


@dataclass
class Post:
    """Brings what is said in either chat to the office, and what the office says to its chat."""

    database: Database
    vault: Vault
    ids: IdSource
    clock: HandClock
    public_url: str = SAFE
    _chats: dict[tuple[str, str], Chat] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def messenger(self, chat: str = "500") -> Chat:
        return self._chat("telegram", "bot", chat, foreign=True)

    def browser(self, chat: str = "web1") -> Chat:
        return self._chat("web", "web", chat, foreign=False)

    async def work(self, task: Callable[[Casebook], T]) -> T:
        return await self.database.transact(lambda connection: task(self._book(connection)))

    async def petitions(self) -> list[PetitionRecord]:
        """Those of the messenger's conversation, wherever it is, oldest first."""

        def look(book: Casebook) -> list[PetitionRecord]:
            opened = book.open_turn(channel="telegram", account="bot", chat="500")
            held = book.handed_over(opened.contact.id)
            return book.petitions_of(held.conversation_id if held else opened.conversation.id)[::-1]

        return await self.work(look)

    async def bring(
        self,
        chat: Chat,
        content: Content,
        *,
        handle: Callable[[Turn], None] = router.handle,
        **more: Any,
    ) -> None:
        """One update of a chat, handled by the citizen's dialogue or as `handle` says, and its answers."""
        number = next(self._numbers)
        chat.refs.append(more.pop("ref", f"{chat.channel[0]}{number}"))
        incoming = Incoming(
            channel=chat.channel,
            account=chat.account,
            update_id=str(number),
            chat=chat.chat,
            person=chat.chat,
            content=content,
            at=self.clock.now(),
            message_ref=chat.refs[-1],
            **more,
        )
        self.clock.forward(timedelta(seconds=1))
        await self.database.transact(lambda connection: self._turn(connection, incoming, chat, handle))
        await self.database.transact(self._deliver)

    def _chat(self, channel: str, account: str, chat: str, *, foreign: bool) -> Chat:
        return self._chats.setdefault((channel, chat), Chat(self, channel, account, chat, foreign))

    def _book(self, connection: Connection) -> Casebook:
        agency = sample_agency().code
        return Casebook(connection, vault=self.vault, ids=self.ids, clock=self.clock, agency=agency)

    def _turn(
        self, connection: Connection, incoming: Incoming, chat: Chat, handle: Callable[[Turn], None]
    ) -> None:
        book = self._book(connection)
        opened = book.open_turn(channel=chat.channel, account=chat.account, chat=chat.chat)
        facts: Facts = replace(sample_facts(), public_url=self.public_url)
        turn = Turn(
            incoming=incoming,
            now=self.clock.now(),
            facts=facts,
            book=book,
            contact=opened.contact,
            conversation_id=opened.conversation.id,
            talk=Talk.model_validate(opened.conversation.state),
            capabilities=Capabilities(foreign=chat.foreign),
            random=random.Random(7),
        )
        handle(turn)
        state = turn.talk.model_dump(mode="json")
        if state != opened.conversation.state:
            opened.conversation.state = state
            book.save_conversation(opened.conversation)

    def _deliver(self, connection: Connection) -> None:
        accounts = [("telegram", "bot"), ("web", "web")]
        self.clock.forward(timedelta(seconds=1))
        for row in outbox.due(connection, self.vault, accounts=accounts, now=self.clock.now()):
            self._chats[row.channel, row.chat].heard.append(outgoing_from_data(row.body))
            ref = f"o{next(self._numbers)}"
            outbox.mark_sent(
                connection,
                row,
                platform_ref=ref,
                delivered=False,
                now=self.clock.now(),
                ids=self.ids,
                agency=sample_agency().code,
            )
