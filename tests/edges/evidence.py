"""Invariants 1 to 4 read off what is left after an hour of killing: the simulator's log on one side, the store on the
other. Everything found wrong is named; nothing found is the proof."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.telegram.transport import NO_KEYBOARD
from bot.deliver.settling import HOLDING, MOST_DOUBTS
from bot.simulator import Simulator
from bot.simulator.journal import Entry
from bot.store.database import Database
from bot.store.migrating import metadata
from bot.turn.turns import MOST_STARTS
from models.post import Kind, OutgoingState
from tests.edges.busy_hour import BusyHour, Expected
from tests.edges.killed_house import Kill, KilledHouse
from tests.edges.victim import LEASE_SECONDS

Row = Mapping[str, Any]
A_COMMIT = timedelta(seconds=10)
"""How long a batch of turns may take until others see what it wrote, on a machine that does much else."""
ONCE_ONLY = frozenset({Kind.REMINDER, Kind.BROADCAST})


@dataclass
class Evidence:
    sim: Simulator
    kills: Sequence[Kill]
    successions: Sequence[float]
    tables: Mapping[str, Sequence[Row]]
    several_writers: bool

    @classmethod
    async def gathered(cls, sim: Simulator, house: KilledHouse, url: str) -> "Evidence":
        database = Database(url)
        names = ("inbound", "outgoing", "offers", "addresses", "persons", "reports", "facts", "loans", "loan_versions",
                 "loan_decisions", "loan_documents", "attachments", "broadcasts", "recipients", "audit", "talks",
                 "reminders")
        try:
            async with database.read() as connection:
                tables = {name: await _all(connection, name) for name in names}
                return cls(sim, house.kills, house.successions(), tables, several_writers=not database.is_sqlite)
        finally:
            await database.close()

    def complaints(self, hour: BusyHour) -> list[str]:
        return [*self._acknowledged(), *self._handled_once_and_in_order(), *self._no_half_turns(),
                *self._business(hour), *self._audited(hour), *self._left_in_order(), *self._at_rest(),
                *(f"the simulator complains: {sentence}" for sentence in self.sim.complaints)]

    # 1: nothing acknowledged is lost

    def _acknowledged(self) -> Iterator[str]:
        kept = Counter((row["channel"].value, row["external_id"]) for row in self.tables["inbound"])
        given, taken = self._given(), self._taken()
        for key in taken - set(kept):
            yield f"acknowledged and not kept: {key}"
        for key in set(kept) - given:
            yield f"kept and never given: {key}"
        for key, count in kept.items():
            if count != 1:
                yield f"kept {count} times: {key}"
        unlucky = [row for row in self.tables["inbound"] if _taken_for_poison(row)]
        for row in self.tables["inbound"]:
            if row["state"].value != "done" and (row not in unlucky or 2 * len(unlucky) > len(self.kills)):
                yield f"inbound {row['id']} is {row['state'].value}: {row['trouble']}"

    def _given(self) -> set[tuple[str, str]]:
        return {_key(entry) for entry in self.sim.journal.entries(what="update")} | self._reconciled()

    def _taken(self) -> set[tuple[str, str]]:
        """What the platforms were told is taken: by an offset behind it, or by a 200."""
        offset = max((int(entry.params.get("offset") or 0)
                      for entry in self.sim.journal.entries(what="call", method="getUpdates")), default=0)
        polled = bool(offset)
        taken = set()
        for entry in self.sim.journal.entries(what="update"):
            if entry.channel == "telegram" and polled:
                if entry.params["update_id"] < offset:
                    taken.add(_key(entry))
            elif entry.delivered:
                taken.add(_key(entry))
        return taken

    def _reconciled(self) -> set[tuple[str, str]]:
        """Twilio lists what it received, also what nobody took."""
        return {("whatsapp", params["MessageSid"]) for params in self.sim.lost}

    # 2 and 3: once, in order, whole

    def _handled_once_and_in_order(self) -> Iterator[str]:
        """Of one phone's words, and of its presses, which platforms give to several doors at once. What was fetched
        from Twilio afterwards is kept whenever that happens, and takes its turn then."""
        latest: dict[tuple[int, bool], int] = defaultdict(int)
        came = {row["id"]: row["payload"] for row in self.tables["inbound"] if "_reconciled" not in row["payload"]}
        for row in self.tables["outgoing"]:
            if row["kind"] is Kind.REPLY and row["inbound_id"] in came:
                queue = row["address_id"], "callback_query" in came[row["inbound_id"]]
                if row["inbound_id"] < latest[queue]:
                    yield f"reply {row['id']} to inbound {row['inbound_id']} was made after that to a later one"
                latest[queue] = max(latest[queue], row["inbound_id"])

    def _no_half_turns(self) -> Iterator[str]:
        replies = Counter(row["inbound_id"] for row in self.tables["outgoing"] if row["kind"] is Kind.REPLY)
        stopped = Counter(row["inbound_id"] for row in self.tables["outgoing"] if row["kind"] is Kind.ACKNOWLEDGEMENT)
        for row in self.tables["inbound"]:
            if replies[row["id"]] != 1:
                yield f"inbound {row['id']} has {replies[row['id']]} replies"
            # nothing of what is taken for poison is looked at again, not even whose spinner it is
            pressed = "callback_query" in json.loads(row["payload"]) and not _taken_for_poison(row)
            if stopped[row["id"]] != pressed:
                yield f"inbound {row['id']} stopped {stopped[row['id']]} spinners"
        said = {row["offer_token"] for row in self.tables["outgoing"]}
        for offer in self.tables["offers"]:
            if offer["token"] not in said:
                yield f"offer {offer['token']} stands on no card"
        for talk in self.tables["talks"]:
            if talk["state"] is not None or talk["data"].get("drafts"):
                yield f"a talk is still open: {talk['lane']} {talk['state']}"

    def _business(self, hour: BusyHour) -> Iterator[str]:
        names = {row["id"]: "the Regent" if row["name"] == hour.bupati else row["name"]
                 for row in self.tables["persons"]}
        reports, loans = defaultdict(list), defaultdict(list)
        for report in self.tables["reports"]:
            reports[names[report["author_id"]]].append(report)
        for loan in self.tables["loans"]:
            loans[names[loan["filed_by_id"]]].append(loan)
        for expected in hour.expected:
            yield from self._reported(expected, reports.pop(expected.name, []))
            yield from self._borrowed(expected, loans.pop(expected.name, []), names)
        for unexpected in (*reports, *loans):
            yield f"{unexpected} was not to report or borrow"
        said = Counter(row["text"] for row in self.tables["broadcasts"])
        if said != Counter(hour.broadcasts):
            yield f"broadcasts: {said}"

    def _reported(self, expected: Expected, reports: Sequence[Row]) -> Iterator[str]:
        if len(reports) != 1:
            yield f"{expected.name} filed {len(reports)} reports"
            return
        facts = {row["question"]: row["value"] for row in self.tables["facts"] if row["report_id"] == reports[0]["id"]}
        if facts != expected.facts:
            yield f"{expected.name} said {expected.facts}, the store {facts}\n{self._talk(reports[0])}"

    def _talk(self, report: Row) -> str:
        """What was kept of its author and what was told to them, in the order of the store's clock."""
        mine = {row["id"] for row in self.tables["addresses"] if row["person_id"] == report["author_id"]}
        heard = [(row["kept_at"], f"> {row['id']} {(row['payload'] or '')[:900]}") for row in self.tables["inbound"]
                 if row["address_id"] in mine]
        told = [(row["created_at"], f"< {row['id']} of {row['inbound_id']}, {row['attempts']} attempts, "
                 f"{row['doubts']} doubts, {row['state'].value} {row['settled_at']}: {(row['text'] or '')[:90]!r}")
                for row in self.tables["outgoing"] if row["address_id"] in mine]
        return "\n".join(f"  {at:%H:%M:%S.%f} {line}" for at, line in sorted(heard + told))

    def _borrowed(self, expected: Expected, loans: Sequence[Row], names: Mapping[int, str]) -> Iterator[str]:
        if len(loans) != (expected.rupiah is not None):
            yield f"{expected.name} filed {len(loans)} loans"
            return
        for loan in loans:
            decisions = [row for row in self.tables["loan_decisions"] if row["loan_id"] == loan["id"]]
            told = (loan["rupiah"], loan["version"], loan["status"].value, [names[row["by_id"]] for row in decisions])
            if told != (expected.rupiah, 1, "approved", [expected.approver]):
                yield f"{expected.name}'s loan: {told}"
            papers = [row for row in self.tables["loan_documents"] if row["loan_id"] == loan["id"]]
            contents = [row["sha256"] for row in self.tables["attachments"]
                        if row["id"] in {paper["attachment_id"] for paper in papers}]
            if len(contents) != 1 or None in contents:
                yield f"{expected.name}'s loan has the documents {contents}"

    def _audited(self, hour: BusyHour) -> Iterator[str]:
        """Each change has its row in the trail, and each row its change; both came with one inbound row."""
        done = Counter((row["action"], row["subject"]) for row in self.tables["audit"] if row["inbound_id"])
        bound = [row for row in self.tables["addresses"] if row["bound_at"] and row["person_id"]]
        names = {row["id"]: row["name"] for row in self.tables["persons"]}
        enrolled = [row for row in bound if names[row["person_id"]] in hour.enrolling]
        if sorted(names[row["person_id"]] for row in enrolled) != sorted(hour.enrolling):
            yield f"enrolled: {len(enrolled)} of {len(hour.enrolling)}"
        expected = Counter({
            **{("address.bound", f"address:{row['id']}"): 1 for row in enrolled},
            **{("report.filed", f"report:{row['id']}"): 1 for row in self.tables["reports"]},
            **{("loan.filed", f"loan:{row['loan_id']}"): 1 for row in self.tables["loan_versions"]},
            **{(f"loan.{row['verdict'].value}", f"loan:{row['loan_id']}"): 1 for row in self.tables["loan_decisions"]},
            **{("broadcast.sent", f"broadcast:{row['id']}"): 1 for row in self.tables["broadcasts"]}})
        for key in (done - expected) | (expected - done):
            yield f"audit rows: {key} is there {done[key]} times, expected {expected[key]}"

    # 4: what was said, in order, how often

    def _at_rest(self) -> Iterator[str]:
        for row in self.tables["outgoing"]:
            state, about = row["state"], f"outgoing {row['id']} ({row['kind'].value}, {row['attempts']} attempts)"
            match state:
                case OutgoingState.QUEUED | OutgoingState.SENDING:
                    yield f"{about} is still {state.value}"
                case OutgoingState.FAILED:
                    yield f"{about} failed: {row['trouble']}"
                case OutgoingState.UNKNOWN if row["kind"] in (Kind.REPLY, Kind.EDIT) and row["attempts"] < 2:
                    yield f"{about} was not repeated"
                case OutgoingState.EXPIRED if row["kind"] is not Kind.ACKNOWLEDGEMENT:
                    yield f"{about} expired"
                case OutgoingState.CANCELLED if row["trouble"] == "something newer is asked by now":
                    pass
                case OutgoingState.CANCELLED if not row["about"] and row["edits"] is None:
                    yield f"{about} was cancelled: {row['trouble']}"
        told = {row["unique_key"] for row in self.tables["outgoing"]}
        for recipient in self.tables["recipients"]:
            key = f"broadcast:{recipient['broadcast_id']}:{recipient['person_id']}"
            if recipient["address_id"] and key not in told:
                yield f"{key} was never written"

    def _left_in_order(self) -> Iterator[str]:
        rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        addresses = {row["id"]: (row["channel"].value, row["value"]) for row in self.tables["addresses"]}
        for row in self.tables["outgoing"]:
            if row["kind"] is not Kind.ACKNOWLEDGEMENT:
                rows[addresses[row["address_id"]]].append(row)
        requests: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.sim.journal.entries(what="call"):
            if entry.method in ("sendMessage", "editMessageText", "Messages"):
                requests[entry.channel, str(entry.chat)].append(entry)
        for address in rows.keys() | requests.keys():
            yield from self._one_lane(address, rows[address], requests[address])

    def _one_lane(self, address: tuple[str, str], rows: Sequence[Row], requests: Sequence[Entry]) -> Iterator[str]:
        """Each request is found among the rows, at or behind the one before it."""
        place = 0
        sent: dict[int, list[Entry]] = defaultdict(list)
        numbers = {row["external_id"]: n for n, row in enumerate(rows) if _has_a_number(row)}
        ahead, floods = Counter[str](), 0
        for entry in requests:
            if _flooded(entry):
                # nothing was taken, and the attempt was given back
                floods += 1
                continue
            if room := sum(row["attempts"] for row in rows if _goes_ahead(entry, row)):
                # the first half of what goes in two, on the way to the second, which a flood may have stopped
                ahead[_text(entry)] += 1
                if ahead[_text(entry)] > room + floods:
                    yield f"{address}: «{_text(entry)[:60]}» went ahead too often"
                continue
            found = self._row_of(entry, rows, numbers, place, sent)
            if found is None and (found := self._row_of(entry, rows, numbers, 0, sent)) is not None:
                late = rows[found]
                # what may have arrived, and what had to wait for long, lets others pass
                stood_aside = late["doubts"] > 0 or late["attempts"] > HOLDING
                if not stood_aside and not self._written_meanwhile(late, rows[place], sent[place][0]):
                    yield (f"{_about(rows[found])} left after {_about(rows[place])}, which left at {sent[place][0].at}"
                           f"\n{_lane(rows[found:place + 5], requests)}")
            elif found is None:
                yield f"{address}: «{_text(entry)[:60]}» left too often, or was never a row"
            if found is None:
                continue
            place = max(place, found)
            sent[found].append(entry)
        for n, row in enumerate(rows):
            yield from self._repetitions(row, sent[n])

    def _written_meanwhile(self, late: Row, early: Row, request: Entry) -> bool:
        """Numbers are given out before the commit: with several writers, what is told to somebody by others, and what
        is answered to him, may become visible in another order. His answers among themselves never may."""
        return (self.several_writers and (late["kind"], early["kind"]) != (Kind.REPLY, Kind.REPLY)
                and late["inbound_id"] != early["inbound_id"]
                and datetime.fromisoformat(request.at) - late["created_at"] < A_COMMIT)

    def _row_of(self, entry: Entry, rows: Sequence[Row], numbers: Mapping[str, int], place: int,
                sent: Mapping[int, Sequence[Entry]]) -> int | None:
        if entry.channel == "whatsapp":
            own = int(entry.params["StatusCallback"].partition("?o=")[2].partition("&")[0])
            found = next((n for n, row in enumerate(rows) if row["id"] == own), -1)
            return found if found >= place else None
        number = entry.answer.get("message_id") if isinstance(entry.answer, dict) else None
        # several may stand in the same place, one after the other
        anchor = None if entry.method == "editMessageText" else numbers.get(str(number))
        if anchor is not None:
            return anchor if anchor >= place else None
        done = None
        for n in range(place, len(rows)):
            row = rows[n]
            known = [_has_a_number(row) and _is_known(one, row) for one in sent.get(n, ())]
            # a row that was sent keeps one of its attempts for the request that it knows of
            room = row["attempts"] - _has_a_number(row)
            written = row["created_at"] <= datetime.fromisoformat(entry.at)
            if written and self._same(entry, row) and known.count(False) < room:
                if not any(known):
                    return n
                # of what says the same words, that which is known to have arrived comes last
                done = n if done is None else done
        return done

    @cached_property
    def _numbers(self) -> Mapping[int, str | None]:
        """Of messages, at the platform: what stands in the place of another names it."""
        return {row["id"]: row["external_id"] for row in self.tables["outgoing"]}

    def _same(self, entry: Entry, row: Row) -> bool:
        text = row["text"]
        if _in_two(row) and entry.channel == "telegram":
            first, _, rest = text.partition("\n\n")
            text = rest or first
        if entry.method == "editMessageText":
            fits = row["edits"] is not None and str(entry.params["message_id"]) == self._numbers[row["edits"]]
        else:
            # what cannot stand in the place of another any more goes by itself
            fits = row["kind"] is not Kind.EDIT
        if not fits or _text(entry) != text:
            return False
        buttons = (entry.params.get("reply_markup") or {}).get("inline_keyboard") or []
        tokens = {button["callback_data"].partition(".")[0] for line in buttons for button in line}
        return not tokens or tokens == {row["offer_token"]}

    def _repetitions(self, row: Row, requests: Sequence[Entry]) -> Iterator[str]:
        done = [entry for entry in requests if entry.delivered]
        about = f"outgoing {row['id']} ({row['kind'].value}, {row['unique_key']})"
        if len(done) > (1 if row["kind"] in ONCE_ONLY else MOST_DOUBTS):
            yield f"{about} was delivered {len(done)} times"
        if row["state"] is OutgoingState.SENT and not done:
            yield f"{about} is called sent and never was"
        for one, other in pairwise(done):
            if not self._nobody_knew(one, other):
                yield f"{about} was repeated although its first delivery was known"

    def _nobody_knew(self, one: Entry, other: Entry) -> bool:
        """The connection was cut, somebody was killed in between or another led from then on, or the answer took longer
        than the lease."""
        moments = [*(kill.mono for kill in self.kills), *self.successions]
        return (not isinstance(one.answer, dict) or other.mono - one.mono > LEASE_SECONDS
                or any(one.mono - 1 < moment < other.mono for moment in moments))


