"""What a newcomer finds on the table, and that a second start neither adds to it nor takes from it."""

from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.run.furnishing import furnish
from bot.store.database import Database
from models.loans.loan import Loan
from models.people import Address
from models.post import Outgoing
from models.reports import Report
from tests.edges.simulator_stand import a_simulator
from tests.times import MORNING


async def counted(database: Database) -> list[int | None]:
    async with database.read() as connection, AsyncSession(connection) as session:
        return [await session.scalar(select(func.count()).select_from(table))
                for table in (Address, Report, Loan, Outgoing)]


async def test_three_weeks_are_played_once_and_phones_fit_the_accounts(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    state = tmp_path / "store.phones"
    async with a_simulator(state_file=state) as sim:
        await furnish(sim, database, at=MORNING, history=True)
        first, phones = await counted(database), {phone.id: phone.number for phone in sim.phones}
        assert all(first)
        on_the_shelf = [phone for phone in sim.phones if not phone.put_away]
        assert len(on_the_shelf) < 25 < len(phones)
        fresh = {phone.name.split()[0] for phone in on_the_shelf
                 if phone.channel == "telegram" and not phone.started}
        assert {"Siti", "Zulkifli", "Fatimah"} <= fresh and not {"Ismail", "Kartika"} & fresh
        async with database.read() as connection:
            accounts = (await connection.scalars(select(Address.value))).all()
        assert {int(account) for account in accounts} == {phone.id for phone in sim.phones if phone.started}
        assert len(sim._queue) > 0, "phones that somebody opens first say something"
    async with a_simulator(state_file=state) as sim:
        await furnish(sim, database, at=MORNING, history=True)
        assert await counted(database) == first
        assert {phone.id: phone.number for phone in sim.phones} == phones
    await database.close()


async def test_without_a_history_everybody_begins_by_oneself(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with a_simulator() as sim:
        await furnish(sim, database, at=MORNING, history=False)
        assert await counted(database) == [0, 0, 0, 0]
        assert sim.phones and not any(phone.started or phone.put_away for phone in sim.phones)
    await database.close()
