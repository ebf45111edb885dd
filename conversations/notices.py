"""The one place where "something happened" becomes "somebody should know".

What one person does for another, a request or a decision, is told at once. What we say by ourselves keeps to the
sending windows: reminders are only made inside them, broadcasts wait for the next one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from conversations.loans.confirming import ConfirmationLeft, nothing_came_of_it
from conversations.loans.decisions import loan_card
from conversations.loans.dossier import Dossier, open_dossier
from conversations.loans.news import (
    approver_not_reached,
    card_not_arrived,
    closed,
    for_information,
    news,
    nobody_decides,
    not_reached,
    out_of_reach,
)
from conversations.reminders import decision_reminder, office_ended, weekly_reminder
from conversations.reports.news import figures_replaced, replaced
from conversations.said import Said
from conversations.taskforce.broadcast import broadcast_said
from conversations.taskforce.broadcast_preview import preview_sent
from conversations.taskforce.broadcast_progress import leaves_at, progress_said, progress_text
from conversations.taskforce.doubts import about_doubt, ask_task_force, codes_guessed, settled, told_holder
from conversations.taskforce.resending import channel_broken
from models.access import ACCESS, Action, areas, may
from models.broadcasting import BroadcastOver, BroadcastSent, progress, recipients_of
from models.broadcasts import Broadcast, broadcast_key, draft_about
from models.cooperatives import Cooperative
from models.doubting import AddressDoubted, DoubtSettled
from models.handing_over import MandateBegan, MandateEnded
from models.incidents import Guessing, IncidentNoted
from models.loans.lending import LoanDecided, LoanFiled, LoanReturned, LoanWithdrawn
from models.loans.loan import Loan
from models.loans.queries import loans_waiting_for
from models.people import OFFICERS, Address, Mandate, Person, Role
from models.places import REGENCY, Place
from models.post import Kind, Priority
from models.queries.people import holders, load_person, people_with
from models.reminders import Reminder, ReminderKind
from models.reminding import ReminderDue
from models.reporting import ReportFiled, last_told, reports_before
from models.undelivered import ApproverNotReached, ChannelBroken, Lost, unreached_key
from models.unit import Event, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something for one person, said in that person's language when the row is written."""

    person_id: int
    say: Callable[[], Said]
    kind: Kind = Kind.NOTICE
    priority: Priority = Priority.NOTICE
    unique_key: str | None = None
    """Whatever crashes, it is said at most once."""
    about: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """Cards about this are over: those that left are replaced by these words, those still waiting are not sent."""

    about: str
    say: Callable[[str], str]
    """From what the card said to what stands there from now on."""
    kind: str | None = None
    """Only cards of this kind, offered to this person."""
    person_id: int | None = None
    else_say: Callable[[], Said] | None = None
    """Where a channel cannot replace what was said, it is said once more; None: not worth another message."""


async def notices_for(unit: Unit, event: Event) -> list[Notice | Closing]:
    match event:
        case LoanFiled(loan_id=loan_id):
            return list(await _filed(unit, await _dossier(unit, loan_id)))
        case LoanDecided(loan_id=loan_id) | LoanReturned(loan_id=loan_id) | LoanWithdrawn(loan_id=loan_id):
            return await _settled(unit, await _dossier(unit, loan_id))
        case ReminderDue(reminder_id=reminder_id):
            return [await _reminder(unit, await unit.session.get_one(Reminder, reminder_id))]
        case BroadcastSent(broadcast_id=broadcast_id):
            return await _broadcast(unit, await unit.session.get_one(Broadcast, broadcast_id))
        case BroadcastOver(broadcast_id=broadcast_id):
            return await _broadcast_over(unit, await unit.session.get_one(Broadcast, broadcast_id))
        case MandateBegan(mandate_id=mandate_id):
            return list(await _waiting_for(unit, await unit.session.get_one(Mandate, mandate_id)))
        case MandateEnded(mandate_id=mandate_id):
            mandate = await unit.session.get_one(Mandate, mandate_id)
            return [*await _office_ended(unit, mandate), *await _waiting_for(unit, mandate)]
        case IncidentNoted():
            # kept and counted; only many of them are told
            return []
        case Guessing():
            return list(await _guessing(unit, event))
        case AddressDoubted(address_id=address_id):
            return list(await _doubted(unit, await unit.session.get_one(Address, address_id)))
        case DoubtSettled():
            return await _doubt_settled(unit, event)
        case ApproverNotReached(loan_id=loan_id, lost=lost):
            return list(await _approver_not_reached(unit, await _dossier(unit, loan_id), lost))
        case ChannelBroken():
            return list(await _channel_broken(unit, event))
        case ConfirmationLeft(person_id=person_id, kind=kind, about=about):
            return [Closing(about, nothing_came_of_it, kind=kind, person_id=person_id)]
        case ReportFiled(report_id=report_id):
            # who filed it was answered, and the recap shows it
            return list(await _replaced(unit, report_id))
    raise AssertionError(f"nobody decided who should know of {event!r}")


