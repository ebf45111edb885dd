"""A look at a message to many before it goes: who will get it, who cannot, and the words as they will stand there."""

from datetime import datetime

from conversations.places import place_name
from conversations.refusals import explain
from conversations.said import LONGEST_TEXT
from conversations.taskforce.broadcast_group import segment_name, under, who_is_meant
from conversations.taskforce.broadcast_progress import MOST_NAMES
from locales import _
from locales.formats import moment, number
from models.broadcasting import Audience
from models.broadcasts import Broadcast, NobodyToTell, Segment
from models.places import Place, PlaceKind


def preview_sent(broadcast: Broadcast, shown: str, *, waits: bool = False) -> str:
    """What stands where its preview was; there is nothing left to press. `waits`: for the next sending hour."""
    done = _("Message number {broadcast}; it leaves at that time.") if waits else _("Sent: message number {broadcast}.")
    return "\n\n".join((shown, done.format(broadcast=broadcast.id)))


def nobody_there(audience: Audience, segment: Segment) -> str:
    if audience.cooperatives:
        return _("{villages} villages, but nobody there is registered with this bot yet. Please choose another group."
                 ).format(villages=number(len(audience.cooperatives)))
    return " ".join(filter(None, (explain(NobodyToTell()), who_is_meant(segment))))


def preview_text(audience: Audience, segment: Segment, area: Place | None, text: str, when: datetime | None,
                  before: str = "") -> str:
    group = place_name(area) if area and area.kind is PlaceKind.DISTRICT else segment_name(segment.kind)
    head = [
        _("For the officers of the cooperatives and the heads of desa/kelurahan, {group} ({villages} villages): "
          "{people} people; {reached} will get it, {missed} cannot be reached yet.").format(
            group=group, villages=number(len(audience.cooperatives)), people=number(len(audience.readers)),
            reached=number(len(audience.reachable)), missed=number(len(audience.unreachable))),
        ", ".join(_first(audience.cooperatives)),
    ]
    if audience.silent:
        head.append(_("In {count} of these villages nobody can be reached yet.").format(
            count=number(len(audience.silent))))
    if audience.unreachable:
        names = [f"{reader.name} ({reader.place})" for reader in audience.unreachable]
        head.append(_("Cannot be reached yet: {names}").format(names=", ".join(_first(names))))
    if when is not None:
        head.append(_("It leaves at the next sending hour: {moment}.").format(moment=moment(when)))
    return _with_room(under(before, "\n".join(head)), text)


def _with_room(head: str, text: str) -> str:
    """The words as they were typed; where both do not fit on one screen, their beginning."""
    room = LONGEST_TEXT - len(head) - 60
    return f"{head}\n\n{text}" if len(text) <= room else f"{head}\n\n{text[:room].rstrip()}…"


def _first(names: tuple[str, ...] | list[str]) -> list[str]:
    shown = list(names[:MOST_NAMES])
    rest = len(names) - len(shown)
    return [*shown, _("and {count} more").format(count=number(rest))] if rest else shown
