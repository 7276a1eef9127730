"""Signing in as people do it, through the pages."""

import re

from flask import Flask
from sqlalchemy import select

from intake.audit.models import OPERATOR, AuditEvent
from intake.crypto.tokens import hash_secret
from intake.staff.members import deactivate
from intake.staff.models import Staff
from intake.staff.sessions import end_session
from intake.storage.database import Database
from tests.staff.accounts_app import PASSWORD, Person, StoppedClock, token_in


def test_the_first_sign_in_needs_the_set_up_of_a_second_factor(rosa: Person) -> None:
    asked = rosa.enter_password()

    assert asked.status_code == 302
    assert asked.location == "/staff/tf-setup"
    assert not rosa.is_in()

    entered = rosa.first_sign_in()

    assert entered.location == "/staff/"
    assert rosa.get("/staff/account").text == "Rosa Soto"


def test_the_next_sign_in_needs_password_and_code(rosa: Person) -> None:
    rosa.first_sign_in()
    rosa.post("/staff/logout", "/staff/change")
    assert not rosa.is_in()

    asked = rosa.enter_password()

    assert asked.location == "/staff/tf-validate?next=/staff/"
    assert not rosa.is_in()
    assert rosa.enter_code().location == "/staff/"
    assert rosa.is_in()


def test_the_page_asked_for_is_shown_after_both_factors_and_no_page_elsewhere(rosa: Person) -> None:
    rosa.first_sign_in()
    rosa.post("/staff/logout", "/staff/change")

    inside = rosa.post("/staff/login", email=rosa.email, password=PASSWORD, next="/staff/account")
    elsewhere = rosa.post(
        "/staff/login", email=rosa.email, password=PASSWORD, next="//evil.example"
    )

    assert inside.location == "/staff/tf-validate?next=/staff/account"
    assert "evil" not in elsewhere.headers.get("Location", "")


def test_one_code_signs_in_once(rosa: Person, app: Flask, clock: StoppedClock) -> None:
    rosa.first_sign_in()
    thief = Person(app, clock)
    code = rosa.code()
    rosa.post("/staff/logout", "/staff/change")
    rosa.enter_password()
    thief.enter_password()

    assert rosa.enter_code(code).status_code == 302
    refused = thief.enter_code(code)

    assert "This code cannot be used" in refused.text
    assert not thief.is_in()


def test_a_cookie_from_before_the_set_up_does_not_replace_the_second_factor(
    rosa: Person, app: Flask, clock: StoppedClock
) -> None:
    thief = Person(app, clock)
    thief.enter_password()  # knew the password, came before the first set-up
    page = thief.scan()
    rosa.first_sign_in()

    refused = thief.client.post(
        "/staff/tf-validate", data={"csrf_token": token_in(page), "code": thief.code()}
    )

    assert refused.status_code == 200
    assert not thief.is_in()
    rosa.post("/staff/logout", "/staff/change")
    assert rosa.sign_in().location == "/staff/"


def test_the_code_must_come_soon_after_the_password(rosa: Person, clock: StoppedClock) -> None:
    rosa.first_sign_in()
    rosa.post("/staff/logout", "/staff/change")
    rosa.enter_password()

    clock.advance(minutes=10)
    late = rosa.get("/staff/tf-validate")

    assert late.location == "/staff/login"
    assert "Begin with your e-mail and password" in rosa.get("/staff/login").text
    assert rosa.sign_in().location == "/staff/"


