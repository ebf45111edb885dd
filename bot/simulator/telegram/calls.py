"""What each method of the Bot API does to the chats; the arguments are aiogram's own typed methods."""

from collections.abc import Callable
from typing import Any

from aiogram import methods as m
from yarl import URL

from bot.simulator.files import File
from bot.simulator.loopback import is_loopback
from bot.simulator.phones import Bubble, Phone
from bot.simulator.telegram.errors import BotApiError, bad
from bot.simulator.telegram.limits import LONGEST_TOAST, check_buttons, check_caption, check_text
from bot.simulator.telegram.queue import Queue
from bot.simulator.telegram.updates import as_file, as_message
from bot.simulator.telegram.webhook import Webhook
from bot.simulator.village import Village

LARGEST_DOWNLOAD = 20 * 1024**2
Uploads = dict[str, File]


class Calls:
    def __init__(self, village: Village, queue: Queue, webhook: Webhook, bot: dict[str, Any]) -> None:
        self._village, self._queue, self._webhook, self._bot = village, queue, webhook, bot
        self.commands: list[dict[str, Any]] = []
        self._todo: dict[str, Callable[[Any, Uploads], Any]] = {
            "getme": lambda call, uploads: {**bot, "can_join_groups": False, "supports_inline_queries": False},
            "getupdates": self.get_updates,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "sendmessage": self.send_message,
            "sendphoto": self.send_photo,
            "senddocument": self.send_document,
            "editmessagetext": self.edit_text,
            "editmessagereplymarkup": self.edit_buttons,
            "deletemessage": self.delete_message,
            "answercallbackquery": self.answer_callback,
            "getfile": self.get_file,
            "setmycommands": self.set_commands,
            "sendchataction": lambda call, uploads: bool(self._chat(call.chat_id)),
        }

    async def do(self, method: str, call: Any, uploads: Uploads) -> Any:
        result = self._todo[method](call, uploads)
        return await result if hasattr(result, "__await__") else result

    async def get_updates(self, call: m.GetUpdates, uploads: Uploads) -> list[dict[str, Any]]:
        if self._webhook.url:
            raise BotApiError(
                409,
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        if call.allowed_updates is not None:
            self._queue.allowed = set(call.allowed_updates) or None
        return await self._queue.poll(call.offset, call.limit, call.timeout)

    async def set_webhook(self, call: m.SetWebhook, uploads: Uploads) -> bool:
        if not call.url:
            await self._webhook.remove()
            return True
        if not is_loopback(URL(call.url).host):
            raise bad("bad webhook: the simulator posts to this machine only")
        if call.allowed_updates is not None:
            self._queue.allowed = set(call.allowed_updates) or None
        if call.drop_pending_updates:
            self._queue.clear()
        await self._webhook.set(call.url, call.secret_token)
        return True

    async def delete_webhook(self, call: m.DeleteWebhook, uploads: Uploads) -> bool:
        await self._webhook.remove()
        if call.drop_pending_updates:
            self._queue.clear()
        return True

    def get_webhook_info(self, call: m.GetWebhookInfo, uploads: Uploads) -> dict[str, Any]:
        waiting = len(self._queue) + len(self._webhook)
        info = {"url": self._webhook.url, "has_custom_certificate": False, "pending_update_count": waiting}
        if self._webhook.last_error:
            at, message = self._webhook.last_error
            info |= {"last_error_date": int(at), "last_error_message": message}
        return info

    def send_message(self, call: m.SendMessage, uploads: Uploads) -> dict[str, Any]:
        phone = self._chat(call.chat_id)
        return self._say(phone, call, text=check_text(call.text))

    def send_photo(self, call: m.SendPhoto, uploads: Uploads) -> dict[str, Any]:
        phone, caption = self._chat(call.chat_id), check_caption(call.caption)
        file = self._file(call.photo, uploads)
        if not file.mime.startswith("image/"):
            raise bad("IMAGE_PROCESS_FAILED")
        return self._say(phone, call, text=caption, kind="photo", file=file.id)

    def send_document(self, call: m.SendDocument, uploads: Uploads) -> dict[str, Any]:
        phone, caption = self._chat(call.chat_id), check_caption(call.caption)
        return self._say(phone, call, text=caption, kind="document", file=self._file(call.document, uploads).id)

    def edit_text(self, call: m.EditMessageText, uploads: Uploads) -> dict[str, Any]:
        phone, bubble = self._own(call.chat_id, call.message_id)
        if bubble.kind != "text":
            raise bad("there is no text in the message to edit")
        return self._edit(phone, bubble, check_text(call.text), call.reply_markup)

    def edit_buttons(self, call: m.EditMessageReplyMarkup, uploads: Uploads) -> dict[str, Any]:
        phone, bubble = self._own(call.chat_id, call.message_id)
        return self._edit(phone, bubble, bubble.text, call.reply_markup)

    def delete_message(self, call: m.DeleteMessage, uploads: Uploads) -> bool:
        phone = self._chat(call.chat_id)
        if phone.bubbles.pop(call.message_id, None) is None:
            raise bad("message to delete not found")
        self._village.changed(phone)
        return True

    def answer_callback(self, call: m.AnswerCallbackQuery, uploads: Uploads) -> bool:
        query_id = call.callback_query_id
        phone = self._village.phones.get(int(query_id.partition("-")[0]) if query_id[:10].isdigit() else 0)
        if not phone or query_id not in phone.still_waiting(self._village.now):
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(call.text or "") > LONGEST_TOAST:
            raise bad("MESSAGE_TOO_LONG")
        del phone.waiting[query_id]
        if call.text:
            phone.toast = {"n": self._village.number("toast"), "text": call.text, "alert": bool(call.show_alert)}
        self._village.changed(phone)
        return True

    def get_file(self, call: m.GetFile, uploads: Uploads) -> dict[str, Any]:
        file = self._village.files.get(call.file_id)
        if not file:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(file.data) > LARGEST_DOWNLOAD:
            raise bad("file is too big")
        return {**as_file(file), "file_path": file.path}

    def set_commands(self, call: m.SetMyCommands, uploads: Uploads) -> bool:
        self.commands = [command.model_dump(exclude_none=True) for command in call.commands]
        return True

    def _say(self, phone: Phone, call: Any, **content: Any) -> dict[str, Any]:
        markup = call.reply_markup
        buttons = _buttons(markup) if hasattr(markup, "inline_keyboard") else []
        bubble = Bubble(self._village.number("message"), False, self._village.now, buttons=buttons, **content)
        if call.reply_parameters:
            bubble.reply_to = call.reply_parameters.message_id
        if hasattr(markup, "keyboard"):
            phone.keyboard = markup.model_dump(exclude_none=True, exclude_defaults=True)
        elif hasattr(markup, "remove_keyboard"):
            phone.keyboard = None
        self._village.put(phone, bubble)
        return as_message(phone, bubble, self._bot, self._village.files)

    def _edit(self, phone: Phone, bubble: Bubble, text: str, markup: Any) -> dict[str, Any]:
        buttons = _buttons(markup)
        if (bubble.text, bubble.buttons) == (text, buttons):
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        bubble.text, bubble.buttons, bubble.edited = text, buttons, self._village.now
        self._village.changed(phone)
        return as_message(phone, bubble, self._bot, self._village.files)

    def _own(self, chat: Any, message_id: int | None) -> tuple[Phone, Bubble]:
        phone = self._chat(chat)
        bubble = phone.bubbles.get(message_id or 0)
        if not bubble:
            raise bad("message to edit not found")
        if bubble.mine:
            raise bad("message can't be edited")
        return phone, bubble

    def _chat(self, chat: Any) -> Phone:
        phone = self._village.phones.get(chat)
        if not phone or phone.channel != "telegram" or not phone.started:
            raise bad("chat not found")
        if phone.blocked:
            raise BotApiError(403, "bot was blocked by the user")
        return phone

    def _file(self, given: Any, uploads: Uploads) -> File:
        name = str(given).removeprefix("attach://")
        file = uploads.get(name) or self._village.files.get(name)
        if not file:
            raise bad("wrong file identifier/HTTP URL specified")
        return self._village.add_file(file.name, file.mime, file.data) if name in uploads else file


def _buttons(markup: Any) -> list[list[dict[str, Any]]]:
    rows = markup.inline_keyboard if markup else []
    return check_buttons([[button.model_dump(exclude_none=True) for button in row] for row in rows])
