"""SIGKILL at any instruction of a busy hour: nothing that was acknowledged is lost, and nothing happens twice."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import Clock
from tests.edges.busy_hour import NINE_O_CLOCK, BusyHour, a_simulator, bad_weather, rest
from tests.edges.evidence import Evidence
from tests.edges.killed_house import Door, KilledHouse
from tests.edges.victim import Zygote

pytestmark = pytest.mark.timeout(300)
BESIDE_OTHER_WORK = 600
"""Seconds for an hour of eight villages, on cores that others use too; what goes on for ever still ends here."""
ONE_PROCESS = ("run",)
FOUR_PROCESSES = ("web1", "web2", "worker1", "worker2")


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    one = Zygote()
    yield one
    one.close()


async def survives(zygote: Zygote, url: str, folder: Path, *, seed: str, roles: tuple[str, ...], mode: str,
                   villages: int, kills_each: int, patience: float = 180) -> None:
    began = time.monotonic()
    ahead = NINE_O_CLOCK - timedelta(seconds=6) - datetime.now(UTC)
    clock = Clock()
    clock.advance(ahead)
    async with a_simulator(clock) as sim:
        hour = BusyHour(sim, seed, villages)
        await hour.move_in(url, ahead)
        house = KilledHouse(zygote, roles, {}, ahead.total_seconds(), seed, kills_each, folder)
        async with Door(house.ports).standing() as door:
            sim.deliver_whatsapp_to(door.url)
            house.settings = {
                "database_url": url, "public_url": door.url, "telegram_token": sim.telegram_token,
                "telegram_api_url": sim.url, "telegram_mode": mode, "telegram_webhook_secret": "a-secret-of-the-tests",
                "twilio_account_sid": sim.twilio_sid, "twilio_auth_token": sim.twilio_token,
                "twilio_whatsapp_from": sim.whatsapp_number, "twilio_api_url": sim.url}
            bad_weather(sim, seed)
            async with house.standing():
                await hour.goes_by(url, house.peace, within=patience + 3 * kills_each)
                sim.faults.clear()
                await rest(sim, url, within=patience / 4)
                await house.stop()
        evidence = await Evidence.gathered(sim, house, url)
    complaints = evidence.complaints(hour)
    print(f"\nseed {seed}: {len(house.kills)} kills, {len(evidence.tables['inbound'])} updates, "
          f"{len(evidence.tables['outgoing'])} said, {time.monotonic() - began:.1f} s; logs in {folder}")
    print("   ", ", ".join(f"{kill.role} {kill.how}" for kill in house.kills))
    assert complaints == [], "\n".join([f"seed {seed}, logs in {folder}", *complaints])
    assert len(house.kills) == kills_each * len(roles)


def seeds(count: int) -> list[str]:
    """KILLS_SEED=… replays one."""
    return [os.environ["KILLS_SEED"]] if "KILLS_SEED" in os.environ else [f"hour-{n}" for n in range(count)]


@pytest.mark.parametrize("seed", seeds(1))
async def test_one_process_on_sqlite_survives_a_busy_hour(zygote: Zygote, sqlite_url: str, tmp_path: Path,
                                                          seed: str) -> None:
    await survives(zygote, sqlite_url, tmp_path, seed=seed, roles=ONE_PROCESS, mode="polling", villages=3,
                   kills_each=6)


@pytest.mark.postgresql
@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize("seed", seeds(1))
async def test_four_processes_on_postgresql_survive_a_busy_hour(zygote: Zygote, postgresql_url: str, tmp_path: Path,
                                                                seed: str, mode: str) -> None:
    await survives(zygote, postgresql_url, tmp_path, seed=f"{seed}-{mode}", roles=FOUR_PROCESSES, mode=mode,
                   villages=3, kills_each=2)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", seeds(40))
async def test_one_process_on_sqlite_survives_many_hours(zygote: Zygote, sqlite_url: str, tmp_path: Path,
                                                         seed: str) -> None:
    await survives(zygote, sqlite_url, tmp_path, seed=f"soak-{seed}", roles=ONE_PROCESS, mode="polling", villages=8,
                   kills_each=8, patience=BESIDE_OTHER_WORK)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.postgresql
@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize("seed", seeds(20))
async def test_four_processes_on_postgresql_survive_many_hours(zygote: Zygote, postgresql_url: str, tmp_path: Path,
                                                               seed: str, mode: str) -> None:
    await survives(zygote, postgresql_url, tmp_path, seed=f"soak-{seed}-{mode}", roles=FOUR_PROCESSES, mode=mode,
                   villages=8, kills_each=4, patience=BESIDE_OTHER_WORK)
