"""The form engine with a small form of its own: every way through it, and every way out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from conversations.conversation import Conversation
from conversations.form import Completed, begin, holds, resume, take, wants
from conversations.form.answers import Chosen, Kind, Sent, Typed, is_chatter
from conversations.form.draft import Manner, parked
from conversations.form.questions import Form, Question
from conversations.reading import FormCommand, FormWord, read_count, read_form_word, read_rupiah, read_yes_no
from conversations.said import LONGEST_TEXT
from locales import use_locale
from locales.formats import rupiah_echo
from tests.conversations.filler import MORNING, Filler

COLOURS = {"red": "Red", "blue": "Blue"}
COLOUR = Question("colour", lambda: "Colour", lambda draft: "Which colour?", options=lambda draft: COLOURS,
                  aliases={"red": "merah"}, show=lambda value, draft: COLOURS[value])
SHOP = Question("shop", lambda: "Shop", lambda draft: "Is there a shop?", lambda text, draft: read_yes_no(text),
                options=lambda draft: {True: "There is", False: "There is none"}, nihil=False,
                show=lambda value, draft: "there is" if value else "there is none")
MEMBERS = Question("members", lambda: "Members", lambda draft: "How many members?",
                   lambda text, draft: read_count(text),
                   when=lambda draft: draft.says("shop") is True, skippable=lambda draft: True, nihil=0)
PICTURE = Question("picture", lambda: "Picture", lambda draft: "A photo, please.", accepts=frozenset({Kind.PHOTO}),
                   when=lambda draft: draft.says("shop") is True, skippable=lambda draft: True,
                   show=lambda value, draft: "received")
MONEY = Question("money", lambda: "Money", lambda draft: "How much money?", lambda text, draft: read_rupiah(text),
                 digits=True, check=lambda value, draft: "That is too much." if value > 10**9 else None,
                 echo=lambda value: f"{rupiah_echo(value)}. Right?", show=lambda value, draft: rupiah_echo(value))
WORDS = Question("words", lambda: "Words", lambda draft: "Anything else?", lambda text, draft: text)
FAIR = Form(key="fair", version=1, title=lambda: "Fair", questions=(COLOUR, SHOP, MEMBERS, PICTURE, MONEY, WORDS),
            nihil=lambda draft: "Nothing about the fair.", previous="previous", intro=lambda draft: "The fair.")
SHORT = ("merah", "tidak", "5 jt", "ya", "no")
BEGUN = MORNING.isoformat()
WHOLE = {"colour": "red", "shop": False, "money": 5_000_000, "words": "no"}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with use_locale("en"):
        yield


def at_summary(**facts: object) -> Filler:
    return Filler(FAIR, facts).gives(*SHORT)


def test_a_form_is_filled_in_and_sent() -> None:
    """A golden conversation; the draft goes through JSON between any two lines of it."""
    filler = Filler(FAIR).gives("[Blue]", "ada", "87", "{photo}", "500", "500 jt", "ya", "kembali lagi besok", "kirim")
    assert filler.transcript == """\
< The fair.

Which colour?
[Red] [Blue] [Nothing to report] [Cancel]
> [Blue]
< Noted: Blue.

Is there a shop?
[There is] [There is none] [Back] [Cancel]
> ada
< Noted: there is.

How many members?
[Skip] [Back] [Cancel]
> 87
< A photo, please.
[Skip] [Back] [Cancel]
> {photo}
< Received for «Picture», thank you.

How much money?
[Back] [Cancel]
> 500
< This can be understood in more than one way: Rp500 (five hundred rupiah), Rp500,000 (five hundred thousand rupiah),\
 or Rp500,000,000 (five hundred million rupiah)? Please type the amount with its unit, for example: 500 juta, or\
 Rp500.000.000.

How much money?
[Back] [Cancel]
> 500 jt
< Rp500,000,000 (five hundred million rupiah). Right?
[Yes] [Change]
> ya
< Anything else?
[Back] [Cancel]
> kembali lagi besok
< Summary of the fair

1. Colour: Blue
2. Shop: there is
3. Members: 87
4. Picture: received
5. Money: Rp500,000,000 (five hundred million rupiah)
6. Words: kembali lagi besok

