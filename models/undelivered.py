"""What did not arrive goes on by itself as far as it can: to the reader's other channel, once; then people are told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from models.loans.loan import Loan, LoanStatus
from models.people import Address, Channel, Mandate
from models.post import QUEUED, UNDELIVERED_STATES, ChannelHealth, Kind, Outgoing, OutgoingState
from models.queries.people import held_on
from models.reminding import no_longer_needed
from models.resending import copied, not_said_again
from models.unit import Event, Unit

NEWS = timedelta(hours=24)
"""Older than that, it is for the task force to say it again."""
GONE_ELSEWHERE = (Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST)
"""Whoever misses a reply asks again, on the phone that they have in hand."""
REFUSED_SO_OFTEN = 6
"""After about a quarter of an hour in which one channel surely took nothing, the other one is tried; it would be tried
for hours where there is no other."""
STILL_BROKEN = timedelta(minutes=5)
MOST_TOGETHER = 200
UNREACHED = "unreached:"


class Lost(StrEnum):
    CARD = "card"
    """The request itself."""
    REMINDER = "reminder"
    """A word about a request that had arrived."""
    READER = "reader"
    """Everything: no account of theirs takes our messages any more."""


@dataclass(frozen=True, slots=True)
class ApproverNotReached(Event):
    """Whoever decides does not get what we write, on no channel, while a request waits for them."""

    loan_id: int
    version: int
    lost: Lost


@dataclass(frozen=True, slots=True)
class ChannelBroken(Event):
    channel: Channel
    at: datetime
    why: str


async def try_elsewhere(unit: Unit, usable: Callable[[Address], bool]) -> list[Outgoing]:
    """Each row once. What may have arrived goes only if it harms nobody twice: news and cards."""
    other, broken = aliased(Address), await _broken(unit)
    surely_not = and_(Outgoing.state.in_(UNDELIVERED_STATES), Outgoing.text.is_not(None),
                      Outgoing.state != OutgoingState.UNKNOWN)
    nobody_knows = and_(Outgoing.state.in_(UNDELIVERED_STATES), Outgoing.text.is_not(None),
                        Outgoing.state == OutgoingState.UNKNOWN, Outgoing.kind == Kind.NOTICE)
    refused_again_and_again = and_(
        Outgoing.state == QUEUED, Outgoing.doubts == 0,
        or_(Outgoing.attempts >= REFUSED_SO_OFTEN,
            and_(Address.channel.in_([one.channel for one in broken]),
                 Outgoing.not_before < unit.now - STILL_BROKEN)))
    rows = await unit.session.execute(
        select(Outgoing, Address.person_id, Address.channel).join(Address, Address.id == Outgoing.address_id)
        .where(or_(surely_not, nobody_knows, refused_again_and_again), Outgoing.kind.in_(GONE_ELSEWHERE),
               Outgoing.created_at > unit.now - NEWS, Outgoing.instead_of.is_(None),
               or_(Outgoing.expires_at.is_(None), Outgoing.expires_at > unit.now),
               Address.bound_at <= Outgoing.created_at, not_said_again(),
               exists().where(other.person_id == Address.person_id, other.channel != Address.channel,
                              other.unreachable_since.is_(None)))
        .order_by(Outgoing.id).limit(MOST_TOGETHER).with_for_update(of=Outgoing, skip_locked=True))
    found = rows.all()
    over = await no_longer_needed(unit.session, [row.about for row, _, _ in found if row.about])
    moved = []
    for row, person_id, channel in found:
        assert person_id is not None, "somebody has the other address"
        address = await _other_address(unit, person_id, channel, usable)
        if address is None or row.about in over:
            continue
        if row.state is OutgoingState.QUEUED:
            row.state, row.settled_at = OutgoingState.FAILED, unit.now
        moved.append(await copied(unit, row, address.id, instead_of=row.id))
    await unit.session.flush()
    return moved


async def _other_address(unit: Unit, person_id: int, channel: Channel,
                         usable: Callable[[Address], bool]) -> Address | None:
    addresses = await unit.session.scalars(
        select(Address).where(Address.person_id == person_id, Address.channel != channel,
                              Address.unreachable_since.is_(None), Address.doubted_id.is_(None))
        .order_by(Address.last_inbound_at.desc().nulls_last(), Address.id))
    return next((address for address in addresses if usable(address)), None)


async def tell_of_unreached(unit: Unit) -> None:
    """A request whose card or reminder reached nobody, or whose reader takes nothing any more, as long as it waits; a
    channel that takes nothing. Whoever renders it says each once."""
    lost = dict.fromkeys(await _out_of_reach(unit), Lost.READER)
    lost |= dict.fromkeys(await _waiting_abouts(unit, Outgoing.kind == Kind.REMINDER,
                                                Outgoing.state == OutgoingState.FAILED), Lost.REMINDER)
    lost |= dict.fromkeys(await _waiting_abouts(unit, Outgoing.kind == Kind.NOTICE,
                                                Outgoing.offer_token.is_not(None)), Lost.CARD)
    for about, what in sorted(lost.items()):
        _, loan_id, version = about.split(":")
        unit.events.append(ApproverNotReached(int(loan_id), int(version), what))
    unit.events += [ChannelBroken(one.channel, one.broken_at, one.broken_why or "")
                    for one in await _broken(unit) if one.broken_at]


async def _waiting_abouts(unit: Unit, *which: ColumnElement[bool]) -> set[str]:
    """Requests that wait, of whose messages such a one did not arrive."""
    told = aliased(Outgoing)
    abouts = (await unit.session.scalars(
        select(Outgoing.about).distinct()
        .where(Outgoing.state.in_(UNDELIVERED_STATES), Outgoing.text.is_not(None), Outgoing.about.like("decision:%"),
               Outgoing.created_at > unit.now - NEWS, *which, not_said_again(),
               ~exists().where(told.unique_key == UNREACHED + Outgoing.about)))).all()
    found = {about for about in abouts if about}
    return found - await no_longer_needed(unit.session, sorted(found))


async def _out_of_reach(unit: Unit) -> set[str]:
    """Requests that wait for somebody who took our messages once and does not any more."""
    other = aliased(Address)
    waiting = await unit.session.scalars(
        select(Loan).where(
            Loan.status == LoanStatus.SUBMITTED,
            exists().where(
                Mandate.role == Loan.approver_role, Mandate.place_code == Loan.approver_place_code,
                held_on(unit.today), Address.person_id == Mandate.person_id, Address.unreachable_since.is_not(None),
                ~exists().where(other.person_id == Mandate.person_id, other.unreachable_since.is_(None)))))
    abouts = {loan.about for loan in waiting}
    told = await unit.session.scalars(select(Outgoing.unique_key).where(
        Outgoing.unique_key.in_([unreached_key(about) for about in abouts]))) if abouts else ()
    return abouts - {key.removeprefix(UNREACHED) for key in told if key}


def unreached_key(about: str) -> str:
    """Of the word to the one who waits for a decision."""
    return UNREACHED + about


async def _broken(unit: Unit) -> list[ChannelHealth]:
    return list(await unit.session.scalars(
        select(ChannelHealth).where(ChannelHealth.broken_at > unit.now - STILL_BROKEN)
        .order_by(ChannelHealth.channel)))
