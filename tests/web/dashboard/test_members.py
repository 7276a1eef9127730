"""The members pages: inviting, roles, resetting, deactivating, with every wrong input answered."""

import re
from collections.abc import Sequence
from datetime import UTC

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.inquiries.models import Inquiry
from intake.inquiries.recipients import recipient_of
from intake.notifications.models import OutboxMessage, Subscription
from intake.notifications.recipient import ClaimedMessage, Recipient, Withheld
from intake.notifications.subscriptions import Facts, staff_messages
from intake.staff.models import Passkey, Staff
from intake.storage.database import Database
from tests.factories import a_clinic, a_keyring, an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.staff.soft_key import SoftKey
from tests.web.dashboard.desk import Colleague, a_desk
from tests.web.dashboard.test_passkeys import AtTheDoor, add

LI = {"full_name": "Li Wei", "email": "li.wei@clinic.example", "roles": "coordinator"}


@pytest.fixture
def app(database: Database, clock: StoppedClock) -> Flask:
    return a_desk(database, clock)


@pytest.fixture
def ada(app: Flask, database: Database, clock: StoppedClock) -> Colleague:
    """An administrator."""
    return Colleague(app, database, clock(), ["administrator"])


@pytest.fixture
def rosa(app: Flask, database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, database, clock(), ["coordinator"])


def link_in(page: str) -> str:
    found = re.search(r'<code class="link">[^<]*(/staff/welcome/[^<]+)</code>', page)
    assert found, page
    return found[1]


def last(database: Database) -> AuditEvent:
    with database.read() as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert found is not None
    return found


def actions(database: Database, subject: str) -> list[str]:
    with database.read() as session:
        return list(
            session.scalars(
                select(AuditEvent.action)
                .where(AuditEvent.subject == subject)
                .order_by(AuditEvent.id)
            )
        )


def letters(database: Database, at: object) -> Sequence[Recipient | Withheld]:
    """Return what is mailed about accounts, as the worker would read it."""
    with database.read() as session:
        rows = session.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.event.like("staff.%"))
            .order_by(OutboxMessage.id)
        ).all()
        return [
            recipient_of(
                session,
                claimed(row),
                at,  # type: ignore[arg-type]
                keyring=a_keyring(),
                clinic=a_clinic(),
                base_url="https://desk.example",
            )
            for row in rows
        ]


def claimed(row: OutboxMessage) -> ClaimedMessage:
    return ClaimedMessage(
        id=row.id,
        public_id=row.public_id,
        inquiry_id=row.inquiry_id,
        recipient=row.recipient,
        channel_id=row.channel_id,
        event=row.event,
        generation=1,
        payload=row.payload,
        attempts=1,
        losses=0,
        give_up_at=row.give_up_at,
        created_at=row.created_at,
        claimed_at=row.created_at.astimezone(UTC),
        lease_token="x",
    )


def test_a_member_is_invited_by_mail_and_on_the_screen_once(
    ada: Colleague, database: Database, clock: StoppedClock
) -> None:
    page = ada.post("/staff/members", **LI).text
    link = link_in(page)
    (letter,) = letters(database, clock())

    assert isinstance(letter, Recipient)
    assert letter.address == "li.wei@clinic.example"
    assert letter.values["url"] == f"https://desk.example{link}"
    with database.read() as session:
        stored = str(session.scalars(select(OutboxMessage.payload)).all())
    assert link.rpartition("/")[2] not in stored
    assert "Invited, no password yet" in ada.get("/staff/members").text
    assert "/staff/welcome/" not in ada.get("/staff/members").text
    assert "Welcome, Li Wei" in ada.get(link).text
    assert last(database).action == "staff.invited"
    with database.read() as session:
        assert staff_messages(session, "inquiry.submitted", facts=Facts("en"))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "li.wei"}, "Enter an e-mail address"),
        ({"full_name": "  "}, "Enter the full name"),
        ({"roles": "boss"}, "Choose at least one role"),
        ({"email": "administrator@clinic.example"}, "A member has this e-mail already"),
    ],
)
def test_a_wrong_invitation_is_told_and_keeps_what_was_typed(
    ada: Colleague, changed: dict[str, str], sentence: str
) -> None:
    answer = ada.post("/staff/members", **{**LI, **changed})

    assert answer.status_code == 422
    assert sentence in answer.text
    kept = {**LI, **changed}
    assert f'value="{kept["email"]}"' in answer.text
    assert f'value="{kept["full_name"]}"' in answer.text


