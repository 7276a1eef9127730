"""``intake numbers``: the counts behind the desk's numbers page."""

import click
from rich.progress import Progress

from intake.cli.opening import opened
from intake.desk.numbers.keeping import count_marked, forget


@click.group()
def numbers() -> None:
    """Keep what the numbers page is drawn from; the worker does it by itself."""


@numbers.command()
def rebuild() -> None:
    """Count every day anew, from the first inquiry to today.

    For when clinic hours or its zone were changed, or rows were written by hand. The page shows
    what is counted so far meanwhile, the newest days first. Harmless to stop and to repeat.
    """
    with opened() as intake, Progress() as progress:
        task = progress.add_task("Days", total=None)
        days = forget(intake.database, intake.counting)
        progress.update(task, total=days)
        counted = count_marked(
            intake.database,
            intake.counting,
            at=intake.clock(),
            told=lambda: progress.advance(task),
        )
    click.echo(f"Counted {counted} {'day' if counted == 1 else 'days'}.")
