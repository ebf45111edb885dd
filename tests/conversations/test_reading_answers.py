"""Yes and no, choices, command words, assent and outlets, in the spellings of the villages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.reading import (
    FormCommand,
    FormWord,
    Reason,
    Topic,
    Unreadable,
    agrees,
    does_not_know,
    explain_unreadable,
    is_assent,
    is_mere_ok,
    promises,
    read_choice,
    read_form_word,
    read_outlets,
    read_yes_no,
    refuses,
)
from locales import strict_catalogues, use_locale


@pytest.mark.parametrize(
    "typed",
    [
        "ya", "Iya", "y", "yes", "sdh", "sudah", "sudah pak", "sdh pak 🙏", "udah", "dah", "dah bu", "betul", "benar",
        "yo", "iya sudah", "sudah ada", "ya, betul", "sudah ya",
    ],
)
def test_yes(typed):
    assert read_yes_no(typed) is True


@pytest.mark.parametrize(
    "typed",
    [
        "blm", "belum", "Belum pak", "tidak", "tdk", "tak", "tak ada", "gak", "nggak", "bukan", "belum ada",
        "belum pernah", "tidak ya bu", "tidak ada",
    ],
)
def test_no(typed):
    assert read_yes_no(typed) is False


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("mungkin", Reason.AMBIGUOUS),
        ("sudah tapi belum aktif", Reason.AMBIGUOUS),
        ("belum sudah", Reason.AMBIGUOUS),
        ("tidak benar", Reason.AMBIGUOUS),
        ("bukan tidak", Reason.AMBIGUOUS),
        ("sudah?", Reason.AMBIGUOUS),
        ("👍", Reason.NOT_YES_OR_NO),
        ("🙏", Reason.NOT_YES_OR_NO),
        ("sdh aktif", Reason.NOT_YES_OR_NO),
        ("500", Reason.NOT_YES_OR_NO),
        ("", Reason.EMPTY),
    ],
)
def test_neither_yes_nor_no(typed, reason):
    with pytest.raises(Unreadable) as refused:
        read_yes_no(typed)
    assert refused.value.reason is reason


LABELS = ("Milik sendiri", "Pinjam pakai aset desa", "Sewa", "Belum ada")
ALIASES = {"Milik sendiri": ("punya sendiri", "sendiri"), "Sewa": ("kontrak", "sendiri")}


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("milik sendiri", 0),
        ("MILIK-SENDIRI", 0),
        ("sewa pak", 2),
        ("kontrak", 2),
        ("Belum ada.", 3),
        ("punya sendiri", 0),
    ],
)
def test_a_choice_by_its_name(typed, index):
    assert read_choice(typed, LABELS, ALIASES) == index


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("sendiri", Reason.AMBIGUOUS),
        ("pinjam", Reason.NO_SUCH_CHOICE),
        ("milik", Reason.NO_SUCH_CHOICE),
        ("", Reason.NO_SUCH_CHOICE),
    ],
)
def test_a_choice_is_never_guessed_from_its_beginning(typed, reason):
    with pytest.raises(Unreadable) as refused:
        read_choice(typed, LABELS, ALIASES)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("word", "spellings"),
    [
        (FormWord.BACK, "kembali|Balik|kmbl|mundur|back|kembali pak|KEMBALI!"),
        (FormWord.CHANGE, "ubah|ganti|ralat|ubah pak"),
        (FormWord.CONTINUE, "lanjut|lanjut ya bu|terus|next"),
        (FormWord.SKIP, "lewati|lewat|skip|lewatkan"),
        (FormWord.NIHIL, "nihil|Nihil pak|kosong|tidak ada|tdk ada 🙏"),
        (
            FormWord.SAME,
            "sama|sama pak|sama seperti minggu lalu|sama spt minggu lalu|sama kayak minggu kmrn|"
            "sama dgn minggu lalu|masih sama|sama saja",
        ),
        (FormWord.CANCEL, "batal|batalkan|cancel|batal ya pak"),
        (FormWord.SEND, "kirim|krm|send|kirim pak 🙏|kirim laporannya"),
        (FormWord.LATER, "nanti|nanti dulu pak|jangan dikirim dulu"),
    ],
)
def test_a_command_word_that_is_the_whole_message(word, spellings):
    for typed in spellings.split("|"):
        assert read_form_word(typed) == FormCommand(word), typed


@pytest.mark.parametrize("typed", ["ubah 4", "ganti no 4", "ralat nomor 4 pak", "Ubah jawaban 4", "ubah4"])
def test_the_answer_to_change_can_be_numbered(typed):
    assert read_form_word(typed) == FormCommand(FormWord.CHANGE, 4)


@pytest.mark.parametrize(
    "typed",
    [
        "kirim beras ke Bantan",
        "pembangunan batal karena lahan",
        "kosong sejak tgl 3",
        "lanjut pembangunan gerai",
        "sama pengurus lama",
        "harga sama dengan pasar",
        "ubah 4 orang pengurus",
        "batal?",
        "besok saya kirim",
        "nanti kami beli pupuk",
        "nol",
        "",
        "🙏",
        "500 jt",
    ],
)
def test_a_command_word_inside_a_sentence_is_an_answer(typed):
    assert read_form_word(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "ok", "OK pak", "okeee", "acc", "ACC.", "setuju", "saya setuju", "ya setuju", "👍", "👍🏽", "🙏", "sip",
        "siiip", "oke pak", "gas", "lanjutkan", "approve", "siap", "siap laksanakan", "disetujui", "ok 👍",
    ],
)
def test_assent_in_any_spelling_is_recognised(typed):
    assert is_assent(typed)


@pytest.mark.parametrize(
    "typed", [
        "tidak setuju", "tolak", "ok tapi kurangi", "setuju?", "belum", "👎", "ok ❌", "500 jt", "saya", "", ".",
        "oklahoma",
    ]
)
def test_what_is_not_assent(typed):
    assert not is_assent(typed)


@pytest.mark.parametrize(
    ("typed", "states"),
    [
        ("gerai sembako buka, apotek belum", {"SEMBAKO": "buka", "APOTEK": "belum"}),
        ("gerai sembako buka senin kmrn, apotek belum", {"SEMBAKO": "buka", "APOTEK": "belum"}),
        ("sembako dan apotik sdh buka pak", {"SEMBAKO": "buka", "APOTEK": "buka"}),
        ("klinik tutup sementara", {"KLINIK": "tutup_sementara"}),
        ("klinik tutup", {"KLINIK": "tutup"}),
        ("unit simpan pinjam masih persiapan", {"SIMPAN_PINJAM": "persiapan"}),
        ("brilink aktif; gas 3kg blm ada", {"LAKU_PANDAI": "buka", "LPG3KG": "belum"}),
        ("pergudangan dan logistik belum", {"GUDANG_COLD_STORAGE": "belum", "LOGISTIK": "belum"}),
        ("cold storage belum buka", {"GUDANG_COLD_STORAGE": "belum"}),
        ("buka: sembako, pupuk; belum: klinik", {"SEMBAKO": "buka", "PUPUK": "buka", "KLINIK": "belum"}),
        ("lain-lain buka", {"LAINNYA": "buka"}),
    ],
)
def test_outlets_and_their_states(typed, states):
    assert (read_outlets(typed).states, read_outlets(typed).open) == (states, ())


TEN = ["SEMBAKO", "APOTEK", "KLINIK", "KANTOR", "SIMPAN_PINJAM", "GUDANG_COLD_STORAGE", "LOGISTIK", "LPG3KG", "PUPUK",
       "LAKU_PANDAI"]


@pytest.mark.parametrize(
    ("typed", "states", "still"),
    [
        ("semua blm buka", dict.fromkeys(TEN, "belum"), []),
        ("semua gerai sudah buka pak", dict.fromkeys(TEN, "buka"), []),
        ("8 buka", {"LPG3KG": "buka"}, []),
        ("no 8 sdh jalan", {"LPG3KG": "buka"}, []),
        ("1 buka, 9 belum", {"SEMBAKO": "buka", "PUPUK": "belum"}, []),
        ("buka: 1, 9", {"SEMBAKO": "buka", "PUPUK": "buka"}, []),
        ("1 9", {}, ["SEMBAKO", "PUPUK"]),
        ("1 buka, 9", {"SEMBAKO": "buka"}, ["PUPUK"]),
        ("sembako buka, apotek", {"SEMBAKO": "buka"}, ["APOTEK"]),
        ("sembako sudah", {}, ["SEMBAKO"]),
        ("sembako buka, sisanya belum", {**dict.fromkeys(TEN, "belum"), "SEMBAKO": "buka"}, []),
        ("lpg 3 kg buka", {"LPG3KG": "buka"}, []),
    ],
)
def test_outlets_by_number_and_together(typed, states, still):
    told = read_outlets(typed)
    assert (told.states, list(told.open)) == (states, still)


@pytest.mark.parametrize(
    ("typed", "states", "still"),
    [
        ("sdh jalan", {"SEMBAKO": "buka", "PUPUK": "buka"}, []),
        ("semua buka", {"SEMBAKO": "buka", "PUPUK": "buka"}, []),
        ("pupuk blm buka, lpg jalan", {"PUPUK": "belum", "LPG3KG": "buka"}, []),
    ],
)
def test_a_state_alone_is_of_the_outlets_that_were_asked(typed, states, still):
    told = read_outlets(typed, asked=["SEMBAKO", "PUPUK"])
    assert (told.states, list(told.open)) == (states, still)


@pytest.mark.parametrize(
    ("typed", "reason", "words"),
    [
        ("sembako buka besok", Reason.UNKNOWN_WORDS, ("besok",)),
        ("sembako buka, bengkel belum", Reason.UNKNOWN_WORDS, ("bengkel",)),
        ("sembako buka, 12 belum", Reason.UNKNOWN_WORDS, ("12",)),
        ("sembako tidak buka", Reason.UNKNOWN_WORDS, ("tidak",)),
        ("sembako buka, lainnya belum", Reason.AMBIGUOUS, ()),
        ("sembako buka sembako tutup", Reason.AMBIGUOUS, ()),
        ("sembako buka?", Reason.HEDGED, ()),
        ("buka", Reason.AMBIGUOUS, ()),
        ("", Reason.NO_STATE, ()),
    ],
)
def test_doubtful_outlets_are_asked(typed, reason, words):
    with pytest.raises(Unreadable) as refused:
        read_outlets(typed)
    assert (refused.value.reason, refused.value.words) == (reason, words)


@given(st.text(max_size=60))
def test_noise_never_crashes_a_reader(noise):
    read_form_word(noise), is_assent(noise)
    for read in (read_yes_no, read_outlets, lambda text: read_choice(text, LABELS, ALIASES)):
        try:
            read(noise)
        except Unreadable as refused:
            assert explain_unreadable(refused)


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("facts", [{}, {"candidates": ["a", "b"], "words": ["x"]}, {"candidates": ["a"]}])
def test_every_refusal_has_a_translated_sentence(locale, facts):
    before = strict_catalogues(True)
    try:
        with use_locale(locale):
            for topic in Topic:
                for reason in Reason:
                    sentence = explain_unreadable(Unreadable(topic, reason, **facts))
                    assert sentence and "{" not in sentence
    finally:
        strict_catalogues(before)


def test_an_explanation_repeats_what_could_be_meant_in_words():
    refused = Unreadable(Topic.RUPIAH, Reason.AMBIGUOUS, candidates=(500_000, 500_000_000))
    assert explain_unreadable(refused) == (
        "Mohon dipastikan, yang dimaksud Rp500.000 (lima ratus ribu rupiah) "
        "atau Rp500.000.000 (lima ratus juta rupiah)? "
        "Mohon ketik jumlah beserta satuannya, misalnya: 500 juta, atau Rp500.000.000."
    )


@pytest.mark.parametrize("typed", ["ya", "ok", "ok siap", "siap bu", "sip", "yo", "benar", "ok kirim", "ya, kirim"])
def test_what_was_shown_back_is_agreed_to(typed):
    assert agrees(typed) and not refuses(typed)


@pytest.mark.parametrize("typed", ["tidak", "belum", "jangan", "bukan bu", "salah"])
def test_what_was_shown_back_is_refused(typed):
    assert refuses(typed) and not agrees(typed)


@pytest.mark.parametrize("typed", ["kirim", "ok?", "ya atau tidak", "500 kg", "", "lanjut besok"])
def test_anything_else_neither_agrees_nor_refuses(typed):
    assert not agrees(typed) and not refuses(typed)


@pytest.mark.parametrize("typed", ["ok", "ok siap", "siap pak", "sip", "OKE"])
def test_a_mere_ok_states_no_fact(typed):
    assert is_mere_ok(typed)
    with pytest.raises(Unreadable):
        read_yes_no(typed)


@pytest.mark.parametrize(("typed", "unknown"), [
    ("lupa", True), ("lupa bu", True), ("tidak ingat", True), ("saya tdk tau", True), ("kurang tahu pak", True),
    ("entahlah", True), ("lupa password", False), ("akun lama lupa", False), ("tahu", False),
])
def test_what_is_not_remembered(typed, unknown):
    assert does_not_know(typed) is unknown


@pytest.mark.parametrize(("typed", "promised"), [
    ("nanti saya isi ya", True), ("besok sy lapor pak", True), ("nanti malam kami kirim", True),
    ("besok saya putuskan", True), ("besok", False), ("nanti kami beli pupuk", False), ("saya isi", False)])
def test_what_is_promised_for_later(typed, promised):
    assert promises(typed) is promised
