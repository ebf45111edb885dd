"""Many rows in one statement, whose text is the same however many they are: nobody prepares it anew for another number.

PostgreSQL begins anew for each row of an `executemany` and spends more on that than on the row; so it gets all rows as
one JSON text. SQLite has no such beginning, and takes them one by one."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Dialect,
    Executable,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from bot.store.database import insert_new, upsert
from models.base import Base

Rows = Sequence[Mapping[str, Any]]
Given = Callable[[str], ColumnElement[Any]]
"""The value of a row by its name."""
Types = tuple[tuple[str, TypeEngine[Any]], ...]


class Numbers(TypeDecorator[list[int]]):
    """A list of ids as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(BigInteger()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[Any]):
    # of no type: as a Boolean it would be compared with 1 on SQLite, and no index serves that
    inherit_cache = True


def among(number: ColumnElement[int] | InstrumentedAttribute[int], name: str) -> ColumnElement[bool]:
    """Whether it is among the ids that are given under this name as a list."""
    return _Among(number, bindparam(name, type_=Numbers()))


@compiles(_Among, "postgresql")
def _among_array(element: _Among, compiler: Any, **details: Any) -> str:
    number, ids = (compiler.process(clause, **details) for clause in element.clauses)
    return f"{number} = ANY ({ids})"


@compiles(_Among, "sqlite")
def _among_json(element: _Among, compiler: Any, **details: Any) -> str:
    number, ids = (compiler.process(clause, **details) for clause in element.clauses)
    return f"{number} IN (SELECT value FROM json_each({ids}))"


async def insert_all_new(connection: AsyncConnection, table: type[Base], rows: Rows) -> None:
    """Insert rows of the same columns, but for those that are there already, by whatever unique key."""
    if connection.dialect.name == "sqlite":
        await connection.execute(insert_new(connection, table), rows)
    else:
        await connection.execute(_insert_from_json(table, tuple(rows[0])), {"rows": _as_json(rows)})


async def upsert_all(connection: AsyncConnection, table: type[Base], rows: Rows, *, key: str) -> None:
    """Insert rows of the same columns, or replace all columns of the one with the same key."""
    if connection.dialect.name == "sqlite":
        await connection.execute(upsert(connection, table, key=key), rows)
    else:
        await connection.execute(_upsert_from_json(table, tuple(rows[0]), key), {"rows": _as_json(rows)})


async def execute_for_all(connection: AsyncConnection, make: Callable[[Given], Executable], types: Types,
                          rows: Rows) -> None:
    """Execute, for each row, the statement that is made of its values. `make` is a function of a module: what it makes
    is made once."""
    if connection.dialect.name == "sqlite":
        await connection.execute(_of_parameters(make, types), rows)
    else:
        await connection.execute(_of_json(make, types), {"rows": _as_json(rows)})


@cache
def _insert_from_json(table: type[Base], names: tuple[str, ...]) -> Executable:
    return _inserting(table, names).on_conflict_do_nothing()


@cache
def _upsert_from_json(table: type[Base], names: tuple[str, ...], key: str) -> Executable:
    inserting = _inserting(table, names)
    return inserting.on_conflict_do_update(
        index_elements=[key], set_={name: inserting.excluded[name] for name in names if name != key})


def _inserting(table: type[Base], names: tuple[str, ...]) -> postgresql.Insert:
    given = _from_json(tuple((name, table.__table__.c[name].type) for name in names))
    return postgresql.insert(table).from_select(names, select(*(given(name) for name in names)))


@cache
def _of_parameters(make: Callable[[Given], Executable], types: Types) -> Executable:
    known = dict(types)
    return make(lambda name: bindparam(name, type_=known[name]))


@cache
def _of_json(make: Callable[[Given], Executable], types: Types) -> Executable:
    return make(_from_json(types))


def _from_json(types: Types) -> Given:
    rows = func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
    given = rows.table_valued(*(column(name, type_) for name, type_ in types)).render_derived(with_types=True)
    return lambda name: given.c[name]


def _as_json(rows: Rows) -> str:
    return json.dumps(rows, default=_plain, allow_nan=False)


def _plain(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo:
        return value.isoformat()
    raise TypeError(f"no store takes {value!r}")
