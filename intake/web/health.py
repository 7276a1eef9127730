"""``/healthz``, ``/readyz`` and ``/metrics``: for machines that watch. No personal data."""

import hmac

from flask import Blueprint, Response, abort, jsonify, request

from intake.operations.metrics import metrics_text
from intake.operations.readiness import readiness
from intake.web.context import current, now

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """Say that this process answers; touches nothing else."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def ready() -> Response:
    """Say whether the database answers, whether a worker lives, and how messages fare.

    A silent worker is told but is no reason to send visitors away: messages wait in the outbox.
    Figures of each channel and the open alarms are for whoever shows the metrics token.
    """
    found = readiness(current().database, at=now())
    response = jsonify(
        ready=found.is_ready,
        database="answers" if found.database_answers else "away",
        worker="seen" if found.worker_is_alive else "silent",
        delivery=found.delivery,
        **({"detail": found.detail} if _shows_token() else {}),
    )
    response.status_code = 200 if found.is_ready else 503
    return response


@health.get("/metrics")
def metrics() -> Response:
    """Give the figures to whoever shows the token; without a token set, to nobody."""
    if not _shows_token():
        abort(404)
    text = metrics_text(current().database, at=now())
    return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _shows_token() -> bool:
    token = current().settings.metrics_token.get_secret_value()
    shown = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())
