"""How far a message to many came: how many got it, and by name who did not, and why."""

from datetime import datetime

from conversations.resending import send_again_choice, why_not_delivered
from conversations.said import LONGEST_TEXT, Card, Choice, Said
from locales import _, ngettext
from locales.formats import moment, number
from models.broadcasting import NotReached, Progress, Unaddressed
from models.broadcasts import progress_about
from models.opting_out import ASKED_TO_STOP
from models.phones import dialled
from models.post import OutgoingState

MOST_NAMES = 8
"""On one screen; the rest is counted."""


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
