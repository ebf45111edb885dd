"""From what happened to rows for those who should know, each in his own language at the address where he is reached."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import or_, select, update

from bot.channels.telegram.transport import TelegramTransport
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.deliver.outbox import Outbox
from bot.turn.presses import LEFT
from conversations.notices import Closing, Notice, notices_for
from locales import use_locale
from models.opting_out import UNASKED
from models.people import Address, Channel, Person
from models.post import Kind, Offer, Outgoing, OutgoingState, Priority
from models.unit import Unit

EDITING: Final = frozenset(channel for channel, transport in (
    (Channel.TELEGRAM, TelegramTransport), (Channel.WHATSAPP, WhatsAppTransport)) if transport.capabilities.edits)
"""Where what was said can be replaced."""


async def tell(unit: Unit, outbox: Outbox) -> None:
    """Tell all events of the unit; they are told once."""
    events, unit.events = unit.events, []
    for event in events:
        for telling in await notices_for(unit, event):
            match telling:
                case Notice():
                    await _notify(unit, outbox, telling)
                case Closing():
                    await _close_cards(unit, outbox, telling)


async def _notify(unit: Unit, outbox: Outbox, notice: Notice) -> None:
    person = await unit.session.get(Person, notice.person_id)
    address = await _best_address(unit, notice.person_id, unasked=notice.kind in UNASKED)
    if person is None or address is None:
        # nobody to send to: the lists of the unreachable are made from persons without an address
        return
    with use_locale(person.locale):
        outbox.put(notice.say(), address_id=address.id, person_id=person.id, kind=notice.kind,
                   priority=notice.priority, unique_key=notice.unique_key, about=notice.about,
                   not_before=notice.not_before, expires_at=notice.expires_at)


async def _best_address(unit: Unit, person_id: int, *, unasked: bool) -> Address | None:
    """Where the person wrote from last, an address that takes messages before one that does not: what cannot be
    delivered there is listed for the task force by name. Nothing unasked goes where it was not wanted any more."""
    wanted = [Address.opted_out_at.is_(None)] if unasked else []
    addresses: Iterable[Address] = await unit.session.scalars(
        select(Address).where(Address.person_id == person_id, Address.doubted_id.is_(None), *wanted)
        .order_by(Address.unreachable_since.is_not(None), Address.last_inbound_at.desc(), Address.id).limit(1))
    return next(iter(addresses), None)


async def _close_cards(unit: Unit, outbox: Outbox, closing: Closing) -> None:
    """Cards still on their way are not sent; those that left lose their buttons, wherever a channel can."""
    session = unit.session
    those = [Outgoing.about == closing.about, Outgoing.offer_token.is_not(None)]
    if closing.kind is not None:
        those.append(Outgoing.offer_token.in_(
            select(Offer.token).where(Offer.kind == closing.kind, Offer.person_id == closing.person_id)))
    await session.execute(
        update(Outgoing).where(*those, Outgoing.state == OutgoingState.QUEUED)
        .values(state=OutgoingState.CANCELLED, trouble="the matter is settled", settled_at=unit.now))
    # buttons whose time is over are told so at a press
    left = (await session.execute(
        select(Outgoing.id, Outgoing.address_id, Outgoing.text, Offer.token, Address.channel, Address.person_id,
               Person.locale)
        .join(Offer, Offer.token == Outgoing.offer_token)
        .join(Address, Address.id == Outgoing.address_id).outerjoin(Person, Person.id == Address.person_id)
        .where(*those, Outgoing.state.in_(LEFT), or_(Offer.expires_at.is_(None), Offer.expires_at > unit.now))
        .order_by(Outgoing.id))).all()
    if closing.kind is not None:
        # the matter itself stays open, so that no rule would refuse the press
        await session.execute(
            update(Offer).where(Offer.token.in_([card.token for card in left]), Offer.expires_at.is_not(None))
            .values(expires_at=unit.now))
    told = set()
    for card in left:
        with use_locale(card.locale or "id"):
            outbox.replace(closing.say(card.text or ""), outgoing_id=card.id, address_id=card.address_id)
            if closing.else_say and card.channel not in EDITING and card.address_id not in told:
                told.add(card.address_id)
                outbox.put(closing.else_say(), address_id=card.address_id, person_id=card.person_id, kind=Kind.NOTICE,
                           priority=Priority.NOTICE, unique_key=f"{closing.about}:{card.address_id}")
