"""The short code: what opens, what is counted, what is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from intake.audit.models import Actor, ActorKind, AuditEvent
from intake.crypto.tokens import hash_secret
from intake.inquiries.conversation_models import CodeGuard
from intake.inquiries.models import Inquiry
from intake.inquiries.submit import Receipt
from intake.notifications.models import OutboxMessage
from intake.patient import codes
from intake.patient.codes import check_code, check_code_of, code_mark, renew_code
from intake.patient.sent_codes import ask_for_code, send_asked, send_code
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import BY_PHONE_ONLY, a_keyring, an_inquiry
from tests.inquiries.test_recipients import delivered

MINUTE = timedelta(minutes=1)


def tried(database: Database, token: str, code: str, *, at: datetime = NOON) -> bool:
    with database.write() as session:
        return check_code(session, a_keyring(), token, code, at=at)


def a_wrong(receipt: Receipt) -> str:
    return f"{(int(receipt.code) + 1) % 1_000_000:06d}"


def sent_code(database: Database, at: datetime) -> str:
    """Return the code that the newest mail to the person carries."""
    letter = delivered(database, at)[-1]
    return next(
        line.split("code is ")[1][:7] for line in letter.text.splitlines() if "code is" in line
    )


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0:.3} {1}", "{0:.3}-{1}"])
def test_the_right_code_opens_however_it_is_spaced(database: Database, typed: str) -> None:
    receipt = an_inquiry(database)

    code = (
        typed.format(receipt.code, receipt.code[3:])
        if "{1}" in typed
        else typed.format(receipt.code)
    )

    assert tried(database, receipt.link_token, code)


@pytest.mark.parametrize("code", ["", "x", "12345", "é", "0" * 5000, "１２３４５６\udc80"])
def test_anything_else_does_not(database: Database, code: str) -> None:
    receipt, other = an_inquiry(database), an_inquiry(database)

    assert not tried(database, receipt.link_token, code)
    assert not tried(database, receipt.link_token, receipt.code + "1")
    assert not tried(database, receipt.link_token, a_wrong(receipt))
    assert not tried(database, "A" * 43, receipt.code)
    if other.code != receipt.code:
        assert not tried(database, other.link_token, receipt.code)


def test_five_wrong_ones_close_the_door_for_an_hour_and_twenty_until_it_is_renewed(
    database: Database,
) -> None:
    receipt, at = an_inquiry(database), NOON
    for hour in range(4):
        at = NOON + timedelta(hours=hour, minutes=hour)
        for _ in range(5):
            assert not tried(database, receipt.link_token, a_wrong(receipt), at=at)
        assert not tried(database, receipt.link_token, receipt.code, at=at + 59 * MINUTE)
        if hour < 3:
            assert tried(database, receipt.link_token, receipt.code, at=at + 60 * MINUTE)

    assert not tried(database, receipt.link_token, receipt.code, at=at + timedelta(days=20))
    with database.write() as session:
        staff = Actor(ActorKind.STAFF, "rosa")
        new = renew_code(session, a_keyring(), receipt.reference, actor=staff, at=at)
    assert not tried(database, receipt.link_token, receipt.code, at=at) or new == receipt.code
    assert tried(database, receipt.link_token, new, at=at)
    with database.read() as session:
        actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions.count("status.code_locked") == 4
    assert actions.count("status.code_renewed") == 1


def test_tries_are_counted_exactly_when_they_come_at_once(database: Database) -> None:
    receipt = an_inquiry(database)

    with ThreadPoolExecutor(8) as pool:
        said = list(
            pool.map(lambda _: tried(database, receipt.link_token, a_wrong(receipt)), range(16))
        )

    assert said == [False] * 16
    with database.read() as session:
        guard = session.scalars(select(CodeGuard)).one()
    assert guard.wrong_total == 5


def test_an_unknown_link_costs_the_same_statements(database: Database) -> None:
    from sqlalchemy import event

    receipt = an_inquiry(database)
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    tried(database, receipt.link_token, a_wrong(receipt))
    tried(database, "A" * 43, "123456")
    costs = []
    event.listen(database.writer, "before_cursor_execute", note)
    for token, code in ((receipt.link_token, a_wrong(receipt)), ("A" * 43, "123456")):
        seen.clear()
        tried(database, token, code)
        costs.append(list(seen))
    event.remove(database.writer, "before_cursor_execute", note)

    assert costs[0] == costs[1]


def by_reference(database: Database, reference: str, code: str) -> bool:
    with database.write() as session:
        return check_code_of(session, a_keyring(), reference, code, at=NOON)


def test_who_knows_the_reference_cannot_close_the_door_of_the_link(database: Database) -> None:
    receipt = an_inquiry(database)
    assert by_reference(database, receipt.reference, receipt.code)

    for _ in range(codes.WRONG_HOURLY_MAX):
        assert not by_reference(database, receipt.reference, a_wrong(receipt))

    assert not by_reference(database, receipt.reference, receipt.code)
    assert tried(database, receipt.link_token, receipt.code)


def test_who_holds_the_link_cannot_close_the_way_back(database: Database) -> None:
    receipt = an_inquiry(database)

    for _ in range(codes.WRONG_HOURLY_MAX):
        tried(database, receipt.link_token, a_wrong(receipt))

    assert not tried(database, receipt.link_token, receipt.code)
    assert by_reference(database, receipt.reference, receipt.code)


def test_twenty_wrong_by_reference_close_that_door_until_there_is_a_new_code(
    database: Database,
) -> None:
    receipt = an_inquiry(database)
    for hour in range(5):
        with database.write() as session:
            at = NOON + timedelta(hours=2 * hour)
            for _ in range(5):
                check_code_of(session, a_keyring(), receipt.reference, a_wrong(receipt), at=at)

    assert not by_reference(database, receipt.reference, receipt.code)
    with database.write() as session:
        actor = Actor(ActorKind.STAFF, "r")
        code = renew_code(session, a_keyring(), receipt.reference, actor=actor, at=NOON)
    assert by_reference(database, receipt.reference, code)


def test_a_code_that_was_asked_for_is_sent_once(database: Database) -> None:
    receipt = an_inquiry(database)
    for token in (receipt.link_token, receipt.link_token, "A" * 43):
        with database.write() as session:
            ask_for_code(session, token, at=NOON)

    assert [send_asked(database, a_keyring(), at=NOON) for _ in range(2)] == [1, 0]

    with database.read() as session:
        events = session.scalars(select(OutboxMessage.event)).all()
    assert events.count("inquiry.code") == 1


def test_a_wish_for_a_code_is_forgotten_when_the_code_would_be(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        ask_for_code(session, receipt.link_token, at=NOON)

    assert send_asked(database, a_keyring(), at=NOON + 15 * MINUTE) == 0
    assert send_asked(database, a_keyring(), at=NOON) == 0


def test_a_row_that_does_not_open_holds_up_nobody_elses_code(database: Database) -> None:
    broken, receipt = an_inquiry(database), an_inquiry(database)
    with database.write() as session:
        session.execute(
            update(Inquiry).where(Inquiry.reference == broken.reference).values(access=b"\x01")
        )
        for token in (broken.link_token, receipt.link_token):
            ask_for_code(session, token, at=NOON)

    assert send_asked(database, a_keyring(), at=NOON) == 1


def test_a_new_code_has_another_mark(database: Database) -> None:
    receipt = an_inquiry(database)
    with database.write() as session:
        before = code_mark(session, receipt.link_token, at=NOON)
        renew_code(
            session, a_keyring(), receipt.reference, actor=Actor(ActorKind.STAFF, "r"), at=NOON
        )
        session.flush()

        assert code_mark(session, receipt.link_token, at=NOON) != before


def test_a_sent_code_opens_once_and_lives_a_quarter_of_an_hour(database: Database) -> None:
    receipt, asked_at = an_inquiry(database), NOON + timedelta(hours=1)
    delivered(database)
    with database.write() as session:
        for _ in range(3):  # one is on its way: no other is made
            send_code(session, a_keyring(), hash_secret(receipt.link_token), at=asked_at)
    with database.read() as session:
        events = session.scalars(select(OutboxMessage.event)).all()
        assert events.count("inquiry.code") == 1
    code = sent_code(database, asked_at)

    assert not tried(database, receipt.link_token, code, at=asked_at + 15 * MINUTE)
    assert tried(database, receipt.link_token, code, at=asked_at + 14 * MINUTE)
    assert not tried(database, receipt.link_token, code, at=asked_at + 14 * MINUTE)
    assert tried(database, receipt.link_token, receipt.code, at=asked_at + 14 * MINUTE)


def test_the_mail_with_the_code_has_no_link_and_no_word_about_anybody(database: Database) -> None:
    receipt, later = an_inquiry(database, language="es"), NOON + timedelta(hours=1)
    delivered(database)
    with database.write() as session:
        send_code(session, a_keyring(), hash_secret(receipt.link_token), at=later)

    letter = delivered(database, later)[-1]

    assert letter.subject == "Su código"
    for secret in (receipt.link_token, "http", "Díaz", "Ana", "lupus"):
        assert secret not in letter.text + letter.html


def test_a_code_that_must_wait_lives_from_when_it_leaves(database: Database) -> None:
    receipt = an_inquiry(database)
    delivered(database)  # the confirmation took the address's place for 15 minutes
    with database.write() as session:
        send_code(session, a_keyring(), hash_secret(receipt.link_token), at=NOON + MINUTE)

    with database.read() as session:
        due = session.scalar(
            select(OutboxMessage.due_at).where(OutboxMessage.event == "inquiry.code")
        )
        until = session.scalar(select(CodeGuard.sent_until))
    assert due is not None
    assert until == due + 15 * MINUTE
    assert due > NOON + MINUTE


@pytest.mark.parametrize("token", ["", "A" * 43])
def test_nothing_is_sent_for_an_unknown_link_or_without_an_address(
    database: Database, token: str
) -> None:
    receipt = an_inquiry(database, **BY_PHONE_ONLY)
    with database.write() as session:
        send_code(session, a_keyring(), hash_secret(token or receipt.link_token), at=NOON)

    with database.read() as session:
        assert "inquiry.code" not in session.scalars(select(OutboxMessage.event)).all()


def test_nobody_is_sent_a_code_after_they_took_back_contact(database: Database) -> None:
    from intake.consent.grant import withdraw_consents
    from intake.consent.models import Purpose

    receipt = an_inquiry(database)
    with database.write() as session:
        send_code(session, a_keyring(), hash_secret(receipt.link_token), at=NOON)
        number = session.scalar(select(Inquiry.id))
        assert number is not None
        withdraw_consents(session, number, [Purpose.CONTACT], how="link", at=NOON)
        session.execute(update(OutboxMessage).values(due_at=NOON))

    assert all("code" not in letter.text.lower() for letter in delivered(database))


def test_codes_stand_nowhere_in_clear(sqlite_database: Database) -> None:
    receipt = an_inquiry(sqlite_database)
    with sqlite_database.write() as session:
        send_code(session, a_keyring(), hash_secret(receipt.link_token), at=NOON)
        guard = session.scalars(select(CodeGuard)).one()
        assert guard.sent_code is not None
        assert guard.sent_hash is not None
        assert len(guard.sent_code) > codes.CODE_DIGITS
        assert not guard.sent_code.isdigit()
