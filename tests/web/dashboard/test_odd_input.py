"""What nobody would type at the desk is answered and never a failure, on each database."""

import pytest
from flask import Flask

from intake.storage.database import Database
from tests.staff.accounts_app import Person, StoppedClock, token_in
from tests.web.dashboard.desk import Colleague, a_desk

ODD = ("\x00", "a\x00b", "\U0010ffff", "%", "ﷺ" * 50, "\u202e", "'; --")


@pytest.fixture
def desk(database: Database, clock: StoppedClock) -> Flask:
    return a_desk(database, clock)


@pytest.fixture
def rosa(desk: Flask, database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(desk, database, clock(), ["coordinator", "administrator"])


def test_no_odd_text_makes_a_staff_page_fail(rosa: Colleague) -> None:
    found: dict[str, int] = {}
    for odd in ODD:
        for path in ("/staff/inquiries/%s", "/staff/welcome/%s", "/s/%s", "/ask/received/%s"):
            found[path % repr(odd)] = rosa.client.get(path % odd.replace("%", "%25")).status_code
        for path in ("/staff/deliveries/%s/replay", "/staff/account/sessions/%s/end"):
            answer = rosa.post(path % odd.replace("%", "%25"))
            found[path % repr(odd)] = answer.status_code
        found[f"search {odd!r}"] = rosa.post("/staff/inquiries/search", query=odd).status_code
        found[f"view {odd!r}"] = rosa.client.get(
            "/staff/inquiries", query_string={"view": odd, "after": None, "found": odd}
        ).status_code

    assert {what: status for what, status in found.items() if status >= 500} == {}


@pytest.mark.parametrize("odd", ODD)
def test_no_odd_text_makes_the_sign_in_fail(desk: Flask, clock: StoppedClock, odd: str) -> None:
    somebody = Person(desk, clock)
    page = somebody.get("/staff/login").text

    for email, password, code in (
        (odd, "x", "1"),
        (f"{odd}@clinic.example", odd, odd),
        ("rosa.soto@clinic.example", odd, odd),
    ):
        sent = {"csrf_token": token_in(page), "email": email, "password": password, "code": code}
        for path in ("/staff/login", "/staff/tf-validate", "/staff/mf-recovery"):
            assert somebody.client.post(path, data=sent).status_code < 500, (path, email)
