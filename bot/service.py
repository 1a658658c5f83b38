"""The running service: every part made from its settings, started in order, stopped in reverse.

This is the one place where parts meet. Nothing is opened before `start`; what was started is stopped.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from enum import StrEnum, unique
from typing import Any, Final, Self

from aiohttp import web

from bot import profile
from bot.channel_parts import ChannelParts, ChannelTools, ChatLinks, build_channels
from bot.channels.base import Channel
from bot.channels.limits import fixed_of, windows_of
from bot.channels.webchat.channel import MAX_UPLOAD, WebChat
from bot.channels.webchat.spool import Spool
from bot.channels.zalo_oa.parts import templates_of
from bot.channels.zalo_oa.templates import Template, TemplatesUnusable
from bot.console.app import add_console
from bot.console.live_calendar import CalendarKeeper
from bot.console.parts import ConsoleParts
from bot.delivery import Delivery
from bot.dispatch import Books, Dispatcher, fault_place
from bot.fetcher import Fetcher
from bot.kept import KeptUpdates
from bot.oddities import Oddities
from bot.official.at_start import drafts_of
from bot.own_model import find_model
from bot.papers.printer import PaperPrinter
from bot.receipts import ReceiptPrinter
from bot.rendering import Renderer
from bot.settings import Problem, Settings, SettingsError
from bot.settling import Settling
from bot.shared_files import SharedFileStore
from bot.ticker import Ticker
from bot.web.app import WebParts, build_app
from handlers.texts import Catalogue
from handlers.turn import Facts
from petitions.clock import Clock
from petitions.triage.model import Model
from petitions.triage.suggester import suggester_for
from storage import migrate
from storage.database import Database
from storage.files import FileStore
from storage.ids import IdSource
from storage.keys import KeyRing, KeyRingUnusable, Vault

log = logging.getLogger(__name__)


@unique
class PartRole(StrEnum):
    """What one process does. On SQLite one process does everything."""

    INTAKE = "intake"
    WEB = "web"
    DELIVERY = "delivery"
    TIMERS = "timers"
    FILES = "files"


ALL_ROLES: Final = frozenset(PartRole)


class SchemaNotCurrent(Exception):
    """The database is not at the migration this version needs; the message says how to mend it."""


class Service:
    """One process of the service. `async with` starts and stops it."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock,
        chance: random.Random,
        new_token: Callable[[], str],
        roles: frozenset[PartRole] = ALL_ROLES,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.roles = roles
        self._chance = chance
        self._new_token = new_token
        self._stack = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self.database: Database
        self.vault: Vault
        self.books: Books
        self.dispatcher: Dispatcher
        self.delivery: Delivery
        self.channels: dict[str, Channel] = {}
        self.port = settings.http.port

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Raises SettingsError, KeyRingUnusable, SchemaNotCurrent, Unavailable; each says how to mend it."""
        agency = profile.read_agency(self.settings.agency_file)
        calendar = profile.read_calendar(self.settings.calendar_file)
        catalogue = Catalogue.load()
        self.database, empty = await self._open_database()
        self.vault = Vault(self._key_ring(may_make=empty))
        ids = IdSource(self.clock, self._chance)
        self.books = Books(vault=self.vault, ids=ids, clock=self.clock, agency=agency.code)
        self._keeper = CalendarKeeper(calendar, self.database, self.books)
        await self._keeper.look()
        links, templates = ChatLinks(), self._templates()
        facts = Facts(
            agency=agency,
            calendar=self._keeper.calendar,
            catalogue=catalogue,
            suggester=suggester_for(agency, self._model()),
            public_url=self.settings.http.public_url,
            windows=windows_of(self.settings),
            fixed=fixed_of(self.settings),
            chat_links=links,
            templates_by_phone=any(template.by_phone for template in templates),
        )
        self.dispatcher = Dispatcher(
            database=self.database, books=self.books, clock=self.clock, facts=facts, chance=self._chance
        )
        store = FileStore(self.settings.storage.files_dir, self.vault)
        self.shared = SharedFileStore(
            database=self.database,
            books=self.books,
            store=store,
            public_url=self.settings.http.public_url,
        )
        oddities = Oddities(database=self.database, agency=agency.code, clock=self.clock)
        parts = build_channels(
            ChannelTools(
                settings=self.settings,
                dispatcher=self.dispatcher,
                database=self.database,
                books=self.books,
                catalogue=catalogue,
                facts=facts,
                clock=self.clock,
                chance=self._chance,
                count=oddities.count,
                share=self.shared,
                links=links,
                receives=PartRole.INTAKE in self.roles,
            ),
            self._web_chat(store, ids),
            templates=templates,
        )
        self.channels = parts.channels
        self.delivery = Delivery(database=self.database, books=self.books, clock=self.clock)
        fetcher = self._fetcher(store)
        self.dispatcher.connect(
            self.channels, wake=self.delivery.wake, files=fetcher.wake, note=oddities.count
        )
        if self.roles:
            self._spawn(oddities.run(), "oddities")
            self._spawn(self._keeper.run(), "calendar")
            await parts.open(self._stack)
        self._stack.push_async_callback(self.dispatcher.close)
        renderer = self._renderer(store, facts)
        self._start_delivery(parts, renderer)
        if PartRole.FILES in self.roles:
            self._spawn(fetcher.run(), "files")
        if PartRole.TIMERS in self.roles:
            self._start_timers(facts)
        if PartRole.INTAKE in self.roles:
            kept = KeptUpdates(self.dispatcher, database=self.database, books=self.books, clock=self.clock)
            self._spawn(kept.run(), "kept-updates")
        if self.roles:
            await parts.listen(self._stack, database=self.database, spawn=self._spawn)
        if PartRole.WEB in self.roles:
            await self._serve(parts, facts, store, renderer)
        log.info("started", extra={"roles": sorted(self.roles), "database": self.database.dialect})

    async def stop(self) -> None:
        """Stop taking in, finish what is under way, close everything."""
        await self._stack.aclose()
        log.info("stopped")

    # --- parts

    def _model(self) -> Model:
        found = find_model(self.settings.storage.data_dir)
        if found.fault:
            log.warning("own_model_unusable", extra={"why": found.fault})
        return found.model

    def _templates(self) -> list[Template]:
        try:
            return templates_of(self.settings.zalo_oa)
        except TemplatesUnusable as error:
            raise SettingsError([Problem("TIEPDAN_ZALO_TEMPLATES", str(error))]) from error

    def _web_chat(self, store: FileStore, ids: IdSource) -> WebChat:
        spool = Spool(self.settings.storage.data_dir / "spool", vault=self.vault)
        return WebChat(
            database=self.database,
            store=store,
            spool=spool,
            vault=self.vault,
            ids=ids,
            clock=self.clock,
            agency=self.books.agency,
        )

    def _renderer(self, store: FileStore, facts: Facts) -> Renderer:
        printer = ReceiptPrinter(
            catalogue=facts.catalogue, agency=facts.agency, public_url=self.settings.http.public_url
        )
        return Renderer(
            database=self.database,
            books=self.books,
            store=store,
            printer=printer,
            papers=PaperPrinter(facts.catalogue),
            drafts=drafts_of(self.settings),
            facts=facts,
            clock=self.clock,
        )

    def _fetcher(self, store: FileStore) -> Fetcher:
        return Fetcher(
            self.channels,
            database=self.database,
            store=store,
            vault=self.vault,
            books=self.books,
            clock=self.clock,
            max_size=MAX_UPLOAD,
            trust_roots=self.settings.trust_roots,
        )

    def _start_timers(self, facts: Facts) -> None:
        self._spawn(Ticker(self.dispatcher, clock=self.clock).run(), "timers")
        settling = Settling(
            database=self.database,
            books=self.books,
            clock=self.clock,
            facts=facts,
            chance=self._chance,
            wake=self.delivery.wake,
        )
        self._keeper.changed = settling.ask
        self._spawn(settling.run(), "settling")

    def _key_ring(self, *, may_make: bool) -> KeyRing:
        path = self.settings.storage.key_file
        if path.exists():
            return KeyRing.load(path)
        if not may_make:
            raise KeyRingUnusable(
                f"there is no key ring at {path}, but the database holds data sealed with one: restore it "
                "from its back-up"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        ring = KeyRing.create(path)
        log.warning("key_ring_made", extra={"file": str(path), "do": "back it up apart from the database"})
        return ring

    async def _open_database(self) -> tuple[Database, bool]:
        """The open database, and whether it was empty before."""
        storage = self.settings.storage
        url = storage.database_url.get_secret_value()
        try:
            storage.data_dir.mkdir(parents=True, exist_ok=True)
            storage.files_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                [Problem("TIEPDAN_DATA_DIR", f"{storage.data_dir} cannot be made ({error.strerror})")]
            ) from error
        database = Database.from_url(url)
        if database.dialect == "sqlite" and self.roles and self.roles != ALL_ROLES:
            raise SettingsError(
                [Problem("--roles", "SQLite runs every part in one process; use PostgreSQL to split them")]
            )
        await database.open()
        self._stack.push_async_callback(database.close)
        version = await database.schema_version()
        if version != migrate.HEAD:
            if migrate.newer(version):
                raise SchemaNotCurrent(
                    f"it is at schema {version}, which a newer version of the service made; this one knows "
                    f"{migrate.HEAD}. Install the newer version, or restore the back-up made before the upgrade"
                )
            if database.dialect == "postgresql":
                raise SchemaNotCurrent(
                    f"the database is at {version or 'no schema'}, this version needs {migrate.HEAD}: "
                    "run `tiepdan migrate` first (after a backup)"
                )
            await migrate.upgrade(url)
        return database, version is None

    def _start_delivery(self, parts: ChannelParts, renderer: Renderer) -> None:
        if PartRole.DELIVERY not in self.roles:
            return
        senders = parts.senders(
            database=self.database, books=self.books, clock=self.clock, render=renderer, spawn=self._spawn
        )
        for sender in senders:
            self.delivery.add(sender)
        parts.renew(self._stack, spawn=self._spawn)
        self._spawn(self.delivery.run(), "delivery")
        self._stack.push_async_callback(self.delivery.close)

    async def _serve(self, parts: ChannelParts, facts: Facts, store: FileStore, renderer: Renderer) -> None:
        web_parts = WebParts(
            database=self.database,
            books=self.books,
            facts=facts,
            chat=parts.chat,
            receiver=self.dispatcher.handle,
            clock=self.clock,
            new_token=self._new_token,
            secure=self.settings.http.secure,
            public_url=self.settings.http.public_url,
            shared=self.shared,
            ready=self.problems,
            routes=parts.routes(),
        )
        app = build_app(web_parts)
        add_console(
            app,
            ConsoleParts(
                web=web_parts,
                store=store,
                render=renderer,
                chance=self._chance,
                wake=self.delivery.wake,
                app_proof=parts.app_proof,
                calendar_changed=self._keeper.look,
            ),
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=3.0)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        http = self.settings.http
        try:
            site = web.TCPSite(runner, http.host, http.port)
            await site.start()
        except OSError as error:
            raise SettingsError(
                [
                    Problem(
                        "TIEPDAN_HTTP_PORT",
                        f"cannot listen on {http.host}:{http.port} ({_reason(error)}): is the service running "
                        "already? Else choose another port",
                    )
                ]
            ) from error
        addresses = runner.addresses
        self.port = addresses[0][1] if addresses else http.port

    async def problems(self) -> list[str]:
        """Why this process should get no traffic now; empty when all is well."""
        found: list[str] = []
        version = await self.database.schema_version()
        if version != migrate.HEAD:
            found.append("schema")
        found += [task.get_name() for task in self._tasks if task.done()]
        return found

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.append(task)
        task.add_done_callback(_report)

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._stack.push_async_callback(end)


def _reason(error: OSError) -> str:
    """The system's words; asyncio puts the address around them once more."""
    return os.strerror(error.errno) if error.errno else type(error).__name__


def _report(task: asyncio.Task[None]) -> None:
    """A background part never ends by itself; if one does, operators must see it."""
    if not task.cancelled() and (fault := task.exception()) is not None:
        log.critical("part_ended", extra={"part": task.get_name(), "fault": fault_place(fault)})
