"""What an office is called when one speaks of its holder."""

from typing import Final

from conversations.places import cooperative_at, place_name
from locales import _
from models.people import Person, Role, Standing
from models.places import Place

ABBREVIATIONS: Final = {Standing.INTERIM: "Pj.", Standing.ACTING: "Plt.", Standing.ACTING_FOR_DAYS: "Plh."}


def acting(standing: Standing | None, office: str) -> str:
    """With the abbreviation that whoever holds it for somebody else must bear: «Plt. Kepala Desa Wonosari»."""
    return " ".join(filter(None, (ABBREVIATIONS.get(standing or Standing.DEFINITIVE), office)))


def office_at(role: Role, place: Place) -> str:
    match role:
        case Role.VILLAGE_HEAD:
            return _("village head of {place}").format(place=place.name)
        case Role.WARD_HEAD:
            return _("ward head of {place}").format(place=place.name)
        case Role.REGENT:
            return _("Regent of {place}").format(place=place.name)
        case Role.TASK_FORCE_DISTRICT | Role.TASK_FORCE_REGENCY:
            return _("task force of {place}").format(place=place_name(place))
        case Role.CHAIR:
            return _("chair of {cooperative}").format(cooperative=cooperative_at(place))
        case Role.DEPUTY_BUSINESS:
            return _("deputy chair for business of {cooperative}").format(cooperative=cooperative_at(place))
        case Role.DEPUTY_MEMBERS:
            return _("deputy chair for members of {cooperative}").format(cooperative=cooperative_at(place))
        case Role.SECRETARY:
            return _("secretary of {cooperative}").format(cooperative=cooperative_at(place))
        case Role.TREASURER:
            return _("treasurer of {cooperative}").format(cooperative=cooperative_at(place))
        case Role.SUPERVISOR:
            return _("supervisor of {cooperative}").format(cooperative=cooperative_at(place))
        case Role.MANAGER:
            return _("manager of {cooperative}").format(cooperative=cooperative_at(place))
    return f"{office_name(role)}, {place_name(place)}"


def addressed(person: Person) -> str:
    """«Ibu Siti Aminah» where the roster says so; else both forms, of which one is right."""
    return f"{person.salutation or 'Bapak/Ibu'} {person.name}"


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
