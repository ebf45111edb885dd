"""What a phone says of a file, and whether we take it on its word; the content is looked at when it is there."""

import pytest

from models.files import LARGEST_FILE, Unfit, unfit


@pytest.mark.parametrize(("media_type", "name", "size", "why"), [
    ("application/pdf", "proposal.pdf", 1000, None), ("application/pdf", None, None, None),
    ("image/jpeg", None, LARGEST_FILE, None), ("application/octet-stream", "PROPOSAL.PDF", 1, None),
    ("application/octet-stream", None, None, None), (None, None, None, None), (None, "rab.xlsx", 1, None),
    ("application/zip", "proposal.docx", 1, None), ("image/png", "bagan", 1, None),
    ("text/plain", "proposal.txt", 10, Unfit.KIND), ("application/msword", "proposal.doc", 10, Unfit.KIND),
    ("application/zip", "semua.zip", 10, Unfit.KIND), (None, "virus.exe", 10, Unfit.KIND),
    ("image/heic", "foto.heic", 10, Unfit.KIND),
    ("application/vnd.ms-word.document.macroEnabled.12", "proposal.docm", 10, Unfit.KIND),
    ("application/pdf", "proposal.pdf", LARGEST_FILE + 1, Unfit.SIZE),
])
def test_a_file_is_refused_by_what_is_said_of_it(media_type: str | None, name: str | None, size: int | None,
                                                 why: Unfit | None) -> None:
    assert unfit(media_type, name, size) is why
