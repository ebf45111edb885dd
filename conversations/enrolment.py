"""The first words with somebody: who we are, what is stored and why, and how this phone becomes theirs."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from conversations.conversation import Conversation
from conversations.form.answers import greets
from conversations.form.asking import joined
from conversations.menu import answered_by_machine, menu, what_this_is
from conversations.offices import acting, addressed, office_at
from conversations.refusals import explain
from conversations.said import Ask, Said
from conversations.smalltalk import asks_what_this_is
from locales import _, ngettext
from locales.formats import all_of, number
from models.enrolling import TooManyWrongCodes, WrongCode
from models.people import Address, AddressKind, Channel, Mandate, Person
from models.places import Place

GREETINGS_AN_HOUR = 12
"""To one address, whatever is written there. A house rule."""
SAME_AN_HOUR = 3
"""As an answer to the same words: a machine that answers our greeting always says the same, a person does not."""

Offices = Sequence[tuple[Mandate, Place]]


def greeting(address: Address, said: str = "") -> Said:
    """To somebody we do not know yet, whatever was said: who answers here, and the one thing to do."""
    hello = _("Waalaikumsalam.") if greets(said) else _("Welcome, Bapak/Ibu.")
    if address.noticed_at is None or asks_what_this_is(said):
        hello = f"{hello} {answered_by_machine()}"
    if address.channel is Channel.TELEGRAM:
        return Said(joined(hello, _(
            "Please tap the button below to share your number. It is compared with the list of the Dinas, so that we "
            "know whom we serve.")), asks=Ask.CONTACT)
    if address.kind is AddressKind.PHONE:
        return Said(joined(hello, _(
            "Please type the code of 6 digits from your invitation, so that we know whom we serve. Who has none may "
            "ask the task force of the kecamatan.")))
    return Said(joined(hello, _(
        "WhatsApp does not show us your phone number, so we cannot find it in the list of the Dinas. Please write "
        "from the number that the Dinas has, or ask the task force of the kecamatan.")))


def may_greet(conversation: Conversation, said: str, *, at: datetime) -> bool:
    """Whether a stranger is answered once more: a machine that answers our greeting would else be greeted for ever,
    and on WhatsApp each word costs."""
    greeted = [[moment, words] for moment, words in conversation.data.get("greeted", ())
               if at - datetime.fromisoformat(moment) < timedelta(hours=1)]
    words = hashlib.sha256(said.encode()).hexdigest()[:8]
    if len(greeted) >= GREETINGS_AN_HOUR or sum(word == words for _moment, word in greeted) >= SAME_AN_HOUR:
        return False
    conversation.data["greeted"] = [*greeted, [at.isoformat(), words]]
    return True


def with_notice(address: Address, said: Said, *, at: datetime) -> Said:
    """Where the privacy notice stands is told with the first thing that is ever said here, in the same bubble (R36):
    the whole of it would push away what is to be done."""
    if address.noticed_at is not None:
        return said
    address.noticed_at = at
    return replace(said, text=joined(said.text, _("Your data serve this programme only. Privacy: /privasi")))


def enrolled(person: Person, offices: Offices, *, on: date) -> Said:
    text = _("Thank you, {whom}. Your number is registered as {offices}. ✅").format(
        whom=addressed(person), offices=_named(offices))
    # the keyboard with which the contact was shared has done its work
    return Said(joined(text, _("What would you like to do now?")), menu(person, on=on).card, asks=Ask.NOTHING)


def welcome_back(person: Person, offices: Offices, *, on: date) -> Said:
    text = _("Welcome, {whom} ({offices}).").format(whom=addressed(person), offices=_named(offices))
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
