"""How long a stranger is answered: a machine that echoes us falls silent soon, a person who tries on does not."""

from datetime import UTC, datetime, timedelta

from conversations.conversation import Conversation
from conversations.enrolment import GREETINGS_AN_HOUR, SAME_AN_HOUR, may_greet

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
