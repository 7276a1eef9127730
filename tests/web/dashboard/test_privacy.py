"""What a checked caller asks, holds, erasing as a privacy officer, and who waits for it."""

import html

import pytest
from flask import Flask
from sqlalchemy import select

from intake.audit.models import SYSTEM, AuditEvent
from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry
from intake.privacy.models import AskedHow, ErasureRequest, LegalHold
from intake.privacy.requests import ask_for_erasure
from intake.storage.database import Database
from tests.conftest import NOON
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.inquiries import InquiryPage

REASON = "A court asked us to keep it"


@pytest.fixture
def officer(
    app: Flask, sqlite_database: Database, clock: StoppedClock, page: InquiryPage
) -> InquiryPage:
    member = Colleague(app, sqlite_database, clock(), ["privacy_officer"])
    return InquiryPage(member, sqlite_database, page.reference)


def check_the_caller(page: InquiryPage) -> None:
    page.colleague.post(
        f"{page.path}/caller-check",
        f"{page.path}/caller-check",
        way="reference_and_name",
        said_reference=page.reference,
        said_name="Ana Díaz Moreno",
    )


def privacy(page: InquiryPage) -> str:
    answer = page.colleague.get(f"{page.path}/privacy")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def erase(page: InquiryPage, **fields: str) -> tuple[int, str]:
    sent = {"why": "asked_in_writing", "typed": show_reference(page.reference), **fields}
    answer = page.colleague.post(f"{page.path}/erasure", f"{page.path}/privacy", **sent)
    return answer.status_code, html.unescape(answer.text)


def wish(page: InquiryPage, what: str) -> int:
    return page.colleague.post(
        f"{page.path}/caller-wish", f"{page.path}/privacy", wish=what
    ).status_code


def test_the_inquirys_page_leads_there(page: InquiryPage) -> None:
    assert f'href="/staff/inquiries/{page.reference}/privacy"' in page.text()


@pytest.mark.parametrize("what", ["stop", "erase"])
def test_an_unchecked_caller_gets_nothing(page: InquiryPage, what: str) -> None:
    assert "Check who is calling" in privacy(page)
    assert "What do they ask for?" not in privacy(page)

    assert wish(page, what) == 409
    assert page.row().status == "new"


def test_the_check_of_a_colleague_or_of_an_earlier_call_does_not_count(
    page: InquiryPage, officer: InquiryPage, clock: StoppedClock
) -> None:
    check_the_caller(page)

    assert wish(officer, "stop") == 409
    for _ in range(3):
        clock.advance(minutes=11)
        privacy(page)
    assert wish(page, "stop") == 409
    assert page.row().status == "new"


def test_a_checked_caller_stops_contact_at_once(page: InquiryPage) -> None:
    check_the_caller(page)
    assert wish(page, "") == 422

    assert wish(page, "stop") == 303

    assert page.row().outcome == "withdrawn"
    assert wish(page, "stop") == 409


def test_a_checked_caller_who_wants_to_be_erased_waits_for_the_privacy_officer(
    page: InquiryPage, officer: InquiryPage, sqlite_database: Database
) -> None:
    check_the_caller(page)

    assert wish(page, "erase") == 303

    assert page.row().answers is not None
    assert page.row().outcome == "withdrawn"
    listed = html.unescape(officer.colleague.get("/staff/erasures").text)
    assert show_reference(page.reference) in listed
    assert "By phone, checked" in listed
    assert "Somebody asks to be erased. By phone, checked." in html.unescape(page.text())
    assert erase(officer)[0] == 303
    assert "Nobody waits to be erased." in officer.colleague.get("/staff/erasures").text
    with sqlite_database.read() as session:
        assert session.scalars(select(ErasureRequest.ended_how)).all() == ["erased"]


