"""The emulated platforms a test asks for, and what a service must be told to reach them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Final, Self

from tests import log_watch
from tests.emulators.telegram import SimClock, TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOaEmulator

WEBHOOK_SECRET: Final = "emulator-webhook-secret-01"
OA_PATH: Final = "/webhooks/zalo-oa"
ALL_CHANNELS: Final = ("telegram", "web", "zalo_oa", "zalo_bot")


class Platforms:
    """Telegram always; the others when named. They share one clock; their limits are high."""

    def __init__(
        self, channels: Collection[str] = (), *, clock: SimClock | None = None, seed: int = 1
    ) -> None:
        self.telegram = TelegramEmulator(clock=clock, seed=seed)
        self.zalo_oa = ZaloOaEmulator(clock=clock, seed=seed) if "zalo_oa" in channels else None
        self.zalo_bot = ZaloBotEmulator(clock=clock, seed=seed) if "zalo_bot" in channels else None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for emulator in (self.telegram, self.zalo_oa, self.zalo_bot):
            if emulator is not None:
                await self._stack.enter_async_context(emulator)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def oa(self) -> ZaloOaEmulator:
        assert self.zalo_oa is not None, "ask for the channel zalo_oa"
        return self.zalo_oa

    @property
    def bot(self) -> ZaloBotEmulator:
        assert self.zalo_bot is not None, "ask for the channel zalo_bot"
        return self.zalo_bot

    def settings(self) -> dict[str, Any]:
        """What the service is told of them; no pacing."""
        known: dict[str, Any] = {
            "telegram_token": self.telegram.token,
            "telegram_api_url": self.telegram.url,
            "telegram_rate": 0,
        }
        if self.zalo_oa is not None:
            known |= self.zalo_oa.settings_for_service()
        if self.zalo_bot is not None:
            known |= {"zalo_bot_token": self.zalo_bot.token, "zalo_bot_api_url": self.zalo_bot.url}
        return known

    def webhooks(self) -> dict[str, Any]:
        """What makes them push updates instead of being asked."""
        known = {"telegram_mode": "webhook", "telegram_webhook_secret": WEBHOOK_SECRET}
        return known | ({"zalo_bot_secret": WEBHOOK_SECRET} if self.zalo_bot is not None else {})

    async def connect(self, url: str) -> None:
        """Register the running service's address where a console would."""
        if self.zalo_oa is not None:
            assert await self.zalo_oa.register(f"{url}{OA_PATH}") == 200, "the webhook was not taken"

    @property
    def unconfirmed(self) -> int:
        """Updates and events that the service has not surely taken in."""
        return sum(
            emulator.unconfirmed
            for emulator in (self.telegram, self.zalo_oa, self.zalo_bot)
            if emulator is not None
        )

    def note_people(self) -> None:
        """Everything people typed, their names and cards, for the search of the log lines."""
        note_telegram(self.telegram)
        if self.zalo_oa is not None:
            note_zalo_oa(self.zalo_oa)
        if self.zalo_bot is not None:
            note_zalo_bot(self.zalo_bot)


def note_telegram(telegram: TelegramEmulator) -> None:
    for chat in telegram.world.chats.values():
        for message in chat.messages.values():
            if not message.by_bot:
                log_watch.note(message.text)
                if contact := message.api.get("contact"):
                    log_watch.note(contact["phone_number"], sort="phone")
    log_watch.note(telegram.token, WEBHOOK_SECRET, sort="secret")


def note_zalo_oa(oa: ZaloOaEmulator) -> None:
    for person in oa.world.people.values():
        log_watch.note(person.name, *(shown.text for shown in person.messages if not shown.from_oa))
        if person.shared:
            log_watch.note(person.shared["phone"], sort="phone")
    tokens = (*oa.world.oauth.access, *oa.world.oauth.refresh)
    log_watch.note(*tokens, oa.world.settings.app_secret, oa.world.settings.oa_secret, sort="secret")


def note_zalo_bot(bot: ZaloBotEmulator) -> None:
    for chat in bot.world.chats.values():
        log_watch.note(*(stored.text for stored in chat.messages if not stored.by_bot))
    log_watch.note(bot.token, sort="secret")
