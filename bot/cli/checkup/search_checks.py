"""Check of officers' search: whether petitions of earlier versions can be found by their words yet."""

from __future__ import annotations

from random import SystemRandom
from typing import Final

from bot.cli.checkup.findings import Finding, ok, warn
from bot.clock import SystemClock
from bot.profile import ProfileError, read_agency
from bot.settings import Settings
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.ids import IdSource
from storage.keys import KeyRing, KeyRingUnusable, Vault

_COUNTED: Final = 1_000


async def check_search(settings: Settings) -> list[Finding]:
    """How many petitions wait to be made searchable. For a database that is there and up to date; nothing where
    another line of the doctor says why it cannot be told."""
    database = Database.from_url(settings.storage.database_url.get_secret_value())
    clock = SystemClock()
    try:
        agency = read_agency(settings.agency_file).code
        vault = Vault(KeyRing.load(settings.storage.key_file))
        await database.open()
        left = await database.read(
            lambda connection: Casebook(
                connection, vault=vault, ids=IdSource(clock, SystemRandom()), clock=clock, agency=agency
            ).unindexed(most=_COUNTED)
        )
    except (ProfileError, KeyRingUnusable, Unavailable):
        return []
    finally:
        await database.close()
    if not left:
        return [ok("search", "every open petition can be found by its words")]
    count = f"{len(left):,}" if len(left) < _COUNTED else f"{_COUNTED:,} or more"
    message = (
        f"{count} petitions of an earlier version cannot be found by their words yet. The running service sees to it "
        "in the background; at once: tiepdan triage remember"
    )
    return [warn("search", message)]
