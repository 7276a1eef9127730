"""The made-up inquiry takes the real path, counts nowhere, and is missed when it fails."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from intake.audit.models import OPERATOR
from intake.bootstrap import utc_now
from intake.crypto.keyring import open_keyring
from intake.crypto.tokens import SearchTokens
from intake.desk.worklist.listing import Looker, page_of
from intake.desk.worklist.views import View
from intake.inquiries.models import Inquiry, SearchToken
from intake.inquiries.own_proof import is_own, own_mark
from intake.inquiries.queries import open_counts
from intake.inquiries.recipients import recipient_of
from intake.notifications.alarms import open_alarms
from intake.notifications.models import OutboxMessage, State, SyntheticRun
from intake.notifications.outbox import ensure_channels
from intake.notifications.queries import channel_health
from intake.notifications.recipient import ClaimedMessage, Recipient
from intake.notifications.subscriptions import subscribe
from intake.operations.synthetic import Proving, look_after
from intake.settings import SmtpSettings, SyntheticSettings, load_settings
from intake.staff.members import create_member
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import a_keyring, search_tokens
from tests.fakes import eventually
from tests.notifications.rows import a_member, claimed
from tests.operations.paths import end_messages
from tests.running import free_port, running

MINUTE = timedelta(minutes=1)


@pytest.fixture
def proving(database: Database, tmp_path: Path) -> Proving:
    """Give what a proof on a public address is made with: the path from the draft on."""
    with database.write() as session:
        ensure_channels(session)
    settings = load_settings().model_copy(
        update={"data_dir": tmp_path, "base_url": "https://intake.clinic.example"}
    )
    return Proving(database, a_keyring(), search_tokens(), settings)


def runs(database: Database) -> list[SyntheticRun]:
    with database.read() as session:
        return list(session.scalars(select(SyntheticRun).order_by(SyntheticRun.id)))


def alarms(database: Database) -> list[str]:
    with database.read() as session:
        return [str(one.detail["reason"]) for one in open_alarms(session)]


def the_inquiry(database: Database) -> Inquiry:
    with database.read() as session:
        return session.scalars(select(Inquiry)).one()


def test_it_is_born_closed_as_a_test_and_nobody_is_told(
    proving: Proving, database: Database
) -> None:
    with database.write() as session:
        subscribe(session, a_member(session), "inquiry.submitted", "email", NOON)

    look_after(proving, at=NOON)

    inquiry = the_inquiry(database)
    assert (inquiry.status, inquiry.outcome, inquiry.closed_at) == ("closed", "test", NOON)
    with database.read() as session:
        recipients = session.scalars(select(OutboxMessage.recipient)).all()
        assert open_counts(session) == {}
        for view in View:
            assert list(page_of(session, a_keyring(), view, Looker(0, NOON)).rows) == []
    assert recipients == ["synthetic"]


def test_it_arrives_when_its_confirmation_is_delivered_and_is_not_counted(
    proving: Proving, database: Database
) -> None:
    look_after(proving, at=NOON)
    assert runs(database)[0].arrived_at is None

    end_messages(database, State.DELIVERED, at=NOON)
    look_after(proving, at=NOON + MINUTE)

    (run,) = runs(database)
    assert run.arrived_at == NOON + MINUTE
    with database.read() as session:
        health = channel_health(session, day_start=NOON - timedelta(hours=1))
    assert [one.delivered_since for one in health] == [0, 0]


def test_its_confirmation_can_be_read_though_the_inquiry_is_closed(
    proving: Proving, database: Database
) -> None:
    look_after(proving, at=NOON)
    (message,) = claimed(database, at=NOON)

    found = reader_of(message, database, proving, NOON)

    assert isinstance(found, Recipient)
    assert found.address == "made-up@mail.example.org"
    assert found.limit_key is None  # 24 a day to one address of ours are not a flood


def reader_of(
    message: ClaimedMessage, database: Database, proving: Proving, at: datetime
) -> object:
    with database.read() as session:
        return recipient_of(
            session,
            message,
            at,
            keyring=a_keyring(),
            clinic=proving.settings.clinic,
            base_url=proving.settings.base_url,
        )


def test_what_does_not_arrive_raises_an_alarm_that_the_next_one_clears(
    proving: Proving, database: Database
) -> None:
    look_after(proving, at=NOON)
    look_after(proving, at=NOON + 14 * MINUTE)
    before = alarms(database)
    look_after(proving, at=NOON + 16 * MINUTE)
    raised = alarms(database)
    with database.read() as session:
        own = select(OutboxMessage.state).where(OutboxMessage.recipient == "synthetic")
        assert session.scalars(own).all() == ["cancelled"]

    look_after(proving, at=NOON + 60 * MINUTE)
    end_messages(database, State.DELIVERED, at=NOON + 60 * MINUTE)
    look_after(proving, at=NOON + 61 * MINUTE)

    assert (before, raised, alarms(database)) == ([], ["not_delivered"], [])
    assert [run.failed_reason for run in runs(database)] == ["not_delivered", None]


def test_a_confirmation_that_was_refused_is_told_at_once(
    proving: Proving, database: Database
) -> None:
    look_after(proving, at=NOON)
    end_messages(database, State.DEAD, at=NOON, reason="sender_refused")
    look_after(proving, at=NOON + MINUTE)

    assert alarms(database) == ["sender_refused"]


def test_one_an_hour_and_only_one_whoever_looks(proving: Proving, database: Database) -> None:
    for minutes in (0, 0, 1, 59, 60, 60, 119):
        look_after(proving, at=NOON + minutes * MINUTE)

    assert [run.started_at for run in runs(database)] == [NOON, NOON + 60 * MINUTE]


def test_zero_minutes_turn_it_off(proving: Proving, database: Database) -> None:
    off = proving.settings.model_copy(update={"synthetic": SyntheticSettings(every_minutes=0)})

    look_after(replace(proving, settings=off), at=NOON)

    assert runs(database) == []


def test_a_day_later_it_is_shredded(proving: Proving, database: Database) -> None:
    look_after(proving, at=NOON)
    with database.read() as session:
        key = session.scalars(select(OutboxMessage.public_id)).one()
    letter = proving.settings.mailbox_dir / f"20261123T170000Z-{key}-1.eml"
    letter.parent.mkdir(parents=True)
    letter.touch()
    end_messages(database, State.DELIVERED, at=NOON)
    off = proving.settings.model_copy(update={"synthetic": SyntheticSettings(every_minutes=0)})
    still = replace(proving, settings=off)

    look_after(still, at=NOON + timedelta(hours=23))
    assert the_inquiry(database).data_key is not None
    look_after(still, at=NOON + timedelta(hours=24))
    look_after(still, at=NOON + timedelta(hours=25))

    inquiry = the_inquiry(database)
    sealed = (inquiry.data_key, inquiry.answers, inquiry.label, inquiry.access)
    assert sealed == (None, None, None, None)
    assert (inquiry.status, inquiry.outcome) == ("erased", "test")
    assert runs(database)[0].erased_at == NOON + timedelta(hours=24)
    assert not letter.exists()
    with database.read() as session:
        assert session.scalars(select(SearchToken.token)).all() == []


def test_with_a_mail_server_and_no_address_of_ours_no_mail_is_sent(
    proving: Proving, database: Database
) -> None:
    relay = proving.settings.model_copy(update={"smtp": SmtpSettings(host="mail.clinic.example")})

    look_after(replace(proving, settings=relay), at=NOON)

    with database.read() as session:
        assert session.scalars(select(OutboxMessage.id)).all() == []
    assert runs(database)[0].arrived_at == NOON


def test_a_run_that_a_restart_cut_off_is_no_alarm(proving: Proving, database: Database) -> None:
    with database.write() as session:
        session.add(SyntheticRun(started_at=NOON))

    look_after(proving, at=NOON + 16 * MINUTE)

    assert runs(database)[0].failed_reason == "interrupted"
    assert alarms(database) == []


def test_a_site_that_does_not_answer_is_an_alarm(proving: Proving, database: Database) -> None:
    away = proving.settings.model_copy(update={"base_url": f"http://127.0.0.1:{free_port()}"})

    look_after(replace(proving, settings=away), at=NOON)

    assert alarms(database) == ["site_away"]
    assert runs(database)[0].failed_reason == "site_away"


def test_only_a_fresh_mark_of_ours_is_believed() -> None:
    mark = own_mark(b"s" * 32, at=NOON)

    assert is_own(mark, b"s" * 32, at=NOON + 4 * MINUTE)
    assert not is_own(mark, b"s" * 32, at=NOON + 6 * MINUTE)
    assert not is_own(mark, b"t" * 32, at=NOON)
    for made_up in ("", ".", "1.", "x.y", f"{mark}0", "9" * 40 + ".00", "٣.00"):
        assert not is_own(made_up, b"s" * 32, at=NOON)


def test_over_http_it_goes_through_the_form_and_its_receipt(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service:
        settings = load_settings().model_copy(
            update={"data_dir": service.data_dir, "base_url": service.base_url}
        )
        database = Database(settings.database)
        try:
            keyring = open_keyring(settings.keyring_path)
            proving = Proving(database, keyring, SearchTokens(keyring.secret("search")), settings)

            def it_arrived() -> object:
                look_after(proving, at=utc_now())
                return runs(database)[0].arrived_at

            eventually(it_arrived)
            inquiry = the_inquiry(database)
        finally:
            database.close()
        assert list((service.data_dir / "ledger").glob("*.log"))
    assert (inquiry.status, inquiry.outcome, inquiry.source) == ("closed", "test", "one_page")


def test_administrators_get_a_message_of_the_first_failure_only(
    proving: Proving, database: Database
) -> None:
    with database.write() as session:
        create_member(
            session,
            email="admin@clinic.example",
            full_name="Ida Made-Up",
            roles=["administrator"],
            at=NOON,
            actor=OPERATOR,
        )
        session.execute(update(Staff).values(active=True))
    away = proving.settings.model_copy(update={"base_url": f"http://127.0.0.1:{free_port()}"})
    failing = replace(proving, settings=away)

    look_after(failing, at=NOON)
    look_after(failing, at=NOON + 60 * MINUTE)

    with database.read() as session:
        told = session.execute(select(OutboxMessage.recipient, OutboxMessage.payload)).all()
    assert sorted(recipient for recipient, _ in told) == ["desk", "staff:1"]
    assert {payload["kind"] for _, payload in told} == {"synthetic.failed"}
