"""Who taps what: one router per matter, three lines per handler."""

from aiogram import Router

from handlers import (
    decisions,
    doubts,
    fallback,
    forms,
    loans,
    menu,
    opting_out,
    privacy,
    reachability,
    reports,
    start,
    taskforce,
)


def routers() -> tuple[Router, ...]:
    """In the order in which they are asked: presses and commands before the forms, so that no form swallows them."""
    return tuple(
        matter.build() for matter in
        (doubts, reachability, opting_out, privacy, start, decisions, taskforce, menu, reports, loans, forms, fallback))
