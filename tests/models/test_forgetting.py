"""The privacy notice names times; after them, what it names is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.files import Attachment, AttachmentState, StoredFile
from models.forgetting import KEYS_KEPT, PAYLOADS_KEPT, TEXTS_KEPT, Forgotten, forget_old
from models.incidents import Incident, IncidentKind
from models.people import Address, AddressKind, Channel
from models.post import Inbound, InboundState, Kind, Offer, Outgoing, OutgoingState, Talk
from models.unit import Unit

A_DAY = timedelta(days=1)


async def store_both(unit: Unit, *, ago: timedelta, inbound: InboundState, outgoing: OutgoingState) -> None:
    then = unit.now - ago
    address = Address(channel=Channel.TELEGRAM, kind=AddressKind.TELEGRAM_USER, value="1", created_at=then)
    unit.session.add(address)
    await unit.session.flush()
    unit.session.add_all([
        Inbound(channel=Channel.TELEGRAM, external_id="1", address_id=address.id, payload="{}", kept_at=then,
                trouble="ValueError at …" if inbound is InboundState.CRASHED else None, state=inbound, done_at=then),
        Outgoing(address_id=address.id, kind=Kind.REPLY, text="…", not_before=then, created_at=then, state=outgoing)])
    await unit.session.flush()


@pytest.mark.parametrize(("ago", "inbound", "outgoing", "forgotten"), [
    (PAYLOADS_KEPT - A_DAY, InboundState.DONE, OutgoingState.SENT, Forgotten(0, 0)),
    (PAYLOADS_KEPT + A_DAY, InboundState.DONE, OutgoingState.SENT, Forgotten(1, 0)),
    (PAYLOADS_KEPT + A_DAY, InboundState.CRASHED, OutgoingState.SENT, Forgotten(1, 0)),
    (TEXTS_KEPT + A_DAY, InboundState.DONE, OutgoingState.UNKNOWN, Forgotten(1, 1)),
    (PAYLOADS_KEPT - A_DAY, InboundState.CRASHED, OutgoingState.SENT, Forgotten(0, 0)),
    (TEXTS_KEPT + A_DAY, InboundState.KEPT, OutgoingState.QUEUED, Forgotten(0, 0)),
])
async def test_only_what_is_past_its_time_is_forgotten(
        unit: Unit, ago: timedelta, inbound: InboundState, outgoing: OutgoingState, forgotten: Forgotten) -> None:
    await store_both(unit, ago=ago, inbound=inbound, outgoing=outgoing)
    assert await forget_old(unit) == forgotten
    assert await forget_old(unit) == Forgotten(0, 0)
    troubles = await unit.session.scalars(select(Inbound.trouble).where(Inbound.payload.is_(None)))
    assert set(troubles) <= {None}


@pytest.mark.parametrize(("ago", "forgotten"), [(KEYS_KEPT - A_DAY, False), (KEYS_KEPT + A_DAY, True)])
async def test_after_400_days_no_number_of_a_platform_and_no_incident_is_left(
        unit: Unit, ago: timedelta, forgotten: bool) -> None:
    """Until then an update that comes again is known by its number; the row stays, because the trail points at it."""
    assert timedelta(days=400) == KEYS_KEPT, "what /privasi and docs/privacy.md say"
    await store_both(unit, ago=ago, inbound=InboundState.DONE, outgoing=OutgoingState.SENT)
    inbound = (await unit.session.scalars(select(Inbound))).one()
    unit.session.add(Incident(at=unit.now - ago, kind=IncidentKind.FOREIGN_PRESS, address_id=inbound.address_id,
                              inbound_id=inbound.id))
    await unit.session.flush()
    assert (await forget_old(unit)).keys == forgotten and (await forget_old(unit)).keys == 0
    assert (await unit.session.execute(select(Inbound.id, Inbound.external_id))).all() == [
        (inbound.id, f"gone:{inbound.id}" if forgotten else "1")]
    assert await unit.session.scalar(select(func.count(Incident.id))) == (not forgotten)


@pytest.mark.parametrize(("ago", "drafted", "kept"), [
    (PAYLOADS_KEPT - A_DAY, False, True),
    (PAYLOADS_KEPT + A_DAY, False, False),
    (PAYLOADS_KEPT + A_DAY, True, True),
])
async def test_a_file_that_nobody_handed_in_goes_unless_a_draft_holds_it(
        unit: Unit, ago: timedelta, drafted: bool, kept: bool) -> None:
    await store_both(unit, ago=ago, inbound=InboundState.DONE, outgoing=OutgoingState.SENT)
    unit.session.add(StoredFile(sha256="a" * 64, content=b"%PDF", media_type="application/pdf", size=4,
                                stored_at=unit.now))
    await unit.session.flush()
    address, inbound = (await unit.session.execute(select(Inbound.address_id, Inbound.id))).one()
    paper = Attachment(address_id=address, inbound_id=inbound, remote="…", state=AttachmentState.STORED,
                       sha256="a" * 64, retry_at=unit.now)
    unit.session.add(paper)
    await unit.session.flush()
    draft = {"drafts": {"loan_request": {"answers": {"documents": [paper.id]}}}} if drafted else {}
    unit.session.add(Talk(lane=-address, data=draft, updated_at=unit.now))
    await unit.session.flush()
    assert (await forget_old(unit)).files == (not kept)
    counts = select(select(func.count(Attachment.id)).scalar_subquery(),
                    select(func.count(StoredFile.sha256)).scalar_subquery())
    assert tuple((await unit.session.execute(counts)).one()) == (kept, kept)


@pytest.mark.parametrize(("ago", "state", "emptied"), [
    (TEXTS_KEPT - A_DAY, OutgoingState.SENT, 0),
    (TEXTS_KEPT + A_DAY, OutgoingState.SENT, 1),
    (TEXTS_KEPT + A_DAY, OutgoingState.QUEUED, 0),
])
async def test_an_old_card_is_emptied_unless_it_is_still_to_leave(
        unit: Unit, ago: timedelta, state: OutgoingState, emptied: int) -> None:
    await store_both(unit, ago=ago, inbound=InboundState.KEPT, outgoing=state)
    row = (await unit.session.scalars(select(Outgoing))).one()
    unit.session.add(Offer(token="old", address_id=row.address_id, kind="form", version=0, facts={"name": "Siti"},
                           choices=[{"label": "Siti"}], created_at=unit.now - ago))
    await unit.session.flush()
    row.offer_token = "old"
    await unit.session.flush()
    assert (await forget_old(unit)).cards == emptied
    assert (await forget_old(unit)).cards == 0
