"""What a person may do here, as buttons; help; and what this machine is."""

from collections.abc import Iterable
from datetime import date

from conversations.offices import addressed, office_at
from conversations.said import Card, Choice, Said
from locales import _
from models.access import Action, areas
from models.people import Person
from models.phones import dialled
from models.queries.contacts import Helper


def menu(person: Person, *, on: date, before: str = "", more: Iterable[Choice] = ()) -> Said:
    """Only what the person's offices allow today, in the order in which it is mostly wanted; and what wants care."""
    text = _("What can we help with, {whom}?").format(whom=addressed(person))
    choices = (*(Choice(label, act) for label, act in _open_to(person, on=on)), *more, Choice(_("Help"), "help"))
    return Said("\n\n".join(part for part in (before, text) if part), Card("menu", choices))


def _open_to(person: Person, *, on: date) -> list[tuple[str, str]]:
    offered = (
        (Action.LOAN_DECIDE, _("Requests that wait for me"), "decisions"),
        (Action.REPORT, _("Report of this week"), "report"),
        (Action.LOAN_DRAFT, _("Request for a loan"), "loan"),
        (Action.RECAP_VIEW, _("Recap"), "recap"),
        (Action.BROADCAST, _("Message to many"), "broadcast"),
    )
    return [(label, act) for action, label, act in offered if areas(person, action, on=on)]


def help_text(person: Person, helper: Helper | None, *, on: date) -> Said:
    """A person to ask, and the commands as they are typed, for phones without buttons: one screen."""
    commands = {
        "report": _("/lapor – the report of this week"),
        "loan": _("/pinjaman – a request for a loan, and where it stands"),
        "decisions": _("/persetujuan – requests that wait for your decision"),
        "recap": _("/rekap – how many cooperatives have reported, and which have not"),
        "broadcast": _("/siaran – a message to many villages"),
    }
    always = (
        _("/menu – all of it as a list to choose from"),
        _("/batal – stop a report or request that is being filled in"),
        _("/bahasa – Indonesian or English"),
        _("/privasi – what is stored, and your rights; /dataku gives a copy of it, /hapus deletes it"),
        _("/berhenti – no more reminders and messages to many; /mulai to get them again"),
    )
    lines = [commands[act] for _label, act in _open_to(person, on=on)]
    return Said("\n".join((what_this_is(), "", whom_to_ask(helper), "", *lines, *always)))


def whom_to_ask(helper: Helper | None) -> str:
    """A named human with a number, by the roster; where it names none, the office."""
    if helper is None:
        return _("Any question? Please ask the Dinas Koperasi UKM of Kabupaten Bengkalis.")
    return _("Any question? Please call {whom}, {office}, at {phone}.").format(
        whom=addressed(helper.person), office=office_at(helper.role, helper.place), phone=dialled(helper.phone))


def what_this_is() -> str:
    return " ".join((answered_by_machine(), _(
        "The figures here come from the reports of the villages themselves; they are not official data of SIMKOPDES.")))


def answered_by_machine() -> str:
    return _("Messages here are answered automatically by the service of the task force KDKMP and the Dinas Koperasi "
             "UKM of Kabupaten Bengkalis.")


def languages() -> Said:
    return Said(_("In which language shall we write?"),
                Card("language", (Choice("Bahasa Indonesia", "speak", "id"), Choice("English", "speak", "en"))))


def language_set() -> Said:
    return Said(_("From now on we write in English. /menu shows what can be done."))


def nothing_to_cancel() -> Said:
    return Said(_("There is nothing to cancel at the moment. /menu shows what can be done."))
