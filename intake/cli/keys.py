"""``intake keys``: make the keys, and print the kit that opens everything again."""

from pathlib import Path

import click

from intake.cli.opening import checked_settings
from intake.crypto.keyfile import write_private
from intake.crypto.keyring import create_keyring, recovery_kit, restore_from_kit
from intake.logs import configure_logs
from intake.settings import load_settings


@click.group()
def keys() -> None:
    """Make the keys and print the recovery kit.

    Without the keys nothing a person sent can ever be read again. Print the kit on the first
    day and lock it away: not on this machine, not beside the backups.
    """


@keys.command()
def create() -> None:
    """Make a new key ring; refuses to overwrite one."""
    settings = load_settings()
    configure_logs(settings.log_format)
    create_keyring(settings.keyring_path)
    click.echo(f"Keys made at {settings.keyring_path} (only you can read the file).")
    click.echo("Print the recovery kit now: intake keys recovery-kit")


@keys.command("recovery-kit")
def kit() -> None:
    """Print the kit: paper that can rebuild the key ring, with a checksum on each line."""
    click.echo(recovery_kit(checked_settings().keyring_path))


@keys.command()
@click.argument("kit_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(kit_file: Path) -> None:
    """Rebuild the key ring from a typed-in or scanned kit; a wrong line is named."""
    settings = load_settings()
    content = restore_from_kit(kit_file.read_text(encoding="utf-8")).decode()
    write_private(settings.keyring_path, content, replace=False)
    click.echo(f"Keys restored at {settings.keyring_path}.")
