"""After /hapus nothing in the whole store tells the number or the account, whoever asked, on either channel."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from bot.store.migrating import metadata
from models.people import Address, Mandate, Person
from tests.phones import Phone, TelegramPhone
from tests.village import Village

NUMBER = "+6281234509876"
ROSTER = "Rahmat Hidayat,0812-3450-9876,bendahara,14.03.01.2005,,2026-01-05,2026-11-30,DATA CONTOH"
A_MINUTE, LONG_AGO = timedelta(minutes=1), date(2026, 1, 6)


@pytest.fixture(params=["telegram", "whatsapp"])
async def village(request: pytest.FixtureRequest, seeded_sqlite: Path, tmp_path: Path) -> AsyncIterator[Village]:
    (tmp_path / "store.sqlite3").write_bytes(seeded_sqlite.read_bytes())
    village = Village(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3", plain=request.param == "whatsapp")
    village.give_phone("rahmat", NUMBER)
    yield village
    await village.close()


async def say(village: Village, *texts: str) -> None:
    phone = village.phones["rahmat"]
    for said in texts:
        village.clock.advance(timedelta(seconds=2))
        await village.receive(phone.says(said, at=village.clock.now()))


async def erase(village: Village) -> Phone:
    phone = village.phones["rahmat"]
    await say(village, "/hapus")
    await village.receive(phone.chooses("Ya, hapus", at=village.clock.now()))
    village.clock.advance(A_MINUTE)
    await village.tick()
    return phone


async def what_is_left(village: Village, phone: Phone) -> list[str]:
    """Where the number or the account id still stands: every column of every table, JSON and bytes as text too."""
    marks = [re.escape(phone.address.lstrip("+")), "81234509876", r"812\W?3450\W?9876"]
    found = []
    async with village.works.database.read() as connection:
        for table in metadata().sorted_tables:
            for row in (await connection.execute(text(f'SELECT * FROM "{table.name}"'))).mappings():
                for column, value in row.items():
                    shown = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    if any(re.search(mark, shown) for mark in marks):
                        found.append(f"{table.name}.{column}")
    return found


async def test_a_former_officer_leaves_no_number_and_no_account(village: Village) -> None:
    await village.import_roster(ROSTER)
    await village.enrol("rahmat")
    await say(village, "halo", "/lapor", "/rekap", f"nomor saya {NUMBER}", "/dataku")
    assert await what_is_left(village, village.phones["rahmat"]), "else this test would prove nothing"
    async with village.works.database.write() as connection:
        ended = select(Person.id).where(Person.phone == NUMBER)
        await connection.execute(update(Mandate).where(Mandate.person_id.in_(ended))
                                 .values(begins=LONG_AGO, ends=LONG_AGO))
    phone = await erase(village)
    assert await what_is_left(village, phone) == []


async def test_a_stranger_leaves_no_number_and_no_account(village: Village) -> None:
    await say(village, "halo", f"nomor saya {NUMBER}", "204811")
    phone = await erase(village)
    assert await what_is_left(village, phone) == []
    if isinstance(phone, TelegramPhone):
        await village.receive(phone.blocks(at=village.clock.now()))
        village.clock.advance(A_MINUTE)
        await village.tick()
        assert await what_is_left(village, phone) == []


async def test_an_officer_keeps_only_what_the_dinas_entered(village: Village) -> None:
    await village.import_roster(ROSTER.replace("2026-11-30", ""))
    await village.enrol("rahmat")
    await say(village, "halo", "/lapor")
    phone = await erase(village)
    assert await what_is_left(village, phone) == ["persons.phone"]


async def test_whoever_comes_back_is_a_new_address_and_gets_an_answer(village: Village) -> None:
    """The intake remembers addresses; one that was erased it must not bring back, nor write to."""
    await say(village, "halo")
    phone = await erase(village)
    heard = len(phone.received)
    await say(village, "halo lagi")
    assert len(phone.received) == heard + 1
    async with village.works.database.read() as connection:
        values = (await connection.execute(select(Address.value).order_by(Address.id))).scalars().all()
    assert [value for value in values if value == phone.address] == [phone.address] and "gone:" in " ".join(values)
