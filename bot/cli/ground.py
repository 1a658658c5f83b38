"""What every command stands on: checked settings, the profile, the casebook, and clear words on failure."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bot.settings import Settings
    from petitions.agency import Agency
    from petitions.clock import Clock
    from storage.casebook import Casebook
    from storage.keys import Vault

T = TypeVar("T")


class Refusal(click.ClickException):
    """A command cannot go on; the message says why and how to mend it. Exit code 1."""

    def show(self, file: Any = None) -> None:
        del file
        click.echo(self.message, err=True)


@contextmanager
def clear_words() -> Iterator[None]:
    """Turn the faults an operator can mend into a message and exit code 1."""
    from bot.settings import SettingsError
    from storage.database import Unavailable
    from storage.keys import KeyRingUnusable

    try:
        yield
    except SettingsError as error:
        raise Refusal(f"Please mend:\n{error}") from None
    except KeyRingUnusable as error:
        raise Refusal(f"Key ring: {error}. See TIEPDAN_SECRET_KEY_FILE in docs/settings.md.") from None
    except Unavailable as error:
        raise Refusal(f"Database: {error}. Check TIEPDAN_DATABASE_URL and that the server runs.") from None


def settings() -> Settings:
    """The settings, checked; names that mean nothing here are warned about."""
    from bot.settings import Settings, unknown_names

    with clear_words():
        loaded = Settings.load()
    for problem in unknown_names():
        click.echo(f"Warning: {problem}", err=True)
    return loaded


@dataclass(frozen=True)
class Office:
    """An office whose database is ready, for a command that works in its casebook."""

    settings: Settings
    agency: Agency
    vault: Vault
    clock: Clock

    @classmethod
    def open(cls) -> Office:
        """Read settings, profile and key ring. Raises Refusal; the key ring is never made here."""
        from bot.clock import SystemClock
        from bot.profile import read_agency
        from storage.keys import KeyRing, Vault

        loaded = settings()
        key_file = loaded.storage.key_file
        with clear_words():
            agency = read_agency(loaded.agency_file)
            if not key_file.exists():
                raise Refusal(
                    f"There is no key ring at {key_file}. Start the service once (`tiepdan run`), which "
                    "makes it; if there are petitions already, restore the key ring from its back-up."
                )
            return cls(loaded, agency, Vault(KeyRing.load(key_file)), SystemClock())

    def work(self, task: Callable[[Casebook], T]) -> T:
        """Run `task` in one transaction of the casebook. Raises Refusal on an old schema or no database."""
        return run(self._work(task, writes=True))

    def look(self, task: Callable[[Casebook], T]) -> T:
        """Run `task`, which only reads, without keeping the service's turns waiting. Raises as `work`."""
        return run(self._work(task, writes=False))

    async def _work(self, task: Callable[[Casebook], T], *, writes: bool) -> T:
        from random import SystemRandom

        from storage.casebook import Casebook
        from storage.database import Database
        from storage.ids import IdSource
        from storage.migrate import head

        database = Database.from_url(self.settings.storage.database_url.get_secret_value(), connections=1)
        ids = IdSource(self.clock, SystemRandom())
        await database.open()
        try:
            if await database.schema_version() != head():
                raise Refusal("The database has not this version's schema. Run `tiepdan migrate` first.")
            carry_out = database.transact if writes else database.read
            return await carry_out(
                lambda connection: task(
                    Casebook(connection, vault=self.vault, ids=ids, clock=self.clock, agency=self.agency.code)
                )
            )
        finally:
            await database.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, with clear words for what an operator can mend."""
    import asyncio

    with clear_words():
        return asyncio.run(work)
