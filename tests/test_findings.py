"""Every proof that docs/findings.md names exists, and no finding stands there without one or a word on what is open."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/findings.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.M)
FINDINGS = [row for row in ROWS if row[0] != "finding"]
WORDS_SUFFICE = ("open: ", "looked at ", "every transcript", "transcripts; ")


@pytest.mark.parametrize(("finding", "what", "proof"), FINDINGS, ids=[f"{row[0]}: {row[1][:30]}" for row in FINDINGS])
def test_a_finding_has_its_proof(finding: str, what: str, proof: str) -> None:
    named = re.findall(r"`((?:tests/\S+\.py)|(?:\w+\.chat))`", proof)
    missing = [name for name in named
               if not (ROOT / (f"tests/chats/{name}" if name.endswith(".chat") else name)).exists()]
    assert missing == []
    assert named or proof.startswith(WORDS_SUFFICE)


def test_all_three_trials_are_there() -> None:
    assert len(FINDINGS) >= 88
