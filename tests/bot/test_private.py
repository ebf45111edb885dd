"""Names, numbers and messages of people are for our own account on the machine only."""

import os
import stat
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.config import SettingsError, load_settings
from bot.run.running import only_one
from bot.run.wiring import make_works
from bot.store.database import Database
from bot.store.migrating import migrate
from bot.store.private import make_private, stay_private


@pytest.fixture(autouse=True)
def as_it_was():
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}


async def test_a_new_store_on_a_clone_without_var_is_private(tmp_path: Path) -> None:
    stay_private()
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/var/store.sqlite3")
    await migrate(database)
    found = modes(tmp_path / "var")
    await database.close()
    assert found["var"] == 0o700 and len(found) > 1
    assert {name: mode for name, mode in found.items() if name != "var" and mode != 0o600} == {}


async def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    store = tmp_path / "elsewhere.sqlite3"
    for path in (folder / "simulator.json", folder / "kode.csv", folder / "store.sqlite3-wal", store,
                 store.with_name("elsewhere.sqlite3-shm"), store.with_name("elsewhere.sqlite3.lock")):
        path.write_text("x")
        path.chmod(0o644)
    neighbour = tmp_path / "not-ours.txt"
    neighbour.write_text("x")
    neighbour.chmod(0o644)
    (folder / "link").symlink_to(neighbour)
    make_private(Database(f"sqlite+aiosqlite:///{store}").url, folder)
    assert modes(folder) == {"var": 0o700, "simulator.json": 0o600, "kode.csv": 0o600, "store.sqlite3-wal": 0o600,
                             "link": 0o644}
    assert [path.name for path in tmp_path.glob("elsewhere*") if stat.S_IMODE(path.stat().st_mode) != 0o600] == []


async def test_a_link_leads_to_the_same_store_and_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.sqlite3").symlink_to(tmp_path / "store.sqlite3")
    first, second = (make_works(load_settings(None, database_url=f"sqlite:///{tmp_path}/{name}.sqlite3"), Clock(),
                                secret=b"x", transports={}) for name in ("store", "link"))
    async with only_one(first):
        with pytest.raises(SettingsError, match="another process already runs"):
            async with only_one(second):
                raise AssertionError("two would turn the same person at once")
