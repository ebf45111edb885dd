"""Whom we greet and how: a machine that echoes us falls silent soon, a person who tries on does not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from conversations.conversation import Conversation
from conversations.enrolment import GREETINGS_AN_HOUR, SAME_AN_HOUR, enrolled, may_greet
from conversations.menu import menu
from conversations.reminders import weekly_reminder
from models.people import Role
from tests.making import DESA, a_person, a_place

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def a_conversation() -> Conversation:
    return Conversation(state=None, data={}, asked_at=None)


def test_the_same_words_again_and_again_are_a_machines() -> None:
    talk = a_conversation()
    answered = [may_greet(talk, "Terima kasih, pesan Anda kami balas segera.", at=NOW) for _ in range(10)]
    assert answered == [True] * SAME_AN_HOUR + [False] * (10 - SAME_AN_HOUR)
    assert may_greet(talk, "Terima kasih, pesan Anda kami balas segera.", at=NOW + timedelta(hours=1))


def test_other_words_are_a_persons_and_still_there_is_an_end() -> None:
    talk = a_conversation()
    answered = [may_greet(talk, f"apa kabar {n}", at=NOW + timedelta(seconds=10 * n)) for n in range(20)]
    assert answered == [True] * GREETINGS_AN_HOUR + [False] * (20 - GREETINGS_AN_HOUR)


@pytest.mark.parametrize(("salutation", "whom"), [("Ibu", "Ibu Siti Aminah"), (None, "Bapak/Ibu Siti Aminah")])
def test_people_are_addressed_as_the_roster_says(salutation: str | None, whom: str) -> None:
    person = a_person((Role.CHAIR, DESA), name="Siti Aminah")
    person.salutation = salutation
    today = date(2026, 11, 25)
    for said in (menu(person, on=today), enrolled(person, [], on=today),
                 weekly_reminder(person, a_place(), today, None)):
        assert whom in said.text
        assert salutation is None or "Bapak/Ibu Siti" not in said.text
