"""The commands. `python -m bot --help` lists them."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.config import VAR, Settings, SettingsError, load_settings, secret_key
from bot.logs import configure_logs
from bot.run.embedded import prepare_store, refuse_mixing, run_embedded
from bot.run.misspelt import ToldGroup
from bot.run.rosters import import_roster_file, release_accounts, roster_guide, roster_template
from bot.run.running import run_web, run_worker
from bot.run.wiring import Works, make_works
from bot.simulator import Simulator
from bot.store.database import Database
from bot.store.migrating import OldStore, migrate
from bot.store.private import make_private, stay_private
from bot.store.waiting_for_store import store_answers
from bot.turn.replaying import NotReplayable, replay_inbound
from models.people import Channel
from models.rules.files import RuleFileError, check_rule_file


@click.group()
def main() -> None:
    """The bot of the Koperasi Desa/Kelurahan Merah Putih of Kabupaten Bengkalis."""


@main.command(short_help="Everything in one process on SQLite.")
@click.option("--empty", is_flag=True, help="Example people in a new store have not reported anything yet.")
def run(empty: bool) -> None:
    """Everything in one process on SQLite; without TELEGRAM_TOKEN with simulator and example people."""
    _finish(lambda settings: run_embedded(settings, history=not empty))


@main.command()
def web() -> None:
    """Receive and answer; any number of these on one PostgreSQL."""
    _finish(lambda settings: _serve(settings, run_web))


@main.command()
def worker() -> None:
    """Deliver, tick and poll; one leads, the others stand by."""
    _finish(lambda settings: _serve(settings, run_worker))


@main.command("migrate")
def migrate_() -> None:
    """Bring the store to the shape of this program."""
    _finish(lambda settings: _with_store(settings, migrate))


@main.command(short_help="Load the 155 cooperatives and the rule sets.")
def seed() -> None:
    """Load the 155 cooperatives and the rule sets; again and again changes nothing."""
    _finish(lambda settings: _with_store(
        settings, lambda database: prepare_store(database, Clock(), b"", examples=False)))


@main.command(short_help="The stand-in for Telegram and Twilio alone.")
@click.option("--port", default=8081, show_default=True)
def simulate(port: int) -> None:
    """The stand-in for Telegram and Twilio alone, for a bot in another process."""
    _finish(lambda settings: _simulate(settings, port))


@main.group(cls=ToldGroup)
def roster() -> None:
    """Daftar pejabat: siapa memegang jabatan apa."""


@roster.command("import")
@click.argument("file", metavar="BERKAS", type=click.Path(path_type=Path))
@click.option("--partial", is_flag=True, help="Masukkan baris yang benar walaupun ada yang salah.")
@click.option("--end-missing", is_flag=True, help="Akhiri jabatan yang tidak disebut lagi di berkas.")
@click.option("--invitations", metavar="KODE.CSV", type=click.Path(path_type=Path),
              help="Tulis kode WhatsApp baru bagi semua orang di berkas ke CSV ini, untuk diserahkan di atas kertas. "
                   "Kode lama mereka yang belum dipakai tidak berlaku lagi.")
def import_(file: Path, partial: bool, end_missing: bool, invitations: Path | None) -> None:
    """Masukkan daftar pejabat (CSV atau XLSX). Setiap baris yang salah disebut; semua masuk atau tidak sama sekali."""
    if not file.is_file():
        raise click.ClickException(f"{file}: berkas ini tidak ada")
    if invitations and invitations.exists():
        # in it stand the only clear copies of codes that may still be valid
        raise click.ClickException(f"{invitations} sudah ada dan tidak ditimpa; sebut nama lain. "
                                   "Belum ada yang dimasukkan")
    _finish(lambda settings: import_roster_file(
        settings, file, partial=partial, end_missing=end_missing, invitations=invitations))


@roster.command("template", short_help="Tulis berkas awal dengan judul kolom dan contoh.")
@click.argument("file", metavar="BERKAS", type=click.Path(path_type=Path))
def template(file: Path) -> None:
    """Tulis berkas awal dengan judul kolom dan dua baris contoh, dan jelaskan isinya."""
    if file.exists():
        raise click.ClickException(f"{file} sudah ada dan tidak ditimpa")
    file.write_text(roster_template(), encoding="utf-8")
    click.echo(f"{file} ditulis. {roster_guide()}")


@roster.command("release", short_help="Lepas akun lama, supaya orangnya dapat mendaftar lagi.")
@click.argument("phone", metavar="NOMOR")
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]), help="Hanya yang ini.")
def release(phone: str, channel: str | None) -> None:
    """Lepas akun yang hilang atau berganti, supaya orangnya dapat mendaftar dengan yang baru."""
    _finish(lambda settings: release_accounts(settings, phone, Channel(channel) if channel else None))


@main.command(short_help="Put a crashed inbound row back to its turn.")
@click.argument("number", metavar="ID", type=int)
def replay(number: int) -> None:
    """Put a crashed inbound row back to its turn; every check of staleness is made again."""
    _finish(lambda settings: _with_store(settings, lambda database: replay_inbound(database, number)))


@main.group()
def rules() -> None:
    """Rules of the government, as dated data."""


@rules.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Say what is wrong with a rule file, or that it is good."""
    try:
        draft = check_rule_file(file)
    except RuleFileError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file}: good ({draft.kind.value}, {draft.code})")


def _finish(work: Callable[[Settings], Coroutine[Any, Any, Any]]) -> None:
    """Run it; what the operator can mend is told in a sentence, everything else is a bug and shows its trace."""
    stay_private()
    try:
        settings = load_settings()
        make_private(make_url(settings.database_url.get_secret_value()), VAR)
        asyncio.run(work(settings))
    except (SettingsError, OldStore, NotReplayable) as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        said = error.args[0] if error.args else ""
        raise click.ClickException(f"the store: {type(error).__name__}: {said}") from None
    except KeyboardInterrupt:
        pass


async def _serve(settings: Settings, how: Callable[[Works], Coroutine[Any, Any, None]]) -> None:
    key = secret_key(settings, make=False)
    configure_logs(settings, human=False, also=[key])
    works = make_works(settings, Clock(), secret=key.get_secret_value().encode())
    try:
        if works.database.is_sqlite or await store_answers(works.database):
            await refuse_mixing(works.database, settings)
            await how(works)
    finally:
        await works.close()


async def _with_store(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, Any]]) -> None:
    configure_logs(settings, human=True)
    database = Database(settings.database_url.get_secret_value())
    try:
        await work(database)
    finally:
        await database.close()


async def _simulate(settings: Settings, port: int) -> None:
    simulator = Simulator(clock=Clock())
    configure_logs(settings, human=True,
                   also=[SecretStr(simulator.telegram_token), SecretStr(simulator.twilio_token)])
    await simulator.start(port=port)
    simulator.deliver_whatsapp_to(settings.public_url)
    click.echo(f"# settings of the bot, until the simulator is started anew\n"
               f"TELEGRAM_API_URL={simulator.url}\nTELEGRAM_TOKEN={simulator.telegram_token}\n"
               f"TWILIO_API_URL={simulator.url}\nTWILIO_ACCOUNT_SID={simulator.twilio_sid}\n"
               f"TWILIO_AUTH_TOKEN={simulator.twilio_token}\nTWILIO_WHATSAPP_FROM={simulator.whatsapp_number}")
    try:
        await asyncio.Event().wait()
    finally:
        await simulator.stop()


if __name__ == "__main__":
    main()
