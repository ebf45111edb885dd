"""A WhatsApp number from which another account writes: it may have gone to somebody else, or its holder may have
changed accounts. Of an office-holder's number the task force says which; meanwhile nobody is known there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import or_, update

from models.access import Action, require
from models.audit import record
from models.people import Address, Person
from models.places import REGENCY
from models.post import Kind, Outgoing, OutgoingState
from models.queries.people import load_person
from models.refusals import Refusal
from models.unit import Event, Unit

GIVEN_TO_OTHERS = timedelta(days=60)
"""A number that was silent for so long may be somebody else's by now. A house rule: operators take a number back after
a month without credit, and give it out again a month or more later."""


@dataclass(frozen=True, slots=True)
class AddressDoubted(Event):
    address_id: int


@dataclass(frozen=True, slots=True)
class DoubtSettled(Event):
    address_id: int
    person_id: int
    kept: bool


class DoubtIsOver(Refusal):
    """Somebody settled it before, or another doubt has taken its place."""


def needs_its_last_word(address: Address, seen: str | None) -> bool:
    """Whether only the time of silence tells if a first id is the holder's: none came when the number was bound."""
    return None not in (address.person_id, seen) and address.scoped_id is None and address.doubted_id is None


def is_the_holder(address: Address, seen: str | None, *, last_word: datetime, at: datetime) -> bool:
    """Whether the one who writes is the one who was bound to the address, as far as the platform can tell."""
    if address.doubted_id is not None:
        return False
    if address.person_id is None or seen is None or seen == address.scoped_id:
        return True
    return address.scoped_id is None and at - last_word < GIVEN_TO_OTHERS


async def note_sender(unit: Unit, address: Address, seen: str | None, *, holder: bool) -> None:
    """The id of whoever writes is remembered. Another one than the holder's lets go of a number without an office; an
    office-holder's is doubted, and the task force is asked."""
    if seen is None or seen == address.scoped_id or address.doubted_id is not None:
        return
    if holder or address.person_id is None:
        address.scoped_id = seen
        return
    person = await load_person(unit.session, address.person_id)
    if all(mandate.is_over(unit.today) for mandate in person.mandates):
        _let_go(unit, address, seen, None, why="changed_hands")
        return
    address.doubted_id = seen
    # what waits to be told to the holder is none of whoever writes now; the task force sees by name what was not told
    await unit.session.execute(update(Outgoing).where(
        Outgoing.address_id == address.id, Outgoing.state == OutgoingState.QUEUED,
        or_(Outgoing.created_at < unit.now, Outgoing.kind.in_((Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST))),
    ).values(state=OutgoingState.FAILED, trouble="the account of this number changed", settled_at=unit.now))
    record(unit, None, "address.doubted", f"address:{address.id}", holder=person.id)
    unit.events.append(AddressDoubted(address.id))


async def settle_doubt(unit: Unit, confirmer: Person, address_id: int, *, doubt: str, keep: bool) -> Person:
    """By whoever may say so for every place where the holder has an office. The holder is given back."""
    address = await unit.session.get_one(Address, address_id, with_for_update=True, populate_existing=True)
    if address.doubted_id is None or address.person_id is None or name_of(address.doubted_id) != doubt:
        raise DoubtIsOver
    person = await load_person(unit.session, address.person_id)
    require_over(unit, confirmer, person)
    if keep:
        address.scoped_id, address.doubted_id = address.doubted_id, None
        record(unit, confirmer, "address.confirmed", f"address:{address.id}", holder=person.id)
    else:
        _let_go(unit, address, address.doubted_id, confirmer, why="doubted")
    unit.events.append(DoubtSettled(address_id, person.id, kept=keep))
    return person


def name_of(doubted_id: str) -> str:
    """What a card may carry of it, so that an old card settles no newer doubt."""
    return sha256(doubted_id.encode()).hexdigest()[:12]


def require_over(unit: Unit, confirmer: Person, person: Person) -> None:
    """Over somebody without any office, those decide who decide over the whole regency."""
    for place_code in {mandate.place_code for mandate in person.mandates_on(unit.today)} or {REGENCY}:
        require(confirmer, Action.CONFIRM_BINDING, place_code, on=unit.today)


def _let_go(unit: Unit, address: Address, seen: str, confirmer: Person | None, *, why: str) -> None:
    record(unit, confirmer, "address.released", f"address:{address.id}", holder=address.person_id, why=why)
    address.person_id = address.bound_at = address.noticed_at = address.doubted_id = None
    address.scoped_id = seen
