"""«BERHENTI»: nothing more by itself at that address, whatever waits; what is somebody's due still comes."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditRow
from models.broadcasting import preview
from models.broadcasts import Segment, SegmentKind
from models.opting_out import opt_in, opt_out
from models.people import Address, Role
from models.places import REGENCY
from models.post import Kind, Outgoing, OutgoingState
from models.queries.people import addresses_of
from models.queries.reminded import reporters
from models.unit import Unit
from tests.making import DESA, NOW, a_store, settle


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


async def test_what_waits_unasked_is_dropped_and_what_is_due_to_somebody_stays(store):
    person = await settle(store, (Role.CHAIR, DESA))
    address = (await store.session.scalars(select(Address).where(Address.person_id == person.id))).one()
    rows = {kind: Outgoing(address_id=address.id, kind=kind, text="x", state=OutgoingState.QUEUED, priority=20,
                           attempts=0, not_before=NOW, created_at=NOW)
            for kind in (Kind.REPLY, Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST)}
    store.session.add_all(rows.values())
    await store.session.flush()
    await opt_out(store, address, person, by="BERHENTI")
    store.now += timedelta(minutes=1)
    await opt_out(store, address, person, by="stop")
    for row in rows.values():
        await store.session.refresh(row)
    assert [kind for kind, row in rows.items() if row.state is OutgoingState.QUEUED] == [Kind.REPLY, Kind.NOTICE]
    assert (address.opted_out_at, address.opted_out_by) == (NOW, "BERHENTI")
    await opt_in(store, address, person, by="MULAI")
    await opt_in(store, address, person, by="MULAI")
    assert (address.opted_out_at, address.opted_out_by) == (None, None)
    trail = (await store.session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
    assert [(row.action, row.facts["by"]) for row in trail if row.action.startswith("address.")] == [
        ("address.opted_out", "BERHENTI"), ("address.opted_in", "MULAI")]


async def test_reminders_and_broadcasts_pass_over_the_address_and_a_card_still_finds_it(store):
    person = await settle(store, (Role.CHAIR, DESA))
    satgas = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))
    address = (await store.session.scalars(select(Address).where(Address.person_id == person.id))).one()
    assert DESA in await reporters(store.session, on=store.today)
    await opt_out(store, address, person, by="STOP")
    await store.session.flush()
    assert DESA not in await reporters(store.session, on=store.today)
    assert (await preview(store, satgas, Segment(SegmentKind.ALL))).reachable == ()
    assert (await addresses_of(store.session, [person.id])) == {person.id: address}
