"""The requests for loans as the task force looks at them: how many stand where, and which of them wait longest."""

from collections.abc import Sequence
from typing import Final

from conversations.loan_words import status_name
from conversations.offices import office_name
from conversations.places import place_name
from conversations.recap_view import View, screen, where
from conversations.said import Said
from locales import _
from locales.formats import age, moment, number, rupiah
from models.loans import LoanStatus
from models.places import Place, PlaceKind
from models.queries.loans import LoanStages
from models.unit import Unit

SMALLEST: Final = frozenset({PlaceKind.VILLAGE, PlaceKind.WARD})
"""Where six lines of zeros would say what one sentence says."""


def loans_screen(stages: LoanStages, places: Sequence[Place], view: View, unit: Unit) -> Said:
    """How many stand where, and the ones that wait longest, with their age."""
    lines = [_("{status}: {total} (desa {villages}, kelurahan {wards})").format(
        status=status_name(status), total=number(stages.villages[status] + stages.wards[status]),
        villages=number(stages.villages[status]), wards=number(stages.wards[status])) for status in LoanStatus]
    waiting = [_("- {place}, {amount}, waits for the {office} for {age}").format(
        place=place_name(loan.cooperative.place), amount=rupiah(loan.rupiah), office=office_name(loan.approver_role),
        age=age(loan.filed_at, at=unit.now))
        for loan in stages.waiting]
    named = where(places)
    head = "\n".join((_("Requests for loans, {where}").format(where=named), moment(unit.now)))
    back = View(area=view.area).choice(_("Back"))
    if not (stages.villages or stages.wards) and all(place.kind in SMALLEST for place in places):
        return screen((head, _("No loan was requested yet.")), [back])
    text = (
        head,
        "\n".join(lines),
        _("Approved altogether in {where}: {amount}").format(where=named, amount=rupiah(stages.approved_rupiah)),
        "\n".join((_("Waiting, the oldest first:"), *_fitting(waiting, 600))) if waiting else "",
    )
    return screen(text, [back])


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """At least one, so that a long one cannot stop the paging."""
    shown: list[str] = []
    for line in lines:
        if shown and sum(map(len, shown)) + len(shown) + len(line) > room:
            break
        shown.append(line)
    return shown
