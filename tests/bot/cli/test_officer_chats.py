"""The doctor names officers who would not hear of a reminder, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cli.checkup.findings import Finding, Level
from bot.cli.checkup.office_checks import check_officer_chats
from bot.clock import SystemClock
from bot.settings import Settings
from petitions.kinds import Role
from storage import chat_marks
from storage.casebook import Casebook
from tests.bot.cli.conftest import Command
from tests.bot.cli.test_officers import in_book
from tests.postgres_server import in_thread

NOW = SystemClock().now()


@pytest.fixture
def account(ready: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An Official Account is set up."""
    for name, value in {"ID": "1", "APP_ID": "2", "APP_SECRET": "secret-1", "SECRET_KEY": "secret-2"}.items():
        monkeypatch.setenv(f"TIEPDAN_ZALO_OA_{name}", value)
    return ready


def linked(book: Casebook, *channels: str, officer_id: int | None = None) -> int:
    """An officer with a chat on each of these channels."""
    for channel in channels:
        _, token = book.invite("van_phong", Role.HEAD, "Lê", NOW + timedelta(days=1), officer_id=officer_id)
        contact = book.open_turn(channel=channel, account="a", chat=f"{channel}-{officer_id}").contact
        accepted = book.accept_invite(token, contact.id)
        officer_id = getattr(accepted, "id", None)
        chat_marks.seen(book.connection, contact.id, NOW - timedelta(days=3))
    assert officer_id is not None
    return officer_id


def examined(days: float = 0) -> list[Finding]:
    return in_thread(check_officer_chats(Settings.load(), NOW + timedelta(days=days)))


def test_nothing_is_said_without_a_channel_that_closes(ready: str) -> None:
    in_book(ready, lambda book: linked(book, "telegram"))
    assert examined() == []


def test_an_officer_with_a_second_way_is_well(account: str) -> None:
    in_book(account, lambda book: linked(book, "zalo_oa", "web"))
    [finding] = examined()
    assert finding.level is Level.OK


def test_one_without_is_named_with_what_to_do(account: str) -> None:
    officer_id = in_book(account, lambda book: linked(book, "zalo_oa"))
    in_book(account, lambda book: linked(book, "telegram"))
    [finding] = examined()
    assert finding.level is Level.WARN
    assert finding.message.startswith("1 officer has only chats that close")
    assert f"{officer_id} (head, van_phong). Give each a second way" in finding.message
    assert "Lê" not in finding.message
    [finding] = examined(days=5)
    assert f"{officer_id} (head, van_phong, closed now)" in finding.message


def test_the_doctor_runs_it(account: str, command: Command) -> None:
    in_book(account, lambda book: linked(book, "zalo_oa"))
    assert "officer invite --officer ID" in command("doctor").stdout
