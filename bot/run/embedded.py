"""`run`: one process, one SQLite file; without a token it brings its own platforms, phones and example people."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import click
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.config import Settings, SettingsError, real_platform, secret_key
from bot.logs import configure_logs
from bot.run.furnishing import furnish
from bot.run.running import only_one, run_all
from bot.run.wiring import Works, make_works
from bot.simulator import Refused, Simulator
from bot.store.database import Database
from bot.store.migrating import migrate
from models.people import Person
from models.seeding import holds_example_data, seed, seed_example_people
from models.unit import Unit

REAL_PERSON = select(Person.id).where(~Person.example).limit(1)


class MixedStore(SettingsError):
    """Example people and real ones, or real platforms, must not meet (design §3, invariant 12)."""


async def run_embedded(settings: Settings, *, history: bool = True) -> None:
    """`history`: whether the example people of a new store have three weeks behind them."""
    key = secret_key(settings, make=True)
    configure_logs(settings, human=True, also=[key])
    secret = key.get_secret_value().encode()
    if settings.has_telegram or settings.has_whatsapp:
        await _run(settings, Clock(), secret)
        return
    wish: bool | None = history
    while wish is not None:
        wish = await _run_examples(settings, key, history=wish)


async def _run_examples(settings: Settings, key: SecretStr, *, history: bool) -> bool | None:
    """Until a signal, or until somebody at the phones page wants to begin again: then the answer says how."""
    clock, wish = Clock(), asyncio.get_running_loop().create_future()
    async with _simulator(settings, clock) as simulator:
        pointed = _pointed_at(simulator, settings)
        configure_logs(pointed, human=True, also=[key])
        await _run(pointed, clock, key.get_secret_value().encode(), simulator=simulator, history=history, wish=wish)
    if not wish.done():
        return None
    _clear_away(_store_file(settings))
    return bool(wish.result())


@asynccontextmanager
async def _simulator(settings: Settings, clock: Clock) -> AsyncIterator[Simulator]:
    store = _store_file(settings)
    if not store.exists():
        # threads about things that no store knows any more
        _phones_file(store).unlink(missing_ok=True)
    simulator = Simulator(clock=clock, state_file=_phones_file(store))
    try:
        await simulator.start(port=settings.port + 1)
    except OSError as trouble:
        raise SettingsError(f"PORT: the simulator cannot listen on {settings.port + 1} ({trouble.strerror}); "
                            "set another PORT") from None
    try:
        yield simulator
    finally:
        await simulator.stop()


def _store_file(settings: Settings) -> Path:
    return Path(make_url(settings.database_url.get_secret_value()).database or "store")


def _phones_file(store: Path) -> Path:
    """Beside the store whose conversations they show: another store has other phones and another clock."""
    return store.with_name(f"{store.name}.phones")


def _clear_away(store: Path) -> None:
    """The phones first: without them a store is only a little puzzled, while phones without it show what never was."""
    for file in (_phones_file(store), *(store.with_name(store.name + end) for end in ("", "-wal", "-shm"))):
        file.unlink(missing_ok=True)


def _pointed_at(simulator: Simulator, settings: Settings) -> Settings:
    """The same product with other addresses: nothing else tells it that the platforms are not real."""
    simulator.deliver_whatsapp_to(settings.public_url)
    return settings.model_copy(update={
        "telegram_token": SecretStr(simulator.telegram_token), "telegram_api_url": simulator.url,
        "twilio_account_sid": simulator.twilio_sid, "twilio_auth_token": SecretStr(simulator.twilio_token),
        "twilio_whatsapp_from": simulator.whatsapp_number, "twilio_api_url": simulator.url})


async def _run(settings: Settings, clock: Clock, secret: bytes, *, simulator: Simulator | None = None,
               history: bool = False, wish: "asyncio.Future[bool] | None" = None) -> None:
    works = make_works(settings, clock, secret=secret)
    if not works.database.is_sqlite:
        raise SettingsError("DATABASE_URL: `run` is one process on SQLite; on PostgreSQL start `web` and `worker`")
    async with only_one(works):
        try:
            await migrate(works.database)
            await prepare_store(works.database, clock, secret, examples=simulator is not None)
            await refuse_mixing(works.database, settings)
            if simulator is None or wish is None:
                await run_all(works)
                return
            await furnish(simulator, works.database, at=clock.now(), history=history)
            simulator.begin_again = _begin_again(works.database, wish)
            clock.on_travel += [works.delivery_bell.ring, works.turns_bell.ring]
            click.echo(f"\n  Telepon contoh (DATA CONTOH): {simulator.url}\n"
                       f"  Phones page: open this address in a browser; end with Ctrl-C.\n")
            await _run_until(wish, works, leads_on=simulator.url)
        finally:
            await works.close()


async def _run_until(wish: "asyncio.Future[bool]", works: Works, *, leads_on: str) -> None:
    running = asyncio.create_task(run_all(works, leads_on=leads_on))
    wish.add_done_callback(lambda _: running.cancel())
    try:
        await running
    except asyncio.CancelledError:
        if not wish.done():
            raise


def _begin_again(database: Database, wish: "asyncio.Future[bool]") -> Callable[[bool], Awaitable[None]]:
    async def begin_again(history: bool) -> None:
        if await _holds_real_people(database):
            raise Refused("Gudang data ini sudah berisi orang sungguhan, jadi tidak dihapus dari halaman ini.")
        if not wish.done():
            wish.set_result(history)

    return begin_again


async def prepare_store(database: Database, clock: Clock, secret: bytes, *, examples: bool) -> Sequence[Person]:
    """What every store begins with and, if wanted, the example people; those are given back."""
    async with database.write() as connection, AsyncSession(connection, expire_on_commit=False) as session:
        unit = Unit(session, clock.now())
        await seed(unit)
        if examples and await session.scalar(REAL_PERSON):
            raise MixedStore("DATABASE_URL: this store holds real people, and the simulator brings example people; "
                             "set TELEGRAM_TOKEN for the real platform or another DATABASE_URL to try things out")
        people = await seed_example_people(unit, secret=secret) if examples else []
        await session.commit()
    return people


async def refuse_mixing(database: Database, settings: Settings) -> None:
    """A store with DATA CONTOH never speaks to a real platform."""
    if not real_platform(settings):
        return
    async with database.read() as connection, AsyncSession(connection) as session:
        if await holds_example_data(session):
            raise MixedStore("DATABASE_URL: this store holds DATA CONTOH, which must not meet real people; "
                             "set DATABASE_URL to a store of its own, for example sqlite:///var/bengkalis.sqlite3")


async def _holds_real_people(database: Database) -> bool:
    async with database.read() as connection, AsyncSession(connection) as session:
        return await session.scalar(REAL_PERSON) is not None
