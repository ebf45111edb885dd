"""/dataku and /hapus: the talk goes, what was done in an office stays (H8, R36)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditRow, record
from models.erasing import Account, Erased, Office, data_about, erase_person
from models.files import Attachment, AttachmentState, StoredFile
from models.people import Address, AddressKind, Channel, Person, Role, Standing
from models.post import Inbound, InboundState, Kind, Offer, Outgoing, OutgoingState, Talk
from models.queries.people import load_person
from models.unit import Unit
from tests.makers import NOON, VILLAGE, a_mandate, a_person


@pytest.fixture
async def siti(placed: Unit) -> Person:
    """An officer in the middle of a form, to whom much was said."""
    person = a_person(phone="+6281200000021", mandates=[a_mandate()])
    placed.session.add(person)
    await placed.session.flush()
    address = Address(channel=Channel.TELEGRAM, kind=AddressKind.TELEGRAM_USER, value="7001", person_id=person.id,
                      created_at=NOON, bound_at=NOON, noticed_at=NOON, wrong_codes=0)
    placed.session.add(address)
    await placed.session.flush()
    old = NOON - timedelta(days=1)
    placed.session.add_all([
        Talk(lane=person.id, state="report:sphp", data={"sphp_kg": 500}, updated_at=old),
        Inbound(channel=Channel.TELEGRAM, external_id="1", address_id=address.id, payload="{}", kept_at=old,
                state=InboundState.DONE, attempts=1),
        Inbound(channel=Channel.TELEGRAM, external_id="2", address_id=address.id, payload="{}", kept_at=NOON,
                state=InboundState.KEPT, attempts=1),
        Offer(token="old", address_id=address.id, person_id=person.id, kind="form", version=0, facts={"name": "Siti"},
              choices=[{"label": "Siti"}], created_at=old),
        *(Outgoing(address_id=address.id, kind=kind, text="Siti", priority=10, not_before=old, created_at=old,
                   state=state, attempts=0)
          for kind, state in [(Kind.REPLY, OutgoingState.SENT), (Kind.REPLY, OutgoingState.QUEUED),
                              (Kind.REMINDER, OutgoingState.QUEUED)]),
    ])
    record(placed, person, "report.filed", "report:1")
    record(placed, person, "report.filed", "report:2")
    record(placed, person, "loan.filed", "loan:9")
    await placed.session.commit()
    return await load_person(placed.session, person.id)


async def test_a_person_sees_all_that_is_known_of_them(placed: Unit, siti: Person) -> None:
    data = await data_about(placed, siti)
    assert (data.name, data.masked_phone, data.has_draft) == ("Siti Aminah", "+62…0021", True)
    assert data.offices == (Office(Role.CHAIR, VILLAGE, Standing.DEFINITIVE, siti.mandates[0].begins, None),)
    assert data.accounts == (Account(Channel.TELEGRAM, NOON, None),)
    assert data.took_part_in == {"report": 2, "loan": 1}


async def test_the_talk_goes_and_the_office_stays(placed: Unit, siti: Person) -> None:
    assert await erase_person(placed, siti) == Erased(accounts=1, office_kept=True)
    await placed.session.commit()
    siti_id = siti.id
    placed.session.expire_all()
    assert (await placed.session.scalars(select(Address.person_id))).all() == [None]
    assert (await placed.session.scalars(select(Talk))).all() == []
    assert (await placed.session.scalars(select(Inbound.payload).order_by(Inbound.id))).all() == [None, "{}"]
    said = await placed.session.execute(select(Outgoing.state, Outgoing.text).order_by(Outgoing.id))
    assert [tuple(row) for row in said] == [
        (OutgoingState.SENT, None),
        (OutgoingState.QUEUED, "Siti"),
        (OutgoingState.CANCELLED, None),
    ]
    assert (await placed.session.execute(select(Offer.facts, Offer.choices))).all() == [({}, [])]
    again = await load_person(placed.session, siti_id)
    assert (again.name, again.phone, again.erased_at) == ("Siti Aminah", "+6281200000021", None)
    actions = (await placed.session.scalars(select(AuditRow.action).order_by(AuditRow.id))).all()
    assert actions == ["report.filed", "report.filed", "loan.filed", "person.erased"]


async def test_files_of_a_cancelled_draft_go_with_the_talk(placed: Unit, siti: Person) -> None:
    inbound = (await placed.session.scalars(select(Inbound).order_by(Inbound.id))).first()
    assert inbound
    inbound.trouble = "ValueError at …"
    placed.session.add(StoredFile(sha256="a" * 64, content=b"%PDF", media_type="application/pdf", size=4,
                                  stored_at=NOON))
    await placed.session.flush()
    placed.session.add(Attachment(address_id=inbound.address_id, inbound_id=inbound.id, remote="…", name="RAB Siti.pdf",
                                  state=AttachmentState.STORED, sha256="a" * 64, retry_at=NOON))
    await placed.session.commit()
    await erase_person(placed, siti)
    await placed.session.commit()
    for gone in (Attachment.id, StoredFile.sha256):
        assert (await placed.session.scalars(select(gone))).all() == []
    assert (await placed.session.scalars(select(Inbound.trouble).where(Inbound.trouble.is_not(None)))).all() == []


async def test_after_the_last_office_the_number_goes_too(placed: Unit, siti: Person) -> None:
    siti.mandates[0].ends = placed.today - timedelta(days=1)
    assert (await erase_person(placed, siti)).office_kept is False
    assert (siti.name, siti.phone, siti.erased_at) == ("Siti Aminah", None, NOON)
