"""What a person may do here, as buttons; help; and what this machine is."""

from collections.abc import Iterable
from datetime import date

from conversations.said import Card, Choice, Said
from locales import _
from models.access import Action, areas
from models.people import Person


def menu(person: Person, *, on: date, before: str = "", more: Iterable[Choice] = ()) -> Said:
    """Only what the person's offices allow today, in the order in which it is mostly wanted; and what wants care."""
    text = _("What can we help with, Bapak/Ibu {name}?").format(name=person.name)
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


def help_text(person: Person, *, on: date) -> Said:
    """The commands as they are typed, for phones without buttons."""
    commands = {
        "report": _("/lapor - the report of this week"),
        "loan": _("/pinjaman - a request for a loan, and where it stands"),
        "decisions": _("/persetujuan - requests that wait for your decision"),
        "recap": _("/rekap - X of 155: done, not yet, not reported"),
        "broadcast": _("/siaran - a message to many villages"),
    }
    always = (
        _("/batal - stop what is being filled in"),
        _("/bahasa - Indonesian or English"),
        _("/privasi - what is stored, and your rights"),
    )
    lines = [commands[act] for _label, act in _open_to(person, on=on)]
    return Said("\n".join((what_this_is(), "", *lines, *always, "", _("Questions: the Dinas Koperasi UKM Bengkalis."))))


def what_this_is() -> str:
    return _("This is an answering machine, not a person. It is run by the task force KDKMP and the Dinas Koperasi "
             "UKM of "
             "Kabupaten Bengkalis. What is told here is the villages' own report, not official data of SIMKOPDES.")


def languages() -> Said:
    return Said(_("In which language shall we write?"),
                Card("language", (Choice("Bahasa Indonesia", "speak", "id"), Choice("English", "speak", "en"))))


def language_set() -> Said:
    return Said(_("From now on we write in English. /menu shows what can be done."))


def nothing_to_cancel() -> Said:
    return Said(_("Nothing is being filled in at the moment. /menu shows what can be done."))