Please check it. «kirim» sends it; «ubah 2» changes answer number 2.
[Send] [Change] [Cancel]
> kirim
< (completed)"""
    assert filler.completed == Completed("fair", {"colour": "blue", "shop": True, "members": 87, "picture": 7,
                                                  "money": 500_000_000, "words": "kembali lagi besok"}, {}, Manner.FULL)


@pytest.mark.parametrize(("given", "at", "answers"), [
    pytest.param((), "colour", {}, id="begun"),
    pytest.param(("merah", "tidak"), "money", {"colour": "red", "shop": False}, id="a branch is left out"),
    pytest.param(("merah", "ada", "lewati"), "picture", {"colour": "red", "shop": True, "members": None}, id="skipped"),
    pytest.param(("lewati",), "colour", {}, id="cannot be skipped"),
    pytest.param(("merah", "kembali"), "colour", {"colour": "red"}, id="back"),
    pytest.param(("kembali",), "colour", {}, id="nothing before the first"),
    pytest.param(("merah", "kembali", "lanjut"), "shop", {"colour": "red"}, id="back, and the answer stays"),
    pytest.param(("merah", "kembali", "Blue"), "shop", {"colour": "blue"}, id="back, and another answer"),
    pytest.param(("merah", "ubah 1", "Blue"), "shop", {"colour": "blue"}, id="changed on the way"),
    pytest.param(("merah", "ubah 7"), "shop", {"colour": "red"}, id="no such number"),
    pytest.param(("merah", "nihil"), "money", {"colour": "red", "shop": False}, id="nihil as an answer"),
    pytest.param(("merah", "tidak", "nihil"), "money", {"colour": "red", "shop": False}, id="nihil is no amount"),
    pytest.param(("merah", "tidak", "2 M"), "money", {"colour": "red", "shop": False}, id="too much is explained"),
    pytest.param(("merah", "tidak", "5 jt"), "money", {"colour": "red", "shop": False}, id="not before the yes"),
    pytest.param(("merah", "tidak", "5 jt", "ubah"), "money", {"colour": "red", "shop": False}, id="no to the echo"),
    pytest.param(("merah", "tidak", "5 jt", "6 jt", "ya"), "words",
                 {"colour": "red", "shop": False, "money": 6_000_000}, id="another amount instead of a yes"),
    pytest.param(("P", "🙏", ".", "Assalamualaikum", "{voice}", "{photo}"), "colour", {"picture": 7}, id="chatter"),
    pytest.param(("merah", "kirim"), "shop", {"colour": "red"}, id="not sent before it is complete"),
    pytest.param(("batal",), None, None, id="nothing to lose, so no question"),
    pytest.param(("merah", "batal", "ya"), None, None, id="cancelled"),
    pytest.param(("merah", "batal", "Ya, hapus"), None, None, id="cancelled by the words of the button"),
    pytest.param(("merah", "batal", "tidak"), "shop", {"colour": "red"}, id="not cancelled after all"),
    pytest.param(("merah", "tidak", "5 jt", "batal", "lanjut", "ya"), "words",
                 {"colour": "red", "shop": False, "money": 5_000_000}, id="the amount still waits for its yes"),
    pytest.param((*SHORT, "ubah 2", "ada"), "members", {**WHOLE, "shop": True}, id="a change opens a branch"),
    pytest.param((*SHORT, "kembali"), "words", WHOLE, id="back from the summary"),
    pytest.param((*SHORT, "ubah 1", "Blue"), None, {**WHOLE, "colour": "blue"}, id="changed, back at the summary"),
    pytest.param((*SHORT, "ubah 1", "kembali"), None, WHOLE, id="not changed after all"),
    pytest.param((*SHORT, "ubah", "2", "tidak ada"), None, WHOLE, id="changed by the list"),
    pytest.param((*SHORT, "4"), None, WHOLE, id="a bare number changes nothing"),
    pytest.param((*SHORT, "ya"), None, WHOLE, id="yes does not send"),
])
def test_where_a_conversation_stands(given: tuple[str, ...], at: str | None, answers: dict[str, object] | None) -> None:
    filler = Filler(FAIR).gives(*given)
    assert filler.completed is None
    if answers is None:
        assert (filler.conversation.state, filler.conversation.data["drafts"]) == (None, {})
    else:
        assert (filler.draft()["question"], filler.draft()["answers"]) == (at, answers)


def test_an_amount_is_asked_again_whatever_is_said_to_its_echo() -> None:
    filler = Filler(FAIR).gives("merah", "tidak", "5 jt", "hmm")
    assert filler.draft()["step"] == "echo"
    assert "Rp5,000,000" in filler.said


def test_a_branch_that_closes_takes_its_answers_along() -> None:
    filler = Filler(FAIR).gives("merah", "ada", "87", "{photo}", "5 jt", "ya", "no", "ubah 2", "tidak", "kirim")
    assert filler.completed == Completed("fair", WHOLE, {}, Manner.FULL)


def test_nihil_at_the_beginning_is_a_whole_form() -> None:
    filler = Filler(FAIR).gives("nihil")
    assert filler.said == "Nothing about the fair.\n[Send] [Back] [Cancel]"
    assert filler.gives("kirim").completed == Completed("fair", {}, {}, Manner.NIHIL)


def test_nihil_can_be_taken_back() -> None:
    assert Filler(FAIR).gives("nihil", "kembali").said.startswith("Which colour?")


def test_the_same_as_last_week_shows_the_last_answers_and_is_confirmed() -> None:
    previous = {**WHOLE, "a question that is gone": 1}
    filler = Filler(FAIR, {"previous": previous}).gives("sama seperti minggu lalu")
    assert "3. Money: Rp5,000,000" in filler.said
    assert filler.gives("kirim").completed == Completed("fair", WHOLE, {"previous": previous}, Manner.SAME)


def test_the_same_as_last_week_with_one_change_is_a_full_report() -> None:
    filler = Filler(FAIR, {"previous": WHOLE}).gives("sama", "ubah 1", "Blue", "kirim")
    assert filler.completed is not None
    assert (filler.completed.manner, filler.completed.answers["colour"]) == (Manner.FULL, "blue")


def test_one_answer_can_be_the_same_as_last_week() -> None:
    filler = Filler(FAIR, {"previous": WHOLE}).gives("Blue", "sama")
    assert filler.draft()["answers"] == {"colour": "blue", "shop": False}


def test_without_an_earlier_report_nothing_is_repeated() -> None:
    filler = Filler(FAIR).gives("sama seperti minggu lalu")
    assert filler.draft()["answers"] == {}
    assert "do not yet have an earlier answer" in filler.said


def test_sending_too_early_names_what_is_missing() -> None:
    assert "Shop, Money, and Words" in Filler(FAIR).gives("merah", "kirim").said


def test_a_draft_outlives_three_days() -> None:
    filler = Filler(FAIR).gives("merah", "clock +3").resumes()
    assert filler.said == """\
