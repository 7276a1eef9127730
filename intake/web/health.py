"""``/healthz``: this process answers. ``/readyz``: it can take an inquiry. No personal data."""

from flask import Blueprint, Response, jsonify

from intake.operations.readiness import readiness
from intake.web.context import current, now

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """Say that this process answers; touches nothing else."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def ready() -> Response:
    """Say whether the database answers, and whether a worker was seen in the last two minutes.

    A silent worker is told but is no reason to send visitors away: messages wait in the outbox.
    """
    found = readiness(current().database, at=now())
    response = jsonify(
        ready=found.is_ready,
        database="answers" if found.database_answers else "away",
        worker="seen" if found.worker_is_alive else "silent",
    )
    response.status_code = 200 if found.is_ready else 503
    return response
