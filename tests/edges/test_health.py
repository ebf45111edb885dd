"""Whether we are of use is open to all, and why not is not."""

import asyncio
import stat
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Counter

from bot.clock import Clock
from bot.config import SettingsError, load_settings
from bot.run.running import _serve_metrics, run_all
from bot.run.wiring import make_works
from bot.web import web_app
from tests.conftest import SECRET
from tests.edges.killed_house import free_port


@pytest.fixture
def troubles() -> dict[str, str | None]:
    return {"database": None, "telegram": None}


@pytest.fixture
async def door(troubles: dict[str, str | None]) -> AsyncIterator[TestClient[Any, Any]]:
    async def health() -> Mapping[str, str | None]:
        if "dead" in troubles:
            raise OSError("no store at 10.0.0.7")
        return troubles

    registry = CollectorRegistry()
    Counter("kept", "Updates kept", registry=registry).inc()
    nobody: Any = None
    app = web_app(intake=nobody, settings=load_settings(None, metrics_token="grafik-dan-angka-68"), health=health,
                  now=lambda: datetime(2026, 11, 23, tzinfo=UTC), registry=registry)  # fmt: skip
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_health_is_open_and_tells_no_details(door: Any, troubles: dict[str, str | None]) -> None:
    alive = await door.get("/healthz")
    assert alive.status == 200 and alive.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in alive.headers["Content-Security-Policy"]
    assert (await door.get("/readyz")).status == 200
    troubles["database"] = "no connection to 10.0.0.7"
    ready = await door.get("/readyz")
    assert ready.status == 503 and await ready.json() == {"database": "trouble", "telegram": "ok"}
    troubles["dead"] = "yes"
    assert (await door.get("/readyz")).status == 503
    assert (await door.get("/healthz")).status == 200


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 403),
    ({"Host": "kopdes.contoh.id"}, 403),
    ({"Authorization": "Bearer salah"}, 403),
    ({"Authorization": "grafik"}, 403),
    ({"Authorization": "Bearer grafik-dan-angka-68"}, 200),
])
async def test_metrics_are_for_a_token_also_on_this_machine(door: Any, headers: dict[str, str], status: int) -> None:
    answer = await door.get("/metrics", headers=headers)
    assert answer.status == status
    assert ("kept_total 1.0" in await answer.text()) is (status == 200)


async def test_the_socket_shows_metrics_without_a_token_to_us_and_to_root_only(sqlite_url: str, tmp_path: Path) -> None:
    socket = tmp_path / "run" / "metrics.sock"
    works = make_works(load_settings(None, database_url=sqlite_url, port=free_port(), metrics_socket=str(socket)),
                       Clock(), secret=SECRET)
    running = asyncio.create_task(run_all(works))
    try:
        async with asyncio.timeout(10):
            while not socket.is_socket():
                await asyncio.sleep(0.02)
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as grafana:
            shown = await grafana.get("http://localhost/metrics")
            assert shown.status == 200 and "kopdes_" in await shown.text()
            assert (await grafana.get("http://localhost/readyz")).status == 404, "it is no second door"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await works.close()


async def test_a_socket_that_cannot_be_opened_ends_the_start_with_a_sentence(sqlite_url: str, tmp_path: Path) -> None:
    socket = tmp_path / ("x" * 120)  # longer than the 107 letters that a socket may have
    works = make_works(load_settings(None, database_url=sqlite_url), Clock(), secret=SECRET)
    try:
        with pytest.raises(SettingsError, match="METRICS_SOCKET: cannot listen on"):
            async with asyncio.timeout(10):
                await _serve_metrics(works, socket)
    finally:
        await works.close()


async def test_the_bare_address_says_what_it_is_and_nothing_else(door: Any) -> None:
    answer = await door.get("/")
    words = await answer.text()
    assert answer.status == 200 and "Kabupaten Bengkalis" in words and "Telegram" in words
    assert "href" not in words and "127.0.0.1" not in words


async def test_the_bare_address_of_an_example_run_leads_to_the_phones() -> None:
    nobody: Any = None
    app = web_app(intake=nobody, settings=load_settings(None), health=nobody, registry=CollectorRegistry(),
                  now=lambda: datetime(2026, 11, 23, tzinfo=UTC), leads_on="http://127.0.0.1:8081")
    async with TestClient(TestServer(app)) as client:
        words = await (await client.get("/")).text()
        assert '<a href="http://127.0.0.1:8081">' in words and "DATA CONTOH" in words
