"""Photos and documents by the hash of their content, and those still to be fetched from a platform."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from models.base import Base, Id, Moment, by_value

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes: what Telegram lets a bot download."""

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""What we take, and how the name of such a file ends."""


GENERIC = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/zip"})
"""What phones call a file whose kind they do not know."""


class Unfit(StrEnum):
    """Why a file cannot be taken, as far as its sender's own words about it tell. Its content is looked at later."""

    KIND = "kind"
    SIZE = "size"


def unfit(media_type: str | None, name: str | None, size: int | None) -> Unfit | None:
    if size is not None and size > LARGEST_FILE:
        return Unfit.SIZE
    _stem, dot, ending = (name or "").casefold().rpartition(".")
    known = media_type in ENDINGS or ending in {*ENDINGS.values(), "jpeg"}
    unnamed = (media_type or "") in GENERIC and not dot
    return None if known or unnamed else Unfit.KIND


class StoredFile(Base):
    """Bytes, once for every content, whoever sent them."""

    __tablename__ = "files"
    __table_args__ = (CheckConstraint(f"size BETWEEN 1 AND {LARGEST_FILE}", name="size_within_limit"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(Integer)
    stored_at: Mapped[datetime] = mapped_column(Moment)


class AttachmentState(StrEnum):
    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"


class Attachment(Base):
    """A photo or document that somebody sent: named in the turn, fetched by the worker afterwards."""

    __tablename__ = "attachments"
    __table_args__ = (CheckConstraint("(state = 'stored') = (sha256 IS NOT NULL)", name="stored_has_content"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    inbound_id: Mapped[int] = mapped_column(ForeignKey("inbound.id"))
    remote: Mapped[str] = mapped_column(String(500))
    """Telegram's file id, or Twilio's media URL."""
    name: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[AttachmentState] = mapped_column(by_value(AttachmentState), default=AttachmentState.WAITING)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("files.sha256"))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    retry_at: Mapped[datetime] = mapped_column(Moment)
    trouble: Mapped[str | None] = mapped_column(String(200))
