"""A web server with the console, and an office on the same database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site, running


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


@pytest.fixture
def ticks() -> list[float]:
    return [0.0]


@pytest.fixture
async def site(
    sqlite_database: Database,
    vault: Vault,
    ids: IdSource,
    clock: HandClock,
    tmp_path: Path,
    ticks: list[float],
) -> AsyncIterator[Site]:
    async with running(
        sqlite_database, vault=vault, ids=ids, clock=clock, folder=tmp_path, now=lambda: ticks[0]
    ) as site:
        yield site
