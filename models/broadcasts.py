"""What the task force says to many at once, and to whom it was said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Moment, by_value
from models.cooperatives import Status
from models.people import OFFICERS, Role
from models.places import Place, PlaceKind, within
from models.refusals import NotAllowed, Refusal

LONGEST_BROADCAST = 1_400
"""One bubble of the narrowest channel holds 1,600 characters; the heading and the sender need the rest."""
READERS = OFFICERS | {Role.VILLAGE_HEAD, Role.WARD_HEAD}
"""Who hears what is said to a village."""


class NothingToSay(Refusal):
    """An empty text."""


class TextTooLong(Refusal):
    def __init__(self, length: int, longest: int) -> None:
        super().__init__(length, longest)
        self.length, self.longest = length, longest


class NobodyToTell(Refusal):
    """No village fits the segment, or nobody there holds an office."""


class SegmentKind(StrEnum):
    ALL = "all"
    DISTRICT = "district"
    VILLAGES = "villages"
    WARDS = "wards"
    NOT_IN_MICROSITE = "not_in_microsite"
    """Who said "not yet"; who said nothing is among those who have not reported."""
    NOT_REPORTED = "not_reported"
    """Nothing this week."""


@dataclass(frozen=True, slots=True)
class Segment:
    kind: SegmentKind
    district: str | None = None
    """A kecamatan's code; with the other kinds it narrows them."""

    def __post_init__(self) -> None:
        if self.kind is SegmentKind.DISTRICT and self.district is None:
            raise ValueError("which kecamatan?")

    def contains(self, place: Place, status: Status | None, *, week: date) -> bool:
        if self.district is not None and not within(place.code, self.district):
            return False
        match self.kind:
            case SegmentKind.ALL | SegmentKind.DISTRICT:
                return True
            case SegmentKind.VILLAGES:
                return place.kind is PlaceKind.VILLAGE
            case SegmentKind.WARDS:
                return place.kind is PlaceKind.WARD
            case SegmentKind.NOT_IN_MICROSITE:
                return status is not None and status.microsite_registered is False
            case SegmentKind.NOT_REPORTED:
                return status is None or status.last_report_week is None or status.last_report_week < week

    def check_within(self, reached: Collection[str]) -> None:
        """Nobody speaks to a kecamatan that is not theirs."""
        if not reached or (self.district and not any(within(self.district, area) for area in reached)):
            raise NotAllowed(self.kind, self.district)


class Broadcast(Base):
    """Written once for one draft, however often «Kirim» is pressed."""

    __tablename__ = "broadcasts"
    __table_args__ = (
        CheckConstraint("segment != 'district' OR district_code IS NOT NULL", name="district_is_named"),
        CheckConstraint(f"length(text) BETWEEN 1 AND {LONGEST_BROADCAST}", name="text_fits"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"))
    segment: Mapped[SegmentKind] = mapped_column(by_value(SegmentKind))
    district_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the last of its messages had gone out or failed, and the sender was told."""
    draft_key: Mapped[str] = mapped_column(String(60), unique=True)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"), unique=True)

    @property
    def about(self) -> str:
        return f"broadcast:{self.id}"

    @property
    def progress_about(self) -> str:
        """What its sender is told of how far it came."""
        return progress_about(self.id)


class Recipient(Base):
    """Who was to hear it, and where; without an address it is told to the sender by name."""

    __tablename__ = "recipients"

    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, autoincrement=False)
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))


def draft_about(draft_key: str) -> str:
    """The previews of one draft, so that all of them lose their buttons when it is sent."""
    return f"draft:{draft_key}"


def progress_about(broadcast_id: int) -> str:
    return f"broadcast_progress:{broadcast_id}"


def broadcast_key(broadcast_id: int, person_id: int) -> str:
    """The `unique_key` of the row that tells this person."""
    return f"broadcast:{broadcast_id}:{person_id}"


def fitting(text: str) -> str:
    said = text.strip()
    if not said:
        raise NothingToSay
    if len(said) > LONGEST_BROADCAST:
        raise TextTooLong(len(said), LONGEST_BROADCAST)
    return said
