"""``intake doctor``: what is well, what is not, and what to do about it."""

import json
from dataclasses import asdict, replace

import click

from intake.bootstrap import build
from intake.cli import SENTENCES
from intake.logs import configure_logs
from intake.operations.doctor import Patient, Verdict, examine
from intake.settings import load_settings

MARKS = {Verdict.GOOD: "ok  ", Verdict.WARNING: "note", Verdict.BAD: "BAD "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(*, as_json: bool) -> None:
    """Look at settings, disk, mail server, mailbox, database, audit, worker and channels.

    Signs in to the mail server and the mailbox; changes nothing and sends nothing. The exit
    status is 1 when something is bad.
    """
    settings = load_settings()
    configure_logs(settings.log_format)
    intake = build(settings)
    try:
        findings = examine(Patient(settings, intake.database, intake.catalog, intake.clock()))
    finally:
        intake.close()
    findings = tuple(
        replace(one, sentence=SENTENCES.get(one.sentence, one.sentence)) for one in findings
    )
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.verdict]} {finding.subject}: {finding.sentence}")
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise click.exceptions.Exit(1)
