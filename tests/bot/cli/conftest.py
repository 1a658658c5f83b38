"""The command line as an operator uses it: own folder, own environment, real databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings import setting_names
from storage.keys import KeyRing

Command = Callable[..., Result]


@pytest.fixture
def office_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to work in, and no setting of the machine that runs the tests."""
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIEPDAN_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def command(office_folder: Path) -> Command:
    """`command("officer", "list")` runs it in this process, standard error in `stderr`."""

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, list(words), input=typed, catch_exceptions=False)

    return run


@pytest.fixture
def ready(office_folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database at the newest schema (both engines) and a key ring."""
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", database_url)
    (office_folder / "data").mkdir(mode=0o700)
    KeyRing.create(office_folder / "data" / "keys.json")
    return database_url
