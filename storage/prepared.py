"""Statements of every turn, without what SQLAlchemy costs each time.

SQLite itself needs some 15 µs for a small statement, SQLAlchemy's execution some 90 µs around it. A
`Prepared` statement is written in SQLAlchemy Core as any other and compiled by it once; on the writer's
connection it then goes straight to the driver, with the same conversion of values. Everywhere else (readers,
PostgreSQL, where the network counts) SQLAlchemy executes it; both ways give the same rows.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


class Prepared:
    """One statement, in the form of each engine (`statements` by dialect name, or one for both)."""

    def __init__(self, statement: Executable | None = None, **statements: Executable) -> None:
        self._statements: Final = statements
        self._statement: Final = statement
        self._direct: dict[tuple[str, ...], _Direct] = {}

    def rows(self, connection: Connection, values: Values) -> Sequence[Any]:
        """The rows, their columns by name."""
        driver = _driver(connection)
        if driver is None:
            return connection.execute(self._for(connection), values).all()
        direct = self._compiled(connection, values)
        return [direct.row(raw) for raw in direct.execute(driver, values).fetchall()]

    def first(self, connection: Connection, values: Values) -> Any | None:
        """The first row, or None."""
        rows = self.rows(connection, values)
        return rows[0] if rows else None

    def run(self, connection: Connection, values: Values) -> int:
        """How many rows were changed."""
        driver = _driver(connection)
        if driver is None:
            return connection.execute(self._for(connection), values).rowcount
        return self._compiled(connection, values).execute(driver, values).rowcount

    def run_many(self, connection: Connection, values: Sequence[Values]) -> None:
        """Once for each set of values; all name the same columns."""
        if not values:
            return
        driver = _driver(connection)
        if driver is None:
            connection.execute(self._for(connection), values)
        else:
            self._compiled(connection, values[0]).execute_many(driver, values)

    def _for(self, connection: Connection) -> Executable:
        return self._statement if self._statement is not None else self._statements[connection.dialect.name]

    def _compiled(self, connection: Connection, values: Values) -> _Direct:
        names = tuple(values)
        direct = self._direct.get(names)
        if direct is None:
            direct = self._direct[names] = _Direct(self._for(connection), names, connection.dialect)
        return direct


class _Direct:
    """A compiled statement: its text, the order of its parameters, and how values go in and come out."""

    def __init__(self, statement: Any, names: tuple[str, ...], dialect: Dialect) -> None:
        keys = list(names) if isinstance(statement, UpdateBase) else None
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=keys)
        self._dialect = dialect
        self._text = compiled.string
        self._fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._parameters = [
            (name, _into(compiled.binds[name].type, dialect)) for name in compiled.positiontup or ()
        ]
        columns = _columns(statement, compiled)
        names_out = " ".join(key for key, _ in columns)
        row_class: Any = namedtuple("row_class", names_out)  # type: ignore[misc]  # noqa: PYI024 - made at run time
        self._make: Callable[[Sequence[Any]], Any] = row_class._make
        self._out = [(place, convert) for place, (_, convert) in enumerate(columns) if convert is not None]

    def row(self, raw: Sequence[Any]) -> Any:
        if not self._out:
            return self._make(raw)
        values = list(raw)
        for place, convert in self._out:
            values[place] = convert(values[place])
        return self._make(values)

    def execute(self, driver: sqlite3.Connection, values: Values) -> sqlite3.Cursor:
        try:
            return driver.execute(self._text, self._row_of_parameters(values))
        except sqlite3.Error as fault:
            raise self._as_core(fault) from fault

    def execute_many(self, driver: sqlite3.Connection, values: Sequence[Values]) -> None:
        try:
            driver.executemany(self._text, [self._row_of_parameters(each) for each in values])
        except sqlite3.Error as fault:
            raise self._as_core(fault) from fault

    def _row_of_parameters(self, values: Values) -> list[Any]:
        fixed = self._fixed
        row = []
        for name, convert in self._parameters:
            value = values[name] if name in values else fixed[name]
            row.append(value if convert is None else convert(value))
        return row

    def _as_core(self, fault: sqlite3.Error) -> BaseException:
        """The exception that SQLAlchemy would have raised, without the values."""
        return DBAPIError.instance(
            self._text, None, fault, sqlite3.Error, hide_parameters=True, dialect=self._dialect
        )


def _driver(connection: Connection) -> sqlite3.Connection | None:
    """The driver's own connection, on the writer and inside its transaction only."""
    if connection.dialect.driver != "pysqlite" or not connection.in_transaction():
        return None
    driver = connection.connection.driver_connection
    return driver if isinstance(driver, sqlite3.Connection) else None


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _columns(statement: Any, compiled: SQLCompiler) -> list[tuple[str, Convert | None]]:
    """Name and conversion of each column that comes back."""
    if isinstance(statement, UpdateBase):
        columns: Sequence[Any] = compiled.effective_returning or ()
    else:
        columns = tuple(getattr(statement, "selected_columns", ()))
    dialect = compiled.dialect
    return [
        (column.key, column.type.dialect_impl(dialect).result_processor(dialect, None)) for column in columns
    ]
