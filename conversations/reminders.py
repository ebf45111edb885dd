"""What is said when data or a decision is awaited: a respectful word, never a reproach; and when an office ends."""

from datetime import date, datetime, timedelta
from typing import Final

from conversations.form.words import same_as_before
from conversations.loans.decisions import loan_card
from conversations.loans.dossier import Dossier, title
from conversations.loans.news import approving_office, waiting_since
from conversations.offices import acting, addressed, office_at
from conversations.places import place_name
from conversations.reading import FormWord
from conversations.said import LONGEST_TEXT, Card, Choice, Said
from locales import _
from locales.formats import date as long_date
from locales.formats import rupiah, span
from models.calendar import week_of
from models.people import Mandate, Person
from models.places import Place

WEEKLY: Final = "weekly_reminder"
"""The card on which the reminder itself is answered."""
OPEN: Final = "open"


def weekly_reminder(person: Person, place: Place, due: date, last_week: date | None) -> Said:
    """`last_week`: the Monday of the newest report that says something, which can be said again."""
    monday = week_of(due)
    wanted = _("With respect, {whom}: we have not received the report of {place} for this week ({week}) yet."
               ).format(whom=addressed(person), place=place_name(place), week=span(monday, monday + timedelta(days=6)))
    nihil = Choice(_("Nothing to report"), FormWord.NIHIL)
    if last_week is None:
        how = _("If nothing was done this week, «nihil» is enough. Thank you.")
        choices: tuple[Choice, ...] = (Choice(_("Report now"), OPEN), nihil)
    else:
        how = _("Please choose what is true:\n"
                "- Same: the cooperative is still as it was in the last report\n"
                "- Nothing to report: nothing was done this week\n"
                "- Something changed: the report is filled in again\n\n"
                "Thank you.")
        choices = (Choice(same_as_before(), FormWord.SAME), nihil, Choice(_("Something changed"), OPEN))
    return Said(f"{wanted}\n\n{how}", Card(WEEKLY, choices, facts={"village": place.code}))


def decision_reminder(person: Person, dossier: Dossier, *, at: datetime) -> Said:
    """With the card again for the one who decides; without buttons for the Regent's staff."""
    loan = dossier.loan
    since = {"whom": addressed(person), "title": title(loan), "cooperative": dossier.cooperative.name,
             "amount": rupiah(loan.rupiah), "since": waiting_since(loan, at=at)}
    if dossier.approver is None or dossier.approver.id != person.id:
        text = _("With respect, {whom}: {title}, {cooperative}, {amount}, waits for {office} since {since}. "
                 "Would you kindly bring it up?").format(office=approving_office(dossier), **since)
        return Said(text)
    text = _("With respect, {whom}: this request waits for your decision since {since}.").format(**since)
    card = loan_card(dossier)
    return Said(f"{text}\n\n{card.text}"[:LONGEST_TEXT], card.card, about=card.about)


def office_ended(mandate: Mandate, place: Place) -> Said:
    office = acting(mandate.standing, office_at(mandate.role, place))
    if mandate.revoked_at:
        return Said(_("According to the Dinas Koperasi UKM, the office of {office} was entered by mistake and was "
                      "taken back. If this is not right, please tell the task force.").format(office=office))
    last = mandate.ends
    assert last is not None, "an office that ended has a last day"
    return Said(_("According to the Dinas Koperasi UKM, the office of {office} ends on {day}. "
                  "Thank you for the work, Bapak/Ibu. If this is not right, please tell the task force.").format(
                      office=office, day=long_date(last)))
