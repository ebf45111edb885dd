"""A crashed inbound row goes back to its turn: as if it had just come, and under every check that was there before."""

from sqlalchemy import update

from bot.store.database import Database
from models.post import Inbound, InboundState


class NotReplayable(Exception):
    """There is no crashed row of that number whose payload is still there."""


async def replay_inbound(database: Database, inbound_id: int) -> None:
    async with database.write() as connection:
        done = await connection.execute(
            update(Inbound)
            .where(Inbound.id == inbound_id, Inbound.state == InboundState.CRASHED, Inbound.payload.is_not(None))
            .values(state=InboundState.KEPT, attempts=0, done_at=None))
        if done.rowcount == 0:
            raise NotReplayable(f"inbound {inbound_id} is not a crashed row with a payload")