async def _dossier(unit: Unit, loan_id: int) -> Dossier:
    return await open_dossier(unit, await unit.session.get_one(Loan, loan_id))


async def _filed(unit: Unit, dossier: Dossier) -> Iterable[Notice]:
    """The card for the one who decides, or word to the task force that it found nobody. The Regent's staff only reads
    along: buttons are for the Regent's own hand."""
    if dossier.approver is None:
        return await _to_all(unit, Role.TASK_FORCE_REGENCY, dossier, nobody_decides)
    told = [_while_it_waits(dossier, dossier.approver, loan_card)]
    if dossier.loan.approver_role is Role.REGENT:
        told += await _to_all(unit, Role.REGENT_STAFF, dossier, for_information)
    if not dossier.reached:
        told += await _ask_for_help(unit, dossier, not_reached)
    return told


async def _approver_not_reached(unit: Unit, dossier: Dossier, lost: Lost) -> Iterable[Notice]:
    """The one who waits and those who can help hear it once for each version."""
    match lost:
        case Lost.REMINDER if dossier.loan.approver_role is Role.REGENT:
            # it was for the Regent's staff, and says nothing about the Regent
            return []
        case Lost.READER if dossier.reached:
            # another one holds the office by now
            return []
    if dossier.approver is None:
        return []
    told = await _ask_for_help(unit, dossier, card_not_arrived if lost is Lost.CARD else out_of_reach)
    return [*told, replace(_while_it_waits(dossier, dossier.filer, approver_not_reached),
                           unique_key=unreached_key(dossier.loan.about))]


async def _ask_for_help(unit: Unit, dossier: Dossier, say: Callable[[Dossier], Said]) -> list[Notice]:
    """The task force hears once for each version, in whatever way, that the one who decides is not reached."""
    return [replace(notice, unique_key=f"{unreached_key(dossier.loan.about)}:{notice.person_id}")
            for notice in await _to_all(unit, Role.TASK_FORCE_REGENCY, dossier, say)]


async def _channel_broken(unit: Unit, event: ChannelBroken) -> Iterable[Notice]:
    """Once a day, as long as it lasts."""
    return [Notice(person_id=person.id, say=partial(channel_broken, event),
                   unique_key=f"broken:{event.channel}:{unit.today}:{person.id}")
            for person in await people_with(unit.session, [Role.TASK_FORCE_REGENCY], [REGENCY], unit.today)]


async def _to_all(unit: Unit, role: Role, dossier: Dossier, say: Callable[[Dossier], Said]) -> list[Notice]:
    readers = await people_with(unit.session, [role], [REGENCY], unit.today)
    return [_while_it_waits(dossier, person, say) for person in readers]


def _while_it_waits(dossier: Dossier, person: Person, say: Callable[[Dossier], Said]) -> Notice:
    about = dossier.loan.about
    return Notice(person_id=person.id, say=partial(say, dossier), about=about, unique_key=f"{about}:{person.id}")


async def _settled(unit: Unit, dossier: Dossier) -> list[Notice | Closing]:
    """The cards are closed; the officers, the head of the village and the Regent's office hear of what is theirs,
    except whoever did it."""
    loan = dossier.loan
    readers = [*await people_with(unit.session, OFFICERS | {Role.VILLAGE_HEAD, Role.WARD_HEAD}, [dossier.place.code],
                                  unit.today)]
    if loan.approver_role is Role.REGENT:
        readers += await people_with(unit.session, [Role.REGENT, Role.REGENT_STAFF], [REGENCY], unit.today)
    did_it = loan.withdrawn_by_id or loan.decided_by_id
    # not about the waiting version: whatever is about that is dropped before it leaves
    told = [Notice(person_id=person.id, say=partial(news, dossier), about=f"loan:{loan.id}",
                   unique_key=f"loan:{loan.id}:{loan.version}:{loan.status}:{person.id}")
            for person in readers if person.id != did_it]
    return [Closing(loan.about, partial(closed, dossier)), *told]


async def _replaced(unit: Unit, report_id: int) -> Iterable[Notice]:
    """Those whose figures of the same week count no more, each with what is different."""
    report, earlier = await reports_before(unit, report_id)
    cooperative = await unit.session.get_one(Cooperative, report.cooperative_id)
    author = await unit.session.get_one(Person, report.author_id)
    return [Notice(person_id=other.author_id, unique_key=f"replaced:{report.id}:{other.author_id}",
                   say=partial(figures_replaced, report, other.answers, author=author.name,
                               cooperative=cooperative.name, at=unit.now))
            for other in earlier if replaced(other.answers, report.answers)]


async def _reminder(unit: Unit, reminder: Reminder) -> Notice:
    return Notice(person_id=reminder.person_id, say=await _reminder_text(unit, reminder), kind=Kind.REMINDER,
                  unique_key=f"reminder:{reminder.id}", about=reminder.about, expires_at=reminder.expires_at)


