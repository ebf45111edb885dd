"""What an office is called when one speaks of its holder."""

from locales import _
from models.people import Role


def office_name(role: Role) -> str:
    match role:
        case Role.CHAIR:
            return _("chair of the cooperative")
        case Role.DEPUTY_BUSINESS:
            return _("deputy chair for business")
        case Role.DEPUTY_MEMBERS:
            return _("deputy chair for members")
        case Role.SECRETARY:
            return _("secretary of the cooperative")
        case Role.TREASURER:
            return _("treasurer of the cooperative")
        case Role.SUPERVISOR:
            return _("supervisor of the cooperative")
        case Role.MANAGER:
            return _("manager of the cooperative")
        case Role.VILLAGE_HEAD:
            return _("village head")
        case Role.VILLAGE_SECRETARY:
            return _("village secretary")
        case Role.VILLAGE_COUNCIL:
            return _("village council")
        case Role.WARD_HEAD:
            return _("ward head")
        case Role.REGENT:
            return _("Regent")
        case Role.REGENT_STAFF:
            return _("staff of the Regent")
        case Role.TASK_FORCE_DISTRICT:
            return _("task force of the kecamatan")
        case Role.TASK_FORCE_REGENCY:
            return _("task force of the regency")
        case Role.ASSISTANT:
            return _("assistant")
        case Role.INSPECTORATE:
            return _("inspectorate")
        case Role.OBSERVER:
            return _("observer")
    raise AssertionError(f"nobody named {role!r}")
