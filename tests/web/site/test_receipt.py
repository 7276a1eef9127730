"""The receipt shows what to keep, in the reader's language and on both clocks."""

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.errors import Unavailable
from tests.web.site.asking import ANA, fill
from tests.web.site.conftest import Clock


def sent(client: FlaskClient, prefix: str = "", **changes: str | list[str]) -> str:
    answer = fill(client, f"{prefix}/ask/all", {**ANA, **changes})
    assert answer.status_code == 303, answer.text[:2000]
    return answer.headers["Location"]


def test_the_receipt_shows_reference_code_link_answers_and_permissions(client: FlaskClient) -> None:
    page = client.get(sent(client))

    html5lib.HTMLParser(strict=True).parse(page.text)
    assert page.text.count("<h1") == 1
    for words in ("Your reference is", "Your code", "/s/", "What happens next", "Ana Díaz",
                  "(305) 555-0123", "Contact about this", "Lupus"):  # fmt: skip
        assert words in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers


def test_the_promise_stands_on_the_clock_of_the_clinic(client: FlaskClient) -> None:
    assert "Tue, Nov 24, 12 pm ET" in client.get(sent(client)).text
    assert "phone call or email" in client.get(sent(client)).text


def test_the_promise_stands_on_the_clock_of_the_person_too(client: FlaskClient) -> None:
    page = client.get(sent(client, state="CA"))

    assert "Tue, Nov 24, 12 pm ET (9 am where you live)" in page.text


def test_the_receipt_is_in_the_language_of_the_page(client: FlaskClient) -> None:
    page = client.get(sent(client, "/es"))

    assert '<html lang="es">' in page.text
    assert "Recibimos su solicitud" in page.text
    assert "teléfono o correo electrónico" in page.text
    assert "/es/s/" in page.text


def test_without_email_it_says_that_no_copy_comes(client: FlaskClient) -> None:
    page = client.get(sent(client, contact_by="call", email=""))

    assert "We cannot send you a copy." in page.text


def test_the_receipt_is_gone_after_a_day(client: FlaskClient, clock: Clock) -> None:
    address = sent(client)
    clock.advance(hours=24)

    assert client.get(address).status_code == 404
    assert client.get("/ask/received/nonsense").status_code == 404


def test_a_receipt_whose_reading_cannot_be_recorded_comes_without_the_answers(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sent(client)

    def busy(self: object) -> None:
        raise Unavailable("database_busy")

    monkeypatch.setattr(type(app.extensions["intake"].database), "write", busy)
    page = client.get(address)

    assert page.status_code == 200
    assert "Your reference is" in page.text
    assert "Ana Díaz" not in page.text
