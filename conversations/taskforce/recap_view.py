"""Which screen of the recap is asked for, and what stands on each: of which place it is, and whose word it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from conversations.places import place_name
from conversations.said import Card, Choice, Press, Said
from locales import _
from locales.formats import number
from models.places import Place

LOANS: Final = "loans"
DISTRICTS: Final = "districts"
ROOM_FOR_CHOICES: Final = 350
"""Characters of a screen that the numbered list of a phone without buttons may need."""
WHICH: Final = "which"
"""Instead of an answer's names: whose kecamatan of them; the answer itself is in `left`."""


@dataclass(frozen=True, slots=True)
class View:
    """Which screen is asked for; a button carries it as one word."""

    area: str = ""
    topic: str = ""
    answer: str = ""
    page: int = 0
    left: str = ""
    """The page of which names one came from, so that the way back leads there: «belum.2»."""

    @classmethod
    def of(cls, press: Press) -> "View":
        # a button from before has no fifth part
        area, topic, answer, page, *left = press.choice.value.split("/")
        return cls(area, topic, answer, int(page), *left)

    def choice(self, label: str) -> Choice:
        return Choice(label, "show", f"{self.area}/{self.topic}/{self.answer}/{self.page}/{self.left}")

    @property
    def here(self) -> str:
        return f"{self.answer}.{self.page}"

    def page_left(self, answer: str) -> int:
        """Where one was among these names."""
        before, page = self.left.split(".") if self.left else ("", 0)
        return int(page) if before == answer else 0

    def paging(self, pages: int) -> list[Choice]:
        """To the page before and to the next one, where there is one."""
        around = []
        if self.page:
            label = _("Previous ({page}/{pages})")
            around.append(replace(self, page=self.page - 1).choice(
                label.format(page=number(self.page), pages=number(pages))))
        if self.page + 1 < pages:
            label = _("Next ({page}/{pages})")
            around.append(replace(self, page=self.page + 1).choice(
                label.format(page=number(self.page + 2), pages=number(pages))))
        return around


def where(places: Sequence[Place]) -> str:
    return ", ".join(place_name(place) for place in places)


def own_reports() -> str:
    return _("The villages' own reports, not official data of SIMKOPDES.")


def screen(parts: Iterable[str], choices: Sequence[Choice]) -> Said:
    return Said("\n\n".join(part for part in parts if part), Card("recap", tuple(choices)))
