"""``intake ledger``: every reference ever shown has a stored inquiry."""

import json
from dataclasses import asdict

import click

from intake.cli.opening import opened
from intake.operations.ledger import keep_check


@click.group()
def ledger() -> None:
    """Look up each reference that this machine ever showed on a receipt."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(*, as_json: bool) -> None:
    """Check now; the exit status is 1 when an inquiry is missing. The desk shows the result."""
    with opened() as intake:
        report = keep_check(
            intake.database, intake.ledger, intake.settings.escalation, at=intake.clock()
        )
    if as_json:
        click.echo(json.dumps(asdict(report), indent=2, default=str))
    else:
        click.echo(f"{report.shown} references were shown, {report.missing} have no inquiry.")
        if report.missing:
            click.echo(f"The first was shown at {report.first_missing_at}: compare your backups.")
        if report.damaged:
            click.echo(f"{report.damaged} lines cannot be read.")
    if report.missing:
        raise click.exceptions.Exit(1)
