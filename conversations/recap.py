"""The recap on one screen, and the way down from it: topic, kecamatan, names. Three words are kept apart everywhere:
done, not yet, and not reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conversations.loan_words import status_name
from conversations.obstacles import reason_text
from conversations.places import place_name
from conversations.said import LONGEST_TEXT, Card, Choice, Press, Said
from locales import _
from locales.formats import age, date, local_day, moment, number, rupiah, short_date
from models.access import Action, areas
from models.loans import LoanStatus
from models.people import Person
from models.queries.loans import LoanStages, loan_stages
from models.queries.recap import Answer, Figure, Recap, Tally, Topic, TopicRecap, recap
from models.unit import Unit

LOANS: Final = "loans"
DISTRICTS: Final = "districts"
ROOM_FOR_CHOICES: Final = 350
"""Characters of a screen that the numbered list of a phone without buttons may need."""
LONGEST_REASON_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class View:
    """Which screen is asked for; a button carries it as one word."""

    area: str = ""
    topic: str = ""
    answer: str = ""
    first: int = 0

    @classmethod
    def of(cls, press: Press) -> "View":
        area, topic, answer, first = press.choice.value.split("/")
        return cls(area, topic, answer, int(first))

    def choice(self, label: str) -> Choice:
        return Choice(label, "show", f"{self.area}/{self.topic}/{self.answer}/{self.first}")


async def show(unit: Unit, person: Person, view: View | None = None) -> Said:
    """What the person may see is asked again at every screen."""
    view = view or View()
    if view.topic == LOANS:
        stages = await loan_stages(unit.session, person, on=unit.today, area=view.area or None)
        return loans_screen(stages, view, unit)
    seen = await recap(unit.session, person, on=unit.today, area=view.area or None)
    if view.topic == DISTRICTS:
        return districts_screen(seen, view)
    if view.answer:
        return names_screen(seen, view)
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
    return _screen((_heading(seen), "\n".join(map(_topic_lines, seen.topics)), _own_reports()), choices)


def village_screen(seen: Recap, view: View, *, with_loans: bool) -> Said:
    """What is known of one's own cooperative: nothing to count, so each answer stands with its reason and its date."""
    lines = [f"{topic_name(each.topic)}: " + ", ".join((answer_name(figure.answer), *_why_and_when(each.topic, figure)))
             for each in seen.topics for figure in each.figures]
    head = "\n".join((_("Recap {where}").format(where=place_name(seen.areas[0])), _heading_date(seen)))
    choices = [replace(view, topic=LOANS).choice(_("Loans"))] if with_loans else []
    return _screen((head, "\n".join(lines), _own_reports()), choices)


def topic_screen(seen: Recap, view: View) -> Said:
    """One topic by kecamatan, with the way to the names of those who are missing."""
    each = seen.topic(Topic(view.topic))
    named = [(Answer.NO, _("Names: not yet ({count})")), (Answer.UNREPORTED, _("Names: not reported ({count})")),
             (Answer.YES, _("Names: done ({count})"))]
    choices = [replace(view, answer=answer).choice(label.format(count=number(len(each.named(answer)))))
               for answer, label in named if each.named(answer)]
    districts = {district.code: district.name for district in seen.districts}
    lines = [f"{districts[code]}: {_three_words(tally)}" for code, tally in each.districts.items()]
    text = (_heading(seen), _topic_lines(each), _newest(each),
            "\n".join(lines) if len(lines) > 1 else "", _own_reports())
    return _screen(text, [*choices, replace(view, topic="").choice(_("Back"))])


def names_screen(seen: Recap, view: View) -> Said:
    """Who, why, and how old the word is; as many as fit, and the next ones behind a button."""
    each, answer = seen.topic(Topic(view.topic)), Answer(view.answer)
    named = each.named(answer)
    districts = {district.code: district.name for district in seen.districts}
    head = "\n".join((f"{topic_name(each.topic)}: {answer_name(answer)}, {number(len(named))}", _heading_date(seen)))
    lines = [f"{index}. {_named(each.topic, figure, districts)}" for index, figure in enumerate(named, start=1)]
    shown = _fitting(lines[view.first:], LONGEST_TEXT - ROOM_FOR_CHOICES - len(head) - len(_own_reports()))
    after = view.first + len(shown)
    choices = [replace(view, first=after).choice(_("Next"))] if after < len(named) else []
    choices.append(replace(view, answer="", first=0).choice(_("Back")))
    return _screen((head, "\n".join(shown), _own_reports()), choices)


