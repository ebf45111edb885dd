"""The outlets (gerai) and their states in words, and how they are told one by one with taps."""

from collections.abc import Mapping
from typing import Final

from conversations.draft import Draft
from conversations.questions import Partly
from conversations.reading import Reason, Topic, Unreadable, read_outlets
from locales import _
from models.cooperatives import Outlet, OutletState

DONE: Final = "done"


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
        OutletState.NOT_YET: _("not yet"),
        OutletState.PREPARING: _("being prepared"),
        OutletState.OPEN: _("open"),
        OutletState.CLOSED_FOR_NOW: _("closed for now"),
        OutletState.CLOSED: _("closed"),
    }[state]


def outlets_prompt(draft: Draft) -> str:
    if draft.screen is not None:
        return _("How is this outlet today: {outlet}?").format(outlet=outlet_name(Outlet(draft.screen)))
    return _("Which outlets are there, and how are they? Please choose one after the other, or type for example: "
             "sembako buka, apotek belum.")


def outlet_options(draft: Draft) -> Mapping[str, str]:
    if draft.screen is not None:
        return {state: state_name(state) for state in OutletState}
    states: Mapping[str, str] = draft.says("outlets") or {}
    return {**{outlet: _labelled(outlet, states) for outlet in Outlet}, DONE: _("Done")}


def choose_outlet(value: str, draft: Draft) -> dict[str, str] | Partly:
    """An outlet, then its state, then the list again, until it is done."""
    states: dict[str, str] = draft.says("outlets") or {}
    if draft.screen is not None:
        return Partly({**states, draft.screen: OutletState(value).value})
    if value != DONE:
        return Partly(None, Outlet(value).value)
    if not states:
        raise Unreadable(Topic.OUTLETS, Reason.NO_STATE)
    return states


def read_more_outlets(text: str, draft: Draft) -> dict[str, str]:
    return {**(draft.says("outlets") or {}), **read_outlets(text)}


def show_outlets(value: Mapping[str, str], draft: Draft) -> str:
    if not value:
        return _("no outlets yet")
    # as people type it: «sembako buka, apotek belum»
    return ", ".join(_labelled(Outlet(outlet), value) for outlet in value)


def _labelled(outlet: Outlet, states: Mapping[str, str]) -> str:
    name = outlet_name(outlet)
    return f"{name} {state_name(OutletState(states[outlet]))}" if outlet in states else name
