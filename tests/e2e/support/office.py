"""The office's side of a test: invitations by command line, officers who link their chats, unit groups."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import Connection

from petitions.kinds import Role
from tests import log_watch
from tests.e2e.support.heard import Exchange
from tests.e2e.support.house import House
from tests.e2e.support.people import Citizen
from tests.e2e.support.service_process import environment, tiepdan
from tests.e2e.support.telegram_citizen import TelegramCitizen
from tests.emulators.telegram import Group, Person

_INVITE = re.compile(r"/link ([A-Za-z0-9-]+)")


async def command(house: House, *words: str, expect: int = 0) -> str:
    """`tiepdan <words>` beside the running service."""
    storage = house.settings.storage
    settings = environment(
        data_dir=str(storage.data_dir), database_url=storage.database_url.get_secret_value()
    )
    return await tiepdan(settings, storage.data_dir.parent, *words, expect=expect)


async def invited_by_command(house: House, *words: str) -> str:
    """A new invitation, given out by the command line beside the running service."""
    said = await command(house, "officer", "invite", *words)
    found = _INVITE.search(said)
    assert found is not None, said
    return _kept_secret(found[1])


async def invitation(house: House, unit: str, role: str = "", name: str = "", *, days: int = 7) -> str:
    """A new invitation as the command makes it; without a role it is for the unit's group."""
    expires = house.clock.now() + timedelta(days=days)
    chosen = Role(role) if role else None

    def work(connection: Connection) -> str:
        book = house.service.books(connection)
        return book.invite(unit, chosen, name, expires, for_group=not role)[1]

    return _kept_secret(await house.service.database.transact(work))


def _kept_secret(token: str) -> str:
    log_watch.note(token, token.replace("-", ""), sort="secret")
    return token


async def link(house: House, chat: Citizen, unit: str, role: str, name: str) -> Exchange:
    """Make `chat` an officer's; the welcome."""
    token = await invitation(house, unit, role, name)
    return await chat.say(f"/link {token}")


async def bound_group(house: House, unit: str, *members: Person) -> TelegramCitizen:
    """A group of `unit` with these members, seen through the first of them."""
    group: Group = house.telegram.group("Tổ tiếp dân", members=members)
    token = await invitation(house, unit)
    seat = TelegramCitizen(members[0], house.quiet, group=group)
    bound = await seat.say(f"/link {token}")
    assert "phiếu việc" in bound.text, bound.text
    return seat
