"""How far a message to many came: how many got it, and by name who did not, and why."""

from datetime import datetime

from conversations.resending import send_again_choice, why_not_delivered
from conversations.said import LONGEST_TEXT, Card, Choice, Said
from locales import _, ngettext
from locales.formats import local_day, moment, number, short_date
from models.broadcasting import NotReached, Progress, Unaddressed, earlier_broadcasts, progress
from models.broadcasts import progress_about
from models.calendar import next_sending_moment
from models.opting_out import ASKED_TO_STOP
from models.people import Person
from models.phones import dialled
from models.post import OutgoingState
from models.rulebodies import RuleKind
from models.rulesets import closed_days, rules_in_force
from models.unit import Unit

MOST_NAMES = 8
"""On one screen; the rest is counted."""


async def leaves_at(unit: Unit) -> datetime:
    """When we may next write by ourselves."""
    _row, sending = await rules_in_force(unit, RuleKind.SENDING, unit.today)
    return next_sending_moment(unit.now, sending, await closed_days(unit))


async def see_progress(unit: Unit, person: Person, broadcast_id: int) -> Said:
    return progress_said(broadcast_id, await progress(unit, person, broadcast_id), at=unit.now,
                         leaves=await leaves_at(unit))


async def see_earlier(unit: Unit, person: Person) -> Said:
    """The newest first; each opens how far it came."""
    earlier = await earlier_broadcasts(unit, person, most=MOST_NAMES)
    if not earlier:
        return Said(_("No message was sent to many yet."))
    choices = [Choice(_("Number {broadcast}, {day}: {words}").format(
        broadcast=one.id, day=short_date(local_day(one.sent_at)), words=_beginning(one.text)), "see", str(one.id))
        for one in earlier]
    return Said(_("Which message? Its progress and the names of those who did not get it are shown."),
                Card("broadcasts", tuple(choices)))


def _beginning(text: str) -> str:
    words_of = " ".join(text.split())
    return words_of if len(words_of) <= 30 else f"{words_of[:29].rstrip()}…"


def progress_said(broadcast_id: int, progress: Progress, *, at: datetime, leaves: datetime | None = None) -> Said:
    """How many got it, how many still wait, and by name who did not get it, why, and at which number they are called.
    When nothing waits any more, it is replaced by the last word."""
    choices = [Choice(_("Refresh"), "refresh")] if progress.waiting or progress.unsure else []
    card = Card("broadcast_progress", (*choices, *send_again_choice(progress.unsure)), subject=broadcast_id,
                facts={"unsure": list(progress.unsure)})
    text = progress_text(broadcast_id, progress, at=at, leaves=leaves)
    return Said(text, card if card.choices else None, about=progress_about(broadcast_id))


def progress_text(broadcast_id: int, progress: Progress, *, at: datetime, leaves: datetime | None = None) -> str:
    head = _("Message number {broadcast}, {moment}").format(broadcast=broadcast_id, moment=moment(at))
    lines = [head, _how_far(progress, leaves if leaves and leaves > at else None)]
    if progress.not_reached:
        names = [_missed_line(missed) for missed in progress.not_reached]
        above = ngettext("Not reached, {count} person:", "Not reached, {count} people:", len(names)).format(
            count=number(len(names)))
        lines.append("\n".join((above, *_fitting(names, LONGEST_TEXT - 400))))
    if progress.unsure and not progress.waiting:
        lines.append(_("To send it again to the uncertain: /siaran, then «Earlier messages»."))
    return "\n\n".join(lines)


def _how_far(progress: Progress, leaves: datetime | None) -> str:
    waiting, sent = number(progress.waiting), number(progress.sent)
    if progress.waiting and leaves:
        return _("It is sent to {count} people on {moment}.").format(count=waiting, moment=moment(leaves))
    if progress.waiting and progress.sent:
        return _("Sent to {sent} people, on its way to {waiting} more …").format(sent=sent, waiting=waiting)
    if progress.waiting:
        return _("On its way to {count} people …").format(count=waiting)
    if not progress.sent:
        return _("Nobody got it.")
    return _("Sent to {count} people.").format(count=sent)


def _missed_line(missed: NotReached) -> str:
    who = ", ".join(filter(None, (missed.name, missed.place, dialled(missed.phone) if missed.phone else "")))
    return f"- {who}: {_why(missed)}"


def _fitting(lines: list[str], room: int) -> list[str]:
    """As many as can be read on one screen; the rest is counted, never cut off in the middle of a name."""
    shown: list[str] = []
    for line in lines[:MOST_NAMES + 4]:
        if sum(map(len, shown)) + len(shown) + len(line) > room:
            break
        shown.append(line)
    rest = len(lines) - len(shown)
    return [*shown, _("and {count} more").format(count=number(rest))] if rest else shown


def _why(missed: NotReached) -> str:
    match missed.state:
        case None:
            return _why_unaddressed(missed)
        case OutgoingState.UNKNOWN:
            return _("it is not certain whether it arrived")
        case OutgoingState.EXPIRED:
            return _("it could not be sent in time")
        case OutgoingState.CANCELLED if missed.trouble == ASKED_TO_STOP:
            return _("asked that nothing be sent any more")
        case OutgoingState.CANCELLED:
            return _("it was taken back")
        case OutgoingState.FAILED:
            return why_not_delivered(missed.trouble or "")
    raise AssertionError(f"{missed.state!r} is no reason for not being reached")


def _why_unaddressed(missed: NotReached) -> str:
    match missed.unaddressed:
        case Unaddressed.BLOCKED:
            return _("has blocked the bot or uses this account no more")
        case Unaddressed.OPTED_OUT:
            return _("asked that nothing be sent any more")
        case Unaddressed.JOINED_LATER:
            return _("began to use the bot after this message")
        case Unaddressed.NEVER_STARTED | None:
            return _("has not begun to use the bot yet")
    raise AssertionError(f"nobody wrote a reason for {missed.unaddressed!r}")