def test_who_is_deactivated_between_password_and_code_stays_out(
    rosa: Person, database: Database, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    rosa.post("/staff/logout", "/staff/change")
    rosa.enter_password()
    with database.write() as session:
        deactivate(session, email=rosa.email, at=clock(), actor=OPERATOR)

    assert rosa.enter_code().status_code == 200
    assert not rosa.is_in()


def test_a_member_who_is_signed_in_changes_their_authenticator(
    rosa: Person, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    page = rosa.scan()

    changed = rosa.client.post(
        "/staff/tf-validate", data={"csrf_token": token_in(page), "code": rosa.code()}
    )
    clock.advance(seconds=31)
    rosa.post("/staff/logout", "/staff/change")

    assert changed.location == "/staff/account"
    assert rosa.sign_in().location == "/staff/"


def test_the_key_is_shown_as_a_drawing_and_as_text_without_script_or_data_url(
    rosa: Person,
) -> None:
    rosa.enter_password()

    page = rosa.scan()

    assert "<svg" in page
    assert "<path" in page
    assert "data:" not in page
    assert "<script" not in page
    assert "style=" not in page
    assert len(rosa.key.replace(" ", "").replace("-", "")) >= 32


def test_unknown_wrong_and_locked_get_the_same_page(rosa: Person, app: Flask) -> None:
    pages = []
    for email, password in (
        ("rosa.soto@clinic.example", "wrong wrong wrong wrong"),
        ("nobody@clinic.example", "wrong wrong wrong wrong"),
    ):
        visitor = Person(app, rosa.clock, email)
        answer = visitor.enter_password(password)
        pages.append((answer.status_code, stripped(answer.text, email)))
    for _ in range(10):
        rosa.enter_password("wrong wrong wrong wrong")
    locked = rosa.enter_password(PASSWORD)
    pages.append((locked.status_code, stripped(locked.text, rosa.email)))

    assert pages[0] == pages[1] == pages[2]
    assert "cannot sign in" in pages[0][1]


def stripped(page: str, email: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page).replace(email, "")


def test_many_guesses_wait_and_an_open_session_goes_on(
    rosa: Person, app: Flask, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    thief = Person(app, clock)
    for _ in range(10):
        thief.enter_password("wrong wrong wrong wrong")

    early = thief.enter_password(PASSWORD)
    clock.advance(seconds=61)
    later = thief.enter_password(PASSWORD)

    assert early.status_code == 200
    assert later.status_code == 302
    assert rosa.is_in()


def test_an_idle_session_ends_and_a_used_one_goes_on(rosa: Person, clock: StoppedClock) -> None:
    rosa.first_sign_in()
    for _ in range(4):
        clock.advance(minutes=14)
        assert rosa.is_in()

    clock.advance(minutes=15)

    assert not rosa.is_in()


def test_no_session_outlives_twelve_hours(rosa: Person, clock: StoppedClock) -> None:
    rosa.first_sign_in()
    for _ in range(71):
        clock.advance(minutes=10)
        assert rosa.is_in()

    clock.advance(minutes=10)

    assert not rosa.is_in()


def test_a_clock_set_back_far_ends_the_session(rosa: Person, clock: StoppedClock) -> None:
    rosa.first_sign_in()

    clock.advance(minutes=-4)
    assert rosa.is_in()
    clock.advance(hours=-1)

    assert not rosa.is_in()


def test_a_revoked_session_is_out_at_once_and_the_other_stays(
    rosa: Person, app: Flask, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    phone = Person(app, clock)
    phone.key = rosa.key
    phone.sign_in()
    with app.test_request_context(), rosa.client.session_transaction() as cookie:
        secret = cookie["sid"]
    with app.extensions["intake_accounts"].database.write() as session:
        assert end_session(session, hash_secret(secret), at=clock())

    assert not rosa.is_in()
    assert phone.is_in()


def test_a_deactivated_member_is_out_at_once(
    rosa: Person, database: Database, clock: StoppedClock
) -> None:
    rosa.first_sign_in()

    with database.write() as session:
        deactivate(session, email=rosa.email, at=clock(), actor=OPERATOR)

    assert not rosa.is_in()
    assert rosa.enter_password().status_code == 200


def test_a_cookie_without_a_session_row_is_nobody(rosa: Person) -> None:
    rosa.first_sign_in()

    with rosa.client.session_transaction() as cookie:
        del cookie["sid"]

    assert not rosa.is_in()


def test_signing_out_needs_a_post_with_its_token(rosa: Person) -> None:
    rosa.first_sign_in()

    assert rosa.get("/staff/logout").status_code == 405
    rosa.client.post("/staff/logout")
    assert rosa.is_in()
    rosa.post("/staff/logout", "/staff/change")

    assert not rosa.is_in()


def test_a_form_without_its_token_does_nothing(rosa: Person) -> None:
    answer = rosa.client.post("/staff/login", data={"email": rosa.email, "password": PASSWORD})

    assert answer.status_code == 200
    assert "Send it again" in answer.text


def test_a_changed_password_signs_other_devices_out(
    rosa: Person, app: Flask, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    phone = Person(app, clock)
    phone.key = rosa.key
    phone.sign_in()
    new = "seven slow otters in the reeds"

    short = rosa.post(
        "/staff/change", password=PASSWORD, new_password="short", new_password_confirm="short"
    )
    changed = rosa.post(
        "/staff/change", password=PASSWORD, new_password=new, new_password_confirm=new
    )

    assert "at least 15 characters" in short.text
    assert changed.location == "/staff/account"
    assert rosa.is_in()
    assert not phone.is_in()


def test_a_recovery_code_signs_in_once_and_is_stored_encrypted(
    rosa: Person, database: Database
) -> None:
    rosa.first_sign_in()
    page = rosa.post("/staff/mf-recovery-codes", generate_new_codes="yes").text
    codes = re.findall(r"<code>([0-9a-f-]{14})</code>", page)
    assert len(codes) == 10
    with database.read() as session:
        stored = session.scalar(select(Staff.mf_recovery_codes))
    assert stored is not None
    assert not any(code in str(stored) for code in codes)
    rosa.post("/staff/logout", "/staff/change")

    rosa.enter_password()
    first = rosa.post("/staff/mf-recovery", code=codes[3].upper())
    assert first.status_code == 302
    assert rosa.is_in()
    rosa.post("/staff/logout", "/staff/change")
    rosa.enter_password()
    second = rosa.post("/staff/mf-recovery", code=codes[3])

    assert "cannot be used" in second.text
    assert not rosa.is_in()


def test_public_pages_neither_read_the_session_nor_vary_by_it(rosa: Person) -> None:
    rosa.first_sign_in()

    answer = rosa.get("/public")

    assert "Vary" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_what_happened_is_on_the_trail(rosa: Person, database: Database) -> None:
    rosa.enter_password("wrong wrong wrong wrong")
    rosa.first_sign_in()
    rosa.post("/staff/mf-recovery-codes", generate_new_codes="yes")
    rosa.post("/staff/logout", "/staff/change")

    with database.read() as session:
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
        details = str(list(session.scalars(select(AuditEvent.detail))))

    assert actions == [
        "staff.created",
        "staff.invited",
        "staff.password_set",
        "staff.sign_in_failed",
        "staff.second_factor_set",
        "staff.signed_in",
        "staff.recovery_codes_made",
        "staff.signed_out",
    ]
    assert "rosa" not in details.lower()
