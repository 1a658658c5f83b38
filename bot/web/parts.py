"""What the web server is made from, handed over once at start."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection

from bot.channels.base import Receiver
from bot.channels.webchat.channel import WebChat
from bot.channels.webchat.visitor import NewToken
from bot.shared_files import SharedFileStore
from bot.web.address import LOOPBACK, Network
from handlers.turn import Facts
from petitions.clock import Clock
from storage.casebook import Casebook
from storage.database import Database

Books = Callable[[Connection], Casebook]
"""Makes the casebook of a transaction."""

Ready = Callable[[], Awaitable[Sequence[str]]]
"""Why the process should get no traffic now, as short keys; empty when all is well. May raise Unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """Everything the routes need."""

    database: Database
    books: Books
    facts: Facts
    chat: WebChat
    receiver: Receiver
    clock: Clock
    new_token: NewToken
    secure: bool
    """People reach the service over https."""
    public_url: str
    shared: SharedFileStore
    ready: Ready
    routes: Sequence[web.RouteDef] = ()
    """Routes of other rooms (webhooks, console)."""
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    proxies: Collection[Network] = LOOPBACK
    """Proxies whose word on the visitor's address is believed."""
    time: Callable[[], float] = time.monotonic
    """For limits only; seconds that never step back."""
