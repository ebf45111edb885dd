"""How far a message to many came, as its sender reads it: every name, page after page, and one word for one state."""

from dataclasses import replace

import pytest

from conversations.taskforce.broadcast_progress import progress_said, progress_text
from models.broadcasting import NotReached, Progress, Unaddressed
from models.people import Role
from models.post import OutgoingState
from tests.bubbles import on_a_plain_phone
from tests.making import NOW


def a_missed(number: int) -> NotReached:
    return NotReached(number, f"Nama Yang Panjang Sekali Nomor {number} (contoh)", Role.DEPUTY_BUSINESS,
                      "Desa Yang Panjang Namanya", "+6281200000099", OutgoingState.FAILED, "63016 outside the window")


@pytest.mark.parametrize("count", [1, 10, 11, 57])
def test_all_who_were_not_reached_are_read_page_by_page(count: int) -> None:
    came = Progress(count + 3, 3, 0, tuple(map(a_missed, range(count))), (4711,))
    page, numbered = 0, []
    while True:
        said = progress_said(7, came, at=NOW, page=page)
        on_a_plain_phone(said)
        numbered += [int(line.split(".")[0]) for line in said.text.splitlines() if line.split(".")[0].isdecimal()]
        further = [choice for choice in said.card.choices if choice.label.startswith("Berikutnya")]
        assert any(choice.label.startswith("Sebelumnya") for choice in said.card.choices) is (page > 0)
        if not further:
            break
        assert further[0].value == str(page + 1)
        page += 1
    assert numbered == list(range(1, count + 1))
    # somebody was reached meanwhile, and the page is not there any more
    assert progress_said(7, came, at=NOW, page=page + 5).text == progress_said(7, came, at=NOW, page=page).text
    last = progress_text(7, replace(came, unsure=()), at=NOW)
    assert ("/siaran" in last) is (page > 0)


def test_who_blocked_is_called_so_however_we_learn_of_it() -> None:
    told = [NotReached(1, "Ani", None, "Damon", None, **why) for why in (
        {"unaddressed": Unaddressed.BLOCKED},
        {"state": OutgoingState.FAILED, "trouble": "Forbidden: bot was blocked by the user"})]
    one, other = (progress_text(7, Progress(1, 0, 0, (missed,)), at=NOW) for missed in told)
    assert one == other and "1. Ani, Damon: memblokir bot ini" in one
