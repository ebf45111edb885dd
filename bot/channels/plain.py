"""A card on a phone without buttons: choices become a numbered list, and what was typed is read back against it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from bot.channels import Parcel
from conversations.said import choosing, pressing, sharing
from locales import _
from locales.formats import number as figure
from locales.formats import one_of

LONGEST_PLAIN_TEXT = 1600
"""Characters: what Twilio takes in one WhatsApp message."""

NUMBER_WORDS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
NUMBER = re.compile(r"\(?([0-9]{1,2})[.)]?")

Choices = Sequence[Mapping[str, str]]


def plain_text(parcel: Parcel) -> str:
    """Text, numbered choices and the words that may be typed, in the reader's locale. `ValueError` if too long."""
    numbered = [f"{number}. {choice['label']}" for number, _index, choice in _numbered(parcel.choices)
                if not choice.get("known")]
    named = [choice for choice in parcel.choices if choice.get("word")]
    said = _typed_instead(parcel.text or "", parcel.choices)
    for words in ([_explained(choice) for choice in named], [choice["word"] for choice in named]):
        # Translators: the last line under a question; words is a list like "kembali, lewati, batal"
        hint = _("Type: {words}").format(words=", ".join(words)) if words else ""
        text = "\n\n".join(part for part in (said, "\n".join(numbered), hint) if part)
        if len(text) <= LONGEST_PLAIN_TEXT:
            break
    else:
        raise ValueError(f"a plain text of {len(text)} characters; one message holds {LONGEST_PLAIN_TEXT}")
    return text


def _explained(choice: Mapping[str, str]) -> str:
    """The word, with what it does where it does not say so: «jumlah 4 (setujui jumlah lain)»."""
    word, label = choice["word"], choice["label"]
    spoken = [part for part in re.findall(r"\w+", _folded(word)) if not part.isdecimal()]
    whole = re.findall(r"\w+", _folded(label))
    clear = spoken in (whole[:len(spoken)], whole[-len(spoken):])
    return word if clear else f"{word} ({label[:1].lower()}{label[1:]})"


def _typed_instead(text: str, choices: Choices) -> str:
    """What the text says to press is typed here: by its word, or by its number."""
    numbers = {index: number for number, index, _choice in _numbered(choices)}
    for index, choice in enumerate(choices):
        typed = choice["word"] if index not in numbers else figure(numbers[index])
        text = text.replace(pressing(choice["label"]), _("type «{words}»").format(words=typed))
    match [figure(number) for number in numbers.values()]:
        case []:
            how = _("type one of the words below")
        case [first, _unused, *_others, last]:
            how = _("reply with its number, {first} to {last}").format(first=first, last=last)
        case few:
            how = _("reply with {numbers}").format(numbers=one_of(few))
    return text.replace(choosing(), how).replace(sharing(), _("choose Location under 📎"))


def chosen(typed: str, choices: Choices) -> int | None:
    """The place of the one choice that somebody named by its number or label, or by its word if it has one: that may
    name a request («setujui 17»), and the label alone does not. Anything else chooses nothing."""
    said = _folded(typed)
    if not said:
        return None
    named = {index for index, choice in enumerate(choices)
             if said == _folded(choice.get("word") or choice["label"])
             or (choice.get("word") and _folded(typed.replace(",", " ")) == _folded(choice["word"]))}
    number = _number(said)
    named |= {index for place, index, _choice in _numbered(choices) if place == number}
    # two choices of one name, or a label that is another one's number: nothing is guessed
    return named.pop() if len(named) == 1 else None


def _numbered(choices: Choices) -> Iterator[tuple[int, int, Mapping[str, str]]]:
    """Number as shown, place in the offer, and the choice; those with a word of their own have no number."""
    without_word = ((index, choice) for index, choice in enumerate(choices) if not choice.get("word"))
    return ((number, index, choice) for number, (index, choice) in enumerate(without_word, start=1))


def _number(said: str) -> int | None:
    if digits := NUMBER.fullmatch(said):
        return int(digits[1])
    return NUMBER_WORDS.get(said)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
