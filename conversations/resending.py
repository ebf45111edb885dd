"""What nobody knows to have arrived, and what surely did not, by name; and one tap that says the former again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from conversations.offices import office_name
from conversations.said import LONGEST_TEXT, Card, Choice, Press, Said
from locales import _, ngettext
from locales.formats import local_day, moment, number, short_date
from models.post import Kind, Outgoing
from models.resending import Missed

UNSURE: Final = "unsure"
UNDELIVERED: Final = "undelivered"
MOST_LISTED = 12
"""On one screen; the rest is counted."""


def send_again_choice(outgoing_ids: Sequence[int]) -> tuple[Choice, ...]:
    """The card must carry the same ids among its facts, so that exactly those are sent."""
    if not outgoing_ids:
        return ()
    return (Choice(_("Send again to the uncertain ({count})").format(count=number(len(outgoing_ids))), "again"),)


def rows_of(press: Press) -> list[int]:
    rows: list[int] = press.card.facts["unsure"]
    return rows


def see_missed(unsure: Sequence[Missed], undelivered: Sequence[Missed]) -> tuple[Choice, ...]:
    """For the desk of the task force; no choice as long as all is certain to have arrived."""
    choices = []
    if unsure:
        choices.append(
            Choice(_("Not certain to have arrived ({count})").format(count=number(len(unsure))), UNSURE))
    if undelivered:
        choices.append(Choice(_("Not delivered ({count})").format(count=number(len(undelivered))), UNDELIVERED))
    return tuple(choices)


def unsure_said(unsure: Sequence[Missed]) -> Said:
    if not unsure:
        return Said(_("There is no message of which it is uncertain whether it arrived."))
    lines = _first([_line(one) for one in unsure])
    head = _("The network broke off while these were sent, so nobody knows whether they arrived:")
    ids = [one.row.id for one in unsure]
    return Said("\n".join((head, *lines))[:LONGEST_TEXT], Card(UNSURE, send_again_choice(ids), facts={"unsure": ids}))


def undelivered_said(undelivered: Sequence[Missed]) -> Said:
    """Nothing to tap: sent again it would fail again, until the reader writes or somebody tells them."""
    if not undelivered:
        return Said(_("Every notice of the last two weeks was delivered."))
    lines = _first([f"{_line(one)} ({why_not_delivered(one.row.trouble or '')})" for one in undelivered])
    head = _("These notices were not delivered; please tell their readers in another way:")
    return Said("\n".join((head, *lines))[:LONGEST_TEXT])


def why_not_delivered(trouble: str) -> str:
    """What a platform says in its own words, in ours."""
    said = trouble.casefold()
    if "63016" in said or "window" in said:
        return _("WhatsApp takes it only within 24 hours after a message of theirs")
    if any(word in said for word in ("blocked", "deactivated", "not found")):
        return _("the account does not take our messages any more")
    return _("it could not be delivered")


def sent_again(rows: Sequence[Outgoing], *, at: datetime) -> Said:
    if not rows:
        return Said(_("These were sent again before, or are not needed any more; nothing was sent twice."))
    said = [ngettext("{count} message is sent once more.", "{count} messages are sent once more.", len(rows)
                     ).format(count=number(len(rows)))]
    leaves = max(row.not_before for row in rows)
    if leaves > at:
        said.append(_("It leaves at the next sending hour: {moment}.").format(moment=moment(leaves)))
    return Said(" ".join(said))


def _first(lines: Sequence[str]) -> list[str]:
    more = [_("and {count} more").format(count=number(len(lines) - MOST_LISTED))] if len(lines) > MOST_LISTED else []
    return [*lines[:MOST_LISTED], *more]


def _line(one: Missed) -> str:
    return _("- {name}, {office}: {what}, {day}").format(
        name=one.person.name, office=_office(one), what=_what(one.row), day=short_date(local_day(one.row.created_at)))


def _office(one: Missed) -> str:
    held = one.person.mandates_on(local_day(one.row.created_at)) or one.person.mandates
    return office_name(held[0].role)


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
    return _("notice")
