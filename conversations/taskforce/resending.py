"""«Belum sampai»: what did not arrive, by name, and what may be done about it: send it again, or take it as read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from conversations.offices import office_at
from conversations.said import LONGEST_TEXT, Card, Choice, Press, Said
from locales import _, ngettext
from locales.formats import local_day, moment, number, short_date
from models.phones import dialled
from models.post import Kind, Outgoing, OutgoingState
from models.resending import Missed
from models.undelivered import ChannelBroken

MISSED: Final = "missed"
"""The choice on the menu, and the kind of both screens."""
ONE: Final = "missed_one"
ASKED_FOR: Final = ("belum sampai", "pesan belum sampai", "yang belum sampai", "siapa yang belum menerima",
                    "siapa yang tidak menerima", "siapa belum menerima", "siapa yang tidak menerima pengingat",
                    "siapa yang belum menerima pengingat", "pengingat belum sampai", "kirim ulang pengingat")
"""Its name, and what a clerk asks instead."""
ON_A_PAGE: Final = 5
"""So that names, numbers and reasons stay one screen of a phone, also with the list of choices under them."""


def send_again_choice(outgoing_ids: Sequence[int]) -> tuple[Choice, ...]:
    """The card must carry the same ids among its facts, so that exactly those are sent."""
    if not outgoing_ids:
        return ()
    return (Choice(_("Send again to the uncertain ({count})").format(count=number(len(outgoing_ids))), "again"),)


def rows_of(press: Press) -> list[int]:
    rows: list[int] = press.card.facts["unsure"]
    return rows


def see_missed(missed: Sequence[Missed]) -> tuple[Choice, ...]:
    """For the desk of the task force; no choice as long as all has arrived."""
    return (Choice(_("Not arrived ({count})").format(count=number(len(missed))), MISSED),) if missed else ()


def missed_said(missed: Sequence[Missed], page: int = 0) -> Said:
    """The list, page by page; a name opens what can be done about it."""
    if not missed:
        return Said(_("Every message of the last two weeks has arrived."))
    pages = (len(missed) - 1) // ON_A_PAGE + 1
    page = min(page, pages - 1)
    shown = missed[page * ON_A_PAGE:(page + 1) * ON_A_PAGE]
    head = _("Messages that have not arrived ({page}/{pages}):").format(page=page + 1, pages=pages)
    lines = [f"{place}. {_line(one)}" for place, one in enumerate(shown, start=1)]
    again = [one.row.id for one in shown if one.useful]
    names = [one.person.name[:30] for one in shown]
    often = Counter(names)
    choices = [Choice(f"{place}. {name}" if often[name] > 1 else name, "open", str(one.row.id))
               for place, (name, one) in enumerate(zip(names, shown, strict=True), start=1)]
    if len(again) > 1:
        choices.append(Choice(_("Send {count} on this page again").format(count=number(len(again))), "again"))
    if page:
        choices.append(Choice(_("Previous page"), "page", str(page - 1)))
    if page + 1 < pages:
        choices.append(Choice(_("Next page"), "page", str(page + 1)))
    text = "\n".join((head, *lines))
    return Said(text[:LONGEST_TEXT - 300], Card(MISSED, tuple(choices), facts={"unsure": again}))


def one_missed_said(one: Missed) -> Said:
    again = (Choice(_("Send again"), "again"),) if one.useful else ()
    choices = (*again, Choice(_("Take as arrived"), "arrived"), _back())
    return Said(_line(one), Card(ONE, choices, facts={"unsure": [one.row.id]}))


def back_to_missed(said: Said) -> Said:
    """After one matter is settled the next is one press away."""
    return replace(said, card=Card(MISSED, (_back(),)))


def _back() -> Choice:
    return Choice(_("Back to the list"), "list")


def missed_gone() -> Said:
    return Said(_("This message has arrived meanwhile, was sent again, or is not needed any more."))


def taken_as_arrived(count: int) -> Said:
    """The second tap finds nothing more to do and says so."""
    if not count:
        return missed_gone()
    return Said(_("Noted: taken as arrived."))


def channel_broken(event: ChannelBroken) -> Said:
    """For the task force of the regency, who know whom to call."""
    return Said(_("{channel} takes no message from this bot since {moment}: {why}. Messages wait and leave when it "
                  "works again. Please tell the one who looks after this bot.").format(
                      channel=event.channel.capitalize().replace("app", "App"), moment=moment(event.at), why=event.why))


def why_not_delivered(trouble: str) -> str:
    """What a platform says in its own words, in ours."""
    said = trouble.casefold()
    if "63016" in said or "window" in said:
        return _("WhatsApp takes it only within 24 hours after a message of theirs")
    if any(code in said for code in ("63003", "63024", "21211", "21614")):
        return _("this number is not on WhatsApp")
    if any(word in said for word in ("blocked", "deactivated", "not found", "63014", "63033", "21610")):
        return blocked()
    if said.startswith("given up"):
        return _("the network took nothing until it was too late")
    return _("it could not be delivered")


def blocked() -> str:
    """One state, however we learn of it."""
    return _("has blocked the bot or uses this account no more")


def _why(row: Outgoing) -> str:
    match row.state:
        case OutgoingState.UNKNOWN:
            return _("the network broke off, so it is not certain whether it arrived")
        case OutgoingState.EXPIRED:
            return _("it could not leave before it was too late")
    return why_not_delivered(row.trouble or "")


def sent_again(rows: Sequence[Outgoing], *, at: datetime) -> Said:
    if not rows:
        return Said(_("These were sent again before, or are not needed any more; nothing was sent twice."))
    said = [ngettext("{count} message is on its way once more. What does not arrive stays in this list.",
                     "{count} messages are on their way once more. What does not arrive stays in this list.", len(rows)
                     ).format(count=number(len(rows)))]
    leaves = max(row.not_before for row in rows)
    if leaves > at:
        said.append(_("It leaves at the next sending hour: {moment}.").format(moment=moment(leaves)))
    return Said(" ".join(said))


def _line(one: Missed) -> str:
    who = ", ".join(part for part in (one.person.name, office_at(one.mandate.role, one.place),
                                      dialled(one.phone) if one.phone else "") if part)
    return _("{who}: {what}, {day} - {why}").format(
        who=who, what=_what(one.row), day=short_date(local_day(one.row.created_at)), why=_why(one.row))


def _what(row: Outgoing) -> str:
    """In a few words; what exactly was said is between us and the reader."""
    match row.kind, (row.about or "").split(":"):
        case Kind.BROADCAST, [_matter, broadcast]:
            return _("message number {broadcast}").format(broadcast=broadcast)
        case Kind.REMINDER, ["decision", loan, *_version]:
            return _("reminder of request number {loan}").format(loan=loan)
        case Kind.REMINDER, _about:
            return _("reminder of the weekly report")
        case Kind.NOTICE, ["decision", loan, *_version]:
            return _("request number {loan}, waiting for a decision").format(loan=loan)
        case Kind.NOTICE, ["loan", loan]:
            return _("news of request number {loan}").format(loan=loan)
        case Kind.REPLY, _about:
            return _("the answer to their message")
    return _("notice")
