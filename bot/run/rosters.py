"""The roster commands: who holds which office comes from a file that the Dinas makes."""

import csv
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.clock import Clock
from bot.config import Settings, SettingsError, secret_key
from bot.deliver.outbox import Outbox
from bot.logs import configure_logs
from bot.store.database import Database
from bot.store.migrating import require_newest
from bot.turn.telling import tell
from conversations.offices import office_name
from conversations.places import place_name
from conversations.taskforce.roster_problems import explain_problem
from models.enrolling import issue_invitations, open_invitations, release_addresses
from models.people import Channel, Person, Role, Standing
from models.phones import masked, phone_number
from models.place_names import in_full
from models.places import Place
from models.queries.people import person_with_phone
from models.queries.places import place_kinds, place_names
from models.roster.files import read_roster
from models.roster.importing import ImportResult, import_roster
from models.roster.rows import EXAMPLE_DECREE, Roster
from models.seeding import holds_example_data
from models.unit import Unit

HEADER = "nama,telepon,peran,wilayah,status,mulai,selesai,nomor_sk"
EXAMPLES = (
    "Contoh Nama Ketua,0812-0000-9001,ketua,14.03.01.2005,,2026-01-05,,DATA CONTOH",
    'Contoh Nama Penjabat,0812-0000-9002,kepala_desa,"Desa Pedekik, Bengkalis",pj,2026-03-01,2027-02-28,DATA CONTOH',
)
"""A code and a name, a definitive holder and an acting one. The numbers belong to nobody; no real store takes them."""


def roster_template() -> str:
    return "\n".join((HEADER, *EXAMPLES, ""))


def roster_guide() -> str:
    """What a clerk has to know before the first row; docs/roster.md says it at length."""
    return (
        "Isi satu baris untuk setiap jabatan, lalu hapus kedua baris contoh.\n"
        "  nama      nama lengkap\n"
        "  telepon   nomor HP yang dipakai di Telegram atau WhatsApp, misalnya 0812-3456-7890\n"
        f"  peran     {', '.join(role.value for role in Role)}\n"
        "  wilayah   kode atau nama: 14.03.01.2005, Desa Pedekik, «Wonosari, Bengkalis», Kecamatan Mandau;\n"
        "            semua kode ada di models/data/villages.csv dan kecamatan.csv\n"
        f"  status    {', '.join(standing.value for standing in Standing)}; kosong berarti definitif\n"
        "  mulai, selesai   tanggal seperti 2026-01-31 atau 31/01/2026; kosong berarti mulai hari ini, tanpa batas\n"
        "  nomor_sk  nomor surat keputusan, boleh kosong\n"
        "Penjelasan setiap peran dan status: docs/roster.md")


async def import_roster_file(settings: Settings, file: Path, *, partial: bool, end_missing: bool,
                             invitations: Path | None) -> None:
    configure_logs(settings, human=True)
    database = Database(settings.database_url.get_secret_value())
    try:
        await require_newest(database)
        async with database.write() as connection, AsyncSession(connection, expire_on_commit=False) as session:
            unit = Unit(session, Clock().now())
            kinds, names = await place_kinds(session), await place_names(session)
            roster = read_roster(file.name, file.read_bytes(), today=unit.today, places=kinds, names=names)
            example = await _among_examples(session, roster)
            result = await take_over(unit, connection, roster, partial=partial, end_missing=end_missing,
                                     example=example)
            _report(result, {code: in_full(code, kinds, names) for code in kinds})
            if result.problems and not partial:
                raise SettingsError(f"{file}: belum ada yang dimasukkan. {_way_out(roster, result)}")
            if invitations:
                await _invite(unit, settings, roster, invitations, is_sqlite=database.is_sqlite)
            await session.commit()
    finally:
        await database.close()


def _way_out(roster: Roster, result: ImportResult) -> str:
    if {row.line for row in roster.rows} <= {problem.line for problem in result.problems}:
        # no row would be left to take
        return "Perbaiki yang disebut di atas, lalu ulangi"
    return "Perbaiki baris di atas, atau masukkan baris yang benar saja dengan --partial"


