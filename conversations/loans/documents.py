"""The documents of a request: the button that asks for them, and each of them as a file of its own."""

import re
from collections.abc import Iterator, Sequence

from conversations.loans.dossier import Dossier
from conversations.reading.typed import without_courtesy, words
from conversations.said import Card, Choice, Enclosure, Press, Said
from locales import _, ngettext
from locales.formats import number
from models.files import ENDINGS, AttachmentState
from models.loans.documents import HandedIn, documents_with
from models.loans.loan import Loan
from models.loans.queries import find_loan, load_loan
from models.people import Person
from models.unit import Unit

DOCUMENTS = "loan_documents"


def see_documents(dossier: Dossier) -> tuple[Choice, ...]:
    """To stand among the choices of any card about this request; no choice where nothing was handed in."""
    if not dossier.documents:
        return ()
    return (_choice(dossier.loan),)


def documents_card(dossier: Dossier) -> Card | None:
    """For those who only read along."""
    choices, loan = see_documents(dossier), dossier.loan
    return Card(DOCUMENTS, choices, subject=loan.id, version=loan.version) if choices else None


async def named_documents(unit: Unit, person: Person, text: str) -> Press | None:
    """«lampiran 4» for a request that this person may see, whatever was said since a card offered it."""
    said = words(without_courtesy(text))
    if len(said) != 2 or not re.fullmatch(r"[0-9]{1,9}", said[1], re.ASCII):
        return None
    loan = await find_loan(unit.session, person, int(said[1]), on=unit.today)
    if loan is None or words(_choice(loan).word) != said:
        return None
    card = Card(DOCUMENTS, (_choice(loan),), subject=loan.id, version=loan.version)
    return Press(card, card.choices[0], "")


async def send_documents(unit: Unit, person: Person, press: Press) -> list[Said]:
    """Those of the version that the card showed: first what there is, then one file after the other."""
    loan = await load_loan(unit.session, person, press.card.subject or 0, on=unit.today)
    papers = await documents_with(unit.session, loan, press.card.version)
    return [Said("\n".join(_what_there_is(loan, papers))), *_files(loan, papers)]


def _choice(loan: Loan) -> Choice:
    return Choice(_("See the documents"), "documents", word=_("documents {loan}").format(loan=loan.id))


def _what_there_is(loan: Loan, papers: Sequence[HandedIn]) -> Iterator[str]:
    yield _("Documents of request number {loan}, {name}.").format(loan=loan.id, name=loan.cooperative.name)
    states = [paper.state for paper in papers]
    if count := states.count(AttachmentState.STORED):
        yield ngettext("{count} file follows.", "{count} files follow.", count).format(count=number(count))
    if count := states.count(AttachmentState.WAITING):
        yield ngettext("{count} file is still on its way to us; please ask again in a few minutes.",
                       "{count} files are still on their way to us; please ask again in a few minutes.",
                       count).format(count=number(count))
    if count := states.count(AttachmentState.REFUSED):
        yield ngettext("{count} file could not be stored; please ask the cooperative for it.",
                       "{count} files could not be stored; please ask the cooperative for them.",
                       count).format(count=number(count))


def _files(loan: Loan, papers: Sequence[HandedIn]) -> Iterator[Said]:
    there = [(paper.sha256, ENDINGS[paper.media_type]) for paper in papers if paper.sha256 and paper.media_type]
    for place, (sha256, ending) in enumerate(there, start=1):
        # Translators: the name of a file; small letters, digits, dots and dashes only
        name = _("loan-{loan}-document-{number}.{ending}").format(
            loan=loan.id, number=place, ending=ending)
        caption = _("Document {number} of {count}, request number {loan}, {name}").format(
            number=number(place), count=number(len(there)), loan=loan.id, name=loan.cooperative.name)
        yield Said(caption, enclosure=Enclosure(sha256, name))
