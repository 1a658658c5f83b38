"""A town of citizens on one account, with officers at their desks, on a loop whose time runs ahead."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from bot.profile import read_agency
from bot.service import Service
from handlers.messages import Choice, Command, Content, Incoming, Text
from handlers.officers.tokens import Press, verb_of
from petitions.kinds import Action, Role
from storage import grants
from storage.records import OutboxRow, PetitionRecord
from tests.e2e.support.house import give_keys, make_settings
from tests.e2e.support.ledger import Ledger
from tests.e2e.support.script import Person, file
from tests.e2e.support.steady_citizens import Words
from tests.e2e.support.zalo_oa_citizen import ZaloOaCitizen
from tests.emulators.zalo_oa import Settings as Limits
from tests.emulators.zalo_oa import ZaloOaEmulator, ZaloUser
from tests.virtual_loop import LoopClock, hold_for

CALM: Final = 8.0
"""Seconds of silence after which a person takes what came for the whole answer."""
PATIENCE: Final = 3600.0
TEMPLATE: Final = "303211"
"""Of the notice that the answer is there."""
TEMPLATES: Final = f"""
[[template]]
notice = "answer"
id = "{TEMPLATE}"
to = "user"
[template.values]
ma_ho_so = "code"
"""


@dataclass(slots=True)
class Neighbour:
    """One citizen and the code of what was filed."""

    user: ZaloUser
    citizen: ZaloOaCitizen
    words: Words
    code: str = ""
    steps: int = 0


@dataclass(slots=True)
class Town:
    """Made by `town`."""

    zalo: ZaloOaEmulator
    service: Service
    clock: LoopClock
    ledger: Ledger
    chance: random.Random
    neighbours: list[Neighbour] = field(default_factory=list)
    _updates: int = 0

    # --- citizens

    async def file_one(self, number: int) -> Neighbour:
        """A person writes a story and answers until the code is there."""
        user = self.zalo.person(f"Người {number}")
        neighbour = Neighbour(user, ZaloOaCitizen(user, lambda: calm(user)), Words(number))
        self.neighbours.append(neighbour)
        first = await neighbour.citizen.say(neighbour.words.story)
        person = Person(kind="phan_anh", name=neighbour.words.name, phone=neighbour.words.phone)
        done = await file(neighbour.citizen, first, person)
        neighbour.code, neighbour.steps = done.codes[0], len(done.steps)
        return neighbour

    async def day_of_filing(self, count: int, hours: float) -> None:
        """`count` people spread over so many hours."""

        async def one(number: int, after: float) -> None:
            await asyncio.sleep(after)
            await self.file_one(number)

        moments = sorted(self.chance.uniform(0, hours * 3600) for _ in range(count))
        await asyncio.gather(*(one(number, after) for number, after in enumerate(moments)))

    # --- the office

    async def officer(self, unit: str, role: Role) -> str:
        """Somebody of the unit in a chat of the office's own page; the chat."""
        token = await self.service.database.transact(
            lambda connection: self.service.books(connection).invite(
                unit, role, "Cán bộ", self.clock.now() + timedelta(days=60)
            )[1]
        )
        chat = f"desk-{unit}-{role.value}"
        await self._at_desk(chat, Command(name="link", argument=token))
        return chat

    async def do(self, chat: str, petition: PetitionRecord, action: Action, words: str = "") -> None:
        """The officer presses, writes what is asked, and confirms."""
        await self._at_desk(chat, Choice(token=Press(verb_of(action), petition.id).token))
        if words:
            await self._at_desk(chat, Text(text=words))
            await self._at_desk(chat, Choice(token=Press("yes", petition.id).token))

    async def _at_desk(self, chat: str, content: Content) -> None:
        self._updates += 1
        await self.service.dispatcher.handle(
            Incoming(
                channel="web",
                account="web",
                update_id=f"desk:{self._updates}",
                chat=chat,
                person=chat,
                content=content,
                at=self.clock.now(),
            )
        )

    async def authorise_again(self) -> None:
        """An administrator pastes a pair of the console's API Explorer, as the command line stores it."""
        pair = self.zalo.world.oauth.pair()

        def work(connection: Connection) -> None:
            book = self.service.books(connection)
            known = grants.lock_grant(book, "zalo_oa", self.zalo.settings.oa_id)
            grants.keep_pair(
                book,
                known,
                access=pair["access_token"],
                refresh=pair["refresh_token"],
                life=timedelta(seconds=int(pair["expires_in"])),
                refresh_life=timedelta(days=90),
            )

        await self.service.database.transact(work)

    # --- time and what came of it

    async def until_still(self, within: float = 6 * 3600.0) -> None:
        """Until every event is taken in and nothing that may go waits to go."""
        async with asyncio.timeout(within):
            still = 0
            while still < 3:
                busy = self.zalo.unconfirmed or await self.ledger.kept() or await self.ledger.waiting()
                still = 0 if busy else still + 1
                await asyncio.sleep(2.0)

    async def notices(self) -> list[OutboxRow]:
        """What was said to citizens of changes by the office."""
        rows = await self.ledger.messages()
        return [row for row in rows if row.audience == "citizen" and row.event_seq is not None]


async def calm(user: ZaloUser) -> None:
    """Until something came and then nothing more for some seconds."""
    loop = asyncio.get_running_loop()
    begun = len(user.messages)
    deadline = loop.time() + PATIENCE
    quiet_since: float | None = None
    while loop.time() < deadline:
        count = len(user.messages)
        if count > begun:
            begun, quiet_since = count, loop.time()
        if quiet_since is not None and loop.time() - quiet_since >= CALM:
            return
        await asyncio.sleep(2.0)


@asynccontextmanager
async def town(folder: Path, *, start: datetime, seed: int, per_minute: int) -> AsyncIterator[Town]:
    """A service that has this account only (and the web chat), within the limits of a real package."""
    clock = LoopClock(start)
    limits = Limits(oa_per_minute=per_minute, package_quota=1_000_000)
    async with ZaloOaEmulator(clock=clock, seed=seed, settings=limits, keep_calls=0) as zalo:
        zalo.approve_template(TEMPLATE, {"ma_ho_so": 30}, "Hồ sơ <ma_ho_so> đã có kết quả")
        templates = folder / "templates.toml"
        templates.write_text(TEMPLATES, encoding="utf-8")
        data_dir = folder / "var"
        give_keys(data_dir)
        url = f"sqlite+aiosqlite:///{data_dir / 'tiepdan.db'}"
        known = zalo.settings_for_service() | {"zalo_oa_rate": str(per_minute), "zalo_templates": templates}
        settings = make_settings(url, data_dir, None, **known)
        chance = random.Random(seed)
        service = Service(
            settings,
            clock=clock,
            chance=random.Random(seed + 1),
            new_token=lambda: f"{chance.getrandbits(160):040x}",
        )
        async with service:
            assert await zalo.register(f"http://127.0.0.1:{service.port}/webhooks/zalo-oa") == 200
            hold_for(service.database)
            ledger = Ledger(service.database, data_dir)
            yield Town(zalo, service, clock, ledger, chance)


def unit_of(petition: PetitionRecord) -> str:
    """The unit that answers today."""
    return read_agency(None).answerable(petition.unit).code
