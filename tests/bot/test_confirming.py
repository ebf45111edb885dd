"""«ya setujui 3»: the own words of a confirmation press it on any phone, and on none when anything is in doubt."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from models.people import Person
from models.post import Offer, OutgoingState
from tests.bot.house import TEN_MINUTES, House, a_whatsapp_phone, some_phones, with_payload
from tests.phones import Phone, TelegramPhone, WhatsAppPhone

SENT, QUEUED, UNKNOWN = OutgoingState.SENT, OutgoingState.QUEUED, OutgoingState.UNKNOWN
PHONES = [pytest.param(TelegramPhone, id="telegram"), pytest.param(WhatsAppPhone, id="whatsapp")]
WORDS = "ya setujui 3"


def a_phone(kind: type[Phone]) -> Phone:
    return some_phones(1)[0] if kind is TelegramPhone else a_whatsapp_phone()


async def asked(house: House, address: int, *, act: str = "confirm", token: str = "", state: OutgoingState = SENT,
                subject: int = 3, person: int | None = None, **columns: Any) -> None:
    """A confirmation as it lies on the phone, or is on its way to it."""
    now = house.clock.now()
    await house.change(insert(Offer).values(
        token=token or act, address_id=address, person_id=person, kind="loan_confirmation", subject=subject, version=1,
        facts={}, created_at=now, expires_at=now + TEN_MINUTES,
        choices=[{"label": "Ya, setujui", "act": act, "value": "", "word": f"ya setujui {subject}"},
                 {"label": "Tidak jadi", "act": "leave", "value": "", "word": "tidak jadi"}]))
    await house.queue(address, "Benar?", offer_token=token or act, state=state, lease_until=now, **columns)


async def another_card(house: House, address: int) -> None:
    await house.change(insert(Offer).values(
        token="recap", address_id=address, kind="recap", version=0, facts={}, created_at=house.clock.now(),
        choices=[{"label": "Pinjaman", "act": "loans", "value": "", "word": ""}]))
    await house.queue(address, "Rekap", offer_token="recap", state=SENT)


def moments_later(house: House, seconds: float = 2) -> None:
    house.clock.advance(timedelta(seconds=seconds))


@pytest.mark.parametrize("kind", PHONES)
@pytest.mark.parametrize("typed", [WORDS, "Ya, setujui 3", "ya setujui 3 pak 🙏", "YA SETUJUI 3."])
async def test_its_own_words_press_it_also_behind_another_card(house: House, kind: type[Phone], typed: str) -> None:
    phone = a_phone(kind)
    address = await house.an_address(phone)
    await asked(house, address)
    await another_card(house, address)
    moments_later(house)
    await house.hear(phone.says(typed, at=house.clock.now()))
    assert (await house.said())[-1] == "chose confirm"
    # nobody waits for an acknowledgement of what was typed
    assert len(await house.said()) == 3


@pytest.mark.parametrize("kind", PHONES)
@pytest.mark.parametrize("typed", ["ya", "ya setujui", "ya setujui 30", "ya setujui 3 4", "setujui 3", "ya tolak 3",
                                   "ya setujui 3?", "ya saya setujui 3", "ok setujui 3"])
async def test_no_other_words_press_it(house: House, kind: type[Phone], typed: str) -> None:
    phone = a_phone(kind)
    await asked(house, await house.an_address(phone))
    moments_later(house)
    await house.hear(phone.says(typed, at=house.clock.now()))
    assert (await house.said())[-1] == typed


@pytest.mark.parametrize("kind", PHONES)
async def test_words_of_before_the_question_or_after_its_life_press_nothing(house: House, kind: type[Phone]) -> None:
    phone = a_phone(kind)
    address = await house.an_address(phone)
    early = phone.says(WORDS, at=house.clock.now())
    await house.keep(early)
    moments_later(house)
    await asked(house, address)
    await house.turn()
    moments_later(house, 601)
    await house.hear(phone.says(WORDS, at=house.clock.now()))
    assert (await house.said())[1:] == [WORDS, WORDS]


async def test_words_that_were_written_before_the_question_and_came_after_it_press_nothing(house: House) -> None:
    """A phone without a network sends them later; the platform's clock tells."""
    phone = a_phone(TelegramPhone)
    await asked(house, await house.an_address(phone))
    written = house.clock.now() - timedelta(minutes=3)
    moments_later(house)
    await house.hear(phone.says(WORDS, at=written))
    assert (await house.said())[-1] == WORDS
    await house.hear(phone.says(WORDS, at=house.clock.now()))
    assert (await house.said())[-1] == "chose confirm"