def test_only_the_privacy_officer_sees_holds_and_erasing(
    page: InquiryPage, officer: InquiryPage
) -> None:
    assert "Erase for ever" not in privacy(page)
    assert "Hold it" not in privacy(page)
    assert "Erase for ever" in privacy(officer)
    assert "Hold it" in privacy(officer)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"why": ""}, "Choose why"),
        ({"why": "made-up"}, "Choose why"),
        ({"typed": ""}, "Type the reference of this inquiry"),
        ({"typed": "2222-2222"}, "Type the reference of this inquiry"),
    ],
)
def test_erasing_asks_for_a_reason_and_the_reference_by_hand(
    officer: InquiryPage, fields: dict[str, str], sentence: str
) -> None:
    code, text = erase(officer, **fields)

    assert code == 422
    assert sentence in text
    assert officer.row().answers is not None


def test_erasing_asks_who_they_are_once_more(officer: InquiryPage, clock: StoppedClock) -> None:
    clock.advance(minutes=10)

    _, text = erase(officer)

    assert "Confirm that it is you" in text
    assert officer.row().answers is not None


def test_a_privacy_officer_erases_and_the_trail_says_why(
    officer: InquiryPage, sqlite_database: Database
) -> None:
    code, _ = erase(officer, typed=officer.reference.lower())

    assert code == 303
    assert officer.row().status == "erased"
    assert "Certificate" in privacy(officer)
    assert "Erase for ever" not in privacy(officer)
    assert officer.colleague.get(officer.path).status_code == 200
    with sqlite_database.read() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "inquiry.erased")
        ).one()
    assert (event.actor_kind, event.actor_id) == ("staff", officer.colleague.public_id)
    assert event.detail["why"] == "asked_in_writing"
    assert erase(officer)[0] == 409


def hold(page: InquiryPage, noun: str = "hold", reason: str = REASON) -> tuple[int, str]:
    answer = page.colleague.post(f"{page.path}/{noun}", f"{page.path}/privacy", reason=reason)
    return answer.status_code, html.unescape(answer.text)


def test_a_hold_stops_erasing_until_it_is_lifted(
    officer: InquiryPage, page: InquiryPage, sqlite_database: Database
) -> None:
    assert hold(officer)[0] == 303
    assert hold(officer)[0] == 409
    held = privacy(officer)

    assert erase(officer)[0] == 409
    assert officer.row().answers is not None
    assert REASON in held
    assert "Erase for ever" not in held
    assert REASON not in privacy(page)
    assert "A legal hold stands" in html.unescape(page.text())
    with sqlite_database.read() as session:
        assert REASON.encode() not in (session.scalars(select(LegalHold.reason)).one() or b"")

    assert hold(officer, "hold/lifting", "The court case is over")[0] == 303
    assert hold(officer, "hold/lifting", "The court case is over")[0] == 409
    assert erase(officer)[0] == 303


@pytest.mark.parametrize(("reason", "words"), [("", "Say why"), ("law", "words more")])
def test_a_hold_needs_a_reason_and_keeps_what_was_typed(
    officer: InquiryPage, reason: str, words: str
) -> None:
    code, text = hold(officer, reason=reason)

    assert code == 422
    assert words in text
    assert (reason or "</textarea>") in text


def test_a_held_request_is_marked_in_the_list(
    officer: InquiryPage, sqlite_database: Database
) -> None:
    hold(officer)
    with sqlite_database.write() as session:
        inquiry = session.scalars(select(Inquiry)).one()
        how = AskedHow.WITHDRAW_PAGE
        ask_for_erasure(session, inquiry, how=how, actor=SYSTEM, at=NOON)

    listed = officer.colleague.get("/staff/erasures").text

    assert "Held" in listed
    assert "nobody has checked who it was" in listed


def test_what_does_not_exist_is_not_found(officer: InquiryPage) -> None:
    for path in ("/staff/inquiries/2222-2222/privacy", "/staff/inquiries/x/privacy"):
        assert officer.colleague.get(path).status_code == 404
