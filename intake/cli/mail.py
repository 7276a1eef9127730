"""``intake mail``: what the world thinks of mail from this clinic."""

import json
from dataclasses import asdict

import click

from intake.cli.opening import opened
from intake.operations.health import round_trip
from intake.operations.preflight import Light, keep_preflight

MARKS = {Light.GREEN: "green  ", Light.YELLOW: "YELLOW ", Light.RED: "RED    "}
NOT_KNOWN = "?      "


@click.group()
def mail() -> None:
    """Check whether mail from this clinic will be taken and believed."""


@mail.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def preflight(*, as_json: bool) -> None:
    """Look at From, SPF, DKIM, DMARC, Reply-To and the last round trip.

    Asks DNS and sends nothing. Where a record is missing, the one to add is shown. The exit
    status is 1 when something is red.
    """
    with opened() as intake:
        at = intake.clock()
        found = keep_preflight(intake.database, intake.settings, at=at)
        with intake.database.read() as session:
            found = (*found, round_trip(session, intake.settings, at=at))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        for one in found:
            click.echo(f"{MARKS.get(one.light, NOT_KNOWN)}{one.subject}: {one.sentence}")
            if one.record:
                click.echo(f"       add at {one.record_name}: {one.record}")
    if any(one.light is Light.RED for one in found):
        raise click.exceptions.Exit(1)