@pytest.mark.parametrize("kind", PHONES)
async def test_forwarded_words_press_nothing(house: House, kind: type[Phone]) -> None:
    phone = a_phone(kind)
    await asked(house, await house.an_address(phone))
    moments_later(house)
    await house.hear(phone.says(WORDS, at=house.clock.now(), forwarded=True))
    assert (await house.said())[-1] == WORDS


async def test_words_that_were_fetched_afterwards_press_nothing(house: House) -> None:
    phone = a_whatsapp_phone()
    await asked(house, await house.an_address(phone))
    moments_later(house)
    said = phone.says(WORDS, at=house.clock.now())
    await house.hear(with_payload(said, json.dumps(json.loads(said.payload) | {"_reconciled": True})))
    assert (await house.said())[-1] == WORDS


@pytest.mark.parametrize("kind", PHONES)
@pytest.mark.parametrize(("newer", "attempts", "answer"), [
    (SENT, 1, "chose lower"), (UNKNOWN, 1, "chose lower"),
    # the older one is about another amount, and the newer one may not have been read
    (QUEUED, 1, WORDS), (QUEUED, 0, WORDS), (OutgoingState.FAILED, 1, WORDS)])
async def test_of_two_about_one_request_only_the_newest_counts(
        house: House, kind: type[Phone], newer: OutgoingState, attempts: int, answer: str) -> None:
    phone = a_phone(kind)
    address = await house.an_address(phone)
    await asked(house, address, act="whole")
    moments_later(house)
    await asked(house, address, act="lower", state=newer, attempts=attempts)
    moments_later(house)
    await house.hear(phone.says(WORDS, at=house.clock.now()))
    assert (await house.said())[-1] == answer


@pytest.mark.parametrize("kind", PHONES)
@pytest.mark.parametrize("attempts", [0, 1])
async def test_whoever_is_asked_the_same_again_may_answer_the_one_that_lies_there(
        house: House, kind: type[Phone], attempts: int) -> None:
    """On a slow line each yes would else bring another question, and each question another yes, for ever."""
    phone = a_phone(kind)
    address = await house.an_address(phone)
    await asked(house, address, token="first")
    moments_later(house)
    await asked(house, address, token="again", state=QUEUED, attempts=attempts)
    moments_later(house)
    await house.hear(phone.says(WORDS, at=house.clock.now()))
    assert (await house.said())[-1] == "chose confirm"


@pytest.mark.parametrize("kind", PHONES)
async def test_a_confirmation_that_never_left_is_not_pressed(house: House, kind: type[Phone]) -> None:
    phone = a_phone(kind)
    await asked(house, await house.an_address(phone), state=QUEUED)
    moments_later(house)
    await house.hear(phone.says(WORDS, at=house.clock.now()))
    assert (await house.said())[-1] == WORDS


@pytest.mark.parametrize("kind", PHONES)
async def test_what_a_former_holder_of_the_address_was_asked_is_not_pressed(house: House, kind: type[Phone]) -> None:
    phone = a_phone(kind)
    former = await house.a_person("former")
    address = await house.an_address(phone, await house.a_person("present"))
    await asked(house, address, person=former)
    moments_later(house)
    await house.hear(phone.says(WORDS, at=house.clock.now()))
    assert (await house.said())[-1] == "stale: foreign"
    assert [name for _, name in await house.rows(Person.id, Person.name) if name.startswith("chose")] == []


@pytest.mark.parametrize("kind", PHONES)
async def test_two_requests_stay_apart(house: House, kind: type[Phone]) -> None:
    phone = a_phone(kind)
    address = await house.an_address(phone)
    await asked(house, address, act="third")
    await asked(house, address, act="fourth", subject=4)
    moments_later(house)
    await house.hear(phone.says(WORDS, at=house.clock.now()))
    assert (await house.said())[-1] == "chose third"
