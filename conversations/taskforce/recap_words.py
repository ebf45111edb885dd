"""The words of the recap, to be read aloud: how many, in which state one cooperative is, and since which report."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from conversations.form.asking import short
from conversations.form.draft import Draft
from conversations.offices import office_name
from conversations.reports.obstacles import reason_text
from conversations.reports.status_report import STATUS_REPORT
from locales import _
from locales.formats import full_date, local_day, number, short_date, span
from models.people import Role
from models.phones import dialled
from models.places import PlaceKind
from models.queries.contacts import Contact
from models.queries.recap import Answer, Figure, Recap, Tally, Topic, TopicRecap
from models.reports import Difference, Report

LONGEST_REASON_SHOWN: Final = 80


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


def answer_name(topic: Topic, answer: Answer) -> str:
    """Three words where there are three: a report of this week is there or is not."""
    if answer is Answer.UNREPORTED and topic is not Topic.WEEKLY_REPORT:
        return _("not reported")
    return _("done") if answer is Answer.YES else _("not yet")


def state(figure: Figure, topic: Topic) -> str:
    """What is known of one cooperative, as its officers would say it."""
    if figure.answer is Answer.UNREPORTED:
        return _("not reported")
    yes = figure.answer is Answer.YES
    match topic:
        case Topic.MICROSITE:
            return _("registered") if yes else _("not registered yet")
        case Topic.PREMISES:
            return _("there is one") if yes else _("none yet")
        case Topic.OUTLETS:
            return _("done") if yes else _("not yet")
        case Topic.SPHP:
            return _("sells SPHP rice") if yes else _("does not sell SPHP rice")
        case Topic.WEEKLY_REPORT:
            return _("has come in")
    raise AssertionError(f"nobody wrote the states of {topic!r}")


def tally_words(topic: Topic, tally: Tally, split: str = "") -> str:
    """«151 dari 155 sudah, 4 belum»; nothing is said of a word that nobody counts under."""
    yes = _("{yes} of {total} done").format(yes=number(tally.yes), total=number(tally.total))
    counted = [(tally.no, _("{count} not yet")),
               (tally.unreported, _("{count} not yet") if topic is Topic.WEEKLY_REPORT else _("{count} not reported"))]
    return ", ".join((f"{yes} {split}".rstrip(), *(words.format(count=number(n)) for n, words in counted if n)))


def topic_line(each: TopicRecap) -> str:
    """One topic on one line, desa and kelurahan apart where there are both."""
    split = ""
    if each.total.yes and each.villages.total and each.wards.total:
        split = _("({villages} desa, {wards} kelurahan)").format(
            villages=number(each.villages.yes), wards=number(each.wards.yes))
    return f"{topic_name(each.topic)}: {tally_words(each.topic, each.total, split)}"


def cooperatives_counted(seen: Recap) -> str:
    total = number(seen.cooperatives)
    if not seen.wards:
        return _("{total} cooperatives, all of them in desa").format(total=total)
    if not seen.villages:
        return _("{total} cooperatives, all of them in kelurahan").format(total=total)
    return _("{total} cooperatives: {villages} desa and {wards} kelurahan").format(
        total=total, villages=number(seen.villages), wards=number(seen.wards))


def by_which_reports(each: TopicRecap, seen: Recap) -> str:
    """The week, where the reports of one week are counted; else the days on which it was told."""
    if each.topic is Topic.WEEKLY_REPORT:
        return _("Week {week}").format(week=span(seen.week, seen.week + timedelta(days=6)))
    told = [figure.at for figure in each.figures if figure.at is not None]
    if not told:
        return ""
    oldest, latest = short_date(local_day(min(told))), short_date(local_day(max(told)))
    if oldest == latest:
        return _("By the reports of {day}").format(day=latest)
    return _("By the reports from {oldest} to {newest}").format(oldest=oldest, newest=latest)


def village_line(topic: Topic, figure: Figure, last: datetime | None) -> str:
    """One's own cooperative: the state and why. A figure that is older than the last report says so; what has no date
    is of that one."""
    if topic is Topic.WEEKLY_REPORT:
        return _week_line(figure)
    why = reason(figure) if topic is Topic.MICROSITE else ""
    said = f"{topic_name(topic)}: " + ", ".join(filter(None, (state(figure, topic), why)))
    if figure.at is None or (last is not None and local_day(last) == local_day(figure.at)):
        return said
    when = _("(by the report of {day})").format(day=full_date(local_day(figure.at)))
    return f"{said} {when}"


def _week_line(figure: Figure) -> str:
    if figure.at is None:
        return _("Report of this week: not come in yet")
    day = full_date(local_day(figure.at))
    if figure.answer is Answer.YES:
        return _("Report of this week: has come in, {day}").format(day=day)
    return _("Report of this week: not come in yet; the last one is of {day}").format(day=day)


def difference_line(found: Difference) -> str:
    """Both answers, with whose they are; the one that counts comes first."""
    question = STATUS_REPORT[found.question]

    def told(report: Report) -> str:
        answer = question.show(report.answers[found.question], Draft(STATUS_REPORT.version, report.filed_at,
                                                                     report.filed_at))
        return _("{answer} ({office}, {day})").format(
            answer=short(answer, 60), office=office_name(report.office), day=short_date(local_day(report.filed_at)))

    return _("- {question}: {now}; before: {other}").format(question=question.label(), now=told(found.counts),
                                                    other=told(found.other))


def named_line(topic: Topic, figure: Figure, contact: Contact | None, *, differs: bool = False) -> str:
    """In the list of names: the village, why and since when, whether another officer says otherwise, and whom to
    call."""
    why = reason(figure)
    if figure.answer is Answer.NO and topic is Topic.MICROSITE and not why:
        why = _("no reason given")
    elif why and topic is not Topic.MICROSITE:
        why = _("obstacles: {obstacles}").format(obstacles=why)
    day = ""
    if figure.at is not None:
        last = _("(last time {day})") if figure.answer is Answer.UNREPORTED else "({day})"
        day = last.format(day=short_date(local_day(figure.at)))
    said = f"{figure.name}: {why} {day}" if why else f"{figure.name} {day}"
    mark = _("reports differ") if differs else ""
    return " – ".join(filter(None, (said.strip(), mark, _who(contact) if contact else "")))


def reason(figure: Figure) -> str:
    """Only Microsite is asked for its reason; beside other topics stands what was told as an obstacle to them."""
    if figure.answer is not Answer.NO:
        return ""
    return short("; ".join(reason_text(part) for part in (figure.reason or "").split(", ") if part),
                 LONGEST_REASON_SHOWN)


def kinds(each: TopicRecap) -> Mapping[PlaceKind, Tally]:
    """Desa and kelurahan, where there are both."""
    if each.villages.total and each.wards.total:
        return {PlaceKind.VILLAGE: each.villages, PlaceKind.WARD: each.wards}
    return {}


def _who(contact: Contact) -> str:
    name = contact.name if contact.role is Role.CHAIR else f"{contact.name} ({office_name(contact.role)})"
    said = f"{name} {dialled(contact.phone)}"
    return said if contact.has_begun else ", ".join((said, _("has not begun to use the bot yet")))
