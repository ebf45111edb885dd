"""A proposal on its way to the one who decides: with its bytes where the channel uploads, and to nobody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError

from models.people import Address, Person
from models.post import Offer, Outgoing
from tests.transcript import PEOPLE, Chat, play
from tests.village import PDF, Village

ASKED = Path(__file__).parent / "chats" / "loan_asked.chat"
TOKEN = "forged-token"


@asynccontextmanager
async def a_village_with_a_request(url: str, *, plain: bool = False) -> AsyncIterator[Village]:
    village = Village(url, plain=plain)
    try:
        await play(Chat.read(ASKED), village)
        await village.enrol("ketua_bantan")
        yield village
    finally:
        await village.close()


async def press(village: Village, who: str, label: str) -> list[Any]:
    village.news()
    await village.receive(village.phones[who].chooses(label, at=village.clock.now()))
    return [(heard.who, heard.parcel) for heard in village.news()]


@pytest.mark.parametrize(("plain", "content"), [(False, PDF), (True, b"")], ids=["uploads", "fetches a link"])
async def test_the_file_follows_the_words_about_it(sqlite_url: str, plain: bool, content: bytes) -> None:
    async with a_village_with_a_request(sqlite_url, plain=plain) as village:
        (_, words), (who, parcel) = await press(village, "kades", "Lihat lampiran")
        assert words.enclosed is None and who == "kades"
        assert (parcel.enclosed.name, parcel.enclosed.media_type, parcel.enclosed.size, parcel.enclosed.content) == (
            "pinjaman-1-lampiran-1.pdf", "application/pdf", len(PDF), content)


@pytest.mark.parametrize("belongs_to", ["kades", "ketua_bantan"])
async def test_an_offer_that_is_foreign_or_forged_opens_nothing(sqlite_url: str, belongs_to: str) -> None:
    """Somebody else's own token, and one that was slipped into the store for another village's officer."""
    async with a_village_with_a_request(sqlite_url) as village:
        async with village.works.database.write() as connection:
            address = (await connection.execute(
                select(Address.id, Address.person_id).join(Person, Person.id == Address.person_id)
                .where(Person.phone == PEOPLE[belongs_to]))).one()
            choice = {"label": "Lihat lampiran", "act": "documents", "value": "", "word": ""}
            await connection.execute(insert(Offer).values(
                token=TOKEN, address_id=address.id, person_id=address.person_id, kind="loan_card", subject=1, version=1,
                facts={}, choices=[choice], created_at=village.clock.now()))
        village.news()
        phone: Any = village.phones["ketua_bantan"]
        await village.receive(phone.presses(f"{TOKEN}.0", at=village.clock.now()))
        (who, refusal), = [(heard.who, heard.parcel) for heard in village.news()]
        assert who == "ketua_bantan" and refusal.enclosed is None and "Wonosari" not in refusal.text
        async with village.works.database.read() as connection:
            assert (await connection.execute(select(Outgoing.id).where(Outgoing.attachment.is_not(None)))).all() == []


async def test_a_store_that_cannot_be_read_holds_the_file_back_and_loses_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_village_with_a_request(sqlite_url) as village:
        delivery = village.works.delivery

        async def away(parcel: Any) -> Any:
            if parcel.enclosed is None:
                return parcel
            monkeypatch.undo()
            raise OperationalError("SELECT", {}, OSError("disk I/O error"))

        monkeypatch.setattr(delivery, "_with_content", away)
        first = await press(village, "kades", "Lihat lampiran")
        assert [parcel.enclosed for _, parcel in first] == [None]
        async with village.works.database.write() as connection:
            await connection.execute(update(Outgoing).where(Outgoing.retry_at.is_not(None)).values(retry_at=None))
        await village.settle()
        assert [heard.parcel.enclosed.content for heard in village.news()] == [PDF]
