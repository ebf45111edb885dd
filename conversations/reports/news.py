"""What an officer should know of another's report of the same week: which of their figures it replaced."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from conversations.form.asking import short
from conversations.form.draft import Draft
from conversations.offices import office_name
from conversations.reports.status_report import STATUS_REPORT
from conversations.said import Card, Choice, Said
from locales import _
from locales.formats import moment
from models.reports import Report

NOT_COMPARED: Final = frozenset({"premises_photo", "premises_location"})
"""A new photo contradicts nobody."""


def replaced(theirs: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The questions to which both gave an answer, and not the same."""
    asked = [question.key for question in STATUS_REPORT.questions]
    return [key for key in asked
            if key in theirs and key in now and key not in NOT_COMPARED and theirs[key] != now[key]]


def figures_replaced(report: Report, theirs: Mapping[str, Any], *, author: str, cooperative: str,
                     at: datetime) -> Said:
    """For the one who reported before; the newest figures count."""
    draft = Draft(STATUS_REPORT.version, at, at)
    now = report.answers
    lines = [_("- {question}: {now} (yours: {before})").format(
        question=STATUS_REPORT[key].label(), now=short(STATUS_REPORT[key].show(now[key], draft), 90),
        before=short(STATUS_REPORT[key].show(theirs[key], draft), 90)) for key in replaced(theirs, now)]
    told = _("{author} ({office}) also reported this week for {cooperative}, {moment}. These figures differ from "
             "yours, and the newest count:").format(author=author, office=office_name(report.office),
                                                    cooperative=cooperative, moment=moment(report.filed_at))
    wrong = _("If that is not right, please speak with each other and report again.")
    return Said("\n\n".join((told, "\n".join(lines), wrong)), Card("menu", (Choice(_("Report again"), "report"),)))
