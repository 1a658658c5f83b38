"""A look into the book beside the service: what was filed, said, sent and kept."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select, text

from bot.clock import SystemClock
from bot.profile import read_agency
from storage import schema, verify
from storage.casebook import Casebook
from storage.database import Database
from storage.files import FileStore
from storage.ids import IdSource
from storage.inbox import dead_letters
from storage.keys import KeyRing, Vault
from storage.notices import outbox_row
from storage.outbox import WITH_ADDRESS
from storage.records import (
    DeadLetter,
    EventRecord,
    FileRecord,
    OutboxRow,
    PetitionContent,
    PetitionRecord,
)
from storage.verify import Broken

AGENCY = read_agency(None).code

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """One petition with everything that belongs to it."""

    record: PetitionRecord
    content: PetitionContent
    files: tuple[FileRecord, ...]
    events: tuple[EventRecord, ...]

    @property
    def actions(self) -> list[str]:
        return [event.action.value for event in self.events]

    @property
    def answerable_to(self) -> str:
        """As the sample data names it: the other authority's code where the matter is its, else the unit."""
        return self.record.destination or self.record.unit


class Ledger:
    """Opened beside a running service; it only reads."""

    def __init__(self, database: Database, data_dir: Path, key_file: Path | None = None) -> None:
        self.database = database
        self.vault = Vault(KeyRing.load(key_file or data_dir / "keys.json"))
        self.files = FileStore(data_dir / "files", self.vault)
        self._ids = IdSource(SystemClock(), random.Random(7))

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, data_dir: Path) -> AsyncIterator[Ledger]:
        database = Database.from_url(url, connections=2)
        await database.open()
        try:
            yield cls(database, data_dir)
        finally:
            await database.close()

    async def read(self, work: Callable[[Casebook], T]) -> T:
        return await self.database.read(
            lambda connection: work(
                Casebook(connection, vault=self.vault, ids=self._ids, clock=SystemClock(), agency=AGENCY)
            )
        )

    async def petitions(self) -> list[Kept]:
        """All petitions, oldest first."""

        def look(book: Casebook) -> list[Kept]:
            ids = book.connection.execute(select(schema.petitions.c.id).order_by(schema.petitions.c.id))
            return [_kept(book, row.id) for row in ids.all()]

        return await self.read(look)

    async def petition(self, code: str) -> Kept:
        def look(book: Casebook) -> Kept:
            found = book.petition_by_code(code)
            assert found is not None, "no petition has this code"
            return _kept(book, found.id)

        return await self.read(look)

    async def talk(self, channel: str, account: str, chat: str) -> dict[str, Any]:
        """What the conversation of a chat remembers; empty before its first message."""

        def look(book: Casebook) -> dict[str, Any]:
            contact = book.contact(channel, account, chat)
            row = None if contact is None else book.conversation(contact.conversation_id)
            return {} if row is None else row.state

        return await self.read(look)

    async def messages(self) -> list[OutboxRow]:
        """Every message of the outbox, whatever became of it, oldest first."""
        statement = WITH_ADDRESS.order_by(schema.outbox.c.id)
        return await self.read(
            lambda book: [outbox_row(row, self.vault) for row in book.connection.execute(statement)]
        )

    async def waiting(self) -> int:
        """Messages still to be sent."""
        statement = select(func.count()).select_from(schema.outbox).where(schema.outbox.c.status == "queued")
        return int(await self.read(lambda book: book.connection.execute(statement).scalar_one()))

    async def kept(self) -> int:
        """Updates that were acknowledged and are still to be worked on."""
        statement = select(func.count()).select_from(schema.inbox).where(schema.inbox.c.status == "kept")
        return int(await self.read(lambda book: book.connection.execute(statement).scalar_one()))

    async def dead(self) -> list[DeadLetter]:
        return await self.read(lambda book: dead_letters(book.connection, agency=AGENCY))

    async def broken(self) -> list[Broken]:
        return await self.read(lambda book: list(verify.verify(book.connection, self.vault, AGENCY)))

    async def registers(self) -> dict[str, list[int]]:
        """The numbers of each register book, in order of filing."""

        def look(book: Casebook) -> dict[str, list[int]]:
            entries = schema.register_entries.c
            rows = book.connection.execute(
                select(entries.book, entries.year, entries.number).order_by(
                    entries.book, entries.year, entries.number
                )
            )
            books: dict[str, list[int]] = {}
            for row in rows:
                books.setdefault(f"{row.book}/{row.year}", []).append(row.number)
            return books

        return await self.read(look)

    async def open_assignments(self) -> dict[int, int]:
        """How many open assignments each petition has; it must be one."""
        columns = schema.assignments.c
        statement = (
            select(columns.petition_id, func.count())
            .where(columns.until.is_(None))
            .group_by(columns.petition_id)
        )
        rows = await self.read(lambda book: book.connection.execute(statement).all())
        return {row[0]: row[1] for row in rows}

    async def count(self, table: str) -> int:
        return int(
            await self.read(
                lambda book: book.connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            )
        )

    async def bytes_of(self, file: FileRecord) -> bytes:
        """The stored content of a file. Raises AssertionError where it was not stored."""
        assert file.content_key is not None, f"file is {file.status.value}: {file.reason}"
        return await self.files.get(file.content_key)


def _kept(book: Casebook, petition_id: int) -> Kept:
    record = book.petition(petition_id)
    assert record is not None
    return Kept(
        record, book.content(record), tuple(book.files_of(petition_id)), tuple(book.events(petition_id))
    )
