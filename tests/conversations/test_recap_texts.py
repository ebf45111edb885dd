"""The recap as it is read: the figures of 1 October 2025, the three words apart, and every screen on one bubble."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import select

from conversations.recap import DISTRICTS, LOANS, View, show
from conversations.said import Press
from models.cooperatives import Cooperative, Premises
from models.people import Role
from models.places import REGENCY
from models.queries.recap import Answer, Topic
from models.refusals import NotAllowed
from models.unit import Unit
from tests.bubbles import labels, on_a_plain_phone
from tests.making import DESA, NOW, a_store, say, settle


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
    text = on_a_plain_phone(await show(store, satgas))
    for said in ("155 koperasi = 136 desa + 19 kelurahan",
                 "Microsite: 151 dari 155 sudah, 4 belum, 0 belum melapor",
                 "- desa: 132 sudah, 4 belum, 0 belum melapor",
                 "- kelurahan: 19 sudah, 0 belum, 0 belum melapor",
                 "Kantor: 91 dari 155 sudah, 64 belum, 0 belum melapor",
                 "Laporan minggu ini: 0 dari 155 sudah, 0 belum, 155 belum melapor",
                 "bukan data resmi SIMKOPDES"):
        assert said in text


async def test_every_screen_of_the_regency_fits_every_phone(store, satgas):
    screens = await walk(store, satgas, await show(store, satgas))
    assert len(screens) > 80
    for screen in screens.values():
        on_a_plain_phone(screen)


async def test_the_missing_are_named_with_their_reason_and_its_date(store, satgas):
    said = await show(store, satgas, View(topic=Topic.MICROSITE, answer=Answer.NO))
    assert "Microsite: belum, 4" in said.text
    assert said.text.count("akses Microsite, data 18 Nov 2026") == 4
    assert labels(said) == ["Kembali"]


async def test_names_that_do_not_fit_are_paged_and_none_is_lost(store, satgas):
    view, numbered = View(topic=Topic.PREMISES, answer=Answer.NO), 0
    while view is not None:
        said = await show(store, satgas, view)
        numbered += sum(line.split(".")[0].isdecimal() for line in said.text.splitlines())
        on_a_plain_phone(said)
        further = [choice for choice in said.card.choices if choice.label == "Berikutnya"]
        view = View.of(Press(said.card, further[0], "t")) if further else None
    assert numbered == 64


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
