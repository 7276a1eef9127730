"""``intake db``: the schema, and whether the database is what durability needs."""

import json

import click

from intake.bootstrap import build
from intake.cli.opening import checked_settings
from intake.storage.migrate import current, downgrade, head, upgrade


@click.group()
def db() -> None:
    """Upgrade or check the database."""


@db.command("upgrade")
def upgrade_schema() -> None:
    """Bring the schema to the newest revision; safe to run again and from several machines."""
    intake = build(checked_settings())
    try:
        before = current(intake.database)
        upgrade(intake.database)
        intake.prepare()
        click.echo(f"The database is at {head()} (it was at {before or 'nothing'}).")
    finally:
        intake.close()


@db.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Data in what is dropped is gone. Go on?")
def downgrade_schema(revision: str) -> None:
    """Take the schema down to REVISION (`base` drops everything). Make a backup first."""
    intake = build(checked_settings())
    try:
        downgrade(intake.database, revision)
        click.echo(f"The database is at {current(intake.database) or 'nothing'}.")
    finally:
        intake.close()


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(*, as_json: bool) -> None:
    """Say which revision the database is at and assert what durability rests on."""
    intake = build(checked_settings())
    try:
        found = current(intake.database)
        intake.database.check()
    finally:
        intake.close()
    facts = {"dialect": intake.database.dialect, "revision": found, "newest": head()}
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    else:
        click.echo(f"{facts['dialect']}: at {found or 'nothing'}, newest is {head()}; durable.")
    if found != head():
        raise click.exceptions.Exit(1)
