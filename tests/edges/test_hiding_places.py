"""Wherever somebody hides a citizen's number, and however it is spelled: nothing of it lies in the store, the files or
the log."""

import asyncio
import io
import logging
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import chain, cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import inspect, text
from twilio.request_validator import RequestValidator

from bot.config import load_settings
from bot.logs import configure_logs
from bot.web import web_app
from tests.edges.hiding_places import (
    SPELLINGS,
    TELEGRAM,
    TELEGRAM_NUMBERS,
    WHATSAPP,
    a_number,
    only_digits,
    read_by_somebody,
)
from tests.transcript import Chat, play
from tests.village import Village

SECRET, KEY, PUBLIC = "rahasia-hook-yang-panjang", "rahasia-twilio", "https://bot.example.org"
TWO_SECONDS = timedelta(seconds=2)
CHATS = Path(__file__).parent.parent / "chats"
Hidden = dict[str, tuple[str, Any]]
"""By its name: the number, and the update or form that holds it."""


def hidden_on_telegram() -> Hidden:
    sender = {"id": 6281, "is_bot": False, "first_name": "x"}
    chat = {"id": 6281, "type": "private", "first_name": "x"}
    spelled = cycle(SPELLINGS)
    found: Hidden = {}

    def hide(name: str, update: Any) -> None:
        found[f"Telegram {len(found)}: {name}"] = (a_number(len(found)), update)

    def message(**content: Any) -> dict[str, Any]:
        return {"message_id": len(found) + 1, "date": 1, "from": sender, "chat": chat, **content}

    for spelling in SPELLINGS:
        hide(f"text, {spelling}", {"message": message(text=SPELLINGS[spelling](a_number(len(found))))})
    for place, fill in chain.from_iterable([TELEGRAM.items()] * 4):
        spelling = next(spelled)
        content = fill(SPELLINGS[spelling](a_number(len(found))))
        hide(f"{place}, {spelling}", {"message": message(**content)})
    for place, count in TELEGRAM_NUMBERS.items():
        hide(place, {"message": message(**count(int(a_number(len(found)))))})
    for spelling in ("plain", "4-4-4-4 by ' '", "U+2061", "letters"):
        for whose in ("first_name", "last_name", "username"):
            named = {**sender, whose: SPELLINGS[spelling](a_number(len(found)))}
            hide(f"from.{whose}, {spelling}", {"message": {**message(text="ya"), "from": named}})
            named = {**chat, whose: SPELLINGS[spelling](a_number(len(found)))}
            hide(f"chat.{whose}, {spelling}", {"message": {**message(text="ya"), "chat": named}})
        spell = SPELLINGS[spelling]
        hide(f"edited, {spelling}", {"edited_message": message(text=spell(a_number(len(found))), edit_date=2)})
        press = {"id": "1", "from": sender, "chat_instance": "1"}
        hide(f"callback data, {spelling}", {"callback_query": {
            **press, "message": message(text="x"), "data": spell(a_number(len(found)))}})
        hide(f"pressed text, {spelling}", {"callback_query": {
            **press, "message": message(text=spell(a_number(len(found)))), "data": "x"}})
        hide(f"press id, {spelling}", {"callback_query": {
            **press, "id": spell(a_number(len(found))), "message": message(text="x"), "data": "x"}})
        hide(f"top level, {spelling}", {"message": message(text="x"), "new_kind": spell(a_number(len(found)))})
    return found


def hidden_on_whatsapp() -> Hidden:
    found: Hidden = {}
    for spelling in SPELLINGS:
        number = a_number(500 + len(found))
        found[f"WhatsApp {len(found)}: Body, {spelling}"] = (number, {"Body": SPELLINGS[spelling](number)})
    spelled = cycle(SPELLINGS)
    for place, fill in chain.from_iterable([WHATSAPP.items()] * 4):
        spelling, number = next(spelled), a_number(500 + len(found))
        form = {"Body": "ya", **fill(SPELLINGS[spelling](number))}
        found[f"WhatsApp {len(found)}: {place}, {spelling}"] = (number, form)
    found["a coordinate"] = (number := a_number(900), {"Latitude": f"1.{number}", "Longitude": "102.1"})
    return found


TELEGRAM_HIDDEN, WHATSAPP_HIDDEN = hidden_on_telegram(), hidden_on_whatsapp()


@pytest.mark.parametrize("hidden", [TELEGRAM_HIDDEN, WHATSAPP_HIDDEN], ids=["telegram", "whatsapp"])
def test_the_seeker_sees_every_number_in_what_was_sent(hidden: Hidden) -> None:
    """Or it would prove nothing that it finds none later."""
    assert len(hidden) >= 160
    assert len({number for number, _ in hidden.values()}) == len(hidden)
    blind = [name for name, (number, sent) in hidden.items()
             if number[:15] not in " ".join(map(only_digits, read_by_somebody(sent)))]
    assert not blind


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log as `web` and `worker` write it."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    root.handlers.clear()
    stream = io.StringIO()
    configure_logs(load_settings(None), human=False, stream=stream)
    yield stream
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
async def village(store_url: str) -> AsyncIterator[Village]:
    village = Village(store_url)
    yield village
    await village.close()


