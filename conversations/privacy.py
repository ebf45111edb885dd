"""What is stored and why, what is stored about the one who asks, and letting go of it (/privasi, /dataku, /hapus)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from conversations.conversation import Conversation
from conversations.offices import acting, office_at
from conversations.said import LONGEST_TEXT, Card, Choice, Enclosure, Said, pressing
from conversations.waiting import is_waiting, stop_waiting, wait_for
from locales import _
from locales.citizen_ids import SCRUBBED
from locales.formats import moment, number, short_date
from models.erasing import Account, Erased, Office, PersonalData
from models.forgetting import COPY_NAME
from models.people import Address, Channel
from models.places import Place

ERASURE = "erasure"
CONFIRM_WITHIN = timedelta(minutes=10)


def notice() -> str:
    """Who processes what, why and how long; given at the first contact too."""
    return "\n\n".join((
        _("What is stored here: your name, your office and the number from the list of the Dinas, and what you "
          "report and decide. The Dinas Koperasi UKM Bengkalis does this for the public duty of the programme "
          "(UU 27/2022)."),
        _("Messages travel through Telegram or WhatsApp, also abroad. Raw messages are deleted after 30 days, texts "
          "after 90 days, and so is an account that is on no list; reports and decisions are kept as public "
          "records."),
        _("Please never send NIK, KTP, SLIK or lists of members: they are not stored."),
        _("/dataku shows what is stored about you; /hapus deletes what belongs only to the conversation."),
    ))


def about_scrubbing(text: str) -> str:
    """A word on the NIK that stood in what was typed; nothing if there was none."""
    return _("A number that looks like a NIK was removed and not stored.") if SCRUBBED in text else ""


def privacy() -> Said:
    return Said(notice())


def my_data(data: PersonalData) -> Said:
    lines = [
        _("Name: {name}").format(name=data.name),
        *([_("Number: {phone}").format(phone=data.masked_phone)] if data.masked_phone else []),
        *(_office(office, data.places[office.place_code]) for office in data.offices),
        *(_account(account) for account in data.accounts),
        _("Open drafts: yes") if data.has_draft else _("Open drafts: none"),
        _("Entries in the trail under your name: {count}").format(count=number(sum(data.took_part_in.values()))),
    ]
    foot = _("Something is not right? The task force corrects it. /hapus deletes what belongs only to the "
             "conversation.")
    return Said("\n\n".join((_("This is stored about you:"), "\n".join(lines), foot))[:LONGEST_TEXT])


def copy_text(copy: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """As a document that is read without any program, and by any program."""
    kinds = {
        "person": _("Name and number"), "offices": _("Offices"), "accounts": _("Accounts"),
        "invitations": _("Invitations"), "draft": _("Open draft"), "received": _("Messages from you"),
        "said": _("Messages to you"), "files": _("Files from you"), "reports": _("Your reports"),
        "loan_requests": _("Your requests for a loan"), "withdrawn": _("Requests withdrawn by you"),
        "decisions": _("Your decisions"), "broadcasts": _("Your messages to many"), "reminders": _("Reminders to you"),
        "trail": _("Entries in the trail"),
    }
    return "\n\n".join(
        f"{kinds[kind]} ({len(records)})\n" + "\n".join(
            json.dumps(record, ensure_ascii=False, indent=1) for record in records)
        for kind, records in copy.items()) + "\n"


def my_copy(sha256: str) -> Said:
    return Said(_("The whole copy of your data, for yourself only: it holds your number and your messages."),
                enclosure=Enclosure(sha256, COPY_NAME))


def unknown_data(address: Address) -> Said:
    """To somebody whom no list knows."""
    account = {Channel.TELEGRAM: "Telegram", Channel.WHATSAPP: "WhatsApp"}[address.channel]
    return Said(_("Of you only this {account} account and its messages are stored; your name and number are not known "
                  "here. Raw messages go after 30 days, the rest after 90 days of silence. /hapus deletes all of it "
                  "at once.").format(account=account))


def ask_erasure(conversation: Conversation, *, at: datetime) -> Said:
    # a form that is open goes on; its own answers come first
    if conversation.state is None:
        wait_for(conversation, ERASURE, at=at)
    return confirm_erasure()


def asks_to_erase(conversation: Conversation, *, at: datetime) -> bool:
    return conversation.asked_at is not None and at - conversation.asked_at < CONFIRM_WITHIN


def confirm_erasure(before: str = "") -> Said:
    text = _("Delete the connection with this account, open drafts and the messages? Reports and decisions made in "
             "office stay as public records. To use this again afterwards: on Telegram /start, on WhatsApp a new code "
             "from the task force. To delete, please {press}.").format(press=pressing(_("Yes, delete")))
    choices = (Choice(_("Yes, delete"), "erase", word=_("yes delete")), Choice(_("Do not"), "keep", word=_("do not")))
    return Said(f"{before} {text}".strip(), Card(ERASURE, choices, lives=CONFIRM_WITHIN))


def erased(done: Erased, conversation: Conversation) -> Said:
    # the turn saves its conversation after this; it must have nothing to save
    conversation.state, conversation.data, conversation.asked_at = None, {}, None
    if done.office_kept:
        return Said(_("The connection, drafts and messages are deleted. Name and number stay in the list of the "
                      "Dinas as long as the office is held. /start connects again."))
    return Said(_("The connection, drafts, messages and the number are deleted. Thank you, Bapak/Ibu."))


def confirm_forgetting() -> Said:
    """To somebody whom we do not know."""
    text = _("Delete this account or number and the messages from here? Nothing else is stored about you. "
             "To delete, please {press}.").format(press=pressing(_("Yes, delete")))
    choices = (Choice(_("Yes, delete"), "erase", word=_("yes delete")), Choice(_("Do not"), "keep", word=_("do not")))
    return Said(text, Card(ERASURE, choices, lives=CONFIRM_WITHIN))


def forgotten(conversation: Conversation) -> Said:
    conversation.state, conversation.data, conversation.asked_at = None, {}, None
    return Said(_("The messages are deleted, and within a few minutes this account or number too. Thank you, "
                  "Bapak/Ibu."))


def kept(conversation: Conversation) -> Said:
    if is_waiting(conversation, ERASURE):
        stop_waiting(conversation)
    return Said(_("Nothing was deleted."))


def _office(office: Office, place: Place) -> str:
    said = {"office": acting(office.standing, office_at(office.role, place)), "begins": short_date(office.begins)}
    if office.ends is None:
        return _("Office: {office}, since {begins}").format(**said)
    return _("Office: {office}, {begins} to {ends}").format(ends=short_date(office.ends), **said)


def _account(account: Account) -> str:
    channel = {Channel.TELEGRAM: "Telegram", Channel.WHATSAPP: "WhatsApp"}[account.channel]
    if account.bound_at is None:
        return _("Account: {channel}").format(channel=channel)
    return _("Account: {channel}, connected {moment}").format(channel=channel, moment=moment(account.bound_at))
