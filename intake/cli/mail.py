"""``intake mail``: what comes back to the clinic's mailbox, and what the world thinks of ours."""

import json
import sys
from dataclasses import asdict

import click

from intake.cli.opening import opened
from intake.desk.reached import take_mail
from intake.errors import IntakeError
from intake.notifications.reports import REPORT_MAX_BYTES
from intake.operations.health import round_trip
from intake.operations.preflight import Light, keep_preflight

# sysexits.h: the mail system keeps the mail and tries again; any other status would bounce it.
TRY_AGAIN = 75
MARKS = {Light.GREEN: "green  ", Light.YELLOW: "YELLOW ", Light.RED: "RED    "}
NOT_KNOWN = "?      "


@click.group()
def mail() -> None:
    """Take bounces and complaints, and check whether our mail is taken and believed.

    \b
    Postfix, in master.cf and transport:
      intake unix - n n - 4 pipe user=intake argv=/opt/intake/.venv/bin/intake mail receive
      bounces@clinic.example   intake:
    Any .forward or aliases file:
      bounces: "|/opt/intake/.venv/bin/intake mail receive"
    """  # noqa: D301 - click's sign for "leave these lines as they are"


@mail.command("receive")
def receive() -> None:
    """Read one mail from standard input, as a mail system pipes it.

    Ends with 0 for every mail that could be looked at, whatever it is: a mail to this address
    must not cause another. Ends with 75 when it should be tried again later.
    """
    raw = _standard_input()
    try:
        with opened() as intake, intake.database.write() as session:
            kind = take_mail(session, intake.keyring, raw, at=intake.clock())
    except IntakeError as later:
        click.echo(f"intake: try again later: {later}", err=True)
        raise click.exceptions.Exit(TRY_AGAIN) from later
    click.echo(kind or "nothing for us")


def _standard_input() -> bytes:
    """Return what is looked at, and read the rest, or the mail system sees a broken pipe."""
    stream = sys.stdin.buffer
    raw = stream.read(REPORT_MAX_BYTES)
    while stream.read(REPORT_MAX_BYTES):
        pass
    return raw


@mail.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def preflight(*, as_json: bool) -> None:
    """Look at From, SPF, DKIM, DMARC, Reply-To and the last real round trip.

    Asks DNS and sends nothing: the round trip is that of the last test inquiry, whose mail was
    looked for in its mailbox (imap). Where a record is missing, the one to add is shown. The exit
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
