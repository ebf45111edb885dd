"""`python -m tests.bench`: measure on both stores and write docs/bench.md."""

import asyncio
import gc
import logging
from typing import TypeVar

import click

from tests.bench.phones import Burst
from tests.bench.report import PATH, Figures, write
from tests.bench.stores import PEOPLE, Stores, all_stores
from tests.bench.turns import REPORTING, measure_turns
from tests.bench.wire import measure_burst, measure_steady

Measured = TypeVar("Measured")
KINDS = ("SQLite", "PostgreSQL")


@click.command()
@click.option("--quick", is_flag=True, help="A look in three minutes; writes nothing.")
def main(quick: bool) -> None:
    """Burst, ordinary hour and turns without the wire, on both stores."""
    logging.basicConfig(level=logging.WARNING)
    with all_stores() as stores:
        gc.collect()
        gc.freeze()
        figures = asyncio.run(_measure(stores, quick))
    if quick:
        click.echo("\nA quick run writes nothing.")
    else:
        write(figures)
        click.echo(f"\nWritten to {PATH}")


async def _measure(stores: Stores, quick: bool) -> Figures:
    figures = Figures(quick, stores.facts)
    for kind in KINDS:
        figures.turns[kind] = _tell(kind, "(c)", await measure_turns(stores, kind, runs=2 if quick else 9))
        figures.one_each[kind] = _tell(kind, "(a)", await measure_burst(stores, kind, Burst(PEOPLE, REPORTING[:1])))
        if not quick:
            figures.five_each[kind] = _tell(kind, "(a)", await measure_burst(stores, kind, Burst(155, REPORTING)))
        figures.steady[kind] = _tell(kind, "(b)", await measure_steady(
            stores, kind, seconds=30 if quick else 165, left_out=5 if quick else 15))
    return figures


def _tell(kind: str, what: str, measured: Measured) -> Measured:
    click.echo(f"{what} {kind}: {measured}")
    return measured


if __name__ == "__main__":
    main()
