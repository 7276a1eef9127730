from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.desk.joining import Seen, merge
from intake.errors import NotFound
from intake.inquiries.addresses import address_key, mail_proof
from intake.inquiries.models import Inquiry, Status
from intake.notifications.address_models import Suppression
from intake.notifications.models import OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.notifications.subscriptions import subscribe
from intake.patient.status_page import NOT_ME, Standing, status_by_link, stop_mail
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.pairs import ROSA
from tests.desk.work import the_office
from tests.factories import BY_PHONE_ONLY, a_keyring, an_inquiry
from tests.inquiries.test_recipients import delivered
from tests.notifications.rows import a_member

FINAL = {Status.CLOSED, Status.ERASED}


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        (Status.NEW, Standing.RECEIVED),
        (Status.QUARANTINED, Standing.RECEIVED),
        (Status.CONTACTING, Standing.TRIED),
        (Status.IN_DISCUSSION, Standing.CONTACTED),
        (Status.WAITING_ON_PATIENT, Standing.WAITING),
        (Status.CLINICAL_REVIEW, Standing.IN_REVIEW),
        (Status.SCHEDULED, Standing.BOOKED),
        (Status.CLOSED, Standing.CLOSED),
        (Status.ERASED, Standing.ERASED),
    ],
)
def test_every_status_has_a_standing(
    sqlite_database: Database, status: Status, standing: Standing
) -> None:
    receipt = an_inquiry(sqlite_database)
    with sqlite_database.write() as session:
        closed_at = NOON if status in FINAL else None
        session.execute(update(Inquiry).values(status=status.value, closed_at=closed_at))

    with sqlite_database.read() as session:
        view = status_by_link(session, a_keyring(), receipt.link_token, at=NOON)

    assert view.standing is standing


def test_a_promise_that_has_passed_is_late_until_somebody_reached_them(
    database: Database,
) -> None:
    receipt = an_inquiry(database)
    after = receipt.due_at + timedelta(seconds=1)

    with database.read() as session:
        on_time = status_by_link(session, a_keyring(), receipt.link_token, at=receipt.due_at)
        late = status_by_link(session, a_keyring(), receipt.link_token, at=after)
    with database.write() as session:
        session.execute(update(Inquiry).values(status="in_discussion"))
    with database.read() as session:
        reached = status_by_link(session, a_keyring(), receipt.link_token, at=after)

    assert (on_time.is_late, late.is_late, reached.is_late) == (False, True, False)


def test_the_link_works_for_thirty_days_after_closing(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(status="closed", closed_at=NOON, outcome="spam"))

    with database.read() as session:
        view = status_by_link(
            session, a_keyring(), receipt.link_token, at=NOON + timedelta(days=30)
        )
        assert "spam" not in repr(view)
        with pytest.raises(NotFound, match="link_unknown"):
            status_by_link(
                session, a_keyring(), receipt.link_token, at=NOON + timedelta(days=30, seconds=1)
            )


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\udc80", "é" * 43])
def test_a_wrong_link_is_unknown(database: Database, token: str) -> None:
    receipt = an_inquiry(database)

    with database.read() as session:
        for wrong in (token, receipt.receipt_token, receipt.link_token.swapcase()):
            with pytest.raises(NotFound, match="link_unknown"):
                status_by_link(session, a_keyring(), wrong, at=NOON)


def not_me(database: Database, token: str) -> None:
    with database.write() as session:
        stop_mail(session, a_keyring(), token, mail_proof(a_keyring(), token), at=NOON)


def told(database: Database) -> list[str]:
    with database.read() as session:
        return list(
            session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.event == NOT_ME))
        )


