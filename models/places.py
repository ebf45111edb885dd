"""The regency, its 11 kecamatan and their 155 desa and kelurahan, by Kemendagri code."""

from enum import StrEnum

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, by_value

REGENCY = "14.03"


class PlaceKind(StrEnum):
    REGENCY = "kabupaten"
    DISTRICT = "kecamatan"
    VILLAGE = "desa"
    WARD = "kelurahan"


class Place(Base):
    __tablename__ = "places"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    """Kemendagri: 14.03 kabupaten, 14.03.01 kecamatan, 14.03.01.2005 desa or kelurahan."""
    kind: Mapped[PlaceKind] = mapped_column(by_value(PlaceKind))
    name: Mapped[str] = mapped_column(String(80))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"), index=True)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)


def within(code: str, area: str) -> bool:
    """Whether a place lies in an area; a code contains those of all areas around it."""
    return code == area or code.startswith(area + ".")
