"""A message of the task force to one group: which group, which words, a look at who gets it, and how far it came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from conversations.conversation import Conversation
from conversations.places import place_name
from conversations.resending import see_unsure, send_again_choice
from conversations.said import LONGEST_TEXT, Card, Choice, Press, Said
from conversations.waiting import stop_waiting, wait_for, waiting_facts
from locales import _, ngettext
from locales.formats import moment, number
from models.access import Action, areas
from models.broadcasting import Audience, NotReached, Progress, preview
from models.broadcasts import LONGEST_BROADCAST, Broadcast, NobodyToTell, Segment, SegmentKind, fitting
from models.calendar import next_sending_moment
from models.people import Person
from models.places import REGENCY, Place, PlaceKind
from models.post import OutgoingState
from models.queries.recap import recap
from models.refusals import NotAllowed
from models.resending import Unsure
from models.rulebodies import RuleKind
from models.rulesets import closed_days, rules_in_force
from models.unit import Unit

BROADCAST = "broadcast"
MOST_NAMES = 8
"""On one screen; the rest is counted."""


async def leaves_at(unit: Unit) -> datetime:
    """When we may next write by ourselves."""
    _row, sending = await rules_in_force(unit, RuleKind.SENDING, unit.today)
    return next_sending_moment(unit.now, sending, await closed_days(unit))


def choose_segment(person: Person, unit: Unit, unsure: Sequence[Unsure] = ()) -> Said:
    """A task force of a kecamatan speaks to its own villages only. `unsure` is what still wants its attention."""
    reached = areas(person, Action.BROADCAST, on=unit.today)
    if not reached:
        raise NotAllowed(Action.BROADCAST)
    choices = [Choice(segment_name(kind), "segment", kind) for kind in SegmentKind if kind is not SegmentKind.DISTRICT]
    if REGENCY in reached:
        choices.append(Choice(_("One kecamatan"), "districts"))
    return Said(_("Who should get the message?"), Card(BROADCAST, (*choices, *see_unsure(unsure), _stop())))


async def choose_district(person: Person, unit: Unit) -> Said:
    seen = await recap(unit.session, person, on=unit.today)
    choices = [Choice(district.name, "district", district.code) for district in seen.districts]
    return Said(_("Which kecamatan?"), Card(BROADCAST, (*choices, _stop())))


async def ask_text(unit: Unit, person: Person, press: Press, conversation: Conversation) -> Said:
    """For a group in which somebody is, before anybody takes the trouble of writing."""
    is_district = press.choice.act == "district"
    kind = SegmentKind.DISTRICT if is_district else SegmentKind(press.choice.value)
    district = press.choice.value if is_district else None
    audience = await preview(unit, person, Segment(kind, district))
    if not audience.readers:
        raise NobodyToTell
    wait_for(conversation, BROADCAST, at=unit.now, segment=kind, district=district)
    return _text_wanted()


async def take_text(unit: Unit, person: Person, text: str, conversation: Conversation, *, late: bool) -> Said:
    """The words become a preview; nothing is sent before it is pressed."""
    if late:
        return _text_wanted()
    facts = waiting_facts(conversation)
    said = fitting(text)
    segment = Segment(SegmentKind(facts["segment"]), facts["district"])
    audience = await preview(unit, person, segment)
    stop_waiting(conversation)
    card = Card("broadcast_preview", (Choice(_("Send now"), "send", word=_("send now")), _stop()),
                facts={**facts, "text": said, "draft_key": f"{person.id}:{unit.inbound_id}"})
    when = await leaves_at(unit)
    area = await unit.session.get_one(Place, facts["district"]) if facts["district"] else None
    return Said(_preview_text(audience, segment, area, said, when if when > unit.now else None), card)


def sending_of(press: Press) -> dict[str, Any]:
    """What `send_broadcast` is to be asked, as the sender saw it on the preview."""
    facts = press.card.facts
    return {"segment": Segment(SegmentKind(facts["segment"]), facts["district"]), "text": facts["text"],
            "draft_key": facts["draft_key"]}


def progress_said(broadcast_id: int, progress: Progress, *, at: datetime) -> Said:
    """How many got it, how many still wait, and by name who did not get it and why."""
    lines = [
        _("Message number {broadcast}, {moment}").format(broadcast=broadcast_id, moment=moment(at)),
        _("Sent: {sent} of {total}. Waiting: {waiting}. Not reached: {missed}.").format(
            sent=number(progress.sent), total=number(progress.total), waiting=number(progress.waiting),
            missed=number(len(progress.not_reached))),
    ]
    if progress.not_reached:
        names = [f"- {missed.name}: {_why(missed)}" for missed in progress.not_reached]
        lines.append("\n".join(_cut([_("Not reached:"), *names], MOST_NAMES * 2)))
    choices = (Choice(_("Refresh"), "refresh"), *send_again_choice(progress.unsure))
    card = Card("broadcast_progress", choices, subject=broadcast_id, facts={"unsure": list(progress.unsure)})
    return Said("\n\n".join(lines)[:LONGEST_TEXT], card)


def broadcast_said(broadcast: Broadcast, sender: Place) -> Said:
    """As its recipients read it."""
    heading = _("From the task force KDKMP, {place}:").format(place=place_name(sender))
    return Said(f"{heading}\n\n{broadcast.text}")


def segment_name(kind: SegmentKind) -> str:
    match kind:
        case SegmentKind.ALL:
            return _("All villages")
        case SegmentKind.DISTRICT:
            return _("One kecamatan")
        case SegmentKind.VILLAGES:
            return _("Only desa")
        case SegmentKind.WARDS:
            return _("Only kelurahan")
        case SegmentKind.NOT_IN_MICROSITE:
            return _("Not in Microsite yet")
        case SegmentKind.NOT_REPORTED:
            return _("No report this week yet")
    raise AssertionError(f"nobody named {kind!r}")


def _text_wanted() -> Said:
    return Said(_("Please type the message, at most {longest} characters. It is shown once more before it is sent."
                  ).format(longest=number(LONGEST_BROADCAST)),
                Card(BROADCAST, (_stop(),)))


def _preview_text(audience: Audience, segment: Segment, area: Place | None, text: str, when: datetime | None) -> str:
    group = place_name(area) if area and area.kind is PlaceKind.DISTRICT else segment_name(segment.kind)
    head = [
        _("{group}: {villages} villages, {people} people.").format(
            group=group, villages=number(len(audience.cooperatives)), people=number(len(audience.readers))),
        *_cut([", ".join(_first(audience.cooperatives))], 1),
    ]
    if audience.unreachable:
        names = [f"{reader.name} ({reader.place})" for reader in audience.unreachable]
        head.append(ngettext("{count} person cannot be reached yet: {names}", "{count} people cannot be reached yet: "
                             "{names}",
                             len(names)).format(count=number(len(names)), names=", ".join(_first(names))))
    if when is not None:
        head.append(_("It leaves at the next sending hour: {moment}.").format(moment=moment(when)))
    return _with_room("\n".join(head), text)


def _with_room(head: str, text: str) -> str:
    """The words as they were typed; where both do not fit on one screen, their beginning."""
    room = LONGEST_TEXT - len(head) - 60
    return f"{head}\n\n{text}" if len(text) <= room else f"{head}\n\n{text[:room].rstrip()}…"


def _first(names: tuple[str, ...] | list[str]) -> list[str]:
    shown = list(names[:MOST_NAMES])
    rest = len(names) - len(shown)
    return [*shown, _("and {count} more").format(count=number(rest))] if rest else shown


def _cut(lines: list[str], most: int) -> list[str]:
    rest = len(lines) - most
    return lines if rest <= 0 else [*lines[:most], _("and {count} more").format(count=number(rest))]


def _why(missed: NotReached) -> str:
    match missed.state:
        case None:
            return _("has not begun to use the bot yet")
        case OutgoingState.UNKNOWN:
            return _("it is not certain whether it arrived")
        case OutgoingState.EXPIRED:
            return _("it could not be sent in time")
        case OutgoingState.CANCELLED:
            return _("it was taken back")
        case OutgoingState.FAILED:
            return _failed(missed.trouble or "")
    raise AssertionError(f"{missed.state!r} is no reason for not being reached")


def _failed(trouble: str) -> str:
    """What a platform says in its own words, in ours."""
    said = trouble.casefold()
    if "63016" in said or "window" in said:
        return _("WhatsApp takes it only within 24 hours after a message of theirs")
    if any(word in said for word in ("blocked", "deactivated", "not found")):
        return _("the account does not take our messages any more")
    return _("it could not be delivered")


def _stop() -> Choice:
    return Choice(_("Stop"), "stop", word="batal")
