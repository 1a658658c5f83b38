from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from bot.dispatch import Books
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.bot.delivery_rig import Platform, Rig, WindowedPlatform
from tests.conftest import AGENCY
from tests.hand_clock import HandClock


@pytest.fixture
def books(vault: Vault, ids: IdSource, clock: HandClock) -> Books:
    return Books(vault=vault, ids=ids, clock=clock, agency=AGENCY)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def windowed() -> WindowedPlatform:
    return WindowedPlatform()


@pytest.fixture
def make_rig(database: Database, books: Books, clock: HandClock, platform: Platform) -> Callable[..., Rig]:
    """A process with delivery on the test's database (both engines); use it with `async with`."""

    def make(**given: Any) -> Rig:
        return Rig(**{"database": database, "books": books, "clock": clock, "platform": platform} | given)

    return make


@pytest.fixture
async def rig(make_rig: Callable[..., Rig]) -> AsyncIterator[Rig]:
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(make_rig())
