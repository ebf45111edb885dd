"""Cards on a phone without buttons: what is shown, and what a typed answer chooses."""

from collections.abc import Iterator

import pytest

from bot.channels import Parcel
from bot.channels.plain import chosen, plain_text
from conversations.said import choosing, pressing, sharing
from locales import use_locale
from models.post import Kind


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with use_locale("en"):
        yield


def choices(*labels: str, words: tuple[str, ...] = ()) -> list[dict[str, str]]:
    return [*({"label": label, "act": label.lower(), "value": "", "word": ""} for label in labels),
            *({"label": word.capitalize(), "act": word, "value": "", "word": word} for word in words)]  # fmt: skip


def shown(text: str, offered: list[dict[str, str]]) -> str:
    return plain_text(Parcel(id=1, kind=Kind.REPLY, to="+6281234567890", text=text, choices=offered))


@pytest.mark.parametrize(("offered", "text"), [
    ([], "Benar?"),
    (choices("Ya", "Ubah"), "Benar?\n\n1. Ya\n2. Ubah"),
    (choices("Ya", words=("kembali", "batal")), "Benar?\n\n1. Ya\n\nType: kembali, batal"),
    (choices(words=("lewati",)), "Benar?\n\nType: lewati"),
])  # fmt: skip
def test_a_card_is_a_numbered_list_and_a_line_of_words(offered: list[dict[str, str]], text: str) -> None:
    assert shown("Benar?", offered) == text


def test_words_do_not_take_numbers() -> None:
    offered = [*choices(words=("kembali",)), *choices("Ya", "Tidak")]
    assert "1. Ya\n2. Tidak" in shown("Benar?", offered)
    assert [chosen(typed, offered) for typed in ("1", "2", "3", "kembali")] == [1, 2, None, 0]


def test_what_was_just_read_is_not_written_out_again_and_still_has_its_number() -> None:
    offered = [*({**choice, "known": True} for choice in choices("Sembako", "Apotek")), *choices(words=("selesai",))]
    assert shown("Ada lagi?", offered) == "Ada lagi?\n\nType: selesai"
    assert [chosen(typed, offered) for typed in ("2", "apotek", "selesai")] == [1, 1, 2]


def test_one_message_is_never_cut() -> None:
    with pytest.raises(ValueError, match="1600"):
        shown("x" * 1500, choices("y" * 200))


OFFERED = choices("Setuju", "Tidak setuju", "Desa Air Putih", words=("kembali", "batal"))


@pytest.mark.parametrize(("typed", "place"), [
    ("2", 1), ("2.", 1), ("(2)", 1), ("2)", 1), (" 2 ", 1), ("２", 1), ("dua", 1), ("DUA", 1), ("two", 1),
    ("Setuju", 0), ("setuju", 0), ("  tidak   SETUJU ", 1), ("desa air\nputih", 2), ("batal", 4), ("Kembali", 3),
])  # fmt: skip
def test_a_number_a_label_or_a_word_chooses(typed: str, place: int) -> None:
    assert chosen(typed, OFFERED) == place


@pytest.mark.parametrize("typed", [
    "", " ", "0", "4", "5", "empat", "22", "2x", "2 juta", "1 2", "-1", "1,5", "ok", "oke", "👍", "ya", "setuju!",
    "tidak", "Setuju pak", "no 1", "()", "air putih", "1" * 5000,
])  # fmt: skip
def test_anything_else_chooses_nothing(typed: str) -> None:
    assert chosen(typed, OFFERED) is None


def test_a_label_says_less_than_the_word_of_a_choice() -> None:
    """Two cards may lie on the phone, each with «Setujui»; only the word says which request is meant."""
    offered = [{"label": "Setujui", "act": "approve", "value": "", "word": "setujui 17"}]
    assert [chosen(typed, offered) for typed in ("setujui", "Setujui 17", "setujui 18")] == [None, 0, None]


def test_ok_chooses_where_it_is_the_label() -> None:
    assert chosen("ok", choices("OK", "Ubah")) == 0


def test_nothing_is_guessed_where_two_are_meant() -> None:
    assert chosen("ya", choices("Ya", "ya")) is None
    assert chosen("2", choices("2", "3")) is None, "the label of one is the number of another"
    assert chosen("3", choices("2", "3")) == 1


@pytest.mark.parametrize(("offered", "label", "typed"), [
    (choices("Ya", "Tidak"), "Ya", "type «1»"),
    ([{"label": "Ya, setujui", "act": "", "value": "", "word": "ya setujui 4"}], "Ya, setujui", "type «ya setujui 4»"),
    (choices("Ya", "Tidak", words=("batal",)), None, "reply with 1 or 2"),
    (choices("Sewa", "Hibah", "Pinjam"), None, "reply with its number, 1 to 3"),
    (choices(words=("setujui", "tolak")), None, "type one of the words below"),
])  # fmt: skip
def test_nothing_is_to_be_pressed_where_there_are_no_buttons(
        offered: list[dict[str, str]], label: str | None, typed: str) -> None:
    said = choosing() if label is None else pressing(label)
    assert said.startswith("press ") and shown(f"Please {said}.", offered).startswith(f"Please {typed}.\n\n")


APPROVE = {"label": "Setujui", "act": "", "value": "", "word": "setujui 4"}
ANOTHER = {"label": "Setujui jumlah lain", "act": "", "value": "", "word": "jumlah 4"}
KEEP = {"label": "Tetap, lanjut", "act": "", "value": "", "word": "lanjut"}


def test_a_word_that_does_not_say_what_it_does_is_explained_where_there_is_room() -> None:
    assert shown("Benar?", [APPROVE, ANOTHER, KEEP]) == (
        "Benar?\n\nType: setujui 4, jumlah 4 (setujui jumlah lain), lanjut")
    assert shown("x" * 1550, [APPROVE, ANOTHER, KEEP]).endswith("\n\nType: setujui 4, jumlah 4, lanjut")


def test_a_key_that_only_telegram_has_is_not_named() -> None:
    assert "press" in sharing()
    assert shown(f"Please {sharing()}.", []) == "Please choose Location under 📎."
