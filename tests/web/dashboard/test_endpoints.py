"""Webhooks on the staff side: added, refused with what to do, rotated, tested, switched off."""

import html
import re

import pytest
from flask import Flask

from intake.notifications.endpoint_seals import open_endpoint
from intake.notifications.endpoints import EVENTS, list_endpoints
from intake.storage.database import Database
from intake.web.dashboard.endpoints import EVENT_WORDS, FAULTS
from tests.factories import a_keyring
from tests.notifications.rows import rows
from tests.notifications.test_guard import WRITTEN
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.test_pages import judge, judge_headers

PAGE = "/staff/endpoints"
URL = "https://hooks.clinic.example/intake?key=made-up"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{40,}")


@pytest.fixture
def administrator(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["administrator"])


def add(administrator: Colleague, **changes: str) -> str:
    """Add a webhook and return the answer's page."""
    fields = {"name": "Records", "address": URL, "events": "inquiry.submitted", **changes}
    return administrator.post(PAGE, PAGE, **fields).text


def action(page: str, ending: str) -> str:
    found = re.search(rf'action="({PAGE}/[^"]+/{ending})"', page)
    assert found, ending
    return found[1]


def held(database: Database) -> tuple[str, ...]:
    with database.read() as session:
        opened = open_endpoint(session, 1, keyring=a_keyring())
    assert opened is not None
    return opened.secrets


def test_a_webhook_is_added_and_its_secret_is_shown_once(
    administrator: Colleague, sqlite_database: Database
) -> None:
    added = add(administrator)
    later = administrator.get(PAGE)

    assert SECRET.findall(added) == list(held(sqlite_database))
    assert not SECRET.search(later.text)
    assert "hooks.clinic.example" in later.text
    assert "made-up" not in re.sub("csrf_token.*", "", later.text)
    with sqlite_database.read() as session:
        (sight,) = list_endpoints(session, keyring=a_keyring())
    assert sight.events == ("inquiry.submitted",)


def test_every_state_of_the_page_is_valid(
    administrator: Colleague, sqlite_database: Database
) -> None:
    del sqlite_database
    answers = {"empty": administrator.get(PAGE)}
    answers["added"] = administrator.post(PAGE, PAGE, name="R", address=URL, events=EVENTS[0])
    page = administrator.get(PAGE).text
    answers["rotated"] = administrator.post(action(page, "secret"), PAGE)
    answers["refused"] = administrator.post(PAGE, PAGE, name="", address="http://x")
    page = administrator.get(PAGE).text
    administrator.post(action(page, "disabling"), PAGE)
    answers["off"] = administrator.get(PAGE)

    for name, answer in answers.items():
        assert answer.status_code == (422 if name == "refused" else 200), name
        judge(name, answer.text)
        judge_headers(name, answer)


@pytest.mark.parametrize("code", sorted({code for code, _ in WRITTEN}))
def test_a_wrong_address_is_refused_with_what_to_do_and_kept_for_correction(
    administrator: Colleague, sqlite_database: Database, code: str
) -> None:
    url = next(url for found, url in WRITTEN if found == code and url == url.strip())

    answer = administrator.post(PAGE, PAGE, name="Records", address=url, events=EVENTS[0])

    assert answer.status_code == 422
    assert FAULTS[code].split(".")[0] in answer.text.replace("&#39;", "'")
    assert 'href="#f-address"' in answer.text
    assert 'value="Records"' in answer.text
    with sqlite_database.read() as session:
        assert list_endpoints(session, keyring=a_keyring()) == ()


def test_all_that_is_missing_is_named_at_once(administrator: Colleague) -> None:
    page = administrator.post(PAGE, PAGE, events="made.up").text

    for code in ("name_missing", "url_missing", "events_missing"):
        assert FAULTS[code] in page


def test_a_secret_is_rotated_and_the_old_one_retired(
    administrator: Colleague, sqlite_database: Database
) -> None:
    add(administrator)
    (old,) = held(sqlite_database)

    rotated = administrator.post(action(administrator.get(PAGE).text, "secret"), PAGE).text
    assert SECRET.findall(rotated) == [held(sqlite_database)[0]]
    assert held(sqlite_database)[1] == old
    administrator.post(action(rotated, "old-secret/ending"), PAGE)

    assert len(held(sqlite_database)) == 1
    assert "old-secret" not in administrator.get(PAGE).text


def test_a_test_goes_the_way_of_every_message_and_off_means_off(
    administrator: Colleague, sqlite_database: Database
) -> None:
    page = add(administrator)

    answer = administrator.post(action(page, "tests"), PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert [(row.event, row.state) for row in rows(sqlite_database)] == [
        ("endpoint.test", "pending")
    ]
    administrator.post(action(page, "disabling"), PAGE)
    assert [row.state for row in rows(sqlite_database)] == ["cancelled"]
    assert administrator.post(action(page, "tests"), PAGE).status_code == 409
    off = administrator.get(PAGE).text
    assert "Switched off" in off
    administrator.post(action(off, "enabling"), PAGE)
    assert "On, nothing delivered yet" in administrator.get(PAGE).text


def test_one_that_is_unknown_is_not_found(administrator: Colleague) -> None:
    for ending in ("secret", "old-secret/ending", "disabling", "enabling", "tests"):
        assert administrator.post(f"{PAGE}/made-up/{ending}", PAGE).status_code == 404


def test_every_event_has_its_words() -> None:
    assert set(EVENT_WORDS) == set(EVENTS)


SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def test_a_chat_is_added_without_a_secret_and_tested(
    administrator: Colleague, sqlite_database: Database
) -> None:
    page = add(administrator, kind="chat", name="Front desk", address=SLACK)
    administrator.post(action(page, "tests"), PAGE)

    assert "Front desk" in page
    assert not SECRET.search(page)
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in page
    assert held(sqlite_database) == ()
    assert [row.event for row in rows(sqlite_database)] == ["endpoint.test"]


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("chat", "nonsense://x", "service_unknown"),
        ("chat", "json://127.0.0.1/", "service_unknown"),
        ("sms", SLACK, "service_unknown"),
        ("chat", "slack://one", "service_incomplete"),
        ("chat", "", "url_missing"),
    ],
)
def test_a_chat_address_that_cannot_be_used_says_what_to_do(
    administrator: Colleague, kind: str, address: str, code: str
) -> None:
    page = html.unescape(add(administrator, kind=kind, address=address))

    assert FAULTS[code] in page
