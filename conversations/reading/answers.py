"""Yes and no, choices by name, command words of a form, and assent that never decides."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from conversations.reading.typed import plain, without_courtesy, words
from conversations.reading.unreadable import Reason, Topic, Unreadable

YES: Final = frozenset(
    [
        "ya", "iya", "iyaa", "ye", "y", "yes", "yup", "sdh", "sudah", "sdah", "udah", "udh", "dah", "suda", "btl",
        "betul", "benar", "bnr", "betol", "ada", "yo", "yoi", "iyo", "iye", "nggih", "inggih",
    ]
)
NO: Final = frozenset(
    [
        "belum", "blm", "blum", "blom", "tidak", "tdk", "tak", "tk", "gak", "ga", "gk", "nggak", "ngga", "enggak",
        "engga", "ndak", "bukan", "bkn", "no", "nope", "nihil", "kosong",
    ]
)
NOTHING_MORE: Final = frozenset([
    "ada", "pernah", "lagi", "sama", "sekali",
])  # «belum ada», «belum pernah», «belum lagi»
SHORT: Final = 5
"""Words; a longer sentence may say no to something else."""
DOUBT: Final = frozenset([
    "mungkin", "mgkn", "tapi", "tp", "tetapi", "sebagian", "kayaknya", "sepertinya", "barangkali", "hampir",
    "separuh",
])


def read_yes_no(text: str) -> bool:
    """A fact, stated: a mere «ok» states none (see `agrees`). A decision never comes through here (see `is_assent`)."""
    said = without_courtesy(text)
    spoken = words(said)
    if not spoken or len(words(plain(text))) == 0:
        raise Unreadable(Topic.YES_NO, Reason.NOT_YES_OR_NO if said else Reason.EMPTY)
    if "?" in said or DOUBT.intersection(spoken):
        raise Unreadable(Topic.YES_NO, Reason.AMBIGUOUS)
    if spoken[0] in NO and all(word in NOTHING_MORE for word in spoken[1:]):
        return False
    if all(word in YES for word in spoken):
        return True
    mixed = any(word in NO for word in spoken) and any(word in YES | NO for word in spoken)
    raise Unreadable(Topic.YES_NO, Reason.AMBIGUOUS if mixed else Reason.NOT_YES_OR_NO)


def says_no(text: str) -> bool:
    """«blm», «tidak ada»; anything else, also what nobody understands, does not."""
    try:
        return not read_yes_no(text)
    except Unreadable:
        return False


def has_none(text: str) -> bool:
    """«gak ada foto», «fotonya belum ada»: to whoever asks for a thing to be sent."""
    spoken = words(without_courtesy(text))
    return "?" not in text and len(spoken) <= SHORT and not NO.isdisjoint(spoken)


def says_yes(text: str) -> bool:
    try:
        return read_yes_no(text)
    except Unreadable:
        return False


def read_choice(text: str, labels: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> int:
    """The index of the label that was named in full, or by an alias that belongs to it alone."""
    for said in (_bare(plain(text)), _bare(without_courtesy(text))):
        exact = [index for index, label in enumerate(labels) if said and _bare(label) == said]
        named = exact or [
            index for index, label in enumerate(labels) if said and said in {_bare(a) for a in aliases.get(label, ())}
        ]
        if len(named) == 1:
            return named[0]
        if named:
            raise Unreadable(Topic.CHOICE, Reason.AMBIGUOUS, candidates=[labels[index] for index in named])
    raise Unreadable(Topic.CHOICE, Reason.NO_SUCH_CHOICE, candidates=labels)


def _bare(text: str) -> str:
    return "".join(words(plain(text))).replace("'", "")


OK: Final = frozenset(["ok", "oke", "okey", "okay", "okeh", "oks", "k", "sip", "siip", "sipp", "siap", "baik"])
BEFORE_OK: Final = frozenset(["saya", "sy", "kirim", "krm"])
LEAVE_IT: Final = frozenset(["jangan", "jgn", "jgan", "salah", "keliru"])
FORGOTTEN: Final = re.compile(
    r"(?:sudah |sdh |saya |sy |kami )?(?:lupa(?: tanggalnya)?|(?:tidak|tdk|tak|gak|ga|nggak|ngga|kurang|krg) "
    r"(?:ingat|inget|tahu|tau|hafal|hapal)|entah(?:lah)?)"
)


def is_mere_ok(text: str) -> bool:
    """«ok», «ok siap»: heard, and nothing stated."""
    spoken = words(plain(text))
    return bool(spoken) and "?" not in text and all(word in OK for word in words(without_courtesy(text)))


def agrees(text: str) -> bool:
    """To something shown back («500 kg, benar?»), where a «siap» is as good as a «ya»."""
    if says_yes(text) or is_mere_ok(text):
        return True
    spoken = words(without_courtesy(text))
    stated = [word for word in spoken if word not in BEFORE_OK]
    return "?" not in text and bool(stated) and all(word in YES | OK for word in stated)


def refuses(text: str) -> bool:
    spoken = words(without_courtesy(text))
    return says_no(text) or ("?" not in text and len(spoken) == 1 and spoken[0] in LEAVE_IT)


def does_not_know(text: str) -> bool:
    """«lupa bu», «tidak ingat»: where a question can be skipped, that skips it."""
    return FORGOTTEN.fullmatch(" ".join(words(without_courtesy(text)))) is not None


class FormWord(StrEnum):
    BACK = "back"
    CHANGE = "change"
    CONTINUE = "continue"
    SKIP = "skip"
    NIHIL = "nihil"
    SAME = "same"
    CANCEL = "cancel"
    SEND = "send"
    LATER = "later"


@dataclass(frozen=True)
class FormCommand:
    word: FormWord
    number: int | None = None  # «ubah 4»


SPELLINGS: Final = {
    FormWord.BACK: "kembali|balik|kmbl|kmbali|kembalii|mundur|back|sebelumnya",
    FormWord.CHANGE: "ubah|ganti|ralat|koreksi|perbaiki|edit|change",
    FormWord.CONTINUE: (
        "(?:lanjut|lanjutkan|lnjut|lanjt|terus|trs|teruskan|next|continue)(?: lapor(?:an)?(?:nya)?)?"
        "(?: (?:yang |yg )?(?:kemarin|kmrn|kemaren|tadi|lalu|tertunda|belum selesai))?"
    ),
    FormWord.SKIP: "lewati|lewat|lewatkan|lwt|lewatin|skip",
    FormWord.NIHIL: (
        "(?:lapor(?:an)? )?nihill?(?: minggu ini)?|kosong|(?:tidak|tdk|tak|gak|ga|nggak) ada(?: kegiatan)?"
    ),
    FormWord.SAME: (
        r"(?:(?:lapor(?:an)?|masih|tetap) )?sama(?: (?:saja|aja|semua|semuanya))?"
        r"(?: (?:seperti|spt|sprti|kayak|kyk|dgn|dengan|dg))?"
        r"(?: (?:minggu|mgg|mggu) (?:(?:yang |yg )?lalu|kemarin|kmrn|kemaren))?"
        r"|(?:tidak|tdk|tak|gak|ga|nggak|belum|blm) (?:ada (?:yang |yg )?(?:perubahan|berubah|baru)|berubah)"
        r"|same(?: as last week)?"
    ),
    FormWord.CANCEL: "batal|batalkan|btl kan|batalin|cancel|(?:tidak|tdk|tak|gak|ga|gk|nggak|ngga) jadi",
    FormWord.SEND: "(?:kirim|krm|kirimkan)(?: (?:laporan(?:nya)?|sekarang))?|send",
    FormWord.LATER: (
        "(?:nanti|nnti|ntar|jangan|jgn)(?: (?:dulu|dlu|saja|aja|lagi|malam|sore|siang|kirim|dikirim))*|simpan(?: dulu)?"
    ),
}
NUMBERED: Final = re.compile(rf"(?:{SPELLINGS[FormWord.CHANGE]})(?: (?:no|nomor|nomer|jawaban|number))* ?(\d{{1,2}})")


PROMISE: Final = re.compile(
    "(?:nanti|nnti|ntar|besok|bsk)(?: (?:pagi|siang|sore|malam))?(?: (?:saya|sy|kami|akan))* "
    "(?:isi|lapor|laporkan|kirim|kirimkan|kerjakan|jawab|putuskan|lihat)(?: (?:laporannya|dulu|lagi))?")


def promises(text: str) -> bool:
    """«besok saya isi», where nothing is filled in. In a form it is said of one answer, and puts nothing aside."""
    return PROMISE.fullmatch(" ".join(words(without_courtesy(text)))) is not None


def read_form_word(text: str) -> FormCommand | None:
    """A command only when it is the whole message: «kirim beras ke Bantan» is an answer."""
    if "?" in text:
        return None
    said = " ".join(words(without_courtesy(text)))
    if numbered := NUMBERED.fullmatch(said):
        return FormCommand(FormWord.CHANGE, int(numbered[1]))
    return next((FormCommand(word) for word, spelling in SPELLINGS.items() if re.fullmatch(spelling, said)), None)


ASSENT: Final = frozenset(
    [
        "ok", "oke", "okey", "okay", "okeh", "oks", "k", "acc", "ac", "setuju", "stuju", "disetujui", "sip", "siip",
        "sipp", "siap", "gas", "gaskan", "gaskeun", "lanjut", "lanjutkan", "approve", "approved", "yes", "yup", "ya",
        "iya", "y", "boleh", "bisa", "mantap", "mantab", "silakan", "silahkan", "monggo", "deal", "sepakat", "jadi",
        "agree", "agreed", "accept", "laksanakan",
    ]
)
AROUND_ASSENT: Final = frozenset([
    "saya", "sy", "kami", "kita", "sangat", "sdh", "sudah", "dan", "untuk", "itu", "pinjamannya",
])
ASSENTING_SIGNS: Final = frozenset("👍👌🙏✅✔☑💯🤝🆗🫡😊🙂")


def is_assent(text: str) -> bool:
    """Whether somebody agrees in free text: it decides nothing, it is answered with the button."""
    said = without_courtesy(text)
    if "?" in text:
        return False
    signs = {character for character in plain(text) if unicodedata.category(character) == "So"}
    spoken = [re.sub(r"(.)\1{2,}", r"\1", word) for word in words(said)]
    if not spoken:
        return bool(signs) and signs <= ASSENTING_SIGNS
    return (
        signs <= ASSENTING_SIGNS
        and any(w in ASSENT for w in spoken)
        and all(w in ASSENT | AROUND_ASSENT for w in spoken)
    )
