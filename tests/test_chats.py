"""Every transcript, played as Telegram and on plain phones: the same words, and the same business rows."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.migrating import metadata
from tests.moments import Moments
from tests.transcript import Chat, Step, go_through
from tests.village import Village

CHATS = sorted((Path(__file__).parent / "chats").glob("*.chat"))
ACCEPT = bool(os.environ.get("ACCEPT_CHATS"))
BUSINESS = ("reports", "facts", "statuses", "loans", "loan_versions", "loan_decisions", "loan_documents", "broadcasts",
            "recipients", "reminders", "mandates", "audit")
OF_THE_CHANNEL = {"inbound_id", "address_id", "content_hash"}
"""Columns that tell how something came, not what it is."""


async def business_rows(url: str) -> dict[str, list[dict[str, Any]]]:
    database = Database(url)
    rows = {}
    async with database.read() as connection:
        for name in BUSINESS:
            table = metadata().tables[name]
            found = await connection.execute(select(table).order_by(*table.primary_key.columns))
            rows[name] = [{key: value for key, value in row.items() if key not in OF_THE_CHANNEL}
                          for row in found.mappings()]
    await database.close()
    return rows


@pytest.fixture(scope="module")
def moments(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Moments:
    return Moments(seeded_sqlite, tmp_path_factory.mktemp("moments"))


async def _play(chat: Chat, village: Village) -> list[tuple[Step, list[str]]]:
    try:
        played = await go_through(chat, village)
        crashed = await village.crashes()
        assert crashed == [], "turns crashed"
        return played
    finally:
        await village.close()


def without_edits(lines: list[str]) -> list[str]:
    """A plain phone cannot take back what it showed."""
    kept, editing = [], False
    for line in lines:
        if not line.startswith(" "):
            editing = bool(re.match(r"[\w ]+ ~", line))
        if not editing:
            kept.append(line)
    return kept


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_the_chat_goes_as_it_is_written(path: Path, moments: Moments, tmp_path: Path) -> None:
    chat = Chat.read(path)
    only = chat.setting("only")
    rows = {}
    for channel in ("telegram", "plain"):
        if only not in (None, channel):
            continue
        store = tmp_path / f"{channel}.sqlite3"
        village = await moments.village(chat, store, plain=channel == "plain")
        played = await _play(chat, village)
        if ACCEPT and (channel == "telegram" or only):
            for step, heard in played:
                step.expected = heard
            chat.write()
        for step, heard in played:
            expected = step.expected if channel == "telegram" else without_edits(step.expected)
            assert heard == expected, f"{path.name}, on {channel} after: {step.line}"
        rows[channel] = await business_rows(village.url)
    if only is None:
        assert rows["plain"] == rows["telegram"], f"{path.name} leaves other business rows on a plain phone"


def test_there_are_transcripts_enough() -> None:
    assert len(CHATS) >= 20
