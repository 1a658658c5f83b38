from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot.channels.telegram.rig import Rig
from tests.emulators.telegram import TelegramEmulator


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
async def rig(telegram: TelegramEmulator) -> AsyncIterator[Rig]:
    made = Rig(telegram)
    try:
        yield made
    finally:
        await made.close()
