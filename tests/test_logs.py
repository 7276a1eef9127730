"""What libraries log is kept from telling a secret or writing a line of its own."""

import io
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog
from flask import Flask

from intake.crypto.tokens import new_secret
from intake.logs import configure_logs


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """Send every log line to standard error, as a served process does."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    configure_logs("text")
    yield stream.getvalue
    root.handlers[:] = kept
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_path_with_a_secret_is_not_logged(told: Callable[[], str]) -> None:
    secret = new_secret()
    app = Flask("failing")

    @app.after_request
    def fail(_response: object) -> object:
        raise ValueError(secret)

    app.test_client().get(f"/s/{secret}%0aWARNING%20made%20up")

    lines = told()
    assert "Exception on /s/[secret]?WARNING made up" in lines
    assert secret not in lines
    assert not any(line.startswith("WARNING") for line in lines.splitlines())
