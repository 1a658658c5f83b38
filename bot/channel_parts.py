"""The channels that the settings ask for, and how each one's sending and receiving begin and end.

On PostgreSQL several processes may run the same account: one leader sends for it, and one polls.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from bot.channels.base import Channel
from bot.channels.sharing import FileSharer
from bot.channels.telegram import TelegramChannel, TelegramOptions, command_texts
from bot.channels.telegram.mini_app import app_proof
from bot.channels.webchat.channel import WebChat
from bot.channels.zalo_bot import ZaloBotChannel, ZaloBotOptions, file_texts
from bot.channels.zalo_oa.alarming import tell_administrators
from bot.channels.zalo_oa.channel import Note
from bot.channels.zalo_oa.options import CHANNEL as ZALO_OA
from bot.channels.zalo_oa.parts import OaParts, make_official_account, options_of
from bot.channels.zalo_oa.templates import Template
from bot.console.parts import AppProof
from bot.dispatch import Books, Dispatcher
from bot.pacing import Pace
from bot.posting import LONGEST_SEND, Render
from bot.sender import Sender
from bot.setting_views import TelegramSettings, ZaloBotSettings, ZaloOaSettings
from bot.settings import Settings
from handlers.texts import Catalogue
from handlers.turn import Facts
from petitions.clock import Clock
from storage.database import Database
from storage.leader import Leader

LOOK_SECONDS = 0.2
"""How often one that waits to lead an intake looks whether it does."""
Spawn = Callable[[Coroutine[Any, Any, None], str], None]
"""Runs a background part under a name until the service stops."""


class Platform(Channel, Protocol):
    """A channel to a platform outside: sending needs no lead over the intake, and outlasts it."""

    async def open(self) -> None:
        """Be able to send."""

    async def close(self) -> None:
        """Send no more."""

    async def listen(self) -> None:
        """Begin to receive; may be called again after `pause`."""

    async def pause(self) -> None:
        """Receive no more, but go on sending."""

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPart:
    """One platform's account. `polls`: it asks for updates, so only one process may."""

    channel: Platform
    pace: Pace
    polls: bool


