"""The account's message records, in and out, as Twilio lists them."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from bot.simulator.village import Village

API = "/2010-04-01/Accounts"


@dataclass(slots=True)
class Record:
    sid: str
    account: str
    inbound: bool
    sender: str
    to: str
    body: str
    at: float
    phone: int
    bubble: int
    status: str
    callback: str = ""
    media: list[str] = field(default_factory=list)
    error: int | None = None
    updated: float = 0.0

    def as_json(self) -> dict[str, Any]:
        uri = f"{API}/{self.account}/Messages/{self.sid}"
        created, updated = _rfc2822(self.at), _rfc2822(self.updated or self.at)
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": created,
            "date_sent": None if self.status == "queued" else created,
            "date_updated": updated,
            "direction": "inbound" if self.inbound else "outbound-api",
            "error_code": self.error,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.media)),
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.to,
            "uri": f"{uri}.json",
        }


class Records:
    def __init__(self, village: Village) -> None:
        self._village = village
        self._by_sid: dict[str, Record] = {}

    def recall(self, kept: dict[str, Any]) -> None:
        found = [Record(**value) for key, value in kept.items() if key.startswith("record:")]
        self._by_sid = {record.sid: record for record in sorted(found, key=lambda record: record.at)}

    def add(self, **details: Any) -> Record:
        prefix = "MM" if details.get("media") else "SM"
        record = Record(sid=prefix + uuid4().hex, at=self._village.now, **details)
        self._by_sid[record.sid] = record
        self.keep(record)
        return record

    def keep(self, record: Record) -> None:
        self._village.memory.keep(f"record:{record.sid}", lambda: asdict(record))

    def get(self, sid: str) -> Record | None:
        return self._by_sid.get(sid)

    def matching(self, query: dict[str, str]) -> list[Record]:
        """Newest first; `DateSent>` and `DateSent<` include the moment itself, a bare `DateSent` is a whole UTC day."""
        after, before, day = (_moment(query.get(name)) for name in ("DateSent>", "DateSent<", "DateSent"))
        return [
            record
            for record in reversed(self._by_sid.values())
            if query.get("To", record.to) == record.to
            and query.get("From", record.sender) == record.sender
            and (after is None or record.at >= after)
            and (before is None or record.at <= before)
            and (day is None or day <= record.at < day + 86_400)
        ]


def _rfc2822(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(at, UTC))


def _moment(words: str | None) -> float | None:
    if not words:
        return None
    moment = datetime.fromisoformat(words)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
