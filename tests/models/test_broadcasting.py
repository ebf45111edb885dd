"""The task force speaks to a segment: its own area, each person once, and it learns who did not hear it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.access import Action
from models.broadcasting import (
    BroadcastOver,
    BroadcastSent,
    NotReached,
    Progress,
    Unaddressed,
    close_broadcasts,
    earlier_broadcasts,
    preview,
    progress,
    recipients_of,
    send_broadcast,
)
from models.broadcasts import (
    LONGEST_BROADCAST,
    Broadcast,
    NobodyToTell,
    NothingToSay,
    Recipient,
    Segment,
    SegmentKind,
    TextTooLong,
    broadcast_key,
)
from models.people import Address, Role
from models.places import REGENCY
from models.post import Kind, Outgoing, OutgoingState
from models.queries.cooperatives import cooperatives_for
from models.refusals import NotAllowed
from models.unit import Unit
from tests.making import DESA, KELURAHAN, NOW, OTHER_DESA, WEEK, a_store, say, settle

BANTAN = "14.03.02"


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


@pytest.fixture
async def desk(store):
    """Ani and Budi in DESA (reported, in Microsite), Cici in KELURAHAN ("not yet"), Dedi in OTHER_DESA (silent)."""
    people = {
        "Ani": await settle(store, (Role.CHAIR, DESA), name="Ani"),
        "Budi": await settle(store, (Role.VILLAGE_HEAD, DESA), name="Budi", reachable=False),
        "Cici": await settle(store, (Role.WARD_HEAD, KELURAHAN), name="Cici"),
        "Dedi": await settle(store, (Role.TREASURER, OTHER_DESA), name="Dedi"),
        "Pengawas": await settle(store, (Role.SUPERVISOR, DESA), name="Pengawas"),
        "Satgas": await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY), name="Satgas"),
        "Camat": await settle(store, (Role.TASK_FORCE_DISTRICT, BANTAN), name="Camat"),
    }
    ids = {c.place_code: c.id for c in await cooperatives_for(store.session, people["Satgas"], Action.BROADCAST,
                                                              on=store.today)}
    await say(store, ids[DESA], microsite_registered=True, microsite_at=NOW, last_report_week=WEEK)
    await say(store, ids[KELURAHAN], microsite_registered=False, microsite_at=NOW,
              last_report_week=WEEK - timedelta(weeks=1))
    return people


@pytest.mark.parametrize(("sender", "segment", "villages", "names"), [
    ("Satgas", Segment(SegmentKind.ALL), 155, "Ani Budi Cici Dedi"),
    ("Satgas", Segment(SegmentKind.DISTRICT, BANTAN), 23, "Dedi"),
    ("Satgas", Segment(SegmentKind.VILLAGES), 136, "Ani Budi Dedi"),
    ("Satgas", Segment(SegmentKind.WARDS), 19, "Cici"),
    ("Satgas", Segment(SegmentKind.NOT_IN_MICROSITE), 1, "Cici"),
    ("Satgas", Segment(SegmentKind.NOT_REPORTED), 154, "Cici Dedi"),
    ("Satgas", Segment(SegmentKind.NOT_REPORTED, BANTAN), 23, "Dedi"),
    ("Camat", Segment(SegmentKind.ALL), 23, "Dedi"),
    ("Camat", Segment(SegmentKind.WARDS), 0, ""),
])
async def test_a_segment_reaches_exactly_its_people(store, desk, sender, segment, villages, names):
    audience = await preview(store, desk[sender], segment)
    assert (len(audience.cooperatives), " ".join(reader.name for reader in audience.readers)) == (villages, names)
    assert [reader.name for reader in audience.unreachable] == [n for n in ("Budi",) if n in names]


@pytest.mark.parametrize(("sender", "segment"), [
    ("Camat", Segment(SegmentKind.DISTRICT, "14.03.01")),
    ("Camat", Segment(SegmentKind.NOT_REPORTED, "14.03.01")),
    ("Ani", Segment(SegmentKind.ALL)),
    ("Pengawas", Segment(SegmentKind.ALL)),
])
async def test_nobody_speaks_to_an_area_that_is_not_theirs(store, desk, sender, segment):
    with pytest.raises(NotAllowed):
        await send_broadcast(store, desk[sender], segment, "Rapat", draft_key="a")
    assert await store.session.scalar(select(func.count()).select_from(Broadcast)) == 0


@pytest.mark.parametrize(("segment", "text", "refusal"), [
    (Segment(SegmentKind.ALL), "  ", NothingToSay),
    (Segment(SegmentKind.ALL), "x" * (LONGEST_BROADCAST + 1), TextTooLong),
    (Segment(SegmentKind.DISTRICT, "14.03.03"), "Rapat", NobodyToTell),
])
async def test_what_cannot_be_said_is_refused(store, desk, segment, text, refusal):
    with pytest.raises(refusal):
        await send_broadcast(store, desk["Satgas"], segment, text, draft_key="a")


async def test_a_second_press_sends_nothing_more(store, desk):
    first = await send_broadcast(store, desk["Satgas"], Segment(SegmentKind.ALL), " Rapat Rabu ", draft_key="satgas:1")
    again = await send_broadcast(store, desk["Satgas"], Segment(SegmentKind.ALL), "Rapat Rabu", draft_key="satgas:1")
    assert (again, first.text, store.events) == (first, "Rapat Rabu", [BroadcastSent(first.id)])
    assert await store.session.scalar(select(func.count()).select_from(Recipient)) == 4
    with pytest.raises(NotAllowed):
        await send_broadcast(store, desk["Camat"], Segment(SegmentKind.ALL), "Rapat", draft_key="satgas:1")


async def test_the_sender_sees_by_name_who_did_not_get_it(store, desk):
    said = await send_broadcast(store, desk["Satgas"], Segment(SegmentKind.ALL), "Rapat", draft_key="satgas:1")
    states = {"Ani": (OutgoingState.SENT, None), "Cici": (OutgoingState.FAILED, "bot was blocked by the user"),
              "Dedi": (OutgoingState.QUEUED, None)}
    by_id = {person.id: name for name, person in desk.items()}
    for recipient in await recipients_of(store, said.id):
        state, trouble = states[by_id[recipient.person_id]]
        store.session.add(Outgoing(
            address_id=recipient.address_id, kind=Kind.BROADCAST, text="Rapat", about=said.about, state=state,
            trouble=trouble, unique_key=broadcast_key(said.id, recipient.person_id), priority=30, attempts=0,
            not_before=NOW, created_at=NOW))
    await store.session.flush()
    assert await progress(store, desk["Satgas"], said.id) == Progress(4, 1, 1, (
        NotReached(desk["Budi"].id, "Budi", Role.VILLAGE_HEAD, "Pedekik", None, unaddressed=Unaddressed.NEVER_STARTED),
        NotReached(desk["Cici"].id, "Cici", Role.WARD_HEAD, "Bengkalis Kota", None, OutgoingState.FAILED,
                   "bot was blocked by the user")))
    for other in ("Camat", "Ani"):
        with pytest.raises(NotAllowed):
            await progress(store, desk[other], said.id)


async def test_the_preview_counts_the_villages_in_which_nobody_is_reached(store, desk):
    audience = await preview(store, desk["Satgas"], Segment(SegmentKind.DISTRICT, BANTAN))
    assert (len(audience.cooperatives), len(audience.silent)) == (23, 22)


@pytest.mark.parametrize(("changed", "why"), [
    ({"unreachable_since": NOW}, Unaddressed.BLOCKED),
    ({"opted_out_at": NOW, "opted_out_by": "STOP"}, Unaddressed.OPTED_OUT),
])
async def test_who_blocked_or_wants_no_more_is_called_so_and_not_a_newcomer(store, desk, changed, why):
    dedi = (await store.session.scalars(select(Address).where(Address.person_id == desk["Dedi"].id))).one()
    for name, value in changed.items():
        setattr(dedi, name, value)
    desk["Dedi"].phone = "+6281200000099"
    said = await send_broadcast(store, desk["Camat"], Segment(SegmentKind.ALL), "Rapat", draft_key="camat:1")
    assert await recipients_of(store, said.id) == []
    for reader in ("Camat", "Satgas"):
        assert (await progress(store, desk[reader], said.id)).not_reached == (
            NotReached(desk["Dedi"].id, "Dedi", Role.TREASURER, "Selat Baru", "+6281200000099", unaddressed=why),)


async def test_a_broadcast_is_over_once_nothing_of_it_waits(store, desk):
    said = await send_broadcast(store, desk["Satgas"], Segment(SegmentKind.WARDS), "Rapat", draft_key="satgas:1")
    store.events.clear()
    address = (await store.session.scalars(select(Address.id).where(Address.person_id == desk["Cici"].id))).one()
    rows = [Outgoing(address_id=address, kind=Kind.BROADCAST, text="Rapat", about=about, state=OutgoingState.QUEUED,
                     priority=30, attempts=0, not_before=NOW, created_at=NOW)
            for about in (said.about, said.progress_about)]
    store.session.add_all(rows)
    for row in rows:
        await close_broadcasts(store)
        assert (store.events, said.closed_at) == ([], None)
        row.state = OutgoingState.SENT
    await close_broadcasts(store)
    await close_broadcasts(store)
    assert (store.events, said.closed_at) == ([BroadcastOver(said.id)], NOW)


async def test_earlier_broadcasts_are_ones_own_and_all_of_them_for_the_regency(store, desk):
    first = await send_broadcast(store, desk["Camat"], Segment(SegmentKind.ALL), "Rapat", draft_key="camat:1")
    second = await send_broadcast(store, desk["Satgas"], Segment(SegmentKind.ALL), "Rapat", draft_key="satgas:1")
    assert await earlier_broadcasts(store, desk["Satgas"], most=5) == [second, first]
    assert await earlier_broadcasts(store, desk["Camat"], most=5) == [first]
    with pytest.raises(NotAllowed):
        await earlier_broadcasts(store, desk["Ani"], most=5)
