"""What did not arrive goes to the reader's other channel, once, and whoever waits for it is told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.access import Action
from models.loans.lending import decide_loan, file_loan
from models.loans.loan import Loan, Verdict
from models.people import Address, AddressKind, Channel, Person, Role
from models.places import REGENCY
from models.post import ChannelHealth, Kind, Offer, Outgoing, OutgoingState
from models.queries.cooperatives import cooperatives_for
from models.queries.undelivered import broken_channels, oldest_waiting, undelivered_counts
from models.undelivered import ApproverNotReached, ChannelBroken, Lost, tell_of_unreached, try_elsewhere, unreached_key
from models.unit import Unit
from tests.making import ALL_PAPERS, DESA, NOW, a_proposal, a_store, say, settle

UNKNOWN, FAILED, EXPIRED, QUEUED, SENT = (OutgoingState.UNKNOWN, OutgoingState.FAILED, OutgoingState.EXPIRED,
                                          OutgoingState.QUEUED, OutgoingState.SENT)


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


@pytest.fixture
async def head(store: Unit) -> Person:
    await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY), name="Satgas")
    person = await settle(store, (Role.VILLAGE_HEAD, DESA), name="Kades")
    store.session.add(Address(channel=Channel.WHATSAPP, kind=AddressKind.PHONE, value="+6281300000001",
                              person_id=person.id, created_at=NOW, bound_at=NOW, last_inbound_at=NOW, wrong_codes=0))
    await store.session.flush()
    return person


async def lost(store: Unit, person: Person, **changed: object) -> Outgoing:
    address = (await store.session.scalars(select(Address).where(
        Address.person_id == person.id, Address.channel == Channel.TELEGRAM))).one()
    row = Outgoing(**{"address_id": address.id, "kind": Kind.NOTICE, "text": "Kabar", "priority": 20, "attempts": 1,
                      "doubts": 0, "state": FAILED, "not_before": NOW, "created_at": NOW} | changed)
    store.session.add(row)
    await store.session.flush()
    return row


def anybody(_: Address) -> bool:
    return True


@pytest.mark.parametrize(("changed", "goes"), [
    ({}, True),
    ({"state": UNKNOWN}, True),
    ({"state": UNKNOWN, "kind": Kind.REMINDER}, False),
    ({"state": UNKNOWN, "kind": Kind.BROADCAST}, False),
    ({"kind": Kind.REMINDER}, True),
    ({"kind": Kind.BROADCAST}, True),
    ({"kind": Kind.REPLY}, False),
    ({"state": SENT}, False),
    ({"state": QUEUED, "attempts": 5}, False),
    ({"state": QUEUED, "attempts": 6}, True),
    ({"state": QUEUED, "attempts": 6, "doubts": 1}, False),
    ({"expires_at": NOW}, False),
    ({"created_at": NOW - timedelta(hours=24)}, False),
    ({"about": "weekly:x:2026-11-16"}, True),
    ({"about": "decision:99:1"}, False),
])
async def test_only_what_harms_nobody_and_is_still_news_goes_to_the_other_channel(store, head, changed, goes):
    row = await lost(store, head, **changed)
    moved = await try_elsewhere(store, anybody)
    assert [one.instead_of for one in moved] == [row.id] * goes
    if goes:
        assert row.state in (FAILED, UNKNOWN), "it does not leave on the first channel any more"
    assert await try_elsewhere(store, anybody) == [], "once"


async def test_the_card_can_be_pressed_there_and_never_comes_back(store, head):
    row = await lost(store, head)
    store.session.add(Offer(token="t", address_id=row.address_id, person_id=head.id, kind="loan_card", subject=17,
                            version=2, facts={}, choices=[{"label": "Setujui"}], created_at=NOW))
    await store.session.flush()
    row.offer_token = "t"
    [moved] = await try_elsewhere(store, anybody)
    offer = await store.session.get_one(Offer, moved.offer_token)
    assert (offer.address_id, offer.person_id, offer.version, offer.choices) == (
        moved.address_id, head.id, 2, [{"label": "Setujui"}])
    moved.state = FAILED
    await store.session.flush()
    assert await try_elsewhere(store, anybody) == []


async def test_nothing_goes_to_an_address_that_takes_nothing(store, head):
    await lost(store, head)
    assert await try_elsewhere(store, lambda address: address.channel is Channel.TELEGRAM) == []


async def test_what_waits_for_a_broken_channel_goes_by_the_other(store, head):
    await lost(store, head, state=QUEUED, attempts=0, not_before=NOW - timedelta(minutes=6))
    assert await try_elsewhere(store, anybody) == []
    store.session.add(ChannelHealth(channel=Channel.TELEGRAM, broken_at=NOW - timedelta(minutes=1), broken_why="401"))
    await store.session.flush()
    assert len(await try_elsewhere(store, anybody)) == 1
    await tell_of_unreached(store)
    assert store.events == [ChannelBroken(Channel.TELEGRAM, NOW - timedelta(minutes=1), "401")]
    connection = await store.session.connection()
    assert await broken_channels(connection, since=NOW - timedelta(minutes=5)) == {Channel.TELEGRAM: "401"}


async def a_request(store: Unit) -> Loan:
    chair = await settle(store, (Role.CHAIR, DESA), name="Ani")
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    loan = await file_loan(store, chair, mine.id, rupiah=500_000_000, activity="sembako", tenor_months=60, bank="bri",
                           papers=ALL_PAPERS, document_ids=[await a_proposal(store, chair)])
    store.events.clear()
    return loan


async def test_whoever_waits_for_a_card_that_reached_nobody_is_told_while_it_waits(store, head):
    loan = await a_request(store)
    row = await lost(store, head, about=loan.about, state=UNKNOWN)
    store.session.add(Offer(token="t", address_id=row.address_id, person_id=head.id, kind="loan_card", subject=loan.id,
                            version=1, facts={}, choices=[], created_at=NOW))
    await store.session.flush()
    row.offer_token = "t"
    await store.session.flush()
    await tell_of_unreached(store)
    assert store.events == [ApproverNotReached(loan.id, 1, Lost.CARD)]
    store.events.clear()
    await lost(store, head, unique_key=unreached_key(loan.about), state=QUEUED)
    await tell_of_unreached(store)
    assert store.events == [], "once for each version"


async def test_nobody_is_told_of_a_card_that_went_elsewhere_or_is_decided(store, head):
    loan = await a_request(store)
    row = await lost(store, head, about=loan.about)
    store.session.add(Offer(token="t", address_id=row.address_id, person_id=head.id, kind="loan_card", subject=loan.id,
                            version=1, facts={}, choices=[], created_at=NOW))
    await store.session.flush()
    row.offer_token = "t"
    [moved] = await try_elsewhere(store, anybody)
    await tell_of_unreached(store)
    assert store.events == []
    moved.state = FAILED
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.APPROVED)
    store.events.clear()
    await tell_of_unreached(store)
    assert store.events == []


async def test_the_figures_for_whoever_watches(store, head):
    await lost(store, head)
    await lost(store, head, state=UNKNOWN, kind=Kind.REPLY)
    await lost(store, head, state=QUEUED, not_before=NOW - timedelta(minutes=3))
    await lost(store, head, state=QUEUED, not_before=NOW + timedelta(minutes=3))
    connection = await store.session.connection()
    assert await undelivered_counts(connection, since=NOW - timedelta(days=1)) == {
        (Kind.NOTICE, FAILED): 1, (Kind.REPLY, UNKNOWN): 1}
    assert await oldest_waiting(connection, now=NOW) == NOW - timedelta(minutes=3)
