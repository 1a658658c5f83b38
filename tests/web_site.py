"""A running web server with a small office behind it that answers everything by repeating it.

The database, file store, vault and HTTP are real; only the dialogue is this small. The tests of the web chat
and its page run against it.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import aiohttp
from aiohttp import web
from sqlalchemy import Connection

from bot.channels.base import Attachment, Receiver, Verdict
from bot.channels.webchat.channel import WebChat
from bot.channels.webchat.spool import Spool
from bot.console.app import Console, add_console
from bot.console.live_calendar import CalendarKeeper
from bot.console.parts import ConsoleParts
from bot.dispatch import Books
from bot.official.drafts import Drafts
from bot.papers.printer import PaperPrinter
from bot.profile import read_agency
from bot.receipts import ReceiptPrinter
from bot.rendering import Renderer
from bot.shared_files import SharedFileStore
from bot.web.app import WebParts, build_app
from handlers.messages import Button, Choice, Command, Files, Incoming, Location, Outgoing, Text, Wish
from handlers.texts import Catalogue
from handlers.turn import Facts
from petitions.calendar import WorkingCalendar
from petitions.clock import Clock
from petitions.triage.suggester import suggester_for
from storage.casebook import Casebook
from storage.database import Database
from storage.files import FileStore
from storage.ids import IdSource
from storage.keys import Vault


@dataclass
class Office:
    """Answers as an office would, by rote. `verdicts` are given before anything is taken in."""

    chat: WebChat
    got: list[Incoming] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    silent: bool = False

    async def receive(self, incoming: Incoming) -> Verdict:
        if self.verdicts and (verdict := self.verdicts.pop(0)) is Verdict.RETRY:
            return verdict
        if incoming.update_id in self.seen:
            return Verdict.DUPLICATE
        self.seen.add(incoming.update_id)
        self.got.append(incoming)
        if not self.silent:
            for message, attachment in self.answers(incoming):
                await self.chat.send(incoming.chat, message, attachment)
        return Verdict.DONE

    def answers(self, incoming: Incoming) -> list[tuple[Outgoing, Attachment | None]]:
        content = incoming.content
        if isinstance(content, Choice):
            return self._chosen(content)
        if isinstance(content, Files):
            names = ", ".join(file.name for file in content.files)
            return [(Outgoing(text=f"Đã nhận {len(content.files)} tệp: {names}"), None)]
        if isinstance(content, Location):
            return [(Outgoing(text=f"Đã nhận vị trí {content.latitude:.2f}"), None)]
        if isinstance(content, Command):
            return [(Outgoing(text=f"Lệnh {content.name} {content.argument}".strip()), None)]
        assert isinstance(content, Text)
        return [(self._asked(content.text), None)]

    def _asked(self, text: str) -> Outgoing:
        return Outgoing(
            title="Tôi hiểu như sau",
            text=f"Ông/Bà viết: {text}\nLoại đơn: phản ánh. Đơn vị: Phòng Quản lý văn hóa và gia đình.",
            rows=(
                (
                    Button(label="Đúng rồi", token="c.1.yes", style="primary"),
                    Button(label="Sửa lại", token="c.1.no"),
                ),
                (Button(label="Xem giấy xác nhận", token="c.1.receipt"),),
            ),
            wishes=(Wish.LOCATION, Wish.FILES),
        )

    def _chosen(self, choice: Choice) -> list[tuple[Outgoing, Attachment | None]]:
        if choice.token == "c.1.receipt":
            attachment = Attachment(name="xac-nhan.pdf", mime="application/pdf", data=b"%PDF-1.7 thu\n%%EOF")
            return [(Outgoing(text="Giấy xác nhận ở đây."), attachment)]
        code = "7Q2M-4KXD-9B3E"
        text = f"Đã tiếp nhận. Mã đơn của Ông/Bà: {code}\nXem tại https://example.vn/status"
        return [(Outgoing(text=text, monospace=(code,)), None)]


@dataclass
class Site:
    """The server and what the tests look at."""

    url: str
    office: Office
    chat: WebChat
    database: Database
    facts: Facts
    problems: list[str]
    books: Callable[[Connection], Casebook]
    shared: SharedFileStore
    store: FileStore
    console: Console

    @asynccontextmanager
    async def visitor(self) -> AsyncIterator[aiohttp.ClientSession]:
        """A browser of its own: the first page gives it its cookie."""
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(self.url, cookie_jar=jar) as session:
            async with session.get("/") as response:
                assert response.status == 200
            yield session


@cache
def _facts() -> Facts:
    """What the service knows at start; nothing changes it, so it is read once."""
    agency = read_agency(None)
    return Facts(
        agency=agency,
        calendar=WorkingCalendar.from_packaged(),
        catalogue=Catalogue.load(),
        suggester=suggester_for(agency),
    )


@asynccontextmanager
async def running(
    database: Database,
    *,
    vault: Vault,
    ids: IdSource,
    clock: Clock,
    folder: Path,
    secure: bool = False,
    now: Callable[[], float] | None = None,
    routes: Sequence[web.RouteDef] = (),
    public_url: str = "",
    dialogue: Callable[[WebChat, Facts], Receiver] | None = None,
) -> AsyncIterator[Site]:
    """The whole web server on a free port of this machine. `dialogue`: what takes updates in instead of the
    office that answers by rote."""
    agency = _facts().agency
    made_books = Books(vault=vault, ids=ids, clock=clock, agency=agency.code)
    keeper = CalendarKeeper(_facts().calendar, database, made_books)
    facts = replace(_facts(), calendar=keeper.calendar)
    store = FileStore(folder / "files", vault)
    chat = WebChat(
        database=database,
        store=store,
        spool=Spool(folder / "spool", vault=vault),
        vault=vault,
        ids=ids,
        clock=clock,
        agency=agency.code,
    )
    office = Office(chat)
    problems: list[str] = []

    async def ready() -> list[str]:
        return problems

    def books(connection: Connection) -> Casebook:
        return Casebook(connection, vault=vault, ids=ids, clock=clock, agency=agency.code)

    shared = SharedFileStore(
        database=database,
        books=made_books,
        store=store,
        public_url=public_url,
    )
    web_parts = WebParts(
        database=database,
        books=books,
        facts=facts,
        chat=chat,
        receiver=dialogue(chat, facts) if dialogue else office.receive,
        clock=clock,
        new_token=lambda: secrets.token_urlsafe(32),
        secure=secure,
        public_url=public_url,
        routes=routes,
        shared=shared,
        ready=ready,
        time=now or asyncio.get_running_loop().time,
    )
    app = build_app(web_parts)
    chance = random.Random(20261123)
    renderer = Renderer(
        database=database,
        books=made_books,
        store=store,
        printer=ReceiptPrinter(catalogue=facts.catalogue, agency=agency, public_url=public_url),
        papers=PaperPrinter(facts.catalogue),
        drafts=Drafts(),
        facts=facts,
        clock=clock,
    )
    console = add_console(
        app,
        ConsoleParts(
            web=web_parts,
            store=store,
            render=renderer,
            chance=chance,
            wake=lambda _: None,
            calendar_changed=keeper.look,
        ),
    )
    await chat.start()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        yield Site(
            f"http://127.0.0.1:{port}",
            office,
            chat,
            database,
            facts,
            problems,
            books,
            shared,
            store,
            console,
        )
    finally:
        await runner.cleanup()
        await chat.stop()
