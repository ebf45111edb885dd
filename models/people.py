"""Persons, the addresses at which they are reached, and the offices they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Moment, by_value, index_where


class Role(StrEnum):
    """The `peran` of the roster file."""

    CHAIR = "ketua"
    DEPUTY_BUSINESS = "wakil_usaha"
    DEPUTY_MEMBERS = "wakil_anggota"
    SECRETARY = "sekretaris"
    TREASURER = "bendahara"
    SUPERVISOR = "pengawas"
    MANAGER = "pengelola"
    VILLAGE_HEAD = "kepala_desa"
    VILLAGE_SECRETARY = "sekretaris_desa"
    VILLAGE_COUNCIL = "bpd"
    WARD_HEAD = "lurah"
    REGENT = "bupati"
    REGENT_STAFF = "staf_bupati"
    TASK_FORCE_DISTRICT = "satgas_kecamatan"
    TASK_FORCE_REGENCY = "satgas_kabupaten"
    ASSISTANT = "pendamping"
    INSPECTORATE = "inspektorat"
    OBSERVER = "peninjau"


OFFICERS = frozenset({Role.CHAIR, Role.DEPUTY_BUSINESS, Role.DEPUTY_MEMBERS, Role.SECRETARY, Role.TREASURER})


class Standing(StrEnum):
    """The `status` of a mandate. A Pj. decides as the definitive holder; Plt. and Plh. displace him for their dates."""

    DEFINITIVE = "definitif"
    INTERIM = "pj"
    ACTING = "plt"
    ACTING_FOR_DAYS = "plh"


DISPLACING = frozenset({Standing.ACTING, Standing.ACTING_FOR_DAYS})


class Channel(StrEnum):
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"


class AddressKind(StrEnum):
    TELEGRAM_USER = "telegram_user"
    PHONE = "phone"
    BUSINESS_SCOPED = "bsuid"


class Mandate(Base):
    """One person's office at one place from day to day; ended ones stay, so that every decision can be traced."""

    __tablename__ = "mandates"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "place_code", "begins"),
        CheckConstraint("ends IS NULL OR ends >= begins", name="ends_after_it_begins"),
        Index("ix_mandates_place_code_role", "place_code", "role"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[Role] = mapped_column(by_value(Role))
    place_code: Mapped[str] = mapped_column(ForeignKey("places.code"))
    standing: Mapped[Standing] = mapped_column(by_value(Standing), default=Standing.DEFINITIVE)
    begins: Mapped[date] = mapped_column(Date)
    ends: Mapped[date | None] = mapped_column(Date)
    decree: Mapped[str | None] = mapped_column(String(120))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    """Taken back before a day in office was over: it counts on no day at all."""

    def holds_on(self, day: date) -> bool:
        return self.begins <= day and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        return self.revoked_at is not None or (self.ends is not None and self.ends < day)


@dataclass(frozen=True, slots=True)
class Office:
    """A role at a place, whoever holds it."""

    role: Role
    place_code: str


class Person(Base):
    """Somebody with offices. One person may be reached at several addresses and keeps one conversation across them."""

    __tablename__ = "persons"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    """The roster number, E.164."""
    salutation: Mapped[str | None] = mapped_column(String(10))
    """The `sapaan` of the roster, «Bapak» or «Ibu»; who is addressed without it is «Bapak/Ibu»."""
    locale: Mapped[str] = mapped_column(String(5), default="id")
    example: Mapped[bool] = mapped_column(Boolean, default=False)
    """DATA CONTOH: never to meet real people (design §3, invariant 12)."""
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    mandates: Mapped[list[Mandate]] = relationship(lazy="raise", order_by=Mandate.id)

    def mandates_on(self, day: date) -> list[Mandate]:
        return [mandate for mandate in self.mandates if mandate.holds_on(day)]


class Address(Base):
    """Where a person is reached: a Telegram account, a WhatsApp number or a scoped id. Unbound until enrolled."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("channel", "value"),
        index_where("leaving_at IS NOT NULL", "ix_addresses_leaving", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[Channel] = mapped_column(by_value(Channel))
    kind: Mapped[AddressKind] = mapped_column(by_value(AddressKind))
    value: Mapped[str] = mapped_column(String(160))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    bound_at: Mapped[datetime | None] = mapped_column(Moment)
    last_inbound_at: Mapped[datetime | None] = mapped_column(Moment)
    """Opens WhatsApp's 24-hour window; on Telegram the last sign of life."""
    unreachable_since: Mapped[datetime | None] = mapped_column(Moment)
    unreachable_reason: Mapped[str | None] = mapped_column(String(200))
    quiet_until: Mapped[datetime | None] = mapped_column(Moment)
    """Real time: until then the platform takes nothing more for this one."""
    opted_out_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when nothing is to come here by itself: no reminder, no broadcast. Decisions and answers still come."""
    opted_out_by: Mapped[str | None] = mapped_column(String(20))
    """How it was said: the word that was typed, or the platform's own sign."""
    noticed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the privacy notice was first given here."""
    scoped_id: Mapped[str | None] = mapped_column(String(160), index=True)
    """WhatsApp: the business-scoped id of whoever wrote last, as `phones.scoped_id` writes it. Numbers are given to
    others; with them it changes."""
    doubted_id: Mapped[str | None] = mapped_column(String(160))
    """Another such id that wrote from an office-holder's number. Until somebody says whose it is, nobody is known
    here (`models/doubting.py`)."""
    wrong_codes: Mapped[int] = mapped_column(Integer, default=0)
    leaving_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when it is to be forgotten: as soon as our last answer has left, the number or account goes too."""


LANE = func.coalesce(Address.person_id, -Address.id)
"""A person's updates are handled one at a time, on whatever channel they come; those of an address while nobody is
bound to it likewise. This number orders turns, locks them and keys the talk; here as the store reads it."""


def lane_of(address: Address) -> int:
    """The same of an address in hand."""
    return address.person_id or strangers_lane(address.id)


def strangers_lane(address_id: int) -> int:
    """Of the address itself: of nobody, or of somebody else than its holder."""
    return -address_id


class Invitation(Base):
    """A code that proves, together with the roster number, that a WhatsApp sender is the person. One use."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))


def binding_mandate(mandates: Iterable[Mandate], day: date) -> Mandate | None:
    """Who holds an office that only one may hold, of all mandates for it: a Plt. or Plh. displaces the definitive
    holder for his dates; of two of the same rank the one who began last."""
    today = [mandate for mandate in mandates if mandate.holds_on(day)]
    return max(today, key=lambda m: (m.standing in DISPLACING, m.begins, m.id), default=None)
