"""`run`: one process, one SQLite file; without a token it brings its own platforms, phones and example people."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import click
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.config import VAR, Settings, SettingsError, real_platform, secret_key
from bot.database import Database
from bot.logs import configure_logs
from bot.migrating import migrate
from bot.running import only_one, run_all
from bot.simulator import Simulator
from bot.wiring import make_works
from conversations.offices import office_name
from conversations.places import place_name
from models.people import Person
from models.places import Place
from models.seeding import EXAMPLE_CODES, holds_example_data, seed, seed_example_people
from models.unit import Unit


class MixedStore(SettingsError):
    """Example people and real ones, or real platforms, must not meet (design §3, invariant 12)."""


async def run_embedded(settings: Settings) -> None:
    clock = Clock()
    key = secret_key(settings, make=True)
    configure_logs(settings, human=True, also=[key])
    secret = key.get_secret_value().encode()
    if settings.has_telegram or settings.has_whatsapp:
        await _run(settings, clock, secret, simulator=None)
        return
    async with _simulator(settings, clock) as simulator:
        await _run(_pointed_at(simulator, settings), clock, secret, simulator=simulator)


@asynccontextmanager
async def _simulator(settings: Settings, clock: Clock) -> AsyncIterator[Simulator]:
    simulator = Simulator(clock=clock, state_file=VAR / "simulator.json")
    try:
        await simulator.start(port=settings.port + 1)
    except OSError as trouble:
        raise SettingsError(f"PORT: the simulator cannot listen on {settings.port + 1} ({trouble.strerror}); "
                            "set another PORT") from None
    try:
        yield simulator
    finally:
        await simulator.stop()


def _pointed_at(simulator: Simulator, settings: Settings) -> Settings:
    """The same product with other addresses: nothing else tells it that the platforms are not real."""
    simulator.deliver_whatsapp_to(settings.public_url)
    return settings.model_copy(update={
        "telegram_token": SecretStr(simulator.telegram_token), "telegram_api_url": simulator.url,
        "twilio_account_sid": simulator.twilio_sid, "twilio_auth_token": SecretStr(simulator.twilio_token),
        "twilio_whatsapp_from": simulator.whatsapp_number, "twilio_api_url": simulator.url})


async def _run(settings: Settings, clock: Clock, secret: bytes, *, simulator: Simulator | None) -> None:
    works = make_works(settings, clock, secret=secret)
    if not works.database.is_sqlite:
        raise SettingsError("DATABASE_URL: `run` is one process on SQLite; on PostgreSQL start `web` and `worker`")
    async with only_one(works):
        try:
            await migrate(works.database)
            people = await prepare_store(works.database, clock, secret, examples=simulator is not None)
            await refuse_mixing(works.database, settings)
            if simulator:
                await _hand_out_phones(simulator, works.database, people)
                clock.on_travel += [works.delivery_bell.ring, works.turns_bell.ring]
                click.echo(f"\n  Telepon contoh (DATA CONTOH): {simulator.url}\n"
                           f"  Phones page: open this address in a browser; end with Ctrl-C.\n")
            await run_all(works)
        finally:
            await works.close()


async def prepare_store(database: Database, clock: Clock, secret: bytes, *, examples: bool) -> Sequence[Person]:
    """What every store begins with and, if wanted, the example people; those are given back."""
    async with database.write() as connection, AsyncSession(connection, expire_on_commit=False) as session:
        unit = Unit(session, clock.now())
        await seed(unit)
        if examples and await session.scalar(select(Person.id).where(~Person.example).limit(1)):
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


async def _hand_out_phones(simulator: Simulator, database: Database, people: Sequence[Person]) -> None:
    async with database.read() as connection, AsyncSession(connection) as session:
        places = {place.code: place_name(place) for place in await session.scalars(select(Place))}
    for person in people:
        if person.phone is None:
            continue
        offices = ", ".join(f"{office_name(m.role)}, {places[m.place_code]}" for m in person.mandates)
        note = f"{offices} — DATA CONTOH"
        simulator.add_phone("telegram", person.name, person.phone, note)
        if code := EXAMPLE_CODES.get(person.phone):
            simulator.add_phone("whatsapp", person.name, person.phone, note, code)


