"""What refuses to start, and says why in a sentence: two on one store, examples beside real people, the wrong store."""

import asyncio
import csv
import fcntl
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert

from bot.__main__ import main
from bot.clock import Clock
from bot.config import SettingsError, load_settings
from bot.run.embedded import MixedStore, _begin_again, _run, _simulator, prepare_store, refuse_mixing
from bot.run.rosters import HEADER
from bot.run.running import only_one, run_web, run_worker
from bot.run.wiring import Works, make_works
from bot.simulator import Refused
from bot.store.migrating import migrate
from models.people import Person, Role, Standing
from tests.conftest import SECRET
from tests.edges.killed_house import free_port
from tests.village import Village

REAL_LOOKING: list[dict[str, Any]] = [
    # a Bot API server of one's own, with Telegram behind it
    {"telegram_token": "123456789:AAF-looks-quite-like-a-real-one_xyz", "telegram_api_url": "http://127.0.0.1:8081"},
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
    from bot.store.migrating import migrate
    works = works_on(f"sqlite+aiosqlite:///{tmp_path}/own.sqlite3")
    try:
        await migrate(works.database)
        async with works.database.write() as connection:
            await connection.execute(insert(Person).values(name="Somebody real", locale="id", example=False))
        with pytest.raises(MixedStore, match="real people"):
            await prepare_store(works.database, Clock(), SECRET, examples=True)
    finally:
        await works.close()


async def test_beginning_again_throws_no_real_people_away(sqlite_url: str) -> None:
    works = works_on(sqlite_url)
    try:
        wish: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        async with works.database.write() as connection:
            await connection.execute(insert(Person).values(name="Somebody real", locale="id", example=False))
        with pytest.raises(Refused, match="orang sungguhan"):
            await _begin_again(works.database, wish)(True)
        assert not wish.done()
        async with works.database.write() as connection:
            await connection.execute(delete(Person).where(~Person.example))
        await _begin_again(works.database, wish)(False)
        assert wish.result() is False
    finally:
        await works.close()


async def test_phones_and_their_clock_belong_to_their_store(tmp_path: Path) -> None:
    async def phones(store: str, *names: str) -> list[str]:
        settings = load_settings(None, database_url=f"sqlite:///{tmp_path}/{store}", port=free_port())
        async with _simulator(settings, Clock()) as simulator:
            for name in names:
                simulator.add_phone("telegram", name, f"0812000000{len(name)}")
            return [phone.name for phone in simulator.phones]

    (tmp_path / "one.sqlite3").touch()
    assert await phones("one.sqlite3", "Siti") == ["Siti"]
    assert await phones("two.sqlite3", "Zulkifli") == ["Zulkifli"]
    assert await phones("one.sqlite3") == ["Siti"]
    # a store that is gone takes its phones along
    assert await phones("two.sqlite3") == []


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
    for where in ("bot.__main__", "bot.run.embedded", "bot.run.rosters"):
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

    for words, why in ((("0813-9999-0000",), "tidak ada di daftar"), (("siapa",), "tidak ada di daftar"),
                       (("081200000024", "--channel", "whatsapp"), "tidak punya akun whatsapp")):
        code, said = release(*words)
        assert code == 1 and why in said, said
    code, said = release("0812-0000-0024")
    assert code == 0 and "1 akun dilepas" in said, said
    code, said = release("0812-0000-0024")
    assert code == 1 and "tidak punya akun" in said, said


def test_real_people_are_kept_out_of_the_example_store_before_anything_is_imported(
        operator: CliRunner, sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "pejabat.csv"

    def imported(row: str) -> tuple[int, str]:
        file.write_text(f"{HEADER}\n{row}\n")
        answer = operator.invoke(main, ["roster", "import", str(file)], env={"DATABASE_URL": sqlite_url})
        return answer.exit_code, answer.output

    code, said = imported("Hasan,0812-3333-4444,ketua,Kelurahan Rimba Sekampung,,,,12/SK")
    assert code == 1 and "DATABASE_URL" in said and "DATA CONTOH" in said and "baru" not in said, said
    code, said = imported("Hasan,0812-3333-4444,ketua,Kelurahan Rimba Sekampung,,,,DATA CONTOH")
    assert code == 0 and "baru 1" in said, said
    code, said = imported("Hasan,0812-3333-4444,ketua,Sungai,,,,DATA CONTOH")
    assert code == 1 and "belum ada yang dimasukkan" in said and "nothing" not in said, said


def test_the_template_is_a_roster_that_can_be_read_and_explains_itself(operator: CliRunner, tmp_path: Path,
                                                                       sqlite_url: str) -> None:
    file = tmp_path / "baru.csv"
    answer = operator.invoke(main, ["roster", "template", str(file)])
    assert answer.exit_code == 0 and all(word in answer.output for word in (*Role, *Standing, "docs/roster.md"))
    again = operator.invoke(main, ["roster", "template", str(file)])
    assert again.exit_code == 1 and "tidak ditimpa" in again.output
    among_examples = operator.invoke(main, ["roster", "import", str(file)], env={"DATABASE_URL": sqlite_url})
    assert "baru 2" in among_examples.output and among_examples.exit_code == 0, among_examples.output


@pytest.fixture
def real_store(operator: CliRunner, tmp_path: Path) -> dict[str, str]:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/own.sqlite3"}
    for command in ("migrate", "seed"):
        assert operator.invoke(main, [command], env=settings).exit_code == 0
    return settings


def test_a_template_that_nobody_filled_in_gives_no_office_to_anybody(operator: CliRunner, tmp_path: Path,
                                                                     real_store: dict[str, str]) -> None:
    file = tmp_path / "baru.csv"
    operator.invoke(main, ["roster", "template", str(file)])
    for option in ((), ("--partial",)):
        answer = operator.invoke(main, ["roster", "import", *option, str(file)], env=real_store)
        assert "baru 0" in answer.output and "ditolak 2" in answer.output, answer.output
        assert all(f"Baris {line}, kolom nomor_sk: Contoh Nama" in answer.output for line in (2, 3)), answer.output
        assert "--partial" not in answer.output


def test_a_clerk_reads_which_column_and_which_other_row(operator: CliRunner, tmp_path: Path,
                                                        real_store: dict[str, str]) -> None:
    def imported(*lines: str) -> str:
        file = tmp_path / "pejabat.csv"
        file.write_text("\n".join(lines))
        answer = operator.invoke(main, ["roster", "import", str(file)], env=real_store)
        assert answer.exit_code == 1
        return answer.output

    said = imported(HEADER.replace("telepon", "no_hp"), "Siti,0812-3333-4444,ketua,Desa Pedekik,,,,")
    assert "telepon." in said and "no_hp" in said and "--partial" not in said, said
    said = imported(HEADER, "Siti,0812-3333-4444,ketua,Desa Pedekik,,,,", "Nur,0812-3333-5555,ketua,Desa Pedekik,,,,",
                    "Ali,0812-3333-6666,bpd,Desa Pedekik,,,,")
    assert "ketua Desa Pedekik, Kecamatan Bengkalis" in said and "Nur di baris 3" in said, said
    assert "Siti di baris 2" in said and "14.03" not in said and "--partial" in said, said
    said = imported(HEADER, "Siti,0812-3333-4444,ketua,Desa Pedekik,,,,", "Ali,0812-3333-4444,bpd,Desa Pedekik,,,,")
    assert "baris 3 sebagai nomor Ali" in said and "baris 2 sebagai nomor Siti" in said, said


async def _enrol(url: str) -> None:
    village = Village(url)
    village.give_phone("kades", "+6281200000024")
    await village.enrol("kades")
    await village.close()


def test_two_of_one_name_are_told_apart_and_new_codes_say_that_the_old_ones_end(
        operator: CliRunner, tmp_path: Path, real_store: dict[str, str]) -> None:
    file, codes = tmp_path / "pejabat.csv", tmp_path / "kode.csv"
    file.write_text(f"{HEADER}\nSiti Aminah,0812-3333-4444,ketua,Desa Pedekik,,,,\n"
                    "Siti Aminah,0812-3333-5555,bendahara,Desa Meskom,,,,\n")

    def invited(path: Path) -> tuple[int, str]:
        answer = operator.invoke(main, ["roster", "import", str(file), "--invitations", str(path)], env=real_store)
        return answer.exit_code, answer.output

    code, said = invited(codes)
    assert code == 0 and "2 kode undangan" in said and "tidak berlaku" not in said, said
    with codes.open(encoding="utf-8") as written:
        [one, other] = csv.DictReader(written)
    assert one["nama"] == other["nama"] == "Siti Aminah"
    assert (one["jabatan"], one["wilayah"], one["nomor"][-4:]) == ("Ketua Koperasi", "Desa Pedekik", "4444")
    assert (other["jabatan"], other["wilayah"], other["nomor"][-4:]) == ("Bendahara Koperasi", "Desa Meskom", "5555")
    assert one["kode"] != other["kode"]
    before = codes.read_text()
    code, said = invited(codes)
    assert code == 1 and "tidak ditimpa" in said and codes.read_text() == before, said
    code, said = invited(tmp_path / "kode2.csv")
    assert code == 0 and "2 kode lama yang belum dipakai tidak berlaku lagi" in said, said


@pytest.mark.parametrize(("words", "why"), [
    ((), "BERKAS belum disebut."), (("a.csv", "b.csv"), "ada kata yang berlebih."),
    (("a.csv", "--partiel"), "Pilihan --partiel tidak dikenal."),
    (("a.csv", "--invitations"), "Pilihan --invitations belum lengkap"),
    (("a.csv",), "a.csv: berkas ini tidak ada"),
])
def test_a_misspelt_roster_command_is_answered_in_indonesian(operator: CliRunner, words: tuple[str, ...],
                                                             why: str) -> None:
    answer = operator.invoke(main, ["roster", "import", *words])
    assert answer.exit_code and why in answer.output, answer.output
    assert not any(word in answer.output for word in ("Usage", "Missing", "No such", "exist", "unexpected", "requires"))
    unknown = operator.invoke(main, ["roster", "imprt"])
    assert "Perintah imprt tidak dikenal." in unknown.output and "--help" in unknown.output, unknown.output
    channel = operator.invoke(main, ["roster", "release", "0812", "--channel", "sms"])
    assert "--channel hanya mengenal: telegram, whatsapp" in channel.output, channel.output


@pytest.mark.parametrize("words", [[], ["roster"], ["rules"]])
def test_no_line_of_help_is_cut(operator: CliRunner, words: list[str]) -> None:
    answer = operator.invoke(main, [*words, "--help"], terminal_width=80)
    assert answer.exit_code == 0 and "..." not in answer.output.replace("[ARGS]...", ""), answer.output
