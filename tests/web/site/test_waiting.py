"""How long people waited, before the form and on the receipt: told when the worker has counted."""

from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from intake.desk.numbers.answer_times import DAYS, AnswerTimes
from intake.desk.numbers.models import AnswerTime
from intake.storage.database import Database
from intake.web.changing import KEY
from intake.web.site.waiting_words import waiting_words
from tests.factories import an_inquiry
from tests.web.site.conftest import Clock

PROMISE = "We aim to contact you within 1 business day."
ENGLISH = (
    "In the last 30 days, half of the people heard from us within 5 hours, and 9 of 10 within"
    " 2 days. That is how it was. It is not a promise."
)
SPANISH = (
    "En los últimos 30 días, la mitad de las personas tuvo noticias nuestras en 5 horas o menos,"
    " y 9 de cada 10 en 2 días o menos. Así fue. No es una promesa."
)
HALF = (
    "In the last 30 days, half of the people heard from us within 1 day."
    " That is how it was. It is not a promise."
)
BEFORE_THE_FORM = {"/": ENGLISH, "/ask": ENGLISH, "/es/": SPANISH, "/es/ask": SPANISH}


@pytest.fixture
def told(app: Flask, clock: Clock) -> None:
    """Let the worker have counted, and the minute be over for which pages stay as they are."""
    _counted(app, clock, half_minutes=300, nine_minutes=2880)
    app.extensions[KEY].forget()


def _counted(app: Flask, clock: Clock, **minutes: int | None) -> None:
    with app.extensions["intake"].database.write() as session:
        session.execute(text("DELETE FROM answer_times"))
        session.execute(insert(AnswerTime).values(days=DAYS, counted_at=clock(), **minutes))


def _forgotten(app: Flask, clock: Clock) -> None:
    with app.extensions["intake"].database.write() as session:
        session.execute(text("DELETE FROM answer_times"))
    clock.advance(minutes=2)
    app.extensions[KEY].forget()  # the clock of another test stood where this one's stands


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("address", BEFORE_THE_FORM)
def test_it_stands_before_the_form_in_both_languages(client: FlaskClient, address: str) -> None:
    assert BEFORE_THE_FORM[address] in client.get(address).text


@pytest.mark.usefixtures("told")
def test_it_stands_on_the_receipt(app: Flask, client: FlaskClient, clock: Clock) -> None:
    service = app.extensions["intake"]
    receipt = an_inquiry(service.database, at=clock())

    assert ENGLISH in client.get(f"/ask/received/{receipt.receipt_token}").text
    assert SPANISH in client.get(f"/es/ask/received/{receipt.receipt_token}").text


def test_too_few_answers_leave_the_promise_alone(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    _forgotten(app, clock)

    for address in ("/", "/ask"):
        page = client.get(address).text
        assert PROMISE in page
        assert "30 days" not in page


def test_a_page_that_was_drawn_follows_within_minutes_with_another_etag(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    _forgotten(app, clock)
    before = client.get("/")
    _counted(app, clock, half_minutes=60, nine_minutes=60)

    at_once = client.get("/", headers={"If-None-Match": before.headers["ETag"]})
    clock.advance(minutes=2)
    later = client.get("/", headers={"If-None-Match": before.headers["ETag"]})

    assert at_once.status_code == 304
    assert later.status_code == 200
    assert "9 of 10 people heard from us within 1 hour." in later.text


def test_a_database_that_does_not_answer_changes_nothing(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    _counted(app, clock, half_minutes=60, nine_minutes=60)
    app.extensions[KEY].forget()
    assert "within 1 hour" in client.get("/").text
    with app.extensions["intake"].database.write() as session:
        session.execute(text("ALTER TABLE answer_times RENAME TO away"))
    clock.advance(minutes=2)

    page = client.get("/")

    with app.extensions["intake"].database.write() as session:
        session.execute(text("ALTER TABLE away RENAME TO answer_times"))
    assert page.status_code == 200
    assert "within 1 hour" in page.text


@pytest.mark.usefixtures("told")
def test_it_is_read_once_a_minute_and_not_for_each_request(
    app: Flask, client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/ask")
    reads = 0
    really = Database.read

    def read(self: Database) -> AbstractContextManager[Session]:
        nonlocal reads
        reads += 1
        return really(self)

    monkeypatch.setattr(Database, "read", read)

    for _ in range(20):
        client.get("/")
        client.get("/ask")
        clock.advance(seconds=1)

    assert reads == 0
    clock.at += timedelta(minutes=1)
    client.get("/")
    assert reads == 2  # what stands now, and the closures, which submissions ask for too


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (None, ""),
        (AnswerTimes(None, None), "Right now many people wait longer than that."),
        (
            AnswerTimes(1440, None),
            HALF,
        ),
    ],
)
def test_what_cannot_be_said_is_left_out(times: AnswerTimes | None, words: str) -> None:
    assert waiting_words(times, "en") == words
