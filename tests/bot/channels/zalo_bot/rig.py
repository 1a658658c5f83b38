"""The bot's channel connected to its emulator."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from bot.channels.base import Attachment, SendFault
from bot.channels.zalo_bot import Pacing, ZaloBotChannel, ZaloBotOptions, file_texts
from handlers.texts import Catalogue
from tests.bot.channels.channel_rig import ChannelRig
from tests.emulators.zalo_bot import ZaloBotEmulator


class Shelf:
    """Stands where the service's file links will stand: keeps each file with the emulator's media."""

    def __init__(self, zalo: ZaloBotEmulator) -> None:
        self._zalo = zalo
        self.shared: list[Attachment] = []
        self.fault: SendFault | None = None

    async def share(self, attachment: Attachment) -> str:
        if self.fault is not None:
            raise self.fault
        self.shared.append(attachment)
        return self._zalo.world.add_media(attachment.data, attachment.mime, "bin")


class Rig(ChannelRig[ZaloBotChannel]):
    def __init__(self, zalo: ZaloBotEmulator) -> None:
        super().__init__()
        self.zalo = zalo
        self.shelf = Shelf(zalo)
        self.pacing = Pacing(
            failures=(0.05, 0.1, 0.2), refused=0.2, poll=5, between=0.001, repeats=(0.001, 0.01)
        )
        self.counted: Counter[str] = Counter()
        """What the doctor would be told."""

    def build(self, mode: str, **options: object) -> ZaloBotChannel:
        settings = ZaloBotOptions(
            token=str(options.pop("token", self.zalo.token)),
            api_url=str(options.pop("api_url", self.zalo.url)),
            pacing=self.pacing,
            mode=mode,  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        return ZaloBotChannel(
            settings,
            self.receiver,
            now=lambda: datetime.now(UTC),
            texts=file_texts(Catalogue.load()),
            share=self.shelf,
            count=self._count,
        )

    def _count(self, channel: str, account: str, what: str) -> None:
        assert (channel, account) == ("zalo_bot", self.zalo.token.partition(":")[0])
        self.counted[what] += 1
