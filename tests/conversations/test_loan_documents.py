"""The documents of a request: who may have them sent, what is said of each, and what their names give away."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import delete, select

from bot.deliver.file_types import _BEGINNINGS, _OFFICE
from conversations.loans.decisions import loan_card, see_dossier
from conversations.loans.documents import documents_card, see_documents, send_documents
from conversations.loans.news import for_information
from conversations.said import LONGEST_CAPTION, Card, Choice, Enclosure, Press, Said
from models.access import Action
from models.files import ENDINGS, Attachment, AttachmentState, StoredFile
from models.loans.lending import amend_loan, decide_loan, file_loan
from models.loans.loan import Loan, LoanDocument, Verdict
from models.loans.refusals import DocumentUnknown
from models.people import Address, Channel, Person, Role
from models.places import REGENCY
from models.post import Inbound
from models.queries.cooperatives import cooperatives_for
from models.receiving import documents_of
from models.refusals import NotAllowed
from models.unit import Unit
from tests.bubbles import labels, on_a_plain_phone
from tests.making import ALL_PAPERS, DESA, NOW, OTHER_DESA, a_store, say, settle

WISH = {"rupiah": 500_000_000, "activity": "sembako", "tenor_months": 60, "bank": "bri", "papers": ALL_PAPERS}
A_HASH = "ab" * 32


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


async def received(store: Unit, chair: Person, state: AttachmentState, media_type: str = "application/pdf") -> int:
    address = (await store.session.scalars(select(Address).where(Address.person_id == chair.id))).one()
    inbound = Inbound(channel=Channel.TELEGRAM, external_id=f"{state}{media_type}", address_id=address.id, kept_at=NOW)
    sha256 = None
    if state is AttachmentState.STORED:
        sha256 = A_HASH[:-len(media_type)] + media_type.encode().hex()[:len(media_type)]
        store.session.add(StoredFile(sha256=sha256, content=b"x", media_type=media_type, size=1, stored_at=NOW))
    store.session.add(inbound)
    await store.session.flush()
    attachment = Attachment(address_id=address.id, inbound_id=inbound.id, remote="x", state=state, sha256=sha256,
                            name="KTP 1403010502800001 081200000021.pdf", retry_at=NOW)
    store.session.add(attachment)
    await store.session.flush()
    return attachment.id


async def a_filed_loan(store: Unit, *documents: tuple[AttachmentState, str]) -> tuple[Person, Loan]:
    chair = await settle(store, (Role.CHAIR, DESA), name="Siti Aminah")
    mine = (await cooperatives_for(store.session, chair, Action.LOAN_FILE, on=store.today))[0]
    await say(store, mine.id, microsite_registered=True, microsite_at=NOW)
    ids = [await received(store, chair, AttachmentState.WAITING if state is AttachmentState.REFUSED else state, kind)
           for state, kind in documents]
    loan = await file_loan(store, chair, mine.id, **WISH, document_ids=ids)
    for number, (state, _kind) in zip(ids, documents, strict=True):
        if state is AttachmentState.REFUSED:
            await refuse(store, number)
    return chair, loan


async def refuse(store: Unit, number: int) -> None:
    attachment = await store.session.get_one(Attachment, number)
    attachment.state, attachment.sha256 = AttachmentState.REFUSED, None
    await store.session.flush()


PDF = (AttachmentState.STORED, "application/pdf")
PHOTO = (AttachmentState.STORED, "image/jpeg")
WAITING = (AttachmentState.WAITING, "")
REFUSED = (AttachmentState.REFUSED, "")


def pressed(loan: Loan, *, version: int = 1) -> Press:
    choice = Choice("Lihat lampiran", "documents")
    return Press(Card("loan_card", (choice,), subject=loan.id, version=version), choice, "token")


@pytest.mark.parametrize(("documents", "said", "names"), [
    ([PDF], ["Terlampir 1 berkas"], ["lampiran-1.pdf"]),
    ([PDF, PHOTO], ["Terlampir 2 berkas"], ["lampiran-1.pdf", "lampiran-2.jpg"]),
    ([WAITING, PHOTO], ["Terlampir 1 berkas", "1 berkas masih dalam perjalanan"], ["lampiran-1.jpg"]),
    ([WAITING], ["1 berkas masih dalam perjalanan"], []),
    ([REFUSED], ["1 berkas tidak dapat disimpan"], []),
])
async def test_each_document_is_a_file_of_its_own_or_a_word_about_it(store, documents, said, names):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    _, loan = await a_filed_loan(store, *documents)
    first, *files = await send_documents(store, head, pressed(loan))
    assert first.enclosure is None and len(first.text.splitlines()) == 1 + len(said)
    for line in said:
        assert line in first.text
    assert [file.enclosure.name for file in files] == [f"pinjaman-{loan.id}-{name}" for name in names]


async def test_a_request_whose_documents_cannot_be_opened_lacks_its_proposal(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    _, loan = await a_filed_loan(store, REFUSED)
    assert (await see_dossier(store, head, loan.id)).missing == ("proposal",)


async def test_what_could_not_be_opened_is_not_filed_and_not_handed_in_again(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    chair, loan = await a_filed_loan(store, PDF, REFUSED)
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.RETURNED, reasons=["RAB belum rinci"])
    kept = await documents_of(store, loan, chair)
    assert len(kept) == 1 and (await see_dossier(store, head, loan.id)).missing == ()
    await refuse(store, kept[0])
    with pytest.raises(DocumentUnknown):
        await amend_loan(store, chair, loan.id, **WISH, document_ids=kept)


async def test_what_the_senders_phone_called_it_is_shown_to_nobody(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    _, loan = await a_filed_loan(store, PDF)
    for said in await send_documents(store, head, pressed(loan)):
        assert not any(part in f"{said.text} {said.enclosure}" for part in ("KTP", "14030105", "0812000"))


@pytest.mark.parametrize(("role", "place", "may"), [
    (Role.VILLAGE_HEAD, DESA, True), (Role.SECRETARY, DESA, True), (Role.REGENT_STAFF, REGENCY, True),
    (Role.INSPECTORATE, REGENCY, True), (Role.TASK_FORCE_DISTRICT, "14.03.01", True),
    (Role.CHAIR, OTHER_DESA, False), (Role.VILLAGE_HEAD, OTHER_DESA, False),
    (Role.TASK_FORCE_DISTRICT, "14.03.02", False), (Role.MANAGER, DESA, False),
])
async def test_only_who_may_see_the_request_is_sent_its_documents(store, role, place, may):
    _, loan = await a_filed_loan(store, PDF)
    asks = await settle(store, (role, place))
    if may:
        assert len(await send_documents(store, asks, pressed(loan))) == 2
    else:
        with pytest.raises(NotAllowed):
            await send_documents(store, asks, pressed(loan))


async def test_a_card_shows_the_documents_of_its_own_version(store):
    head = await settle(store, (Role.VILLAGE_HEAD, DESA))
    chair, loan = await a_filed_loan(store, PDF)
    await decide_loan(store, head, loan_id=loan.id, version=1, verdict=Verdict.RETURNED, reasons=["RAB"])
    await amend_loan(store, chair, loan.id, **WISH, document_ids=[await received(store, chair, *PHOTO)])
    names = [[said.enclosure.name for said in (await send_documents(store, head, pressed(loan, version=version)))[1:]]
             for version in (1, 2)]
    assert [name[0].rpartition(".")[2] for name in names] == ["pdf", "jpg"]


async def test_the_button_stands_where_there_is_something_to_see(store):
    _, bare = await a_filed_loan(store, PDF)
    # as it may be under rules that do not ask for one
    await store.session.execute(delete(LoanDocument))
    staff = await settle(store, (Role.REGENT_STAFF, REGENCY))
    dossier = await see_dossier(store, staff, bare.id)
    assert (see_documents(dossier), documents_card(dossier), for_information(dossier).card) == ((), None, None)


async def test_the_staff_of_the_regent_reads_along(store):
    _, loan = await a_filed_loan(store, PDF)
    dossier = await see_dossier(store, await settle(store, (Role.REGENT_STAFF, REGENCY)), loan.id)
    assert labels(for_information(dossier)) == ["Lihat lampiran"]
    assert labels(loan_card(dossier))[0] == "Lihat lampiran"
    assert f"lampiran {loan.id}, setujui {loan.id}" in on_a_plain_phone(loan_card(dossier))


def test_whatever_is_stored_has_an_ending():
    assert ENDINGS.keys() == {*_BEGINNINGS.values(), *_OFFICE.values(), "image/webp"}


@pytest.mark.parametrize("name", [
    "", "Proposal.pdf", "a b.pdf", "../x", "a/b.pdf", "é.pdf", '"x', ".pdf", "x\n", "x" * 80])
def test_a_name_that_could_mean_something_on_its_way_is_refused(name):
    with pytest.raises(ValueError, match="a file named"):
        Enclosure(A_HASH, name)


def test_under_a_file_nothing_is_asked_and_little_is_said():
    file = Enclosure(A_HASH, "surat.pdf")
    with pytest.raises(ValueError, match="nothing is asked"):
        Said("Benar?", Card("menu", (Choice("Ya", "yes"),)), enclosure=file)
    with pytest.raises(ValueError, match="characters"):
        Said("x" * (LONGEST_CAPTION + 1), enclosure=file)
