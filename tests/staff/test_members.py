"""Creating, inviting, resetting and deactivating members of staff."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.audit.models import OPERATOR, AuditEvent
from intake.errors import Conflict, InvalidInput, NotFound
from intake.settings import StaffSettings
from intake.staff.invitations import accept_invitation, find_invitation
from intake.staff.members import (
    create_member,
    deactivate,
    ensure_roles,
    reset_password,
    reset_second_factor,
)
from intake.staff.models import Role, Staff, StaffInvitation
from intake.staff.roster import list_members
from intake.staff.sessions import begin_session, find_session
from intake.storage.database import Database
from tests.conftest import NOON
from tests.staff.accounts_app import invite

ROSA = "rosa.soto@clinic.example"


def test_a_new_member_has_a_link_and_no_password(database: Database) -> None:
    token = invite(
        database, email=" Rosa.Soto@Clinic.example ", roles=("coordinator", "clinician"), at=NOON
    )

    with database.read() as session:
        (rosa,) = list_members(session)
        invitee = find_invitation(session, token, at=NOON)
        stored = session.scalars(select(StaffInvitation.token_hash)).one()
    assert (rosa.email, rosa.roles, rosa.has_password) == (
        ROSA,
        ("clinician", "coordinator"),
        False,
    )
    assert invitee is not None
    assert invitee.email == ROSA
    assert token.encode() not in stored


def test_every_problem_of_a_new_member_is_told_at_once(database: Database) -> None:
    with pytest.raises(InvalidInput) as wrong, database.write() as session:
        create_member(
            session, email="rosa", full_name=" ", roles=("boss",), at=NOON, actor=OPERATOR
        )

    assert [problem.field for problem in wrong.value.problems] == ["email", "full_name", "roles"]


def test_one_address_is_one_member(database: Database) -> None:
    invite(database, at=NOON)

    with pytest.raises(Conflict):
        invite(database, email="ROSA.soto@clinic.example", at=NOON)


def test_a_link_is_spent_once_and_only_by_choosing_a_password(database: Database) -> None:
    token = invite(database, at=NOON)
    with database.read() as session:
        assert find_invitation(session, token, at=NOON) is not None
        assert find_invitation(session, token, at=NOON) is not None

    with database.write() as session:
        assert accept_invitation(session, token, password_hash="one", at=NOON)
    with database.write() as session:
        assert not accept_invitation(session, token, password_hash="two", at=NOON)

    with database.read() as session:
        assert session.scalar(select(Staff.password)) == "one"
        assert find_invitation(session, token, at=NOON) is None


def test_a_link_lasts_a_day(database: Database) -> None:
    token = invite(database, at=NOON)

    with database.read() as session:
        assert find_invitation(session, token, at=NOON + timedelta(hours=23, minutes=59))
        assert find_invitation(session, token, at=NOON + timedelta(hours=24)) is None
    with database.write() as session:
        late = accept_invitation(session, token, password_hash="x", at=NOON + timedelta(days=1))
    assert not late


def test_a_new_link_takes_the_place_of_the_old_one(database: Database) -> None:
    old = invite(database, at=NOON)

    with database.write() as session:
        new = reset_password(session, email=ROSA, at=NOON, actor=OPERATOR)

    with database.read() as session:
        assert find_invitation(session, old, at=NOON) is None
        assert find_invitation(session, new, at=NOON) is not None


def test_a_password_reset_keeps_the_second_factor_and_ends_sessions(database: Database) -> None:
    secret = a_member_with_everything(database)

    with database.write() as session:
        reset_password(session, email=ROSA, at=NOON, actor=OPERATOR)

    with database.read() as session:
        rosa = session.scalars(select(Staff)).unique().one()
        assert rosa.password is None
        assert rosa.tf_totp_secret == "sealed"
        assert rosa.failed_sign_ins == 0
        assert find_session(session, secret, rosa.id, limits=StaffSettings(), at=NOON) is None


def test_a_second_factor_reset_forgets_codes_and_password(database: Database) -> None:
    a_member_with_everything(database)

    with database.write() as session:
        token = reset_second_factor(session, email=ROSA, at=NOON, actor=OPERATOR)

    with database.read() as session:
        rosa = session.scalars(select(Staff)).unique().one()
        assert rosa.password is None
        assert rosa.tf_totp_secret is None
        assert rosa.mf_recovery_codes is None
        assert rosa.totp_last_counter is None
        assert find_invitation(session, token, at=NOON) is not None


def test_a_deactivated_member_keeps_no_session_and_no_link(database: Database) -> None:
    token = invite(database, at=NOON)

    with database.write() as session:
        deactivate(session, email=ROSA, at=NOON, actor=OPERATOR)

    with database.read() as session:
        assert find_invitation(session, token, at=NOON) is None
        assert not list_members(session)[0].active
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions == ["staff.created", "staff.invited", "staff.deactivated"]


def test_nobody_cannot_be_reset(database: Database) -> None:
    with pytest.raises(NotFound), database.write() as session:
        reset_password(session, email="nobody@clinic.example", at=NOON, actor=OPERATOR)


def test_roles_are_stored_once(database: Database) -> None:
    for _ in range(2):
        with database.write() as session:
            ensure_roles(session)

    with database.read() as session:
        assert len(session.scalars(select(Role)).all()) == 6


def a_member_with_everything(database: Database) -> str:
    invite(database, at=NOON)
    with database.write() as session:
        rosa = session.scalars(select(Staff)).unique().one()
        rosa.password, rosa.tf_totp_secret, rosa.tf_primary_method = (
            "hash",
            "sealed",
            "authenticator",
        )
        rosa.mf_recovery_codes, rosa.totp_last_counter, rosa.failed_sign_ins = ["a"], 7, 100
        return begin_session(session, rosa.id, device="Firefox on Linux", at=NOON)
