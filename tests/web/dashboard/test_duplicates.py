"""The panel, the comparison, and the buttons that join and take apart."""

import re

from flask import Flask
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.consent.grant import withdraw_consents
from intake.consent.models import Purpose
from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague
from tests.web.test_templates import check_page


def a_pair(database: Database) -> tuple[str, str]:
    one = an_inquiry(database).reference
    return one, an_inquiry(database, email="other@mail.example.org").reference


def row(database: Database, reference: str) -> Inquiry:
    with database.read() as session:
        return session.scalars(select(Inquiry).where(Inquiry.reference == reference)).one()


def path(one: str, other: str, noun: str = "") -> str:
    return f"/staff/inquiries/{one}/duplicates/{other}{noun}"


def join(member: Colleague, kept: str, ended: str, **changes: str) -> str:
    fields = {"kept": kept, "kept_version": "1", "ended_version": "1", **changes}
    answer = member.post(path(kept, ended, "/merge"), **fields)
    assert answer.status_code == 303
    return member.get(answer.location).text


def test_the_panel_tells_score_reasons_and_what_can_be_done(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one, other = a_pair(sqlite_database)

    page = coordinator.get(f"/staff/inquiries/{one}").text

    check_page(page)
    assert "Looks like 1 other inquiry." in page
    assert "Likely: 75 of 100" in page
    assert "same phone, same name and age band" in page
    assert path(show_reference(one), show_reference(other)) in page
    assert "Not the same person" in page


def test_the_comparison_shows_both_and_both_readings_are_recorded(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one, other = a_pair(sqlite_database)

    page = coordinator.get(path(one, other)).text

    check_page(page)
    assert "other@mail.example.org" in page
    assert "ana.diaz@mail.example.org" in page
    assert re.search(r"Email address</th>.*?Differs", page, re.DOTALL)
    with sqlite_database.read() as session:
        read = set(
            session.scalars(select(AuditEvent.subject).where(AuditEvent.action == "inquiry.read"))
        )
    assert read == {row(sqlite_database, name).public_id for name in (one, other)}


def test_joining_and_taking_apart_by_the_buttons(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one, other = a_pair(sqlite_database)

    kept_page = join(coordinator, one, other)
    ended_page = coordinator.get(f"/staff/inquiries/{other}").text
    ended = row(sqlite_database, other)
    apart = coordinator.post(path(one, other, "/separation"))

    assert "Joined into this one" in kept_page
    assert "Take apart again" in kept_page
    assert "This inquiry was joined into" in ended_page
    assert (ended.status, ended.outcome) == ("closed", "duplicate")
    assert row(sqlite_database, other).status == "new"
    assert "each with its own status" in coordinator.get(apart.location).text


def test_a_merge_on_an_old_page_is_refused_in_words(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one, other = a_pair(sqlite_database)

    page = join(coordinator, one, other, kept_version="7")
    odd = join(coordinator, one, other, kept_version="٧'--")

    assert "Somebody changed one of the two meanwhile" in page
    assert "Somebody changed one of the two meanwhile" in odd
    assert row(sqlite_database, other).status == "new"


def test_not_the_same_person_is_remembered_until_taken_back(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one, other = a_pair(sqlite_database)

    told = coordinator.post(path(one, other, "/distinction"))
    remembered = coordinator.get(told.location).text
    coordinator.post(path(one, other, "/separation"))
    again = coordinator.post(path(one, other, "/separation"))

    assert "Looks like" not in remembered
    assert "May be the same person after all" in remembered
    assert "There is nothing to take back" in coordinator.get(again.location).text


def test_two_may_be_linked_and_answered_apart(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one, other = a_pair(sqlite_database)

    linked = coordinator.post(path(one, other, "/link"))

    assert "Linked" in coordinator.get(linked.location).text
    assert row(sqlite_database, other).status == "new"


def test_any_other_reference_can_be_compared_and_a_wrong_one_is_said_so(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one = an_inquiry(sqlite_database).reference
    other = an_inquiry(sqlite_database, phone="(305) 555-0111").reference
    ask = f"/staff/inquiries/{one}/duplicates?other="

    found = coordinator.get(f"{ask}{show_reference(other).lower()}")
    missing = coordinator.get(coordinator.get(f"{ask}nonsense").location).text
    itself = coordinator.get(coordinator.get(path(one, one)).location).text

    assert found.location.endswith(f"/duplicates/{show_reference(other)}")
    assert "No inquiry has this reference" in missing
    assert "one and the same" in itself


def test_a_withdrawal_on_the_joined_one_takes_the_buttons_from_the_one_that_goes_on(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    one, other = a_pair(sqlite_database)
    join(coordinator, one, other)
    with sqlite_database.write() as session:
        other_id = row(sqlite_database, other).id
        withdraw_consents(session, other_id, [Purpose.CONTACT], how="link", at=NOON)

    page = coordinator.get(f"/staff/inquiries/{one}").text

    assert f"on {show_reference(other)}, joined with this one" in page
    assert 'href="tel:' not in page
    assert 'href="mailto:' not in page


def test_a_clinician_sees_and_compares_and_has_no_button(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    one, other = a_pair(sqlite_database)
    clinician = Colleague(app, sqlite_database, clock(), ["clinician"])

    panel = clinician.get(f"/staff/inquiries/{one}").text
    compared = clinician.get(path(one, other)).text
    refused = clinician.post(path(one, other, "/link"))

    assert "Likely: 75 of 100" in panel
    assert "/link" not in panel
    assert "Decide" not in compared
    assert refused.status_code == 403
