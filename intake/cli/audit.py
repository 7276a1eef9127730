"""``intake audit``: prove that nobody changed what was recorded."""

import json
from pathlib import Path

import click

from intake.audit.checkpoints import export, verify
from intake.cli.opening import opened


@click.group()
def audit() -> None:
    """Verify or export the audit trail."""


@audit.command("verify")
@click.option(
    "--exported",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Checkpoints exported earlier: a missing last one is found only against a copy.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify_trail(exported: Path | None, *, as_json: bool) -> None:
    """Recompute every checkpoint; the exit status is 0 only when all of them hold."""
    copy = exported.read_text(encoding="utf-8") if exported else None
    with opened() as intake, intake.database.read() as session:
        report = verify(session, intake.keyring.verify_key(), exported=copy)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "ok": report.ok,
                    "problems": list(report.problems),
                    "events": report.events,
                    "checkpoints": report.checkpoints,
                    "unsealed": report.unsealed,
                },
                indent=2,
            )
        )
    else:
        for problem in report.problems:
            click.echo(f"- {problem}")
        click.echo(
            f"{'Whole' if report.ok else 'CHANGED'}: {report.events} events in "
            f"{report.checkpoints} checkpoints, {report.unsealed} not sealed yet."
        )
    if not report.ok:
        raise click.exceptions.Exit(1)


@audit.command("export")
def export_checkpoints() -> None:
    """Print the checkpoints as JSON lines; keep the copy on another machine."""
    with opened() as intake, intake.database.read() as session:
        click.echo(export(session), nl=False)
