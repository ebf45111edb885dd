"""The trail of every business change: who, for which office, what, on which row, when, from which inbound row."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Facts, Id, Moment
from models.people import Mandate, Person
from models.seals import seal
from models.unit import Unit


class AuditRow(Base):
    """Written once, in the transaction of the change itself; triggers forbid UPDATE and DELETE."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """Nobody: the machine itself, or the operator at the command line."""
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))
    office: Mapped[str | None] = mapped_column(String(60))
    """The office as it was called then, for example `ketua 14.03.01.2020`; the mandate's row may be corrected later."""
    place_code: Mapped[str | None] = mapped_column(ForeignKey("places.code"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    """The row that changed, for example `loan:17`."""
    facts: Mapped[dict[str, Any]] = mapped_column(Facts)
    """JSON as it is. No phone number, no citizen's number."""
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))


AUDIT_SEAL = seal(cast(Table, AuditRow.__table__))


def record(unit: Unit, person: Person | None, action: str, subject: str, *, place_code: str | None = None,
           mandate: Mandate | None = None, **facts: Any) -> AuditRow:
    """Notes a change in the running transaction. The mandate says for which office, and where unless told otherwise."""
    row = AuditRow(
        at=unit.now,
        person_id=person.id if person else None,
        mandate_id=mandate.id if mandate else None,
        office=f"{mandate.role} {mandate.place_code}" if mandate else None,
        place_code=place_code or (mandate.place_code if mandate else None),
        action=action,
        subject=subject,
        facts=facts,
        inbound_id=unit.inbound_id,
    )
    unit.session.add(row)
    return row
