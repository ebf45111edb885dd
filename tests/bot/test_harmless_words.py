"""What somebody wrote is stored and shown without what hides, and without links to tap."""

import pytest

from bot.deliver.outbox import Outbox
from conversations.said import Said
from models.post import Kind, Outgoing
from tests.bot.house import House
from tests.phones import Phone, TelegramPhone, WhatsAppPhone

HOSTILE = "kantor\u202e bocor\u200b \x1b[31mhttps://jahat.id/x tg://resolve?domain=jahat"
SEEN = "kantor bocor [31mhttps://jahat.id/x tg://resolve?domain=jahat"


@pytest.mark.parametrize("kind", [TelegramPhone, WhatsAppPhone])
async def test_words_arrive_without_what_hides_and_are_said_without_links(house: House, kind: type[Phone]) -> None:
    await house.hear(kind("+6281200000001").says(HOSTILE, at=house.clock.now()))
    assert house.handled.texts == [SEEN]
    assert await house.said() == ["kantor bocor [31mhttps: //jahat. id/x tg: //resolve?domain=jahat"]


async def test_what_was_stored_before_is_shown_harmless_too_and_a_broadcast_keeps_its_links(house: House) -> None:
    phone = TelegramPhone("+6281200000001")
    await house.hear(phone.says("halo", at=house.clock.now()))
    [(address_id, _)] = await house.rows(Outgoing.address_id, Outgoing.id)
    async with house.database.write() as connection:
        outbox = Outbox(house.clock.now())
        for said in (Said(HOSTILE), Said(HOSTILE, links=True)):
            outbox.put(said, address_id=address_id, person_id=None, kind=Kind.NOTICE)
        await outbox.write(connection)
    assert (await house.said())[1:] == [
        "kantor bocor [31mhttps: //jahat. id/x tg: //resolve?domain=jahat", SEEN]  # fmt: skip
