"""The double roles around a loan. They do not stop it; they must be seen by whoever reads the card."""

from collections.abc import Collection
from enum import StrEnum

from models.loans.loan import Loan
from models.people import OFFICERS, Mandate, Role


class Conflict(StrEnum):
    VILLAGE_HEAD_IS_SUPERVISOR = "village_head_is_supervisor"
    """By office the kepala desa leads the supervisors of the borrower."""
    REGENT_HEADS_TASK_FORCE = "regent_heads_task_force"
    APPROVER_IS_OFFICER = "approver_is_officer"
    """The one who decides also holds an office of the cooperative itself."""


OFFICES_OF_THE_BORROWER = OFFICERS | {Role.SUPERVISOR, Role.MANAGER}


def conflicts(loan: Loan, *, approver_mandates: Collection[Mandate], place_code: str) -> tuple[Conflict, ...]:
    """The double roles that must be shown, not hidden. The mandates are the approver's, of today."""
    found = []
    if loan.approver_role is Role.VILLAGE_HEAD:
        found.append(Conflict.VILLAGE_HEAD_IS_SUPERVISOR)
    if loan.approver_role is Role.REGENT:
        found.append(Conflict.REGENT_HEADS_TASK_FORCE)
    if any(m.place_code == place_code and m.role in OFFICES_OF_THE_BORROWER for m in approver_mandates):
        found.append(Conflict.APPROVER_IS_OFFICER)
    return tuple(found)
