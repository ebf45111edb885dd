"""A cooperative's request for a loan, its versions, and the one decision that each version gets."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Facts, Id, Moment, Rupiah, by_value, index_where
from models.cooperatives import Cooperative, Status
from models.loans.refusals import (
    AlreadyDecided,
    AmountAboveRequest,
    AmountNotPositive,
    NotReturned,
    NotYourDecision,
    OwnRequest,
    ReasonNeeded,
    VersionReplaced,
)
from models.loans.terms import Wish, approving_office, check_papers, check_steps, check_wish, gate
from models.people import Mandate, Office, Person, Role
from models.places import Place
from models.rules.bodies import LoanRules
from models.seals import seal
from models.unit import WIB


class LoanStatus(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({LoanStatus.SUBMITTED, LoanStatus.RETURNED})


class Verdict(StrEnum):
    APPROVED = "approved"
    DECLINED = "declined"
    RETURNED = "returned"


class LoanVersion(Base):
    """A request as it was filed, kept so that the trail shows what was decided."""

    __tablename__ = "loan_versions"
    __table_args__ = (CheckConstraint("version >= 1 AND rupiah > 0 AND tenor_months > 0", name="figures_positive"),)

    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rupiah: Mapped[int] = mapped_column(Rupiah)
    operational_rupiah: Mapped[int | None] = mapped_column(Rupiah)
    activity: Mapped[str] = mapped_column(String(40))
    tenor_months: Mapped[int] = mapped_column(Integer)
    bank: Mapped[str] = mapped_column(String(40))
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    filed_at: Mapped[datetime] = mapped_column(Moment)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"), unique=True)


class LoanDocument(Base):
    """A file that was handed in with a version."""

    __tablename__ = "loan_documents"
    __table_args__ = (ForeignKeyConstraint(["loan_id", "version"], ["loan_versions.loan_id", "loan_versions.version"]),)

    loan_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachments.id"), primary_key=True, autoincrement=False)


class LoanDecision(Base):
    """The one answer that a version got: by whom, in which office, when."""

    __tablename__ = "loan_decisions"
    __table_args__ = (
        UniqueConstraint("loan_id", "version"),
        ForeignKeyConstraint(["loan_id", "version"], ["loan_versions.loan_id", "loan_versions.version"]),
        index_where("verdict IN ('approved', 'declined')", "uq_loan_decisions_final", "loan_id", unique=True),
        CheckConstraint("(verdict = 'approved') = (rupiah IS NOT NULL)", name="approved_has_an_amount"),
        CheckConstraint("verdict = 'approved' OR reasons IS NOT NULL", name="a_no_has_reasons"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loans.id"))
    version: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[Verdict] = mapped_column(by_value(Verdict))
    rupiah: Mapped[int | None] = mapped_column(Rupiah)
    reasons: Mapped[list[str] | None] = mapped_column(Facts)
    by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"), unique=True)


VERSION_SEAL = seal(cast(Table, LoanVersion.__table__))
DECISION_SEAL = seal(cast(Table, LoanDecision.__table__))
"""What was asked and what was decided is written once; what follows from it stands on the loan."""


class Loan(Base):
    """A request that exactly one approver, the holder of the right office, settles exactly once.
    A returned one may be filed again as its next version; `decided_…` tells who settled the present version."""

    __tablename__ = "loans"
    __table_args__ = (
        CheckConstraint("rupiah > 0 AND tenor_months > 0 AND version >= 1", name="figures_positive"),
        CheckConstraint("operational_rupiah BETWEEN 0 AND rupiah", name="operational_within_request"),
        CheckConstraint("(status IN ('approved', 'declined', 'returned') AND decided_by_id IS NOT NULL"
                        " AND decided_mandate_id IS NOT NULL AND decided_at IS NOT NULL)"
                        " OR (status = 'submitted' AND decided_by_id IS NULL AND decided_at IS NULL)"
                        " OR status = 'withdrawn'", name="decided_has_a_decider"),
        CheckConstraint("decided_by_id != filed_by_id", name="never_by_the_filer"),
        CheckConstraint("(status = 'approved') = (decided_rupiah IS NOT NULL)", name="approved_has_an_amount"),
        CheckConstraint("decided_rupiah BETWEEN 1 AND rupiah", name="approved_within_request"),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_a_moment"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_has_a_person"),
        # two open requests, each under the ceiling, could pass it together
        index_where("status IN ('submitted', 'returned')", "uq_loans_open", "cooperative_id", unique=True),
        Index("ix_loans_approver", "approver_place_code", "approver_role", "status"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_sets.id"))
    status: Mapped[LoanStatus] = mapped_column(by_value(LoanStatus))
    version: Mapped[int] = mapped_column(Integer)
    rupiah: Mapped[int] = mapped_column(Rupiah)
    operational_rupiah: Mapped[int | None] = mapped_column(Rupiah)
    activity: Mapped[str] = mapped_column(String(40))
    tenor_months: Mapped[int] = mapped_column(Integer)
    bank: Mapped[str] = mapped_column(String(40))
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    filed_at: Mapped[datetime] = mapped_column(Moment)
    approver_role: Mapped[Role] = mapped_column(by_value(Role))
    approver_place_code: Mapped[str] = mapped_column(ForeignKey("places.code"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_rupiah: Mapped[int | None] = mapped_column(Rupiah)
    reasons: Mapped[list[str] | None] = mapped_column(Facts)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    cooperative: Mapped[Cooperative] = relationship(lazy="raise")
    versions: Mapped[list[LoanVersion]] = relationship(lazy="raise", order_by=LoanVersion.version)

    @property
    def approving_office(self) -> Office:
        return Office(self.approver_role, self.approver_place_code)

    @property
    def about(self) -> str:
        """The key of everything that is said while this version waits for its decision."""
        return f"decision:{self.id}:{self.version}"

    @classmethod
    def file(cls, wish: Wish, *, cooperative: Cooperative, place: Place, status: Status | None, rules: LoanRules,
             rule_set_id: int, by: Person, at: datetime, enclosed: int, approved_before: int = 0,
             inbound_id: int | None = None) -> "Loan":
        gate(status, rules)
        check_wish(wish, rules, approved_before=approved_before)
        check_papers(status, rules, enclosed=enclosed)
        office = approving_office(place, rules)
        loan = cls(cooperative_id=cooperative.id, cooperative=cooperative, rule_set_id=rule_set_id,
                   status=LoanStatus.SUBMITTED, approver_role=office.role, approver_place_code=office.place_code,
                   versions=[])
        loan._write(wish, version=1, by=by, at=at, inbound_id=inbound_id)
        return loan

    def amend(self, wish: Wish, *, status: Status | None, rules: LoanRules, by: Person, at: datetime, enclosed: int,
              approved_before: int = 0, inbound_id: int | None = None) -> None:
        """Filed again after it was returned, under the rules of its first filing."""
        if self.status is not LoanStatus.RETURNED:
            raise NotReturned(self.status)
        gate(status, rules)
        check_wish(wish, rules, approved_before=approved_before)
        check_papers(status, rules, enclosed=enclosed)
        self.status = LoanStatus.SUBMITTED
        self.decided_by_id = self.decided_mandate_id = self.decided_at = self.reasons = None
        self._write(wish, version=self.version + 1, by=by, at=at, inbound_id=inbound_id)

    def decide(self, *, by: Person, mandate: Mandate | None, version: int, verdict: Verdict, rules: LoanRules,
               at: datetime, rupiah: int | None = None, reasons: Sequence[str] = (),
               inbound_id: int | None = None) -> LoanDecision:
        """`mandate` is the one that binds the approving office now, whoever presses."""
        if not self._binds(mandate, by, at):
            raise NotYourDecision(self.approver_role, self.approver_place_code)
        if by.id == self.filed_by_id or any(by.id == filed.filed_by_id for filed in self.versions):
            raise OwnRequest
        if version != self.version:
            raise VersionReplaced(version, self.version)
        if self.status is not LoanStatus.SUBMITTED:
            raise self._already_decided()
        if verdict is Verdict.APPROVED:
            check_steps(rules)
        said = [reason.strip() for reason in reasons if reason.strip()]
        granted = self._granted(verdict, rupiah)
        if not said and (verdict is not Verdict.APPROVED or granted != self.rupiah):
            raise ReasonNeeded(verdict)
        assert mandate is not None
        self.status, self.decided_rupiah, self.reasons = LoanStatus(verdict.value), granted, said or None
        self.decided_by_id, self.decided_mandate_id, self.decided_at = by.id, mandate.id, at
        return LoanDecision(loan_id=self.id, version=version, verdict=verdict, rupiah=granted, reasons=said or None,
                            by_id=by.id, mandate_id=mandate.id, at=at, inbound_id=inbound_id)

    def check_withdrawal(self, version: int) -> None:
        if version != self.version:
            raise VersionReplaced(version, self.version)
        if self.status not in OPEN:
            raise self._already_decided()

    def withdraw(self, *, by: Person, version: int, at: datetime) -> None:
        self.check_withdrawal(version)
        self.status, self.withdrawn_by_id, self.withdrawn_at = LoanStatus.WITHDRAWN, by.id, at

    def _write(self, wish: Wish, *, version: int, by: Person, at: datetime, inbound_id: int | None) -> None:
        figures = {"version": version, "rupiah": wish.rupiah, "operational_rupiah": wish.operational_rupiah,
                   "activity": wish.activity, "tenor_months": wish.tenor_months, "bank": wish.bank,
                   "filed_by_id": by.id, "filed_at": at}
        for name, value in figures.items():
            setattr(self, name, value)
        self.versions.append(LoanVersion(**figures, inbound_id=inbound_id))

    def _binds(self, mandate: Mandate | None, by: Person, at: datetime) -> bool:
        return (mandate is not None and mandate.person_id == by.id
                and (mandate.role, mandate.place_code) == (self.approver_role, self.approver_place_code)
                and mandate.holds_on(at.astimezone(WIB).date()))

    def _granted(self, verdict: Verdict, rupiah: int | None) -> int | None:
        if verdict is not Verdict.APPROVED:
            return None
        granted = self.rupiah if rupiah is None else rupiah
        if granted <= 0:
            raise AmountNotPositive(granted)
        if granted > self.rupiah:
            raise AmountAboveRequest(granted, self.rupiah)
        return granted

    def _already_decided(self) -> AlreadyDecided:
        if self.status is LoanStatus.WITHDRAWN:
            return AlreadyDecided(self.status, self.withdrawn_by_id, self.withdrawn_at)
        return AlreadyDecided(self.status, self.decided_by_id, self.decided_at)
