"""``intake settings``: judge every setting without starting anything."""

import json

import click

from intake.errors import Misconfigured
from intake.settings import load_settings, unsafe_in_production
from intake.storage.database import normalise_url


@click.group()
def settings() -> None:
    """Look at the settings."""


@settings.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of faults as JSON.")
def check(*, as_json: bool) -> None:
    """Name every fault at once; the exit status is 0 only when there is none.

    A base_url that is not on this machine counts as production, and what would be unsafe
    there (http, debug, example clinic, missing keys, readable files) is a fault.
    """
    try:
        found = load_settings()
        normalise_url(found.database)
        faults = unsafe_in_production(found)
    except Misconfigured as wrong:
        faults = wrong.faults
    if as_json:
        click.echo(json.dumps({"faults": list(faults)}, indent=2))
    elif faults:
        for fault in faults:
            click.echo(f"- {fault}")
    else:
        click.echo("All settings can be used.")
    if faults:
        raise click.exceptions.Exit(2)
