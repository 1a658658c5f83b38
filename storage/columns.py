"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import BigInteger, Column, Dialect, ForeignKey, Integer, String
from sqlalchemy.types import TypeDecorator

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

Identifier: Final = BigInteger().with_variant(Integer(), "sqlite")
"""A 63 bit id. On SQLite the name INTEGER makes a primary key the row id itself, one tree less."""


def reference(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    """A column that names a row of the table `target`."""
    return Column(name, Identifier, ForeignKey(f"{target}.id"), nullable=nullable)


class Moment(TypeDecorator[datetime]):
    """A moment as microseconds since 1970 UTC: exact, ordered and alike on both engines.

    Takes and gives aware datetimes; a naive one raises ValueError instead of being guessed at.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Word(TypeDecorator[str]):
    """A short text that is no secret: a code, a status, a platform's id or reason.

    PostgreSQL refuses NUL and lone surrogates in text, SQLite does not; both are replaced by U+FFFD here,
    so that a strange value from outside can never fail on one engine only.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


V = TypeVar("V", bound=StrEnum)


class Vocabulary(TypeDecorator[V], Generic[V]):
    """One word of a closed vocabulary, stored as its wire value."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[V]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: V | None, _dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> V | None:
        return None if value is None else self.words(value)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 UTC. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - EPOCH) // MICROSECOND
