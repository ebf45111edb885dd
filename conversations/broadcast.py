"""A message of the task force to one group: which group, which words, a look at who gets it, and how far it came."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from conversations.broadcast_progress import MOST_NAMES, progress_said
from conversations.conversation import Conversation
from conversations.places import place_name
from conversations.reading import FormWord, is_assent, read_form_word
from conversations.reading.typed import plain, words
from conversations.refusals import explain
from conversations.said import LONGEST_TEXT, Card, Choice, Press, Said, preceded
from conversations.stale import Stale, explain_stale
from conversations.waiting import is_waiting, stop_waiting, stopped, wait_for, waiting_facts
from locales import _
from locales.formats import local_day, moment, number, short_date
from models.access import Action, areas
from models.broadcasting import (
    Audience,
    earlier_broadcasts,
    preview,
    progress,
    recipients_of,
    send_broadcast,
    sent_from,
)
from models.broadcasts import (
    LONGEST_BROADCAST,
    Broadcast,
    NobodyToTell,
    Segment,
    SegmentKind,
    draft_about,
    fitting,
)
from models.calendar import next_sending_moment
from models.people import Person
from models.places import REGENCY, Place, PlaceKind
from models.queries.recap import recap
from models.refusals import NotAllowed
from models.rulebodies import RuleKind
from models.rulesets import closed_days, rules_in_force
from models.unit import Unit

BROADCAST = "broadcast"
PREVIEW = "broadcast_preview"
SEND_WITHIN = timedelta(minutes=30)
FEWEST_LETTERS = 10
"""«ok», «siap pak»: nobody means that for 155 villages."""
ALSO_CALLED: Final = {
    SegmentKind.ALL: ("semua", "semua desa", "semua koperasi", "semuanya"),
    SegmentKind.VILLAGES: ("desa", "semua desa saja"),
    SegmentKind.WARDS: ("kelurahan", "lurah"),
    SegmentKind.NOT_IN_MICROSITE: ("belum terdaftar microsite", "yang belum microsite", "belum terdaftar"),
    SegmentKind.NOT_REPORTED: ("belum melapor", "belum lapor", "yang belum lapor", "yang belum melapor",
                               "belum lapor minggu ini", "yang belum melapor minggu ini"),
}


async def leaves_at(unit: Unit) -> datetime:
    """When we may next write by ourselves."""
    _row, sending = await rules_in_force(unit, RuleKind.SENDING, unit.today)
    return next_sending_moment(unit.now, sending, await closed_days(unit))


async def begin_broadcast(unit: Unit, person: Person, conversation: Conversation) -> Said:
    said = choose_segment(person, unit)
    wait_for(conversation, BROADCAST, at=unit.now)
    return said


def choose_segment(person: Person, unit: Unit, before: str = "") -> Said:
    """A task force of a kecamatan speaks to its own villages only."""
    reached = areas(person, Action.BROADCAST, on=unit.today)
    if not reached:
        raise NotAllowed(Action.BROADCAST)
    choices = [Choice(segment_name(kind), "segment", kind) for kind in SegmentKind if kind is not SegmentKind.DISTRICT]
    if REGENCY in reached:
        choices.append(Choice(_("One kecamatan"), "districts"))
    choices.append(Choice(_("Earlier messages"), "earlier"))
    return Said(_under(before, _("Who should get the message?")), Card(BROADCAST, (*choices, _stop())))


async def choose_district(person: Person, unit: Unit, conversation: Conversation) -> Said:
    wait_for(conversation, BROADCAST, at=unit.now, districts=True)
    return await _which_district(person, unit)


async def ask_text(unit: Unit, person: Person, press: Press, conversation: Conversation) -> Said:
    if press.choice.act == "district":
        return await _want_text(unit, person, Segment(SegmentKind.DISTRICT, press.choice.value), conversation)
    return await _want_text(unit, person, Segment(SegmentKind(press.choice.value)), conversation)


async def take_text(unit: Unit, person: Person, text: str, conversation: Conversation, *, late: bool) -> Said:
    """Whatever is typed between /siaran and the press that sends it: a kecamatan's name, «kembali», or the words.
    They become a preview, and at a preview a new one; nothing is sent before it is pressed."""
    facts, command = waiting_facts(conversation), read_form_word(text)
    if late:
        return await _standing(unit, person, facts)
    if command and command.word is FormWord.BACK:
        return await _step_back(unit, person, facts, conversation)
    if facts.get("districts") and (named := await _named_district(unit, person, text)):
        return await _want_text(unit, person, Segment(SegmentKind.DISTRICT, named), conversation)
    if "segment" not in facts:
        if named_segment := await _named_segment(unit, person, text):
            return await _want_text(unit, person, named_segment, conversation)
        return await _standing(unit, person, facts, _("Please choose one of these first."))
    if command or is_assent(text) or sum(map(str.isalpha, text)) < FEWEST_LETTERS:
        return await _standing(unit, person, facts, _("This is too short to be sent to many. Please type the whole "
                                                      "message."))
    drafted = {**facts, "text": fitting(text), "draft_key": f"{person.id}:{unit.inbound_id}"}
    wait_for(conversation, BROADCAST, at=unit.now, **drafted)
    return await _preview(unit, person, drafted)


async def send_previewed(unit: Unit, person: Person, press: Press, conversation: Conversation) -> Said:
    """Only the newest preview sends, for half an hour; a later press of it, whenever it comes, tells that it went."""
    facts = press.card.facts
    if sent := await sent_from(unit, facts["draft_key"]):
        return preceded(await see_progress(unit, person, sent.id), await _sent_before(unit, sent))
    # one from before previews carried their own end has it in its offer
    if "until" in facts and datetime.fromisoformat(facts["until"]) <= unit.now:
        return Said(explain_stale(Stale.EXPIRED))
    if waiting_facts(conversation).get("draft_key") != facts["draft_key"]:
        return Said(explain_stale(Stale.OLD_FORM))
    stop_waiting(conversation)
    broadcast = await send_broadcast(unit, person, **sending_of(press))
    return await see_progress(unit, person, broadcast.id)


async def stop_previewed(unit: Unit, press: Press, conversation: Conversation) -> Said:
    """What went cannot be stopped any more, and nobody is told that it was."""
    sent = await sent_from(unit, press.card.facts["draft_key"])
    if sent:
        return Said(await _sent_before(unit, sent))
    if is_waiting(conversation) and not is_waiting(conversation, BROADCAST):
        return Said(explain_stale(Stale.OLD_FORM))
    return stopped(conversation)


async def _sent_before(unit: Unit, sent: Broadcast) -> str:
    return _("This message was sent (number {broadcast}, {count} recipients). It is not sent twice.").format(
        broadcast=sent.id, count=number(len(await recipients_of(unit, sent.id))))


def preview_sent(broadcast: Broadcast, shown: str) -> str:
    """What stands where its preview was; there is nothing left to press."""
    return "\n\n".join((shown, _("Sent: message number {broadcast}.").format(broadcast=broadcast.id)))


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


def sending_of(press: Press) -> dict[str, Any]:
    """What `send_broadcast` is to be asked, as the sender saw it on the preview."""
    facts = press.card.facts
    return {"segment": _segment_of(facts), "text": facts["text"], "draft_key": facts["draft_key"]}


def _beginning(text: str) -> str:
    words_of = " ".join(text.split())
    return words_of if len(words_of) <= 30 else f"{words_of[:29].rstrip()}…"


def broadcast_said(broadcast: Broadcast, sender: Place) -> Said:
    """As its recipients read it."""
    heading = _("From the task force KDKMP, {place}:").format(place=place_name(sender))
    return Said(f"{heading}\n\n{broadcast.text}", links=True)


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


async def _want_text(unit: Unit, person: Person, segment: Segment, conversation: Conversation) -> Said:
    """For a group in which somebody is, before anybody takes the trouble of writing; else another may be chosen."""
    audience = await preview(unit, person, segment)
    if not audience.readers:
        wait_for(conversation, BROADCAST, at=unit.now)
        return choose_segment(person, unit, _nobody_there(audience, segment))
    wait_for(conversation, BROADCAST, at=unit.now, segment=segment.kind, district=segment.district)
    return _text_wanted(segment)


async def _standing(unit: Unit, person: Person, facts: dict[str, Any], before: str = "") -> Said:
    """The question that still waits, once more."""
    if "text" in facts:
        return await _preview(unit, person, facts, before)
    if "segment" in facts:
        return _text_wanted(_segment_of(facts), before)
    return await _which_district(person, unit, before) if "districts" in facts else choose_segment(person, unit, before)


async def _step_back(unit: Unit, person: Person, facts: dict[str, Any], conversation: Conversation) -> Said:
    """From the preview to the text, from there to the group."""
    if "text" in facts:
        return await _want_text(unit, person, _segment_of(facts), conversation)
    return await begin_broadcast(unit, person, conversation)


async def _which_district(person: Person, unit: Unit, before: str = "") -> Said:
    seen = await recap(unit.session, person, on=unit.today)
    choices = [Choice(district.name, "district", district.code) for district in seen.districts]
    return Said(_under(before, _("Which kecamatan?")), Card(BROADCAST, (*choices, _stop())))


async def _named_segment(unit: Unit, person: Person, text: str) -> Segment | None:
    """«belum melapor minggu ini», «desa saja», «kecamatan mandau»: a group by its name, as it stands on the button or
    as people say it."""
    said = words(plain(text))
    for kind in SegmentKind:
        names = [words(segment_name(kind)), *(words(name) for name in ALSO_CALLED.get(kind, ()))]
        if kind is not SegmentKind.DISTRICT and said in names:
            return Segment(kind)
    district = await _named_district(unit, person, text)
    return Segment(SegmentKind.DISTRICT, district) if district else None


async def _named_district(unit: Unit, person: Person, text: str) -> str | None:
    said = [word for word in words(plain(text)) if word not in ("kecamatan", "kec")]
    seen = await recap(unit.session, person, on=unit.today)
    return next((district.code for district in seen.districts if words(district.name) == said), None)


def _segment_of(facts: Mapping[str, Any]) -> Segment:
    return Segment(SegmentKind(facts["segment"]), facts["district"])


def _under(before: str, text: str) -> str:
    return f"{before}\n\n{text}" if before else text


def _nobody_there(audience: Audience, segment: Segment) -> str:
    if audience.cooperatives:
        return _("{villages} villages, but nobody there is registered with this bot yet. Please choose another group."
                 ).format(villages=number(len(audience.cooperatives)))
    return " ".join(filter(None, (explain(NobodyToTell()), _who_is_meant(segment))))


def _who_is_meant(segment: Segment) -> str:
    if segment.kind is SegmentKind.NOT_IN_MICROSITE:
        return _("Only those who said so in a report are in this group; who never reported is not.")
    return ""


def _text_wanted(segment: Segment, before: str = "") -> Said:
    wanted = _("Please type the message, at most {longest} characters. It is shown once more before it is sent."
               ).format(longest=number(LONGEST_BROADCAST))
    return Said(_under(before, " ".join(filter(None, (wanted, _who_is_meant(segment))))), Card(BROADCAST, (_stop(),)))


async def _preview(unit: Unit, person: Person, facts: dict[str, Any], before: str = "") -> Said:
    segment, leaves = _segment_of(facts), await leaves_at(unit)
    audience = await preview(unit, person, segment)
    area = await unit.session.get_one(Place, segment.district) if segment.district else None
    send = Choice(_("Send now"), "send", word=_("send now"))
    if leaves > unit.now:
        send = Choice(_("Send"), "send", word=_("send"))
    shown = _preview_text(audience, segment, area, facts["text"], leaves if leaves > unit.now else None, before)
    until = (unit.now + SEND_WITHIN).isoformat()
    card = Card(PREVIEW, (send, _stop()), facts={**facts, "until": until})
    return Said(shown, card, about=draft_about(facts["draft_key"]), links=True)


def _preview_text(audience: Audience, segment: Segment, area: Place | None, text: str, when: datetime | None,
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
    return _with_room(_under(before, "\n".join(head)), text)


def _with_room(head: str, text: str) -> str:
    """The words as they were typed; where both do not fit on one screen, their beginning."""
    room = LONGEST_TEXT - len(head) - 60
    return f"{head}\n\n{text}" if len(text) <= room else f"{head}\n\n{text[:room].rstrip()}…"


def _first(names: tuple[str, ...] | list[str]) -> list[str]:
    shown = list(names[:MOST_NAMES])
    rest = len(names) - len(shown)
    return [*shown, _("and {count} more").format(count=number(rest))] if rest else shown


def _stop() -> Choice:
    return Choice(_("Stop"), "stop", word="batal")
