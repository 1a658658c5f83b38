"""Each wrong setting gets one line that names it and says how to mend it; secrets are never repeated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import (
    LogFormat,
    Settings,
    SettingsError,
    TelegramMode,
    setting_names,
    unknown_names,
)

TOKEN = "123456789:AAHnT0kenThatMustNeverBeSeenAnywhere"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine that runs the tests gets in."""
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def problems() -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        Settings.load()
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems), "one line for each problem"
    return {problem.name: problem.message for problem in caught.value.problems}


def test_nothing_set_gives_a_working_service() -> None:
    settings = Settings.load()
    assert settings.http.public_url == "http://127.0.0.1:8080"
    assert settings.telegram is None
    assert settings.storage.data_dir == Path.cwd() / "var"
    assert settings.storage.key_file == Path.cwd() / "var" / "keys.json"
    url = settings.storage.database_url.get_secret_value()
    assert url == f"sqlite+aiosqlite:///{Path.cwd() / 'var' / 'tiepdan.db'}"
    assert settings.log_format is LogFormat.CONSOLE
    assert settings.agency_file is None


def test_empty_and_blank_values_count_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("TIEPDAN_HTTP_PORT=9000\nTIEPDAN_TELEGRAM_TOKEN=\nTIEPDAN_LOG_FORMAT\n", "utf-8")
    monkeypatch.setenv("TIEPDAN_HTTP_PORT", "")
    monkeypatch.setenv("TIEPDAN_AGENCY_FILE", "   ")
    settings = Settings.load()
    assert settings.http_port == 9000, "an empty variable does not hide the one of the file"
    assert settings.telegram is None
    assert settings.agency_file is None


def test_environment_wins_over_file_and_file_may_come_from_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_bytes("\ufeffTIEPDAN_HTTP_PORT=9000\r\nTIEPDAN_LOG_FORMAT=JSON\r\n".encode())
    assert Settings.load().http_port == 9000
    monkeypatch.setenv("TIEPDAN_HTTP_PORT", "9001")
    settings = Settings.load()
    assert settings.http_port == 9001
    assert settings.log_format is LogFormat.JSON


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEPDAN_HTTP_PORT", "eighty")
    monkeypatch.setenv("TIEPDAN_TELEGRAM_MODE", "push")
    monkeypatch.setenv("TIEPDAN_TELEGRAM_RATE", "-1")
    monkeypatch.setenv("TIEPDAN_LOG_FORMAT", "xml")
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", "mysql://root:hunter2@db/x")
    monkeypatch.setenv("TIEPDAN_AGENCY_FILE", "nowhere.yaml")
    monkeypatch.setenv("TIEPDAN_TELEGRM_TOKEN", TOKEN)
    found = problems()
    assert set(found) == {
        "TIEPDAN_HTTP_PORT",
        "TIEPDAN_TELEGRAM_MODE",
        "TIEPDAN_TELEGRAM_RATE",
        "TIEPDAN_LOG_FORMAT",
        "TIEPDAN_DATABASE_URL",
        "TIEPDAN_AGENCY_FILE",
        "TIEPDAN_TELEGRM_TOKEN",
    }
    assert "8080" in found["TIEPDAN_HTTP_PORT"]
    assert "polling or webhook" in found["TIEPDAN_TELEGRAM_MODE"]
    assert "postgresql+asyncpg://" in found["TIEPDAN_DATABASE_URL"]
    assert "did you mean TIEPDAN_TELEGRAM_TOKEN?" in found["TIEPDAN_TELEGRM_TOKEN"]
    assert all("hunter2" not in message and TOKEN not in message for message in found.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_TOKEN", "bot123456:my-secret value"),
        ("TELEGRAM_TOKEN", "AAHsecretWithoutTheNumber"),
        ("TELEGRAM_WEBHOOK_SECRET", "geheim#wort" * 3),
        ("TELEGRAM_WEBHOOK_SECRET", "a" * 257),
        ("DATABASE_URL", "postgresql://u:p@ss#word@host/db"),
        ("DATABASE_URL", "postgresql://u:pa/ss@host:5432/db"),
        ("DATABASE_URL", "postgresql://user:word@host"),
        ("DATABASE_URL", "oracle+topsecret"),
    ],
)
def test_secret_values_are_never_repeated(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TIEPDAN_{name}", value)
    found = problems()
    assert list(found) == [f"TIEPDAN_{name}"]
    message = found[f"TIEPDAN_{name}"]
    assert value not in message
    for part in re.split(r"[:/@# ]+", value):
        assert len(part) < 5 or part in {"postgresql"} or part not in message


def test_secrets_do_not_show_in_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEPDAN_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", "postgresql+asyncpg://u:hunter2@h/d")
    settings = Settings.load()
    shown = f"{settings!r} {settings} {settings.telegram!r} {settings.storage!r}"
    assert TOKEN not in shown
    assert "hunter2" not in shown
    assert settings.telegram is not None
    assert settings.telegram.account == "123456789"
    assert set(settings.secrets()) == {TOKEN, "postgresql+asyncpg://u:hunter2@h/d"}


def test_settings_are_frozen() -> None:
    settings = Settings.load()
    with pytest.raises(ValidationError):
        settings.http_port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h:5433/d", "postgresql+asyncpg://u:p@h:5433/d"),
        ("postgres://h/d?sslmode=require", "postgresql+asyncpg://h/d?ssl=require"),
        ("postgresql:///d?host=/run/postgresql", "postgresql+asyncpg:///d?host=%2Frun%2Fpostgresql"),
        ("sqlite:////srv/t.db", "sqlite+aiosqlite:////srv/t.db"),
        ("sqlite+aiosqlite:///t.db", "sqlite+aiosqlite:///t.db"),
    ],
)
def test_database_urls_are_completed(monkeypatch: pytest.MonkeyPatch, given: str, read: str) -> None:
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", given)
    assert Settings.load().storage.database_url.get_secret_value() == read


