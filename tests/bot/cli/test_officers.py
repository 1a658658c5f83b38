"""Inviting, listing, absence and leaving, on both engines, with clear words for every slip."""

from __future__ import annotations

import re
from pathlib import Path
from random import SystemRandom

import pytest
from click.testing import Result

from bot.clock import SystemClock
from bot.profile import read_agency
from petitions.kinds import Role
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from storage.records import OfficerRecord
from tests.bot.cli.conftest import Command
from tests.postgres_server import in_thread


def token_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"/link ([0-9A-Z-]+)", result.stdout)
    assert found is not None
    return found[1]


def accept(url: str, token: str, chat: str) -> OfficerRecord:
    """What the dialogue does with `/link TOKEN` in a private chat."""

    def task(book: Casebook) -> OfficerRecord:
        contact = book.open_contact(channel="web", account="web", chat=chat)[0]
        taken = book.accept_invite(token, contact.id)
        assert isinstance(taken, OfficerRecord)
        return taken

    async def run() -> OfficerRecord:
        database = Database.from_url(url)
        await database.open()
        clock = SystemClock()
        vault = Vault(KeyRing.load(Path("data/keys.json")))
        try:
            return await database.transact(
                lambda connection: task(
                    Casebook(
                        connection,
                        vault=vault,
                        ids=IdSource(clock, SystemRandom()),
                        clock=clock,
                        agency=read_agency(None).code,
                    )
                )
            )
        finally:
            await database.close()

    return in_thread(run())


def test_from_invitation_to_leaving(command: Command, ready: str) -> None:
    assert "No officers yet" in command("officer", "list").stdout
    invited = command(
        "officer", "invite", "--unit", "thanh_tra", "--role", "intake", "--name", "Trần Thị Bình"
    )
    assert "Thanh tra Sở (thanh_tra) as intake" in invited.stdout
    assert "works once" in invited.stdout
    officer = accept(ready, token_of(invited), "chat-1")
    assert (officer.unit, officer.role, officer.name) == ("thanh_tra", Role.INTAKE, "Trần Thị Bình")

    listed = command("officer", "list", "--unit", "thanh_tra").stdout
    assert f"{officer.id}  intake" in listed
    assert "Trần Thị Bình" in listed
    assert "1 chat]" in listed

    away = command("officer", "absent", str(officer.id), "--until", "2099-12-31")
    assert away.stdout == "Trần Thị Bình is away until the end of 31/12/2099.\n"
    assert "away until 31/12/2099" in command("officer", "list").stdout
    assert "is back" in command("officer", "absent", str(officer.id), "--back").stdout
    assert "away" not in command("officer", "list").stdout

    refused = command("officer", "remove", str(officer.id), typed="n\n")
    assert refused.exit_code == 1
    assert "Trần Thị Bình" in command("officer", "list").stdout
    assert command("officer", "remove", str(officer.id), "--yes").exit_code == 0
    assert "Trần Thị Bình" not in command("officer", "list").stdout
    assert "has left" in command("officer", "list", "--all").stdout
    assert "left already" in command("officer", "remove", str(officer.id), "--yes").stderr


def test_a_second_chat_of_the_same_officer(command: Command, ready: str) -> None:
    first = accept(
        ready, token_of(command("officer", "invite", "--unit", "van_phong", "--role", "head")), "a"
    )
    words = ("officer", "invite", "--unit", "van_phong", "--role", "head", "--officer", str(first.id))
    second = accept(ready, token_of(command(*words)), "b")
    assert second.id == first.id
    assert len(second.contact_ids) == 2
    other = command("officer", "invite", "--unit", "thanh_tra", "--role", "head", "--officer", str(first.id))
    assert other.exit_code == 1
    assert "is head in van_phong" in other.stderr


def test_an_invitation_for_a_group(command: Command, ready: str) -> None:
    invited = command("officer", "invite", "--unit", "van_phong", "--group")
    assert "for its group" in invited.stdout
    assert "adding the bot to it" in invited.stdout
    assert len(token_of(invited).replace("-", "")) == 20


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("invite", "--unit", "nowhere", "--role", "officer"), "thanh_tra          Thanh tra Sở"),
        (("invite", "--unit", "thanh_tra"), "--role is missing"),
        (("invite", "--unit", "thanh_tra", "--role", "king"), "'king' is not one of"),
        (("invite", "--unit", "thanh_tra", "--group", "--role", "head"), "A group has no role"),
        (("invite", "--unit", "thanh_tra", "--role", "head", "--days", "0"), "0 is not in the range"),
        (("absent", "1"), "--until DATE"),
        (("absent", "1", "--until", "31/12/2026"), "does not match the format"),
        (("absent", "1", "--until", "2001-01-01"), "the day has passed"),
        (("absent", "1", "--back", "--deputy", "2"), "--back alone"),
        (("list", "--unit", "nowhere"), "no unit 'nowhere'"),
    ],
)
def test_wrong_use_is_explained(
    command: Command,
    office_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    sqlite_url: str,
    words: tuple[str, ...],
    part: str,
) -> None:
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", sqlite_url)
    (office_folder / "data").mkdir()
    KeyRing.create(office_folder / "data" / "keys.json")
    result = command("officer", *words)
    assert result.exit_code == 2
    assert part in result.stderr


def test_officers_that_are_not_there(command: Command, ready: str) -> None:
    for words in (("absent", "7", "--back"), ("remove", "7", "--yes")):
        result = command("officer", *words)
        assert result.exit_code == 1
        assert result.stderr == "There is no officer 7. `tiepdan officer list` shows their numbers.\n"


def test_before_the_first_start(
    command: Command, office_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = command("officer", "list")
    assert result.exit_code == 1
    assert "There is no key ring" in result.stderr
    (office_folder / "data").mkdir()
    KeyRing.create(office_folder / "data" / "keys.json")
    assert "tiepdan migrate" in command("officer", "list").stderr
    monkeypatch.setenv("TIEPDAN_DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none")
    away = command("officer", "list")
    assert away.exit_code == 1
    assert away.stderr.startswith("Database: ")
    assert "hunter2" not in away.stderr
