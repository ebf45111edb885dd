"""What lies on the table at the first start: phones of all example people, and three weeks that lie behind them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.deliver.outbox import Outbox
from bot.simulator import Simulator
from bot.store.database import Database
from bot.turn.telling import tell
from conversations.offices import office_name
from conversations.places import place_name
from models.example_district import example_people, of_the_cast, settle_the_district
from models.example_weeks import has_begun, play_three_weeks
from models.people import Address, Person
from models.places import Place
from models.seeding import EXAMPLE_CODES
from models.unit import Unit


async def furnish(simulator: Simulator, database: Database, *, at: datetime, history: bool) -> None:
    """Again and again gives everybody the phone they have. A history is played once, before anybody has written."""
    async with database.write() as connection, AsyncSession(connection, expire_on_commit=False) as session:
        unit = Unit(session, at)
        played = history and await session.scalar(select(Address.id).limit(1)) is None
        people = await settle_the_district(unit) if played else await example_people(unit)
        begun = [person for person in people if played and has_begun(person)]
        accounts = _hand_out_phones(simulator, people, begun, await _places(session))
        if not played:
            return
        outbox = Outbox(unit.now)
        # who began or ended an office is past; what waits for a decision is not
        unit.events = await play_three_weeks(unit, people, accounts)
        await tell(unit, outbox)
        await session.flush()
        await outbox.write(connection)
        hearing = set(await session.scalars(
            select(Address.person_id).where(Address.id.in_({row["address_id"] for row in outbox.outgoing}))))
        await session.commit()
    for person in begun:
        if of_the_cast(person) and person.id not in hearing:
            # no phone that somebody is likely to open should be without a word on it
            simulator.villager(int(accounts[person.phone or ""])).start()


def _hand_out_phones(simulator: Simulator, people: Sequence[Person], begun: Sequence[Person],
                     places: Mapping[str, str]) -> dict[str, str]:
    """The Telegram account of each number whose owner has begun. Only the cast lies on the shelf, all others are found
    by searching."""
    for person in people:
        if person.phone is None:
            continue
        offices = ", ".join(f"{office_name(m.role)}, {places[m.place_code]}" for m in person.mandates)
        note = f"{offices} — DATA CONTOH"
        simulator.add_phone("telegram", person.name, person.phone, note, started=person in begun,
                            put_away=not of_the_cast(person))
        if code := EXAMPLE_CODES.get(person.phone):
            simulator.add_phone("whatsapp", person.name, person.phone, note, code)
    telegram = {phone.number: str(phone.id) for phone in simulator.phones if phone.channel == "telegram"}
    return {person.phone: telegram[person.phone] for person in begun if person.phone is not None}


async def _places(session: AsyncSession) -> dict[str, str]:
    return {place.code: place_name(place) for place in await session.scalars(select(Place))}
