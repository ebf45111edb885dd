"""A press that was not offered to the hand that sends it changes nothing, and stands in the trail of what was tried."""

import shutil
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models.incidents import Incident, IncidentKind
from models.loans.loan import LoanDecision
from models.people import Address, Mandate, Role
from models.post import Inbound
from tests.transcript import Chat, play
from tests.village import Village

ANSWERS = {"ketua": "Tombol itu untuk penerima lain, jadi tidak ada yang diubah.", "stranger": "Selamat datang"}


@pytest.fixture
async def village(seeded_sqlite: Path, tmp_path: Path) -> AsyncIterator[Village]:
    """A request lies before the head of the village."""
    shutil.copy(seeded_sqlite, tmp_path / "store.sqlite3")
    village = Village(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3")
    await play(Chat.read(Path(__file__).parents[1] / "chats" / "loan_asked.chat"), village)
    yield village
    await village.close()


@pytest.mark.parametrize("who", ANSWERS)
async def test_a_foreign_press_decides_nothing_and_is_noted_with_its_hand(village: Village, who: str) -> None:
    kades = village.phones["kades"]
    card = next(parcel for parcel in reversed(kades.received) if "Setujui" in [c["label"] for c in parcel.choices])
    place = [choice["label"] for choice in card.choices].index("Setujui")
    if who == "stranger":
        village.give_phone("stranger", "+6281399990000")
    phone = village.phones[who]
    await village.receive(phone.presses(f"{card.token}.{place}", at=village.clock.now()))
    assert (phone.received[-1].text or "").startswith(ANSWERS[who])
    async with village.works.database.read() as connection:
        [noted] = await connection.execute(select(
            Incident.kind, Incident.person_id, Incident.address_id, Address.value, Address.person_id.label("theirs"),
            Inbound.address_id.label("came_from")).join(Address, Address.id == Incident.address_id)
            .join(Inbound, Inbound.id == Incident.inbound_id))
        assert (noted.kind, noted.value) == (IncidentKind.FOREIGN_PRESS, phone.address)
        assert noted.person_id == noted.theirs and (noted.person_id is None) is (who == "stranger")
        assert noted.came_from == noted.address_id
        assert await connection.scalar(select(func.count(LoanDecision.id))) == 0
    # the own hand is still asked by the same card
    await village.receive(kades.presses(f"{card.token}.{place}", at=village.clock.now()))
    assert (kades.received[-1].text or "").startswith("MENYETUJUI")


async def test_a_decision_by_a_hand_whose_office_ended_is_refused_and_noted(village: Village) -> None:
    kades = village.phones["kades"]
    await village.receive(kades.chooses("Setujui", at=village.clock.now()))
    async with village.works.database.write() as connection:
        ended = await connection.execute(
            update(Mandate).where(Mandate.role == Role.VILLAGE_HEAD, Mandate.place_code == "14.03.01.2020")
            .values(ends=date(2026, 11, 1)))
        assert ended.rowcount == 1
    await village.receive(kades.chooses("Ya, setujui", at=village.clock.now()))
    async with village.works.database.read() as connection:
        assert (await connection.execute(select(Incident.kind, Address.value).join(
            Address, Address.id == Incident.address_id))).all() == [(IncidentKind.DECISION, kades.address)]
        assert await connection.scalar(select(func.count(LoanDecision.id))) == 0
