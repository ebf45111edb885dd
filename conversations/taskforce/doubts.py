"""When WhatsApp says that another account writes from an office-holder's number: who is told, and what they may say."""

from collections.abc import Sequence
from typing import Final

from conversations.form.asking import joined
from conversations.offices import acting, office_at
from conversations.said import Card, Choice, Press, Said
from locales import _
from locales.formats import all_of, number
from models.doubting import name_of
from models.people import Address, Mandate, Person
from models.phones import masked
from models.places import Place

DOUBT: Final = "doubt"

Offices = Sequence[tuple[Mandate, Place]]


def about_doubt(address_id: int) -> str:
    return f"{DOUBT}:{address_id}"


def told_sender() -> Said:
    """To whoever writes: it may be the holder, and it may be somebody else, who shall not learn whose number it was."""
    return Said(_("This number belongs to somebody in office, but WhatsApp says that another account uses it now. To "
                  "be safe, nothing can be opened or decided from here until the task force has made sure; it has "
                  "been told. If you hold a new invitation code, please type it here."))


def ask_task_force(address: Address, holder: Person, offices: Offices) -> Said:
    text = joined(
        _("WhatsApp says that another account now writes from {number}, the number of {name} ({offices}). The number "
          "may have gone to somebody else, or the account was changed. Until this is clear, nothing can be decided "
          "from that number.").format(number=masked(address.value), name=holder.name, offices=_named(offices)),
        _("Please ask {name} in another way, then choose.").format(name=holder.name))
    choices = (Choice(_("Let go"), "release"), Choice(_("Still theirs"), "keep"))
    return Said(text, Card(DOUBT, choices, subject=address.id, facts={"doubt": name_of(address.doubted_id or "")}),
                about=about_doubt(address.id))


def doubt_of(press: Press) -> tuple[int, str]:
    return press.card.subject or 0, press.card.facts["doubt"]


def settled(holder: Person, *, kept: bool) -> Said:
    if kept:
        return Said(_("Noted: the number is still that of {name}, who can go on from there.").format(name=holder.name))
    return Said(_("Noted: the number was let go and is not that of {name} any more. With a new number or a new code "
                  "{name} can register again; what was begun is still there.").format(name=holder.name))


def told_holder() -> Said:
    return Said(_("The task force has made sure that this number is still yours, Bapak/Ibu. Please go on; /menu shows "
                  "what can be done."))


def codes_guessed(address: Address | None, times: int) -> Said:
    """To the task force of the regency."""
    if address is None:
        return Said(_("Please note: {count} wrong invitation codes were typed within an hour, from several numbers. "
                      "Nobody was let in by them. Perhaps codes were handed out wrongly, perhaps somebody is guessing."
                      ).format(count=number(times)))
    return Said(_("Please note: {count} wrong invitation codes were typed within an hour from {number}. The number is "
                  "closed. If it belongs to somebody in office, please give them a new invitation; else somebody is "
                  "guessing.").format(count=number(times), number=masked(address.value)))


def _named(offices: Offices) -> str:
    return all_of([acting(mandate.standing, office_at(mandate.role, place)) for mandate, place in offices])
