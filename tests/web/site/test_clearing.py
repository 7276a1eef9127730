"""Clearing by a page that stood open too long, and what "Keep going" keeps on the last pages."""

import pytest
from flask.testing import FlaskClient

from tests.web.site.asking import ANA, Fields, hidden, post, walk
from tests.web.site.conftest import Clock

IDLE = "because the page was idle"


def test_an_idle_page_clears_the_browser_and_says_why(client: FlaskClient, clock: Clock) -> None:
    walk(client, until="/ask/contact")
    page = hidden(client, "/ask/contact")
    clock.advance(minutes=60)

    answer = post(client, "/ask/clearing", {**page, "clear": "idle"})

    assert IDLE in answer.text
    assert client.get_cookie("answers-0") is None


def test_a_forgotten_tab_leaves_answers_in_use_alone(client: FlaskClient, clock: Clock) -> None:
    walk(client, until="/ask/contact")
    page = hidden(client, "/ask/contact")
    clock.advance(minutes=30)

    answer = post(client, "/ask/clearing", {**page, "clear": "idle"})

    assert answer.status_code == 303
    assert answer.location == "/ask"
    assert Fields(client.get("/ask/about").text).filled["full_name"] == ["Ana Díaz"]


def test_without_a_cookie_an_idle_page_is_told_so_too(client: FlaskClient) -> None:
    answer = post(client, "/ask/clearing", {"clear": "idle"})

    assert answer.status_code == 200
    assert IDLE in answer.text


@pytest.mark.parametrize("address", ["/ask/check", "/ask/all"])
def test_keep_going_sends_nothing_and_keeps_everything(
    client: FlaskClient, clock: Clock, address: str
) -> None:
    walk(client)
    page = hidden(client, address)
    clock.advance(minutes=56)

    answer = post(client, address, {**page, **ANA, "keep": "1"})

    assert answer.status_code == 200
    assert "There is a problem" not in answer.text
    assert "Ana Díaz" in answer.text
    clock.advance(minutes=30)
    if address == "/ask/check":
        assert "Ana Díaz" in client.get("/ask/check").text


def test_the_pages_with_answers_carry_the_warning(client: FlaskClient) -> None:
    walk(client)

    for address in ("/ask/about", "/ask/check", "/ask/all"):
        page = client.get(address).text
        assert 'data-idle="60"' in page, address
        assert 'name="keep"' in page, address
    assert "data-idle" not in client.get("/ask").text