@asynccontextmanager
async def open_doors(village: Village) -> AsyncIterator[TestClient[Any, Any]]:
    settings = load_settings(
        None, telegram_mode="webhook", telegram_webhook_secret=SECRET, public_url=PUBLIC, twilio_account_sid="AC1",
        twilio_auth_token=KEY, twilio_whatsapp_from="+6276600000000")  # fmt: skip

    async def well() -> dict[str, str | None]:
        return {}

    app = web_app(intake=village.works.intake, settings=settings, now=village.clock.now, health=well)
    keeping = asyncio.create_task(village.works.intake.run())
    try:
        async with TestClient(TestServer(app)) as doors:
            yield doors
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def everything_stored(village: Village) -> dict[str, list[str]]:
    """Every column of every table, as somebody could read it; by the table's name."""
    async with village.works.database.read() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        found = {}
        for table in tables:
            rows = await connection.execute(text(f'SELECT * FROM "{table}"'))
            found[table] = [reading for row in rows for value in row for reading in read_by_somebody(value)]
    return found


async def nothing_of_it(village: Village, numbers: Mapping[str, str], folder: Path, log: str) -> None:
    """None of these, each by the name of its hiding place."""
    places = {**await everything_stored(village), "the log": list(read_by_somebody(log.splitlines()))}
    assert len(places) > 20
    places |= {path.name: [path.read_bytes().decode("latin-1")] for path in folder.rglob("*") if path.is_file()}
    for place, readings in places.items():
        # one long row of figures would join what stands in different cells
        figures = " ".join(map(only_digits, readings))
        assert [name for name, number in numbers.items() if number[:12] in figures] == [], place


async def test_nothing_of_it_is_kept(village: Village, tmp_path: Path, written: io.StringIO) -> None:
    village.give_phone("orang", "+62812000006281").number = "+620000006281"
    async with open_doors(village) as doors:
        for number, (name, (_, content)) in enumerate(TELEGRAM_HIDDEN.items(), start=1):
            answer = await doors.post("/telegram/webhook", json={"update_id": number, **content},
                                      headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})  # fmt: skip
            assert answer.status == 200, name
        for number, (name, (_, content)) in enumerate(WHATSAPP_HIDDEN.items(), start=1):
            form = {"MessageSid": f"SM{number:032x}", "From": "whatsapp:+6281234567890", "NumMedia": "0", **content}
            signature = RequestValidator(KEY).compute_signature(f"{PUBLIC}/whatsapp/webhook", form)
            answer = await doors.post("/whatsapp/webhook", data=urlencode(form), headers={
                "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
            assert answer.status == 200, name
        while await village.works.turns.batch():
            pass
    kept = (await everything_stored(village))["inbound"]
    assert len(kept) > len(TELEGRAM_HIDDEN) + len(WHATSAPP_HIDDEN)
    numbers = {name: number for name, (number, _) in (TELEGRAM_HIDDEN | WHATSAPP_HIDDEN).items()}
    await nothing_of_it(village, numbers, tmp_path, written.getvalue())





@pytest.mark.parametrize("spelling", ["6-6-4 by '\\n'", "after rp", "U+2061", "letters"])
async def test_a_number_in_an_answer_is_not_kept_and_its_sender_is_told(
    sqlite_url: str, tmp_path: Path, written: io.StringIO, spelling: str
) -> None:
    village = Village(sqlite_url)
    spell = SPELLINGS[spelling]
    numbers = {place: a_number(n) for n, place in enumerate(["microsite", "reason", "broadcast", "stranger"])}
    removed = "Angka yang tampak seperti NIK sudah dihapus dan tidak disimpan."

    async def told(who: str, said: str) -> None:
        village.clock.advance(TWO_SECONDS)
        await village.receive(village.phones[who].says(said, at=village.clock.now()))
        first = next(parcel for heard, parcel in ((h.who, h.parcel) for h in village.news()) if heard == who)
        assert (first.text or "").startswith(removed), said

    await play(Chat.read(CHATS / "loan_asked.chat"), village)
    await village.enrol("ketua_bantan")
    for said in ("/lapor", "belum"):
        village.clock.advance(TWO_SECONDS)
        await village.receive(village.phones["ketua_bantan"].says(said, at=village.clock.now()))
    village.news()
    await told("ketua_bantan", f"akun atas nama {spell(numbers['microsite'])} ditolak")

    await village.receive(village.phones["kades"].chooses("Tolak", at=village.clock.now()))
    village.news()
    await told("kades", f"KTP ketua {spell(numbers['reason'])} belum sah menurut BPD")
    await village.receive(village.phones["kades"].chooses("Ya, tolak", at=village.clock.now()))

    village.clock.advance(TWO_SECONDS)
    await village.receive(village.phones["satgas"].says("/siaran", at=village.clock.now()))
    await village.receive(village.phones["satgas"].chooses("Semua desa dan kelurahan", at=village.clock.now()))
    village.news()
    await told("satgas", f"Mohon melapor, contoh NIK {spell(numbers['broadcast'])}, terima kasih")
    await village.receive(village.phones["satgas"].chooses("Kirim sekarang", at=village.clock.now()))
    await told("orang", f"nomor saya {spell(numbers['stranger'])}")
    await nothing_of_it(village, numbers, tmp_path, written.getvalue())
    found = (await everything_stored(village))["broadcasts"]
    await village.close()
    assert any("[NIK dihapus]" in reading for reading in found)
