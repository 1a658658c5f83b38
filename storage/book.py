"""What every part of the casebook stands on: the transaction, the vault, ids, the clock and the agency."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from petitions.clock import Clock
from storage.ids import IdSource
from storage.keys import Vault
from storage.prepared import Prepared


class Chat(NamedTuple):
    """Where messages to a contact go, and what tells whether they may go now."""

    address: str
    seen_at: datetime | None
    muted_until: datetime | None
    phone: str


class Book:
    """One transaction's view of the casebook. Lives as long as the work it was made in."""

    def __init__(
        self, connection: Connection, *, vault: Vault, ids: IdSource, clock: Clock, agency: str
    ) -> None:
        self.connection = connection
        self.vault = vault
        self.ids = ids
        self.clock = clock
        self.agency = agency
        self._chats: dict[int, Chat] = {}
        """The contacts met in this transaction, so that a message to them needs no look-up."""

    def now(self) -> datetime:
        return self.clock.now()


def holds(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """`column = 'word'`, with the word written into the statement.

    A planner that sees only a parameter cannot know that a partial index of this word serves it.
    """
    return column == literal_column(f"'{word}'")


def insert_new(table: Table, *, unless: list[str], returning: Any = None) -> Prepared:
    """An insert that does nothing where the columns `unless` hold these values already."""

    def build(insert: Any) -> Any:
        statement = insert(table).on_conflict_do_nothing(index_elements=unless)
        return statement if returning is None else statement.returning(returning)

    return Prepared(sqlite=build(sqlite.insert), postgresql=build(postgresql.insert))


def upsert(
    table: Table,
    *,
    key: list[str],
    change: Any,
    returning: Any = None,
    where: ColumnElement[bool] | None = None,
) -> Prepared:
    """An insert that changes the row which holds the key already, where it is as `where` says.

    `change` gets the row that was refused.
    """

    def build(insert: Any) -> Any:
        statement = insert(table)
        statement = statement.on_conflict_do_update(
            index_elements=key, set_=change(statement.excluded), where=where
        )
        return statement if returning is None else statement.returning(returning)

    return Prepared(sqlite=build(sqlite.insert), postgresql=build(postgresql.insert))


R = TypeVar("R")


def as_record(kind: type[R], row: Any) -> R:
    """A row whose columns are named as the record's fields."""
    return kind(**row._asdict())
