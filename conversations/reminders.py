"""What is said when data or a decision is awaited: a respectful word, never a reproach; and when an office ends."""

from datetime import date, datetime, timedelta

from conversations.decisions import loan_card
from conversations.dossier import Dossier, banner, title
from conversations.loan_news import approving_office, waiting_since
from conversations.offices import acting, office_at
from conversations.places import place_name
from conversations.said import LONGEST_TEXT, Card, Choice, Said
from locales import _
from locales.formats import date as long_date
from locales.formats import rupiah, short_date
from models.calendar import week_of
from models.people import Mandate, Person
from models.places import Place


def weekly_reminder(person: Person, place: Place, due: date) -> Said:
    monday = week_of(due)
    text = _("With respect, Bapak/Ibu {name}: our data have not recorded the report of {place} for the week of "
             "{first} to {last} yet. Would you kindly send it by /lapor? If nothing is new, «nihil» is enough. "
             "Thank you.").format(
                 name=person.name, place=place_name(place), first=short_date(monday),
                 last=short_date(monday + timedelta(days=6)))
    return Said(text, Card("menu", (Choice(_("Report now"), "report"),)))


def decision_reminder(person: Person, dossier: Dossier, *, at: datetime) -> Said:
    """With the card again for the one who decides; without buttons for the Regent's staff."""
    loan = dossier.loan
    since = {"name": person.name, "title": title(loan), "cooperative": dossier.cooperative.name,
             "amount": rupiah(loan.rupiah), "since": waiting_since(loan, at=at)}
    if dossier.approver is None or dossier.approver.id != person.id:
        text = _("With respect, Bapak/Ibu {name}: {title}, {cooperative}, {amount}, waits for {office} since {since}. "
                 "Would you kindly bring it up?").format(office=approving_office(dossier), **since)
        return Said("\n\n".join((text, *banner(dossier))))
    text = _("With respect, Bapak/Ibu {name}: this request waits for your decision since {since}.").format(**since)
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
