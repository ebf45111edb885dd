"""A question that is answered by several taps stays one message where the channel can edit, and is short elsewhere."""

import shutil
from pathlib import Path

import pytest

from bot.channels.plain import plain_text
from locales import use_locale
from tests.transcript import PEOPLE
from tests.village import Village

UP_TO_THE_OUTLETS = ("/lapor", "belum", "lewati", "belum ada")


async def at_the_outlets(seeded: Path, store: Path, *, plain: bool) -> Village:
    shutil.copy(seeded, store)
    village = Village(f"sqlite+aiosqlite:///{store}", plain=plain)
    phone = village.give_phone("ketua", PEOPLE["ketua"])
    await village.enrol("ketua")
    for said in UP_TO_THE_OUTLETS:
        await village.receive(phone.says(said, at=village.clock.now()))
    return village


async def test_taps_on_telegram_go_on_in_the_message_that_was_tapped(seeded_sqlite: Path, tmp_path: Path) -> None:
    village = await at_the_outlets(seeded_sqlite, tmp_path / "store.sqlite3", plain=False)
    phone = village.phones["ketua"]
    shown = len(phone.received)
    for label in ("Sembako", "Buka", "Pupuk", "Belum"):
        await village.receive(phone.chooses(label, at=village.clock.now()))
    assert len({parcel.edits for parcel in phone.received[shown:]} - {None}) == 4
    assert "sembako buka, pupuk belum" in (phone.received[-1].text or "")
    # whoever taps faster than the phone shows it means the same question
    await village.receive(phone.chooses("Apotek", at=village.clock.now(), back=1))
    await village.receive(phone.chooses("Persiapan", at=village.clock.now()))
    assert "apotek persiapan" in (phone.received[-1].text or "")
    await village.close()


@pytest.mark.parametrize("typed", ["1", "1 9"])
async def test_on_a_phone_without_buttons_the_list_is_not_written_out_again(
        seeded_sqlite: Path, tmp_path: Path, typed: str) -> None:
    village = await at_the_outlets(seeded_sqlite, tmp_path / "store.sqlite3", plain=True)
    phone = village.phones["ketua"]
    for said in (typed, "buka"):
        await village.receive(phone.says(said, at=village.clock.now()))
    with use_locale("id"):
        bubble = plain_text(phone.received[-1])
    assert "Apotek" not in bubble and "sembako buka" in bubble and "selesai" in bubble
    await village.receive(phone.says("8", at=village.clock.now()))
    assert "LPG 3 kg" in (phone.received[-1].text or ""), "the numbers of the list still count"
    await village.close()
