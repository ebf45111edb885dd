"""Bad days can be ordered: each fault does what it says, and the log tells both sides of it."""

import asyncio

import aiohttp
import pytest

from bot.simulator import Fault
from tests.edges.simulator_stand import (
    a_bots_ears,
    a_simulator,
    a_telegram_phone,
    a_whatsapp_phone,
    call,
    sooner_or_later,
    updates,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("flood", 429), ("forbidden", 403), ("error", 500)],
)
async def test_a_refusal_sends_nothing_and_strikes_as_often_as_ordered(kind, code):
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        sim.faults.add(kind, method="sendMessage", chat=siti.phone.id, times=2)
        answers = [await call(sim, "sendMessage", chat_id=siti.phone.id, text="x") for _ in range(3)]
        assert [answer.get("error_code", 200) for answer in answers] == [code, code, 200]
        assert [bubble.text for bubble in siti.phone.bubbles.values()] == ["/start", "x"]
        assert [entry.delivered for entry in sim.journal.entries(method="sendMessage")] == [False, False, True]


@pytest.mark.parametrize(("kind", "delivered"), [("cut_before", False), ("cut_after", True)])
async def test_a_cut_connection_leaves_the_bot_in_doubt(kind, delivered):
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        sim.faults.add(kind, channel="telegram", times=1)
        with pytest.raises(aiohttp.ClientError):
            await call(sim, "sendMessage", chat_id=siti.phone.id, text="x")
        assert (len(siti.phone.bubbles) == 2) is delivered
        entry = sim.journal.entries(what="call")[-1]
        assert entry.delivered is delivered and entry.answer.startswith("connection cut")


async def test_a_slow_answer_comes_after_the_work():
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        sim.faults.add("slow", seconds=0.3, times=1)
        answer = asyncio.create_task(call(sim, "sendMessage", chat_id=siti.phone.id, text="x"))
        await sim.wait(lambda: len(siti.phone.bubbles) == 2)
        assert not answer.done()
        assert (await answer)["ok"]


async def test_an_update_comes_twice():
    async with a_simulator() as sim, a_bots_ears() as ears:
        sim.deliver_whatsapp_to(ears.url)
        siti, budi = a_telegram_phone(sim), a_whatsapp_phone(sim)
        await updates(sim)
        sim.faults.add("duplicate_updates", channel="telegram", times=1)
        sim.faults.add("duplicate_updates", channel="whatsapp", times=1)
        siti.type("500 jt")
        (first,) = (await call(sim, "getUpdates"))["result"]
        assert (await call(sim, "getUpdates", offset=first["update_id"] + 1))["result"] == [first]
        assert (await call(sim, "getUpdates", offset=first["update_id"] + 1))["result"] == []
        budi.type("500 jt")
        await sooner_or_later(lambda: len(ears.heard) == 2)
        assert ears.heard[0][1]["MessageSid"] == ears.heard[1][1]["MessageSid"]


@pytest.mark.parametrize("seed", range(4))
async def test_none_comes_twice_before_another_came_once(seed):
    """Else whoever confirms the doubled one confirms what they never got, as no real server lets them."""
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        await updates(sim)
        for number in range(6):
            siti.type(f"pesan {number}")
        sim.faults.add("duplicate_updates", channel="telegram", probability=0.5, seed=seed)
        heard: set[int] = set()
        offset = None
        for poll in range(30):
            answer = await call(sim, "getUpdates", offset=offset, limit=4)
            found = {update["update_id"] for update in answer["result"]}
            if poll % 2 and found:
                # the answers between were lost on the way
                heard |= found
                offset = max(heard) + 1
                assert set(range(min(heard), offset)) == heard, f"poll {poll} confirms what never came"
        assert len(heard) == 6


async def test_a_button_press_overtakes_a_message_of_the_same_chat_only():
    async with a_simulator() as sim:
        siti, aminah = a_telegram_phone(sim), a_telegram_phone(sim, "Aminah — DATA CONTOH", "+6281200000009")
        button = {"inline_keyboard": [[{"text": "Ya", "callback_data": "1"}]]}
        sent = (await call(sim, "sendMessage", chat_id=siti.phone.id, text="?", reply_markup=button))["result"]
        await updates(sim)
        sim.faults.add("reorder_updates", chat=siti.phone.id, times=1, seconds=5)
        siti.type("600 jt")
        aminah.type("lewat")
        siti.tap(sent["message_id"], 0)
        found = await updates(sim)
        assert [update.get("message", {}).get("text", "tap") for update in found] == ["lewat", "tap", "600 jt"]
        assert sorted(update["update_id"] for update in found) == [update["update_id"] for update in found]


async def test_polling_is_spared_unless_it_is_named():
    async with a_simulator() as sim:
        sim.faults.add("error", times=1)
        assert (await call(sim, "getUpdates"))["ok"]
        assert (await call(sim, "getMe"))["error_code"] == 500
        sim.faults.add("error", method="getUpdates", times=1)
        assert (await call(sim, "getUpdates"))["error_code"] == 500


def test_the_same_seed_gives_the_same_bad_day():
    one, two = (Fault("error", probability=0.3, seed=7) for _ in range(2))
    strikes = [fault.strikes("telegram", "sendMessage", 1) for fault in [one] * 100]
    assert strikes == [two.strikes("telegram", "sendMessage", 1) for _ in range(100)]
    assert 15 < sum(strikes) < 45
    with pytest.raises(ValueError, match="there are: flood"):
        Fault("banjir")  # type: ignore[arg-type]
