"""Administrators are told that an account needs a person, best over another platform than the one that fails."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from bot.channels.zalo_oa.alarming import tell_administrators
from bot.channels.zalo_oa.kept_grant import Trouble
from handlers.account_alarm import account_alarm
from handlers.service_turn import service_turn
from handlers.texts import LANGUAGES, Catalogue
from petitions.kinds import Role
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office

FAILING = "zalo_oa"


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


async def raised(office: Office, reason: str = "spent") -> int:
    def task(book: Casebook) -> int:
        turn = service_turn(book, office.facts, office.clock.now(), random.Random(1))
        return account_alarm(turn, reason, channel=FAILING, platform="Zalo", command="tiepdan zalo authorise")

    count = await office.work(task)
    await office.deliver()
    return count


def told(office: Office, chat: str) -> bool:
    return any("tiepdan zalo authorise" in sent.text for sent in office.chat(chat))


async def test_every_administrator_is_told(office: Office) -> None:
    await office.officer("901", "lanh_dao", Role.ADMIN)
    await office.officer("902", "lanh_dao", Role.ADMIN)
    await office.officer("201", "ql_van_hoa", Role.HEAD)
    assert await raised(office) == 2
    assert told(office, "901")
    assert told(office, "902")
    assert not told(office, "201")
    words = office.last("901").text
    assert "Zalo" in words
    assert "Tin đang chờ vẫn được giữ" in words


async def test_the_platform_that_fails_is_the_last_choice(office: Office) -> None:
    admin = await office.officer("901", "lanh_dao", Role.ADMIN)
    _, token = await office.work(
        lambda book: book.invite(
            "lanh_dao", Role.ADMIN, "", office.clock.now() + timedelta(days=1), officer_id=admin.id
        )
    )
    await office.command("z901", "link", token)
    await office.officer("z902", "lanh_dao", Role.ADMIN)
    assert await raised(office) == 2
    assert told(office, "901")
    assert not told(office, "z901")
    assert told(office, "z902"), "there is no other way to this one"


async def test_without_an_administrator_those_who_lead_are_told(office: Office) -> None:
    assert await raised(office) == 0
    await office.officer("401", "lanh_dao", Role.DIRECTOR)
    assert await raised(office) == 1
    assert told(office, "401")


async def test_it_is_told_at_night_as_well(office: Office) -> None:
    await office.officer("901", "lanh_dao", Role.ADMIN)
    office.clock.forward(timedelta(hours=15))
    await raised(office)
    assert told(office, "901")


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble is not Trouble.LOST])
async def test_there_are_words_for_each_trouble(office: Office, trouble: Trouble) -> None:
    for language in LANGUAGES:
        key = f"service.account_{trouble.value}"
        assert "Zalo" in Catalogue.load().language(language).get(key, platform="Zalo", command="c")
    await office.officer("901", "lanh_dao", Role.ADMIN)
    alarm = tell_administrators(office.facts, random.Random(1))
    await office.work(lambda book: alarm(book, trouble.value))
    await office.deliver()
    assert "tiepdan zalo authorise" in office.last("901").text
