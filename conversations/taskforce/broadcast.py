"""A message of the task force to one group: which group, which words, a look at who gets it, the press that sends."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from conversations.conversation import Conversation
from conversations.places import place_name
from conversations.reading import FormWord, is_assent, read_form_word
from conversations.said import Card, Choice, Press, Said, preceded
from conversations.stale import Stale, explain_stale
from conversations.taskforce.broadcast_group import (
    BROADCAST,
    choose_segment,
    named_district,
    named_segment,
    segment_name,
    stop_choice,
    text_wanted,
    which_district,
)
from conversations.taskforce.broadcast_preview import nobody_there, preview_text
from conversations.taskforce.broadcast_progress import leaves_at, own_newest, see_progress
from conversations.waiting import is_waiting, stop_waiting, stopped, wait_for, waiting_facts
from locales import _
from locales.formats import number
from models.broadcasting import preview, recipients_of, send_broadcast, sent_from
from models.broadcasts import Broadcast, Segment, SegmentKind, draft_about, fitting
from models.people import Person
from models.places import Place
from models.unit import Unit

PREVIEW = "broadcast_preview"
SEND_WITHIN = timedelta(minutes=30)
FEWEST_LETTERS = 10
"""«ok», «siap pak»: nobody means that for 155 villages."""


async def begin_broadcast(unit: Unit, person: Person, conversation: Conversation) -> Said:
    said = choose_segment(person, unit)
    said = preceded(said, await own_newest(unit, person))
    wait_for(conversation, BROADCAST, at=unit.now)
    return said


async def begin_for(unit: Unit, person: Person, segment: Segment | None, conversation: Conversation) -> Said:
    """As it was asked for in words: to a group that was named, the text is next."""
    if segment is None:
        return await begin_broadcast(unit, person, conversation)
    named = await unit.session.get(Place, segment.district) if segment.district else None
    group = place_name(named) if named else segment_name(segment.kind)
    return preceded(await _want_text(unit, person, segment, conversation), _("For: {group}").format(group=group))


async def choose_district(person: Person, unit: Unit, conversation: Conversation) -> Said:
    wait_for(conversation, BROADCAST, at=unit.now, districts=True)
    return await which_district(person, unit)


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
    if facts.get("districts") and (named := await named_district(unit, person, text)):
        return await _want_text(unit, person, Segment(SegmentKind.DISTRICT, named), conversation)
    if "segment" not in facts:
        if called := await named_segment(unit, person, text):
            return await _want_text(unit, person, called, conversation)
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


def sending_of(press: Press) -> dict[str, Any]:
    """What `send_broadcast` is to be asked, as the sender saw it on the preview."""
    facts = press.card.facts
    return {"segment": _segment_of(facts), "text": facts["text"], "draft_key": facts["draft_key"]}


def broadcast_said(broadcast: Broadcast, sender: Place) -> Said:
    """As its recipients read it."""
    heading = _("From the task force KDKMP, {place}:").format(place=place_name(sender))
    return Said(f"{heading}\n\n{broadcast.text}", links=True)


async def _want_text(unit: Unit, person: Person, segment: Segment, conversation: Conversation) -> Said:
    """For a group in which somebody is, before anybody takes the trouble of writing; else another may be chosen."""
    audience = await preview(unit, person, segment)
    if not audience.readers:
        wait_for(conversation, BROADCAST, at=unit.now)
        return choose_segment(person, unit, nobody_there(audience, segment))
    wait_for(conversation, BROADCAST, at=unit.now, segment=segment.kind, district=segment.district)
    return text_wanted(segment)


async def _standing(unit: Unit, person: Person, facts: dict[str, Any], before: str = "") -> Said:
    """The question that still waits, once more."""
    if "text" in facts:
        return await _preview(unit, person, facts, before)
    if "segment" in facts:
        return text_wanted(_segment_of(facts), before)
    return await which_district(person, unit, before) if "districts" in facts else choose_segment(person, unit, before)


async def _step_back(unit: Unit, person: Person, facts: dict[str, Any], conversation: Conversation) -> Said:
    """From the preview to the text, from there to the group."""
    if "text" in facts:
        return await _want_text(unit, person, _segment_of(facts), conversation)
    return await begin_broadcast(unit, person, conversation)


def _segment_of(facts: Mapping[str, Any]) -> Segment:
    return Segment(SegmentKind(facts["segment"]), facts["district"])


async def _preview(unit: Unit, person: Person, facts: dict[str, Any], before: str = "") -> Said:
    segment, leaves = _segment_of(facts), await leaves_at(unit)
    audience = await preview(unit, person, segment)
    area = await unit.session.get_one(Place, segment.district) if segment.district else None
    send = Choice(_("Send now"), "send", word=_("send now"))
    if leaves > unit.now:
        send = Choice(_("Send"), "send", word=_("send"))
    shown = preview_text(audience, segment, area, facts["text"], leaves if leaves > unit.now else None, before)
    until = (unit.now + SEND_WITHIN).isoformat()
    card = Card(PREVIEW, (send, stop_choice()), facts={**facts, "until": until})
    return Said(shown, card, about=draft_about(facts["draft_key"]), links=True)
