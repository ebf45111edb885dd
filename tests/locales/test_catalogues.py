"""Every sentence the bot says exists in Indonesian, with the same placeholders."""

from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from locales import UntranslatedSentence, _, current_locale, ngettext, strict_catalogues, untranslated, use_locale
from locales.sentences import check, check_catalogue, sentences_in_code, updated

SENTENCE = "Sorry, we did not understand this answer yet."


def test_the_catalogues_are_complete_and_say_nothing_obsolete():
    assert [str(finding) for finding in check()] == []


def test_indonesian_is_spoken_unless_somebody_asks_for_english():
    assert (current_locale(), _(SENTENCE)) == ("id", "Mohon maaf, jawaban ini belum kami pahami.")
    with use_locale("en"):
        assert (current_locale(), _(SENTENCE)) == ("en", SENTENCE)
        assert ngettext("one", "many", 2) == "many"
    assert current_locale() == "id"


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="jv"), use_locale("jv"):
        pass


def test_a_missing_sentence_is_an_error_only_where_tests_listen():
    missing = "This was never said."
    assert untranslated("id", [SENTENCE, missing]) == [missing]
    assert untranslated("en", [missing]) == []
    before = strict_catalogues(False)
    try:
        assert _(missing) == missing
        strict_catalogues(True)
        with pytest.raises(UntranslatedSentence, match="never said"):
            _(missing)
        with use_locale("en"):
            assert _(missing) == missing
    finally:
        strict_catalogues(before)


def test_sentences_are_found_in_the_code_with_their_hints(tmp_path):
    (tmp_path / "bot" / "tests").mkdir(parents=True)
    (tmp_path / "bot" / "tests" / "test_it.py").write_text('_("Not this one.")')
    (tmp_path / "bot" / "speech.py").write_text(
        '# hint: said at the counter\nsaid = _("Two "\n    "lines, {name}.")\n'
        'ngettext("{n} member", "{n} members", 2)\n'
    )
    assert sentences_in_code(tmp_path) == {
        "Two lines, {name}.": ["said at the counter"],
        ("{n} member", "{n} members"): [],
    }


def test_update_keeps_translations_drops_what_is_obsolete_and_is_stable():
    catalogue = Catalog(locale="id")
    catalogue.add("Old.", "Lama.")
    catalogue.add("Kept, {name}.", "Tetap, {name}.")
    said = {"Kept, {name}.": ["to a member"], "New.": [], ("{n} member", "{n} members"): []}

    def written(catalogue):
        file = BytesIO()
        write_po(file, catalogue, no_location=True, sort_output=True, ignore_obsolete=True, width=120)
        return file.getvalue()

    assert [message.id for message in updated(catalogue, said)] == ["Old."]
    first = written(catalogue)
    again = read_po(BytesIO(first), locale="id")
    assert updated(again, said) == []
    assert written(again) == first
    assert catalogue["Kept, {name}."].string == "Tetap, {name}."
    assert b"#. to a member" in first and b"Old." not in first


@pytest.mark.parametrize(
    ("msgstr", "problems"),
    [
        ("Pinjaman {amount} disetujui.", []),
        ("", ["missing"]),
        ("Pinjaman disetujui.", ["placeholders differ, ['amount'] became []"]),
        ("Pinjaman {jumlah} disetujui.", ["placeholders differ, ['amount'] became ['jumlah']"]),
        ("Pinjaman {amount disetujui.", ["placeholders cannot be read (expected '}' before end of string)"]),
    ],
)
def test_a_translation_uses_the_placeholders_of_its_sentence(msgstr, problems):
    msgid = "Your loan of {amount} was approved."
    catalogue = Catalog(locale="id")
    catalogue.add(msgid, msgstr)
    assert [finding.problem for finding in check_catalogue("id", catalogue, {msgid: []})] == problems
