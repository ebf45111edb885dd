"""aiogram's way out: instead of a request to Telegram, a row in the running turn."""

from collections.abc import AsyncGenerator
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Message

from conversations.said import Said, SaidMarkup


class Speaking(Protocol):
    """The turn that is running."""

    @property
    def now(self) -> datetime: ...

    def reply(self, said: Said) -> None: ...


speaking: ContextVar[Speaking] = ContextVar("speaking")


# its number is known when the worker has sent it; nobody may build on this one. Made once: the hundred fields of a
# message cost as much as the rest of a turn
ON_ITS_WAY = Message.model_construct(message_id=-1)


class AnswerNeededNow(Exception):
    """A handler asked the platform something. No network inside a turn: the worker fetches what is needed."""


class OutboxSession(BaseSession):
    """Never opens a socket. `message.answer` becomes an outgoing row; whatever else is asked is refused by name."""

    async def __call__(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        return await self.make_request(bot, method, timeout)

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        if not isinstance(method, SendMessage):
            raise AnswerNeededNow(f"{type(method).__name__} inside a turn: only message.answer is said here")
        turn = speaking.get()
        match method.reply_markup:
            case SaidMarkup(said=said):
                turn.reply(said)
            case None:
                turn.reply(Said(method.text))
            case markup:
                raise TypeError(f"{type(markup).__name__} is for one channel only: choices are offered with a card")
        return ON_ITS_WAY

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, url: str, headers: dict[str, Any] | None = None, timeout: int = 30,
                             chunk_size: int = 65536, raise_for_status: bool = True) -> AsyncGenerator[bytes, None]:
        raise AnswerNeededNow("a download inside a turn")
        yield b""
