"""The catalogues from the command line.

python -m locales check            tells what they lack
python -m locales update           brings in what the code says, drops what it no longer says
python -m locales fill id FILE     update, then translations from a JSON object {msgid: msgstr}
"""

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.pofile import write_po

from locales.catalogues import LOCALES, po_file, read_catalogue
from locales.sentences import check, sentences_in_code, updated


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Two engineers may update at once: the second waits. A crash leaves the old file whole."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def update() -> None:
    for locale in LOCALES:
        _rewrite(locale, {})
    report(only="missing")


def fill(locale: str, file: Path) -> None:
    _rewrite(locale, json.loads(file.read_text(encoding="utf-8")))
    report(only="missing")


def _rewrite(locale: str, translations: dict[str, str]) -> None:
    path = po_file(locale)
    with _locked(path.parent):
        catalogue = read_catalogue(locale)
        for message in updated(catalogue, sentences_in_code()):
            print(f"{locale}: dropped {message.id!r} (was {message.string!r})")
        for msgid, msgstr in translations.items():
            if (known := catalogue.get(msgid)) is None:
                print(f"{locale}: nobody says {msgid!r}")
            else:
                known.string = msgstr if isinstance(known.id, str) else (msgstr,) * catalogue.num_plurals
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as out:
            write_po(out, catalogue, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
        os.replace(fresh, path)


def report(*, only: str = "") -> int:
    findings = [finding for finding in check() if only in finding.problem]
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "catalogues are complete")
    return 1 if findings else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["check"]:
            return report()
        case ["update"]:
            update()
            return 0
        case ["fill", locale, file] if locale in LOCALES:
            fill(locale, Path(file))
            return 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
