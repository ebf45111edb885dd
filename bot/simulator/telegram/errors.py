"""What Telegram answers when it does not do what was asked."""

from typing import Any

from aiohttp import web

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
}


class BotApiError(Exception):
    """Told to the bot as JSON, in Telegram's own words."""

    def __init__(self, code: int, reason: str = "", **parameters: Any) -> None:
        title = TITLES.get(code, "")
        self.code = code
        self.description = f"{title}: {reason}" if title and reason else title or reason
        self.parameters = parameters

    def response(self) -> web.Response:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return web.json_response(body, status=self.code)


def bad(reason: str) -> BotApiError:
    return BotApiError(400, reason)


def flood(seconds: int) -> BotApiError:
    return BotApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
