"""Never faster than the platform allows, and hardly slower."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.deliver.limiter import CHAT_BURST, Limiter

CHATS = [str(n) for n in range(5)]


def most_within(moments: list[float], window: float) -> int:
    return max(sum(start <= moment < start + window for moment in moments) for start in moments)


def send_all(limiter: Limiter, wanted: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """A sender that wakes a little late each time; `wanted` are addresses and how late."""
    at, sent = 0.0, []
    for address, late in wanted:
        at = max(at, limiter.free_at(address)) + late
        limiter.take(address, at)
        sent.append((address, at))
    return sent


@given(st.lists(st.tuples(st.sampled_from(CHATS), st.floats(0, 0.3)), min_size=1, max_size=200))
def test_no_window_ever_holds_more_than_the_platform_allows(wanted: list[tuple[str, float]]) -> None:
    sent = send_all(Limiter(), wanted)
    assert most_within([at for _, at in sent], 1.0) <= 27
    for chat in {address for address, _ in sent}:
        moments = [at for address, at in sent if address == chat]
        for window in (1.0, 5.0, 20.0):
            assert most_within(moments, window - 1e-6) <= CHAT_BURST + window


@given(st.lists(st.floats(0, 0.02), min_size=100, max_size=400))
def test_many_chats_are_served_evenly_at_the_full_rate(lateness: list[float]) -> None:
    sent = [at for _, at in send_all(Limiter(), [(str(n), late) for n, late in enumerate(lateness)])]
    assert all(later - earlier >= 0.02 - 1e-6 for earlier, later in pairwise(sent))
    assert sent[-1] <= len(sent) * 0.04 + 0.06


def test_775_people_take_31_seconds() -> None:
    sent = send_all(Limiter(), [(str(n), 0.0) for n in range(775)])
    assert sent[-1][1] == pytest.approx(774 * 0.04, abs=0.1)


def test_one_chat_gets_three_at_once_and_then_one_a_second() -> None:
    moments = [at for _, at in send_all(Limiter(), [("7", 0.0)] * 6)]
    assert moments == pytest.approx([0.0, 0.02, 0.06, 1.0, 2.0, 3.0])


def test_a_full_chat_does_not_hold_others_back() -> None:
    limiter = Limiter()
    send_all(limiter, [("7", 0.0)] * 3)
    assert limiter.free_at("8") < 0.5 < limiter.free_at("7")


def test_a_pause_is_for_everybody_and_is_never_shortened() -> None:
    limiter = Limiter()
    limiter.pause(30, at=100.0)
    limiter.pause(2, at=101.0)
    assert [limiter.free_at(chat) for chat in ("7", "8")] == [130.0, 130.0]


def test_a_new_process_goes_on_where_the_old_one_was() -> None:
    old, new = Limiter(), Limiter()
    sent = send_all(old, [("5", 0.0)] * 4 + [("7", 0.0)] * 3)
    new.start_from(reversed(sent))
    for address in ("5", "7", "8"):
        assert new.free_at(address) == pytest.approx(old.free_at(address))


def test_chats_that_are_at_rest_are_forgotten() -> None:
    limiter = Limiter()
    for n in range(10_000):
        limiter.take(str(n), n * 0.04)
    assert len(limiter._whole_at) < 5000
