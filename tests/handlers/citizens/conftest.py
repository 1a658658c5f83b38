"""A citizen at an office with one person on duty in the focal unit."""

from __future__ import annotations

import pytest

from petitions.kinds import Role
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office


@pytest.fixture
async def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    office = Office(sqlite_database, vault, ids, clock)
    await office.officer("901", "thanh_tra", Role.INTAKE, "Cán bộ trực")
    return office


@pytest.fixture
def person(office: Office) -> Person:
    return Person(office)
