"""The store's shape: brought up to date, or compared with what this code expects."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

import bot.store.leadership  # noqa: F401  # its table belongs to the store too
import models
from bot.store.database import Database
from models.base import Base

MIGRATIONS = Path(models.__file__).parent / "migrations"


class OldStore(Exception):
    """The store is not of the shape that this code works with."""


def metadata() -> MetaData:
    """All tables: every module of the floor `models` is read, so that none can be forgotten here."""
    for module in iter_modules(models.__path__):
        if module.name != "migrations":
            import_module(f"models.{module.name}")
    return Base.metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata()
    return config


async def migrate(database: Database) -> None:
    """To the newest shape, in one transaction; from an empty store as well."""
    async with database.write() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))


async def require_newest(database: Database) -> None:
    """`OldStore` if a migration is missing or the store is newer than this code."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    async with database.read() as connection:
        present = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    if present != newest:
        raise OldStore(f"the store is at {present or 'nothing'}, this program needs {newest}: "
                       "run `python -m bot migrate` first")


async def new_migration(database: Database, message: str) -> None:
    """Write a migration from the difference between the store and the tables; a person reads it before it counts."""
    async with database.write() as connection:
        await connection.run_sync(
            lambda sync: command.revision(_config(sync), message=message, autogenerate=True))


async def differences(database: Database) -> list[object]:
    """What a migration forgot: empty when the store has the shape of the tables."""
    async with database.read() as connection:
        return await connection.run_sync(
            lambda sync: list(compare_metadata(MigrationContext.configure(sync), metadata())))
