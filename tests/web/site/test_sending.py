"""Send: one inquiry however often it is pressed, and never a false success."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from intake.errors import Unavailable
from intake.web.form_token import FormToken, write_token
from intake.web.site import sending
from intake.web.site.inquiry_form import form_secret
from tests.web.site.asking import ANA, STEPS, Fields, fill, hidden, post, walk
from tests.web.site.conftest import Clock, count


def reasons(app: Flask) -> list[str]:
    """Return the doubts about the newest inquiry."""
    with app.extensions["intake"].database.read() as session:
        found = session.execute(
            text("SELECT spam_reasons FROM inquiries ORDER BY id DESC LIMIT 1")
        ).scalar_one()
    return list(json.loads(found) if isinstance(found, str) else found)


@contextmanager
def closed_door() -> Iterator[Session]:
    raise Unavailable("database_busy")
    yield


def close_the_door(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        type(app.extensions["intake"].database), "write", lambda self: closed_door()
    )


def test_send_stores_one_inquiry_and_leads_to_its_receipt(both_apps: Flask) -> None:
    client = both_apps.test_client()
    walk(client)

    answer = post(client, "/ask/check", hidden(client, "/ask/check"))
    receipt = client.get(answer.headers["Location"])

    assert answer.status_code == 303
    assert receipt.status_code == 200
    assert "We received your inquiry" in receipt.text
    assert "Ana Díaz" in receipt.text
    assert receipt.headers["Cache-Control"] == "no-store"
    assert count(both_apps, "inquiries") == 1


def test_the_one_page_form_sends_without_any_cookie(both_apps: Flask) -> None:
    client = both_apps.test_client(use_cookies=False)

    answer = fill(client, "/es/ask/all", ANA)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/es/ask/received/")
    assert "Set-Cookie" not in answer.headers
    assert "Recibimos su solicitud" in client.get(answer.headers["Location"]).text


def test_twenty_sendings_at_once_are_one_inquiry(both_apps: Flask) -> None:
    fields = {**hidden(both_apps.test_client(), "/ask/all"), **ANA}
    start, found = threading.Barrier(20), []

    def press() -> None:
        client = both_apps.test_client(use_cookies=False)
        start.wait()
        answer = post(client, "/ask/all", fields)
        found.append((answer.status_code, answer.headers.get("Location")))

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {status for status, _ in found} == {303}
    assert len({location for _, location in found}) == 1
    assert count(both_apps, "inquiries") == 1


def test_pressing_send_again_on_the_check_page_is_the_same_inquiry(
    app: Flask, client: FlaskClient
) -> None:
    walk(client)
    fields, before = hidden(client, "/ask/check"), count(app, "inquiries")

    first = post(client, "/ask/check", fields)
    second = post(client, "/ask/check", fields)

    assert first.headers["Location"] == second.headers["Location"]
    assert count(app, "inquiries") == before + 1


@pytest.mark.parametrize("address", ["/ask/who", "/ask/contact/more", "/ask/check"])
def test_back_after_send_says_so_with_the_reference(client: FlaskClient, address: str) -> None:
    walk(client)
    receipt = post(client, "/ask/check", hidden(client, "/ask/check")).headers["Location"]

    page = client.get(address)

    assert "You already sent this inquiry" in page.text
    assert f'href="{receipt}"' in page.text
    assert "Ana Díaz" not in page.text


@pytest.mark.parametrize("address", ["/ask/who", "/ask/check"])
def test_an_hour_after_send_the_browser_leads_nobody_to_the_receipt(
    client: FlaskClient, clock: Clock, address: str
) -> None:
    """The next person at a shared computer is another one, and the receipt opens for a day."""
    walk(client)
    receipt = post(client, "/ask/check", hidden(client, "/ask/check")).headers["Location"]
    clock.advance(minutes=61)

    answer = client.get(address)

    assert answer.headers["Location"] == "/ask"
    assert receipt not in answer.text
    assert client.get_cookie("answers-0") is None


def test_a_new_inquiry_after_one_that_was_sent_is_another_one(
    app: Flask, client: FlaskClient
) -> None:
    before = count(app, "inquiries")
    for _ in range(2):
        walk(client)
        post(client, "/ask/check", hidden(client, "/ask/check"))

    assert count(app, "inquiries") == before + 2


def test_problems_on_the_check_page_link_to_the_page_that_mends_them(
    app: Flask, client: FlaskClient
) -> None:
    walk(client, until="/ask/permissions")
    page = fill(client, "/ask/permissions", {"perm_contact": "yes", "keep": "1"})
    before = count(app, "inquiries")

    answer = post(client, "/ask/check", Fields(page.text).hidden)

    assert answer.status_code == 422
    assert 'href="/ask/permissions?to=check#f-perm_health"' in answer.text
    assert count(app, "inquiries") == before


def test_an_expired_cookie_loses_no_word_at_send(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    walk(client)
    fields, before = hidden(client, "/ask/check"), count(app, "inquiries")
    clock.advance(hours=3)

    answer = post(client, "/ask/check", fields)

    assert answer.status_code == 303
    assert count(app, "inquiries") == before + 1


def test_a_check_page_open_over_night_is_shown_again_and_the_second_click_works(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    walk(client)
    clock.advance(minutes=30)
    fields, before = hidden(client, "/ask/check"), count(app, "inquiries")
    clock.advance(hours=23, minutes=50)

    first = post(client, "/ask/check", fields)
    second = post(client, "/ask/check", Fields(first.text).hidden)

    assert first.status_code == 422
    assert "Your page was open for a long time." in first.text
    assert "Ana Díaz" in first.text
    assert second.status_code == 303
    assert count(app, "inquiries") == before + 1
    assert "token_old" in reasons(app)


def test_an_old_one_page_form_comes_back_filled_for_the_same_submission(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    fields = {**hidden(client, "/ask/all"), **ANA}
    sent = post(client, "/ask/all", fields)
    before = count(app, "inquiries")
    clock.advance(hours=23, minutes=59)
    clock.advance(minutes=2)

    again = post(client, "/ask/all", fields)
    second = post(client, "/ask/all", {**fields, **Fields(again.text).hidden})

    assert again.status_code == 422
    assert Fields(again.text).filled["full_name"] == ["Ana Díaz"]
    assert second.headers["Location"] == sent.headers["Location"]
    assert count(app, "inquiries") == before


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c.d", "\x00", "x" * 5000])
def test_a_foreign_token_never_loses_a_word(client: FlaskClient, token: str) -> None:
    answer = post(client, "/ask/all", {**ANA, "form_token": token})
    second = post(client, "/ask/all", {**Fields(answer.text).hidden, **ANA})

    assert answer.status_code == 422
    assert Fields(answer.text).filled["story"] == [str(ANA["story"])]
    assert second.status_code == 303


def test_another_site_cannot_send(client: FlaskClient) -> None:
    fields = {**hidden(client, "/ask/all"), **ANA}

    answer = post(client, "/ask/all", fields, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_a_database_that_is_busy_keeps_everything_in_the_page(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {**hidden(client, "/ask/all"), **ANA}
    with monkeypatch.context() as patch:
        close_the_door(app, patch)
        answer = post(client, "/ask/all", fields)

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Your inquiry was not sent." in answer.text
    assert "+1 305 555 0100" in answer.text
    assert "We received" not in answer.text
    assert Fields(answer.text).filled == {
        name: [given] if isinstance(given, str) else list(given) for name, given in ANA.items()
    }
    before = count(app, "inquiries")
    again = post(client, "/ask/all", {**Fields(answer.text).hidden, **Fields(answer.text).filled})
    assert again.status_code == 303
    assert count(app, "inquiries") == before + 1


def test_a_busy_database_at_the_check_page_keeps_everything_too(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(client, prefix="/es")
    fields = hidden(client, "/es/ask/check")
    with monkeypatch.context() as patch:
        close_the_door(app, patch)
        answer = post(client, "/es/ask/check", fields)

    assert answer.status_code == 503
    assert "Su solicitud no se envió." in answer.text
    assert Fields(answer.text).filled["full_name"] == ["Ana Díaz"]
    assert post(client, "/es/ask/check", fields).status_code == 303


def test_above_the_ceiling_the_text_is_kept_in_the_page(app: Flask, client: FlaskClient) -> None:
    fields = {**hidden(client, "/ask/all"), **ANA}
    with app.app_context():
        senders = sending.senders()
    most, senders.per_second = senders.per_second, 0
    try:
        answer = post(client, "/ask/all", fields)
    finally:
        senders.per_second = most

    assert answer.status_code == 429
    assert "Retry-After" in answer.headers
    assert Fields(answer.text).filled["story"] == [str(ANA["story"])]


def test_odd_sendings_are_stored_with_their_signs(app: Flask, client: FlaskClient) -> None:
    fields = {**hidden(client, "/ask/all"), **ANA, "website": "https://spam.example"}

    answer = post(client, "/ask/all", fields)

    assert answer.status_code == 303
    assert {"honeypot", "too_fast"} <= set(reasons(app))
    assert "We received your inquiry" in client.get(answer.headers["Location"]).text


def test_a_trap_filled_on_a_step_is_remembered_until_send(app: Flask, client: FlaskClient) -> None:
    walk(client, until="/ask/question")
    fill(client, "/ask/question", {"story": "hello", "website": "x"})
    fill(client, "/ask/contact", {"contact_by": "email", "email": "a@example.org",
                                  "country": "ES"})  # fmt: skip
    fill(client, "/ask/language", {"language": "en"})
    fill(client, "/ask/permissions", {"perm_contact": "yes", "perm_health": "yes"})

    post(client, "/ask/check", hidden(client, "/ask/check"))

    assert "honeypot" in reasons(app)


def test_many_sendings_from_one_address_are_all_stored(app: Flask) -> None:
    before = count(app, "inquiries")
    for _ in range(10):
        client = app.test_client(use_cookies=False)
        assert fill(client, "/ask/all", ANA).status_code == 303

    assert count(app, "inquiries") == before + 10
    assert "rate" in reasons(app)


def test_the_source_and_the_version_of_the_form_are_kept(app: Flask, client: FlaskClient) -> None:
    walk(client, prefix="/es")
    post(client, "/es/ask/check", hidden(client, "/es/ask/check"))

    with app.extensions["intake"].database.read() as session:
        row = session.execute(
            text("SELECT source, form_version, language FROM inquiries ORDER BY id DESC LIMIT 1")
        ).one()

    assert row.source == "steps"
    assert len(row.form_version) == 16
    assert row.language == "es"


def test_answers_sealed_in_a_page_belong_to_its_token_only(app: Flask, client: FlaskClient) -> None:
    walk(client)
    sealed = hidden(client, "/ask/check")["answers"]
    stranger = app.test_client(use_cookies=False)
    token = hidden(stranger, "/ask/all")["form_token"]

    answer = post(stranger, "/ask/check", {"form_token": token, "answers": sealed})

    assert answer.status_code == 200
    assert "Ana Díaz" not in answer.text


def test_a_token_is_signed_with_the_keys_of_this_service(app: Flask) -> None:
    with app.test_request_context("/ask"):
        token = write_token(FormToken("key", app.extensions["intake"].clock()), b"x" * 32)
        assert form_secret() != b"x" * 32

    answer = post(app.test_client(), "/ask/all", {**ANA, "form_token": token})

    assert answer.status_code == 422


def test_a_second_tab_never_takes_the_answers_of_the_first(app: Flask, client: FlaskClient) -> None:
    walk(client)
    first_tab = hidden(client, "/ask/check")
    sent = post(client, "/ask/check", first_tab).headers["Location"]
    walk(client, {**ANA, "full_name": "Rosa Díaz"})
    before = count(app, "inquiries")

    again = post(client, "/ask/check", first_tab)
    second = post(client, "/ask/check", hidden(client, "/ask/check"))

    assert again.headers["Location"] == sent
    assert second.headers["Location"] != sent
    assert "Rosa Díaz" in client.get(second.headers["Location"]).text
    assert count(app, "inquiries") == before + 1


def test_a_check_page_signed_by_other_keys_keeps_its_answers(client: FlaskClient) -> None:
    walk(client)
    fields = {**hidden(client, "/ask/check"), "form_token": "nonsense"}

    first = post(client, "/ask/check", fields)
    second = post(client, "/ask/check", Fields(first.text).hidden)

    assert first.status_code == 422
    assert "Ana Díaz" in first.text
    assert second.status_code == 303


def test_a_check_page_without_cookie_or_seal_loses_only_what_was_cleared(
    app: Flask,
) -> None:
    answer = post(app.test_client(), "/ask/check", {"form_token": "x", "answers": "x"})

    assert answer.status_code == 200
    assert "We cleared your answers" in answer.text


def test_a_step_posted_after_send_says_that_it_was_sent(client: FlaskClient) -> None:
    walk(client)
    step = hidden(client, "/ask/about")
    post(client, "/ask/check", hidden(client, "/ask/check"))

    answer = post(client, "/ask/about", {**step, "full_name": "Ana", "age_band": "40_64"})

    assert "You already sent this inquiry" in answer.text


def test_a_start_page_from_before_send_begins_another_inquiry(
    app: Flask, client: FlaskClient
) -> None:
    walk(client)
    start = hidden(client, "/ask")
    post(client, "/ask/check", hidden(client, "/ask/check"))
    before = count(app, "inquiries")

    post(client, "/ask", {**start, "safety": "none"})
    for address, names in STEPS[1:]:
        fill(client, address, {name: ANA[name] for name in names})
    answer = post(client, "/ask/check", hidden(client, "/ask/check"))

    assert answer.status_code == 303
    assert count(app, "inquiries") == before + 1
