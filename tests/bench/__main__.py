"""`python -m tests.bench`: measure on both stores and write docs/bench.md."""

import asyncio
import logging
import os
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
        figures = Figures(stores.facts)
        asyncio.run(_measure(figures, stores, quick))
    if quick:
        click.echo("\nA quick run writes nothing.")
    else:
        write(figures)
        click.echo(f"\nWritten to {PATH}")


async def _measure(figures: Figures, stores: Stores, quick: bool) -> None:
    def tell(what: str, measured: Measured) -> Measured:
        figures.loads.append(os.getloadavg()[0])
        click.echo(f"{what} {measured}")
        return measured

    for kind in KINDS:
        figures.turns[kind] = tell(f"(c) {kind}:", await measure_turns(stores, kind, runs=2 if quick else 9))
        figures.one_each[kind] = tell(f"(a) {kind}:", await measure_burst(stores, kind, Burst(PEOPLE, REPORTING[:1])))
        if not quick:
            figures.five_each[kind] = tell(f"(a) {kind}:", await measure_burst(stores, kind, Burst(155, REPORTING)))
        figures.steady[kind] = tell(f"(b) {kind}:", await measure_steady(
            stores, kind, seconds=30 if quick else 165, left_out=5 if quick else 15))


if __name__ == "__main__":
    main()
