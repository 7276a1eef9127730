"""An error speaks the reader's language, says what to do, and gives the phone number."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.bootstrap import Intake
from intake.errors import (
    Conflict,
    IntakeError,
    InvalidInput,
    Misconfigured,
    NotFound,
    NotPermitted,
    Problem,
    Unavailable,
)
from intake.web.app import create_app

SECRET = "Ana has lupus"
ERRORS: dict[str, tuple[Exception, int]] = {
    "not-found": (NotFound("page_unknown"), 404),
    "not-permitted": (NotPermitted("role"), 403),
    "conflict": (Conflict("changed"), 409),
    "invalid": (InvalidInput((Problem("phone", "missing"),)), 422),
    "unavailable": (Unavailable("database_busy"), 503),
    "misconfigured": (Misconfigured(("a fault",)), 500),
    "ours": (IntakeError("something"), 500),
    "bug": (ValueError(SECRET), 500),
}


@pytest.fixture(scope="module")
def failing(intake: Intake) -> Flask:
    """Give an application with one view for each way to fail."""
    app = create_app(intake)
    for prefix in ("", "/es", "/api"):
        for name, (error, _) in ERRORS.items():
            app.add_url_rule(
                f"{prefix}/fails/{name}", f"{prefix}{name}", _raiser(error), methods=["GET", "POST"]
            )
    return app


def _raiser(error: Exception) -> Callable[[], str]:
    def view() -> str:
        raise error

    return view


@pytest.mark.parametrize("name", ERRORS)
def test_each_family_has_its_status_and_says_nothing_of_itself(failing: Flask, name: str) -> None:
    answer = failing.test_client().get(f"/fails/{name}")

    text = answer.get_data(as_text=True)
    assert answer.status_code == ERRORS[name][1]
    assert '<html lang="en">' in text
    assert 'href="tel:+13055550100"' in text
    assert SECRET not in text
    assert "Traceback" not in text


@pytest.mark.parametrize("name", ERRORS)
def test_under_es_an_error_is_spanish(failing: Flask, name: str) -> None:
    text = failing.test_client().get(f"/es/fails/{name}").get_data(as_text=True)

    assert '<html lang="es">' in text
    assert "Ir a la página de inicio" in text
    assert "llame al +1 305 555 0100" in text.lower()


def test_whoever_was_sending_is_told_that_it_was_not_saved(failing: Flask) -> None:
    client = failing.test_client()

    assert "Your inquiry was not sent" in client.post("/fails/bug").get_data(as_text=True)
    assert "Your inquiry was not sent" not in client.get("/fails/bug").get_data(as_text=True)
    assert "Su solicitud no se envió" in client.post("/es/fails/unavailable").get_data(as_text=True)


def test_a_busy_service_says_when_to_come_back(failing: Flask) -> None:
    assert failing.test_client().get("/fails/unavailable").headers["Retry-After"] == "120"


def test_the_api_gets_a_code_and_no_page(failing: Flask) -> None:
    answer = failing.test_client().get("/api/fails/conflict")

    assert answer.status_code == 409
    assert answer.get_json() == {"error": "changed"}


def test_an_error_is_logged_by_its_kind_and_place_only(
    failing: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    failing.test_client().get("/fails/bug")

    logged = "".join(capfd.readouterr())
    assert "ValueError" in logged
    assert SECRET not in logged


@pytest.mark.parametrize(
    ("address", "title"), [("/nothing", "Page not found"), ("/es/nada", "No encontramos la página")]
)
def test_a_page_that_does_not_exist(client: FlaskClient, address: str, title: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 404
    assert title in answer.get_data(as_text=True)


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.delete("/conditions")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
