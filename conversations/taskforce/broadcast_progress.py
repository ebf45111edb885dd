"""How far a message to many came: how many got it, and by name who did not, and why."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from conversations.offices import office_name
from conversations.said import LONGEST_TEXT, Card, Choice, Said
from conversations.taskforce.resending import blocked, send_again_choice, why_not_delivered
from locales import _, ngettext
from locales.formats import local_day, moment, number, short_date
from models.broadcasting import NotReached, Progress, Unaddressed, earlier_broadcasts, progress
from models.broadcasts import progress_about
from models.calendar import next_sending_moment
from models.opting_out import ASKED_TO_STOP
from models.people import Person
from models.phones import dialled
from models.post import OutgoingState
from models.rules.bodies import RuleKind
from models.rules.sets import closed_days, rules_in_force
from models.unit import Unit

PROGRESS = "broadcast_progress"
EARLIER = "broadcasts"
MOST_NAMES = 8
"""Beside other things on one screen; the rest is counted."""
MOST_MISSED = 10
"""On one page, with office, number and reason."""
ROOM_FOR_NAMES = LONGEST_TEXT - 450
"""Characters; around them stand the figures, a hint and, on a phone without buttons, the numbered choices."""
NEWS_FOR = timedelta(days=2)


async def leaves_at(unit: Unit) -> datetime:
    """When we may next write by ourselves."""
    _row, sending = await rules_in_force(unit, RuleKind.SENDING, unit.today)
    return next_sending_moment(unit.now, sending, await closed_days(unit))


async def see_progress(unit: Unit, person: Person, broadcast_id: int, page: int = 0) -> Said:
    return progress_said(broadcast_id, await progress(unit, person, broadcast_id), at=unit.now,
                         leaves=await leaves_at(unit), page=page)


async def see_earlier(unit: Unit, person: Person) -> Said:
    """The newest first; each opens how far it came."""
    earlier = await earlier_broadcasts(unit, person, most=MOST_NAMES)
    back = Choice(_("Back"), "back")
    if not earlier:
        return Said(_("No message was sent to many yet."), Card(EARLIER, (back,)))
    choices = [Choice(_("Number {broadcast}, {day}: {words}").format(
        broadcast=one.id, day=short_date(local_day(one.sent_at)), words=_beginning(one.text)), "see", str(one.id))
        for one in earlier]
    return Said(_("Which message? Its progress and the names of those who did not get it are shown."),
                Card(EARLIER, (*choices, back)))


async def own_newest(unit: Unit, person: Person) -> str:
    """How far the sender's newest message came, for a while: the card that told it may not have arrived."""
    for one in await earlier_broadcasts(unit, person, most=MOST_NAMES):
        if one.sender_id == person.id and one.sent_at > unit.now - NEWS_FOR:
            came, leaves = await progress(unit, person, one.id), await leaves_at(unit)
            told = [_how_far(came, leaves if leaves > unit.now else None)]
            if missed := len(came.not_reached):
                told.append(ngettext("Not reached: {count} person.", "Not reached: {count} people.", missed).format(
                    count=number(missed)))
            head = _("Your message number {broadcast}, {moment}:").format(broadcast=one.id, moment=moment(one.sent_at))
            return "\n".join((head, " ".join(told)))
    return ""


def _beginning(text: str) -> str:
    words_of = " ".join(text.split())
    return words_of if len(words_of) <= 30 else f"{words_of[:29].rstrip()}…"


def progress_said(broadcast_id: int, progress: Progress, *, at: datetime, leaves: datetime | None = None,
                  page: int = 0) -> Said:
    """How many got it, how many still wait, and by name, page after page, who did not get it, why, and at which number
    they are called. When nothing waits any more, it is replaced by the last word."""
    pages = _pages(progress)
    page = min(page, max(len(pages) - 1, 0))
    choices = [Choice(_("Refresh"), "refresh")] if progress.waiting or progress.unsure else []
    choices += send_again_choice(progress.unsure)
    if page:
        choices.append(Choice(_("Previous ({page}/{pages})").format(page=number(page), pages=number(len(pages))),
                              "page", str(page - 1)))
    if page + 1 < len(pages):
        choices.append(Choice(_("Next ({page}/{pages})").format(page=number(page + 2), pages=number(len(pages))),
                              "page", str(page + 1)))
    card = Card(PROGRESS, (*choices, Choice(_("Earlier messages"), "earlier")), subject=broadcast_id,
                facts={"unsure": list(progress.unsure)})
    return Said("\n\n".join(_figures(broadcast_id, progress, pages, page, at=at, leaves=leaves)), card,
                about=progress_about(broadcast_id))


def progress_text(broadcast_id: int, progress: Progress, *, at: datetime) -> str:
    """The last word, which stands without buttons."""
    pages = _pages(progress)
    said = _figures(broadcast_id, progress, pages, 0, at=at)
    if progress.unsure:
        said.append(_("To send it again to the uncertain: /siaran, then «Earlier messages»."))
    elif len(pages) > 1:
        said.append(_("For the other names: /siaran, then «Earlier messages»."))
    return "\n\n".join(said)


def _figures(broadcast_id: int, progress: Progress, pages: Sequence[Sequence[str]], page: int, *, at: datetime,
             leaves: datetime | None = None) -> list[str]:
    head = _("Message number {broadcast}, {moment}").format(broadcast=broadcast_id, moment=moment(at))
    said = [head, _how_far(progress, leaves if leaves and leaves > at else None)]
    if pages:
        missed = len(progress.not_reached)
        above = [ngettext("Not reached, {count} person:", "Not reached, {count} people:", missed).format(
            count=number(missed))]
        if len(pages) > 1:
            above.append(_("Page {page} of {pages}").format(page=number(page + 1), pages=number(len(pages))))
        said.append("\n".join((*above, *pages[page])))
    return said


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
    office = office_name(missed.role) if missed.role else ""
    who = ", ".join(filter(None, (missed.name, office, missed.place, dialled(missed.phone) if missed.phone else "")))
    return f"{who}: {_why(missed)}"


def _pages(progress: Progress) -> list[list[str]]:
    """Never cut off in the middle of a name."""
    pages: list[list[str]] = []
    for index, missed in enumerate(progress.not_reached, start=1):
        line = f"{index}. {_missed_line(missed)}"
        if not pages or len(pages[-1]) == MOST_MISSED \
                or sum(map(len, pages[-1])) + len(pages[-1]) + len(line) > ROOM_FOR_NAMES:
            pages.append([])
        pages[-1].append(line)
    return pages


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
            return blocked()
        case Unaddressed.OPTED_OUT:
            return _("asked that nothing be sent any more")
        case Unaddressed.JOINED_LATER:
            return _("began to use the bot after this message")
        case Unaddressed.NEVER_STARTED | None:
            return _("has not begun to use the bot yet")
    raise AssertionError(f"nobody wrote a reason for {missed.unaddressed!r}")
