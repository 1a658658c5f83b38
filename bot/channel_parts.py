"""The channels that the settings ask for, and how each one's sending and receiving begin and end.

On PostgreSQL several processes may run the same account: one leader sends for it, and one polls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from bot.channels.base import Channel, Receiver
from bot.channels.telegram import TelegramChannel, TelegramOptions, command_texts
from bot.channels.sharing import FileSharer
from bot.channels.webchat.channel import WebChat
from bot.channels.zalo_bot import ZaloBotChannel, ZaloBotOptions, file_texts
from bot.dispatch import Books
from bot.pacing import Pace
from bot.posting import LONGEST_SEND, Render
from bot.sender import Sender
from bot.settings import Settings
from handlers.texts import Catalogue
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelParts:
    """The web chat and the platforms."""

    chat: WebChat
    platforms: tuple[PlatformPart, ...]

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


def build_channels(
    settings: Settings,
    *,
    chat: WebChat,
    receiver: Receiver,
    catalogue: Catalogue,
    clock: Clock,
    share: FileSharer,
    receives: bool,
) -> ChannelParts:
    """Every channel that is set; nothing is opened. `receives` off: they only send (no intake role)."""
    platforms = []
    if settings.telegram is not None:
        platforms.append(_telegram(settings, receiver, catalogue, clock, receives=receives))
    if settings.zalo_bot is not None:
        platforms.append(_zalo_bot(settings, receiver, catalogue, clock, share, receives=receives))
    return ChannelParts(chat=chat, platforms=tuple(platforms))


def _telegram(
    settings: Settings, receiver: Receiver, catalogue: Catalogue, clock: Clock, *, receives: bool
) -> PlatformPart:
    wanted = settings.telegram
    assert wanted is not None  # noqa: S101 - asked by the caller
    channel = TelegramChannel(
        TelegramOptions(
            token=wanted.token.get_secret_value(),
            api_url=wanted.api_url,
            mode=wanted.mode.value if receives else "off",
            webhook_url=settings.http.public_url,
            webhook_secret=wanted.webhook_secret.get_secret_value() if wanted.webhook_secret else "",
        ),
        receiver,
        now=clock.now,
        texts=command_texts(catalogue),
    )
    polls = receives and wanted.mode.value == "polling"
    return PlatformPart(channel=channel, pace=Pace(per_second=wanted.rate), polls=polls)


def _zalo_bot(
    settings: Settings,
    receiver: Receiver,
    catalogue: Catalogue,
    clock: Clock,
    share: FileSharer,
    *,
    receives: bool,
) -> PlatformPart:
    wanted = settings.zalo_bot
    assert wanted is not None  # noqa: S101 - asked by the caller
    secret = wanted.secret.get_secret_value() if wanted.secret else ""
    channel = ZaloBotChannel(
        ZaloBotOptions(
            token=wanted.token.get_secret_value(),
            api_url=wanted.api_url,
            mode="off" if not receives else "webhook" if secret else "polling",
            webhook_url=settings.http.public_url,
            webhook_secret=secret,
        ),
        receiver,
        now=clock.now,
        texts=file_texts(catalogue),
        share=share,
    )
    return PlatformPart(channel=channel, pace=Pace(per_second=0.0), polls=receives and not secret)


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