async def _reminder_text(unit: Unit, reminder: Reminder) -> Callable[[], Said]:
    person = await unit.session.get_one(Person, reminder.person_id)
    match reminder.kind:
        case ReminderKind.WEEKLY_REPORT:
            place = await unit.session.get_one(Place, reminder.subject)
            return partial(weekly_reminder, person, place, reminder.due, await last_told(unit.session, place.code))
        case ReminderKind.DECISION_WAITING:
            dossier = await _dossier(unit, int(reminder.subject.partition(":")[0]))
            return partial(decision_reminder, person, dossier, at=unit.now)
    raise AssertionError(f"nobody wrote a reminder for {reminder.kind!r}")


async def _broadcast(unit: Unit, broadcast: Broadcast) -> list[Notice | Closing]:
    mandate = await unit.session.get_one(Mandate, broadcast.mandate_id)
    sender = await unit.session.get_one(Place, mandate.place_code)
    leaves = await leaves_at(unit)
    told = [Notice(person_id=recipient.person_id, say=partial(broadcast_said, broadcast, sender), kind=Kind.BROADCAST,
                   priority=Priority.BULK, unique_key=broadcast_key(broadcast.id, recipient.person_id),
                   about=broadcast.about, not_before=leaves)
            for recipient in await recipients_of(unit, broadcast.id)]
    return [Closing(draft_about(broadcast.draft_key), partial(preview_sent, broadcast, waits=leaves > unit.now)), *told]


async def _broadcast_over(unit: Unit, broadcast: Broadcast) -> list[Notice | Closing]:
    """What its sender saw as on its way becomes the last word on it; whoever left the office meanwhile is told
    nothing more."""
    sender = await load_person(unit.session, broadcast.sender_id)
    if not areas(sender, Action.BROADCAST, on=unit.today):
        return []
    came = await progress(unit, sender, broadcast.id)
    return [Closing(broadcast.progress_about, lambda _card: progress_text(broadcast.id, came, at=unit.now),
                    else_say=partial(progress_said, broadcast.id, came, at=unit.now))]


async def _office_ended(unit: Unit, mandate: Mandate) -> Iterable[Notice]:
    person = await load_person(unit.session, mandate.person_id)
    if any((m.role, m.place_code) == (mandate.role, mandate.place_code) for m in person.mandates_on(unit.today)):
        # an acting holder who was appointed stays in office
        return []
    place = await unit.session.get_one(Place, mandate.place_code)
    return [Notice(person_id=person.id, say=partial(office_ended, mandate, place),
                   unique_key=f"mandate_ended:{mandate.id}:{mandate.ends}")]


async def _waiting_for(unit: Unit, mandate: Mandate) -> Iterable[Notice]:
    """After a handover, the cards for whoever decides in that office from now on."""
    if Action.LOAN_DECIDE not in ACCESS[mandate.role][1]:
        return []
    found = await holders(unit.session, mandate.role, mandate.place_code, unit.today)
    if found is None:
        return []
    _mandate, holder = found
    return [_while_it_waits(await open_dossier(unit, loan), holder, loan_card)
            for loan in await loans_waiting_for(unit.session, holder, on=unit.today)]


async def _doubted(unit: Unit, address: Address) -> Iterable[Notice]:
    """Those of the task force who may say whose number it is."""
    assert address.person_id is not None
    holder = await load_person(unit.session, address.person_id)
    offices = [(mandate, await unit.session.get_one(Place, mandate.place_code))
               for mandate in holder.mandates_on(unit.today) or holder.mandates]
    task_force = await people_with(unit.session, [Role.TASK_FORCE_DISTRICT, Role.TASK_FORCE_REGENCY], None, unit.today)
    places = {mandate.place_code for mandate in holder.mandates_on(unit.today)} or {REGENCY}
    return [Notice(person_id=person.id, say=partial(ask_task_force, address, holder, offices),
                   about=about_doubt(address.id), unique_key=f"doubt:{address.id}:{unit.inbound_id}:{person.id}")
            for person in task_force
            if person.id != holder.id and all(may(person, Action.CONFIRM_BINDING, place, on=unit.today)
                                              for place in places)]


async def _doubt_settled(unit: Unit, event: DoubtSettled) -> list[Notice | Closing]:
    """The other cards are closed; a holder who stays hears of it, and gets what waited meanwhile."""
    holder = await load_person(unit.session, event.person_id)
    told: list[Notice | Closing] = [
        Closing(about_doubt(event.address_id), lambda _card: settled(holder, kept=event.kept).text)]
    if event.kept:
        told.append(Notice(person_id=holder.id, say=told_holder))
        for mandate in holder.mandates_on(unit.today):
            told += await _waiting_for(unit, mandate)
    return told


async def _guessing(unit: Unit, event: Guessing) -> Iterable[Notice]:
    """Once an hour and number, however long it goes on."""
    address = await unit.session.get(Address, event.address_id) if event.address_id else None
    window = unit.now.strftime("%Y%m%d%H")
    return [Notice(person_id=person.id, say=partial(codes_guessed, address, event.times),
                   unique_key=f"guessing:{event.address_id}:{window}:{person.id}")
            for person in await people_with(unit.session, [Role.TASK_FORCE_REGENCY], [REGENCY], unit.today)]
