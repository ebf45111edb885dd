"""What a platform tells about a person who says nothing: the bot was blocked, or let in again."""

from aiogram import F, Router
from aiogram.types import ChatMemberUpdated

from models.people import Address
from models.unit import Unit

BLOCKED = F.new_chat_member.status.in_({"kicked", "left"})


async def blocked(event: ChatMemberUpdated, unit: Unit, address: Address) -> None:
    address.unreachable_since, address.unreachable_reason = unit.now, "the bot was blocked by the person"
    if address.person_id is None:
        # nobody needs to know of a stranger that they are not to be reached; least of all after /hapus
        address.leaving_at = unit.now


async def let_in(event: ChatMemberUpdated, address: Address) -> None:
    address.unreachable_since = address.unreachable_reason = None


def build() -> Router:
    router = Router(name="reachability")
    router.my_chat_member.register(blocked, BLOCKED)
    router.my_chat_member.register(let_in)
    return router
