"""The members pages: inviting, roles, resetting, deactivating, with every wrong input answered."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.notifications.models import OutboxMessage
from intake.notifications.recipient import Recipient, Withheld
from intake.notifications.subscriptions import Facts, staff_messages
from intake.staff.models import Passkey, Staff
from intake.storage.database import Database
from tests.staff.accounts_app import StoppedClock
from tests.staff.soft_key import SoftKey
from tests.web.dashboard.desk import Colleague, a_desk
from tests.web.dashboard.members_page import LI, actions, letters, link_in
from tests.web.dashboard.test_passkeys import AtTheDoor, add


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


def last(database: Database) -> AuditEvent:
    with database.read() as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert found is not None
    return found


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
