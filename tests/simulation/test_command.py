"""`tiepdan simulate` as an operator uses it: the same seed, the same year; and what it refuses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.settings import setting_names
from bot.simulation.run import Refused, check, simulate
from bot.simulation.world import Wish
from storage import swift
from storage.keys import KeyRing, Vault
from storage.tally import occupied
from tests.simulation.conftest import AGENCY, address_in, played, settings_in
from tests.storage.builders import a_filing

SPRING = Wish(first=date(2026, 3, 2), last=date(2026, 5, 15), petitions=12)
WORDS = ("simulate", "--from", "2026-03-02", "--to", "2026-05-15", "--petitions", "12", "--seed")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to work in, and no setting of the machine that runs the tests."""
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIEPDAN_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def command(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def digest_of(output: str) -> str:
    found = re.search(r"event log +([0-9a-f]{64})", output)
    assert found is not None, output
    return found[1]


def test_the_same_seed_plays_the_same_year_in_any_process(folder: Path) -> None:
    """Other keys, another process, another order of hashed words: the same event log."""
    here = played(folder / "here", SPRING, 5)
    tiepdan = Path(sys.executable).with_name("tiepdan")
    environment = os.environ | {"PYTHONHASHSEED": "77", "TIEPDAN_DATA_DIR": str(folder / "there")}
    there = subprocess.run(
        [tiepdan, *WORDS, "5"], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert there.returncode == 0, there.stderr
    assert digest_of(there.stdout) == here.summary.replayed.digest
    assert "holds      the event log replays to the same state" in there.stdout
    assert "ms for a petition" in there.stdout


def test_another_seed_plays_another_year_and_is_refused_on_the_first(folder: Path) -> None:
    first = command(*WORDS, "6")
    assert first.exit_code == 0, first.output
    again = command(*WORDS, "6")
    assert again.exit_code == 1
    assert "holds a simulation of" in again.stderr
    other = played(folder / "other", SPRING, 7)
    assert digest_of(first.stdout) != other.summary.replayed.digest


@pytest.mark.postgres
def test_it_plays_on_postgresql_and_migrates_it_first(empty_postgres_url: str, tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "data", database_url=empty_postgres_url)
    wish = Wish(first=date(2026, 3, 2), last=date(2026, 4, 3), petitions=4)
    summary = simulate(settings, wish, chance=Random(5))
    assert summary.holds
    here = played(tmp_path / "here", wish, 5)
    assert summary.replayed.digest == here.summary.replayed.digest
    assert summary.counts == here.summary.counts


def test_a_database_with_real_petitions_is_refused_untouched(folder: Path) -> None:
    assert command("migrate").exit_code == 0
    file_one(folder / "data")
    before = there(folder)
    refused = command(*WORDS, "1")
    assert refused.exit_code == 1
    assert "real petitions" in refused.stderr
    assert there(folder) == before


def test_a_database_that_knows_officers_is_refused(folder: Path) -> None:
    assert command("migrate").exit_code == 0
    vault = Vault(KeyRing.load(folder / "data" / "keys.json"))
    swift.run(
        address_in(folder / "data"),
        lambda connection: book_on(connection, vault).open_contact(channel="web", account="web", chat="v1"),
    )
    refused = command(*WORDS, "1")
    assert refused.exit_code == 1
    assert "officers or chats" in refused.stderr


@pytest.mark.parametrize("setting", ["TIEPDAN_TELEGRAM_TOKEN"])
def test_a_service_with_a_channel_token_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(setting, "123456789:AAF-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    refused = command(*WORDS, "1")
    assert refused.exit_code == 1
    assert setting in refused.stderr
    assert "AAF" not in refused.stderr
    assert not (folder / "data" / "tiepdan.db").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--petitions", "0"), "at least 1"),
        (("--petitions", "-3"), "at least 1"),
        (("--petitions", "9000000"), "at most"),
        (("--from", "2026-05-02", "--to", "2026-05-01"), "lies before"),
        (("--from", "2020-01-01", "--to", "2020-02-01"), "can be played"),
        (("--from", "2026-02-30"), "2026-02-30"),
        (("--from", "soon"), "soon"),
        (("--seed", "x"), "x"),
    ],
)
def test_a_wish_that_makes_no_year_is_refused(folder: Path, words: tuple[str, ...], said: str) -> None:
    refused = command("simulate", "--to", "2026-12-31", *words)
    assert refused.exit_code in (1, 2)
    assert said in refused.stderr
    assert not (folder / "data" / "tiepdan.db").exists()


def test_one_day_and_one_petition_are_a_year(folder: Path) -> None:
    day = date(2026, 3, 4)
    check(Wish(first=day, last=day, petitions=1))
    summary = played(folder / "day", Wish(first=day, last=day, petitions=1), 1).summary
    assert summary.holds
    with pytest.raises(Refused):
        check(Wish(first=day, last=day, petitions=0))


@pytest.mark.soak
def test_five_thousand_petitions_of_a_year_in_a_quarter_of_an_hour(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = played(folder / "soak", Wish(first=date(2026, 1, 1), last=date(2026, 12, 31), petitions=5000), 1)
    with capsys.disabled():
        print(
            f"\n5,000 petitions: {whole.seconds:.0f} s, {whole.summary.replayed.events} events, "
            f"{whole.summary.turns} updates, {whole.summary.timers} timers"
        )
    assert whole.summary.holds
    assert whole.seconds < 15 * 60


# --- what is there


def there(folder: Path) -> object:
    return swift.run(address_in(folder / "data"), occupied)


def book_on(connection: object, vault: Vault) -> object:
    from storage.casebook import Casebook
    from storage.ids import IdSource
    from tests.hand_clock import HandClock

    clock = HandClock()
    return Casebook(
        connection,  # type: ignore[arg-type]
        vault=vault,
        ids=IdSource(clock, Random(3)),
        clock=clock,
        agency=AGENCY.code,
    )


def file_one(data: Path) -> None:
    """A petition as the service files it."""
    vault = Vault(KeyRing.load(data / "keys.json"))
    swift.run(address_in(data), lambda connection: book_on(connection, vault).file(a_filing()))  # type: ignore[attr-defined]