@pytest.mark.parametrize("url", ["sqlite://", "sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///"])
def test_a_database_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", url)
    assert "would be lost" in problems()["TIEPDAN_DATABASE_URL"]


def test_webhook_needs_its_secret_and_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEPDAN_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TIEPDAN_TELEGRAM_MODE", "Webhook")
    assert list(problems()) == ["TIEPDAN_TELEGRAM_WEBHOOK_SECRET"]
    monkeypatch.setenv("TIEPDAN_TELEGRAM_WEBHOOK_SECRET", "a-long_random-word")
    assert "https" in problems()["TIEPDAN_PUBLIC_URL"]
    monkeypatch.setenv("TIEPDAN_PUBLIC_URL", "https://tiepdan.example.vn/")
    telegram = Settings.load().telegram
    assert telegram is not None
    assert telegram.mode is TelegramMode.WEBHOOK
    assert telegram.webhook_secret == SecretStr("a-long_random-word")
    monkeypatch.setenv("TIEPDAN_PUBLIC_URL", "http://127.0.0.1:8080")
    monkeypatch.setenv("TIEPDAN_TELEGRAM_API_URL", "http://127.0.0.1:9/")
    local = Settings.load().telegram
    assert local is not None, "a Bot API server of one's own may call over http"
    assert local.api_url == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("[::1]", "http://[::1]:8080"),
        ("10.0.0.7", "http://10.0.0.7:8080"),
        ("chat.local", "http://chat.local:8080"),
    ],
)
def test_default_address_can_be_opened(monkeypatch: pytest.MonkeyPatch, host: str, address: str) -> None:
    monkeypatch.setenv("TIEPDAN_HTTP_HOST", host)
    assert Settings.load().http.public_url == address


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("PUBLIC_URL", "tiepdan.example.vn", "http://"),
        ("PUBLIC_URL", "https://h/app", "path"),
        ("PUBLIC_URL", "https://h:99999", "web address"),
        ("PUBLIC_URL", "https://me:pass@h", "user name"),
        ("HTTP_HOST", "http://h", "host name"),
        ("HTTP_HOST", "h:80", "TIEPDAN_HTTP_PORT"),
        ("HTTP_PORT", "70000", "65535"),
        ("HTTP_PORT", "²", "65535"),
        ("TELEGRAM_RATE", "nan", "second"),
        ("TELEGRAM_API_URL", "ftp://x", "http"),
        ("CALENDAR_FILE", "/", "folder"),
        ("TRUST_ROOTS", "/does/not/exist", "does not exist"),
        ("TRUST_ROOTS", "/etc/passwd", "is a file"),
    ],
)
def test_wrong_values_say_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, part: str
) -> None:
    monkeypatch.setenv(f"TIEPDAN_{name}", value)
    assert part in problems()[f"TIEPDAN_{name}"]


def test_broken_env_file_is_named_with_its_line() -> None:
    Path(".env").write_text("TIEPDAN_HTTP_PORT=9000\n'quoted = 5\n", "utf-8")
    assert problems() == {".env line 2": "is not of the form NAME=value."}
    Path(".env").write_bytes(b"TIEPDAN_HTTP_HOST=\xff\xfe")
    assert "UTF-8" in problems()[".env"]


def test_a_setting_of_another_version_is_only_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEPDAN_TEST_STRICT", "1")
    Path(".env").write_text("TIEPDAN_SOMETHING_NEW=1\n", "utf-8")
    assert Settings.load().http_port == 8080
    assert [problem.name for problem in unknown_names()] == ["TIEPDAN_SOMETHING_NEW"]


def test_documentation_lists_exactly_the_settings_and_their_defaults() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(TIEPDAN_[A-Z_]+)` \| (.+?) \|", text, flags=re.MULTILINE))
    assert tuple(rows) == setting_names()
    settings = Settings.load()
    for name, default in rows.items():
        value = getattr(settings, name.removeprefix("TIEPDAN_").lower())
        if value is not None and value != "":
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            assert f"`{shown}`" in default, name
