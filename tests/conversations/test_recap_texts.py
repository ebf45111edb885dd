"""The recap as it is read: the figures of 1 October 2025, the three words apart, and every screen on one bubble."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from conversations.said import Press
from conversations.taskforce.recap import show
from conversations.taskforce.recap_loans import loans_named_screen
from conversations.taskforce.recap_view import DISTRICTS, LOANS, View
from models.cooperatives import Cooperative, Premises, Status
from models.loans.loan import LoanStatus
from models.loans.queries import LoanTold
from models.people import Role
from models.places import REGENCY, Place, PlaceKind
from models.queries.recap import Answer, Topic
from models.refusals import NotAllowed
from models.unit import Unit
from tests.bubbles import labels, on_a_plain_phone
from tests.making import DESA, NOW, OTHER_DESA, WEEK, a_loan, a_mandate, a_person, a_store, say, settle

EARLIER = NOW - timedelta(days=20)


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


@pytest.fixture
async def satgas(store):
    """DATA CONTOH: four desa not in Microsite, the first 91 with an office. The articles do not name them."""
    ids = (await store.session.execute(
        select(Cooperative.id, Cooperative.place_code).order_by(Cooperative.place_code))).all()
    missing = [code for _, code in ids if code.split(".")[3].startswith("2")][:4]
    for number, (cooperative_id, code) in enumerate(ids):
        await say(store, cooperative_id, microsite_registered=code not in missing, microsite_at=NOW,
                  microsite_reason="K06" if code in missing else None,
                  premises=Premises.LENT_BY_VILLAGE if number < 91 else Premises.NONE_YET, premises_at=NOW)
    return await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))


async def walk(store, person, said):
    """Presses every button below a screen once, and gives the screens."""
    seen, todo = {}, [said]
    while todo:
        screen = todo.pop()
        for choice in screen.card.choices:
            if choice.value not in seen:
                seen[choice.value] = await show(store, person, View.of(Press(screen.card, choice, "t")))
                todo.append(seen[choice.value])
    return seen


async def test_the_figures_of_the_meeting_are_read_on_one_screen(store, satgas):
    assert (await show(store, satgas)).text.splitlines() == [
        "Rekap Kabupaten Bengkalis",
        "Rabu, 18 November 2026",
        "155 koperasi: 136 desa dan 19 kelurahan",
        "",
        "Microsite: 151 dari 155 sudah (132 desa, 19 kelurahan), 4 belum",
        "Kantor: 91 dari 155 sudah (74 desa, 17 kelurahan), 64 belum",
        "Gerai buka: 0 dari 155 sudah, 155 belum melapor",
        "Beras SPHP: 0 dari 155 sudah, 155 belum melapor",
        "Laporan minggu ini: 0 dari 155 sudah, 155 belum",
        "",
        "Data dari laporan desa/kelurahan, bukan data resmi SIMKOPDES."]


async def test_a_topic_is_read_by_desa_and_kelurahan_and_by_kecamatan(store, satgas):
    text = on_a_plain_phone(await show(store, satgas, View(topic=Topic.MICROSITE)))
    for said in ("Microsite: 151 dari 155 sudah, 4 belum\n- desa: 132 dari 136 sudah, 4 belum\n"
                 "- kelurahan: 19 dari 19 sudah\n",
                 "Menurut laporan tanggal 18 Nov 2026", "\nBantan: 23 dari 23 sudah\n"):
        assert said in text


@pytest.mark.parametrize("topic", Topic)
async def test_only_a_weekly_report_has_two_words_and_not_three(store, satgas, topic):
    """There «belum» and «belum melapor» are the same thing."""
    said = await show(store, satgas, View(topic=topic))
    words = "belum melapor" in said.text or any("belum melapor" in label for label in labels(said))
    assert words is (topic in (Topic.OUTLETS, Topic.SPHP))


@pytest.mark.parametrize(("office", "view", "where"), [
    ((Role.TASK_FORCE_REGENCY, REGENCY), View(area="14.03.02"), "Kecamatan Bantan"),
    ((Role.TASK_FORCE_REGENCY, REGENCY), View(area="14.03.02", topic=Topic.PREMISES), "Kecamatan Bantan"),
    ((Role.TASK_FORCE_REGENCY, REGENCY), View(area="14.03.02", topic=Topic.SPHP, answer=Answer.UNREPORTED),
     "Kecamatan Bantan"),
    ((Role.TASK_FORCE_REGENCY, REGENCY), View(area="14.03.02", topic=LOANS), "Kecamatan Bantan"),
    ((Role.TASK_FORCE_DISTRICT, "14.03.02"), View(topic=LOANS), "Kecamatan Bantan"),
    ((Role.TASK_FORCE_REGENCY, REGENCY), View(topic=LOANS), "Kabupaten Bengkalis"),
    ((Role.CHAIR, DESA), View(topic=LOANS), "Desa Pedekik"),
])
async def test_every_screen_says_of_which_place_it_is(store, office, view, where):
    said = await show(store, await settle(store, office), view)
    assert where in said.text.splitlines()[0]
    if view.topic == LOANS:
        nothing = "Belum ada permohonan pinjaman." if where.startswith("Desa") else f"disetujui di {where}: Rp0"
        assert nothing in said.text
        assert ("disetujui: 0" in said.text) is not where.startswith("Desa")


async def test_every_screen_of_the_regency_fits_every_phone(store, satgas):
    screens = await walk(store, satgas, await show(store, satgas))
    assert len(screens) > 80
    for screen in screens.values():
        on_a_plain_phone(screen)


async def test_the_missing_are_named_with_their_reason_and_its_date(store, satgas):
    said = await show(store, satgas, View(topic=Topic.MICROSITE, answer=Answer.NO))
    assert said.text.startswith("Kabupaten Bengkalis\nMicrosite: 4 belum\n")
    assert said.text.count(": akun atau akses Microsite (18 Nov 2026)\n") == 4
    assert labels(said) == ["Kembali"]


async def test_names_that_do_not_fit_are_paged_and_none_is_lost(store, satgas):
    view, numbered, pages = View(topic=Topic.PREMISES, answer=Answer.NO), [], 0
    while view is not None:
        said, pages = await show(store, satgas, view), pages + 1
        assert f"\nHalaman {pages}/3\n" in said.text
        assert any(line.startswith("Kecamatan ") for line in said.text.splitlines()[4:6])
        numbered += [int(line.split(".")[0]) for line in said.text.splitlines() if line.split(".")[0].isdecimal()]
        on_a_plain_phone(said)
        further = [choice for choice in said.card.choices if choice.label == f"Berikutnya ({pages + 1}/3)"]
        view = View.of(Press(said.card, further[0], "t")) if further else None
    assert (numbered, pages) == (list(range(1, 65)), 3)


async def test_whoever_is_to_call_sees_whom_and_at_which_number_and_nobody_else_does(store, satgas):
    ketua = await settle(store, (Role.CHAIR, OTHER_DESA), name="Nur Aini")
    ketua.phone = "+6281200000025"
    camat = await settle(store, (Role.TASK_FORCE_DISTRICT, OTHER_DESA[:8]))
    neighbour = View(topic=Topic.SPHP, answer=Answer.UNREPORTED)
    for caller in (satgas, camat):
        text = (await show(store, caller, View(OTHER_DESA[:8], Topic.SPHP, Answer.UNREPORTED))).text
        assert "Selat Baru – Nur Aini 0812-0000-0025\n" in text
        assert "(Bantan)" not in text
    absent = await settle(store, (Role.CHAIR, "14.03.02.2007"), name="Nur Baya", reachable=False)
    absent.phone = "+6281200000026"
    assert " – Nur Baya 0812-0000-0026, belum mulai memakai bot ini\n" in (
        await show(store, satgas, View(OTHER_DESA[:8], Topic.SPHP, Answer.UNREPORTED))).text
    for reader in (await settle(store, (Role.REGENT, REGENCY)), await settle(store, (Role.INSPECTORATE, REGENCY))):
        assert "Nur Aini" not in (await show(store, reader, View(OTHER_DESA[:8], Topic.SPHP, Answer.UNREPORTED))).text
    other = await settle(store, (Role.TASK_FORCE_DISTRICT, "14.03.01"))
    assert "Nur Aini" not in (await show(store, other, neighbour)).text


@pytest.mark.parametrize(("last_week", "last_at", "dated", "first"), [
    (WEEK, NOW, {}, "sudah masuk, 18 November 2026"),
    (WEEK - timedelta(weeks=1), NOW - timedelta(days=8), {}, "belum masuk; laporan terakhir 10 November 2026"),
    # «nihil» came later than the figures: each says so
    (WEEK, NOW, {"microsite_at": EARLIER}, "sudah masuk, 18 November 2026"),
])
async def test_a_village_reads_its_last_report_first_and_which_figure_is_older(store, last_week, last_at, dated, first):
    cooperative = (await store.session.scalars(select(Cooperative.id).where(Cooperative.place_code == DESA))).one()
    days = {"microsite_at": last_at, "premises_at": last_at, "sphp_at": last_at, **dated}
    await say(store, cooperative, microsite_registered=False, microsite_reason="K06", premises=Premises.NONE_YET,
              sphp_kg=0, obstacles=["K16"], obstacles_note="dermaga rusak", obstacles_at=last_at,
              last_report_week=last_week, last_report_at=last_at, **days)
    older = " (menurut laporan 29 Oktober 2026)" if dated else ""
    assert (await show(store, await settle(store, (Role.CHAIR, DESA)))).text.splitlines()[3:-2] == [
        f"Laporan minggu ini: {first}",
        f"Microsite: belum terdaftar, akun atau akses Microsite{older}",
        "Kantor: belum ada",
        "Gerai buka: belum melapor",
        "Beras SPHP: belum menjual",
        "Kendala yang disampaikan: sinyal, listrik, transportasi laut; dermaga rusak"]


async def test_a_reason_stands_only_beside_what_it_hinders(store, satgas):
    cooperative = (await store.session.scalars(select(Status).limit(1).order_by(Status.cooperative_id))).one()
    cooperative.premises, cooperative.sphp_kg, cooperative.sphp_at = Premises.NONE_YET, 0, NOW
    cooperative.obstacles, cooperative.obstacles_note = ["K05", "K12", "K16"], "dermaga rusak"
    await store.session.flush()
    village = "Bengkalis Kota"
    for topic, why in ((Topic.PREMISES, ": kendala: lahan kurang atau belum sesuai (18 Nov 2026)"),
                       (Topic.SPHP, ": kendala: pasokan Bulog, LPG, pupuk (18 Nov 2026)")):
        text = (await show(store, satgas, View("14.03.01", topic, Answer.NO))).text
        assert f"1. {village}{why}\n" in text


async def test_a_kecamatan_a_village_and_nobody(store, satgas):
    districts = await show(store, satgas, View(topic=DISTRICTS))
    assert len(labels(districts)) == 12
    camat = await settle(store, (Role.TASK_FORCE_DISTRICT, "14.03.02"))
    own = await show(store, camat)
    assert "Kecamatan Bantan" in own.text
    assert "Per kecamatan" not in labels(own)
    with pytest.raises(NotAllowed):
        await show(store, camat, View(area="14.03.01"))
    officer = await settle(store, (Role.CHAIR, DESA))
    assert "Beras SPHP: belum melapor\n" in (await show(store, officer)).text
    stranger = await settle(store)
    with pytest.raises(NotAllowed):
        await show(store, stranger)


async def test_loans_are_counted_by_where_they_stand(store, satgas):
    text = on_a_plain_phone(await show(store, satgas, View(topic=LOANS)))
    assert "menunggu keputusan: 0 (desa 0, kelurahan 0)" in text
    assert store.today == date(2026, 11, 18)


def a_decided_loan(number: int) -> LoanTold:
    place = Place(code=f"14.03.02.{2000 + number}", name="Desa Yang Sangat Panjang Namanya", kind=PlaceKind.VILLAGE)
    loan = a_loan(place=place, status=LoanStatus.DECLINED, decided_at=NOW)
    loan.cooperative.place = place
    return LoanTold(loan, a_person(name="Haji Muhammad Nama Yang Panjang"), a_mandate(Role.VILLAGE_HEAD))


async def test_decided_loans_that_do_not_fit_are_paged_and_none_is_lost(store):
    told, places = [a_decided_loan(number) for number in range(45)], [Place(code="14.03.02", name="Bantan",
                                                                           kind=PlaceKind.DISTRICT)]
    view, numbered, back = View("14.03.02", LOANS, LoanStatus.DECLINED), [], []
    while view is not None:
        said = loans_named_screen(told, places, view, store)
        on_a_plain_phone(said)
        numbered += [int(line.split(".")[0]) for line in said.text.splitlines() if line.split(".")[0].isdecimal()]
        back.append([label.split(" ")[0] for label in labels(said)])
        further = [choice for choice in said.card.choices if choice.label.startswith("Berikutnya")]
        view = View.of(Press(said.card, further[0], "t")) if further else None
    assert numbered == list(range(1, 46))
    assert back[0] == ["Berikutnya", "Kembali"] and back[1][0] == "Sebelumnya" and back[-1] == ["Sebelumnya", "Kembali"]
