"""``intake demo``: made-up people, so that the desk can be tried and measured."""

import click
from rich.progress import track

from intake.cli.opening import opened
from intake.operations.demo import Desk, MadeUpInquiry, made_up_inquiries, store_made_up

BATCH = 50


@click.command()
@click.option("--count", default=60, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--days", default=2, show_default=True, type=click.IntRange(1, 3650))
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same people.")
def demo(count: int, days: int, seed: int) -> None:
    """Store made-up inquiries in both languages, spread over the last days.

    Nobody is written to: their messages are cancelled in the same transaction. Refused where
    base_url is not on this machine, so that no real desk is ever filled with them.
    """
    with opened() as intake:
        if intake.settings.production:
            raise click.ClickException("this is a real desk; made-up people are refused")
        people = made_up_inquiries(
            count,
            conditions=intake.settings.form.conditions,
            until=intake.clock(),
            days=days,
            seed=seed,
        )
        desk = Desk(
            database=intake.database,
            keyring=intake.keyring,
            tokens=intake.tokens,
            clinic=intake.settings.clinic,
            offer=intake.settings.form,
        )
        batch: list[MadeUpInquiry] = []
        for person in track(people, total=count, description="Made-up people"):
            batch.append(person)
            if len(batch) == BATCH:
                store_made_up(desk, batch)
                batch.clear()
        if batch:
            store_made_up(desk, batch)
    click.echo(f"Stored {count} made-up inquiries.")
