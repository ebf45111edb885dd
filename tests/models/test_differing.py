"""Two people of one village say two things of one week: it is seen until the chair says it again."""

import pytest
from sqlalchemy import select

from models.cooperatives import Cooperative
from models.people import Role
from models.places import REGENCY
from models.queries.differing import differing
from models.reporting import file_report
from models.reports import Difference, Fact, Report, ReportManner, differences
from models.unit import Unit
from tests.making import DESA, NOW, OTHER_DESA, a_store, settle

CHAIR, HEAD, SECRETARY = (Role.CHAIR, 1), (Role.VILLAGE_HEAD, 2), (Role.SECRETARY, 3)
NONE_YET, OWNED = {"premises": "belum_ada"}, {"premises": "milik_sendiri"}


def told(number: int, by: tuple[Role, int], **answers: object) -> Report:
    return Report(id=number, office=by[0], author_id=by[1],
                  facts=[Fact(question=question, value=value) for question, value in answers.items()])


def outlets(**states: str) -> dict[str, dict[str, str]]:
    return {"outlets": states}


@pytest.mark.parametrize(("reports", "found"), [
    ([(CHAIR, NONE_YET), (HEAD, OWNED)], [("premises", 2, 1)]),
    ([(CHAIR, OWNED), (HEAD, OWNED)], []),
    ([(CHAIR, NONE_YET), (CHAIR, OWNED)], []),
    ([(HEAD, OWNED), (CHAIR, NONE_YET)], []),
    ([(CHAIR, NONE_YET), (HEAD, OWNED), (CHAIR, NONE_YET)], []),
    # whoever says nothing of it afterwards settles nothing
    ([(CHAIR, NONE_YET), (HEAD, OWNED), (CHAIR, {})], [("premises", 2, 1)]),
    ([(SECRETARY, NONE_YET), (CHAIR, {"sphp_kg": 10}), (HEAD, OWNED | {"sphp_kg": 0})],
     [("premises", 3, 1), ("sphp_kg", 3, 2)]),
    ([(HEAD, OWNED), (SECRETARY, NONE_YET), (SECRETARY, OWNED)], []),
    ([(CHAIR, outlets(SEMBAKO="buka")), (HEAD, outlets(APOTEK="belum"))], []),
    ([(CHAIR, outlets(SEMBAKO="buka")), (HEAD, outlets(SEMBAKO="tutup", APOTEK="belum"))], [("outlets", 2, 1)]),
    ([(CHAIR, outlets()), (HEAD, outlets(SEMBAKO="buka"))], [("outlets", 2, 1)]),
    ([(CHAIR, {"microsite_registered": False}), (HEAD, {"microsite_registered": True})],
     [("microsite_registered", 2, 1)]),
])
def test_what_differs_is_what_two_people_said_of_one_thing(reports, found):
    said = [told(number, by, **answers) for number, (by, answers) in enumerate(reports, start=1)]
    assert differences(said) == tuple(Difference(question, said[counts - 1], said[other - 1])
                                      for question, counts, other in found)


async def reported(unit: Unit, place: str, *said: tuple[Role, dict[str, object]]) -> None:
    cooperative = (await unit.session.scalars(select(Cooperative.id).where(Cooperative.place_code == place))).one()
    for office, facts in said:
        person = await settle(unit, (office, place))
        await file_report(unit, person, cooperative, facts, form_version=1,
                          manner=ReportManner.FULL if facts else ReportManner.NOTHING_NEW)


async def test_whoever_oversees_the_village_sees_it_and_nobody_else_does():
    async with a_store() as store:
        await reported(store, DESA, (Role.CHAIR, NONE_YET), (Role.VILLAGE_HEAD, OWNED))
        await reported(store, OTHER_DESA, (Role.CHAIR, NONE_YET), (Role.VILLAGE_HEAD, {}))
        for office, area, codes in (((Role.TASK_FORCE_REGENCY, REGENCY), None, {DESA}),
                                    ((Role.TASK_FORCE_REGENCY, REGENCY), OTHER_DESA, set()),
                                    ((Role.TASK_FORCE_DISTRICT, OTHER_DESA[:8]), None, set()),
                                    ((Role.TASK_FORCE_DISTRICT, OTHER_DESA[:8]), DESA, set())):
            found = await differing(store.session, await settle(store, office), on=store.today, area=area)
            assert set(found) == codes


async def test_a_newer_week_has_its_own_figures():
    async with a_store() as store:
        await reported(store, DESA, (Role.CHAIR, NONE_YET), (Role.VILLAGE_HEAD, OWNED))
        satgas = await settle(store, (Role.TASK_FORCE_REGENCY, REGENCY))
        assert set(await differing(store.session, satgas, on=store.today)) == {DESA}
        later = Unit(store.session, NOW.replace(day=25))
        await reported(later, DESA, (Role.SECRETARY, {}))
        assert await differing(store.session, satgas, on=later.today) == {}
