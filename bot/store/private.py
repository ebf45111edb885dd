"""What we write is for our own account on the machine only: names, numbers, messages and files of people."""

import os
from pathlib import Path

from sqlalchemy.engine import URL

FOLDER, FILE = 0o700, 0o600
BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
"""What SQLite, and we, put beside a store."""


def stay_private() -> None:
    """For every file from here on, whoever makes it."""
    os.umask(0o077)


def make_private(store: URL, folder: Path) -> None:
    """Also what an earlier version left open to everybody: our own folder, and the store wherever it lies."""
    if folder.is_dir():
        os.chmod(folder, FOLDER)
    ours = [path for path in folder.glob("*") if path.is_file() and not path.is_symlink()] if folder.is_dir() else []
    if store.get_backend_name() == "sqlite" and store.database:
        ours += [path for end in BESIDE if (path := Path(f"{os.path.realpath(store.database)}{end}")).is_file()]
    for path in ours:
        os.chmod(path, FILE)
