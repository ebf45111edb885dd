"""What a parcel becomes on Telegram's wire, and what each of Telegram's answers means for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.channels import Broken, Later, Never, Outcome, Parcel, Quiet, Sent, Unknown
from bot.channels.telegram import transport as telegram_module
from bot.channels.telegram.keyboards import in_rows
from bot.channels.telegram.transport import TelegramTransport, request_for
from bot.simulator import Simulator
from models.post import Kind

TOKEN = "111111:SIMULATOR-DATA-CONTOH"
CHOICES = [{"label": "Setuju", "act": "approve", "value": "", "word": ""},
           {"label": "Tolak", "act": "decline", "value": "", "word": ""},
           {"label": "Kembali", "act": "back", "value": "", "word": "kembali"}]  # fmt: skip


class Still:
    moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    simulator = Simulator(clock=Still(), pace=0.02)
    await simulator.start()
    yield simulator
    await simulator.stop()
    assert simulator.complaints == []


@pytest.fixture
async def transport(sim: Simulator) -> AsyncIterator[TelegramTransport]:
    transport = TelegramTransport(sim.telegram_token, sim.url)
    yield transport
    await transport.close()


@pytest.fixture
def siti(sim: Simulator) -> Any:
    villager: Any = sim.add_phone("telegram", "Siti — DATA CONTOH", "+6281200000001")
    villager.start()
    return villager


def parcel(to: Any = 7, **details: Any) -> Parcel:
    whom = to if isinstance(to, int) else to.phone.id
    return Parcel(**{"id": 1, "kind": Kind.REPLY, "to": str(whom), "text": "Selamat pagi", **details})


def said(villager: Any) -> list[str]:
    return [bubble.text for bubble in villager.phone.bubbles.values() if not bubble.mine]


def last(villager: Any) -> Any:
    return list(villager.phone.bubbles.values())[-1]


async def test_a_text_arrives_as_it_is(transport: TelegramTransport, siti: Any) -> None:
    text = "*tebal* <b>tidak</b> _ https://example.org/sekali-pakai"
    sent = await transport.send(parcel(siti, text=text))
    assert isinstance(sent, Sent) and sent.external_id == str(last(siti).id)
    assert last(siti).text == text


async def test_choices_are_buttons_that_carry_token_and_place(transport: TelegramTransport, siti: Any) -> None:
    await transport.send(parcel(siti, choices=CHOICES, token="abc123"))
    rows = [[(button["text"], button["callback_data"]) for button in row] for row in last(siti).buttons]
    assert rows == [[("Setuju", "abc123.0"), ("Tolak", "abc123.1")], [("Kembali", "abc123.2")]]


async def test_an_edit_replaces_the_text_and_takes_the_buttons(transport: TelegramTransport, siti: Any) -> None:
    sent = await transport.send(parcel(siti, choices=CHOICES, token="abc123"))
    assert isinstance(sent, Sent)
    edit = parcel(siti, kind=Kind.EDIT, edits=sent.external_id, text="Sudah diputuskan")
    assert isinstance(await transport.send(edit), Sent)
    assert (last(siti).text, last(siti).buttons) == ("Sudah diputuskan", [])
    assert await transport.send(edit) == Sent(), "not modified: it is as it should be"


async def test_an_edit_brings_new_buttons_and_is_sent_anew_where_nothing_is_left_to_edit(
    transport: TelegramTransport, siti: Any
) -> None:
    sent = await transport.send(parcel(siti, choices=CHOICES, token="abc123"))
    assert isinstance(sent, Sent)
    ticked = [{**CHOICES[0], "label": "✓ Setuju"}, *CHOICES[1:]]
    edit = parcel(siti, edits=sent.external_id, text="Pilih lagi", choices=ticked, token="def456")
    assert await transport.send(edit) == sent
    assert (last(siti).text, last(siti).buttons[0][0]["callback_data"]) == ("Pilih lagi", "def456.0")
    del siti.phone.bubbles[int(sent.external_id or 0)]
    again = await transport.send(edit)
    assert isinstance(again, Sent) and again.external_id == str(last(siti).id)
    assert last(siti).text == "Pilih lagi"


@pytest.mark.parametrize("trouble", ["flood", "error", "cut_before"])
async def test_what_went_ahead_is_not_said_again_when_the_buttons_have_to_wait(
        transport: TelegramTransport, sim: Simulator, siti: Any, trouble: Any) -> None:
    answered = parcel(siti, asks="nothing", text="Diterima.\n\nGerai apa?", choices=CHOICES, token="abc123")
    for number, copies in ((1, 1), (2, 2)):
        sim.faults.add("slow", method="sendMessage", seconds=0.3)
        sending = asyncio.create_task(transport.send(replace(answered, id=number)))
        await sim.wait(lambda: said(siti).count("Diterima.") == copies)  # noqa: B023
        # while its first half is being answered: the second finds this
        sim.faults.clear()
        sim.faults.add(trouble, method="sendMessage")
        assert isinstance(await sending, Later | Unknown)
        sim.faults.clear()
        assert isinstance(await transport.send(replace(answered, id=number)), Sent)
        assert said(siti) == ["Diterima.", "Gerai apa?"] * number


async def test_a_keyboard_goes_away_before_the_buttons_come(transport: TelegramTransport, siti: Any) -> None:
    await transport.send(parcel(siti, asks="location", ask_label="Kirim lokasi saya"))
    assert siti.phone.keyboard
    answered = parcel(siti, asks="nothing", text="Diterima.\n\nGerai apa?", choices=CHOICES, token="abc123")
    assert isinstance(await transport.send(answered), Sent)
    assert not siti.phone.keyboard
    before, question = list(siti.phone.bubbles.values())[-2:]
    assert (before.text, before.buttons) == ("Diterima.", [])
    assert question.text == "Gerai apa?" and question.buttons


async def test_a_press_is_acknowledged_and_too_late_is_as_good(
    transport: TelegramTransport, sim: Simulator, siti: Any
) -> None:
    await transport.send(parcel(siti, choices=CHOICES, token="abc123"))
    query = siti.tap(last(siti).id, 0)
    answer = parcel(siti, kind=Kind.ACKNOWLEDGEMENT, text="x" * 300, answers=query)
    assert isinstance(await transport.send(answer), Sent)
    assert siti.phone.waiting == {}
    assert await transport.send(answer) == Sent(), "query is too old"


async def test_a_phone_is_asked_for_its_contact_and_the_choices_can_be_typed(
    transport: TelegramTransport, siti: Any
) -> None:
    await transport.send(parcel(siti, asks="contact", ask_label="Bagikan kontak", choices=CHOICES[2:], token="abc"))
    keyboard = siti.phone.keyboard
    assert keyboard["keyboard"] == [[{"text": "Bagikan kontak", "request_contact": True}], [{"text": "Kembali"}]]
    assert keyboard["one_time_keyboard"] and keyboard["resize_keyboard"]


async def test_a_file_is_fetched_and_one_that_cannot_be_had_now_is_tried_again(
    transport: TelegramTransport, sim: Simulator, siti: Any
) -> None:
    file = sim.village.add_file("surat.pdf", "application/pdf", b"%PDF-1.7 " + b"x" * 1000)
    assert await transport.fetch(file.id) == file.data
    # Telegram has one sentence for both, and what cannot be had now may be in a minute
    with pytest.raises(OSError, match="temporarily unavailable"):
        await transport.fetch("tidak-ada")
    sim.faults.add("error", method="getFile", times=1)
    with pytest.raises(OSError):
        await transport.fetch(file.id)


@pytest.mark.parametrize(("fault", "expected"), [
    ({"kind": "flood", "retry_after": 7}, Later(timedelta(seconds=7), "", Quiet.CHAT)),
    ({"kind": "forbidden"}, Never("", gone=True)),
    ({"kind": "error"}, Later(None, "")),
    ({"kind": "cut_before"}, Unknown("")),
    ({"kind": "cut_after"}, Unknown("")),
    ({"kind": "slow", "seconds": 1.5}, Unknown("")),
])  # fmt: skip
async def test_a_bad_day_has_its_outcome(
    transport: TelegramTransport, sim: Simulator, siti: Any, monkeypatch: pytest.MonkeyPatch,
    fault: dict[str, Any], expected: Outcome,
) -> None:  # fmt: skip
    monkeypatch.setattr(telegram_module, "LONGEST_SEND", 1.0)
    sim.faults.add(**fault, times=1)
    outcome = await transport.send(parcel(siti))
    assert without_why(outcome) == expected
    assert isinstance(await transport.send(parcel(siti)), Sent)


async def test_whoever_blocked_us_or_never_wrote_is_gone(transport: TelegramTransport, siti: Any) -> None:
    assert without_why(await transport.send(parcel(999))) == Never("", gone=True)
    siti.block()
    assert without_why(await transport.send(parcel(siti))) == Never("", gone=True)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    transport = TelegramTransport(TOKEN, "http://127.0.0.1:9")
    outcome = await transport.send(parcel())
    assert isinstance(outcome, Later) and outcome.quiet is Quiet.NOBODY
    with pytest.raises(OSError):
        await transport.fetch("any")
    await transport.close()


async def test_a_wrong_token_breaks_the_channel(sim: Simulator) -> None:
    transport = TelegramTransport("111111:SIMULATOR-other", sim.url)
    outcome = await transport.send(parcel())
    assert isinstance(outcome, Broken) and "SIMULATOR" not in outcome.why
    await transport.close()


def telegram_error(code: int, description: str, **parameters: Any) -> str:
    return json.dumps({"ok": False, "error_code": code, "description": description, "parameters": parameters})


@pytest.mark.parametrize(("status", "body", "expected"), [
    (400, telegram_error(400, "Bad Request: message is too long"), Never("")),
    (400, telegram_error(400, "Bad Request: message to edit not found"), Never("")),
    (400, telegram_error(400, "Bad Request: chat not found"), Never("", gone=True)),
    (400, telegram_error(400, "Bad Request: group upgraded", migrate_to_chat_id=-100123), Never("")),
    (401, telegram_error(401, "Unauthorized"), Broken("")),
    (404, telegram_error(404, "Not Found"), Broken("")),
    (409, telegram_error(409, "Conflict"), Broken("")),
    (413, "<html>Request Entity Too Large</html>", Never("")),
    (429, telegram_error(429, "Too Many Requests: retry after 9", retry_after=9),
     Later(timedelta(seconds=9), "", Quiet.CHAT)),
    (429, "<html>slow down</html>", Later(timedelta(seconds=3), "", Quiet.CHAT)),
    (500, telegram_error(500, "Internal Server Error"), Later(None, "")),
    (502, "<html>Bad Gateway</html>", Later(None, "")),
    (200, json.dumps({"ok": True, "result": {"message_id": 0}}), Unknown("")),
    (200, json.dumps({"ok": True, "result": True}), Unknown("")),
    (504, telegram_error(504, "Gateway", retry_after=5), Unknown("")),
    (200, "<html>Selamat datang di Wi-Fi</html>", Unknown("")),
    (302, "", Unknown("")),
])  # fmt: skip
async def test_every_answer_has_its_outcome(status: int, body: str, expected: Outcome) -> None:
    async with a_server(status, body) as url:
        transport = TelegramTransport(TOKEN, url)
        outcome = await transport.send(parcel())
        await transport.close()
    assert without_why(outcome) == expected
    assert TOKEN not in getattr(outcome, "why", "")


@pytest.mark.parametrize(("labels", "rows"), [
    (["Ya", "Ubah"], [2]),
    (["Setujui pinjaman ini", "Tolak"], [1, 1]),
    (["Bengkalis", "Bantan", "Bukit Batu", "Mandau", "Rupat"], [2, 2, 1]),
    (["Satu kalimat yang cukup panjang"] * 8, [1] * 8),
    (["Satu kalimat yang cukup panjang"] * 40, [3] * 13 + [1]),
])
def test_buttons_share_rows_so_that_a_screen_shows_them_all(labels: list[str], rows: list[int]) -> None:
    assert [len(row) for row in in_rows([{"text": label} for label in labels])] == rows


def test_no_payload_ever_has_a_parse_mode_and_previews_are_off() -> None:
    for details in ({}, {"kind": Kind.EDIT, "edits": "5"}, {"choices": CHOICES, "token": "t"}):
        _method, payload = request_for(parcel(**details))
        assert "parse_mode" not in payload and payload["link_preview_options"] == {"is_disabled": True}


def without_why(outcome: Any) -> Any:
    return type(outcome)(**{name: "" if name == "why" else getattr(outcome, name) for name in outcome.__slots__})


@asynccontextmanager
async def a_server(status: int, body: str) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=status, text=body, headers={"Location": "/"} if status == 302 else None)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        await asyncio.sleep(0)
