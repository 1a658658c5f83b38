"""The web server with a small office behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.web_site import Site, running


@pytest.fixture
async def site(
    sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock, tmp_path: Path
) -> AsyncIterator[Site]:
    async with running(sqlite_database, vault=vault, ids=ids, clock=clock, folder=tmp_path) as site:
        yield site


@pytest.fixture
async def any_site(
    database: Database, vault: Vault, ids: IdSource, clock: HandClock, tmp_path: Path
) -> AsyncIterator[Site]:
    """On both databases, one after the other."""
    async with running(database, vault=vault, ids=ids, clock=clock, folder=tmp_path) as site:
        yield site
