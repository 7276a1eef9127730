"""Log lines hold named facts only; exceptions lose what they said."""

import io
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog
from flask import Flask

from intake.crypto.tokens import new_secret
from intake.logs import configure_logs, only_allowed, where_of


def test_keys_that_are_not_on_the_list_are_dropped() -> None:
    kept = only_allowed(
        None, "info", {"event": "x", "status": 200, "full_name": "Ana", "path": "/"}
    )

    assert kept == {"event": "x", "status": 200}


def test_a_traceback_loses_the_message_of_its_exception(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("text")

    typed = " ".join(["Ana", "has", "lup" + "us"])

    try:
        raise ValueError(typed)
    except ValueError:
        logging.getLogger("some.library").exception("it failed")

    shown = capsys.readouterr().err
    assert "it failed" in shown
    assert "ValueError" in shown
    assert "lupus" not in shown


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    configure_logs("json")

    structlog.get_logger().info("worker_started", worker="w1", email="ana@mail.example.org")

    line = json.loads(capsys.readouterr().err)
    assert line["worker"] == "w1"
    assert "email" not in line


def test_where_names_class_and_place_only() -> None:
    try:
        raise KeyError("a secret")
    except KeyError as error:
        place = where_of(error)

    assert place.startswith("KeyError at test_where_names_class_and_place_only:")
    assert "secret" not in place


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
