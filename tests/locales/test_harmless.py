"""What others read of somebody's words can be read, and neither hides nor leads away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.harmless import LINK, untappable, visible


@pytest.mark.parametrize(("typed", "seen"), [
    ("kantor bocor", "kantor bocor"),
    ("baris satu\r\nbaris dua\tlagi", "baris satu\nbaris dua lagi"),
    ("\x1b[31mmerah\x07\x00", "[31mmerah"),
    ("\u202egnalib\u202c", "gnalib"),
    ("a\u200bb\u2060c\ufeffd\u00ade\u2066f\u2069", "abcdef"),
    ("satu\u2028dua\u2029tiga", "satu\ndua\ntiga"),
    ("\u00a0a\u2003b", " a b"),
    ("\u3164\u115f\u2800\u200b", ""),
    ("\U000e0041\ue000", ""),
    *[(family, family) for family in ("\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",)],
    ("Bu\u200dSiti", "BuSiti"),
    ("é ß ñ 漢字 ١٢", "é ß ñ 漢字 ١٢"),
])  # fmt: skip
def test_what_nobody_sees_is_gone(typed: str, seen: str) -> None:
    assert visible(typed) == seen


@pytest.mark.parametrize(("typed", "shown"), [
    ("lihat https://jahat.id/x?y=1 ya", "lihat https: //jahat. id/x?y=1 ya"),
    ("tg://resolve?domain=jahat", "tg: //resolve?domain=jahat"),
    ("klik www.jahat.com", "klik www. jahat. com"),
    ("bit.ly/abc dan t.me/jahat", "bit. ly/abc dan t. me/jahat"),
    ("dinas.bengkaliskab.go.id", "dinas.bengkaliskab.go.id"),
    ("https://oss.go.id/masuk", "https://oss.go.id/masuk"),
    ("oss.go.id.masuk.com", "oss. go. id. masuk. com"),
    ("https://oss.go.id@masuk.com/", "https: //oss. go. id@masuk. com/"),
    ("intent://x javascript:alert(1)", "intent: //x javascript: alert(1)"),
    ("Rp1.500.000.000, 14.03.01.2005, pukul 08.00", None),
    ("H. Abdul, S.Pd.I. No. 12; a.n. koperasi; proposal.pdf: 3 berkas", None),
    ("Catatan:\nsudah selesai.Terima kasih /menu", None),
])  # fmt: skip
def test_a_link_can_be_read_and_not_tapped(typed: str, shown: str | None) -> None:
    assert untappable(typed) == (shown or typed)


@given(st.text(max_size=80) | st.text(alphabet="ahtpsw:/.idcom tg@\u200b\u202e\x1b\n", max_size=60))
def test_nothing_is_left_after_once(noise: str) -> None:
    clean = untappable(visible(noise))
    assert visible(clean) == clean
    assert not LINK.search(clean)
