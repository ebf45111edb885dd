"""What the README says of settings, commands and pictures is true."""

import re
import tomllib
from pathlib import Path

from bot.config import all_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_table() -> str:
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    rows += [f"| `{setting.name}` | {f'`{setting.default}`' if setting.default else ''} | {setting.meaning} |"
             for setting in all_settings()]
    return "\n".join(rows)


def test_the_settings_table_is_complete() -> None:
    found = re.search(r"<!-- settings -->\n(.*?)\n?<!-- /settings -->", README, re.S)
    assert found and found[1].strip() == settings_table()


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)\b", README)) <= targets


def test_every_file_that_is_named_exists() -> None:
    named = re.findall(r"\]\(([\w./-]+)\)", README)
    named += re.findall(r"`((?:bot|handlers|conversations|models)/[\w/]+\.py)`", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_part_is_listed_with_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = [re.split(r"[\[<>=,]", part)[0] for part in wanted]
    table = (ROOT / "docs/parts.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([\w-]+) \| ([^|]+) \| .+ \|$", table, re.M)
    assert [name for name, licence in listed if licence.strip("- ") and name != "part"] == names


def test_the_project_leans_on_nothing_beside_it() -> None:
    texts = [path for pattern in ("*.py", "*.toml", "Makefile", "*.md", ".ci/run") for path in ROOT.glob(pattern)]
    texts += [path for floor in ("bot", "handlers", "conversations", "models", "locales")
              for path in (ROOT / floor).rglob("*.py")]
    assert [path for path in texts if "../shared" in path.read_text(encoding="utf-8")] == []
