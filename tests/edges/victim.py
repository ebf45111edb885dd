"""Processes of the bot that die on command: forked in a moment from one that has imported everything, and killed by
their own hand between any two steps, or by somebody else's at any instruction."""

import asyncio
import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import configure_mappers

import bot.channels.telegram.door
import bot.deliver.delivery
import bot.deliver.limiter
import bot.deliver.settling
import bot.run.running
import bot.run.ticking
import bot.run.wiring
import bot.store.leadership
from bot.channels.telegram.transport import TelegramTransport
from bot.channels.whatsapp.transport import WhatsAppTransport
from bot.clock import Clock
from bot.config import load_settings
from bot.logs import configure_logs
from bot.store.migrating import metadata
from locales import _, use_locale
from models.people import Channel

SECRET = b"a secret of the tests, long enough!"
LEASE_SECONDS = 2.0
DIES_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG


class Zygote:
    """Everything is imported in it and nothing runs, so that a child of it lives within milliseconds. A process apart,
    because a fork of the simulator would keep open the connections that the simulator cuts."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "tests.edges.victim"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])

    def bear(self, **order: Any) -> int:
        """The number of a new process: `role`, `settings`, `ahead` of the clock, `aim` and `dies_at`, its `log`."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Its children end with it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


AIMS = ("step", "keeping", "turning", "claiming", "sent")
"""At any step; or, where it hurts most, before the commit of what arrived, of turns, of claims, and after a request."""
MARKS = {"INSERT INTO inbound": "keeping", "UPDATE inbound SET state": "turning",
         "UPDATE outgoing SET state": "claiming"}


class Steps:
    """Counts whatever lies between two instructions that the world outside could notice, and ends at one of them."""

    def __init__(self, aim: str, dies_at: int | None) -> None:
        self._aim, self._dies_at, self._count = aim, dies_at, 0
        self._about: dict[int, str] = {}

    def step(self, about: str = "step") -> None:
        if about == self._aim or self._aim == "step":
            self._count += 1
            if self._count == self._dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        event.listen(Engine, "before_cursor_execute", self._statement)
        commit = DefaultDialect.do_commit

        def stepping(dialect: DefaultDialect, connection: Any) -> None:
            self.step(self._about.pop(id(connection.dbapi_connection), "step"))
            commit(dialect, connection)
            self.step()

        DefaultDialect.do_commit = stepping  # type: ignore[method-assign]
        for transport in (TelegramTransport, WhatsAppTransport):
            self._around_request(transport)

    def _statement(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        self.step()
        for mark, about in MARKS.items():
            if statement.startswith(mark):
                self._about[id(connection.connection.dbapi_connection)] = about

    def _around_request(self, transport: Any) -> None:
        send = transport.send

        async def stepping(this: Any, parcel: Any) -> Any:
            self.step()
            outcome = await send(this, parcel)
            self.step("sent")
            return outcome

        transport.send = stepping


def hurry() -> None:
    """Pauses and leases last a fraction of what they last outside; nothing else differs from a real process."""
    leadership = bot.store.leadership
    takes_the_lead, for_so_long = str(leadership._TAKE_OR_RENEW), f"{leadership.LEAD_SECONDS} seconds"
    assert for_so_long in takes_the_lead
    faster: list[tuple[Any, str, Any]] = [
        (bot.deliver.limiter, "CHAT_SPACING", 0.02),
        (bot.run.wiring, "PACE", dict.fromkeys(Channel, 400)),
        (bot.deliver.delivery, "LEASE", timedelta(seconds=LEASE_SECONDS)),
        (bot.deliver.settling, "IN_DOUBT", tuple(pause / 60 for pause in bot.deliver.settling.IN_DOUBT[:1] * 3)),
        (bot.deliver.settling, "SOMEBODY_WAITS", (timedelta(seconds=0.5),) * 3),
        (bot.deliver.settling, "AT_ONCE", timedelta(seconds=0.2)),
        # whoever was killed over three times and then refused would wait for two minutes
        (bot.deliver.settling, "PAUSES", tuple(pause / 20 for pause in bot.deliver.settling.PAUSES)),
        (bot.store.leadership, "_TAKE_OR_RENEW", text(takes_the_lead.replace(for_so_long, "1500 milliseconds"))),
        (bot.run.running, "RENEW_SECONDS", 0.4),
        (bot.channels.telegram.door, "WEBHOOK_PAUSE", 0.3),
        (bot.run.running, "TelegramPoller", partial(bot.channels.telegram.door.TelegramPoller, first_pause=0.1)),
        (bot.run.ticking, "REMINDING", timedelta(seconds=0.5)),
    ]
    for where, name, value in faster:
        assert hasattr(where, name), f"nothing in {where.__name__} is called {name} any more"
        setattr(where, name, value)


async def live(role: str, settings: dict[str, Any], ahead: float) -> None:
    clock = Clock()
    clock.advance(timedelta(seconds=ahead))
    configured = load_settings(None, **settings)
    configure_logs(configured, human=False)
    works = bot.run.wiring.make_works(configured, clock, secret=SECRET)
    try:
        match role:
            case "run":
                async with bot.run.running.only_one(works):
                    await bot.run.running.run_all(works)
            case "web":
                await bot.run.running.run_web(works)
            case "worker":
                await bot.run.running.run_worker(works)
            case other:
                raise ValueError(other)
    finally:
        await works.close()


def _be_born(order: dict[str, Any]) -> None:
    ctypes.CDLL(None).prctl(DIES_WITH_ITS_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", 1), os.fdopen(2, "w", 1)
    hurry()
    Steps(order["aim"], order["dies_at"]).watch()
    try:
        asyncio.run(live(order["role"], order["settings"], order["ahead"]))
    except BaseException:
        traceback.print_exc()
        print("ENDED BADLY")
    finally:
        sys.stdout.flush()
        os._exit(0)


def _warm_up() -> None:
    """What a process does once at its beginning takes longer than most of the lives here."""
    configure_mappers()
    metadata()
    settings = load_settings(None, database_url="sqlite:///nowhere/at/all", telegram_token="1:SIMULATOR",
                             telegram_api_url="http://127.0.0.1:1", twilio_account_sid="ACSIMULATOR",
                             twilio_auth_token="SIMULATOR", twilio_whatsapp_from="+6276600000000",
                             twilio_api_url="http://127.0.0.1:1")
    bot.run.wiring.make_works(settings, Clock(), secret=SECRET)
    with use_locale("id"):
        _("Send")
    gc.freeze()


def main() -> None:
    """The zygote: one order a line, one process an order."""
    _warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _be_born(json.loads(line))
        print(pid, flush=True)


if __name__ == "__main__":
    main()
