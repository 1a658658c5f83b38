from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bot.channels.zalo_oa.rig_out import Rig, rigged
from tests.emulators.zalo_oa import ZaloOaEmulator


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloOaEmulator]:
    async with ZaloOaEmulator() as emulator:
        yield emulator


@pytest.fixture
async def out(zalo: ZaloOaEmulator) -> AsyncIterator[Rig]:
    """What sends, without the way back."""
    async with rigged(zalo) as rig:
        yield rig
