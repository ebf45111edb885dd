"""The simulator is Telegram to the libraries that will talk to the real one."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from aiogram.types import Update
from aiohttp import ClientSession
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter
from telegram.ext import ExtBot

from tests.edges.simulator_stand import a_bots_ears, a_simulator, a_telegram_phone, call, sooner_or_later, updates

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def ptb(sim) -> ExtBot:
    return ExtBot(sim.telegram_token, base_url=sim.url + "/bot", base_file_url=sim.url + "/file/bot")


async def test_python_telegram_bot_talks_to_it():
    async with a_simulator() as sim, ptb(sim) as bot:
        siti = a_telegram_phone(sim)
        chat = siti.phone.id
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Setujui", callback_data="ya")]])
        sent = await bot.send_message(chat, "Setujui?", reply_markup=keyboard)
        query = siti.tap(sent.message_id, 0)
        assert siti.phone.waiting
        start, press = await bot.get_updates()
        assert (start.message.text, press.callback_query.data, press.callback_query.id) == ("/start", "ya", query)
        await bot.answer_callback_query(query, "Tercatat")
        assert siti.phone.toast["text"] == "Tercatat" and not siti.phone.waiting
        await bot.edit_message_text("Disetujui", chat, sent.message_id)
        await bot.send_message(chat, "Nomor Anda?", reply_markup=ReplyKeyboardMarkup(
            [[KeyboardButton("Bagikan kontak", request_contact=True)]], one_time_keyboard=True))  # fmt: skip
        assert siti.phone.keyboard["keyboard"][0][0]["request_contact"]
        document = await bot.send_document(chat, b"%PDF-1.7", filename="surat.pdf", caption="Surat")
        again = await bot.send_document(chat, document.document.file_id)
        assert again.document.file_name == "surat.pdf"
        photo = await bot.send_photo(chat, PNG)
        file = await bot.get_file(photo.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == PNG
        assert await bot.set_my_commands([("lapor", "Kirim laporan")])
        assert await bot.send_chat_action(chat, "typing") and await bot.delete_message(chat, sent.message_id)
        assert sim.complaints == []
        assert [bubble.text for bubble in siti.phone.bubbles.values()] == [
            "/start", "Nomor Anda?", "Surat", "", ""]  # fmt: skip


async def test_aiogram_understands_every_kind_of_update():
    async with a_simulator() as sim:
        siti, aminah = a_telegram_phone(sim), a_telegram_phone(sim, "Aminah — DATA CONTOH", "+6281200000009")
        button = {"inline_keyboard": [[{"text": "Ya", "callback_data": "1"}]]}
        sent = (await call(sim, "sendMessage", chat_id=siti.phone.id, text="?", reply_markup=button))["result"]
        said = siti.type("500 jt")
        siti.edit(said, "500 juta")
        siti.tap(sent["message_id"], 0)
        siti.share_contact()
        siti.send_contact("Orang lain", "+62811")
        siti.send_photo(sim.village.add_file("a.png", "image/png", PNG), "Gerai")
        siti.send_document(sim.village.add_file("b.pdf", "application/pdf", b"%PDF"))
        siti.send_location(1.48, 102.1)
        siti.forward(aminah.phone, next(iter(aminah.phone.bubbles)))
        siti.type("diteruskan", forwarded=True)
        siti.block()
        found = [Update.model_validate(update) for update in await updates(sim)]
        kinds = [update.message.content_type if update.message else update.event_type for update in found]
        assert kinds == [
            "text", "text", "text", "edited_message", "callback_query", "contact", "contact", "photo", "document",
            "location", "text", "text", "my_chat_member",
        ]  # fmt: skip
        own, foreign = found[5].message, found[6].message
        assert own.contact.user_id == own.from_user.id and own.reply_to_message.message_id == sent["message_id"]
        assert own.contact.phone_number == "6281200000001" and foreign.contact.user_id is None
        assert found[10].message.forward_origin.sender_user.id == aminah.phone.id
        assert found[0].message.date == sim.clock.now()


async def test_updates_wait_until_they_are_confirmed_and_one_poller_wins():
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        siti.type("satu")
        first = (await call(sim, "getUpdates"))["result"]
        assert (await call(sim, "getUpdates"))["result"] == first
        left = (await call(sim, "getUpdates", offset=first[0]["update_id"] + 1))["result"]
        assert [update["message"]["text"] for update in left] == ["satu"]
        older = asyncio.create_task(call(sim, "getUpdates", offset=left[0]["update_id"] + 1, timeout=30))
        await asyncio.sleep(0.1)
        newer = asyncio.create_task(call(sim, "getUpdates", offset=left[0]["update_id"] + 1, timeout=30))
        assert (await older)["error_code"] == 409
        siti.type("dua")
        assert [update["message"]["text"] for update in (await newer)["result"]] == ["dua"]


async def test_a_webhook_is_posted_again_until_it_answers_well():
    async with a_simulator() as sim, a_bots_ears() as ears:
        ears.answers = [503, 500, 200]
        assert (await call(sim, "setWebhook", url=ears.url + "/telegram/webhook", secret_token="rahasia"))["ok"]
        siti = a_telegram_phone(sim)
        siti.type("halo")
        await sooner_or_later(lambda: len(ears.heard) == 4)
        assert [said["message"]["text"] for _, said, _ in ears.heard] == ["/start", "/start", "/start", "halo"]
        assert ears.heard[0][2]["X-Telegram-Bot-Api-Secret-Token"] == "rahasia"
        assert (await call(sim, "getUpdates"))["error_code"] == 409
        assert (await call(sim, "getWebhookInfo"))["result"]["last_error_message"]
        assert (await call(sim, "deleteWebhook"))["result"] and (await call(sim, "getUpdates"))["ok"]


async def test_what_comes_while_a_lane_comes_to_its_end_is_posted(monkeypatch):
    close = ClientSession.close

    async def slowly(session):
        # whoever was posted to writes again just then
        try:
            if len(ears.heard) == 1:
                siti.type("halo")
                await asyncio.sleep(0.05)
        finally:
            await close(session)

    async with a_simulator() as sim, a_bots_ears() as ears:
        assert (await call(sim, "setWebhook", url=ears.url + "/telegram/webhook"))["ok"]
        monkeypatch.setattr(ClientSession, "close", slowly)
        siti = a_telegram_phone(sim)
        await sooner_or_later(lambda: len(ears.heard) == 2)
        assert [said["message"]["text"] for _, said, _ in ears.heard] == ["/start", "halo"]


@pytest.mark.parametrize(
    ("method", "params", "code", "words"),
    [
        ("sendMessage", {"text": ""}, 400, "message text is empty"),
        ("sendMessage", {"text": "x" * 4097}, 400, "message is too long"),
        ("sendMessage", {"text": "x", "chat_id": 12}, 400, "chat not found"),
        ("sendMessage", {"text": "x", "parse_mode": "HTML"}, 400, "plain text only"),
        ("sendMessage", {"text": "x", "teks": "y"}, 400, "unknown field teks"),
        ("sendMessage", {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, 400, "unallowed"),
        ("editMessageText", {"message_id": 1, "text": "x"}, 400, "message to edit not found"),
        ("answerCallbackQuery", {"callback_query_id": "7"}, 400, "query is too old"),
        ("kirimPesan", {}, 404, "Not Found"),
    ],
)
async def test_it_is_as_strict_as_telegram(method, params, code, words):
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        chat = {} if method == "answerCallbackQuery" else {"chat_id": siti.phone.id}
        answer = await call(sim, method, **{**chat, **params})
        assert (answer["error_code"], words in answer["description"]) == (code, True), answer
        assert bool(sim.complaints) == (words in ("plain text only", "unknown field teks", "Not Found"))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[{"text": "a", "callback_data": "é" * 33}]], "BUTTON_DATA_INVALID"),
        ([[{"text": "a", "callback_data": "b"}] * 8] * 13, "reply markup is too long"),
        ([[{"text": "a", "callback_data": "b", "warna": "x"}]], "unknown field reply_markup.inline_keyboard.warna"),
    ],
)
async def test_it_is_strict_about_buttons(rows, words):
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        markup = {"inline_keyboard": rows}
        answer = await call(sim, "sendMessage", chat_id=siti.phone.id, text="x", reply_markup=markup)
        assert words in answer["description"]
        assert len(siti.phone.bubbles) == 1


@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")
async def test_python_telegram_bot_hears_the_refusals_it_knows():
    async with a_simulator() as sim, ptb(sim) as bot:
        siti = a_telegram_phone(sim)
        sent = await bot.send_message(siti.phone.id, "x")
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("x", siti.phone.id, sent.message_id)
        siti.block()
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(siti.phone.id, "x")
        sim.faults.add("flood", retry_after=7, times=1)
        with pytest.raises(RetryAfter, match="7 seconds"):
            await bot.send_message(siti.phone.id, "x")
        stranger = ExtBot("1:SIMULATOR-lain", base_url=sim.url + "/bot")
        with pytest.raises(InvalidToken):
            await stranger.initialize()
        await stranger.shutdown()


async def test_a_button_press_grows_too_old():
    async with a_simulator() as sim:
        siti = a_telegram_phone(sim)
        button = {"inline_keyboard": [[{"text": "Ya", "callback_data": "1"}]]}
        sent = (await call(sim, "sendMessage", chat_id=siti.phone.id, text="?", reply_markup=button))["result"]
        query = siti.tap(sent["message_id"], 0)
        sim.clock.advance(timedelta(seconds=151))
        assert "query is too old" in (await call(sim, "answerCallbackQuery", callback_query_id=query))["description"]
        assert [list(update)[1] for update in await updates(sim)] == ["message"]


async def test_the_rate_is_kept_when_it_is_asked_for():
    async with a_simulator(strict_rate=True) as sim:
        siti = a_telegram_phone(sim)
        answers = [await call(sim, "sendMessage", chat_id=siti.phone.id, text=str(n)) for n in range(7)]
        assert [answer["ok"] for answer in answers[:5]] == [True] * 5
        assert answers[6]["parameters"] == {"retry_after": 1} and sim.floods >= 1


async def test_a_multipart_call_with_attach_names_is_read():
    async with a_simulator() as sim, aiohttp.ClientSession() as session:
        siti = a_telegram_phone(sim)
        form = aiohttp.FormData({"chat_id": str(siti.phone.id), "document": "attach://berkas"}, quote_fields=False)
        form.add_field("berkas", b"%PDF", filename="berita acara.pdf", content_type="application/pdf")
        async with session.post(f"{sim.url}/bot{sim.telegram_token}/sendDocument", data=form) as response:
            assert (await response.json())["result"]["document"]["file_name"] == "berita acara.pdf"
