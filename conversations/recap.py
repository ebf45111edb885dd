"""The recap on one screen, and the way down from it: topic, kecamatan, names. Every screen says of which place it is:
the figures of a kecamatan must never be presented as those of the kabupaten."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conversations.loan_words import status_name
from conversations.offices import office_name
from conversations.places import place_name
from conversations.recap_words import (
    answer_name,
    by_which_reports,
    cooperatives_counted,
    kinds,
    named_line,
    reason,
    tally_words,
    topic_line,
    topic_name,
    village_line,
)
from conversations.said import LONGEST_TEXT, Card, Choice, Press, Said
from locales import _
from locales.formats import age, date, moment, number, rupiah
from models.access import Action, areas
from models.loans import LoanStatus
from models.people import Person
from models.places import Place, PlaceKind
from models.queries.contacts import Contact, contacts
from models.queries.loans import LoanStages, loan_stages
from models.queries.places import places_named
from models.queries.recap import Answer, Figure, Recap, Topic, recap
from models.unit import Unit

LOANS: Final = "loans"
DISTRICTS: Final = "districts"
SMALLEST: Final = frozenset({PlaceKind.VILLAGE, PlaceKind.WARD})
"""Where six lines of zeros would say what one sentence says."""
ROOM_FOR_CHOICES: Final = 350
"""Characters of a screen that the numbered list of a phone without buttons may need."""
MOST_NAMES: Final = 25
"""On one page; with the numbers to call it is about one screen of a phone."""


@dataclass(frozen=True, slots=True)
class View:
    """Which screen is asked for; a button carries it as one word."""

    area: str = ""
    topic: str = ""
    answer: str = ""
    page: int = 0

    @classmethod
    def of(cls, press: Press) -> "View":
        area, topic, answer, page = press.choice.value.split("/")
        return cls(area, topic, answer, int(page))

    def choice(self, label: str) -> Choice:
        return Choice(label, "show", f"{self.area}/{self.topic}/{self.answer}/{self.page}")


async def show(unit: Unit, person: Person, view: View | None = None) -> Said:
    """What the person may see is asked again at every screen."""
    view = view or View()
    if view.topic == LOANS:
        stages = await loan_stages(unit.session, person, on=unit.today, area=view.area or None)
        codes = [view.area] if view.area else areas(person, Action.LOAN_VIEW, on=unit.today)
        return loans_screen(stages, await places_named(unit.session, codes), view, unit)
    seen = await recap(unit.session, person, on=unit.today, area=view.area or None)
    if view.topic == DISTRICTS:
        return districts_screen(seen, view)
    if view.answer and seen.topic(Topic(view.topic)).named(Answer(view.answer)):
        answer = Answer(view.answer)
        missing = [figure.place_code for figure in seen.topic(Topic(view.topic)).named(answer)
                   if answer is not Answer.YES]
        return names_screen(seen, view, await contacts(unit.session, person, missing, on=unit.today))
    if view.topic:
        return topic_screen(seen, view)
    screen = village_screen if seen.cooperatives == 1 else top_screen
    return screen(seen, view, with_loans=bool(areas(person, Action.LOAN_VIEW, on=unit.today)))


def top_screen(seen: Recap, view: View, *, with_loans: bool) -> Said:
    choices = [replace(view, topic=topic).choice(topic_name(topic)) for topic in Topic]
    if with_loans:
        choices.append(replace(view, topic=LOANS).choice(_("Loans")))
    if len(seen.districts) > 1:
        choices.append(replace(view, topic=DISTRICTS).choice(_("By kecamatan")))
    if view.area:
        choices.append(View().choice(_("Whole recap")))
    return _screen((_heading(seen), "\n".join(map(topic_line, seen.topics)), _own_reports()), choices)


def village_screen(seen: Recap, view: View, *, with_loans: bool) -> Said:
    """What is known of one's own cooperative: nothing to count, so each answer stands with its reason and its date."""
    lines = [village_line(each.topic, figure) for each in seen.topics for figure in each.figures]
    told = {reason(figure) for each in seen.topics if each.topic is not Topic.MICROSITE for figure in each.figures}
    obstacles = [_("Obstacles told: {obstacles}").format(obstacles=one) for one in sorted(told) if one]
    head = "\n".join((_("Recap {where}").format(where=place_name(seen.areas[0])), date(seen.on)))
    choices = [replace(view, topic=LOANS).choice(_("Loans"))] if with_loans else []
    if view.area:
        choices.append(View().choice(_("Whole recap")))
    return _screen((head, "\n".join((*lines, *obstacles)), _own_reports()), choices)


def topic_screen(seen: Recap, view: View) -> Said:
    """One topic by kecamatan, with the way to the names of those who are missing."""
    each = seen.topic(Topic(view.topic))
    choices = [replace(view, answer=answer).choice(_("Names: {answer} ({count})").format(
        answer=answer_name(each.topic, answer), count=number(len(each.named(answer)))))
        for answer in (Answer.NO, Answer.UNREPORTED, Answer.YES) if each.named(answer)]
    apart = {PlaceKind.VILLAGE: _("- desa: {tally}"), PlaceKind.WARD: _("- kelurahan: {tally}")}
    by_kind = [apart[kind].format(tally=tally_words(each.topic, tally)) for kind, tally in kinds(each).items()]
    districts = {district.code: district.name for district in seen.districts}
    lines = [f"{districts[code]}: {tally_words(each.topic, tally)}" for code, tally in each.districts.items()]
    total = f"{topic_name(each.topic)}: {tally_words(each.topic, each.total)}"
    text = (_heading(seen), "\n".join((total, *by_kind)), by_which_reports(each, seen),
            "\n".join(lines) if len(lines) > 1 else "", _own_reports())
    return _screen(text, [*choices, replace(view, topic="").choice(_("Back"))])


