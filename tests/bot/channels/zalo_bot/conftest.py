from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot.channels.zalo_bot.rig import Rig
from tests.emulators.zalo_bot import ZaloBotEmulator


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloBotEmulator]:
    async with ZaloBotEmulator() as emulator:
        yield emulator


@pytest.fixture
async def rig(zalo: ZaloBotEmulator) -> AsyncIterator[Rig]:
    made = Rig(zalo)
    try:
        yield made
    finally:
        await made.close()