def test_a_link_is_sent_again_and_the_one_before_is_worth_nothing(
    ada: Colleague, database: Database, clock: StoppedClock
) -> None:
    first = link_in(ada.post("/staff/members", **LI).text)
    with database.read() as session:
        li = session.scalars(select(Staff.public_id).where(Staff.email == LI["email"])).one()
    clock.advance(minutes=1)

    second = link_in(ada.post(f"/staff/members/{li}/invitation").text)
    old, new = letters(database, clock())

    assert ada.get(first).status_code == 404
    assert ada.get(second).status_code == 200
    assert old == Withheld("link_spent")
    assert isinstance(new, Recipient)


def test_roles_change_at_once_and_are_told(
    ada: Colleague, rosa: Colleague, database: Database, clock: StoppedClock
) -> None:
    path = f"/staff/members/{rosa.public_id}/roles"

    done = ada.post(path, roles="auditor")

    assert done.status_code == 303
    assert rosa.get("/staff/deliveries").status_code == 403
    assert last(database).action == "staff.refused"
    assert actions(database, rosa.public_id)[-2] == "staff.roles_changed"
    (letter,) = letters(database, clock())
    assert isinstance(letter, Recipient)
    assert letter.values["sentence"] == "Your roles at the desk were changed."


def test_no_role_at_all_is_refused_with_the_boxes_as_they_were_sent(
    ada: Colleague, rosa: Colleague
) -> None:
    answer = ada.post(f"/staff/members/{rosa.public_id}/roles")

    assert answer.status_code == 422
    assert "Choose at least one role" in answer.text


def test_the_last_administrator_keeps_the_role(ada: Colleague, database: Database) -> None:
    answer = ada.post(f"/staff/members/{ada.public_id}/roles", roles="coordinator")

    assert answer.status_code == 409
    assert "the last administrator" in answer.text
    assert ada.get("/staff/members").status_code == 200


