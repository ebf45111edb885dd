"""Who is talking, and which button was pressed: the filters in front of the handlers."""

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, TelegramObject

from conversations.said import Press
from models.access import Action, areas
from models.people import Person
from models.unit import Unit


class Enrolled(Filter):
    async def __call__(self, event: TelegramObject, person: Person | None = None) -> bool:
        return person is not None


class Stranger(Filter):
    async def __call__(self, event: TelegramObject, person: Person | None = None) -> bool:
        return person is None


class May(Filter):
    """Somebody whose office is this, somewhere."""

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self, event: TelegramObject, unit: Unit, person: Person | None = None) -> bool:
        return person is not None and bool(areas(person, self.action, on=unit.today))


class Pressed(Filter):
    """A choice of a card of this kind, checked by then: offered here, to this person, and alive."""

    def __init__(self, kind: str, act: str | None = None) -> None:
        self.kind, self.act = kind, act

    async def __call__(self, query: CallbackQuery, press: Press | None = None) -> bool:
        return press is not None and press.card.kind == self.kind and self.act in (None, press.choice.act)
