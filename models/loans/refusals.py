"""Everything that a loan may be refused for, with the facts that the sentence needs."""

from datetime import datetime
from enum import StrEnum

from models.incidents import IncidentKind
from models.refusals import Refusal


class LoanRefusal(Refusal):
    """Kept apart so that one `case` can catch what nobody wrote a sentence for."""


class LoansSuspended(LoanRefusal):
    """No rule set for loans is in force, or the task force switched loans off; `why` is its sentence."""

    def __init__(self, why: str | None = None) -> None:
        super().__init__(why)
        self.why = why


class OnlyTheChairFiles(LoanRefusal):
    """Any officer may prepare a request; only the ketua hands it in or takes it back."""


class NoMicrosite(LoanRefusal):
    def __init__(self, registered: bool | None, reason: str | None) -> None:
        super().__init__(registered, reason)
        self.registered, self.reason = registered, reason


class LoanStillOpen(LoanRefusal):
    def __init__(self, loan_id: int, status: StrEnum) -> None:
        super().__init__(loan_id, status)
        self.loan_id, self.status = loan_id, status


class AmountNotPositive(LoanRefusal):
    def __init__(self, rupiah: int) -> None:
        super().__init__(rupiah)
        self.rupiah = rupiah


class OverCeiling(LoanRefusal):
    """`taken` is what was approved for the cooperative before."""

    def __init__(self, rupiah: int, ceiling: int, taken: int = 0) -> None:
        super().__init__(rupiah, ceiling, taken)
        self.rupiah, self.ceiling, self.taken = rupiah, ceiling, taken


class OverOperationalCeiling(LoanRefusal):
    def __init__(self, rupiah: int, ceiling: int) -> None:
        super().__init__(rupiah, ceiling)
        self.rupiah, self.ceiling = rupiah, ceiling


class TenorTooLong(LoanRefusal):
    def __init__(self, months: int, longest: int) -> None:
        super().__init__(months, longest)
        self.months, self.longest = months, longest


class BankNotAllowed(LoanRefusal):
    def __init__(self, bank: str, banks: tuple[str, ...]) -> None:
        super().__init__(bank, banks)
        self.bank, self.banks = bank, banks


class ActivityNotAllowed(LoanRefusal):
    def __init__(self, activity: str, activities: tuple[str, ...]) -> None:
        super().__init__(activity, activities)
        self.activity, self.activities = activity, activities


class PapersMissing(LoanRefusal):
    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(codes)
        self.codes = codes


class DocumentUnknown(LoanRefusal):
    """A file that this person did not send."""


class NotYourDecision(LoanRefusal):
    """Only the holder of this office decides."""

    incident = IncidentKind.DECISION

    def __init__(self, role: StrEnum, place_code: str) -> None:
        super().__init__(role, place_code)
        self.role, self.place_code = role, place_code


class OwnRequest(LoanRefusal):
    """Who filed a request never decides it, whatever office came later."""

    incident = IncidentKind.DECISION


class VersionReplaced(LoanRefusal):
    def __init__(self, version: int, current: int) -> None:
        super().__init__(version, current)
        self.version, self.current = version, current


class AlreadyDecided(LoanRefusal):
    """`by_id` tells a second press of the same hand from the press of another."""

    def __init__(self, status: StrEnum, by_id: int | None = None, at: datetime | None = None) -> None:
        super().__init__(status, by_id, at)
        self.status, self.by_id, self.at = status, by_id, at


class NotReturned(LoanRefusal):
    """Only a returned request can be changed."""

    def __init__(self, status: StrEnum) -> None:
        super().__init__(status)
        self.status = status


class AmountAboveRequest(LoanRefusal):
    def __init__(self, rupiah: int, requested: int) -> None:
        super().__init__(rupiah, requested)
        self.rupiah, self.requested = rupiah, requested


class ReasonNeeded(LoanRefusal):
    def __init__(self, verdict: StrEnum) -> None:
        super().__init__(verdict)
        self.verdict = verdict


class StepsNeeded(LoanRefusal):
    """The loan's own rule set asks for steps before an approval that this office cannot take here yet."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        super().__init__(steps)
        self.steps = steps
