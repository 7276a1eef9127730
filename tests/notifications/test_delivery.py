"""One try at one message, by hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from intake.clinic.profile import ClinicProfile
from intake.errors import Unavailable
from intake.notifications.delivery import Postman
from intake.notifications.limits import suppress
from intake.notifications.outbox import NewMessage, enqueue, ensure_channels
from intake.notifications.recipient import ClaimedMessage, Recipient, RecipientOf, Withheld
from intake.storage.database import Database
from tests.by_hand import deliver_next
from tests.conftest import NOON
from tests.fakes import Mailbox, StoppedClock
from tests.notifications.conftest import ACKNOWLEDGED, recipient_of
from tests.notifications.rows import attempts, claimed, enqueued, rows, states

Clinic = Mapping[str, ClinicProfile]


def always(answer: Recipient | Withheld | Exception) -> RecipientOf:
    """Answer the same for every message, or raise it."""

    def answering(_session: Session, _message: ClaimedMessage, _at: datetime) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return answering  # type: ignore[return-value]


def test_a_message_is_delivered_once_and_then_nothing_is_due(
    database: Database, clinic: Clinic
) -> None:
    enqueued(database)
    mailbox, clock = Mailbox(), StoppedClock(NOON)

    assert deliver_next(database, {"email": mailbox}, clock, recipient_of, clinic)
    assert not deliver_next(database, {"email": mailbox}, clock, recipient_of, clinic)

    assert mailbox.keys == [f"{rows(database)[0].public_id}-1"]
    assert states(database) == ["delivered"]


def test_a_message_that_always_fails_becomes_a_dead_letter(
    database: Database, clinic: Clinic
) -> None:
    enqueued(database)
    mailbox, clock = Mailbox(failures=99), StoppedClock(NOON)

    while deliver_next(database, {"email": mailbox}, clock, recipient_of, clinic):
        clock.advance(days=1)

    assert states(database) == ["dead"]


def test_every_repeat_has_the_same_key(database: Database, clinic: Clinic) -> None:
    enqueued(database)
    mailbox, clock = Mailbox(), StoppedClock(NOON)
    postman = Postman(database, {"email": mailbox}, recipient_of, clinic)
    for _ in range(3):  # delivered, and the worker dies before it can write that
        (message,) = claimed(database, at=clock())
        postman.deliver(message, mailbox, clock())
        clock.advance(minutes=1)

    assert len(set(mailbox.keys)) == 1
    assert len(mailbox.keys) == 3


def test_a_message_that_lost_five_workers_is_never_sent_again(
    database: Database, clinic: Clinic
) -> None:
    enqueued(database)
    mailbox, clock = Mailbox(), StoppedClock(NOON)
    for _ in range(5):
        claimed(database, at=clock())
        clock.advance(minutes=1)

    assert deliver_next(database, {"email": mailbox}, clock, recipient_of, clinic)

    (row,) = rows(database)
    assert (row.state, row.losses, row.last_error) == ("dead", 5, "worker_lost")
    assert mailbox.tries == 0


def test_an_exception_of_ours_is_a_temporary_failure_without_its_text(
    database: Database, clinic: Clinic
) -> None:
    enqueued(database)
    broken = always(KeyError("ana@people.example"))

    deliver_next(database, {"email": Mailbox()}, StoppedClock(NOON), broken, clinic)

    (row,) = rows(database)
    assert (row.state, row.last_error, row.last_error_class) == ("retry", "own_fault", "KeyError")


def test_words_that_cannot_be_made_are_dead_at_once(database: Database, clinic: Clinic) -> None:
    enqueued(database)
    wordless = always(Recipient("ida@clinic.example", "en", {}))

    deliver_next(database, {"email": Mailbox()}, StoppedClock(NOON), wordless, clinic)

    assert rows(database)[0].last_error == "cannot_render"
    assert states(database) == ["dead"]


def test_a_busy_database_burns_no_try(database: Database, clinic: Clinic) -> None:
    enqueued(database)
    busy = always(Unavailable("database_busy"))

    deliver_next(database, {"email": Mailbox()}, StoppedClock(NOON), busy, clinic)

    (row,) = rows(database)
    assert (row.state, row.attempts) == ("pending", 0)
    assert row.due_at == NOON + timedelta(seconds=5)


def test_withheld_for_ever_is_cancelled_with_its_reason(database: Database, clinic: Clinic) -> None:
    enqueued(database)
    withdrawn = always(Withheld("permission_withdrawn"))

    deliver_next(database, {"email": Mailbox()}, StoppedClock(NOON), withdrawn, clinic)

    assert states(database) == ["cancelled"]
    assert rows(database)[0].last_error == "permission_withdrawn"


def test_withheld_until_an_instant_waits_for_it(database: Database, clinic: Clinic) -> None:
    enqueued(database)
    quiet = always(Withheld("quiet_hours", NOON + timedelta(hours=2)))

    deliver_next(database, {"email": Mailbox()}, StoppedClock(NOON), quiet, clinic)

    assert rows(database)[0].due_at == NOON + timedelta(hours=2)


def test_a_lease_known_to_be_lost_sends_nothing(database: Database, clinic: Clinic) -> None:
    enqueued(database)
    mailbox = Mailbox()
    (message,) = claimed(database)

    postman = Postman(database, {"email": mailbox}, recipient_of, clinic)
    postman.deliver(message, mailbox, NOON, still_ours=lambda: False)

    assert mailbox.tries == 0


def a_hundred_acknowledgements(database: Database) -> None:
    with database.write() as session:
        ensure_channels(session)
        enqueue(
            session,
            [
                NewMessage(None, "person", "email", "inquiry.acknowledged", f"inquiry:{n}")
                for n in range(100)
            ],
            at=NOON,
        )


def test_a_hundred_submissions_with_one_address_send_three_mails_a_day(
    database: Database, clinic: Clinic
) -> None:
    a_hundred_acknowledgements(database)
    victim = always(Recipient("victim@people.example", "en", ACKNOWLEDGED, limit_key=b"v" * 32))
    mailbox, clock = Mailbox(), StoppedClock(NOON)
    sent_at = []
    while clock() < NOON + timedelta(hours=23):
        before = len(mailbox.letters)
        while deliver_next(database, {"email": mailbox}, clock, victim, clinic):
            pass
        sent_at += [clock()] * (len(mailbox.letters) - before)
        clock.advance(minutes=15)

    assert sent_at == [NOON + timedelta(minutes=15) * n for n in range(3)]
    assert sorted(set(states(database))) == ["cancelled", "delivered"]


def test_a_retry_takes_no_second_place_of_the_address(database: Database, clinic: Clinic) -> None:
    with database.write() as session:
        ensure_channels(session)
        message = NewMessage(None, "person", "email", "inquiry.acknowledged", "inquiry:1")
        enqueue(session, [message], at=NOON)
    person = always(Recipient("ana@people.example", "es", ACKNOWLEDGED, limit_key=b"a" * 32))
    mailbox, clock = Mailbox(failures=2), StoppedClock(NOON)

    for _ in range(3):
        deliver_next(database, {"email": mailbox}, clock, person, clinic)
        clock.advance(minutes=1)

    assert states(database) == ["delivered"]
    assert [one.outcome for one in attempts(database)] == ["retryable", "retryable", "delivered"]


def test_an_address_that_said_not_me_gets_nothing(database: Database, clinic: Clinic) -> None:
    with database.write() as session:
        ensure_channels(session)
        message = NewMessage(None, "person", "email", "inquiry.acknowledged", "inquiry:1")
        enqueue(session, [message], at=NOON)
        suppress(session, b"a" * 32, "not_me", NOON)
        suppress(session, b"a" * 32, "not_me", NOON)
    person = always(Recipient("ana@people.example", "es", ACKNOWLEDGED, limit_key=b"a" * 32))
    mailbox = Mailbox()

    deliver_next(database, {"email": mailbox}, StoppedClock(NOON), person, clinic)

    assert mailbox.tries == 0
    assert rows(database)[0].last_error == "suppressed"


@pytest.mark.parametrize("jump", [-86400, -3600, 3600, 86400, -NOON.timestamp()])
def test_after_a_jump_of_the_clock_nothing_is_sent_twice_or_stuck(
    database: Database, clinic: Clinic, jump: float
) -> None:
    enqueued(database, count=3)
    mailbox, clock = Mailbox(failures=1), StoppedClock(NOON)
    deliver_next(database, {"email": mailbox}, clock, recipient_of, clinic)
    clock.advance(seconds=jump)
    deliver_next(database, {"email": mailbox}, clock, recipient_of, clinic)
    clock.advance(seconds=-jump)
    clock.advance(hours=24)
    while deliver_next(database, {"email": mailbox}, clock, recipient_of, clinic):
        pass

    assert states(database) == ["delivered"] * 3
    assert len(set(mailbox.keys)) == len(mailbox.keys) == 3


def test_a_message_held_by_its_group_lets_other_channels_go_on(
    database: Database, clinic: Clinic
) -> None:
    with database.write() as session:
        ensure_channels(session)
        grouped = [
            NewMessage(None, "staff:1", "email", "inquiry.submitted", f"t:{n}", group_key="g")
            for n in range(2)
        ]
        enqueue(session, grouped, at=NOON)
        enqueue(
            session,
            [NewMessage(None, "staff:1", "console", "inquiry.submitted", "t:9")],
            at=NOON,
        )
    claimed(database)
    email, console = Mailbox(), Mailbox()

    both = {"email": email, "console": console}
    assert deliver_next(database, both, StoppedClock(NOON), recipient_of, clinic)
    assert (email.tries, console.tries) == (0, 1)
