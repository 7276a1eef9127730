"""Log lines hold named facts only; exceptions lose what they said."""

import logging

import pytest
import structlog

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
