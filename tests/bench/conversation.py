"""One conversation of five updates, written twice: for the house, and for bare aiogram as its manual shows it."""

from aiogram import F, Router
from aiogram.filters import Command, Filter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from conversations.conversation import Conversation

SAID = ("/daftar", "Siti Aminah", "Wonosari", "214", "SEMBAKO")
ASKED = ("Siapa nama Anda?", "Dari desa mana?", "Berapa anggota koperasi?", "Gerai apa yang sudah buka?")
DONE = "Tercatat: {name}, desa {village}, {members} anggota, gerai {outlet}. Terima kasih."


class At(Filter):
    """A text while this question waits. Asked in one filter of our own, as our handlers do: aiogram runs `F.text`
    in a thread."""

    def __init__(self, state: str) -> None:
        self.state = state

    async def __call__(self, message: Message, conversation: Conversation) -> bool:
        return conversation.state == self.state and message.text is not None


async def _begin(message: Message, conversation: Conversation) -> None:
    conversation.state = "name"
    await message.answer(ASKED[0])


async def _name(message: Message, conversation: Conversation) -> None:
    conversation.data["name"], conversation.state = message.text, "village"
    await message.answer(ASKED[1])


async def _village(message: Message, conversation: Conversation) -> None:
    conversation.data["village"], conversation.state = message.text, "members"
    await message.answer(ASKED[2])


async def _members(message: Message, conversation: Conversation) -> None:
    conversation.data["members"], conversation.state = message.text, "outlet"
    await message.answer(ASKED[3])


async def _outlet(message: Message, conversation: Conversation) -> None:
    said = DONE.format(**conversation.data, outlet=message.text)
    conversation.state, conversation.data = None, {}
    await message.answer(said)


def our_router() -> Router:
    router = Router(name="ours")
    router.message.register(_begin, Command("daftar"))
    for state, handler in (("name", _name), ("village", _village), ("members", _members), ("outlet", _outlet)):
        router.message.register(handler, At(state))
    return router


class Registration(StatesGroup):
    name = State()
    village = State()
    members = State()
    outlet = State()


def bare_router() -> Router:
    router = Router(name="bare")

    @router.message(Command("daftar"))
    async def begin(message: Message, state: FSMContext) -> None:
        await state.set_state(Registration.name)
        await message.answer(ASKED[0])

    @router.message(Registration.name, F.text)
    async def name(message: Message, state: FSMContext) -> None:
        await state.update_data(name=message.text)
        await state.set_state(Registration.village)
        await message.answer(ASKED[1])

    @router.message(Registration.village, F.text)
    async def village(message: Message, state: FSMContext) -> None:
        await state.update_data(village=message.text)
        await state.set_state(Registration.members)
        await message.answer(ASKED[2])

    @router.message(Registration.members, F.text)
    async def members(message: Message, state: FSMContext) -> None:
        await state.update_data(members=message.text)
        await state.set_state(Registration.outlet)
        await message.answer(ASKED[3])

    @router.message(Registration.outlet, F.text)
    async def outlet(message: Message, state: FSMContext) -> None:
        data = await state.update_data(outlet=message.text)
        await state.clear()
        await message.answer(DONE.format(**data))

    return router