def names_screen(seen: Recap, view: View, to_call: Mapping[str, Contact]) -> Said:
    """Who, why, how old the word is, and whom to call: by kecamatan, page after page."""
    each, answer = seen.topic(Topic(view.topic)), Answer(view.answer)
    named = each.named(answer)
    head = [_where(seen.areas), f"{topic_name(each.topic)}: {number(len(named))} {answer_name(each.topic, answer)}",
            date(seen.on)]
    lines = [f"{index}. {named_line(each.topic, figure, to_call.get(figure.place_code))}"
             for index, figure in enumerate(named, start=1)]
    room = LONGEST_TEXT - ROOM_FOR_CHOICES - sum(map(len, head)) - len(_own_reports()) - 40
    pages = list(_pages(named, lines, room, _district_names(seen)))
    page = min(view.page, len(pages) - 1)
    if len(pages) > 1:
        head.append(_("Page {page} of {pages}").format(page=number(page + 1), pages=number(len(pages))))
    choices = []
    if page + 1 < len(pages):
        choices.append(replace(view, page=page + 1).choice(
            _("Next ({page}/{pages})").format(page=number(page + 2), pages=number(len(pages)))))
    choices.append(replace(view, answer="", page=0).choice(_("Back")))
    return _screen(("\n".join(head), "\n".join(pages[page]), _own_reports()), choices)


def _district_names(seen: Recap) -> dict[str, str]:
    """By kecamatan's code; nothing where the whole screen is of one kecamatan, which stands above it."""
    return {place.code: place_name(place) for place in seen.districts} if len(seen.districts) > 1 else {}


def _pages(named: Sequence[Figure], lines: Sequence[str], room: int,
           districts: Mapping[str, str]) -> Iterable[list[str]]:
    """The kecamatan stands above its villages, on each page anew."""
    page: list[str] = []
    names, above = 0, ""
    for figure, line in zip(named, lines, strict=True):
        district = districts.get(figure.district_code, "")
        more = [district, line] if district and district != above else [line]
        if page and (names == MOST_NAMES or sum(map(len, page)) + len(page) + sum(map(len, more)) > room):
            yield page
            page, names, more = [], 0, [district, line] if district else [line]
        page += more
        names, above = names + 1, district
    if page:
        yield page


def districts_screen(seen: Recap, view: View) -> Said:
    choices = [View(area=district.code).choice(district.name) for district in seen.districts]
    return _screen((_("Which kecamatan?"),), [*choices, View(area=view.area).choice(_("Back"))])


def loans_screen(stages: LoanStages, places: Sequence[Place], view: View, unit: Unit) -> Said:
    """How many stand where, and the ones that wait longest, with their age."""
    lines = [_("{status}: {total} (desa {villages}, kelurahan {wards})").format(
        status=status_name(status), total=number(stages.villages[status] + stages.wards[status]),
        villages=number(stages.villages[status]), wards=number(stages.wards[status])) for status in LoanStatus]
    waiting = [_("- {place}, {amount}, waits for the {office} for {age}").format(
        place=place_name(loan.cooperative.place), amount=rupiah(loan.rupiah), office=office_name(loan.approver_role),
        age=age(loan.filed_at, at=unit.now))
        for loan in stages.waiting]
    where = _where(places)
    head = "\n".join((_("Requests for loans, {where}").format(where=where), moment(unit.now)))
    back = View(area=view.area).choice(_("Back"))
    if not (stages.villages or stages.wards) and all(place.kind in SMALLEST for place in places):
        return _screen((head, _("No loan was requested yet.")), [back])
    text = (
        head,
        "\n".join(lines),
        _("Approved altogether in {where}: {amount}").format(where=where, amount=rupiah(stages.approved_rupiah)),
        "\n".join((_("Waiting, the oldest first:"), *_fitting(waiting, 600))) if waiting else "",
    )
    return _screen(text, [back])


def _where(places: Sequence[Place]) -> str:
    return ", ".join(place_name(place) for place in places)


def _heading(seen: Recap) -> str:
    return "\n".join((_("Recap {where}").format(where=_where(seen.areas)), date(seen.on), cooperatives_counted(seen)))


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """At least one, so that a long one cannot stop the paging."""
    shown: list[str] = []
    for line in lines:
        if shown and sum(map(len, shown)) + len(shown) + len(line) > room:
            break
        shown.append(line)
    return shown


def _own_reports() -> str:
    return _("The villages' own reports, not official data of SIMKOPDES.")


def _screen(parts: Iterable[str], choices: Sequence[Choice]) -> Said:
    return Said("\n\n".join(part for part in parts if part), Card("recap", tuple(choices)))
