"""What a rule set lets a cooperative ask for, and whom it must ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from models.cooperatives import Status
from models.loans.refusals import (
    ActivityNotAllowed,
    AmountNotPositive,
    BankNotAllowed,
    NoMicrosite,
    OverCeiling,
    OverOperationalCeiling,
    PapersMissing,
    StepsNeeded,
    TenorTooLong,
)
from models.people import Office, Role
from models.places import REGENCY, Place
from models.rules.bodies import LoanRules

PROPOSAL: Final = "proposal"
"""The one paper that is not only said to be there: it comes with the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the cooperative asks for."""

    rupiah: int
    activity: str
    tenor_months: int
    bank: str
    operational_rupiah: int | None = None


def approving_office(place: Place, rules: LoanRules) -> Office:
    """A desa's own kepala desa, a kelurahan's Bupati: the rule set says which role, the role says where it sits."""
    role = rules.approvers[place.kind]
    return Office(role, REGENCY if role is Role.REGENT else place.code)


def gate(status: Status | None, rules: LoanRules) -> None:
    """Microsite registration is the gate to every loan; silence about it does not open it."""
    if not rules.microsite_gate or (status is not None and status.microsite_registered):
        return
    if status is None:
        raise NoMicrosite(None, None)
    raise NoMicrosite(status.microsite_registered, status.microsite_reason)


def check_wish(wish: Wish, rules: LoanRules, *, approved_before: int = 0) -> None:
    if wish.rupiah <= 0:
        raise AmountNotPositive(wish.rupiah)
    if wish.rupiah + approved_before > rules.ceiling_rupiah:
        raise OverCeiling(wish.rupiah, rules.ceiling_rupiah, approved_before)
    if wish.operational_rupiah is not None:
        if wish.operational_rupiah < 0:
            raise AmountNotPositive(wish.operational_rupiah)
        if wish.operational_rupiah > min(wish.rupiah, rules.operational_ceiling_rupiah):
            raise OverOperationalCeiling(wish.operational_rupiah, min(wish.rupiah, rules.operational_ceiling_rupiah))
    if not 1 <= wish.tenor_months <= rules.longest_tenor_months:
        raise TenorTooLong(wish.tenor_months, rules.longest_tenor_months)
    if wish.bank not in rules.banks:
        raise BankNotAllowed(wish.bank, tuple(rules.banks))
    if wish.activity not in rules.activities:
        raise ActivityNotAllowed(wish.activity, tuple(rules.activities))


def missing_papers(status: Status | None, rules: LoanRules, *, blocking: bool) -> tuple[str, ...]:
    """The papers of the rule set that are not there: those that block the filing, or those that only warn."""
    there: Mapping[str, bool] = (status and status.papers) or {}
    return tuple(paper.code for paper in rules.papers if paper.blocks is blocking and there.get(paper.code) is not True)


def check_papers(status: Status | None, rules: LoanRules, *, enclosed: int) -> None:
    """`enclosed`: how many files come with the request. Where the proposal is needed, one of them must be it, whatever
    was said of it."""
    missing = missing_papers(status, rules, blocking=True)
    if not enclosed and PROPOSAL not in missing and any(
            paper.code == PROPOSAL and paper.blocks for paper in rules.papers):
        missing += (PROPOSAL,)
    if missing:
        raise PapersMissing(missing)


def check_steps(rules: LoanRules) -> None:
    """A rule set that asks for more than a press is not to be satisfied by a press."""
    asked = (("minutes", rules.minutes_required), ("pin", rules.pin_required))
    if steps := tuple(step for step, required in asked if required):
        raise StepsNeeded(steps)
