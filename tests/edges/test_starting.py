"""What refuses to start, and says why in a sentence: two on one store, examples beside real people, the wrong store."""

import asyncio
import fcntl
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from bot.__main__ import main
from bot.clock import Clock
from bot.config import SettingsError, load_settings
from bot.embedded import MixedStore, _run, prepare_store, refuse_mixing
from bot.migrating import migrate
from bot.running import only_one, run_web, run_worker
from bot.wiring import Works, make_works
from models.people import Person
from tests.conftest import SECRET
from tests.edges.killed_house import free_port
from tests.village import Village

REAL_LOOKING: list[dict[str, Any]] = [
    {"telegram_token": "123456789:AAF-looks-quite-like-a-real-one_xyz"},
    {"telegram_token": "123456789:AAF-x", "telegram_api_url": "https://telegram-proxy.example.org"},
    {"twilio_account_sid": "AC1", "twilio_auth_token": "geheim", "twilio_whatsapp_from": "+6281234567890",
     "public_url": "https://bot.example.org"},
]


def works_on(store: str, **given: Any) -> Works:
    return make_works(load_settings(None, database_url=store, **given), Clock(), secret=SECRET)


async def test_a_second_run_on_the_same_store_is_refused(sqlite_url: str) -> None:
    first, second = works_on(sqlite_url), works_on(sqlite_url)
    async with only_one(first):
        with pytest.raises(SettingsError, match="another process already runs"):
            async with only_one(second):
                raise AssertionError("two would turn the same person at once")
    async with only_one(second):
        pass  # the first has ended


@pytest.mark.parametrize("real", REAL_LOOKING)
async def test_examples_never_meet_a_real_platform(sqlite_url: str, real: dict[str, Any]) -> None:
    works = works_on(sqlite_url, **real)
    try:
        with pytest.raises(MixedStore, match="DATA CONTOH"):
            await refuse_mixing(works.database, works.settings)
    finally:
        await works.close()
    with pytest.raises(MixedStore, match="DATA CONTOH"):
        await _run(works.settings, Clock(), SECRET, simulator=None)


@pytest.mark.parametrize("real", REAL_LOOKING)
async def test_a_store_without_examples_may(tmp_path: Path, seeded_sqlite: Path, real: dict[str, Any]) -> None:
    works = works_on(f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3", **real)
    try:
        await migrate(works.database)
        await prepare_store(works.database, Clock(), SECRET, examples=False)
        await refuse_mixing(works.database, works.settings)
    finally:
        await works.close()


async def test_real_people_are_not_mixed_with_examples(tmp_path: Path) -> None:
    from bot.migrating import migrate
    works = works_on(f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3")
    try:
        await migrate(works.database)
        async with works.database.write() as connection:
            await connection.execute(insert(Person).values(name="Somebody real", locale="id", example=False))
        with pytest.raises(MixedStore, match="real people"):
            await prepare_store(works.database, Clock(), SECRET, examples=True)
    finally:
        await works.close()


@pytest.mark.parametrize("how", [run_web, run_worker])
async def test_web_and_worker_want_postgresql(sqlite_url: str, how: Any) -> None:
    works = works_on(sqlite_url)
    try:
        with pytest.raises(SettingsError, match="postgresql"):
            await how(works)
    finally:
        await works.close()


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    for where in ("bot.__main__", "bot.embedded", "bot.rosters"):
        # the logs of the other tests are not to end up in here
        monkeypatch.setattr(f"{where}.configure_logs", lambda *_, **__: None)
    return CliRunner()


@pytest.mark.parametrize(("command", "settings", "why"), [
    ("run", {}, "another process already runs"),
    ("web", {"SECRET_KEY": "abcdefgh" * 5}, "postgresql"),
    ("worker", {"SECRET_KEY": "abcdefgh" * 5}, "postgresql"),
    ("web", {}, "SECRET_KEY"),
    ("run", {"TELEGRAM_TOKEN": "123456789:AAF-looks-quite-like-a-real-one_xyz"}, "another process already runs"),
])
def test_an_operator_reads_why_in_one_sentence(operator: CliRunner, sqlite_url: str, command: str,
                                               settings: dict[str, str], why: str) -> None:
    with open(f"{sqlite_url.partition('///')[2]}.lock", "w") as somebody:
        fcntl.flock(somebody, fcntl.LOCK_EX)
        answer = operator.invoke(main, [command], env={
            "DATABASE_URL": sqlite_url, "PORT": str(free_port()), **settings})
    assert answer.exit_code == 1 and why in answer.output, answer.output
    assert "Traceback" not in answer.output and "AAF" not in answer.output


def test_the_operator_is_told_that_examples_stay_among_themselves(operator: CliRunner, sqlite_url: str) -> None:
    answer = operator.invoke(main, ["run"], env={
        "DATABASE_URL": sqlite_url, "TELEGRAM_TOKEN": "123456789:AAF-looks-quite-like-a-real-one_xyz"})
    assert answer.exit_code == 1 and "DATA CONTOH" in answer.output and "AAF" not in answer.output


def test_the_operator_lets_go_of_an_account_once(operator: CliRunner, sqlite_url: str) -> None:
    asyncio.run(_enrol(sqlite_url))

    def release(*words: str) -> tuple[int, str]:
        answer = operator.invoke(main, ["roster", "release", *words], env={"DATABASE_URL": sqlite_url})
        return answer.exit_code, answer.output

    for words, why in ((("0813-9999-0000",), "nobody on the roster"), (("siapa",), "nobody on the roster"),
                       (("081200000024", "--channel", "whatsapp"), "no account on whatsapp")):
        code, said = release(*words)
        assert code == 1 and why in said, said
    code, said = release("0812-0000-0024")
    assert code == 0 and "1 akun dilepas" in said, said
    code, said = release("0812-0000-0024")
    assert code == 1 and "no account" in said, said


async def _enrol(url: str) -> None:
    village = Village(url)
    village.give_phone("kades", "+6281200000024")
    await village.enrol("kades")
    await village.close()
