"""Where proof of work is on, it is one sign among others; where it is off, nothing is there."""

import threading
from collections.abc import Mapping
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from intake.bootstrap import Intake
from intake.settings import Settings
from intake.storage.database import Database
from intake.web.app import create_app
from intake.web.site import proof
from tests.web.site.asking import ANA, Fields, Given, hidden, post, walk
from tests.web.site.conftest import Clock, count, made_app, shipped
from tests.web.site.test_proof import solved
from tests.web.site.test_sending import reasons

ON = "; connect-src 'self'; worker-src 'self'"
SENDING = ("/ask/check", "/ask/all", "/es/ask/check", "/es/ask/all")


def switched_on(settings: Settings) -> Settings:
    return settings.model_copy(update={"form": settings.form.model_copy(update={"altcha": True})})


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "COUNTERS", range(1, 9))


@pytest.fixture
def clock_here() -> Clock:
    return Clock()


@pytest.fixture
def on_both(database: Database, clock_here: Clock) -> Flask:
    """Give the site with it switched on, on each database engine."""
    return made_app(database, switched_on(shipped()), clock_here)


@pytest.fixture
def on(app: Flask) -> FlaskClient:
    """Give a visitor of the same service with it switched on."""
    service: Intake = app.extensions["intake"]
    return create_app(replace(service, settings=switched_on(service.settings))).test_client()


def solution_for(client: FlaskClient, fields: Mapping[str, Given]) -> str:
    """Do what the widget does for the form with these fields."""
    answer = post(client, "/ask/challenge", {"form_token": fields["form_token"]})
    assert answer.status_code == 200
    return solved(answer.get_json())


def status(app: Flask) -> str:
    """Return where the newest inquiry stands."""
    with app.extensions["intake"].database.read() as session:
        found = session.execute(text("SELECT status FROM inquiries ORDER BY id DESC LIMIT 1"))
        return str(found.scalar_one())


def policy(answer: TestResponse) -> str:
    return answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", SENDING)
def test_off_there_is_no_script_no_address_and_the_policy_is_everybodys(
    app: Flask, client: FlaskClient, address: str
) -> None:
    walk(client, prefix=address[: address.index("/ask")])
    page = client.get(address)
    fields = {**Fields(page.text).hidden, **ANA, "altcha": "garbage"}

    assert page.status_code == 200
    assert "altcha" not in page.text
    assert "data-challenge" not in page.text
    assert "module" not in page.text
    assert policy(page) == policy(client.get("/ask"))
    assert post(client, "/ask/challenge", fields).status_code == 404
    assert post(client, address, fields).status_code == 303
    assert not [reason for reason in reasons(app) if reason.startswith("proof")]


@pytest.mark.parametrize("address", SENDING)
def test_on_only_the_pages_with_send_load_it_and_may_start_a_worker(
    on: FlaskClient, client: FlaskClient, address: str
) -> None:
    prefix = address[: address.index("/ask")]
    walk(on, prefix=prefix)

    page = on.get(address)

    assert page.text.count('type="module"') == 2
    assert f'data-challenge="{prefix}/ask/challenge"' in page.text
    assert policy(page) == policy(client.get("/ask")) + ON
    for other in ("/ask", "/ask/who", "/conditions/lupus", "/ask/under-18"):
        answer = on.get(prefix + other)
        assert 'type="module"' not in answer.text
        assert policy(answer) == policy(client.get("/ask"))


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("", "To stop spam, this page does a short check by itself."),
        ("/es", "Para frenar los mensajes basura, esta página hace sola una comprobación breve."),
    ],
)
def test_the_words_are_shown_by_the_script_that_does_what_they_say(
    on: FlaskClient, prefix: str, words: str
) -> None:
    page = on.get(f"{prefix}/ask/all").text

    line = next(line for line in page.splitlines() if words in line)
    assert line.strip().startswith('<p class="hint" hidden data-challenge=')
    assert page.index("</button>", page.index('class="actions"')) < page.index(words)


def test_a_solved_one_is_no_sign_and_the_same_form_twice_is_one_inquiry(on_both: Flask) -> None:
    client = on_both.test_client()
    walk(client)
    fields = hidden(client, "/ask/check")
    fields["altcha"] = solution_for(client, fields)

    first, second = (post(client, "/ask/check", fields) for _ in range(2))

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert count(on_both, "inquiries") == 1
    assert not [reason for reason in reasons(on_both) if reason.startswith("proof")]