class ChatLinks(Mapping[str, str]):
    """Where people open another chat with the office, by channel; some names are known only once it runs."""

    def __init__(self) -> None:
        self._known: dict[str, Callable[[], str]] = {}

    def add(self, channel: str, link: Callable[[], str]) -> None:
        """`link` gives an empty text while it is not known."""
        self._known[channel] = link

    def __getitem__(self, channel: str) -> str:
        found = self._known[channel]()
        if not found:
            raise KeyError(channel)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter([channel for channel, link in self._known.items() if link()])

    def __len__(self) -> int:
        return sum(bool(link()) for link in self._known.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTools:
    """What the parts of a process give to its channels."""

    settings: Settings
    dispatcher: Dispatcher
    database: Database
    books: Books
    catalogue: Catalogue
    facts: Facts
    clock: Clock
    chance: random.Random
    count: Note
    share: FileSharer
    links: ChatLinks
    receives: bool
    """Off: they only send (no intake role)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelParts:
    """The web chat and the platforms."""

    chat: WebChat
    platforms: tuple[PlatformPart, ...]
    official: OaParts | None
    app_proof: AppProof | None = None
    """Checks who opened the console inside a platform's app; None where no platform has one."""

    @property
    def channels(self) -> dict[str, Channel]:
        """All of them, by name."""
        known: dict[str, Channel] = {self.chat.name: self.chat}
        return known | {part.channel.name: part.channel for part in self.platforms}

    def routes(self) -> list[web.RouteDef]:
        return [route for part in self.platforms for route in part.channel.routes()]

    async def open(self, stack: AsyncExitStack) -> None:
        """From here on everything can be sent; `stack` closes it."""
        for part in self.platforms:
            await part.channel.open()
            stack.push_async_callback(part.channel.close)

    async def listen(self, stack: AsyncExitStack, *, database: Database, spawn: Spawn) -> None:
        """Begin to receive; `stack` ends it."""
        await self.chat.start()
        stack.push_async_callback(self.chat.stop)
        for part in self.platforms:
            if part.polls and database.lockers is not None:
                spawn(_listen_when_leading(part.channel, database), f"intake-{part.channel.name}")
            else:
                await part.channel.listen()
                stack.push_async_callback(part.channel.pause)

    def renew(self, stack: AsyncExitStack, *, spawn: Spawn) -> None:
        """Keep access tokens renewed, which a process that sends needs; `stack` ends it."""
        if self.official is not None:
            stack.push_async_callback(self.official.tokens.close)
            spawn(self.official.tokens.run(), "tokens")

    def senders(
        self, *, database: Database, books: Books, clock: Clock, render: Render, spawn: Spawn
    ) -> Iterator[Sender]:
        """A sender for each account, with the leader it follows."""
        paces = {part.channel.name: part.pace for part in self.platforms}
        for channel in self.channels.values():
            leader = Leader(
                database.lockers,
                f"send:{channel.name}:{channel.account}",
                time=asyncio.get_running_loop().time,
                longest_act=LONGEST_SEND,
            )
            if database.lockers is not None:  # on SQLite one process leads always, nothing runs for it
                spawn(leader.run(), f"leader-{channel.name}")
            yield Sender(
                channel,
                database=database,
                books=books,
                clock=clock,
                render=render,
                pace=paces.get(channel.name, Pace(per_second=0.0)),
                leader=leader,
            )


def build_channels(tools: ChannelTools, chat: WebChat, *, templates: list[Template]) -> ChannelParts:
    """Every channel that is set; nothing is opened."""
    platforms = []
    if tools.settings.telegram is not None:
        platforms.append(_telegram(tools, tools.settings.telegram))
    official = None
    if tools.settings.zalo_oa is not None:
        official = _official_account(tools, tools.settings.zalo_oa, templates)
        pace = Pace(per_second=0.0, budget=official.channel.budget)
        # Events come by themselves; the one that leads reads back what was missed.
        platforms.append(PlatformPart(channel=official.channel, pace=pace, polls=tools.receives))
    if tools.settings.zalo_bot is not None:
        platforms.append(_zalo_bot(tools, tools.settings.zalo_bot))
    telegram = tools.settings.telegram
    return ChannelParts(
        chat=chat,
        platforms=tuple(platforms),
        official=official,
        app_proof=app_proof(telegram.token.get_secret_value()) if telegram is not None else None,
    )


def _telegram(tools: ChannelTools, wanted: TelegramSettings) -> PlatformPart:
    channel = TelegramChannel(
        TelegramOptions(
            token=wanted.token.get_secret_value(),
            api_url=wanted.api_url,
            mode=wanted.mode.value if tools.receives else "off",
            webhook_url=tools.settings.http.public_url,
            webhook_secret=wanted.webhook_secret.get_secret_value() if wanted.webhook_secret else "",
        ),
        tools.dispatcher.handle,
        now=tools.clock.now,
        texts=command_texts(tools.catalogue),
    )

    def link() -> str:
        return f"https://t.me/{channel.username}?start=s_{{code}}" if channel.username else ""

    tools.links.add(channel.name, link)
    polls = tools.receives and wanted.mode.value == "polling"
    return PlatformPart(channel=channel, pace=Pace(per_second=wanted.rate), polls=polls)


def _official_account(tools: ChannelTools, wanted: ZaloOaSettings, templates: list[Template]) -> OaParts:
    tools.links.add(ZALO_OA, lambda: f"https://zalo.me/{wanted.oa_id}")
    return make_official_account(
        options_of(wanted, public_url=tools.settings.http.public_url, receives=tools.receives),
        keep=tools.dispatcher.keep,
        database=tools.database,
        books=tools.books,
        clock=tools.clock,
        chance=tools.chance.random,
        count=tools.count,
        alarm=tell_administrators(tools.facts, tools.chance),
        share=tools.share,
        texts=file_texts(tools.catalogue),
        templates=templates,
    )


def _zalo_bot(tools: ChannelTools, wanted: ZaloBotSettings) -> PlatformPart:
    secret = wanted.secret.get_secret_value() if wanted.secret else ""
    channel = ZaloBotChannel(
        ZaloBotOptions(
            token=wanted.token.get_secret_value(),
            api_url=wanted.api_url,
            mode="off" if not tools.receives else "webhook" if secret else "polling",
            webhook_url=tools.settings.http.public_url,
            webhook_secret=secret,
        ),
        tools.dispatcher.handle,
        now=tools.clock.now,
        texts=file_texts(tools.catalogue),
        share=tools.share,
        count=tools.count,
    )
    pace = Pace(per_second=0.0)
    return PlatformPart(channel=channel, pace=pace, polls=tools.receives and not secret)


async def _listen_when_leading(channel: Platform, database: Database) -> None:
    """Several processes may have the intake role; one of them polls an account."""
    loop = asyncio.get_running_loop()
    leader = Leader(database.lockers, _poll_name(channel), time=loop.time, longest_act=0.0)
    holding = asyncio.create_task(leader.run())
    started = False
    try:
        while True:
            if leader.leads and not started:
                await channel.listen()
                started = True
            elif started and not leader.leads:
                await channel.pause()
                started = False
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        if started:
            await channel.pause()
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)


def _poll_name(channel: Channel) -> str:
    """Telegram's lock keeps the name that running processes of an earlier version use."""
    if channel.name == "telegram":
        return f"poll:{channel.account}"
    return f"poll:{channel.name}:{channel.account}"
