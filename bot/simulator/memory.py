"""What the simulator remembers across a restart: one SQLite file of keys and values, written behind our back."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

DELAY = 0.3  # seconds in which changes gather before they are written together

Maker = Callable[[], object]


class Memory:
    """Values are made at the moment of writing, so that a busy chat costs one row per flush and not one per message."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._changed: dict[str, Maker] = {}
        self._writer: asyncio.Task[None] | None = None

    def recall(self) -> dict[str, object]:
        if self._path is None:
            return {}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as store:
            rows = store.execute("SELECT key, value FROM kept").fetchall()
        return {key: value if isinstance(value, bytes) else json.loads(value) for key, value in rows}

    def keep(self, key: str, make: Maker) -> None:
        if self._path is None:
            return
        self._changed[key] = make
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write_soon())

    def write_now(self) -> None:
        """For start and stop, where waiting for the disk is right."""
        if rows := self._take():
            self._write(rows)

    async def finish(self) -> None:
        if self._writer:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        self.write_now()

    async def _write_soon(self) -> None:
        while self._changed:
            await asyncio.sleep(DELAY)
            # shielded: once taken, the rows must reach the disk even when the simulator stops in between
            await asyncio.shield(asyncio.to_thread(self._write, self._take()))

    def _take(self) -> list[tuple[str, str | bytes]]:
        changed, self._changed = self._changed, {}
        made = ((key, make()) for key, make in changed.items())
        return [(key, value if isinstance(value, bytes) else json.dumps(value)) for key, value in made]

    def _write(self, rows: list[tuple[str, str | bytes]]) -> None:
        with self._open() as store:
            store.executemany("INSERT OR REPLACE INTO kept (key, value) VALUES (?, ?)", rows)
            store.commit()

    def _open(self) -> closing[sqlite3.Connection]:
        assert self._path is not None
        store = sqlite3.connect(self._path, timeout=10)
        store.execute("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value) WITHOUT ROWID")
        return closing(store)