async def _among_examples(session: AsyncSession, roster: Roster) -> bool:
    """Into a store with example people only more of them, marked as such: it is said before anything is imported, not
    at the next start."""
    if not await holds_example_data(session):
        return False
    if any(not row.is_example for row in roster.good_rows):
        raise SettingsError(
            f"DATABASE_URL: gudang data ini berisi {EXAMPLE_DECREE}, jadi orang sungguhan tidak dimasukkan ke sini. "
            "Pakai gudang sendiri, misalnya DATABASE_URL=sqlite:///var/bengkalis.sqlite3, lalu `migrate`, `seed` dan "
            f"ulangi. Untuk menambah orang contoh, tulis {EXAMPLE_DECREE} pada kolom nomor_sk")
    return True


async def take_over(unit: Unit, connection: AsyncConnection, roster: Roster, *, partial: bool = False,
                    end_missing: bool = False, example: bool = False) -> ImportResult:
    """Whose office began or ended hears of it, and gets what waits for a decision in it."""
    result = await import_roster(unit, roster, partial=partial, end_missing=end_missing, example=example)
    outbox = Outbox(unit.now)
    await tell(unit, outbox)
    await unit.session.flush()
    await outbox.write(connection)
    return result


async def release_accounts(settings: Settings, phone: str, channel: Channel | None) -> None:
    configure_logs(settings, human=True)
    database = Database(settings.database_url.get_secret_value())
    try:
        await require_newest(database)
        async with database.write() as connection, AsyncSession(connection, expire_on_commit=False) as session:
            unit = Unit(session, Clock().now())
            number = phone_number(phone)
            person = await person_with_phone(session, number) if number else None
            if person is None:
                raise SettingsError(f"{phone}: tidak ada di daftar pejabat")
            released = await release_addresses(unit, person, channel)
            if not released:
                raise SettingsError(f"{phone}: {person.name} tidak punya akun {f'{channel} ' if channel else ''}"
                                    "yang dapat dilepas")
            await session.commit()
            click.echo(f"{person.name}: {released} akun dilepas; yang bersangkutan dapat mendaftar lagi")
    finally:
        await database.close()


def _report(result: ImportResult, places: Mapping[str, str]) -> None:
    for problem in result.problems:
        click.echo(explain_problem(problem, places), err=True)
    for warning in result.warnings:
        click.echo(explain_problem(warning, places), err=True)
    click.echo(f"baru {result.created}, berubah {result.changed}, tetap {result.unchanged}, "
               f"berakhir {result.ended}, ditolak {len({p.line for p in result.problems})}")


async def _invite(unit: Unit, settings: Settings, roster: Roster, path: Path, *, is_sqlite: bool) -> None:
    """One new code for each person of the file. The file is the only place where the codes stand in clear."""
    # beside SQLite, `run` keeps its key under var/; several processes have theirs in the settings
    secret = secret_key(settings, make=is_sqlite).get_secret_value().encode()
    people: dict[int, Person] = {}
    for row in roster.good_rows:
        person = await person_with_phone(unit.session, row.phone)
        if person:
            people[person.id] = person
    ended = await open_invitations(unit, people)
    issued = await issue_invitations(unit, people.values(), secret=secret,
                                     codes=lambda: f"{secrets.randbelow(1_000_000):06}")
    with open(path, "w", encoding="utf-8", newline="", opener=_for_owner_only) as file:
        writer = csv.writer(file)
        writer.writerow(["nama", "jabatan", "wilayah", "nomor", "kode"])
        for person_id, code in issued:
            person = people[person_id]
            held = [mandate for mandate in person.mandates if not mandate.is_over(unit.today)]
            offices = [office_name(mandate.role) for mandate in held]
            places = [place_name(await unit.session.get_one(Place, place)) for place in
                      dict.fromkeys(mandate.place_code for mandate in held)]
            writer.writerow([person.name, "; ".join(offices), "; ".join(places), masked(person.phone or ""), code])
    click.echo(f"{len(issued)} kode undangan: {path}")
    if ended:
        click.echo(f"{ended} kode lama yang belum dipakai tidak berlaku lagi; serahkan kode yang baru")


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
