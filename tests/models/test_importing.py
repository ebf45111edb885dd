"""Taking over a roster: all or nothing, twice is once, and a handover is two rows (design §6)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditRow
from models.handing_over import MandateBegan, MandateEnded
from models.people import Mandate, Person, Role, Standing
from models.queries.people import holders
from models.queries.places import place_kinds
from models.roster.files import read_roster
from models.roster.importing import ImportResult, import_roster
from models.roster.rows import Problem, Roster, Trouble
from models.unit import Unit
from tests.makers import TODAY, VILLAGE

HEADER = "nama,telepon,peran,wilayah,status,mulai,selesai,nomor_sk"
SITI = "Siti Aminah,081200000021,ketua,14.03.01.2020,,,,"
NUR = "Nur Aisyah,081200000023,bendahara,14.03.01.2020,,2025-06-01,,SK 1"
ALI = "Ali,081200000024,kepala_desa,14.03.01.2020,,2023-01-10,,"
ELSEWHERE = "Jumaidi,081200000025,ketua,14.03.02.2005,,2025-06-01,,"


async def read(unit: Unit, *lines: str) -> Roster:
    content = "\n".join([HEADER, *lines]).encode()
    return read_roster("roster.csv", content, today=unit.today, places=await place_kinds(unit.session))


async def take(unit: Unit, *lines: str, **how: bool) -> ImportResult:
    result = await import_roster(unit, await read(unit, *lines), **how)
    await unit.session.commit()
    return result


async def offices(unit: Unit) -> list[tuple[str, Role, date, date | None]]:
    rows = await unit.session.execute(
        select(Person.name, Mandate.role, Mandate.begins, Mandate.ends).join(Mandate).order_by(Mandate.id))
    return [tuple(row) for row in rows]  # type: ignore[misc]


def troubles(result: ImportResult) -> list[tuple[int, Trouble]]:
    return [(problem.line, problem.trouble) for problem in result.problems]


async def test_one_number_is_one_person_with_all_offices(placed: Unit) -> None:
    assert await take(placed, SITI, "Siti Aminah,+6281200000021,pendamping,14.03.02,,,,") == ImportResult(created=2)
    assert len((await placed.session.scalars(select(Person))).all()) == 1
    assert await offices(placed) == [("Siti Aminah", Role.CHAIR, TODAY, None),
                                     ("Siti Aminah", Role.ASSISTANT, TODAY, None)]


async def test_importing_twice_changes_nothing_today_or_tomorrow(placed: Unit) -> None:
    await take(placed, SITI, NUR, ALI)
    before = await offices(placed)
    trail = len((await placed.session.scalars(select(AuditRow))).all())
    placed.now += timedelta(days=30)
    assert await take(placed, SITI, NUR, ALI) == ImportResult(unchanged=3)
    assert await offices(placed) == before
    assert len((await placed.session.scalars(select(AuditRow))).all()) == trail


async def test_one_bad_row_stops_the_whole_file_unless_partial(placed: Unit) -> None:
    bad = "Rahmat,0812,sekretaris,14.03.01.2020,,,,"
    assert troubles(await take(placed, SITI, bad)) == [(3, Trouble.BAD_PHONE)]
    assert await offices(placed) == []
    result = await take(placed, SITI, bad, partial=True)
    assert (result.created, troubles(result)) == (1, [(3, Trouble.BAD_PHONE)])


async def test_a_handover_is_an_end_and_a_beginning_in_one_file(placed: Unit) -> None:
    await take(placed, ALI)
    result = await take(placed, "Ali,081200000024,kepala_desa,14.03.01.2020,,2023-01-10,2026-10-31,",
                        "Budi,081200000029,kepala_desa,14.03.01.2020,pj,2026-11-01,,SK 77")
    assert result == ImportResult(created=1, changed=1)
    assert await offices(placed) == [("Ali", Role.VILLAGE_HEAD, date(2023, 1, 10), date(2026, 10, 31)),
                                     ("Budi", Role.VILLAGE_HEAD, date(2026, 11, 1), None)]


async def test_an_acting_holder_becomes_the_definitive_one_with_a_second_row(placed: Unit) -> None:
    await take(placed, "Budi,081200000029,kepala_desa,14.03.01.2020,plt,2026-01-01,,")
    result = await take(placed, "Budi,081200000029,kepala_desa,14.03.01.2020,plt,2026-01-01,2026-05-31,",
                        "Budi,081200000029,kepala_desa,14.03.01.2020,,2026-06-01,,")
    assert result == ImportResult(created=1, changed=1)
    standings = (await placed.session.scalars(select(Mandate.standing).order_by(Mandate.id))).all()
    assert standings == [Standing.ACTING, Standing.DEFINITIVE]


async def test_a_corrected_beginning_is_the_same_office(placed: Unit) -> None:
    await take(placed, SITI)
    assert await take(placed, SITI.replace(",,,,", ",,2025-06-01,,SK 9")) == ImportResult(changed=1)
    assert await offices(placed) == [("Siti Aminah", Role.CHAIR, date(2025, 6, 1), None)]


async def test_a_missing_row_ends_nothing_unless_said_and_only_where_the_file_speaks(placed: Unit) -> None:
    await take(placed, SITI, NUR, ELSEWHERE)
    assert await take(placed, SITI) == ImportResult(unchanged=1)
    assert await take(placed, SITI, end_missing=True) == ImportResult(unchanged=1, ended=1)
    ends = {name: end for name, _, _, end in await offices(placed)}
    assert ends == {"Siti Aminah": None, "Nur Aisyah": TODAY - timedelta(days=1), "Jumaidi": None}
    assert await take(placed, SITI, end_missing=True) == ImportResult(unchanged=1)


@pytest.mark.parametrize("begins", [TODAY, TODAY + timedelta(days=10)])
async def test_who_had_not_begun_is_not_in_office_for_a_day_and_may_be_named_again(placed: Unit, begins: date) -> None:
    await take(placed, ALI)
    wrong = f"Keliru,081200000029,kepala_desa,14.03.01.2020,plt,{begins},,"
    await take(placed, ALI, wrong)
    assert await take(placed, ALI, end_missing=True) == ImportResult(unchanged=1, ended=1)
    for day in (TODAY, begins, begins + timedelta(days=1)):
        found = await holders(placed.session, Role.VILLAGE_HEAD, VILLAGE, day)
        assert found and found[1].name == "Ali"
    assert await take(placed, ALI, end_missing=True) == ImportResult(unchanged=1)
    # the office is free for another one, and for the same one if it was no mistake after all
    other = f"Budi,081200000028,kepala_desa,14.03.01.2020,plt,{begins},,"
    assert await take(placed, ALI, other) == ImportResult(created=1, unchanged=1)
    await take(placed, ALI, end_missing=True)
    assert await take(placed, ALI, wrong) == ImportResult(changed=1, unchanged=1)
    found = await holders(placed.session, Role.VILLAGE_HEAD, VILLAGE, begins)
    assert found and found[1].name == "Keliru"


async def test_whose_office_begins_or_ends_by_the_file_is_an_event_and_what_is_only_corrected_is_none(
        placed: Unit) -> None:
    await take(placed, SITI, NUR, "Budi,081200000029,kepala_desa,14.03.01.2020,,2026-12-01,,")
    siti, nur, budi = (await placed.session.scalars(select(Mandate.id).order_by(Mandate.id))).all()
    await take(placed, SITI.replace(",,,,", ",,,,SK 9"), "Budi,081200000029,kepala_desa,14.03.01.2020,,2026-11-01,,",
               end_missing=True)
    assert placed.events == [MandateBegan(siti), MandateBegan(nur), MandateEnded(nur), MandateBegan(budi)]


async def test_nothing_ends_while_a_row_is_bad(placed: Unit) -> None:
    await take(placed, SITI, NUR)
    result = await take(placed, SITI, NUR.replace("081200000023", "0812"), partial=True, end_missing=True)
    assert (result.ended, troubles(result)) == (0, [(3, Trouble.BAD_PHONE)])


@pytest.mark.parametrize(("known", "row", "trouble"), [
    (SITI, "Nur,081200000022,ketua,14.03.01.2020,,,,", Trouble.TWO_HOLDERS),
    (SITI, "Nur,081200000022,ketua,14.03.01.2020,plh,,,", None),
    (SITI, "Siti Aminah,081200000021,kepala_desa,14.03.01.2020,,,,", Trouble.HEAD_IS_OFFICER),
    (ALI, "Ali,081200000024,bendahara,14.03.02.2005,,,,", Trouble.HEAD_IS_OFFICER),
    (ALI, "ALI,081200000099,bendahara,14.03.01.2020,,,,", Trouble.HEAD_IS_OFFICER),
    (ALI, "Ali,081200000024,pengawas,14.03.01.2020,,,,", None),
    (SITI, "Siti Fatimah,081200000021,pengawas,14.03.01.2020,,,,", Trouble.NAME_DIFFERS),
    (SITI, "Nur,081200000022,sekretaris,14.03.01.2020,,,2020-01-01,", Trouble.ENDS_BEFORE_BEGINS),
])
async def test_a_row_against_the_store_is_refused(placed: Unit, known: str, row: str, trouble: Trouble) -> None:
    await take(placed, known)
    result = await take(placed, row)
    assert troubles(result) == ([(2, trouble)] if trouble else [])
    assert len(await offices(placed)) == (1 if trouble else 2)


async def test_with_partial_a_refused_end_keeps_its_successor_out(placed: Unit) -> None:
    await take(placed, ALI)
    result = await take(placed, "Another,081200000024,kepala_desa,14.03.01.2020,,2023-01-10,2026-10-31,",
                        "Budi,081200000029,kepala_desa,14.03.01.2020,,2026-11-01,,", partial=True)
    assert (result.created, result.changed) == (0, 0)
    assert troubles(result) == [(2, Trouble.NAME_DIFFERS), (3, Trouble.TWO_HOLDERS)]


@pytest.mark.parametrize("decree", ["DATA CONTOH", " data  contoh "])
async def test_an_example_row_becomes_no_office_among_real_people(placed: Unit, decree: str) -> None:
    example = f"Contoh,081200000029,kepala_desa,14.03.01.2020,pj,,,{decree}"
    assert troubles(await take(placed, SITI, example)) == [(3, Trouble.EXAMPLE_ROW)]
    assert await offices(placed) == []
    result = await take(placed, SITI, example, partial=True, end_missing=True)
    assert (result.created, troubles(result)) == (1, [(3, Trouble.EXAMPLE_ROW)])
    assert await offices(placed) == [("Siti Aminah", Role.CHAIR, TODAY, None)]
    assert (await take(placed, example, example=True)) == ImportResult(created=1)


async def test_a_row_against_the_store_is_told_who_is_there(placed: Unit) -> None:
    await take(placed, SITI)
    assert (await take(placed, "Nur,081200000022,ketua,14.03.01.2020,,,,")).problems == (
        Problem(2, "peran", Trouble.TWO_HOLDERS, "ketua", "Siti Aminah", 0, VILLAGE),)
    assert (await take(placed, "Nur,081200000021,pengawas,14.03.01.2020,,,,")).problems == (
        Problem(2, "nama", Trouble.NAME_DIFFERS, "Nur", "Siti Aminah"),)


async def test_an_example_keeps_no_real_holder_out(placed: Unit) -> None:
    await take(placed, SITI, example=True)
    assert (await take(placed, "Nur,081200000022,ketua,14.03.01.2020,,,,", end_missing=True)) == ImportResult(created=1)
    assert (await placed.session.scalars(select(Person.example).order_by(Person.id))).all() == [True, False]


async def test_every_change_leaves_its_row_in_the_trail_without_a_number(placed: Unit) -> None:
    await take(placed, ALI)
    await take(placed, ALI.replace("2023-01-10,,", "2023-01-10,2026-12-31,"))
    rows = (await placed.session.scalars(select(AuditRow).order_by(AuditRow.id))).all()
    assert [(row.action, row.place_code) for row in rows] == [("mandate.begun", VILLAGE), ("mandate.changed", VILLAGE)]
    assert rows[1].facts == {"new": {"ends": "2026-12-31"}}
    assert "0812" not in str([row.facts for row in rows])


async def test_a_salutation_is_taken_over_and_a_file_without_it_takes_it_from_nobody(placed: Unit) -> None:
    async def take_with(salutation: str) -> ImportResult:
        content = f"{HEADER},sapaan\n{SITI},{salutation}".encode()
        roster = read_roster("roster.csv", content, today=placed.today, places=await place_kinds(placed.session))
        return await import_roster(placed, roster)

    await take(placed, SITI)
    for salutation, known in (("Ibu", "Ibu"), ("", "Ibu"), ("Bapak", "Bapak")):
        assert await take_with(salutation) == ImportResult(unchanged=1)
        assert (await placed.session.scalars(select(Person.salutation))).one() == known
    await take(placed, SITI)
    assert (await placed.session.scalars(select(Person.salutation))).one() == "Bapak"
