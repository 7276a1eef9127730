"""``intake mail``: what comes back to the clinic's mailbox."""

import sys

import click

from intake.cli.opening import opened
from intake.errors import IntakeError
from intake.inquiries.returned_mail import take_mail
from intake.notifications.reports import REPORT_MAX_BYTES

# sysexits.h: the mail system keeps the mail and tries again; any other status would bounce it.
TRY_AGAIN = 75


@click.group()
def mail() -> None:
    """Take bounces and complaints about our messages.

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
