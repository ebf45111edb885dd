"""What Twilio answers when it does not do what was asked."""

from aiohttp import web


class TwilioError(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message

    def as_json(self) -> dict[str, object]:
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}

    def response(self) -> web.Response:
        return web.json_response(self.as_json(), status=self.status)
