"""What the store knows of a person (/dataku), and letting go of it (/hapus): H8, R36.

The basis is the public duty of the programme (UU 27/2022 Pasal 20), not consent. So what somebody did in an office
stays: name and office on business rows and in the trail, for as long as those are kept, because decisions on public
money must be traceable. What belongs only to the talk goes at once (Pasal 8 and 43): accounts, open drafts, what was
said and what was received. Somebody who holds an office stays on the roster with the number that the Dinas entered, and
may enrol again; after the last office the number goes too. Without being asked: raw payloads after 30 days, texts
after 90 (design §8)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select, update

from models.audit import AuditRow, record
from models.files import Attachment
from models.forgetting import NOT_HANDED_IN, drop_loose_files
from models.people import Address, Channel, Invitation, Mandate, Person, Role, Standing
from models.phones import masked
from models.places import Place
from models.post import Inbound, InboundState, Kind, Offer, Outgoing, OutgoingState, Talk
from models.unit import Unit


@dataclass(frozen=True, slots=True)
class Office:
    role: Role
    place_code: str
    standing: Standing
    begins: date
    ends: date | None

    @classmethod
    def of(cls, mandate: Mandate) -> "Office":
        return cls(mandate.role, mandate.place_code, mandate.standing, mandate.begins, mandate.ends)


@dataclass(frozen=True, slots=True)
class Account:
    channel: Channel
    bound_at: datetime | None
    last_inbound_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    name: str
    masked_phone: str | None
    offices: tuple[Office, ...]
    places: Mapping[str, Place]
    """Of those offices, by code."""
    accounts: tuple[Account, ...]
    has_draft: bool
    took_part_in: dict[str, int]
    """How many rows of each kind the trail connects with the person, for example {"report": 12, "loan": 1}."""


@dataclass(frozen=True, slots=True)
class Erased:
    accounts: int
    office_kept: bool
    """The person holds an office, or will: the roster keeps name and number."""


async def data_about(unit: Unit, person: Person) -> PersonalData:
    """To the person only, so the one who asks is the one it is about."""
    addresses = await _addresses(unit, person)
    subjects = await unit.session.scalars(select(AuditRow.subject).where(AuditRow.person_id == person.id).distinct())
    talk = await unit.session.get(Talk, person.id)
    return PersonalData(
        name=person.name,
        masked_phone=masked(person.phone) if person.phone else None,
        offices=tuple(Office.of(mandate) for mandate in person.mandates if mandate.revoked_at is None),
        places={code: await unit.session.get_one(Place, code)
                for code in {mandate.place_code for mandate in person.mandates}},
        accounts=tuple(Account(address.channel, address.bound_at, address.last_inbound_at) for address in addresses),
        has_draft=bool(talk and any(talk.data.values())),
        took_part_in=dict(Counter(subject.partition(":")[0] for subject in subjects)),
    )


async def erase_person(unit: Unit, person: Person) -> Erased:
    """The person's own wish. An answer that is still under way is sent; what waits to be told to the office is not."""
    addresses = await _addresses(unit, person)
    await _forget_talk(unit, person, [address.id for address in addresses])
    for address in addresses:
        address.person_id = address.bound_at = address.scoped_id = None
        # whoever writes again is told again who keeps what; the 24-hour window stays open for our last answer
        address.noticed_at = None
    in_office = any(not mandate.is_over(unit.today) for mandate in person.mandates)
    if not in_office:
        person.phone, person.erased_at = None, unit.now
    record(unit, person, "person.erased", f"person:{person.id}", accounts=len(addresses), office_kept=in_office)
    return Erased(len(addresses), in_office)


async def _forget_talk(unit: Unit, person: Person, address_ids: Sequence[int]) -> None:
    session = unit.session
    await session.execute(delete(Talk).where(Talk.lane.in_([person.id, *(-address_id for address_id in address_ids)])))
    await session.execute(update(Invitation).where(Invitation.person_id == person.id, Invitation.used_at.is_(None),
                                                   Invitation.expires_at > unit.now).values(expires_at=unit.now))
    # what is kept but not yet handled still needs its payload; the daily tick takes it later
    await session.execute(update(Inbound).where(Inbound.address_id.in_(address_ids), Inbound.state != InboundState.KEPT)
                          .values(payload=None, trouble=None))
    sent_to_them = Outgoing.address_id.in_(address_ids)
    await session.execute(update(Outgoing).where(
        sent_to_them, Outgoing.state == OutgoingState.QUEUED,
        Outgoing.kind.in_((Kind.NOTICE, Kind.REMINDER, Kind.BROADCAST)),
    ).values(state=OutgoingState.CANCELLED, settled_at=unit.now))
    await session.execute(update(Outgoing).where(
        sent_to_them, Outgoing.state.not_in((OutgoingState.QUEUED, OutgoingState.SENDING)),
    ).values(text=None, attachment=None, attachment_name=None))
    await session.execute(update(Offer).where(Offer.address_id.in_(address_ids), Offer.created_at < unit.now)
                          .values(facts={}, choices=[], expires_at=unit.now))
    await session.execute(delete(Attachment).where(Attachment.address_id.in_(address_ids), NOT_HANDED_IN)
                          .execution_options(synchronize_session=False))
    await drop_loose_files(unit)


async def _addresses(unit: Unit, person: Person) -> Sequence[Address]:
    return (await unit.session.scalars(
        select(Address).where(Address.person_id == person.id).order_by(Address.id))).all()
