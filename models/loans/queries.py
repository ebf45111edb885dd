"""Loans as they are asked about: mine to decide, my cooperative's, and how many stand where."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from models.access import Action, areas, may, require
from models.cooperatives import Cooperative
from models.loans.loan import Loan, LoanStatus
from models.people import Mandate, Person, binding_mandate
from models.places import Place, PlaceKind, within
from models.queries.cooperatives import inside
from models.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class LoanStages:
    """Requests by where they stand, desa and kelurahan apart, and those that wait, the oldest first."""

    villages: Counter[LoanStatus]
    wards: Counter[LoanStatus]
    approved_rupiah: int
    waiting: tuple[Loan, ...]


@dataclass(frozen=True, slots=True)
class LoanTold:
    """One request with whoever settled it or took it back, and in which office it was settled."""

    loan: Loan
    by: Person | None
    mandate: Mandate | None


def _loans() -> Select[Loan]:
    return (select(Loan).join(Loan.cooperative)
            .options(contains_eager(Loan.cooperative).joinedload(Cooperative.place, innerjoin=True)))


async def find_loan(session: AsyncSession, person: Person, loan_id: int, *, on: date) -> Loan | None:
    """None for one that there is not, and for one that is not theirs to see: nobody learns which."""
    loan = (await session.scalars(_loans().where(Loan.id == loan_id))).one_or_none()
    return loan if loan and may(person, Action.LOAN_VIEW, loan.cooperative.place_code, on=on) else None


async def load_loan(session: AsyncSession, person: Person, loan_id: int, *, on: date) -> Loan:
    """With its cooperative and place; for those who may see it, and for whom it waits."""
    loan = (await session.scalars(_loans().where(Loan.id == loan_id))).one()
    require(person, Action.LOAN_VIEW, loan.cooperative.place_code, on=on)
    return loan


async def loans_waiting_for(session: AsyncSession, person: Person, *, on: date) -> Sequence[Loan]:
    """Those whose office this person holds in a way that binds today, the oldest first."""
    mine = {(m.role, m.place_code) for m in person.mandates_on(on)}
    if not mine:
        return []
    held = (await session.scalars(
        select(Mandate).where(tuple_(Mandate.role, Mandate.place_code).in_(sorted(mine))))).all()
    binding = [office for office in sorted(mine)
               if (m := binding_mandate((m for m in held if (m.role, m.place_code) == office), on)) is not None
               and m.person_id == person.id]
    if not binding:
        return []
    return (await session.scalars(
        _loans().where(Loan.status == LoanStatus.SUBMITTED,
                       tuple_(Loan.approver_role, Loan.approver_place_code).in_(binding))
        .order_by(Loan.filed_at, Loan.id))).all()


async def loans_of(session: AsyncSession, person: Person, cooperative: Cooperative, *, on: date) -> Sequence[Loan]:
    """The newest first."""
    require(person, Action.LOAN_VIEW, cooperative.place_code, on=on)
    return (await session.scalars(
        _loans().where(Loan.cooperative_id == cooperative.id).order_by(Loan.id.desc()))).all()


async def loan_stages(session: AsyncSession, person: Person, *, on: date, area: str | None = None) -> LoanStages:
    reached = _reached(person, on=on, area=area)
    counted = (await session.execute(
        select(Place.kind, Loan.status, func.count(), func.sum(Loan.decided_rupiah))
        .join(Cooperative, Cooperative.id == Loan.cooperative_id).join(Place, Place.code == Cooperative.place_code)
        .where(inside(Cooperative.place_code, reached)).group_by(Place.kind, Loan.status))).all()
    waiting = (await session.scalars(
        _loans().where(Loan.status == LoanStatus.SUBMITTED, inside(Cooperative.place_code, reached))
        .order_by(Loan.filed_at, Loan.id))).all()
    by_kind = {kind: Counter({status: n for k, status, n, _ in counted if k is kind}) for kind in PlaceKind}
    return LoanStages(by_kind[PlaceKind.VILLAGE], by_kind[PlaceKind.WARD],
                      sum(int(rupiah or 0) for *_, rupiah in counted), tuple(waiting))


async def loans_by_name(session: AsyncSession, person: Person, status: LoanStatus, *, on: date,
                        area: str | None = None) -> Sequence[LoanTold]:
    """What waits, the oldest first; what was settled, the newest first."""
    settled = func.coalesce(Loan.withdrawn_at, Loan.decided_at)
    rows = await session.execute(
        _loans().add_columns(Person, Mandate)
        .outerjoin(Person, Person.id == func.coalesce(Loan.withdrawn_by_id, Loan.decided_by_id))
        .outerjoin(Mandate, and_(Mandate.id == Loan.decided_mandate_id, Loan.withdrawn_at.is_(None)))
        .where(Loan.status == status, inside(Cooperative.place_code, _reached(person, on=on, area=area)))
        .order_by(*([Loan.filed_at, Loan.id] if status is LoanStatus.SUBMITTED else [settled.desc(), Loan.id.desc()])))
    return [LoanTold(loan, by, mandate) for loan, by, mandate in rows]


def _reached(person: Person, *, on: date, area: str | None) -> frozenset[str]:
    reached = areas(person, Action.LOAN_VIEW, on=on)
    if area is not None:
        reached = frozenset({area}) if any(within(area, seen) for seen in reached) else frozenset()
    if not reached:
        raise NotAllowed(Action.LOAN_VIEW, area)
    return reached