Going on with «Fair», begun on Wednesday, 22 October 2025 09:00 WIB; 1 answer is kept.

Is there a shop?
[There is] [There is none] [Back] [Cancel]"""
    assert filler.gives("tidak", "5 jt", "ya", "no", "kirim").completed is not None


def test_a_draft_of_an_older_form_keeps_what_still_fits() -> None:
    newer = replace(FAIR, version=2, questions=(COLOUR, replace(WORDS, key="more", label=lambda: "More")))
    filler = at_summary().resumes(newer)
    assert "The form has changed" in filler.said
    assert filler.draft()["answers"] == {"colour": "red"}
    completed = filler.gives("fine", "kirim").completed
    assert completed == Completed("fair", {"colour": "red", "more": "fine"}, {}, Manner.FULL)


def test_several_drafts_lie_side_by_side() -> None:
    other = replace(FAIR, key="other")
    talk = Conversation()
    begin(FAIR, talk, at=MORNING)
    begin(other, talk, at=MORNING + timedelta(minutes=1))
    assert (talk.state, parked(talk)) == ("other", ["other", "fair"])
    take(other, talk, Typed("batal"), at=MORNING)
    assert (talk.state, parked(talk)) == (None, ["fair"])


def test_a_form_can_be_laid_aside() -> None:
    filler = Filler(FAIR).gives("merah", "batal", "simpan")
    assert (filler.conversation.state, filler.draft()["answers"]) == (None, {"colour": "red"})
    assert filler.resumes().said.endswith("[There is] [There is none] [Back] [Cancel]")


def test_a_draft_is_gone_on_with_only_for_what_it_was_begun_for() -> None:
    filler = Filler(FAIR, {"cooperative": "Koperasi Damon"}).gives("merah")
    talk, later = filler.conversation, MORNING + timedelta(days=1)
    assert resume(FAIR, talk, at=later, about={"cooperative": "Koperasi Bantan"}) is None
    going_on = resume(FAIR, talk, at=later, about={"cooperative": "Koperasi Damon"})
    assert going_on and going_on.text.startswith("Going on with «Fair, Koperasi Damon»")
    another = begin(FAIR, talk, at=later, facts={"cooperative": "Koperasi Bantan"})
    assert another.text.startswith("«Fair, Koperasi Damon», begun on Wednesday, 22 October 2025 09:00 WIB, was")


def test_the_summary_says_for_whom_it_is() -> None:
    filler = Filler(FAIR, {"cooperative": "Koperasi Damon"}, WHOLE)
    assert "Summary of the fair, Koperasi Damon" in filler.said


def test_a_text_from_before_the_question_is_not_its_answer() -> None:
    filler = Filler(FAIR).gives("merah").gives("tidak", late=True)
    assert filler.draft()["answers"] == {"colour": "red"}
    assert filler.said.startswith("This message was written before the question below was asked")


def test_only_a_new_question_makes_what_was_typed_before_late() -> None:
    filler = Filler(FAIR).gives("clock +1", "not a colour")
    assert filler.conversation.asked_at == MORNING
    assert filler.gives("merah").conversation.asked_at == MORNING + timedelta(days=1)


@pytest.mark.parametrize(("asked", "version", "sentence"), [
    (f"{BEGUN} 1", 1, "That choice belongs to a question that was answered already."),
    ("2025-10-21T02:00:00+00:00 2", 1, "That choice belongs to a question that was answered already."),
    (f"{BEGUN} 2", 0, "This button belongs to an older version of the form."),
])
def test_an_old_button_gets_a_sentence_and_the_question_that_waits(asked: str, version: int, sentence: str) -> None:
    filler = Filler(FAIR).gives("merah")
    filler.answers(Chosen("answer", "blue", asked, version))
    assert filler.draft()["answers"] == {"colour": "red"}
    assert filler.said.startswith(sentence)
    assert "Is there a shop?" in filler.said


def test_a_button_sends_only_once() -> None:
    filler = at_summary()
    send = Chosen("send", "", filler.card.facts["asked"], 1)
    filler.answers(send)
    assert filler.completed is not None
    assert holds(FAIR, filler.conversation, send, at=MORNING), "until whoever filed it puts it away"


def test_a_card_says_of_which_question_and_version_it_is() -> None:
    card = Filler(FAIR).gives("merah").card
    facts = {"form": "fair", "question": "shop", "asked": f"{BEGUN} 2"}
    assert (card.kind, card.version, dict(card.facts)) == ("form", 1, facts)


def test_where_a_digit_may_be_the_answer_every_choice_has_a_word() -> None:
    filler = Filler(FAIR).gives("merah", "tidak")
    assert all(choice.word for choice in filler.card.choices)
    assert all(choice.word for choice in filler.gives("5 jt").card.choices)


@pytest.mark.parametrize("photo", [Sent(Kind.PHOTO, 8, "album"), Sent(Kind.PHOTO, 8)])
def test_an_album_is_one_answer(photo: Sent) -> None:
    filler = Filler(FAIR).gives("merah", "ada", "87")
    filler.answers(Sent(Kind.PHOTO, 7, photo.album))
    filler.answers(photo)
    assert filler.said == "(silence)"
    assert filler.draft()["answers"]["picture"] == 7


def test_a_photo_may_come_early_or_after_it_was_skipped() -> None:
    early = Filler(FAIR).gives("merah", "ada", "{photo}")
    assert early.draft()["question"] == "members"
    skipped = Filler(FAIR).gives("merah", "ada", "87", "lewati", "{photo}")
    assert (skipped.draft()["question"], skipped.draft()["answers"]["picture"]) == ("money", 7)


@pytest.mark.parametrize(("given", "kind", "wanted"), [
    (("merah",), Kind.PHOTO, True),
    (("merah", "tidak"), Kind.PHOTO, False),
    (("merah", "ada", "{photo}"), Kind.PHOTO, False),
    (("merah", "ada"), Kind.DOCUMENT, False),
])
def test_a_file_is_wanted_only_by_a_question_that_has_none(given: tuple[str, ...], kind: Kind, wanted: bool) -> None:
    assert wants(FAIR, Filler(FAIR).gives(*given).conversation, kind, at=MORNING) is wanted


def test_words_where_a_photo_is_asked_are_told_so() -> None:
    assert Filler(FAIR).gives("merah", "ada", "87", "sudah").said.startswith(
        "Here we need a photo. If there is none now, please type: lewati.")


def test_a_long_answer_never_makes_a_summary_too_long() -> None:
    many = replace(FAIR, questions=tuple(replace(WORDS, key=f"words{n}") for n in range(12)))
    filler = Filler(many)
    for _n in range(12):
        filler.gives("rather long " * 40)
    assert len(filler.said) < LONGEST_TEXT
    assert "12. Words: rather long" in filler.said


@pytest.mark.parametrize(("typed", "command"), [
    ("kembali", FormCommand(FormWord.BACK)), ("Kmbali pak", FormCommand(FormWord.BACK)),
    ("balik", FormCommand(FormWord.BACK)), ("ubah 4", FormCommand(FormWord.CHANGE, 4)),
    ("ubah no 4", FormCommand(FormWord.CHANGE, 4)), ("ganti nomor 2", FormCommand(FormWord.CHANGE, 2)),
    ("ralat", FormCommand(FormWord.CHANGE)), ("Lanjut", FormCommand(FormWord.CONTINUE)),
    ("lnjut", FormCommand(FormWord.CONTINUE)), ("lewat", FormCommand(FormWord.SKIP)),
    ("LEWATI.", FormCommand(FormWord.SKIP)), ("nihil", FormCommand(FormWord.NIHIL)),
    ("tdk ada", FormCommand(FormWord.NIHIL)), ("sama", FormCommand(FormWord.SAME)),
    ("sama spt minggu lalu", FormCommand(FormWord.SAME)), ("sama kayak mgg kmrn", FormCommand(FormWord.SAME)),
    ("masih sama", FormCommand(FormWord.SAME)), ("tdk ada perubahan bu", FormCommand(FormWord.SAME)),
    ("blm ada yg baru", FormCommand(FormWord.SAME)), ("laporan nihil", FormCommand(FormWord.NIHIL)),
    ("Nihil minggu ini", FormCommand(FormWord.NIHIL)), ("tidak ada kegiatan", FormCommand(FormWord.NIHIL)),
    ("nanti dulu", FormCommand(FormWord.LATER)), ("nanti aja bu", FormCommand(FormWord.LATER)),
    ("jangan dulu", FormCommand(FormWord.LATER)), ("jangan dikirim dulu", FormCommand(FormWord.LATER)),
    ("ga jadi", FormCommand(FormWord.CANCEL)), ("tidak jadi pak", FormCommand(FormWord.CANCEL)),
    ("lanjutkan yang kemarin", FormCommand(FormWord.CONTINUE)), ("lanjut laporan", FormCommand(FormWord.CONTINUE)),
    ("jangan buka gerai", None), ("nanti sore kapal datang", None),
    ("batal", FormCommand(FormWord.CANCEL)), ("batalkan bu", FormCommand(FormWord.CANCEL)),
    ("kirim", FormCommand(FormWord.SEND)), ("krm 🙏", FormCommand(FormWord.SEND)),
    ("kirim beras ke Bantan", None), ("batal panen karena banjir", None), ("mau lanjut kuliah", None),
    ("kembali ke pasar", None), ("sama-sama", None), ("ubah 4?", None), ("tidak", None),
])
def test_a_form_word_is_one_only_by_itself(typed: str, command: FormCommand | None) -> None:
    assert read_form_word(typed) == command


@pytest.mark.parametrize("typed", ["kirim beras ke Bantan", "batal panen karena banjir", "mau lanjut kuliah"])
def test_a_command_word_inside_a_sentence_is_an_answer(typed: str) -> None:
    filler = Filler(FAIR).gives("merah", "tidak", "5 jt", "ya", typed)
    assert filler.draft()["answers"]["words"] == typed


@pytest.mark.parametrize(("typed", "chatter"), [
    ("P", True), (".", True), ("🙏", True), ("Assalamualaikum wr wb", True), ("halo min", True), ("terima kasih", True),
    ("ya", False), ("5", False), ("Assalamualaikum pak, 500 jt", False), ("belum", False),
])
def test_a_sign_of_life_is_no_answer(typed: str, chatter: bool) -> None:
    assert is_chatter(typed) is chatter
