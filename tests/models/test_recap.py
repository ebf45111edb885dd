"""The figures of the meeting of 1 October 2025 come out again, and silence is never counted as "not yet"."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from models.cooperatives import Cooperative, Premises
from models.people import Role
from models.places import REGENCY, PlaceKind
from models.queries.recap import Answer, Tally, Topic, recap
from models.refusals import NotAllowed
from models.unit import Unit
from tests.making import DESA, KELURAHAN, NOW, OTHER_DESA, WEEK, a_store, say, settle

TODAY = date(2026, 11, 18)


@pytest.fixture
async def store() -> AsyncIterator[Unit]:
    async with a_store() as unit:
        yield unit


@pytest.fixture
async def meeting(store):
    """DATA CONTOH: four desa not in Microsite, the first 91 with an office. The articles do not name them."""
    ids = (await store.session.execute(
        select(Cooperative.id, Cooperative.place_code).order_by(Cooperative.place_code))).all()
    missing = [code for _, code in ids if code.split(".")[3].startswith("2")][:4]
    for number, (cooperative_id, code) in enumerate(ids):
        registered = code not in missing
        await say(store, cooperative_id, microsite_registered=registered, microsite_at=NOW,
                  microsite_reason=None if registered else "K06",
                  premises=Premises.LENT_BY_VILLAGE if number < 91 else Premises.NONE_YET, premises_at=NOW)
    return await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))


async def test_the_figures_of_the_meeting_come_out(store, meeting):
    seen = await recap(store.session, meeting, on=TODAY)
    microsite, premises = seen.topic(Topic.MICROSITE), seen.topic(Topic.PREMISES)
    assert (seen.cooperatives, seen.villages, seen.wards, len(seen.districts)) == (155, 136, 19, 11)
    assert (microsite.total, microsite.villages, microsite.wards) == (Tally(151, 4), Tally(132, 4), Tally(19, 0))
    assert premises.total == Tally(yes=91, no=64)
    assert seen.topic(Topic.WEEKLY_REPORT).total == Tally(unreported=155)
    named = microsite.named(Answer.NO)
    assert [(f.kind, f.reason, f.at) for f in named] == [(PlaceKind.VILLAGE, "K06", NOW)] * 4
    assert sum(tally.total for tally in microsite.districts.values()) == 155


async def test_two_statements_are_enough(store, meeting):
    said = []
    engine = store.session.bind.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *call: said.append(call[2]))
    store.session.expunge_all()
    await recap(store.session, meeting, on=TODAY)
    assert len(said) == 2


async def test_belum_and_belum_melapor_are_kept_apart_and_every_figure_has_its_own_date(store):
    ids = dict((await store.session.execute(select(Cooperative.place_code, Cooperative.id))).all())
    earlier = NOW - timedelta(days=20)
    await say(store, ids[DESA], sphp_kg=1200, sphp_at=earlier, outlets={"SEMBAKO": "buka"}, outlets_at=NOW,
              last_report_week=WEEK, last_report_at=NOW)
    await say(store, ids[OTHER_DESA], sphp_kg=0, sphp_at=NOW, outlets={"SEMBAKO": "persiapan"}, outlets_at=earlier,
              obstacles=["K12", "K16"], obstacles_at=NOW, last_report_week=WEEK - timedelta(weeks=1),
              last_report_at=earlier)
    camat = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))
    seen = await recap(store.session, camat, on=TODAY)

    def of(topic, code):
        figure = next(f for f in seen.topic(topic).figures if f.place_code == code)
        return figure.answer, figure.reason, figure.at

    assert [of(topic, DESA) for topic in Topic] == [
        (Answer.UNREPORTED, None, None), (Answer.UNREPORTED, None, None), (Answer.YES, None, NOW),
        (Answer.YES, None, earlier), (Answer.YES, None, NOW)]
    assert [of(topic, OTHER_DESA) for topic in Topic] == [
        (Answer.UNREPORTED, None, None), (Answer.UNREPORTED, None, None), (Answer.NO, "K12", earlier),
        (Answer.NO, "K12", NOW), (Answer.UNREPORTED, None, earlier)]
    assert seen.obstacles[OTHER_DESA] == ("K12", "K16")
    assert seen.topic(Topic.SPHP).total == Tally(1, 1, 153)


@pytest.mark.parametrize(("office", "area", "cooperatives"), [
    ((Role.TASK_FORCE_REGENCY, REGENCY), None, 155),
    ((Role.REGENT, REGENCY), "14.03.02", 23),
    ((Role.TASK_FORCE_DISTRICT, "14.03.02"), None, 23),
    ((Role.TASK_FORCE_DISTRICT, "14.03.02"), OTHER_DESA, 1),
    ((Role.CHAIR, KELURAHAN), None, 1),
    ((Role.TASK_FORCE_DISTRICT, "14.03.02"), "14.03.01", NotAllowed),
    ((Role.TASK_FORCE_DISTRICT, "14.03.02"), REGENCY, NotAllowed),
    ((Role.CHAIR, KELURAHAN), DESA, NotAllowed),
])
async def test_everybody_sees_their_own_area_and_no_other(store, office, area, cooperatives):
    person = await settle(store, office)
    if cooperatives is NotAllowed:
        with pytest.raises(NotAllowed):
            await recap(store.session, person, on=TODAY, area=area)
        return
    seen = await recap(store.session, person, on=TODAY, area=area)
    assert (seen.cooperatives, {len(topic.figures) for topic in seen.topics}) == (cooperatives, {cooperatives})


async def test_without_an_office_there_is_nothing_to_see(store):
    with pytest.raises(NotAllowed):
        await recap(store.session, await settle(store), on=TODAY)
