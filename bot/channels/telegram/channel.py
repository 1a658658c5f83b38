"""The Telegram channel: one bot account, its intake (polling or webhook) and its sender."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from aiohttp import web
from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Attachment, Receiver, SendReceipt
from bot.channels.intake import IntakeTask, until_done
from bot.channels.telegram.commands import TextsByLanguage, register_commands
from bot.channels.telegram.download import stream_file
from bot.channels.telegram.keyboards import CAPABILITIES
from bot.channels.telegram.parser import ALLOWED_UPDATES, CHANNEL, UpdateReader
from bot.channels.telegram.polling import Pacing, Poller
from bot.channels.telegram.request import AiohttpRequest, TokenRefused
from bot.channels.telegram.sender import TelegramSender
from bot.channels.telegram.webhook import PATH, WebhookIntake
from handlers.messages import Capabilities, Outgoing

log = logging.getLogger(__name__)

PUBLIC_API: Final = "https://api.telegram.org"
MISSHAPEN: Final = (TypeError, ValueError, KeyError, AttributeError)
"""What the library raises on an answer that does not have the documented shape."""
Mode = Literal["polling", "webhook", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramOptions:
    """How the account is reached. `mode` `off` only sends (a process without the intake role)."""

    token: str = field(repr=False)
    api_url: str = PUBLIC_API
    mode: Mode = "polling"
    webhook_url: str = ""
    """Public address of the service without a closing slash; the path is ours."""
    webhook_secret: str = field(default="", repr=False)
    max_connections: int = 40
    pool_size: int = 100
    pacing: Pacing = field(default_factory=Pacing)


class TelegramChannel:
    """Implements `bot.channels.base.Channel`. Opens nothing before `start`.

    `texts`: language → key → text of the area `commands` (see `command_texts`).
    `now`: aware UTC time, for button presses (Telegram does not date them).
    """

    def __init__(
        self,
        options: TelegramOptions,
        receiver: Receiver,
        *,
        now: Callable[[], datetime],
        texts: TextsByLanguage,
    ) -> None:
        _silence_library()
        self._options = options
        self._account = options.token.partition(":")[0]
        api = options.api_url.rstrip("/")
        self._request = AiohttpRequest(pool_size=options.pool_size)
        self._bot = Bot(
            options.token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        self._texts = texts
        self._reader = UpdateReader(account=self._account, bot=self._bot, now=now)
        self._sender = TelegramSender(self._bot, texts)
        self._receiver = receiver
        self._poller: Poller | None = None
        self._intake: WebhookIntake | None = None
        if options.mode == "webhook":
            self._intake = WebhookIntake(options.webhook_secret, self._reader, receiver)
        self._intake_task = IntakeTask(self._run, name="telegram-intake", failed=_report_fault)
        self.ready = self._intake_task.ready
        """Set when the account is known and the intake runs."""

    @property
    def name(self) -> str:
        return CHANNEL

    @property
    def account(self) -> str:
        """The bot's id: the token begins with it, and getMe confirms it."""
        return self._account

    @property
    def username(self) -> str:
        """The bot's name for links `https://t.me/<name>`; empty until getMe has answered."""
        return self._reader.username

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def is_group(self, chat: str) -> bool:
        """Groups, supergroups and channels have negative ids (Telegram reference 1.2)."""
        return chat.startswith("-")

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve for this channel; nothing when it polls."""
        return [web.post(PATH, self._intake.handle)] if self._intake is not None else []

    async def start(self) -> None:
        """Open and listen; where Telegram cannot be reached this goes on in the background."""
        await self.open()
        await self.listen()

    async def stop(self) -> None:
        """End the intake after the batch in hand, then close; sending ends with it."""
        await self.pause()
        await self.close()

    async def open(self) -> None:
        """Make the connection pool, so that messages can be sent (nothing is received yet)."""
        await self._request.initialize()

    async def close(self) -> None:
        await self._request.shutdown()

    async def listen(self) -> None:
        """Begin to receive (`mode` polling or webhook); may be called again after `pause`."""
        self._intake_task.begin()

    async def pause(self) -> None:
        """Receive no more, but go on sending: another process has taken over the intake."""
        if self._poller is not None:
            self._poller.stop()
        await self._intake_task.end()
        self._poller = None

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        return await self._sender.send(chat, message, attachment)

    async def edit(self, chat: str, message_ref: str, message: Outgoing) -> SendReceipt:
        return await self._sender.edit(chat, message_ref, message)

    async def delete(self, chat: str, message_ref: str) -> bool:
        return await self._sender.delete(chat, message_ref)

    async def acknowledge(self, callback_id: str, text: str = "") -> None:
        await self._sender.acknowledge(callback_id, text)

    def download(self, platform_id: str) -> AsyncIterator[bytes]:
        return stream_file(self._bot, self._request, platform_id)

    async def _run(self) -> None:
        await self._until_done(self._introduce, "getMe")
        if self._options.mode == "off":
            self.ready.set()
            return
        if self._options.mode == "webhook":
            await self._until_done(self._set_webhook, "setWebhook")
            self.ready.set()
            await self._set_menus()
            return
        await self._until_done(self._drop_webhook, "deleteWebhook")
        self._poller = Poller(
            self._bot, self._reader, self._receiver, reclaim=self._reclaim, pacing=self._options.pacing
        )
        self.ready.set()
        await asyncio.gather(self._poller.run(), self._set_menus())

    async def _set_menus(self) -> None:
        """Once per start; without menus everything still works, so a fault only goes into the log."""
        try:
            await register_commands(self._bot, self._texts)
        except (TelegramError, *MISSHAPEN) as error:
            log.warning("telegram_menus_not_set", extra={"fault": type(error).__name__})

    async def _until_done(self, step: Callable[[], Awaitable[None]], name: str) -> None:
        """Repeat one step of the start until the server takes it; the log says what is missing."""

        def pause_after(tries: int, error: Exception) -> float:
            if isinstance(error, TokenRefused):
                check = {"step": name, "check": "TIEPDAN_TELEGRAM_TOKEN"}
                log.critical("telegram_token_refused", extra=check)
                return self._options.pacing.refused
            pause = self._options.pacing.after(tries)
            fault = type(error).__name__
            log.warning("telegram_step_failed", extra={"step": name, "fault": fault, "again_in": pause})
            return pause

        await until_done(step, (TelegramError, *MISSHAPEN), pause_after)

    async def _introduce(self) -> None:
        me = await self._bot.get_me()
        self._account = self._reader.account = str(me.id)
        self._reader.username = me.username or ""

    async def _drop_webhook(self) -> None:
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _reclaim(self) -> None:
        with contextlib.suppress(TelegramError):
            await self._drop_webhook()

    async def _set_webhook(self) -> None:
        await self._bot.set_webhook(
            f"{self._options.webhook_url.rstrip('/')}{PATH}",
            max_connections=self._options.max_connections,
            allowed_updates=list(ALLOWED_UPDATES),
            drop_pending_updates=False,
            secret_token=self._options.webhook_secret,
        )


def _report_fault(error: BaseException) -> None:
    """The intake never ends silently."""
    log.critical("telegram_intake_ended", extra={"fault": type(error).__name__})


def _silence_library() -> None:
    """The library's debug lines hold addresses with the token and whole messages; they are never wanted."""
    library = logging.getLogger("telegram")
    if library.getEffectiveLevel() < logging.WARNING:
        library.setLevel(logging.WARNING)
