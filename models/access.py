"""Who may do what where: one table, role × action × scope (design §3, invariant 6; R33, R34)."""

from datetime import date
from enum import StrEnum

from models.people import Person, Role
from models.places import within
from models.refusals import NotAllowed


class Action(StrEnum):
    REPORT = "report"
    LOAN_DRAFT = "loan_draft"
    LOAN_FILE = "loan_file"
    LOAN_DECIDE = "loan_decide"
    """Which of the offices decides which loan is the rule set's to say, and which of two holders, the mandates'."""
    LOAN_VIEW = "loan_view"
    RECAP_VIEW = "recap_view"
    OBSTACLE_VIEW = "obstacle_view"
    BROADCAST = "broadcast"
    CONFIRM_BINDING = "confirm_binding"
    """Inviting people, and saying that an address is really theirs."""
    RESEND = "resend"
    """Seeing by name who did not get a message, and sending it again."""
    CALL = "call"
    """Seeing the roster number of an officer, to ring them up."""
    RULES = "rules"
    """Confirming, suspending and exchanging rule sets."""


class Scope(StrEnum):
    """For a place of which level the mandate must be; it then reaches everything inside."""

    OWN_VILLAGE = "village"
    OWN_DISTRICT = "district"
    REGENCY = "regency"
    OWN_AREA = "area"
    """Whatever the mandate is for: those who help or look on are sent to a village, a kecamatan or the regency."""


READS = (Action.LOAN_VIEW, Action.RECAP_VIEW, Action.OBSTACLE_VIEW)
DRAFTS = (Action.REPORT, Action.LOAN_DRAFT, *READS)
LEADS = (*READS, Action.BROADCAST, Action.CONFIRM_BINDING, Action.RESEND, Action.CALL)

ACCESS: dict[Role, tuple[Scope, tuple[Action, ...]]] = {
    Role.CHAIR: (Scope.OWN_VILLAGE, (*DRAFTS, Action.LOAN_FILE)),
    Role.DEPUTY_BUSINESS: (Scope.OWN_VILLAGE, DRAFTS),
    Role.DEPUTY_MEMBERS: (Scope.OWN_VILLAGE, DRAFTS),
    Role.SECRETARY: (Scope.OWN_VILLAGE, DRAFTS),
    Role.TREASURER: (Scope.OWN_VILLAGE, DRAFTS),
    Role.SUPERVISOR: (Scope.OWN_VILLAGE, READS),
    # hired by the board: the shop is theirs to report, the debt is not theirs to read
    Role.MANAGER: (Scope.OWN_VILLAGE, (Action.REPORT, Action.RECAP_VIEW, Action.OBSTACLE_VIEW)),
    Role.VILLAGE_HEAD: (Scope.OWN_VILLAGE, (Action.REPORT, Action.LOAN_DECIDE, *READS)),
    Role.VILLAGE_SECRETARY: (Scope.OWN_VILLAGE, READS),
    Role.VILLAGE_COUNCIL: (Scope.OWN_VILLAGE, READS),
    Role.WARD_HEAD: (Scope.OWN_VILLAGE, (Action.REPORT, *READS)),
    Role.REGENT: (Scope.REGENCY, (Action.LOAN_DECIDE, *READS)),
    Role.REGENT_STAFF: (Scope.REGENCY, READS),
    Role.TASK_FORCE_DISTRICT: (Scope.OWN_DISTRICT, LEADS),
    Role.TASK_FORCE_REGENCY: (Scope.REGENCY, (*LEADS, Action.RULES)),
    Role.ASSISTANT: (Scope.OWN_AREA, READS),
    Role.INSPECTORATE: (Scope.REGENCY, READS),
    Role.OBSERVER: (Scope.OWN_AREA, READS),
}

DOTS = {Scope.REGENCY: 1, Scope.OWN_DISTRICT: 2, Scope.OWN_VILLAGE: 3}
"""How many a code of that level has: 14.03, 14.03.01, 14.03.01.2005."""


def areas(person: Person, action: Action, *, on: date) -> frozenset[str]:
    """The codes of the villages, kecamatan or regency within which the person may do this on that day."""
    reached = set()
    for mandate in person.mandates_on(on):
        scope, actions = ACCESS[mandate.role]
        if action in actions and (scope is Scope.OWN_AREA or mandate.place_code.count(".") == DOTS[scope]):
            reached.add(mandate.place_code)
    return frozenset(reached)


def may(person: Person, action: Action, place_code: str, *, on: date) -> bool:
    return any(within(place_code, area) for area in areas(person, action, on=on))


def require(person: Person, action: Action, place_code: str, *, on: date) -> None:
    if not may(person, action, place_code, on=on):
        raise NotAllowed(action, place_code)
