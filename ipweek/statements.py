"""Statements that are compiled once and run on the driver's own cursor: for the few paths that everybody waits for.

SQLAlchemy looks each statement up by its parts, builds a context and a result around it and asks its events: four fifths of
the time of a statement that finds one row. Here a Core statement, written for every database alike, is compiled at its first
run on a dialect; what remains is binding, the driver, and reading. Use it where a measurement asks for it, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError

Bound = Mapping[str, Any]
Convert = Callable[[Any], Any]


class Pooled:
    """A connection of the pool without SQLAlchemy's around it, at half the price: for a read, or for a transaction that it begins."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.dialect = engine, engine.dialect
        self.hearers = engine.dispatch.before_cursor_execute or None
        self._around: Connection | None = None
        try:
            self.connection = engine.raw_connection()
        except self.dialect.loaded_dbapi.Error as error:
            raise _raised(error, self.dialect) from error

    def around(self) -> Connection:
        """SQLAlchemy's own, within the transaction that was begun here: for whoever needs more than statements, as the session does."""
        if self._around is None:
            self._around = Connection(self.engine, self.connection).execution_options(ipweek_begun=True)
            self._around.begin()
        self.check()
        return self._around

    def check(self) -> None:
        """RuntimeError once it was rolled back: SQLite would keep each later statement by itself, and nobody hear of what was lost."""
        if self._around is not None and not self._around.in_transaction():
            message = "the session was rolled back inside transaction()"
            raise RuntimeError(message)

    def commit(self) -> None:
        """End the transaction well."""
        if self._around is not None:
            self._around.commit()
            return
        try:
            self.connection.commit()
        except self.dialect.loaded_dbapi.Error as error:
            raise _raised(error, self.dialect) from error

    def close(self) -> None:
        """Give it back. What was not committed is undone."""
        if self._around is None:
            self.connection.close()
            return
        try:
            self._around.rollback()  # after a commit that failed it would think that there is nothing to undo
        finally:
            self._around.close()


Opened = Connection | Pooled


class Statement:
    """A Core statement whose every parameter is a ``bindparam``: no literal lists, no ``expanding``.

    What it finds are named tuples with Python's values, as SQLAlchemy itself would read them.
    """

    def __init__(self, built: Select[*tuple[Any, ...]] | Insert | Update | Delete) -> None:
        self._built = built
        self._compiled: dict[str, _Compiled] = {}

    def all(self, connection: Opened, **bound: Any) -> list[Any]:
        """Every row."""
        compiled = self._for(connection.dialect)
        return [compiled.row(found) for found in _run(connection, compiled.text, compiled.bind(bound), fetch=True)]

    def first(self, connection: Opened, **bound: Any) -> Any:
        """The first row, None where there is none."""
        compiled = self._for(connection.dialect)
        found = _run(connection, compiled.text, compiled.bind(bound), fetch=True)
        return compiled.row(found[0]) if found else None

    def run(self, connection: Opened, **bound: Any) -> None:
        """Do it; there is nothing to read."""
        compiled = self._for(connection.dialect)
        _run(connection, compiled.text, compiled.bind(bound))

    def run_each(self, connection: Opened, many: Iterable[Bound]) -> None:
        """Do it with each of *many* in turn."""
        compiled = self._for(connection.dialect)
        sets = [compiled.bind({**bound}) for bound in many]
        if len(sets) == 1:
            _run(connection, compiled.text, sets[0])
        elif sets:
            _run(connection, compiled.text, sets, many=True)

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._built, dialect)
        return compiled


class _Compiled:
    """A statement in a dialect's words, with what turns values into the driver's and back."""

    def __init__(self, built: Any, dialect: Dialect) -> None:
        made = built.compile(dialect=dialect)
        self.text: str = str(made)
        self._fixed = {name: bind.value for name, bind in made.binds.items() if not bind.required}
        self._names: Sequence[str] | None = made.positiontup
        types = {name: bind.type.dialect_impl(dialect) for name, bind in made.binds.items()}
        self._binders = _converters({name: type_.bind_processor(dialect) for name, type_ in types.items()})
        columns = list(built.exported_columns)
        self._make: Convert = NamedTuple("Found", [(column.key, Any) for column in columns])._make
        self._readers = _converters(
            {place: column.type.dialect_impl(dialect).result_processor(dialect, None) for place, column in enumerate(columns)}
        )
        if self._names is not None and len(self._names) > 1:
            self._pick: Convert = itemgetter(*self._names)
        else:
            self._pick = lambda values: tuple(values[name] for name in self._names or ())

    def bind(self, values: dict[str, Any]) -> Any:
        """The driver's parameters: a tuple, or a dict where it names them. *values* is written over."""
        values.update(self._fixed)
        for name, convert in self._binders:
            values[name] = convert(values[name])
        return values if self._names is None else self._pick(values)

    def row(self, found: Sequence[Any]) -> Any:
        """What the driver found, in Python's values and by name."""
        values = list(found)
        for place, convert in self._readers:
            values[place] = convert(values[place])
        return self._make(values)


def _converters(of: Mapping[Any, Convert | None]) -> list[tuple[Any, Convert]]:
    return [(where, convert) for where, convert in of.items() if convert is not None]


def say(connection: Opened, text: str) -> None:
    """Run a statement without parameters and results, such as BEGIN."""
    _run(connection, text, ())


def _run(connection: Opened, text: str, bound: Any, *, many: bool = False, fetch: bool = False) -> Sequence[Sequence[Any]]:
    """Run *text* on the pooled connection. What the driver raises comes out as SQLAlchemy raises it, and who listens to it hears it."""
    if isinstance(connection, Pooled):
        connection.check()
        hearers = connection.hearers
    else:
        hearers = connection.engine.dispatch.before_cursor_execute
    cursor = connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]  # it is open
    try:
        if hearers:
            hearers(connection, cursor, text, bound, None, many)
        if many:
            cursor.executemany(text, bound)
        else:
            cursor.execute(text, bound)
        return cursor.fetchall() if fetch else ()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _raised(error, connection.dialect, text, bound) from error
    finally:
        cursor.close()


def _raised(error: Exception, dialect: Dialect, text: str | None = None, bound: Any = None) -> BaseException:
    """A driver's error as SQLAlchemy raises it."""
    return DBAPIError.instance(text, bound, error, dialect.loaded_dbapi.Error, dialect=dialect)