def districts_screen(seen: Recap, view: View) -> Said:
    choices = [View(area=district.code).choice(district.name) for district in seen.districts]
    return _screen((_("Which kecamatan?"),), [*choices, View(area=view.area).choice(_("Back"))])


def loans_screen(stages: LoanStages, view: View, unit: Unit) -> Said:
    """How many stand where, and the ones that wait longest, with their age."""
    lines = [_("{status}: {total} (desa {villages}, kelurahan {wards})").format(
        status=status_name(status), total=number(stages.villages[status] + stages.wards[status]),
        villages=number(stages.villages[status]), wards=number(stages.wards[status])) for status in LoanStatus]
    waiting = [_("- {place}, {amount}, waits {age}").format(
        place=loan.cooperative.place.name, amount=rupiah(loan.rupiah), age=age(loan.filed_at, at=unit.now))
        for loan in stages.waiting]
    text = (
        _("Requests for loans, {moment}").format(moment=moment(unit.now)),
        "\n".join(lines),
        _("Approved altogether: {amount}").format(amount=rupiah(stages.approved_rupiah)),
        "\n".join((_("Waiting, the oldest first:"), *_fitting(waiting, 700))) if waiting else "",
    )
    return _screen(text, [View(area=view.area).choice(_("Back"))])


def topic_name(topic: Topic) -> str:
    match topic:
        case Topic.MICROSITE:
            return _("Microsite")
        case Topic.PREMISES:
            return _("Premises")
        case Topic.OUTLETS:
            return _("Outlet open")
        case Topic.SPHP:
            return _("SPHP rice")
        case Topic.WEEKLY_REPORT:
            return _("Report of this week")
    raise AssertionError(f"nobody named {topic!r}")


def answer_name(answer: Answer) -> str:
    match answer:
        case Answer.YES:
            return _("done")
        case Answer.NO:
            return _("not yet")
        case Answer.UNREPORTED:
            return _("not reported")
    raise AssertionError(f"nobody named {answer!r}")


def _heading(seen: Recap) -> str:
    where = ", ".join(place_name(area) for area in seen.areas)
    total = _("{total} cooperatives = {villages} desa + {wards} kelurahan").format(
        total=number(seen.cooperatives), villages=number(seen.villages), wards=number(seen.wards))
    return "\n".join((_("Recap {where}").format(where=where), _heading_date(seen), total))


def _heading_date(seen: Recap) -> str:
    return date(seen.on)


def _x_of(tally: Tally) -> str:
    return _("{yes} of {total} done, {no} not yet, {unreported} not reported").format(
        yes=number(tally.yes), total=number(tally.total), no=number(tally.no), unreported=number(tally.unreported))


def _topic_lines(each: TopicRecap) -> str:
    """Desa and kelurahan apart, where there are both."""
    lines = [f"{topic_name(each.topic)}: {_x_of(each.total)}"]
    if each.villages.total and each.wards.total:
        lines += [_("- desa: {tally}").format(tally=_three_words(each.villages)),
                  _("- kelurahan: {tally}").format(tally=_three_words(each.wards))]
    return "\n".join(lines)


def _three_words(tally: Tally) -> str:
    return _("{yes} done, {no} not yet, {unreported} not reported").format(
        yes=number(tally.yes), no=number(tally.no), unreported=number(tally.unreported))


def _newest(each: TopicRecap) -> str:
    told = [figure.at for figure in each.figures if figure.at is not None]
    if not told:
        return ""
    oldest, newest = short_date(local_day(min(told))), short_date(local_day(max(told)))
    if oldest == newest:
        return _("Figures of {day}").format(day=newest)
    return _("Figures from {oldest} to {newest}").format(oldest=oldest, newest=newest)


def _named(topic: Topic, figure: Figure, districts: dict[str, str]) -> str:
    where = f"{figure.name} ({districts.get(figure.district_code, '')})"
    return ", ".join((where, *_why_and_when(topic, figure)))


def _why_and_when(topic: Topic, figure: Figure) -> tuple[str, ...]:
    """Only Microsite is asked for its reason; beside other topics stands what was told as an obstacle, and as that."""
    why = "; ".join(reason_text(part) for part in (figure.reason or "").split(", ") if part)
    if len(why) > LONGEST_REASON_SHOWN:
        why = f"{why[:LONGEST_REASON_SHOWN - 1]}…"
    if figure.answer is Answer.NO and topic is not Topic.MICROSITE and why:
        why = _("obstacles: {obstacles}").format(obstacles=why)
    elif figure.answer is Answer.NO and not why:
        why = _("no reason given")
    said = _("last word {day}").format(day=short_date(local_day(figure.at))) if figure.at else ""
    return tuple(part for part in (why, said) if part)


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
