"""What a new store begins with (R01; design §3, invariant 12)."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from models.cooperatives import Cooperative
from models.enrolling import bind_by_code
from models.people import Address, AddressKind, Channel, Invitation, Mandate, Person, Role
from models.places import Place, PlaceKind
from models.rules.sets import RuleSet, RuleStatus
from models.seeding import EXAMPLE_CODES, TOTALS, BrokenSeed, holds_example_data, seed, seed_example_people
from models.unit import Unit
from tests.makers import NOON, VILLAGE, WARD


async def test_the_regency_has_its_155_cooperatives_however_often_it_is_seeded(unit: Unit) -> None:
    for _ in range(2):
        await seed(unit)
        await unit.session.commit()
    places = (await unit.session.scalars(select(Place))).all()
    assert Counter(place.kind for place in places) == {
        PlaceKind.REGENCY: 1, PlaceKind.DISTRICT: 11, PlaceKind.VILLAGE: 136, PlaceKind.WARD: 19}
    names = {row.place_code: row.name for row in await unit.session.scalars(select(Cooperative))}
    assert (len(names), names[VILLAGE], names[WARD]) == (
        155, "Koperasi Desa Merah Putih Wonosari", "Koperasi Kelurahan Merah Putih Damon")
    rules = (await unit.session.scalars(select(RuleSet).order_by(RuleSet.code))).all()
    assert {row.code for row in rules if row.status is RuleStatus.IN_FORCE} == {
        "holidays-2026", "holidays-2027", "loan-brief", "reporting-2025", "sending-2025", "sphp-2025", "sphp-2026"}
    assert {row.code for row in rules if row.status is RuleStatus.DRAFT} == {"loan-pmk15-2026", "loan-pmk49-2025"}


async def test_a_list_with_other_totals_is_not_seeded(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TOTALS, PlaceKind.WARD, 20)
    with pytest.raises(BrokenSeed):
        await seed(unit)


async def test_example_people_are_marked_and_made_once(unit: Unit) -> None:
    await seed(unit)
    assert not await holds_example_data(unit.session)
    for _ in range(2):
        people = await seed_example_people(unit, secret=b"secret")
        await unit.session.commit()
    assert await holds_example_data(unit.session)
    assert all(person.example and "(contoh)" in person.name for person in people)
    assert await unit.session.scalar(select(func.count()).select_from(Invitation)) == len(EXAMPLE_CODES)
    roles = set(await unit.session.scalars(select(Mandate.role)))
    assert roles >= {Role.CHAIR, Role.SECRETARY, Role.TREASURER, Role.VILLAGE_HEAD, Role.WARD_HEAD, Role.REGENT,
                     Role.REGENT_STAFF, Role.TASK_FORCE_REGENCY, Role.TASK_FORCE_DISTRICT, Role.INSPECTORATE}


async def test_an_example_s_printed_code_binds_its_whatsapp_phone(unit: Unit) -> None:
    await seed(unit)
    await seed_example_people(unit, secret=b"secret")
    phone = "+6281200000021"
    address = Address(channel=Channel.WHATSAPP, kind=AddressKind.PHONE, value=phone, created_at=NOON, wrong_codes=0)
    unit.session.add(address)
    await unit.session.flush()
    person = await bind_by_code(unit, address, phone=phone, code="204811", secret=b"secret")
    assert isinstance(person, Person) and person.name == "Siti Aminah (contoh)"
