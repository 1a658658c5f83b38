"""The channel `zalo_oa`: one Official Account, its webhook, its sender, and templates after the window."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from bot.channels.base import Attachment, Never, Receiver, Refusal, SendReceipt
from bot.channels.sharing import FileSharer
from bot.channels.zalo_oa.budget import MinuteBudget
from bot.channels.zalo_oa.card import CARD_PATH, card_url, serve_card
from bot.channels.zalo_oa.catchup import CatchUp
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.domain import domain_routes
from bot.channels.zalo_oa.download import make_downloads
from bot.channels.zalo_oa.options import CHANNEL, AccessTokens, OaOptions
from bot.channels.zalo_oa.render import CAPABILITIES, TextsByLanguage
from bot.channels.zalo_oa.sender import OaSender
from bot.channels.zalo_oa.templates import OutsideSender, Template, read_templates
from bot.channels.zalo_oa.webhook import Effects, Webhook
from handlers.messages import Capabilities, Outgoing

log = logging.getLogger(__name__)

Note = Callable[[str, str, str], None]
"""Counts one oddity of (channel, account, what)."""
Reading = Callable[[OaClient], CatchUp]
"""Makes what reads chats back after an outage."""


class ZaloOaChannel:
    """Implements `bot.channels.base.Channel` and `Windowed`. Opens nothing before `open` or `start`.

    `receiver` commits what comes in and has it handled later; `effects` is what events bring about beside that.
    `tokens`: the account's access tokens. `share` gives out links to files that Zalo does not carry. `texts`:
    language → key → text of the area `channels`. `templates`: as `approved_templates` read them. `now`: aware
    UTC; `chance`: 0 to 1; `count`: counts oddities. `catch_up` runs while this process listens: where several
    may, one of them leads. `more_routes`: what else the web server serves for the
    account (the way back of an authorisation).
    """

    def __init__(
        self,
        options: OaOptions,
        receiver: Receiver,
        *,
        effects: Effects,
        tokens: AccessTokens,
        share: FileSharer,
        texts: TextsByLanguage,
        now: Callable[[], datetime],
        chance: Callable[[], float],
        count: Note,
        templates: Sequence[Template] = (),
        catch_up: Reading | None = None,
        more_routes: Sequence[web.RouteDef] = (),
    ) -> None:
        self._options = options
        self._more_routes = list(more_routes)
        self._note = count
        self.budget = MinuteBudget(options.rate)
        """The account's requests per minute, for the pace of its sender as well."""
        self.client = OaClient(
            options, tokens, budget=self.budget, time=_monotonic, chance=chance, count=self._count
        )
        """For reads by the other parts of the channel."""
        self._sender = OaSender(
            self.client,
            share=share,
            texts=texts,
            buttons=options.buttons,
            image_url=card_url(options.public_url),
            time=_monotonic,
            now=now,
            chance=chance,
            count=self._count,
        )
        self._outside = OutsideSender(self.client, self._sender, templates)
        self._files = make_downloads(options)
        self.webhook = Webhook(options, receiver, _Heard(effects, self._sender), now=now, count=self._count)
        self._catch_up = catch_up(self.client) if catch_up is not None else None
        self._task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        """Set while events are taken in."""

    @property
    def name(self) -> str:
        return CHANNEL

    @property
    def account(self) -> str:
        """The OA's id."""
        return self._options.oa_id

    @property
    def capabilities(self) -> Capabilities:
        return replace(CAPABILITIES, window=self._options.window)

    def is_group(self, chat: str) -> bool:
        """Groups of the platform (GMF) are not served."""
        del chat
        return False

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve for this channel."""
        routes = [web.get(CARD_PATH, serve_card), *domain_routes(self._options.domain_code)]
        if self._options.receives:
            routes += self.webhook.routes()
        return routes + self._more_routes

    async def start(self) -> None:
        """Open and listen."""
        await self.open()
        await self.listen()

    async def stop(self) -> None:
        """Take nothing in any more, then close; sending ends with it."""
        await self.pause()
        await self.close()

    async def open(self) -> None:
        """Make the connection pools, so that messages can be sent (nothing is received yet)."""
        await self.client.open()
        await self._files.open()

    async def close(self) -> None:
        await self.webhook.close()
        await self._files.close()
        await self.client.close()

    async def listen(self) -> None:
        """Events come to the web server by themselves, as the address is saved in Zalo's console by hand; here
        begins the reading back of what was missed. May be called again after `pause`."""
        if self._catch_up is not None and self._options.receives and self._task is None:
            self._task = asyncio.create_task(self._catch_up.run(), name="zalo-oa-catch-up")
        self.ready.set()

    async def pause(self) -> None:
        """Read nothing back any more, but go on sending."""
        self.ready.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        return await self._sender.send(chat, message, attachment)

    async def send_outside(self, chat: str, message: Outgoing, *, phone: str) -> SendReceipt:
        return await self._outside.send(chat, message, phone=phone)

    async def edit(self, chat: str, message_ref: str, message: Outgoing) -> SendReceipt:
        del chat, message_ref, message
        raise Never("the platform has no editing", refusal=Refusal.EDIT_IMPOSSIBLE)

    async def delete(self, chat: str, message_ref: str) -> bool:
        """The platform has no deleting."""
        del chat, message_ref
        return False

    async def acknowledge(self, callback_id: str, text: str = "") -> None:
        """A press is a message like any other; there is nothing to acknowledge."""

    def download(self, platform_id: str) -> AsyncIterator[bytes]:
        return self._files.stream(platform_id)

    def _count(self, what: str) -> None:
        self._note(CHANNEL, self._options.oa_id, what)


def approved_templates(
    options: OaOptions, *, notices: Collection[str], languages: Collection[str]
) -> list[Template]:
    """The templates that the settings name; none where they name no file. Raises TemplatesUnusable."""
    if options.templates is None:
        return []
    return read_templates(options.templates, notices=notices, languages=languages)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What events bring about; an echo settles the channel's own uncertain sends first."""

    effects: Effects
    sender: OaSender

    async def office_wrote(self, chat: str, at: datetime) -> None:
        await self.effects.office_wrote(chat, at)

    async def arrived(self, chat: str, message_ids: Sequence[str]) -> None:
        await self.effects.arrived(chat, message_ids)

    async def echoed(self, chat: str, message_id: str, text: str) -> None:
        self.sender.echoes.echoed(chat, message_id, text)
        await self.effects.echoed(chat, message_id, text)

    async def left(self, chat: str) -> None:
        await self.effects.left(chat)


def _monotonic() -> float:
    """Seconds of the running loop's clock, which delivery goes by as well."""
    return asyncio.get_running_loop().time()
