"""The ``intake`` command: one file for each noun, imported only when it is used."""

import importlib
import os
import sys
from collections.abc import Mapping
from types import MappingProxyType

import click

from intake.errors import IntakeError, Misconfigured

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "up": "Set up whatever is missing, serve and deliver: everything in one process.",
        "serve": "Serve pages and the desk only, in several processes.",
        "worker": "Deliver notifications and do the chores.",
        "db": "Upgrade or check the database.",
        "outbox": "List messages, send dead letters again, take messages back.",
        "mail": "Take bounces and complaints; check whether our mail is believed.",
        "ledger": "Check that each reference ever shown has its inquiry.",
        "staff": "Invite, list and deactivate members of staff.",
        "keys": "Make the keys and print the recovery kit.",
        "settings": "Check every setting.",
        "pages": "Say how hard each page is to read; write the pages into files.",
        "audit": "Verify or export the audit trail.",
        "numbers": "Count every day anew for the numbers page.",
        "demo": "Fill the desk with made-up people.",
        "doctor": "Look at everything and say what is wrong.",
    }
)
EXIT_MISCONFIGURED = 2
EXIT_REFUSED = 1


class _Lazy(click.Group):
    """Lists commands without importing them, so that ``--help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"intake.cli.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from :data:`COMMANDS`, importing nothing."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="clinic-intake")
def cli() -> None:
    """Patient inquiry and lead intake for a clinic.

    Start with `intake up`: it makes keys and a database under var/, serves on
    http://127.0.0.1:8000 and prints a link for the first administrator.
    Settings come from config/clinic.toml and INTAKE_* variables; `intake settings check`
    names every fault. Each command explains itself with --help.
    """


def main() -> None:
    """Run the command line; errors of ours end in a sentence and a status, never a stack trace."""
    os.umask(0o077)  # nothing this program writes is for other users of the machine
    try:
        status = cli(standalone_mode=False)
    except Misconfigured as wrong:
        for fault in wrong.faults:
            click.echo(f"intake: {fault}", err=True)
        sys.exit(EXIT_MISCONFIGURED)
    except IntakeError as refused:
        click.echo(f"intake: {SENTENCES.get(refused.code, refused.code)}", err=True)
        sys.exit(EXIT_REFUSED)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except click.Abort:
        click.echo("intake: stopped", err=True)
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "last_administrator": "this is the last administrator who can sign in; make another first",
        "staff_inactive": "this account is not active",
        "database_busy": "the database is locked by another program; try again in a moment",
        "database_full": "the database cannot be written: is the disk full or the file read-only?",
        "database_away": "the database cannot be reached; check INTAKE_DATABASE_URL",
        "staff_unknown": "nobody with that e-mail address is a member of staff",
        "channel_unknown": "there is no channel of that name; `intake outbox list` shows them",
        "staff_exists": "somebody with that e-mail address is a member of staff already",
    }
)
