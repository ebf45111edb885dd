"""Many rows in one statement say the same on both stores, and find their rows by the index."""

import re
from datetime import datetime

import pytest
from sqlalchemy import Executable, bindparam, delete, select, text, update
from sqlalchemy.exc import SQLAlchemyError

import bot.deliver.claiming
import bot.keep.intake
import bot.turn.loading
import bot.turn.once_more
import bot.turn.talks
import bot.turn.turns
from bot.store.bulk import among, insert_all_new
from bot.store.database import Database
from models.people import AddressKind, Channel
from models.post import Inbound, InboundState, Kind, Offer, Outgoing, OutgoingState
from tests.times import MORNING

BIG = 2**62


def row(number: str, address_id: int = 1, kept_at: datetime = MORNING) -> dict[str, object]:
    return {"channel": Channel.TELEGRAM, "external_id": number, "payload": '{"text": "«½» \\u0000 \\ud83d"}',
            "address_id": address_id, "kept_at": kept_at, "state": InboundState.KEPT, "attempts": 0}


@pytest.fixture
async def address(database: Database) -> int:
    async with database.write() as connection:
        await connection.execute(text(
            "INSERT INTO addresses (channel, kind, value, created_at, wrong_codes) VALUES (:c, :k, '7', :now, 0)"
        ).bindparams(bindparam("now", MORNING, type_=Inbound.kept_at.type)),
            {"c": Channel.TELEGRAM, "k": AddressKind.TELEGRAM_USER})
        return int((await connection.execute(text("SELECT max(id) FROM addresses"))).scalar_one())


async def test_what_is_there_already_is_left_alone_and_the_rest_comes_in_its_order(database: Database,
                                                                                   address: int) -> None:
    async with database.write() as connection:
        await insert_all_new(connection, Inbound, [row("b", address)])
        await insert_all_new(connection, Inbound, [row(number, address) for number in ("c", "b", "a", "c")])
    async with database.read() as connection:
        found = (await connection.execute(select(Inbound).order_by(Inbound.id))).all()
    assert [one.external_id for one in found] == ["b", "c", "a"]
    first = found[0]
    assert (first.kept_at, first.state, first.payload) == (MORNING, InboundState.KEPT, row("b")["payload"])


async def test_nothing_and_structures_stay_what_they_are(database: Database, address: int) -> None:
    offer = {"token": "a", "address_id": address, "person_id": None, "kind": "form", "subject": BIG, "version": 1,
             "facts": {"a": [1, None, "«»"]}, "choices": [{"label": "«½»", "word": None}], "created_at": MORNING,
             "expires_at": None}
    bare = offer | {"token": "b", "subject": None, "facts": {}, "choices": []}
    said = {"address_id": address, "kind": Kind.NOTICE, "text": None, "not_before": MORNING, "created_at": MORNING,
            "state": OutgoingState.QUEUED, "attempts": 0, "doubts": 0, "priority": 20, "expires_at": None}
    async with database.write() as connection:
        await insert_all_new(connection, Offer, [offer, bare])
        await insert_all_new(connection, Outgoing, [said | {"offer_token": "a"}, said | {"offer_token": None}])
        offers = (await connection.execute(
            select(Offer.subject, Offer.facts, Offer.choices, Offer.person_id, Offer.expires_at)
            .order_by(Offer.token))).all()
        rows = (await connection.execute(
            select(Outgoing.offer_token, Outgoing.text, Outgoing.expires_at).order_by(Outgoing.id))).all()
    assert [tuple(one) for one in offers] == [
        (BIG, {"a": [1, None, "«»"]}, [{"label": "«½»", "word": None}], None, None), (None, {}, [], None, None)]
    assert [tuple(one) for one in rows] == [("a", None, None), (None, None, None)]


async def test_a_moment_without_a_zone_and_an_unknown_state_are_refused(database: Database, address: int) -> None:
    async with database.write() as connection:
        with pytest.raises((TypeError, ValueError, SQLAlchemyError)):
            await insert_all_new(connection, Inbound, [row("a", address, MORNING.replace(tzinfo=None))])
    with pytest.raises((LookupError, SQLAlchemyError)):
        async with database.write() as connection:
            await insert_all_new(connection, Inbound, [row("a", address) | {"state": "eaten"}])


@pytest.mark.parametrize("many", [0, 1, 3, 700])
async def test_however_many_are_among(database: Database, address: int, many: int) -> None:
    ids = among(Inbound.id, "rows")
    async with database.write() as connection:
        await insert_all_new(connection, Inbound, [row(str(n), address) for n in range(701)])
        all_ids = (await connection.execute(select(Inbound.id).order_by(Inbound.id))).scalars().all()
        wanted = [*all_ids[:many], BIG]
        assert (await connection.execute(select(Inbound.id).where(ids).order_by(Inbound.id),
                                         {"rows": wanted})).scalars().all() == all_ids[:many]
        await connection.execute(update(Inbound).where(ids).values(attempts=9), {"rows": wanted})
        await connection.execute(delete(Inbound).where(~ids), {"rows": wanted})
        left = (await connection.execute(select(Inbound.id, Inbound.attempts).order_by(Inbound.id))).all()
    assert [tuple(row) for row in left] == [(id_, 9) for id_ in all_ids[:many]]


@pytest.mark.parametrize("statement", [
    bot.turn.turns._OLDEST, bot.turn.turns._COUNT, bot.turn.turns._DONE, bot.keep.intake._HEARD_FROM,
    bot.deliver.claiming._TAKE, bot.deliver.claiming._DUE, bot.deliver.claiming._ABANDONED,
    bot.turn.once_more._ONCE_MORE, bot.turn.loading._ROWS, bot.turn.loading._PERSONS, bot.turn.talks._TALKS])
async def test_no_hot_statement_reads_a_whole_table(sqlite_url: str, statement: Executable) -> None:
    database = Database(sqlite_url)
    async with database.read() as connection:
        compiled = statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined]

        def as_written(found: re.Match[str]) -> str:
            """A partial index is chosen only by the words that it names."""
            value = compiled.binds[found[1]].value or ("1", "2")
            return ", ".join(f"'{each}'" for each in ([value] if isinstance(value, str) else value))

        query = re.sub(r"__\[POSTCOMPILE_(\w+)\]", as_written, str(compiled))
        plan = (await connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {query}", ("[1, 2]",) * query.count("?"))).all()
    await database.close()
    # a partial index of what waits is read whole, and what was found in it is gone through once more
    whole = [row.detail for row in plan if re.match(r"SCAN (?!json_each|\(|anon_|ready$)", row.detail)
             and not re.search("USING (COVERING )?INDEX ix_(inbound_kept|outgoing_(queued|sending))", row.detail)]
    assert plan and not whole
