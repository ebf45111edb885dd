"""/dataku gives a copy of everything, and of nobody else's."""

from pathlib import Path

import pytest
from sqlalchemy import select

from models.files import StoredFile
from tests.transcript import Chat, play
from tests.village import Village


@pytest.mark.parametrize("plain", [False, True])
async def test_the_copy_holds_what_was_said_and_done_and_nobody_elses(seeded_sqlite: Path, tmp_path: Path,
                                                                      plain: bool) -> None:
    (tmp_path / "store.sqlite3").write_bytes(seeded_sqlite.read_bytes())
    village = Village(f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3", plain=plain)
    try:
        await play(Chat.read(Path(__file__).parents[1] / "chats" / "loan_asked.chat"), village)
        copies = {}
        for who in ("ketua", "kades", "bupati"):
            phone = village.phones[who]
            await village.receive(phone.says(f"rahasia {who}", at=village.clock.now()))
            await village.receive(phone.says("/dataku", at=village.clock.now()))
            parcel = next(parcel for parcel in reversed(phone.received) if parcel.enclosed)
            async with village.works.database.read() as connection:
                content = await connection.scalar(
                    select(StoredFile.content).where(StoredFile.sha256 == parcel.enclosed.sha256))
            copies[who] = content.decode()
        for who, copy in copies.items():
            assert village.phones[who].number in copy and f"rahasia {who}" in copy
            for other in copies.keys() - {who}:
                assert village.phones[other].number not in copy and f"rahasia {other}" not in copy
        # a report, a request with its amount, and the obstacle in one's own words
        assert '"manner": "full"' in copies["ketua"] and '"rupiah": 500000000' in copies["ketua"]
        assert '"manner"' not in copies["kades"] and '"operational_rupiah"' not in copies["kades"]
    finally:
        await village.close()
