"""Letting go of an address: what was said there at once, the number or account itself once our last answer has left."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, literal, or_, select, update

from models.files import Attachment, AttachmentState
from models.forgetting import NOT_HANDED_IN, ON_ITS_WAY, drop_loose_files
from models.people import Address, strangers_lane
from models.post import Inbound, InboundState, Kind, Offer, Outgoing, OutgoingState, Talk
from models.unit import Unit

QUIET = timedelta(seconds=15)
"""After the last word from there: whatever came at the same moment was kept by then."""
LAST_ANSWER = timedelta(hours=1)
"""So long our last answer may take to leave; then the address goes without it."""
UNHEARD = timedelta(days=90)
"""After so long a silence somebody whom no list knows is forgotten without asking. A house rule, told in /privasi."""


async def forget_talk(unit: Unit, address_ids: Collection[int], *, at: datetime) -> None:
    """What was said there and what was received. What is still to be handled or to be answered keeps its words."""
    session = unit.session
    theirs = Outgoing.address_id.in_(address_ids)
    await session.execute(delete(Talk).where(Talk.lane.in_([*map(strangers_lane, address_ids)])))
    await session.execute(update(Inbound).where(Inbound.address_id.in_(address_ids), Inbound.state != InboundState.KEPT)
                          .values(payload=None, trouble=None))
    await session.execute(update(Outgoing).where(
        theirs, Outgoing.state == OutgoingState.QUEUED,
        Outgoing.kind.in_((Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST)),
    ).values(state=OutgoingState.CANCELLED, settled_at=at))
    # the platform's numbers too: that of a press holds the account's own (Telegram)
    await session.execute(update(Outgoing).where(theirs, Outgoing.state.not_in(ON_ITS_WAY)).values(
        text=None, attachment=None, attachment_name=None, external_id=None, trouble=None, about=None))
    await session.execute(update(Offer).where(Offer.address_id.in_(address_ids), Offer.created_at < at)
                          .values(facts={}, choices=[], expires_at=at))
    await session.execute(delete(Attachment).where(Attachment.address_id.in_(address_ids), NOT_HANDED_IN)
                          .execution_options(synchronize_session=False))
    await session.execute(update(Attachment).where(Attachment.address_id.in_(address_ids),
                                                   Attachment.state != AttachmentState.WAITING)
                          .values(remote="", name=None, trouble=None))
    await drop_loose_files(unit)


async def leave_unheard(unit: Unit) -> int:
    """Addresses to which nobody is bound and from which nobody wrote for a long time are to be forgotten."""
    done = await unit.session.execute(
        update(Address).where(Address.person_id.is_(None), Address.leaving_at.is_(None), _NOT_GONE,
                              _silent_since(unit.now - UNHEARD))
        .values(leaving_at=unit.now).execution_options(synchronize_session=False).returning(Address.id))
    return len(done.all())


async def let_go(unit: Unit) -> int:
    """Take the number or account out of each address that is to be forgotten, once nothing more leaves. How many."""
    session = unit.session
    # the row's own column and not only its inbound rows: whoever keeps a word from there at this moment changes it
    ids = (await session.scalars(
        select(Address.id).where(
            Address.leaving_at.is_not(None), Address.person_id.is_(None), _silent_since(unit.now - QUIET),
            ~exists().where(Inbound.address_id == Address.id, Inbound.state == InboundState.KEPT),
            or_(Address.leaving_at < unit.now - LAST_ANSWER,
                ~exists().where(Outgoing.address_id == Address.id, Outgoing.state.in_(ON_ITS_WAY))))
        .order_by(Address.id).with_for_update())).all()
    if not ids:
        return 0
    await session.execute(update(Outgoing).where(Outgoing.address_id.in_(ids), Outgoing.state.in_(ON_ITS_WAY))
                          .values(state=OutgoingState.EXPIRED, settled_at=unit.now, lease_until=None))
    await forget_talk(unit, ids, at=unit.now + timedelta(seconds=1))
    await session.execute(
        update(Address).where(Address.id.in_(ids)).values(
            value=literal("gone:") + cast(Address.id, String), scoped_id=None, doubted_id=None, bound_at=None,
            noticed_at=None, opted_out_at=None, opted_out_by=None, unreachable_since=None, unreachable_reason=None,
            last_inbound_at=None, wrong_codes=0, quiet_until=None, leaving_at=None)
        .execution_options(synchronize_session=False))
    return len(ids)


def _silent_since(moment: datetime) -> ColumnElement[bool]:
    return func.coalesce(Address.last_inbound_at, Address.created_at) < moment


_NOT_GONE = Address.value.not_like("gone:%")
