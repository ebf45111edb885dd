"""The first words with somebody: who we are, what is stored and why, and how this phone becomes theirs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from conversations.answers import greets
from conversations.asking import joined
from conversations.conversation import Conversation
from conversations.menu import menu, what_this_is
from conversations.offices import acting, office_at
from conversations.privacy import notice
from conversations.refusals import explain
from conversations.said import Ask, Said
from locales import _, ngettext
from locales.formats import all_of, number
from models.enrolling import TooManyWrongCodes, WrongCode
from models.people import Address, AddressKind, Channel, Mandate, Person
from models.places import Place

GREETINGS_AN_HOUR = 3
"""To one address. A house rule."""

Offices = Sequence[tuple[Mandate, Place]]


def greeting(address: Address, said: str = "") -> Said:
    """To somebody we do not know yet, whatever was said."""
    hello = _("Waalaikumsalam.") if greets(said) else _("Good day, Bapak/Ibu.")
    if address.channel is Channel.TELEGRAM:
        return Said(joined(hello, what_this_is(), _(
            "To know with whom we speak, please share your own contact by the button below. The number is compared "
            "with the list of office holders of the Dinas.")), asks=Ask.CONTACT)
    if address.kind is AddressKind.PHONE:
        return Said(joined(hello, what_this_is(), _(
            "To know with whom we speak, please type the code of 6 digits from your invitation. Who has none may ask "
            "the task force of the kecamatan.")))
    return Said(joined(hello, what_this_is(), _(
        "WhatsApp does not show us your phone number, so we cannot find it in the list of office holders. Please write "
        "from the number that the Dinas has, or ask the task force of the kecamatan.")))


def may_greet(conversation: Conversation, *, at: datetime) -> bool:
    """Whether a stranger is answered once more: a machine that answers our greeting would else be greeted for ever,
    and on WhatsApp each word costs."""
    greeted = [moment for moment in conversation.data.get("greeted", ())
               if at - datetime.fromisoformat(moment) < timedelta(hours=1)]
    if len(greeted) >= GREETINGS_AN_HOUR:
        return False
    conversation.data["greeted"] = [*greeted, at.isoformat()]
    return True


def with_notice(address: Address, said: Said, *, at: datetime) -> Said:
    """The privacy notice comes with the first thing that is ever said here, in the same bubble (R36)."""
    if address.noticed_at is not None:
        return said
    address.noticed_at = at
    return replace(said, text=joined(said.text, notice()))


def enrolled(person: Person, offices: Offices, *, on: date) -> Said:
    text = _("Thank you, Bapak/Ibu {name}. From now on this phone is known as that of {offices}. ✅").format(
        name=person.name, offices=_named(offices))
    return Said(joined(text, _("What would you like to do now?")), menu(person, on=on).card)


def welcome_back(person: Person, offices: Offices, *, on: date) -> Said:
    text = _("Good day, Bapak/Ibu {name} ({offices}).").format(name=person.name, offices=_named(offices))
    return Said(joined(text, what_this_is()), menu(person, on=on).card)


def wrong_code(wrong: WrongCode) -> Said:
    if wrong.left == 0:
        return Said(explain(TooManyWrongCodes()))
    return Said(ngettext("This code does not match yet. Please check it; {left} attempt is left.",
                         "This code does not match yet. Please check it; {left} attempts are left.",
                         wrong.left).format(left=number(wrong.left)))


def _named(offices: Offices) -> str:
    named = [acting(mandate.standing, office_at(mandate.role, place)) for mandate, place in offices]
    return all_of(named) if named else _("no office today")
