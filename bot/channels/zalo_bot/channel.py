"""The channel `zalo_bot`: one bot account, its intake (polling or webhook) and its sender."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, Literal

from aiohttp import web

from bot.channels.base import Attachment, Never, Receiver, Refusal, SendReceipt
from bot.channels.intake import IntakeTask, until_done
from bot.channels.linked_files import LinkedFiles, stands_inside
from bot.channels.sharing import FileSharer
from bot.channels.zalo_bot.api import SECONDS, BotApi, BotFault, Refused
from bot.channels.zalo_bot.faults import TOKEN_REFUSED
from bot.channels.zalo_bot.parser import CHANNEL, UpdateReader, uncounted
from bot.channels.zalo_bot.polling import Pacing, Poller
from bot.channels.zalo_bot.sender import MAX_TEXT, BotSender, TextsByLanguage
from bot.channels.zalo_bot.webhook import PATH, WebhookIntake
from handlers.messages import Capabilities, Outgoing

log = logging.getLogger(__name__)

PUBLIC_API: Final = "https://bot-api.zaloplatforms.com"
NO_SUCH: Final = 404
"""What `deleteWebhook` may answer when none is set (measured for `getWebhookInfo`)."""
CAPABILITIES: Final = Capabilities(
    max_text=MAX_TEXT,
    max_buttons=0,
    can_edit=False,
    can_delete=False,
    groups=False,
    foreign=True,
    numbered=True,
    albums=False,
)
Mode = Literal["polling", "webhook", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloBotOptions:
    """How the account is reached. `mode` `off` only sends (a process without the intake role)."""

    token: str = field(repr=False)
    api_url: str = PUBLIC_API
    mode: Mode = "polling"
    webhook_url: str = ""
    """Public address of the service without a closing slash; the path is ours."""
    webhook_secret: str = field(default="", repr=False)
    """8 to 256 characters."""
    pool_size: int = 20
    patience: float = SECONDS
    """Seconds until the answer to a call is given up."""
    pacing: Pacing = field(default_factory=Pacing)


class ZaloBotChannel:
    """Implements `bot.channels.base.Channel`. Opens nothing before `open` or `start`.

    `now`: aware UTC time, for messages without a usable date. `texts`: see `sender.file_texts`.
    `share` gives out links to files, as the platform takes no uploads. `count`: counts one oddity of (channel,
    account, what).
    """

    def __init__(
        self,
        options: ZaloBotOptions,
        receiver: Receiver,
        *,
        now: Callable[[], datetime],
        texts: TextsByLanguage,
        share: FileSharer,
        count: Callable[[str, str, str], None] | None = None,
    ) -> None:
        self._options = options
        self._account = options.token.partition(":")[0]
        self._api = BotApi(
            options.token, options.api_url, pool_size=options.pool_size, patience=options.patience
        )
        self._files = LinkedFiles(limit=CAPABILITIES.max_upload, inside=stands_inside(options.api_url))
        counted = uncounted if count is None else partial(count, CHANNEL, self._account)
        self.reader = UpdateReader(account=self._account, now=now, count=counted)
        """Counts what came in another shape than it should."""
        self._sender = BotSender(self._api, share, texts)
        self._receiver = receiver
        self._poller: Poller | None = None
        self.intake: WebhookIntake | None = None
        """The webhook's end; None where the channel polls or only sends."""
        if options.mode == "webhook":
            self.intake = WebhookIntake(options.webhook_secret, self.reader, receiver, options.pacing)
        self._intake_task = IntakeTask(self._run, name="zalo-bot-intake", failed=_report_fault)
        self.ready = self._intake_task.ready
        """Set when the account is known and the intake runs."""

    @property
    def name(self) -> str:
        return CHANNEL

    @property
    def account(self) -> str:
        """The bot's id: the token begins with it."""
        return self._account

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def is_group(self, chat: str) -> bool:
        """Groups are not served, and an id does not tell its kind."""
        del chat
        return False

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve for this channel; nothing when it polls."""
        return [web.post(PATH, self.intake.handle)] if self.intake is not None else []

    async def start(self) -> None:
        """Open and listen; where the platform cannot be reached this goes on in the background."""
        await self.open()
        await self.listen()

    async def stop(self) -> None:
        """End the intake after the update in hand, then close; sending ends with it."""
        await self.pause()
        await self.close()

    async def open(self) -> None:
        """Make the connection pools, so that messages can be sent (nothing is received yet)."""
        await self._api.open()
        await self._files.open()

    async def close(self) -> None:
        if self.intake is not None:
            await self.intake.close()
        await self._files.close()
        await self._api.close()

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
        del chat, message_ref, message
        raise Never("the platform has no editing", refusal=Refusal.EDIT_IMPOSSIBLE)

    async def delete(self, chat: str, message_ref: str) -> bool:
        """The platform has no deleting."""
        del chat, message_ref
        return False

    async def acknowledge(self, callback_id: str, text: str = "") -> None:
        """There are no buttons to acknowledge."""

    def download(self, platform_id: str) -> AsyncIterator[bytes]:
        return self._files.stream(platform_id)

    async def _run(self) -> None:
        await self._until_done(self._introduce, "getMe")
        if self._options.mode == "off":
            self.ready.set()
            return
        if self._options.mode == "webhook":
            await self._until_done(self._set_webhook, "setWebhook")
            self.ready.set()
            return
        await self._until_done(self._drop_webhook, "deleteWebhook")
        self._poller = Poller(
            self._api, self.reader, self._receiver, reclaim=self._reclaim, pacing=self._options.pacing
        )
        self.ready.set()
        await self._poller.run()

    async def _until_done(self, step: Callable[[], Awaitable[None]], name: str) -> None:
        """Repeat one step of the start until the server takes it; the log says what is missing."""

        def pause_after(tries: int, error: Exception) -> float:
            if isinstance(error, Refused) and error.code in TOKEN_REFUSED:
                check = {"step": name, "check": "TIEPDAN_ZALO_BOT_TOKEN"}
                log.critical("zalo_bot_token_refused", extra=check)
                return self._options.pacing.refused
            pause = self._options.pacing.after(tries)
            fault = type(error).__name__
            log.warning("zalo_bot_step_failed", extra={"step": name, "fault": fault, "again_in": pause})
            return pause

        await until_done(step, (BotFault,), pause_after)

    async def _introduce(self) -> None:
        """Only to learn that the token is good; the account is the token's first part in any case."""
        await self._api.call("getMe")

    async def _drop_webhook(self) -> None:
        try:
            await self._api.call("deleteWebhook")
        except Refused as refusal:
            if refusal.code != NO_SUCH:
                raise

    async def _reclaim(self) -> None:
        with contextlib.suppress(BotFault):
            await self._drop_webhook()

    async def _set_webhook(self) -> None:
        await self._api.call(
            "setWebhook",
            url=f"{self._options.webhook_url.rstrip('/')}{PATH}",
            secret_token=self._options.webhook_secret,
        )


def _report_fault(error: BaseException) -> None:
    """The intake never ends silently."""
    log.critical("zalo_bot_intake_ended", extra={"fault": type(error).__name__})
