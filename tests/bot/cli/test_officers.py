"""Inviting, listing, absence and leaving, on both engines, with clear words for every slip."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom
from typing import TypeVar

import pytest
from click.testing import Result

from bot.clock import SystemClock
from bot.profile import read_agency
from petitions.kinds import Action, ActorKind, Role, Stage
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from storage.records import ActorRef, OfficerRecord, PetitionRecord
from tests.bot.cli.conftest import Command
from tests.postgres_server import in_thread
from tests.storage.builders import a_filing

T = TypeVar("T")


def token_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"/link ([0-9A-Z-]+)", result.stdout)
    assert found is not None
    return found[1]


def in_book(url: str, task: Callable[[Casebook], T]) -> T:
    """Run `task` in the casebook as the service would."""

    async def run() -> T:
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


def accept(url: str, token: str, chat: str) -> OfficerRecord:
    """What the dialogue does with `/link TOKEN` in a private chat."""

    def task(book: Casebook) -> OfficerRecord:
        contact = book.open_contact(channel="web", account="web", chat=chat)[0]
        taken = book.accept_invite(token, contact.id)
        assert isinstance(taken, OfficerRecord)
        return taken

    return in_book(url, task)


def petition_of(url: str, officer: OfficerRecord) -> PetitionRecord:
    """A petition of the officer's unit that names the officer."""

    def task(book: Casebook) -> PetitionRecord:
        filed = book.file(a_filing(unit=officer.unit))
        return book.record(
            filed,
            action=Action.TAKE,
            actor=ActorRef(kind=ActorKind.OFFICER, officer_id=officer.id),
            content={},
            changes={"officer_id": officer.id, "stage": Stage.ASSIGNED},
        )

    return in_book(url, task)


def named_in(url: str, petition: PetitionRecord) -> int | None:
    found = in_book(url, lambda book: book.petition(petition.id))
    assert found is not None
    return found.officer_id


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


@pytest.fixture
def colleagues(command: Command, ready: str) -> list[OfficerRecord]:
    """A head, Lê Trưởng, and two officers of one unit."""
    people = []
    for number, (role, name) in enumerate([("head", "Lê Trưởng"), ("officer", "Một"), ("officer", "Hai")]):
        words = ("officer", "invite", "--unit", "van_phong", "--role", role, "--name", name)
        people.append(accept(ready, token_of(command(*words)), f"chat-{number}"))
    return people


def test_the_cases_of_who_leaves_move_and_are_shown(
    command: Command, ready: str, colleagues: list[OfficerRecord]
) -> None:
    head, one, _ = colleagues
    petition = petition_of(ready, one)
    removed = command("officer", "remove", str(one.id), "--yes")
    assert removed.exit_code == 0, removed.output
    assert "1 open petition will move" in removed.stdout
    assert f"  {petition.code} → Lê Trưởng\n" in removed.stdout
    assert named_in(ready, petition) == head.id
    alone = command("officer", "remove", str(head.id), "--yes")
    assert "nobody: there is no one left to name" in alone.stdout
    assert named_in(ready, petition) is None


def test_a_deputy_takes_over_from_who_leaves(
    command: Command, ready: str, colleagues: list[OfficerRecord]
) -> None:
    _, one, two = colleagues
    petition = petition_of(ready, one)
    wrong = command("officer", "remove", str(one.id), "--deputy", str(one.id), "--yes")
    assert (wrong.exit_code, named_in(ready, petition)) == (1, one.id)
    assert "another officer" in wrong.stderr
    command("officer", "remove", str(one.id), "--deputy", str(two.id), "--yes")
    assert named_in(ready, petition) == two.id


def test_an_absence_moves_cases_now_or_on_its_day(
    command: Command, ready: str, colleagues: list[OfficerRecord]
) -> None:
    head, one, two = colleagues
    petition = petition_of(ready, one)
    later = command("officer", "absent", str(one.id), "--from", "2099-01-05", "--to", "2099-01-09")
    assert "is away from 05/01/2099 until the end of 09/01/2099" in later.stdout
    assert "move on that day" in later.stdout
    assert "away from 05/01/2099 until 09/01/2099" in command("officer", "list").stdout
    assert named_in(ready, petition) == one.id
    now = command("officer", "absent", str(one.id), "--to", "2099-01-09", "--deputy", str(two.id))
    assert f"  {petition.code} → Hai\n" in now.stdout
    assert named_in(ready, petition) == two.id
    assert "stay where they are" in command("officer", "absent", str(one.id), "--back").stdout
    assert named_in(ready, petition) == two.id
    command("officer", "absent", str(two.id), "--from", "2001-01-01", "--until", "2099-01-09")
    assert named_in(ready, petition) == head.id
    gone = command("officer", "remove", str(one.id), "--yes")
    assert gone.exit_code == 0
    assert "has left already" in command("officer", "absent", str(one.id), "--to", "2099-01-09").stderr


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
        (("absent", "1", "--back", "--from", "2099-01-01"), "--back alone"),
        (("absent", "1", "--from", "2099-02-01", "--to", "2099-01-01"), "lies after --to"),
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
