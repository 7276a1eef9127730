"""``intake serve``: pages and the desk, in several processes on one socket."""

import os
import socket
import threading

import click

from intake.bootstrap import build
from intake.cli.opening import checked_settings, demand_newest_schema, opened
from intake.settings import Settings
from intake.web.app import create_app, finish
from intake.web.serve import listen, serve_processes
from intake.web.serve import serve as serve_one


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--processes",
    default=os.cpu_count() or 1,
    show_default="one for each core",
    type=click.IntRange(1, 64),
)
def serve(host: str, port: int, processes: int) -> None:
    """Serve only: no migration, no keys made, no delivery.

    Run `intake db upgrade` first, and `intake worker` beside it. SIGTERM finishes the requests
    in progress and then stops.
    """
    settings = checked_settings()
    with opened(settings) as intake:
        intake.database.check()
    listening = bound(host, port)
    click.echo(f"Serving on http://{host}:{port} in {processes} processes.")

    def child(shared_socket: socket.socket, stop: threading.Event) -> None:
        run_child(settings, shared_socket, stop, processes)

    serve_processes(child, listening, processes)


def run_child(
    settings: Settings, listening: socket.socket, stop: threading.Event, processes: int
) -> None:
    """Build everything after the fork, then answer until stopped."""
    intake = build(settings)
    try:
        demand_newest_schema(intake)
        application = create_app(intake, processes=processes)
        serve_one(application, listening, stop, trusted_proxies=settings.limits.trusted_proxies)
        finish(application)
    finally:
        intake.close()


def bound(host: str, port: int) -> socket.socket:
    """Listen, or say in a sentence why that cannot be."""
    try:
        return listen(host, port)
    except OSError as taken:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {taken.strerror}; choose another with --port"
        ) from taken
