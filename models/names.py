"""Whether two names mean one person: titles and degrees are written here, left out there."""

TITLES = frozenset({
    "h", "hj", "haji", "hajjah", "ir", "drs", "dra", "dr", "prof", "kh", "ust", "ustadz", "ustadzah", "bapak", "pak",
    "bpk", "ibu", "bu", "sdr", "sdri", "tuan", "nyonya", "ny", "tn", "se", "sh", "st", "sp", "sos", "ssos", "sip",
    "spd", "sag", "skom", "shi", "sei", "spt", "spi", "sap", "stp", "ssi", "skm", "amd", "mm", "msi", "mh", "mp",
    "mpd", "mkom", "mt", "ma", "map", "sy", "(contoh)",
})
"""As they stand without dots. What is also a name by itself (Raja, Tengku, Datuk) is none."""


def same_name(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def bare_name(name: str) -> str:
    """Without titles and degrees; the name as it is if nothing else would be left."""
    words = name.casefold().replace(",", " ").split()
    kept = [word.replace(".", "") for word in words if word.replace(".", "") not in TITLES and word.strip(".")]
    return " ".join(kept) or " ".join(words)