def listening(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        subscribe(session, a_member(session), NOT_ME, "email", NOON)


def test_not_me_stops_the_mail_tells_staff_and_changes_nothing_else(database: Database) -> None:
    receipt = an_inquiry(database)
    listening(database)

    not_me(database, receipt.link_token)

    with database.read() as session:
        inquiry = session.scalars(select(Inquiry)).one()
        assert (inquiry.status, inquiry.closed_at, inquiry.version) == (Status.NEW, None, 1)
        assert inquiry.answers is not None
        assert session.scalars(select(Suppression.address_hash)).all() == [
            address_key(a_keyring(), "ana.diaz@mail.example.org")
        ]
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert actions == ["inquiry.submitted", NOT_ME]
    assert len(told(database)) == 1
    letters = delivered(database)
    assert [letter.to for letter in letters] != ["ana.diaz@mail.example.org"]
    assert "not them" in letters[0].subject


def test_not_me_twice_is_once(database: Database) -> None:
    receipt = an_inquiry(database)
    listening(database)

    for _ in range(3):
        not_me(database, receipt.link_token)

    assert len(told(database)) == 1
    with database.read() as session:
        assert len(session.scalars(select(AuditEvent)).all()) == 2


def test_not_me_about_a_second_inquiry_tells_staff_again(database: Database) -> None:
    listening(database)
    for receipt in (an_inquiry(database), an_inquiry(database)):
        not_me(database, receipt.link_token)

    assert len(told(database)) == 2


@pytest.mark.parametrize(
    "values",
    [{}, {"status": "erased", "closed_at": NOON, "data_key": None, "access": None}],
)
def test_not_me_without_an_address_breaks_nothing(
    database: Database, values: dict[str, Any]
) -> None:
    receipt = an_inquiry(database, **BY_PHONE_ONLY)
    if values:
        with database.write() as session:
            session.execute(update(Inquiry).values(values))

    not_me(database, receipt.link_token)

    with database.read() as session:
        assert session.scalars(select(Suppression)).all() == []


def test_not_me_with_a_wrong_link_stops_nothing(database: Database) -> None:
    an_inquiry(database)

    with pytest.raises(NotFound):
        not_me(database, "A" * 43)

    with database.read() as session:
        assert session.scalars(select(Suppression)).all() == []


def test_the_sender_who_holds_only_the_receipt_cannot_stop_a_strangers_mail(
    database: Database,
) -> None:
    receipt = an_inquiry(database)

    for proof in ("", "A" * 22, receipt.code, receipt.receipt_token, mail_proof(a_keyring(), "x")):
        with database.write() as session, pytest.raises(NotFound, match="link_unknown"):
            stop_mail(session, a_keyring(), receipt.link_token, proof, at=NOON)

    with database.read() as session:
        assert session.scalars(select(Suppression)).all() == []


def test_the_link_of_a_joined_inquiry_tells_how_the_one_stands_that_goes_on(
    database: Database,
) -> None:
    first, second = an_inquiry(database), an_inquiry(database, at=NOON + timedelta(hours=3))
    later = NOON + timedelta(days=40)
    with database.write() as session:
        pair = Seen(second.reference, 1), Seen(first.reference, 1)
        merge(session, the_office(), *pair, by=ROSA, at=NOON + timedelta(hours=4))

    with database.read() as session:
        view = status_by_link(session, a_keyring(), first.link_token, at=later)

    assert view.reference == first.reference
    assert view.standing is Standing.RECEIVED
    assert view.promised_at == first.due_at
    assert view.is_late
    assert view.closed_at is None


def test_the_link_of_a_joined_inquiry_ends_with_the_one_that_went_on(database: Database) -> None:
    first, second = an_inquiry(database), an_inquiry(database)
    with database.write() as session:
        pair = Seen(second.reference, 1), Seen(first.reference, 1)
        merge(session, the_office(), *pair, by=ROSA, at=NOON)
        session.execute(
            update(Inquiry)
            .where(Inquiry.reference == second.reference)
            .values(status="closed", outcome="handed_over", closed_at=NOON)
        )

    with database.read() as session:
        within = status_by_link(session, a_keyring(), first.link_token, at=NOON + timedelta(days=9))
        with pytest.raises(NotFound):
            status_by_link(session, a_keyring(), first.link_token, at=NOON + timedelta(days=31))

    assert within.standing is Standing.CLOSED