def test_a_double_click_with_one_solution_is_one_inquiry_without_a_sign(on_both: Flask) -> None:
    fields = {**hidden(on_both.test_client(), "/ask/all"), **ANA}
    fields["altcha"] = solution_for(on_both.test_client(), fields)
    start, found = threading.Barrier(8), []

    def press() -> None:
        client = on_both.test_client(use_cookies=False)
        start.wait()
        answer = post(client, "/ask/all", fields)
        found.append((answer.status_code, answer.headers.get("Location")))

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert count(on_both, "inquiries") == 1
    assert not [reason for reason in reasons(on_both) if reason.startswith("proof")]


def test_a_solution_that_was_used_is_a_sign_in_every_other_form(on_both: Flask) -> None:
    client = on_both.test_client(use_cookies=False)
    first = {**hidden(client, "/ask/all"), **ANA}
    first["altcha"] = solution_for(client, first)
    again = {**hidden(client, "/ask/all"), **ANA, "altcha": first["altcha"]}

    answers = [post(client, "/ask/all", fields) for fields in (first, again)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert count(on_both, "inquiries") == 2
    assert "proof_repeated" in reasons(on_both)


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_without_a_script_the_inquiry_is_new_though_it_was_fast(
    on_both: Flask, prefix: str
) -> None:
    client = on_both.test_client(use_cookies=False)

    answer = post(client, f"{prefix}/ask/all", {**hidden(client, f"{prefix}/ask/all"), **ANA})

    assert answer.status_code == 303
    assert set(reasons(on_both)) == {"too_fast", "proof_missing"}
    assert status(on_both) == "new"


def test_a_forged_one_sent_in_haste_waits_for_a_human_with_the_same_receipt(
    on_both: Flask,
) -> None:
    client = on_both.test_client(use_cookies=False)
    fields = {**hidden(client, "/ask/all"), **ANA, "altcha": "Zm9yZ2Vk"}

    answer = post(client, "/ask/all", fields)

    assert "We received your inquiry" in client.get(answer.headers["Location"]).text
    assert set(reasons(on_both)) == {"too_fast", "proof_forged"}
    assert status(on_both) == "quarantined"


def test_a_red_flag_goes_through_whatever_the_solution_is(on_both: Flask) -> None:
    client = on_both.test_client(use_cookies=False)
    fields = {**hidden(client, "/ask/all"), **ANA, "safety": "yes", "altcha": "Zm9yZ2Vk"}

    post(client, "/ask/all", fields)

    assert status(on_both) == "new"


def test_a_page_open_over_night_is_shown_again_and_asks_anew(
    on_both: Flask, clock_here: Clock
) -> None:
    client = on_both.test_client(use_cookies=False)
    fields = {**hidden(client, "/ask/all"), **ANA}
    fields["altcha"] = solution_for(client, fields)
    clock_here.advance(hours=24, minutes=1)

    shown = post(client, "/ask/all", fields)
    renewed = {**fields, **Fields(shown.text).hidden}
    with_old = post(client, "/ask/all", renewed)
    assert shown.status_code == 422
    assert with_old.status_code == 303
    assert "proof_expired" in reasons(on_both)
    assert status(on_both) == "new"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c.d"])
def test_a_challenge_is_for_a_form_of_ours_only(on: FlaskClient, token: str) -> None:
    assert post(on, "/ask/challenge", {"form_token": token}).status_code == 400
    assert on.get("/ask/challenge").status_code == 405


def test_another_site_gets_no_challenge(on: FlaskClient) -> None:
    fields = hidden(on, "/ask/all")

    for said in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = on.post("/ask/challenge", data=fields, headers=said)
        assert answer.status_code == 403


def test_a_challenge_is_never_kept_and_names_nobody(on: FlaskClient) -> None:
    fields = hidden(on, "/es/ask/all")

    answer = post(on, "/es/ask/challenge", {"form_token": fields["form_token"]})

    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert set(answer.get_json()) == {"parameters", "signature"}
    assert fields["form_token"].split(".")[0] not in answer.text


def test_challenges_are_braked_and_the_form_is_not(app: Flask) -> None:
    service: Intake = app.extensions["intake"]
    settings = switched_on(service.settings)
    few = settings.limits.model_copy(update={"other_posts_per_minute": 2})
    settings = settings.model_copy(update={"limits": few})
    client = create_app(replace(service, settings=settings)).test_client(use_cookies=False)
    fields = hidden(client, "/ask/all")

    asked = [post(client, "/ask/challenge", fields).status_code for _ in range(3)]
    sent = post(client, "/ask/all", {**fields, **ANA})

    assert asked == [200, 200, 429]
    assert sent.status_code == 303
    assert status(app) == "new"
