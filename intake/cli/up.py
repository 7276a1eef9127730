"""``intake up``: from nothing to a running service in one process."""

import threading
from urllib.parse import urlsplit

import click

from intake.bootstrap import Intake, build
from intake.cli.serve import bound
from intake.cli.staff import invite_first_administrator
from intake.crypto.keyring import create_keyring
from intake.errors import Misconfigured
from intake.logs import configure_logs
from intake.settings import Settings, load_settings, unsafe_in_production
from intake.storage.migrate import upgrade
from intake.web.app import create_app, finish
from intake.web.serve import serve, stop_on_signals


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def up(host: str, port: int) -> None:
    """Set up whatever is missing, then serve and deliver in one process.

    First start: makes the data folder and keys, brings the database to the newest schema and
    prints a one-time link for the first administrator. Later starts only serve. Without a mail
    relay (smtp.host), messages are written to var/outbox-mail/.
    """
    settings = prepared_settings(port)
    listening = bound(host, port)
    intake = build(settings)
    try:
        upgrade(intake.database)
        intake.prepare()
        intake.database.check()
        application = create_app(intake)
        stop = stop_on_signals()
        worker = intake.worker()
        delivering = threading.Thread(target=worker.run, args=(stop,), name="worker")
        delivering.start()
        greet(intake, host, port)
        serve(application, listening, stop, trusted_proxies=settings.limits.trusted_proxies)
        finish(application)
        delivering.join()
    finally:
        intake.close()


def prepared_settings(port: int) -> Settings:
    """Read the settings; on a first start make the data folder and the keys."""
    settings = load_settings()
    if not settings.production and urlsplit(settings.base_url).port != port:
        settings = settings.model_copy(update={"base_url": f"http://{settings.host}:{port}"})
    configure_logs(settings.log_format, debug=settings.debug)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not settings.keyring_path.exists():
        create_keyring(settings.keyring_path)
        click.echo(f"Made keys at {settings.keyring_path}. Print: intake keys recovery-kit")
    faults = unsafe_in_production(settings)
    if faults:
        raise Misconfigured(faults)
    return settings


def greet(intake: Intake, host: str, port: int) -> None:
    """Say where everything is: the first thing a new operator reads."""
    settings = intake.settings
    click.echo(
        f"Serving {settings.clinic.name} on http://{host}:{port} (staff: {settings.base_url}/staff)"
    )
    if not settings.smtp.host:
        click.echo(f"No mail relay is set: messages are written to {settings.mailbox_dir}/")
    invitation = invite_first_administrator(intake)
    if invitation:
        click.echo(
            f"First administrator: {invitation.email}\n"
            f"  Choose a password within 24 hours: {invitation.url}"
        )
    click.echo("Stop with Ctrl-C.")
