"""The requests for loans as the task force looks at them: how many stand where, which wait longest, each by name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from conversations.loans.words import status_name
from conversations.offices import acting, office_name
from conversations.places import place_name
from conversations.said import LONGEST_TEXT, Said
from conversations.taskforce.recap_view import ROOM_FOR_CHOICES, View, screen, where
from locales import _
from locales.formats import age, local_day, moment, number, rupiah, short_date
from models.loans.loan import LoanStatus
from models.loans.queries import LoanStages, LoanTold
from models.places import Place, PlaceKind
from models.unit import Unit

MOST_LOANS: Final = 10
"""On one page, two lines of a phone each."""
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
    place = where(places)
    head = "\n".join((_("Requests for loans, {where}").format(where=place), moment(unit.now)))
    back = View(area=view.area).choice(_("Back"))
    if not (stages.villages or stages.wards) and all(place.kind in SMALLEST for place in places):
        return screen((head, _("No loan was requested yet.")), [back])
    text = (
        head,
        "\n".join(lines),
        _("Approved altogether in {where}: {amount}").format(where=place, amount=rupiah(stages.approved_rupiah)),
        "\n".join((_("Waiting, the oldest first:"), *_fitting(waiting, 600))) if waiting else "",
    )
    named = [replace(view, answer=status, page=0).choice(_named(status, stages.villages[status] + stages.wards[status]))
             for status in LoanStatus if stages.villages[status] + stages.wards[status]]
    return screen(text, [*named, back])


def loans_named_screen(loans: Sequence[LoanTold], places: Sequence[Place], view: View, unit: Unit) -> Said:
    """Those of one state by name: of which village, how much, since when, and by whom it was settled."""
    lines = [f"{index}. {_line(told)}" for index, told in enumerate(loans, start=1)]
    head = [_("Requests for loans, {where}").format(where=where(places)), moment(unit.now),
            _named(LoanStatus(view.answer), len(loans))]
    pages = list(_paged(lines, LONGEST_TEXT - ROOM_FOR_CHOICES - sum(map(len, head))))
    view = replace(view, page=min(view.page, len(pages) - 1))
    if len(pages) > 1:
        head.append(_("Page {page} of {pages}").format(page=number(view.page + 1), pages=number(len(pages))))
    back = View(view.area, view.topic).choice(_("Back"))
    return screen(("\n".join(head), "\n".join(pages[view.page])), [*view.paging(len(pages)), back])


def _named(status: LoanStatus, count: int) -> str:
    name = status_name(status)
    return f"{name[:1].upper()}{name[1:]} ({number(count)})"


def _line(told: LoanTold) -> str:
    loan = told.loan
    amount = rupiah(loan.rupiah)
    if loan.decided_rupiah is not None and loan.decided_rupiah != loan.rupiah:
        amount = _("{approved} of {asked}").format(approved=rupiah(loan.decided_rupiah), asked=amount)
    since = loan.withdrawn_at or loan.decided_at
    place, day = place_name(loan.cooperative.place), short_date(local_day(since or loan.filed_at))
    if since is None:
        return _("{place}: {amount}, asked for on {day}, waits for the {office}").format(
            place=place, amount=amount, day=day, office=office_name(loan.approver_role))
    return _("{place}: {amount}, {status} on {day} by {who}").format(
        place=place, amount=amount, status=status_name(loan.status), day=day, who=_who(told))


def _who(told: LoanTold) -> str:
    assert told.by is not None, "nothing is settled by nobody"
    if told.mandate is None:
        return told.by.name
    return f"{told.by.name}, {acting(told.mandate.standing, office_name(told.mandate.role))}"


def _paged(lines: Sequence[str], room: int) -> Iterable[list[str]]:
    while lines:
        page = _fitting(lines[:MOST_LOANS], room)
        yield page
        lines = lines[len(page):]


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """At least one, so that a long one cannot stop the paging."""
    shown: list[str] = []
    for line in lines:
        if shown and sum(map(len, shown)) + len(shown) + len(line) > room:
            break
        shown.append(line)
    return shown
