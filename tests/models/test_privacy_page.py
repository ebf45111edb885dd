"""Of every column it is said whether it names a person, and what becomes of it: a new one cannot be forgotten."""

import re
from collections import Counter
from pathlib import Path

from bot.store.migrating import metadata

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"


def columns_on_the_page() -> Counter[str]:
    of_persons, of_nobody = PAGE.read_text(encoding="utf-8").split("## Columns that name nobody")
    named = re.findall(r"`(\w+\.\w+)`", of_persons[of_persons.index("## Columns"):])
    for table, columns in re.findall(r"^\| `(\w+)` \| (.+) \|$", of_nobody, flags=re.MULTILINE):
        named += [f"{table}.{column}" for column in columns.split(", ")]
    return Counter(named)


def test_every_column_stands_on_the_privacy_page_once() -> None:
    columns = {f"{table.name}.{column.name}" for table in metadata().sorted_tables for column in table.columns}
    on_page = columns_on_the_page()
    assert sorted(columns - on_page.keys()) == [], "say in docs/privacy.md what becomes of these"
    assert sorted(on_page.keys() - columns) == [], "docs/privacy.md tells of columns that there are not"
    assert [column for column, times in on_page.items() if times > 1] == []
