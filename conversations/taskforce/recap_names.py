"""Who is meant by a figure of the recap, by name: page after page, by kecamatan, with whom to call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from conversations.places import place_name
from conversations.said import LONGEST_TEXT, Choice, Said
from conversations.taskforce.recap_view import ROOM_FOR_CHOICES, WHICH, View, own_reports, screen, where
from conversations.taskforce.recap_words import answer_name, named_line, topic_name
from locales import _
from locales.formats import date, number
from models.queries.contacts import Contact
from models.queries.recap import Answer, Figure, Recap, Topic
from models.reports import Difference

MOST_NAMES: Final = 25
"""On one page; with the numbers to call it is about one screen of a phone."""
ANSWERED_BY: Final = {Topic.MICROSITE: "microsite_registered", Topic.PREMISES: "premises", Topic.OUTLETS: "outlets",
                      Topic.SPHP: "sphp_kg"}
"""The question by which a topic is counted."""


def names_screen(seen: Recap, view: View, to_call: Mapping[str, Contact],
                 differ: Mapping[str, Sequence[Difference]]) -> Said:
    """Who, why, how old the word is, and whom to call: by kecamatan, page after page."""
    each, answer = seen.topic(Topic(view.topic)), Answer(view.answer)
    named = each.named(answer)
    head = [where(seen.areas), f"{topic_name(each.topic)}: {number(len(named))} {answer_name(each.topic, answer)}",
            date(seen.on)]
    lines = [f"{index}. " + named_line(each.topic, figure, to_call.get(figure.place_code), differs=any(
                 found.question == ANSWERED_BY.get(each.topic) for found in differ.get(figure.place_code, ())))
             for index, figure in enumerate(named, start=1)]
    room = LONGEST_TEXT - ROOM_FOR_CHOICES - sum(map(len, head)) - len(own_reports()) - 40
    pages = list(_pages(named, lines, room, _district_names(seen)))
    view = replace(view, page=min(view.page, len(pages) - 1))
    if len(pages) > 1:
        head.append(_("Page {page} of {pages}").format(page=number(view.page + 1), pages=number(len(pages))))
    choices = view.paging(len(pages))
    if len(pages) > 1 and len(seen.districts) > 1:
        choices.append(replace(view, answer=WHICH, left=view.here).choice(_("By kecamatan")))
    choices.append(_back(view))
    return screen(("\n".join(head), "\n".join(pages[view.page]), own_reports()), choices)


def which_district_screen(seen: Recap, view: View) -> Said:
    """The kecamatan in which there are such names, with how many; each leads to its own."""
    answer = Answer(view.left.split(".")[0])
    each = seen.topic(Topic(view.topic))
    found = [(place, sum(figure.district_code == place.code for figure in each.named(answer)))
             for place in seen.districts]
    choices = [replace(view, area=place.code, answer=answer, page=0).choice(f"{place.name} ({number(count)})")
               for place, count in found if count]
    text = f"{topic_name(each.topic)}: {number(len(each.named(answer)))} {answer_name(each.topic, answer)}"
    back = replace(view, answer=answer, page=view.page_left(answer), left="").choice(_("Back"))
    return screen((where(seen.areas), text, _("Which kecamatan?")), [*choices, back])


def _back(view: View) -> Choice:
    """To the page of all names from which one kecamatan was chosen; else to the topic, which knows the page."""
    if view.left:
        return View("", view.topic, view.answer, view.page_left(view.answer)).choice(_("Back"))
    return replace(view, answer="", page=0, left=view.here).choice(_("Back"))


def _district_names(seen: Recap) -> dict[str, str]:
    """By kecamatan's code; nothing where the whole screen is of one kecamatan, which stands above it."""
    return {place.code: place_name(place) for place in seen.districts} if len(seen.districts) > 1 else {}


def _pages(named: Sequence[Figure], lines: Sequence[str], room: int,
           districts: Mapping[str, str]) -> Iterable[list[str]]:
    """The kecamatan stands above its villages, on each page anew."""
    page: list[str] = []
    names, above = 0, ""
    for figure, line in zip(named, lines, strict=True):
        district = districts.get(figure.district_code, "")
        more = [district, line] if district and district != above else [line]
        if page and (names == MOST_NAMES or sum(map(len, page)) + len(page) + sum(map(len, more)) > room):
            yield page
            page, names, more = [], 0, [district, line] if district else [line]
        page += more
        names, above = names + 1, district
    if page:
        yield page
