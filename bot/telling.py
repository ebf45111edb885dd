"""From what happened to rows for those who should know, each in his own language at the address where he is reached."""

from collections.abc import Iterable

from sqlalchemy import select, update

from bot.outbox import Outbox
from conversations.notices import Closing, Notice, notices_for
from locales import use_locale
from models.people import Address, Person
from models.post import Offer, Outgoing, OutgoingState
from models.unit import Unit


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
    address = await _best_address(unit, notice.person_id)
    if person is None or address is None:
        # nobody to send to: the lists of the unreachable are made from persons without an address
        return
    with use_locale(person.locale):
        outbox.put(notice.say(), address_id=address.id, person_id=person.id, kind=notice.kind,
                   priority=notice.priority, unique_key=notice.unique_key, about=notice.about,
                   not_before=notice.not_before, expires_at=notice.expires_at)


async def _best_address(unit: Unit, person_id: int) -> Address | None:
    """Where the person wrote from last, an address that takes messages before one that does not: what cannot be
    delivered there is listed for the task force by name."""
    addresses: Iterable[Address] = await unit.session.scalars(
        select(Address).where(Address.person_id == person_id, Address.doubted_id.is_(None))
        .order_by(Address.unreachable_since.is_not(None), Address.last_inbound_at.desc(), Address.id).limit(1))
    return next(iter(addresses), None)


async def _close_cards(unit: Unit, outbox: Outbox, closing: Closing) -> None:
    """Cards still on their way are not sent; those that left are replaced by the news, wherever a channel can. What
    only waits for a yes decides nothing any more."""
    session = unit.session
    that_card = [Outgoing.about == closing.about, Outgoing.offer_token.is_not(None)]
    if closing.kind is not None:
        living = list(await session.scalars(
            select(Offer.token).join(Outgoing, Outgoing.offer_token == Offer.token)
            .where(*that_card, Offer.kind == closing.kind, Offer.person_id == closing.person_id,
                   Offer.expires_at > unit.now)))
        await session.execute(update(Offer).where(Offer.token.in_(living)).values(expires_at=unit.now))
        that_card.append(Outgoing.offer_token.in_(living))
    await session.execute(
        update(Outgoing).where(*that_card, Outgoing.state == OutgoingState.QUEUED)
        .values(state=OutgoingState.CANCELLED, trouble="the matter is settled", settled_at=unit.now))
    left = await session.execute(
        select(Outgoing.id, Outgoing.address_id, Outgoing.text, Person.locale)
        .join(Address, Address.id == Outgoing.address_id).outerjoin(Person, Person.id == Address.person_id)
        .where(*that_card, Outgoing.state.in_([OutgoingState.SENT, OutgoingState.SENDING, OutgoingState.UNKNOWN]))
        .order_by(Outgoing.id))
    for outgoing_id, address_id, text, locale in left.all():
        with use_locale(locale or "id"):
            outbox.replace(closing.say(text or ""), outgoing_id=outgoing_id, address_id=address_id)
