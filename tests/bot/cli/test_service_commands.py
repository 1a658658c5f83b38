"""`migrate`, `run`'s refusals, `verify`, `inbox` and the doctor."""

from __future__ import annotations

import os
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.checkup.telegram_checks import check_telegram
from bot.clock import SystemClock
from bot.settings import Settings
from storage.keys import KeyRing
from tests.bot.cli.conftest import Command
from tests.emulators.telegram import TOKEN, TelegramEmulator
from tests.hand_clock import HandClock


def test_migrate_makes_schema_and_keys_once(command: Command, office_folder: Path) -> None:
    first = command("migrate")
    assert first.exit_code == 0
    assert "from schema (empty) to" in first.stdout
    key_file = office_folder / "data" / "keys.json"
    assert str(key_file) in first.stdout
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE((office_folder / "data").stat().st_mode) == 0o700
    keys = key_file.read_bytes()
    second = command("migrate")
    assert "already" in second.stdout
    assert key_file.read_bytes() == keys


@pytest.mark.postgres
def test_migrate_on_postgresql(
    command: Command, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", empty_postgres_url)
    assert "reachable but empty; run `tiepdan migrate`" in command("doctor").stdout
    assert "from schema (empty) to" in command("migrate").stdout
    examined = command("doctor")
    assert examined.exit_code == 0
    assert "postgresql, reachable" in examined.stdout


def test_every_wrong_setting_is_a_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEPDAN_HTTP_PORT", "x")
    monkeypatch.setenv("TIEPDAN_LOG_FORMAT", "y")
    for words in (("run",), ("migrate",), ("officer", "list"), ("inbox", "list"), ("verify",)):
        result = command(*words)
        assert result.exit_code == 1
        assert result.stderr.startswith("Please mend:\nTIEPDAN_HTTP_PORT: ")
        assert "\nTIEPDAN_LOG_FORMAT: " in result.stderr
    examined = command("doctor")
    assert examined.exit_code == 1
    assert examined.stdout.count("FAIL") == 2


@pytest.mark.parametrize(
    ("roles", "code", "part"),
    [
        ("intake,wbe", 2, "Did you mean web?"),
        ("", 2, "names no role"),
        ("kitchen", 2, "Choose from intake, web"),
        ("web", 1, "On SQLite one process runs every part"),
    ],
)
def test_roles_are_checked(command: Command, roles: str, code: int, part: str) -> None:
    result = command("run", "--roles", roles)
    assert result.exit_code == code
    assert part in result.stderr


def test_an_unwritable_data_folder(
    command: Command, office_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office_folder / "file").write_text("x")
    for place in (office_folder / "file", office_folder / "file" / "below", Path("/proc/none")):
        monkeypatch.setenv("TIEPDAN_DATA_DIR", str(place))
        for word in ("run", "migrate"):
            result = command(word)
            assert result.exit_code == 1
            assert "TIEPDAN_DATA_DIR: " in result.stderr
            assert str(place) in result.stderr
        assert "data folder" in command("doctor").stdout


def test_verify_and_inbox_of_a_new_database(command: Command, ready: str) -> None:
    assert command("verify").stdout == "Every petition's history and every register book holds.\n"
    assert command("recount").stdout == "Counted anew: 0 petitions.\n"
    assert command("inbox", "list").stdout == "No dead letters.\n"
    assert command("inbox", "replay").exit_code == 2
    assert command("inbox", "replay", "1", "--all").exit_code == 2


def test_doctor_on_a_fresh_folder(command: Command, office_folder: Path) -> None:
    examined = command("doctor")
    assert examined.exit_code == 0, examined.stdout
    assert "FAIL" not in examined.stdout
    assert "key ring         will be made at first start" in examined.stdout
    assert "This is the sample" in examined.stdout
    assert not (office_folder / "data" / "tiepdan.db").exists(), "the doctor makes no database"


def test_doctor_names_what_is_wrong(
    command: Command, office_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("migrate")
    key_file = office_folder / "data" / "keys.json"
    key_file.chmod(0o644)
    (office_folder / "data").chmod(0o755)
    (office_folder / "office.yaml").write_text("agency:\n  code: a\n", encoding="utf-8")
    monkeypatch.setenv("TIEPDAN_AGENCY_FILE", "office.yaml")
    monkeypatch.setenv("TIEPDAN_SOMETHING_ELSE", "1")
    monkeypatch.setenv("TIEPDAN_PUBLIC_URL", "http://tiepdan.example.vn")
    examined = command("doctor")
    assert examined.exit_code == 1
    for part in ("chmod 600", "chmod 700", "office.yaml line 2", "TIEPDAN_SOMETHING_ELSE", "is not https"):
        assert part in examined.stdout, part
    key_file.unlink()
    assert "restore it from its back-up" in command("doctor").stdout
    key_file.write_text("{}")
    assert "is not a key ring" in command("doctor").stdout


def telegram(url: str, **more: str) -> Settings:
    return Settings(_env_file=None, telegram_token=TOKEN, telegram_api_url=url, **more)  # type: ignore[call-arg]


async def test_doctor_asks_the_bot_who_it_is(office_folder: Path) -> None:
    async with TelegramEmulator() as emulator:
        findings = await check_telegram(telegram(emulator.url), SystemClock())
        assert [finding.level.value for finding in findings] == ["OK", "OK", "OK"]
        assert f"@{emulator.bot_username}" in findings[0].message
        assert "polling" in findings[2].message
        skewed = await check_telegram(telegram(emulator.url), HandClock())
        assert skewed[1].name == "clock"
        assert skewed[1].level.value == "FAIL"
        emulator.revoke_token()
        refused = await check_telegram(telegram(emulator.url), SystemClock())
        assert "@BotFather" in refused[0].message
        assert refused[0].level.value == "FAIL"
        url = emulator.url
    gone = await check_telegram(telegram(url), SystemClock())
    assert gone[0].level.value == "FAIL"
    assert "could not be asked" in gone[0].message
    every = findings + skewed + refused + gone
    assert all(TOKEN not in finding.message for finding in every)


async def test_doctor_looks_at_the_webhook(office_folder: Path) -> None:
    async with TelegramEmulator() as emulator:
        hook = telegram(
            emulator.url,
            telegram_mode="webhook",
            telegram_webhook_secret="short",
            public_url="https://tiepdan.example.vn",
        )
        findings = await check_telegram(hook, SystemClock())
        messages = [finding.message for finding in findings]
        assert any("SECRET is short" in message for message in messages)
        assert all("short" not in message.replace("is short", "") for message in messages)


def test_help_is_quick_and_opens_nothing(tmp_path: Path) -> None:
    program = "import sys; from bot.cli import main; print('\\n'.join(sys.modules)); main(['--help'])"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines())
    assert "click" in loaded
    assert not loaded & {"sqlalchemy", "aiohttp", "telegram", "pydantic", "alembic", "typst", "asyncio"}
    assert "doctor" in done.stdout


def test_a_key_ring_is_never_replaced(command: Command, office_folder: Path) -> None:
    (office_folder / "data").mkdir()
    ring = KeyRing.create(office_folder / "data" / "keys.json")
    command("migrate")
    assert KeyRing.load(office_folder / "data" / "keys.json") == ring


def test_a_database_of_a_newer_version_is_left_alone(command: Command, office_folder: Path) -> None:
    command("migrate")
    with closing(sqlite3.connect(office_folder / "data" / "tiepdan.db")) as shell, shell:
        shell.execute("UPDATE alembic_version SET version_num = '9999'")
    for word in ("run", "migrate"):
        refused = command(word)
        assert refused.exit_code == 1
        assert "schema 9999, which a newer version of the service made" in refused.stderr
    assert "9999 was made by a newer version" in command("doctor").stdout


def test_a_busy_port_is_named_once(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("TIEPDAN_HTTP_PORT", str(port))
        refused = command("run")
    assert refused.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port} (Address already in use): is the service" in refused.stderr
    assert "Tiếp Dân runs" not in refused.stderr, "the address is shown when somebody can open it"


@pytest.mark.postgres
def test_a_database_name_that_is_wrong(
    command: Command, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", postgres_url.replace("/tiepdan_", "/none_"))
    assert "refuses: there is no database of this name" in command("doctor").stdout
