"""What the store knows of a person (/dataku), and letting go of it (/hapus): H8, R36.

The basis is the public duty of the programme (UU 27/2022 Pasal 20), not consent. So what somebody did in an office
stays: name and office on business rows and in the trail, for as long as those are kept, because decisions on public
money must be traceable. What belongs only to the talk goes at once (Pasal 8 and 43): accounts, open drafts, what was
said and what was received. Somebody who holds an office stays on the roster with the number that the Dinas entered, and
may enrol again; after the last office the number goes too. What becomes of each column that names a person stands in
`docs/privacy.md`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select, update

from models.audit import AuditRow, record
from models.leaving import forget_talk
from models.people import Address, Channel, Invitation, Mandate, Person, Role, Standing
from models.phones import masked
from models.places import Place
from models.post import Talk
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
    await unit.session.execute(delete(Talk).where(Talk.lane == person.id))
    await _end_invitations(unit, Invitation.person_id == person.id)
    for address in addresses:
        await _leave(unit, address)
    in_office = any(not mandate.is_over(unit.today) for mandate in person.mandates)
    if not in_office:
        person.phone = person.salutation = None
        person.erased_at = unit.now
    record(unit, person, "person.erased", f"person:{person.id}", accounts=len(addresses), office_kept=in_office)
    return Erased(len(addresses), in_office)


async def erase_stranger(unit: Unit, address: Address) -> None:
    """The wish of somebody whom no list knows, or who did not say yet who they are."""
    if address.wrong_codes:
        # or whoever guesses would have five guesses again
        its_holder = select(Person.id).where(Person.phone == address.value)
        await _end_invitations(unit, Invitation.person_id.in_(its_holder))
    await _leave(unit, address)
    record(unit, None, "address.erased", f"address:{address.id}")


async def _leave(unit: Unit, address: Address) -> None:
    await forget_talk(unit, [address.id], at=unit.now)
    address.person_id = address.bound_at = address.scoped_id = address.doubted_id = None
    # whoever writes again before it is gone is told again who keeps what
    address.noticed_at, address.leaving_at = None, unit.now


async def _end_invitations(unit: Unit, whose: ColumnElement[bool]) -> None:
    await unit.session.execute(update(Invitation).where(whose, Invitation.used_at.is_(None),
                                                        Invitation.expires_at > unit.now).values(expires_at=unit.now))


async def _addresses(unit: Unit, person: Person) -> Sequence[Address]:
    return (await unit.session.scalars(
        select(Address).where(Address.person_id == person.id).order_by(Address.id))).all()
