"""An office on a database of its own."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)
