"""The Telegram channel connected to its emulator."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.channels.telegram import TelegramChannel, TelegramOptions, command_texts
from bot.channels.telegram.polling import Pacing
from handlers.texts import Catalogue
from tests.bot.channels.channel_rig import ChannelRig
from tests.emulators.telegram import TelegramEmulator


class Rig(ChannelRig[TelegramChannel]):
    def __init__(self, telegram: TelegramEmulator) -> None:
        super().__init__()
        self.telegram = telegram
        self.pacing = Pacing(failures=(0.05, 0.1, 0.2), refused=0.2)

    def build(self, mode: str, **options: object) -> TelegramChannel:
        settings = TelegramOptions(
            token=str(options.pop("token", self.telegram.token)),
            api_url=str(options.pop("api_url", self.telegram.url)),
            pacing=self.pacing,
            mode=mode,  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        return TelegramChannel(
            settings, self.receiver, now=lambda: datetime.now(UTC), texts=command_texts(Catalogue.load())
        )
