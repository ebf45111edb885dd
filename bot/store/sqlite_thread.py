"""SQLite behind one thread, with one crossing for each statement where aiosqlite needs four."""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class Connection(aiosqlite.Connection):
    """aiosqlite's, but a cursor is made, executed, read and closed in one go: crossing costs more than the work."""

    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self)


class Cursor:
    """What SQLAlchemy asks of an asynchronous cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        return await self._at_once("execute", statement, parameters)

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        return await self._at_once("executemany", statement, parameters)

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """It is already."""

    async def _at_once(self, how: str, statement: str, parameters: Any) -> Self:
        await self._connection._execute(self._work, how, statement, parameters)  # type: ignore[no-untyped-call]
        return self

    def _work(self, how: str, statement: str, parameters: Any) -> None:
        cursor = self._connection._conn.cursor()
        try:
            getattr(cursor, how)(statement, parameters)
            self._rows = cursor.fetchall() if cursor.description else ()
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


def connect(database: str, **details: Any) -> Connection:
    connection = Connection(partial(sqlite3.connect, database, **details), iter_chunk_size=64)
    connection._thread.daemon = True
    return connection
