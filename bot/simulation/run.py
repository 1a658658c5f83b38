"""A simulation from settings to summary: what it refuses, what it makes ready, and what it proves at the end."""

from __future__ import annotations

import asyncio
import gc
import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw

from bot import profile
from bot.folders import prepare
from bot.simulation.hotspots import Measured, measured
from bot.simulation.runner import CHANNEL
from bot.simulation.world import Wish, World
from petitions.agency import UnknownCode
from storage import migrate, replay, swift, tally, verify
from storage.files import FileStore
from storage.keys import KeyRing, Vault

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.settings import Settings
    from bot.simulation.chats import Stored
    from petitions.agency import Agency

EARLIEST: Final = date(2025, 1, 1)
"""Ids count from this day."""
LATEST: Final = date(2090, 1, 1)
MOST: Final = 200_000
MOST_HOTSPOTS: Final = 60
"""As many topics and places as there are words for."""


class Refused(Exception):
    """No simulation with this wish or on this database; the message says why and what would do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a simulation made, and whether it holds."""

    told: int
    """Citizens who began to tell a matter."""
    turns: int
    timers: int
    messages: int
    refused: int
    """Steps that officers were offered and that were then not done."""
    counts: tally.Tally
    unanswerable: tuple[str, ...]
    replayed: replay.Replayed
    broken: int
    """Histories and register books that do not hold (`tiepdan verify`)."""
    waiting: int
    """Messages that wait for their hour at the end."""
    hotspots: Measured
    """Which planted hotspots were found, and what was found besides."""

    @property
    def holds(self) -> bool:
        return not (self.unanswerable or self.replayed.differences or self.broken)


def check(wish: Wish) -> None:
    """Raises Refused for days or a number that make no year."""
    if wish.petitions < 1:
        raise Refused("The number of petitions must be at least 1.")
    if wish.petitions > MOST:
        raise Refused(f"The number of petitions must be at most {MOST}.")
    if not 0 <= wish.hotspots <= MOST_HOTSPOTS:
        raise Refused(f"The number of hotspots must be from 0 to {MOST_HOTSPOTS}.")
    if wish.last < wish.first:
        raise Refused(f"The last day ({wish.last}) lies before the first ({wish.first}).")
    if wish.first < EARLIEST or wish.last >= LATEST:
        raise Refused(f"Days from {EARLIEST} to {LATEST} can be played, not {wish.first} to {wish.last}.")


def simulate(
    settings: Settings,
    wish: Wish,
    *,
    chance: Random,
    progress: Callable[[date], None] = lambda _: None,
    key_made: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Plays the wish into the database of the settings, which is made ready if it is empty.

    Raises:
        Refused: the wish is none, or somebody's data are there already.
        SettingsError, KeyRingUnusable, Unavailable: each says how to mend it.
    """
    check(wish)
    storage = settings.storage
    url = storage.database_url.get_secret_value()
    agency = profile.read_agency(settings.agency_file)
    calendar = profile.read_calendar(settings.calendar_file)
    prepare(storage.data_dir)
    made_here = _ready(url)
    swift.run(url, _refuse_occupied)
    if made_here and not storage.key_file.exists():
        storage.key_file.parent.mkdir(parents=True, exist_ok=True)
        KeyRing.create(storage.key_file)
        key_made(str(storage.key_file))
    vault = Vault(KeyRing.load(storage.key_file))
    world = World(
        wish,
        url=url,
        agency=agency,
        calendar=calendar,
        vault=vault,
        chance=chance,
        photo=asyncio.run(_photo(FileStore(storage.files_dir, vault))),
        progress=progress,
    )

    def job(connection: Connection) -> Summary:
        with _few_collections():
            world.play(connection)
        swift.commit(connection)
        return _summary(connection, world, vault)

    return swift.run(url, job)


@contextmanager
def _few_collections() -> Iterator[None]:
    """Looking for cycles among the memories of a whole year costs a tenth of the time, and finds hardly any."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _ready(url: str) -> bool:
    """Migrates an empty database; whether it was empty. Raises Refused for one of another version."""
    version = asyncio.run(migrate.current(url))
    if version is None:
        asyncio.run(migrate.upgrade(url))
        return True
    if version != migrate.HEAD:
        raise Refused(
            f"The database is at schema {version}, this version needs {migrate.HEAD}. Choose an empty database."
        )
    return False


def _refuse_occupied(connection: Connection) -> None:
    there = tally.occupied(connection)
    if there.empty:
        return
    if not there.petitions:
        raise Refused(
            "The database knows officers or chats already, who would be written to. Choose an empty one: "
            "another TIEPDAN_DATA_DIR or TIEPDAN_DATABASE_URL."
        )
    count = sum(there.petitions.values())
    if set(there.petitions) == {CHANNEL}:
        raise Refused(
            f"The database holds a simulation of {count} petitions already. Choose an empty one, or delete it."
        )
    raise Refused(
        f"The database holds {count} real petitions; nothing is simulated among them. Choose an empty one: "
        "another TIEPDAN_DATA_DIR or TIEPDAN_DATABASE_URL."
    )


def _summary(connection: Connection, world: World, vault: Vault) -> Summary:
    house = world.house
    agency = house.agency
    return Summary(
        told=world.told,
        turns=house.runner.turns,
        timers=house.runner.fired,
        messages=house.chats.sent,
        refused=sum(world.office.hand.refused.values()),
        counts=tally.tally(connection, agency.code),
        unanswerable=tuple(tally.unanswerable(connection, agency.code, partial(_answers, agency))),
        replayed=replay.replay(connection, vault, agency.code),
        broken=len(list(verify.verify(connection, vault, agency.code))),
        waiting=house.chats.waiting,
        hotspots=measured(
            connection, agency.code, world.planting.standing(), world.wish.first, world.wish.last
        ),
    )


def _answers(agency: Agency, unit: str) -> bool:
    try:
        return agency.answerable(unit).active
    except UnknownCode:
        return False


async def _photo(store: FileStore) -> Stored:
    """The one photo that everybody sends: a page with lines, large and sharp enough to be read."""
    page = Image.new("L", (1240, 1754), 245)
    draw = ImageDraw.Draw(page)
    for row in range(120, 1640, 34):
        for start in range(110, 1080, 70):
            draw.line((start, row, start + 20 + (start * row) % 40, row), fill=20, width=5)
    data = io.BytesIO()
    page.save(data, "JPEG", quality=70)

    async def pieces() -> AsyncIterator[bytes]:
        yield data.getvalue()

    from bot.simulation.chats import Stored

    kept = await store.put(pieces())
    return Stored(key=kept.key, size=kept.size, mime="image/jpeg")
