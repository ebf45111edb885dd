"""Which of the listed papers are not there: by number or by name, with «belum», «kurang» or «semua kecuali»."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from conversations.reading.typed import without_courtesy

NAMES: Final[Mapping[str, str]] = {
    "legal_entity": "(?:sk )?badan hukum(?: koperasi)?|akt[ae](?: (?:notaris|pendirian))?|(?:sk )?ahu|legalitas",
    "cooperative_number": "nik(?: (?:koperasi|kop))?|nomor induk(?: koperasi)?",
    "bank_account": "(?:buku )?(?:rekening|rek|norek)(?: (?:bank|koperasi))?|buku bank",
    "tax_number": "npwp(?: koperasi)?",
    "business_number": "nib|izin usaha|nomor induk berusaha",
    "proposal": "proposal(?: (?:bisnis|usaha))?|rab|rencana (?:bisnis|usaha|anggaran(?: biaya)?)",
}
ALL: Final = frozenset({"semua", "semuanya", "smua", "lengkap", "komplit", "lain", "lainnya", "sisanya"})
EXCEPT: Final = frozenset({"kecuali", "kcuali", "selain"})
MISSING: Final = frozenset({
    "belum", "blm", "blum", "blom", "tidak", "tdk", "tak", "gak", "ga", "nggak", "ndak", "kurang", "krg", "tinggal",
    "tanpa", "proses", "diurus", "urus", "pengurusan", "menyusul", "nyusul", "menunggu", "nunggu", "missing",
})
THERE: Final = frozenset({
    "ada", "sudah", "sdh", "udah", "udh", "sudh", "punya", "siap", "beres", "jadi", "selesai", "terbit", "keluar",
})
FILLERS: Final = frozenset({
    "dan", "dn", "sama", "serta", "dengan", "yang", "yg", "masih", "msih", "msh", "lagi", "sedang", "sdg", "nya", "no",
    "nomor", "nomer", "itu", "koperasi", "kami", "kita", "atas", "nama", "surat", "berkas", "dokumen", "untuk",
})
CLAUSES: Final = re.compile(r"[,;\n]|\b(?:tapi|tp|tetapi|sedangkan|cuman?|hanya)\b")


def read_missing_papers(text: str, papers: Sequence[str]) -> frozenset[str] | None:
    """Those that are not there, of these papers; None where it cannot be told, or not surely."""
    if "?" in text:
        return None
    said = without_courtesy(text).casefold()
    if re.fullmatch(r"[\d\s.,;&/#]+(?:(?:dan|dn)[\d\s.,;&/#]+)*", said):
        # bare numbers answer the question as it was asked
        said = f"belum {re.sub(r'[^0-9]+', ' ', said)}"
        clauses = [said]
    else:
        clauses = [clause for clause in CLAUSES.split(said) if clause.strip()]
    missing: set[str] = set()
    there: set[str] = set()
    whole = False
    for clause in clauses:
        read = _clause(clause, papers, carried=bool(missing))
        if read is None:
            return None
        these, are_missing, all_else = read
        (missing if are_missing else there).update(these)
        whole = whole or all_else
    if missing & there or not (missing or whole or there == set(papers)):
        return None
    return frozenset(missing)


def _clause(clause: str, papers: Sequence[str], *, carried: bool) -> tuple[set[str], bool, bool] | None:
    """The papers it names, whether it says that they are missing, and whether it says that all others are there."""
    named, rest = _named(clause, papers)
    words = re.findall(r"[^\W_]+", rest)
    if named is None or not all(word in ALL | EXCEPT | MISSING | THERE | FILLERS for word in words):
        return None
    if re.fullmatch(r"\s*(?:kurang|krg|tinggal)\s+\d+\s*", clause):
        return None  # number 2, or two of them
    all_of, but, none, has = (bool(kind.intersection(words)) for kind in (ALL, EXCEPT, MISSING, THERE))
    if not named:
        if all_of and none and has and not but and words[0] in ALL and words[-1] not in ALL:
            return set(papers), True, False  # «semua belum ada»
        return (set(), False, True) if all_of and not none and not but else None
    if but:
        return (named, True, True) if all_of or not none else None
    if all_of:
        return None
    if none:
        # «npwp ada nib belum»: which is which is not guessed
        return (named, True, False) if len(named) == 1 or not has or _together(words) else None
    if has:
        return named, False, False
    # «kurang nib, npwp»: what was said before the comma holds on
    return (named, True, False) if carried else None


def _together(words: Iterable[str]) -> bool:
    """«belum ada nib dan npwp», «nib dan npwp belum ada»: one «ada», right behind its «belum»."""
    said = [word for word in words if word in MISSING | THERE]
    return len(said) == 2 and said[0] in MISSING and said[1] in THERE


def _named(clause: str, papers: Sequence[str]) -> tuple[set[str] | None, str]:
    named: set[str] = set()
    for code in papers:
        if code in NAMES:
            clause, count = re.subn(rf"\b(?:{NAMES[code]})(?:nya)?\b", " ", clause)
            named |= {code} if count else set()
    for number in re.findall(r"\d+", clause):
        if not 1 <= int(number) <= len(papers):
            return None, clause
        named.add(papers[int(number) - 1])
    return named, re.sub(r"\d+", " ", clause)
