"""The outlets (gerai) and their states in words, and how they are told: all in one message, or with taps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from conversations.form.draft import Draft
from conversations.form.questions import Partly
from conversations.reading import Reason, Topic, Unreadable, read_outlets, says_no
from conversations.reading.outlets import NAMED
from conversations.reading.typed import words
from locales import _
from locales.formats import all_of
from models.cooperatives import Outlet, OutletState

DONE: Final = "done"
NONE_OPEN: Final = "none_open"
"""The commonest answer of the district, in one tap."""


def outlet_name(outlet: Outlet) -> str:
    return {
        Outlet.GROCERIES: _("groceries (sembako)"),
        Outlet.PHARMACY: _("pharmacy"),
        Outlet.CLINIC: _("clinic"),
        Outlet.OFFICE: _("cooperative office"),
        Outlet.SAVINGS_AND_LOANS: _("savings and loans"),
        Outlet.COLD_STORAGE: _("warehouse or cold storage"),
        Outlet.LOGISTICS: _("logistics"),
        Outlet.COOKING_GAS: _("cooking gas 3 kg"),
        Outlet.FERTILISER: _("fertiliser"),
        Outlet.BANK_AGENT: _("bank agent (BRILink)"),
        Outlet.OTHER: _("other outlet"),
    }[outlet]


def state_name(state: OutletState) -> str:
    return {
        OutletState.OPEN: _("open"),
        OutletState.NOT_YET: _("not yet"),
        OutletState.PREPARING: _("being prepared"),
        OutletState.CLOSED_FOR_NOW: _("closed for now"),
        OutletState.CLOSED: _("closed"),
    }[state]


def outlets_prompt(draft: Draft) -> str:
    if draft.screen is not None:
        return _("How is it with {outlets} now?").format(outlets=all_of([outlet_name(Outlet(o)) for o in draft.screen]))
    if draft.says("outlets"):
        return _("Are there other outlets? Several fit into one message, for example: 8 buka, 9 belum. "
                 "If that was all: selesai.")
    return _("Which outlets are there, and how are they? Several fit into one message, by name or number, for example: "
             "sembako buka, apotek belum; or: 1 buka, 9 belum.")


def outlet_options(draft: Draft) -> Mapping[str, str]:
    if draft.screen is not None:
        return {state: state_name(state) for state in STATES_AS_ASKED}
    states: Mapping[str, str] = draft.says("outlets") or {}
    ending = {DONE: _("Done")} if states else {NONE_OPEN: _("None is open yet")}
    return {**{outlet: _labelled(outlet, states) for outlet in Outlet}, **ending}


STATES_AS_ASKED: Final = (OutletState.OPEN, OutletState.PREPARING, OutletState.NOT_YET, OutletState.CLOSED_FOR_NOW,
                          OutletState.CLOSED)


def choose_outlet(value: str, draft: Draft) -> dict[str, str] | Partly:
    """An outlet, then its state, then the list again, until it is done. Read by what was pressed and not by what is
    asked: a second press may come before the phone shows that the first one counted."""
    states: dict[str, str] = draft.says("outlets") or {}
    if value == NONE_OPEN:
        return dict.fromkeys(NAMED, OutletState.NOT_YET.value)
    if value == DONE:
        if not states:
            raise Unreadable(Topic.OUTLETS, Reason.NO_STATE)
        return states
    if value in set(Outlet):
        return Partly(None, [value])
    if draft.screen is None:
        # of an outlet that was told meanwhile
        return Partly(None, None, listed=True)
    return Partly({**states, **dict.fromkeys(draft.screen, OutletState(value).value)}, None, listed=True)


def read_more_outlets(text: str, draft: Draft) -> dict[str, str] | Partly:
    """All that was told counts; what was named or tapped without a state is asked for."""
    asked: Sequence[str] = draft.screen or ()
    if not asked and says_no(text):
        # «belum ada» before anything was told; afterwards, no more of them
        return draft.says("outlets") or {}
    if words(text) == ["selesai"]:
        return choose_outlet(DONE, draft)
    told = read_outlets(text, asked=asked)
    states = {**(draft.says("outlets") or {}), **told.states}
    still = [outlet for outlet in dict.fromkeys([*asked, *told.open]) if outlet not in told.states]
    if still:
        return Partly(states or None, still)
    return Partly(states, None, listed=True) if asked else states


def show_outlets(value: Mapping[str, str], draft: Draft) -> str:
    """As people type it: «sembako buka, apotek belum», «semua gerai belum buka»."""
    if not value:
        return _("no outlets yet")
    if value.keys() >= set(NAMED):
        [(common, often), *_others] = Counter(value[code] for code in NAMED).most_common()
        if often == len(value) and common == OutletState.NOT_YET:
            return _("none of the outlets is open yet")
        if often == len(value):
            return _("all outlets {state}").format(state=state_name(OutletState(common)))
        if often >= len(NAMED) - 4:
            apart = [_labelled(Outlet(outlet), value) for outlet in value if value[outlet] != common]
            return ", ".join([*apart, _("the others {state}").format(state=state_name(OutletState(common)))])
    return ", ".join(_labelled(Outlet(outlet), value) for outlet in value)


def _labelled(outlet: Outlet, states: Mapping[str, str]) -> str:
    name = outlet_name(outlet)
    return f"{name} {state_name(OutletState(states[outlet]))}" if outlet in states else name
