"""The 155 cooperatives, and what is known of each one today."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Facts, Id, Moment, by_value
from models.files import Attachment
from models.places import Place


class Premises(StrEnum):
    OWNED = "milik_sendiri"
    LENT_BY_VILLAGE = "pinjam_pakai_aset_desa"
    LENT_BY_REGENCY = "pinjam_pakai_aset_pemkab"
    RENTED = "sewa"
    SHARED = "menumpang"
    NONE_YET = "belum_ada"


class Outlet(StrEnum):
    GROCERIES = "SEMBAKO"
    PHARMACY = "APOTEK"
    CLINIC = "KLINIK"
    OFFICE = "KANTOR"
    SAVINGS_AND_LOANS = "SIMPAN_PINJAM"
    COLD_STORAGE = "GUDANG_COLD_STORAGE"
    LOGISTICS = "LOGISTIK"
    COOKING_GAS = "LPG3KG"
    FERTILISER = "PUPUK"
    BANK_AGENT = "LAKU_PANDAI"
    OTHER = "LAINNYA"


class OutletState(StrEnum):
    NOT_YET = "belum"
    PREPARING = "persiapan"
    OPEN = "buka"
    CLOSED_FOR_NOW = "tutup_sementara"
    CLOSED = "tutup"


class Cooperative(Base):
    """One per desa and kelurahan."""

    __tablename__ = "cooperatives"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    place_code: Mapped[str] = mapped_column(ForeignKey("places.code"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    place: Mapped[Place] = relationship(lazy="raise")


class Status(Base):
    """What a cooperative last said of itself, each figure with its own date. NULL is never said, False is not yet."""

    __tablename__ = "statuses"
    __table_args__ = (
        CheckConstraint("(microsite_registered IS NULL) = (microsite_at IS NULL)", name="microsite_has_a_date"),
        CheckConstraint("(premises IS NULL) = (premises_at IS NULL)", name="premises_have_a_date"),
        CheckConstraint("(sphp_kg IS NULL) = (sphp_at IS NULL)", name="sphp_has_a_date"),
        CheckConstraint("sphp_kg >= 0 AND sphp_price > 0 AND sphp_stock_kg >= 0", name="sphp_makes_sense"),
    )

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True, autoincrement=False)
    microsite_registered: Mapped[bool | None] = mapped_column(Boolean)
    microsite_since: Mapped[date | None] = mapped_column(Date)
    microsite_updated: Mapped[date | None] = mapped_column(Date)
    microsite_reason: Mapped[str | None] = mapped_column(Text)
    """An obstacle's code, or the officer's own words."""
    microsite_at: Mapped[datetime | None] = mapped_column(Moment)
    premises: Mapped[Premises | None] = mapped_column(by_value(Premises))
    premises_photo_id: Mapped[int | None] = mapped_column(ForeignKey(Attachment.id))
    premises_location: Mapped[dict[str, float] | None] = mapped_column(Facts)
    premises_at: Mapped[datetime | None] = mapped_column(Moment)
    outlets: Mapped[dict[str, str] | None] = mapped_column(Facts)
    outlets_at: Mapped[datetime | None] = mapped_column(Moment)
    sphp_kg: Mapped[int | None] = mapped_column(Integer)
    sphp_price: Mapped[int | None] = mapped_column(Integer)
    """Rupiah per kilogram."""
    sphp_stock_kg: Mapped[int | None] = mapped_column(Integer)
    sphp_at: Mapped[datetime | None] = mapped_column(Moment)
    obstacles: Mapped[list[str] | None] = mapped_column(Facts)
    obstacles_note: Mapped[str | None] = mapped_column(Text)
    obstacles_at: Mapped[datetime | None] = mapped_column(Moment)
    papers: Mapped[dict[str, bool] | None] = mapped_column(Facts)
    papers_at: Mapped[datetime | None] = mapped_column(Moment)
    last_report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    last_report_week: Mapped[date | None] = mapped_column(Date, index=True)
    last_report_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def open_outlets(self) -> list[str]:
        return [outlet for outlet, state in (self.outlets or {}).items() if state == OutletState.OPEN]

    def take(self, facts: Mapping[str, Any], *, at: datetime) -> None:
        """The newest word counts. A topic that was not touched keeps its figure and its older date."""
        if facts.get("microsite_registered") is not None:
            self.microsite_registered = facts["microsite_registered"]
            self.microsite_since = _day(facts.get("microsite_since"))
            self.microsite_updated = _day(facts.get("microsite_updated"))
            self.microsite_reason = facts.get("microsite_reason")
            self.microsite_at = at
        if facts.get("premises") is not None:
            self.premises, self.premises_at = Premises(facts["premises"]), at
            self.premises_photo_id = facts.get("premises_photo")
            self.premises_location = facts.get("premises_location")
        if facts.get("outlets") is not None:
            # one outlet may be told without the others
            self.outlets, self.outlets_at = {**(self.outlets or {}), **facts["outlets"]}, at
        if facts.get("sphp_kg") is not None:
            self.sphp_kg, self.sphp_at = facts["sphp_kg"], at
            self.sphp_price, self.sphp_stock_kg = facts.get("sphp_price"), facts.get("sphp_stock_kg")
        if facts.get("obstacles") is not None:
            self.obstacles, self.obstacles_at = list(facts["obstacles"]["codes"]), at
            self.obstacles_note = facts["obstacles"].get("note")

    def take_papers(self, papers: Mapping[str, bool], *, at: datetime) -> None:
        self.papers, self.papers_at = {**(self.papers or {}), **papers}, at


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
