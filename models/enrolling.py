"""How an address comes to belong to a person: by the own contact card, or by the roster number and a code (N15)."""

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from models.audit import record
from models.doubting import require_over
from models.incidents import IncidentKind, note_incident
from models.people import Address, Channel, Invitation, Person, strangers_lane
from models.phones import from_platform
from models.post import Outgoing, OutgoingState, Talk
from models.queries.people import person_with_phone
from models.refusals import Refusal
from models.unit import Unit

MOST_WRONG_CODES = 5
"""Of a million possible codes: one guess in two hundred thousand comes through."""
INVITATION_LASTS = timedelta(days=14)
"""From one meeting of the satgas to the next. A house rule."""


class NotOwnContact(Refusal):
    """A card of somebody else, a forwarded one, or one without its owner's account binds nobody."""

    incident = IncidentKind.CONTACT


class NotOnRoster(Refusal):
    """The number holds no office, or none any more. What is to be done next differs by channel."""

    def __init__(self, channel: Channel = Channel.TELEGRAM) -> None:
        super().__init__(channel)
        self.channel = channel

    incident = IncidentKind.CONTACT


class SharedAddress(Refusal):
    """The address already belongs to another person; an address shared by two never decides."""

    incident = IncidentKind.CONTACT


class BoundElsewhere(Refusal):
    """The person already writes from another account of this channel; the satgas must release that one first."""

    incident = IncidentKind.CONTACT


class NoInvitation(Refusal):
    """There is no code that could be typed: none was given, it was used, or its time is over."""


class TooManyWrongCodes(Refusal):
    """Only a new invitation of the satgas opens this address again."""

    incident = IncidentKind.LOCKED_NUMBER


@dataclass(frozen=True, slots=True)
class WrongCode:
    """Not a refusal, because a refusal would undo the counting of the attempt."""

    left: int


async def bind_by_own_contact(unit: Unit, address: Address, *, phone: str, contact_is_own: bool) -> Person:
    """Telegram: the card that the phone itself gave, with the number of the roster."""
    if not contact_is_own:
        raise NotOwnContact
    person = await _expected(unit, address, phone)
    _bind(unit, address, person, by="own_contact")
    return person


async def bind_by_code(unit: Unit, address: Address, *, phone: str, code: str, secret: bytes) -> Person | WrongCode:
    """WhatsApp: the sender's number is the roster's, and the code is one of an unused invitation."""
    person = await _expected(unit, address, phone)
    if address.person_id == person.id and address.doubted_id is None:
        return person
    if address.wrong_codes >= MOST_WRONG_CODES:
        raise TooManyWrongCodes
    open_ones = (await unit.session.scalars(select(Invitation).where(
        Invitation.person_id == person.id, Invitation.used_at.is_(None), Invitation.expires_at > unit.now,
    ).with_for_update())).all()
    if not open_ones:
        raise NoInvitation
    typed = code_hash(secret, person.id, code)
    for invitation in open_ones:
        if hmac.compare_digest(invitation.code_hash, typed):
            invitation.used_at, invitation.used_by_id, address.wrong_codes = unit.now, address.id, 0
            _bind(unit, address, person, by="code")
            return person
    address.wrong_codes += 1
    await note_incident(unit, IncidentKind.WRONG_CODE, address_id=address.id)
    return WrongCode(MOST_WRONG_CODES - address.wrong_codes)


async def open_invitations(unit: Unit, person_ids: Collection[int]) -> int:
    """How many codes of theirs may still be used, and will not be once new ones are issued."""
    return await unit.session.scalar(
        select(func.count()).select_from(Invitation).where(
            Invitation.person_id.in_(person_ids), Invitation.used_at.is_(None),
            Invitation.expires_at > unit.now)) or 0


async def issue_invitations(unit: Unit, persons: Iterable[Person], *, secret: bytes, codes: Callable[[], str],
                            issuer: Person | None = None) -> list[tuple[int, str]]:
    """One new code each; older ones end, and wrong attempts are forgiven. Without an issuer: from the command line."""
    issued = []
    for person in persons:
        if issuer:
            require_over(unit, issuer, person)
        await unit.session.execute(
            update(Invitation).where(Invitation.person_id == person.id, Invitation.used_at.is_(None),
                                     Invitation.expires_at > unit.now).values(expires_at=unit.now))
        await unit.session.execute(update(Address).values(wrong_codes=0).where(
            Address.channel == Channel.WHATSAPP, Address.value == person.phone))
        code = codes()
        unit.session.add(Invitation(person_id=person.id, code_hash=code_hash(secret, person.id, code),
                                    created_at=unit.now, expires_at=unit.now + INVITATION_LASTS))
        record(unit, issuer, "person.invited", f"person:{person.id}")
        issued.append((person.id, code))
    return issued


async def release_addresses(unit: Unit, person: Person, channel: Channel | None = None, *,
                            confirmer: Person | None = None) -> int:
    """A lost or changed account: the satgas lets go of it, and the person enrols again with the new one. Whoever has
    the old one reads nothing more, and nothing that was begun there goes on. Without a confirmer: the command line."""
    if confirmer:
        require_over(unit, confirmer, person)
    bound = (await unit.session.scalars(
        select(Address).where(Address.person_id == person.id, Address.channel.in_([channel] if channel else Channel))
        .order_by(Address.id).with_for_update())).all()
    for address in bound:
        address.person_id = address.bound_at = address.doubted_id = None
        await unit.session.execute(
            update(Outgoing).where(Outgoing.address_id == address.id, Outgoing.state == OutgoingState.QUEUED)
            .values(state=OutgoingState.CANCELLED, trouble="the account was released", settled_at=unit.now))
        await unit.session.execute(delete(Talk).where(Talk.lane.in_([person.id, strangers_lane(address.id)])))
        record(unit, confirmer, "address.released", f"address:{address.id}", holder=person.id)
    return len(bound)


def code_hash(secret: bytes, person_id: int, code: str) -> str:
    """Codes are typed with spaces and dashes as people read them aloud."""
    plain = "".join(sign for sign in code if sign.isalnum()).casefold()
    return hmac.new(secret, f"invitation:{person_id}:{plain}".encode(), hashlib.sha256).hexdigest()


async def _expected(unit: Unit, address: Address, phone: str) -> Person:
    number = from_platform("".join(sign for sign in phone if sign.isdecimal()))
    person = await person_with_phone(unit.session, number) if number else None
    if person is None or all(mandate.is_over(unit.today) for mandate in person.mandates):
        raise NotOnRoster(address.channel)
    if address.person_id not in (None, person.id):
        raise SharedAddress
    others = select(Address.id).where(Address.person_id == person.id, Address.channel == address.channel,
                                      Address.kind == address.kind, Address.id != address.id)
    if await unit.session.scalar(others.limit(1)):
        raise BoundElsewhere
    return person


def _bind(unit: Unit, address: Address, person: Person, *, by: str) -> None:
    if address.person_id == person.id and address.doubted_id is None:
        return
    address.person_id, address.bound_at = person.id, unit.now
    # whoever proves it themselves needs nobody else to say so
    address.scoped_id, address.doubted_id = address.doubted_id or address.scoped_id, None
    address.leaving_at = None
    record(unit, person, "address.bound", f"address:{address.id}", by=by, channel=address.channel)
