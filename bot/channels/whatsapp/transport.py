"""WhatsApp by Twilio: numbered plain text out, and the bytes of what people send in."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException
from yarl import URL

from bot.channels import CannotFetch, Capabilities, Never, Outcome, Parcel, Sent
from bot.channels.links import FileLinks
from bot.channels.plain import plain_text
from bot.channels.whatsapp.wire import AsyncWire, outcome_of, twilio_client
from locales import _, use_locale
from models.people import Channel
from models.post import Kind

LARGEST_MEDIA, LARGEST_PICTURE = 16 * 1024 * 1024, 5 * 1024 * 1024
CHUNK = 64 * 1024
MOST_REDIRECTS = 3
RECORDS = 500
"""In one page of a list; Twilio gives a thousand at most."""
TWILIO_HOSTS = ("twilio.com", "twiliocdn.com")
OLD_MEDIA = URL("https://s3-external-1.amazonaws.com/media.twiliocdn.com/")
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class WhatsAppTransport:
    channel = Channel.WHATSAPP
    capabilities = Capabilities(edits=False, taps=False, reply_window=timedelta(hours=24), uploads=False)

    def __init__(self, account_sid: str, auth_token: str, sender: str, api_url: str, public_url: str,
                 links: FileLinks) -> None:
        self._wire = AsyncWire()
        self._client = twilio_client(account_sid, auth_token, api_url, self._wire)
        self._key = aiohttp.encode_basic_auth(account_sid, auth_token)
        self._sender, self._api_url, self._public_url = f"whatsapp:{sender}", URL(api_url), public_url
        self._links = links

    async def send(self, parcel: Parcel) -> Outcome:
        if parcel.kind in (Kind.EDIT, Kind.ACKNOWLEDGEMENT):
            return Never("WhatsApp knows neither edits nor acknowledgements")
        try:
            with use_locale(parcel.locale):
                content = self._content(parcel)
        except ValueError as error:
            return Never(str(error))
        try:
            message = await self._client.messages.create_async(
                from_=self._sender, to=f"whatsapp:{parcel.to}", **content,
                # after a timeout the first callback proves that the message was made, and tells its number
                status_callback=f"{self._public_url}/whatsapp/status?o={parcel.id}&a={parcel.attempt}")
        except (TwilioException, aiohttp.ClientError, OSError, ValueError) as error:
            return outcome_of(error)
        return Sent(message.sid)

    def _content(self, parcel: Parcel) -> dict[str, Any]:
        file = parcel.enclosed
        if file is None:
            return {"body": plain_text(parcel)}
        link = self._links.link(file.sha256, file.name)
        is_picture = file.media_type.startswith("image/")
        if file.size > (LARGEST_PICTURE if is_picture else LARGEST_MEDIA):
            too_large = _("The file is too large for WhatsApp. For one hour it can be opened here: {link}")
            return {"body": f"{parcel.text}\n\n{too_large.format(link=link)}"}
        # under a document WhatsApp shows no words
        return {"media_url": [link], "body": parcel.text} if is_picture else {"media_url": [link]}

    async def fetch(self, remote: str) -> bytes:
        try:
            url = URL(remote)
            for _hop in range(MOST_REDIRECTS + 1):
                ours = trusted(url, self._api_url).origin() == self._api_url.origin()
                # the key opens our own account's door; where that leads to has no business with it
                headers = {"Authorization": self._key} if ours else {}
                async with self._wire.session(remote).get(url, headers=headers, allow_redirects=False) as answer:
                    if answer.status not in REDIRECTS:
                        return await _read(answer)
                    url = url.join(URL(answer.headers.get("Location", "")))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OSError(type(error).__name__) from error
        except ValueError:
            raise CannotFetch("not an address") from None
        raise CannotFetch("too many redirects")

    async def received_since(self, moment: datetime) -> AsyncIterator[list[Any]]:
        """Twilio's own records of what people sent to us, a page at a time, newest first."""
        page = []
        async for message in await self._client.messages.stream_async(
                to=self._sender, date_sent_after=moment, page_size=RECORDS):
            if message.direction == "inbound":
                page.append(message)
            if len(page) == RECORDS:
                yield page
                page = []
        yield page

    async def media_of(self, message: Any) -> list[tuple[str, str]]:
        """Address and type of each file that came with such a record."""
        if not int(message.num_media or 0):
            return []
        base = f"{self._api_url.origin()}{message.uri.removesuffix('.json')}/Media"
        return [(f"{base}/{media.sid}", media.content_type) for media in await message.media.list_async()]

    async def close(self) -> None:
        await self._wire.close()

def trusted(url: URL, api: URL) -> URL:
    """Whoever can post to our webhook names an address; it must lead to Twilio and not into our own network."""
    if url.origin() == api.origin():
        return url
    if _at_twilio(api) and url.scheme == "https" and url.port == 443 and (_at_twilio(url) or _is_old_media(url)):
        return url
    raise CannotFetch(f"not an address of Twilio: {url.host}")


def _at_twilio(url: URL) -> bool:
    return any(f".{url.host}".endswith(f".{domain}") for domain in TWILIO_HOSTS)


def _is_old_media(url: URL) -> bool:
    return url.host == OLD_MEDIA.host and url.path.startswith(OLD_MEDIA.path)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status in (400, 403, 404, 410):
        raise CannotFetch(f"HTTP {answer.status}")
    if answer.status != 200:
        raise OSError(f"HTTP {answer.status}")
    content = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > LARGEST_MEDIA:
            raise CannotFetch("the file is too big")
    return bytes(content)