async def _all(connection: AsyncConnection, name: str) -> Sequence[Row]:
    table = metadata().tables[name]
    found = await connection.execute(select(table).order_by(*table.primary_key.columns))
    return [dict(row) for row in found.mappings()]


def _key(entry: Entry) -> tuple[str, str]:
    return entry.channel, str(entry.params["update_id"] if entry.channel == "telegram" else entry.params["MessageSid"])


def _lane(rows: Sequence[Row], requests: Sequence[Entry]) -> str:
    """What was to be said on one lane, and what was asked of the platform meanwhile."""
    written = [(row["created_at"], f"row {row['id']}, {row['attempts']} attempts, {row['doubts']} doubts, settled "
                f"{row['settled_at']}, number {row['external_id']}: {(row['text'] or '')[:60]!r}") for row in rows]
    asked = [(at, f"request {entry.method}: {_text(entry)[:60]!r}, answered {str(entry.answer)[:80]}")
             for entry in requests if (at := datetime.fromisoformat(entry.at)) >= rows[0]["created_at"]]
    return "\n".join(f"  {at:%H:%M:%S.%f} {line}" for at, line in sorted(written + asked))


def _taken_for_poison(row: Row) -> bool:
    """Three processes were killed while they handled it, by chance."""
    return bool(row["trouble"] == f"{MOST_STARTS} unfinished starts")


def _flooded(entry: Entry) -> bool:
    return isinstance(entry.answer, dict) and 429 in (entry.answer.get("error_code"), entry.answer.get("status"))


def _about(row: Row) -> str:
    return (f"outgoing {row['id']} ({row['kind'].value} of inbound {row['inbound_id']}, {row['created_at']}, "
            f"{row['attempts']} attempts, {row['state'].value}, not before {row['not_before']})")


def _text(entry: Entry) -> str:
    return str(entry.params.get("text") or entry.params.get("Body") or "")


def _has_a_number(row: Row) -> bool:
    """Of its own, at the platform, that we know of."""
    return bool(row["state"] is OutgoingState.SENT and row["external_id"] and row["edits"] is None)


def _in_two(row: Row) -> bool:
    return bool(row["asks"] == NO_KEYBOARD and row["offer_token"])


def _goes_ahead(entry: Entry, row: Row) -> bool:
    markup = entry.params.get("reply_markup") or {}
    return _in_two(row) and "remove_keyboard" in markup and _text(entry) == row["text"].partition("\n\n")[0]


def _is_known(entry: Entry, row: Row) -> bool:
    return isinstance(entry.answer, dict) and str(entry.answer.get("message_id")) == row["external_id"]
