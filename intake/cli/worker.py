"""``intake worker``: deliver notifications and do the chores, beside ``intake serve``."""

import click

from intake.cli.opening import opened
from intake.web.serve import stop_on_signals


@click.command()
def worker() -> None:
    """Deliver until stopped; any number may run, on any number of machines with PostgreSQL.

    SIGTERM stops claiming, finishes what is being sent for up to 20 seconds and gives the
    rest back.
    """
    with opened() as intake:
        click.echo("Delivering. Stop with Ctrl-C.")
        intake.worker().run(stop_on_signals())
