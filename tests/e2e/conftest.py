"""Running services for the end-to-end tests, on both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.e2e.expectations", "tests.e2e.book_expectations", "tests.e2e.support")

from tests.e2e.support.house import House, running_house  # noqa: E402 - after the registration
from tests.e2e.support.legal_office import LegalOffice, legal_office  # noqa: E402


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service with its emulated Telegram on SQLite."""
    async with running_house(sqlite_url, tmp_path / "var") as running:
        yield running


@pytest.fixture
async def any_house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The same on SQLite and on PostgreSQL."""
    async with running_house(database_url, tmp_path / "var") as running:
        yield running


@pytest.fixture
async def office(sqlite_url: str, tmp_path: Path) -> AsyncIterator[LegalOffice]:
    """A service on SQLite on an ordinary Monday, with its people at work."""
    async with legal_office(sqlite_url, tmp_path / "var") as running:
        yield running


@pytest.fixture
async def any_office(database_url: str, tmp_path: Path) -> AsyncIterator[LegalOffice]:
    """The same on SQLite and on PostgreSQL."""
    async with legal_office(database_url, tmp_path / "var") as running:
        yield running
