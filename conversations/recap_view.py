"""Which screen of the recap is asked for, and what stands on each: of which place it is, and whose word it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from conversations.places import place_name
from conversations.said import Card, Choice, Press, Said
from locales import _
from models.places import Place

LOANS: Final = "loans"
DISTRICTS: Final = "districts"


@dataclass(frozen=True, slots=True)
class View:
    """Which screen is asked for; a button carries it as one word."""

    area: str = ""
    topic: str = ""
    answer: str = ""
    page: int = 0

    @classmethod
    def of(cls, press: Press) -> "View":
        area, topic, answer, page = press.choice.value.split("/")
        return cls(area, topic, answer, int(page))

    def choice(self, label: str) -> Choice:
        return Choice(label, "show", f"{self.area}/{self.topic}/{self.answer}/{self.page}")


def where(places: Sequence[Place]) -> str:
    return ", ".join(place_name(place) for place in places)


def own_reports() -> str:
    return _("The villages' own reports, not official data of SIMKOPDES.")


def screen(parts: Iterable[str], choices: Sequence[Choice]) -> Said:
    return Said("\n\n".join(part for part in parts if part), Card("recap", tuple(choices)))
