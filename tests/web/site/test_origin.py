"""No other site can make somebody's inquiry carry a name of its own choosing."""

from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.site.asking import ANA, FORM, Fields, hidden, walk
from tests.web.site.conftest import count

HIDDEN = {"Origin": "null"}  # what an older browser says of a page with "no-referrer"


def post(client: FlaskClient, path: str, fields: object, **headers: str) -> TestResponse:
    return client.post(
        path,
        data=urlencode(fields, doseq=True),  # type: ignore[arg-type]
        content_type=FORM,
        headers={**HIDDEN, **headers},
    )


def key_on(page: str) -> str:
    return Fields(page).hidden["form_token"].partition(".")[0]


@pytest.mark.parametrize("path", ["/ask", "/ask/who", "/ask/all", "/ask/check"])
def test_a_token_put_there_by_another_site_names_no_submission(app: Flask, path: str) -> None:
    theirs = hidden(app.test_client(), "/ask/all")
    person = app.test_client()

    answer = post(person, path, {**theirs, "safety": "none", "full_name": "Ana"})
    page = answer.text if answer.status_code != 303 else person.get(answer.location).text

    assert key_on(page) != theirs["form_token"].partition(".")[0]


def test_nothing_is_sent_and_no_word_is_lost_when_the_origin_is_hidden(
    app: Flask, client: FlaskClient
) -> None:
    before = count(app, "inquiries")

    first = post(client, "/ask/all", {**hidden(client, "/ask/all"), **ANA})
    again = post(
        client,
        "/ask/all",
        {**Fields(first.text).hidden, **ANA},
        Origin=app.extensions["intake"].settings.base_url,
    )

    assert first.status_code == 422
    assert "Ana Díaz" in first.text
    assert again.status_code == 303
    assert count(app, "inquiries") == before + 1


def test_a_browser_that_says_it_is_our_own_page_may_hide_the_origin(client: FlaskClient) -> None:
    sent = {**hidden(client, "/ask/all"), **ANA}

    answer = post(client, "/ask/all", sent, **{"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/ask", "same-origin"),
        ("/es/ask/all", "same-origin"),
        ("/ask/who", "same-origin"),
        ("/ask/check", "same-origin"),
        ("/ask/received/x", "no-referrer"),
        ("/s/x", "no-referrer"),
        ("/privacy", "no-referrer"),
        ("/staff/login", "no-referrer"),
    ],
)
def test_a_form_lets_an_older_browser_say_that_it_is_ours(
    client: FlaskClient, path: str, policy: str
) -> None:
    walk(client, until="/ask/contact")

    assert client.get(path).headers["Referrer-Policy"] == policy
