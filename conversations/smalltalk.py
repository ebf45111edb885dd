"""What is answered to words that are no command and no answer: greetings, assent, questions about what this is."""

from datetime import date
from typing import Final

from conversations.conversation import Conversation
from conversations.form.answers import greets, is_chatter
from conversations.form.words import form_over, later
from conversations.loans.confirming import DECIDING, declines
from conversations.loans.decisions import (
    another_request,
    loan_card,
    named_request,
    requests_at_hand,
    waiting_requests,
)
from conversations.loans.dossier import open_dossier
from conversations.menu import menu, what_this_is, whom_to_ask
from conversations.privacy import ERASURE, asks_to_erase, confirm_erasure, erased, kept
from conversations.reading import FormWord, is_assent, promises, read_form_word
from conversations.reading.typed import plain, words
from conversations.said import LONGEST_TEXT, Said, choosing
from conversations.taskforce.recap_asked import asks_for_a_file, no_files_yet
from conversations.waiting import is_waiting, still_open, stop_waiting
from locales import _
from models.access import Action, areas
from models.erasing import erase_person
from models.loans.queries import loans_waiting_for
from models.people import Person
from models.queries.contacts import helper_of
from models.unit import Unit

THANKS: Final = frozenset({"terima", "terimakasih", "kasih", "makasih", "mksh", "trims", "tks", "thx", "thanks"})
REQUESTS: Final = frozenset({"permohonan", "persetujuan", "menunggu"})
OUTCOME: Final = frozenset({"cair", "disetujui", "setuju", "ditolak", "pinjaman", "permohonan"})
REPORTED: Final = frozenset({"lapor", "laporan", "melapor"})
HUMAN: Final = frozenset({"satgas", "hubungi", "telepon", "telpon", "menelepon", "nelpon"})
MACHINE: Final = frozenset({"bot", "robot", "mesin", "admin", "orang", "manusia"})


async def answer_words(unit: Unit, person: Person, text: str, conversation: Conversation) -> Said:
    if is_waiting(conversation, ERASURE):
        # the words that its question asks for, on a phone with buttons, too
        if plain(text) == plain(_("yes delete")) and asks_to_erase(conversation, at=unit.now):
            return erased(await erase_person(unit, person), conversation)
        if is_assent(text) and asks_to_erase(conversation, at=unit.now):
            return confirm_erasure(before=_("Nothing was deleted yet."))
        if declines(text):
            return kept(conversation)
        stop_waiting(conversation)
    if where := _where_to_look(person, text, on=unit.today):
        told = (where, whom_to_ask(await helper_of(unit.session, person, on=unit.today)), *still_open(conversation))
        return menu(person, on=unit.today, before=" ".join(told))
    if is_assent(text) or DECIDING.intersection(words(plain(text))):
        return await _assent(unit, person, text)
    command = read_form_word(text)
    if promises(text) or (command and command.word is FormWord.LATER):
        over = later(deciding=bool(await loans_waiting_for(unit.session, person, on=unit.today)))
        return Said(" ".join((over, *still_open(conversation))))
    if command:
        return Said(" ".join((form_over(sent=command.word is FormWord.SEND), *still_open(conversation))))
    if _asks_for_requests(text) and areas(person, Action.LOAN_DECIDE, on=unit.today):
        return await waiting_requests(unit, person)
    overseer = bool(areas(person, Action.BROADCAST, on=unit.today))
    answer = no_files_yet() if overseer and asks_for_a_file(text) else await _answer(unit, person, text)
    before = (answer, *still_open(conversation))
    return menu(person, on=unit.today, before=" ".join(filter(None, before)))


async def _assent(unit: Unit, person: Person, text: str) -> Said:
    """«ok», «acc», 👍, «tolak, BPD belum rapat»: a decision is made by its own card only, so that is shown again."""
    waiting = await loans_waiting_for(unit.session, person, on=unit.today)
    named = named_request(text, among=True)
    if named is not None and named not in {loan.id for loan in waiting}:
        return await another_request(unit, person, named)
    if not waiting:
        return menu(person, on=unit.today, before=_("Thank you, Bapak/Ibu. Nothing waits for an answer just now."))
    meant = [loan for loan in waiting if loan.id == named] or waiting
    if len(meant) > 1:
        text, [said] = _("The decision is not recorded yet."), await requests_at_hand(unit, person)
    else:
        text = _("The decision is not recorded yet. Please {press}.").format(press=choosing())
        said = loan_card(await open_dossier(unit, meant[0]))
    return Said(f"{text}\n\n{said.text}"[:LONGEST_TEXT], said.card, about=said.about)


async def _answer(unit: Unit, person: Person, text: str) -> str:
    if greets(text):
        return _("Waalaikumsalam.")
    if asks_what_this_is(text):
        return what_this_is()
    if THANKS.intersection(words(plain(text))):
        return _("You are welcome, Bapak/Ibu.")
    if is_chatter(text):
        return ""
    if not HUMAN.isdisjoint(words(plain(text))):
        return whom_to_ask(await helper_of(unit.session, person, on=unit.today))
    if is_question(text):
        return " ".join((_("This cannot be answered here."),
                         whom_to_ask(await helper_of(unit.session, person, on=unit.today))))
    return _("This could not be understood yet. Please choose below, or type «bantuan».")


def _where_to_look(person: Person, text: str, *, on: date) -> str:
    """«sudah disetujui?», «laporan sudah masuk belum?»: what another screen tells."""
    said = frozenset(words(plain(text)))
    if not is_question(text):
        return ""
    if not OUTCOME.isdisjoint(said) and areas(person, Action.LOAN_DRAFT, on=on):
        return _("Where your request for a loan stands is told by /pinjaman.")
    if not REPORTED.isdisjoint(said) and areas(person, Action.REPORT, on=on):
        return _("Whether the report of this week has arrived is told by /rekap.")
    return ""


def _asks_for_requests(text: str) -> bool:
    """«menunggu», «lihat permohonan», «ada pinjaman?»"""
    said = set(words(plain(text)))
    return not REQUESTS.isdisjoint(said) or {"ada", "pinjaman"} <= said


def asks_what_this_is(text: str) -> bool:
    """«Ini bot apa orang?»"""
    return is_question(text) and not MACHINE.isdisjoint(words(plain(text)))


def is_question(text: str) -> bool:
    return "?" in text or "apa" in words(plain(text))


def unknown_command() -> Said:
    return Said(_("This command is not known here yet. /menu shows what can be done."))


def edited_too_late() -> Said:
    return Said(_("A message that is changed afterwards is not read again. To correct an answer, please type "
                  "«kembali», or «ubah» with its number at the summary; a report that was sent is corrected by a new "
                  "/lapor."))


def cannot_read() -> Said:
    return Said(_("Stickers and voice notes cannot be read; files and locations are taken when /lapor or /pinjaman "
                  "asks for them. So this was not stored. /menu shows what can be done."))