def test_nobody_gives_themselves_roles_while_a_colleague_could(
    ada: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    Colleague(app, database, clock(), ["administrator"], name="second")

    answer = ada.post(f"/staff/members/{ada.public_id}/roles", roles="coordinator")

    assert answer.status_code == 409
    assert "This is your own account" in answer.text


def test_nobody_resets_or_deactivates_themselves(
    ada: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    Colleague(app, database, clock(), ["administrator"], name="second")

    reset = ada.post(f"/staff/members/{ada.public_id}/second-factor-reset")
    off = ada.post(f"/staff/members/{ada.public_id}/deactivation", reason="left")

    assert (reset.status_code, off.status_code) == (409, 409)
    assert "This is your own account" in reset.text
    assert "This is your own account" in off.text


def test_a_deactivated_member_is_out_at_once_and_their_work_is_somebody_elses(
    ada: Colleague, rosa: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    li = Colleague(app, database, clock(), ["clinician"])
    an_inquiry(database)
    give_to(database, rosa)
    path = f"/staff/members/{rosa.public_id}/deactivation"

    without = ada.post(path, reason="left", successor="")
    done = ada.post(path, reason="left", successor=li.public_id)

    assert without.status_code == 422
    assert "Choose who takes over the open inquiries" in without.text
    assert done.status_code == 303
    assert rosa.get("/staff/account").location.startswith("/staff/login")
    with database.read() as session:
        inquiry = session.scalars(select(Inquiry)).one()
    assert inquiry.assignee_id == li.staff_id
    assert inquiry.version == 2
    assert actions(database, inquiry.public_id)[-1] == "inquiry.assigned"
    told = [one for one in letters(database, clock()) if isinstance(one, Recipient)]
    assert [one.address for one in told] == [rosa.email, li.email]


def test_work_may_go_to_nobody_and_only_to_who_may_read_it(
    ada: Colleague, rosa: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    auditor = Colleague(app, database, clock(), ["auditor"])
    an_inquiry(database)
    give_to(database, rosa)
    path = f"/staff/members/{rosa.public_id}/deactivation"

    refused = ada.post(path, reason="left", successor=auditor.public_id)
    unsaid = ada.post(path, successor="nobody")
    done = ada.post(path, reason="misuse", successor="nobody")

    assert (refused.status_code, unsaid.status_code, done.status_code) == (422, 422, 303)
    assert "Choose why the account ends" in unsaid.text
    assert 'value="nobody" selected' in unsaid.text
    with database.read() as session:
        assert session.scalars(select(Inquiry.assignee_id)).one() is None
        events = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "staff.deactivated")
        ).one()
    assert events["reason"] == "misuse"


def test_subscriptions_count_while_their_member_is_active(
    ada: Colleague, database: Database
) -> None:
    ada.post("/staff/members", **LI)
    with database.read() as session:
        li = session.scalars(select(Staff).where(Staff.email == LI["email"])).unique().one()

    ada.post(f"/staff/members/{li.public_id}/deactivation", reason="left")

    with database.read() as session:
        assert staff_messages(session, "inquiry.submitted", facts=Facts("en")) == []
        assert session.scalars(select(Subscription.id)).all()


def test_a_member_comes_back_with_a_new_link_and_their_roles(
    ada: Colleague, rosa: Colleague, database: Database
) -> None:
    ada.post(f"/staff/members/{rosa.public_id}/deactivation", reason="away")
    again = ada.post(f"/staff/members/{rosa.public_id}/deactivation", reason="away")

    page = ada.post(f"/staff/members/{rosa.public_id}/reactivation").text

    assert again.status_code == 409
    assert "This account is not active" in again.text
    assert ada.get(link_in(page)).status_code == 200
    assert "Coordinator" in page
    assert "staff.reactivated" in actions(database, rosa.public_id)


def test_a_reset_forgets_codes_passkeys_and_password_and_is_told_without_the_link(
    ada: Colleague, rosa: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    key = SoftKey()
    add(rosa, key)

    page = ada.post(f"/staff/members/{rosa.public_id}/second-factor-reset").text

    door = AtTheDoor(app)
    door.send(key.sign(door.options))
    assert not door.is_in()
    assert rosa.get("/staff/account").status_code == 303
    with database.read() as session:
        assert session.scalars(select(Passkey.id)).all() == []
        assert session.scalar(select(Staff.password).where(Staff.id == rosa.staff_id)) is None
    assert "It is not mailed" in page
    link = link_in(page)
    told = [one for one in letters(database, clock()) if isinstance(one, Recipient)]
    assert "were reset" in str(told[-1].values["sentence"])
    assert link not in str(told)
    assert "staff.second_factor_reset" in actions(database, rosa.public_id)


def test_a_link_is_no_way_around_the_second_factor(ada: Colleague, rosa: Colleague) -> None:
    answer = ada.post(f"/staff/members/{rosa.public_id}/invitation")

    assert answer.status_code == 409
    assert "has a password already" in answer.text


def test_the_list_says_who_signs_in_with_what(
    ada: Colleague, rosa: Colleague, database: Database, clock: StoppedClock
) -> None:
    add(rosa, SoftKey())
    with database.write() as session:
        session.execute(
            update(Staff)
            .where(Staff.id == rosa.staff_id)
            .values(current_login_at=clock(), tf_totp_secret="x")
        )
    clock.advance(hours=0.1)

    page = ada.get("/staff/members").text

    assert "Password, authenticator app, 1 passkey" in page
    assert "6 min ago" in page


def test_an_unknown_member_is_not_found(ada: Colleague) -> None:
    assert ada.get("/staff/members/nobody").status_code == 404
    assert ada.post("/staff/members/nobody/roles", roles="auditor").status_code == 404


def test_two_administrators_who_remove_each_other_leave_one(
    ada: Colleague, app: Flask, database: Database, clock: StoppedClock
) -> None:
    other = Colleague(app, database, clock(), ["administrator"], name="second")

    first = ada.post(f"/staff/members/{other.public_id}/roles", roles="auditor")
    second = other.post(f"/staff/members/{ada.public_id}/roles", roles="auditor")

    assert (first.status_code, second.status_code) == (303, 403)


def give_to(database: Database, member: Colleague) -> None:
    with database.write() as session:
        session.execute(update(Inquiry).values(assignee_id=member.staff_id))
