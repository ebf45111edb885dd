"""The recap on one screen, and the way down from it: topic, kecamatan, names. Every screen says of which place it is:
the figures of a kecamatan must never be presented as those of the kabupaten."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from conversations.form.asking import short
from conversations.places import place_name
from conversations.reports.obstacles import reason_text
from conversations.said import Said
from conversations.taskforce.recap_loans import loans_named_screen, loans_screen
from conversations.taskforce.recap_names import names_screen, which_district_screen
from conversations.taskforce.recap_view import DISTRICTS, LOANS, WHICH, View, own_reports, screen, where
from conversations.taskforce.recap_words import (
    answer_name,
    by_which_reports,
    cooperatives_counted,
    difference_line,
    kinds,
    tally_words,
    topic_line,
    topic_name,
    village_line,
)
from locales import _
from locales.formats import date, number
from models.access import Action, areas
from models.loans.loan import LoanStatus
from models.loans.queries import loan_stages, loans_by_name
from models.people import Person
from models.places import PlaceKind
from models.queries.contacts import contacts
from models.queries.differing import differing
from models.queries.places import places_named
from models.queries.recap import Answer, Recap, Topic, recap
from models.reports import Difference
from models.unit import Unit

MOST_OF_OBSTACLES: Final = 500
"""Characters; an officer may write as many in their own words."""


async def show(unit: Unit, person: Person, view: View | None = None) -> Said:
    """What the person may see is asked again at every screen."""
    view = view or View()
    if view.topic == LOANS:
        return await _loans(unit, person, view)
    seen = await recap(unit.session, person, on=unit.today, area=view.area or None)
    if view.topic == DISTRICTS:
        return districts_screen(seen, view)
    if view.answer == WHICH:
        return which_district_screen(seen, view)
    if view.answer and seen.topic(Topic(view.topic)).named(Answer(view.answer)):
        answer = Answer(view.answer)
        missing = [figure.place_code for figure in seen.topic(Topic(view.topic)).named(answer)
                   if answer is not Answer.YES]
        differ = await differing(unit.session, person, on=unit.today, area=view.area or None)
        return names_screen(seen, view, await contacts(unit.session, person, missing, on=unit.today), differ)
    if view.topic:
        return topic_screen(seen, view)
    with_loans = bool(areas(person, Action.LOAN_VIEW, on=unit.today))
    if seen.cooperatives != 1:
        return top_screen(seen, view, with_loans=with_loans)
    differ = await differing(unit.session, person, on=unit.today, area=seen.areas[0].code)
    return village_screen(seen, view, differ.get(seen.areas[0].code, ()), with_loans=with_loans)


async def show_asked(unit: Unit, person: Person, views: Sequence[View]) -> Said:
    """The one that was asked for in words; of places that share a name the one that is meant is asked for."""
    if len(views) == 1:
        return await show(unit, person, views[0])
    named = {place.code: place_name(place) for place in await places_named(unit.session, [v.area for v in views])}
    return screen((_("Of which one?"),), [view.choice(named[view.area]) for view in views])


async def _loans(unit: Unit, person: Person, view: View) -> Said:
    area = view.area or None
    codes = [area] if area else areas(person, Action.LOAN_VIEW, on=unit.today)
    places = await places_named(unit.session, codes)
    if view.answer and (named := await loans_by_name(unit.session, person, LoanStatus(view.answer), on=unit.today,
                                                     area=area)):
        return loans_named_screen(named, places, view, unit)
    return loans_screen(await loan_stages(unit.session, person, on=unit.today, area=area), places, view, unit)


def top_screen(seen: Recap, view: View, *, with_loans: bool) -> Said:
    choices = [replace(view, topic=topic).choice(topic_name(topic)) for topic in Topic]
    if with_loans:
        choices.append(replace(view, topic=LOANS).choice(_("Loans")))
    if len(seen.districts) > 1:
        choices.append(replace(view, topic=DISTRICTS).choice(_("By kecamatan")))
    if view.area:
        choices.append(View().choice(_("Whole recap")))
    return screen((_heading(seen), "\n".join(map(topic_line, seen.topics)), own_reports()), choices)


def village_screen(seen: Recap, view: View, differ: Sequence[Difference], *, with_loans: bool) -> Said:
    """What is known of one's own cooperative: nothing to count, so first the last report and its day, then each
    answer with its reason."""
    place, week = seen.areas[0], seen.topic(Topic.WEEKLY_REPORT)
    lines = [village_line(each.topic, figure, week.figures[0].at)
             for each in (week, *(each for each in seen.topics if each is not week)) for figure in each.figures]
    told = "; ".join(map(reason_text, seen.obstacles.get(place.code, ())))
    if told:
        lines.append(_("Obstacles told: {obstacles}").format(obstacles=short(told, MOST_OF_OBSTACLES)))
    differing = [_("Two reports of one week differ; the newest counts:"), *map(difference_line, differ)]
    head = "\n".join((_("Recap {where}").format(where=place_name(place)), date(seen.on)))
    choices = [replace(view, topic=LOANS).choice(_("Loans"))] if with_loans else []
    if view.area:
        choices.append(View().choice(_("Whole recap")))
    return screen((head, "\n".join(lines), "\n".join(differing) if differ else "", own_reports()), choices)


def topic_screen(seen: Recap, view: View) -> Said:
    """One topic by kecamatan, with the way to the names of those who are missing."""
    each = seen.topic(Topic(view.topic))
    choices = [View(view.area, view.topic, answer, view.page_left(answer)).choice(_("Names: {answer} ({count})").format(
        answer=answer_name(each.topic, answer), count=number(len(each.named(answer)))))
        for answer in (Answer.NO, Answer.UNREPORTED, Answer.YES) if each.named(answer)]
    apart = {PlaceKind.VILLAGE: _("- desa: {tally}"), PlaceKind.WARD: _("- kelurahan: {tally}")}
    by_kind = [apart[kind].format(tally=tally_words(each.topic, tally)) for kind, tally in kinds(each).items()]
    districts = {district.code: district.name for district in seen.districts}
    lines = [f"{districts[code]}: {tally_words(each.topic, tally)}" for code, tally in each.districts.items()]
    total = f"{topic_name(each.topic)}: {tally_words(each.topic, each.total)}"
    text = (_heading(seen), "\n".join((total, *by_kind)), by_which_reports(each, seen),
            "\n".join(lines) if len(lines) > 1 else "", own_reports())
    return screen(text, [*choices, View(view.area).choice(_("Back"))])


def districts_screen(seen: Recap, view: View) -> Said:
    choices = [View(area=district.code).choice(district.name) for district in seen.districts]
    return screen((_("Which kecamatan?"),), [*choices, View(area=view.area).choice(_("Back"))])


def _heading(seen: Recap) -> str:
    return "\n".join((_("Recap {where}").format(where=where(seen.areas)), date(seen.on), cooperatives_counted(seen)))
