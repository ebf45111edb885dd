"""The loans of the invented district: one story each, together every state that a request can be in."""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select

from models.files import AttachmentState, StoredFile
from models.loans.lending import amend_loan, decide_loan, file_loan, withdraw_loan
from models.loans.loan import Loan, Verdict
from models.people import Address, Person
from models.receiving import documents_of, receive_attachment
from models.rules.bodies import LoanRules, RuleKind
from models.rules.sets import rules_in_force
from models.unit import WIB, Unit

PROPOSAL = Path(__file__).parent / "data" / "example_proposal.pdf"
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """What followed, so many days before today. A change or a taking back is the ketua's, a verdict the approver's."""

    days_ago: int
    act: Verdict | str
    rupiah: int | None = None
    reasons: tuple[str, ...] = ()


CHANGED, TAKEN_BACK = "changed", "taken back"


@dataclass(frozen=True, slots=True)
class Story:
    """A request and what became of it. None is older than the Wednesday of the first week, whatever day today is."""

    place_code: str
    rupiah: int
    activity: str
    tenor_months: int
    bank: str
    filed_days_ago: int
    then: tuple[Step, ...] = ()


STORIES = (
    # desa: the kepala desa decides
    Story("14.03.01.2004", 500 * MILLION, "sembako", 60, "bri", 11, (Step(9, Verdict.APPROVED),)),
    Story("14.03.02.2001", 750 * MILLION, "sembako", 72, "bni", 11, (
        Step(8, Verdict.APPROVED, 600 * MILLION, ("Disesuaikan dengan kemampuan mengangsur dari gerai sembako",)),)),
    Story("14.03.03.2006", 1_200 * MILLION, "pergudangan", 72, "mandiri", 10, (
        Step(7, Verdict.DECLINED, None, ("Lahan gudang masih dalam sengketa",)),)),
    Story("14.03.10.2011", 400 * MILLION, "simpan_pinjam", 36, "bri", 9, (
        Step(6, Verdict.RETURNED, None, ("Mohon lengkapi rencana angsuran pada proposal",)),)),
    Story("14.03.16.2010", 900 * MILLION, "sembako", 60, "bsi", 10, (
        Step(8, Verdict.RETURNED, None, ("Mohon rincian belanja modal diperjelas",)), Step(5, CHANGED, 800 * MILLION),
        Step(3, Verdict.APPROVED))),
    Story("14.03.12.2001", 300 * MILLION, "apotek", 48, "bri", 8, (Step(4, TAKEN_BACK),)),
    Story("14.03.13.2007", 650 * MILLION, "logistik", 60, "mandiri", 8),
    Story("14.03.11.2001", 350 * MILLION, "sembako", 48, "bri", 4),
    Story("14.03.02.2005", 550 * MILLION, "sembako", 60, "bri", 2),
    # kelurahan: the Bupati decides
    Story("14.03.09.1006", 1_500 * MILLION, "sembako", 72, "mandiri", 11, (Step(6, Verdict.APPROVED),)),
    Story("14.03.01.1001", 2_000 * MILLION, "pergudangan", 72, "bni", 10, (
        Step(5, Verdict.APPROVED, 1_500 * MILLION, ("Dipenuhi sebagian, gudang dibangun bertahap",)),)),
    Story("14.03.09.1008", 1_000 * MILLION, "klinik", 60, "bri", 9, (
        Step(4, Verdict.RETURNED, None, ("Mohon lampirkan izin operasional klinik",)),)),
    Story("14.03.13.1001", 800 * MILLION, "kantor", 60, "bsi", 7, (
        Step(3, Verdict.DECLINED, None, ("Kantor dapat memakai aset kelurahan yang ada",)),)),
    Story("14.03.03.1010", 700 * MILLION, "sembako", 60, "bri", 5),
    Story("14.03.09.1002", 1_250 * MILLION, "logistik", 72, "mandiri", 3),
    Story("14.03.10.1001", 450 * MILLION, "sembako", 48, "bri", 1),
)
PLACES = frozenset(story.place_code for story in STORIES)

Deed = Callable[[Unit], Awaitable[object]]


@dataclass(slots=True)
class Playing:
    """A story in the hands of its people."""

    story: Story
    cooperative_id: int
    chair: Person
    approver: Person
    loan: Loan | None = field(default=None, init=False)

    def deeds(self, now: datetime) -> Iterator[tuple[datetime, Person, Deed]]:
        yield _at(now, self.story.filed_days_ago, 10), self.chair, self._file
        for step in self.story.then:
            match step.act:
                case Verdict():
                    yield _at(now, step.days_ago, 14), self.approver, self._decided(step, step.act)
                case "changed":
                    yield _at(now, step.days_ago, 11), self.chair, self._changed(step)
                case "taken back":
                    yield _at(now, step.days_ago, 16), self.chair, self._take_back
                case other:
                    raise ValueError(f"no step called {other!r}")

    async def _file(self, unit: Unit) -> None:
        _, rules = await rules_in_force(unit, RuleKind.LOAN, unit.today)
        assert isinstance(rules, LoanRules)
        story = self.story
        self.loan = await file_loan(
            unit, self.chair, self.cooperative_id, rupiah=story.rupiah, activity=story.activity,
            tenor_months=story.tenor_months, bank=story.bank, papers={paper.code: True for paper in rules.papers},
            document_ids=[await _hand_in(unit, self.chair)])

    def _decided(self, step: Step, verdict: Verdict) -> Deed:
        async def decide(unit: Unit) -> None:
            loan = self._filed()
            await decide_loan(unit, self.approver, loan_id=loan.id, version=loan.version, verdict=verdict,
                              rupiah=step.rupiah, reasons=step.reasons)

        return decide

    def _changed(self, step: Step) -> Deed:
        async def change(unit: Unit) -> None:
            loan, story = self._filed(), self.story
            await amend_loan(unit, self.chair, loan.id, rupiah=step.rupiah or story.rupiah, activity=story.activity,
                             tenor_months=story.tenor_months, bank=story.bank,
                             document_ids=await documents_of(unit, loan, self.chair))

        return change

    async def _take_back(self, unit: Unit) -> None:
        loan = self._filed()
        await withdraw_loan(unit, self.chair, loan_id=loan.id, version=loan.version)

    def _filed(self) -> Loan:
        assert self.loan is not None, "a story begins with its request"
        return self.loan


async def _hand_in(unit: Unit, chair: Person) -> int:
    """The proposal that came with the request, fetched and stored as the worker would have."""
    address = (await unit.session.scalars(select(Address).where(Address.person_id == chair.id))).one()
    attachment = await receive_attachment(unit, address, remote="DATA CONTOH", name="Proposal DATA CONTOH.pdf")
    content = PROPOSAL.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if await unit.session.get(StoredFile, sha256) is None:
        unit.session.add(StoredFile(sha256=sha256, content=content, media_type="application/pdf", size=len(content),
                                    stored_at=unit.now))
        await unit.session.flush()
    attachment.state, attachment.sha256 = AttachmentState.STORED, sha256
    return attachment.id


def _at(now: datetime, days_ago: int, hour: int) -> datetime:
    return datetime.combine(now.astimezone(WIB).date() - timedelta(days=days_ago), time(hour, 20), tzinfo=WIB)
