"""The obstacles (kendala) in a few words each, and how several of them are chosen or told freely."""

import re
from collections.abc import Mapping
from typing import Any, Final

from conversations.form.draft import Draft
from conversations.form.questions import NotAnAnswer, Partly
from conversations.reading import does_not_know, is_assent, says_no, says_yes
from locales import _
from models.obstacles import Obstacle
from models.reports import LONGEST_REMARK

DONE: Final = "done"
NONE: Final = "none"
MORE: Final = "more"
PAGE: Final = 9
"""Obstacles at a time: with what is under them still one screen of an old phone."""
NUMBERS: Final = re.compile(r"[0-9]{1,2}[.)]?(?:\s*(?:[,;&+/\s]|dan\b)\s*[0-9]{1,2}[.)]?)*", re.IGNORECASE)


def obstacle_name(obstacle: Obstacle) -> str:
    return {
        Obstacle.NO_STARTING_CAPITAL: _("no starting capital"),
        Obstacle.BANK_ASKS_COLLATERAL: _("bank asks for collateral"),
        Obstacle.RULES_UNCLEAR: _("rules unclear or changing"),
        Obstacle.NO_OFFICE: _("no premises yet"),
        Obstacle.LAND_UNSUITABLE: _("land too small or unsuitable"),
        Obstacle.MICROSITE_ACCESS: _("Microsite account or access"),
        Obstacle.LICENCES_PENDING: _("NIB, NPWP or account pending"),
        Obstacle.LITTLE_INTEREST: _("few members, dues unpaid"),
        Obstacle.OFFICERS_UNTRAINED: _("officers need training"),
        Obstacle.OFFICERS_RESIGNED: _("officers resigned or double roles"),
        Obstacle.PRICES_NOT_COMPETITIVE: _("prices or stock"),
        Obstacle.SUPPLY_NOT_CONNECTED: _("supply: Bulog, Pertamina, fertiliser"),
        Obstacle.OVERLAP_WITH_VILLAGE_ENTERPRISE: _("overlap with BUM Desa"),
        Obstacle.VILLAGE_HEAD_HESITATES: _("approval not certain yet"),
        Obstacle.NO_VILLAGE_MEETING: _("village meeting not held yet"),
        Obstacle.SIGNAL_POWER_FERRY: _("signal, power or sea transport"),
        Obstacle.CONSTRUCTION_STUCK: _("construction of the outlet stuck"),
        Obstacle.OFFICER_CREDIT_RECORD: _("credit record (SLIK)"),
    }[obstacle]


def reason_text(reason: str) -> str:
    """A code in words, or the officer's own words."""
    return obstacle_name(Obstacle(reason)) if reason in set(Obstacle) else reason


def read_reason(text: str, draft: Draft) -> str:
    code = text.strip().upper()
    return code if code in set(Obstacle) else text.strip()


def too_long(text: str | None, draft: Draft) -> str | None:
    if text is None or len(text) <= LONGEST_REMARK:
        return None
    return _("This is longer than fits. Please tell it in fewer words, at most {count} letters."
             ).format(count=LONGEST_REMARK)


def obstacle_options(draft: Draft) -> Mapping[str, str]:
    chosen = _chosen(draft)["codes"]
    codes = list(Obstacle)[PAGE:] if draft.screen == MORE else list(Obstacle)[:PAGE]
    return {
        **{code: f"✓ {obstacle_name(code)}" if code in chosen else obstacle_name(code) for code in codes},
        MORE: _("Other obstacles"),
        **({DONE: _("Done")} if chosen else {NONE: _("No obstacles")}),
    }


def obstacles_prompt(draft: Draft) -> str:
    if draft.says("obstacles"):
        return _("Are there more obstacles? They can be chosen, or told in own words. If that was all: selesai.")
    return _("Which obstacles are there? Several can be chosen, or told in own words. If there are none: nihil.")


def choose_obstacle(value: str, draft: Draft) -> dict[str, Any] | Partly:
    """A tap puts an obstacle on the list, a second one takes it off."""
    said = _chosen(draft)
    match value:
        case "done":
            return said
        case "none":
            return {"codes": [], "note": None}
        case "more":
            return Partly(None, None if draft.screen == MORE else MORE)
    codes = [code for code in said["codes"] if code != value] if value in said["codes"] else [*said["codes"], value]
    return Partly({**said, "codes": codes}, draft.screen, listed=True)


def read_obstacles(text: str, draft: Draft) -> dict[str, Any]:
    """Codes («K01, K16»), numbers of the list («1 dan 5»), or free words beside what was tapped."""
    if NUMBERS.fullmatch(text.strip()):
        return _of_the_list([int(number) for number in re.findall(r"[0-9]+", text)], draft)
    if re.fullmatch(r"\s*(K\d\d[\s,;.]*)+", text, re.IGNORECASE):
        codes = list(dict.fromkeys(re.findall(r"K\d\d", text.upper())))
        if all(code in set(Obstacle) for code in codes):
            return {"codes": codes, "note": _chosen(draft).get("note")}
    if says_no(text):
        return {"codes": [], "note": None}
    if is_assent(text) or says_yes(text) or does_not_know(text):
        raise NotAnAnswer(_("This does not name an obstacle yet."))
    return {**_chosen(draft), "note": text.strip()}


def _of_the_list(numbers: list[int], draft: Draft) -> dict[str, Any]:
    shown = dict(enumerate(obstacle_options(draft), start=1))
    named = [shown.get(number) for number in numbers]
    # one number alone is a press where numbers are shown; here it can only be a slip
    if len(named) == 1 or not all(code in set(Obstacle) for code in named):
        raise NotAnAnswer(_("This number is not an obstacle of the list. Please choose there, several for example like "
                            "this: 1 dan 5; or tell it in own words."))
    said = _chosen(draft)
    return {**said, "codes": list(dict.fromkeys([*said["codes"], *named]))}


def check_obstacles(value: dict[str, Any], draft: Draft) -> str | None:
    return too_long(value.get("note"), draft)


def show_obstacles(value: dict[str, Any], draft: Draft) -> str:
    named = [obstacle_name(Obstacle(code)) for code in value["codes"]]
    told = [line.strip() for line in (value.get("note") or "").splitlines() if line.strip()]
    return "; ".join([*named, *told]) or _("no obstacles")


def _chosen(draft: Draft) -> dict[str, Any]:
    said: dict[str, Any] = draft.says("obstacles") or {"codes": [], "note": None}
    return said
