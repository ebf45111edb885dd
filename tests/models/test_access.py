"""Role × action × scope, cell by cell (design §3, invariant 6)."""

from datetime import date

import pytest

from models.access import ACCESS, Action, areas, may, require
from models.people import Role
from models.refusals import NotAllowed
from tests.makers import TODAY, a_mandate, a_person

EXPECTED = """
role              report  loan_draft  loan_file  loan_decide  loan_view  recap_view  obstacle_view  broadcast  confirm_binding  resend    call      rules
ketua             village village     village    -            village    village     village        -          -                -         -         -
wakil_usaha       village village     -          -            village    village     village        -          -                -         -         -
wakil_anggota     village village     -          -            village    village     village        -          -                -         -         -
sekretaris        village village     -          -            village    village     village        -          -                -         -         -
bendahara         village village     -          -            village    village     village        -          -                -         -         -
pengawas          -       -           -          -            village    village     village        -          -                -         -         -
pengelola         village -           -          -            -          village     village        -          -                -         -         -
kepala_desa       village -           -          village      village    village     village        -          -                -         -         -
sekretaris_desa   -       -           -          -            village    village     village        -          -                -         -         -
bpd               -       -           -          -            village    village     village        -          -                -         -         -
lurah             village -           -          -            village    village     village        -          -                -         -         -
bupati            -       -           -          regency      regency    regency     regency        -          -                -         -         -
staf_bupati       -       -           -          -            regency    regency     regency        -          -                -         -         -
satgas_kecamatan  -       -           -          -            district   district    district       district   district         district  district  -
satgas_kabupaten  -       -           -          -            regency    regency     regency        regency    regency          regency   regency   regency
pendamping        -       -           -          -            area       area        area           -          -                -         -         -
inspektorat       -       -           -          -            regency    regency     regency        -          -                -         -         -
peninjau          -       -           -          -            area       area        area           -          -                -         -         -
"""  # noqa: E501

HEADER, *ROWS = [line.split() for line in EXPECTED.strip().splitlines()]
CELLS = [(Role(role), Action(action), cell)
         for role, *cells in ROWS for action, cell in zip(HEADER[1:], cells, strict=True)]

VILLAGE, NEIGHBOUR, DISTRICT, OTHER_DISTRICT, ELSEWHERE, REGENCY = (
    "14.03.01.2020", "14.03.01.2010", "14.03.01", "14.03.10", "14.03.10.2001", "14.03")
PLACES = (VILLAGE, NEIGHBOUR, DISTRICT, OTHER_DISTRICT, ELSEWHERE, REGENCY)
AT = {"village": [VILLAGE], "district": [DISTRICT], "regency": [REGENCY], "area": [VILLAGE, DISTRICT, REGENCY]}
"""Where a mandate must be for its scope to reach anything."""
REACHED = {VILLAGE: {VILLAGE}, DISTRICT: {VILLAGE, NEIGHBOUR, DISTRICT}, REGENCY: set(PLACES)}


def test_the_table_speaks_of_every_role_and_every_action() -> None:
    assert [Role(role) for role, *_ in ROWS] == list(Role) == list(ACCESS)
    assert [Action(action) for action in HEADER[1:]] == list(Action)


@pytest.mark.parametrize(("role", "action", "cell"), CELLS, ids=lambda part: str(part))
def test_every_cell_reaches_exactly_its_places(role: Role, action: Action, cell: str) -> None:
    for place in (VILLAGE, DISTRICT, REGENCY):
        person = a_person(role, place)
        reached = {code for code in PLACES if may(person, action, code, on=TODAY)}
        assert reached == (REACHED[place] if place in AT.get(cell, []) else set()), place


@pytest.mark.parametrize(("role", "action", "cell"), CELLS, ids=lambda part: str(part))
def test_no_cell_holds_before_or_after_the_mandate(role: Role, action: Action, cell: str) -> None:
    for place in AT.get(cell, []):
        mandate = a_mandate(role, place, begins=date(2026, 3, 1), ends=date(2026, 3, 31))
        days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
        assert [may(a_person(mandates=[mandate]), action, place, on=day) for day in days] == [False, True, True, False]


def test_several_offices_add_up() -> None:
    assistant = a_person(mandates=[a_mandate(Role.ASSISTANT, VILLAGE), a_mandate(Role.ASSISTANT, OTHER_DISTRICT)])
    assert areas(assistant, Action.RECAP_VIEW, on=TODAY) == {VILLAGE, OTHER_DISTRICT}
    assert not may(assistant, Action.RECAP_VIEW, NEIGHBOUR, on=TODAY)


def test_a_code_that_only_begins_alike_is_outside() -> None:
    assert not may(a_person(Role.TASK_FORCE_DISTRICT, "14.03.1"), Action.BROADCAST, "14.03.10", on=TODAY)


def test_a_requirement_that_is_not_met_is_a_refusal() -> None:
    require(a_person(), Action.LOAN_FILE, VILLAGE, on=TODAY)
    with pytest.raises(NotAllowed):
        require(a_person(Role.SECRETARY), Action.LOAN_FILE, VILLAGE, on=TODAY)
    with pytest.raises(NotAllowed):
        require(a_person(mandates=[]), Action.RECAP_VIEW, VILLAGE, on=TODAY)
