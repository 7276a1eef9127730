"""Every staff route has a guard, and every role meets it on every route."""

import pytest
from flask import Flask
from sqlalchemy import delete, select

from intake.audit.models import AuditEvent
from intake.staff.models import RoleName, staff_roles
from intake.storage.database import Database
from intake.web.dashboard.policies import guard, is_staff, unguarded
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.inquiry_policies import ON_INQUIRY

ANSWERS = {"coordinator", "clinician", "privacy_officer"}
EVERYBODY = {role.value for role in RoleName}
SEES_PAGES = {"editor", "clinician", "auditor", "administrator"}
PAGES = "/staff/pages"
PAGE = f"{PAGES}/<language>/<slug>"
REVISION = f"{PAGE}/revisions/<int:number>"
# Method and path of every staff route of ours, and the roles that may use it.
TABLE = {
    ("GET", "/staff/"): EVERYBODY,
    ("GET", "/staff/account"): EVERYBODY,
    ("GET", "/staff/style"): EVERYBODY,
    ("POST", "/staff/account/sessions/<key>/ending"): EVERYBODY,
    ("POST", "/staff/account/sessions/ending"): EVERYBODY,
    ("GET", "/staff/inquiries"): ANSWERS | {"auditor", "administrator"},
    ("POST", "/staff/inquiries/search"): ANSWERS,
    ("POST", "/staff/inquiries/filter"): ANSWERS | {"auditor", "administrator"},
    ("POST", "/staff/inquiries/views"): ANSWERS | {"auditor", "administrator"},
    ("POST", "/staff/inquiries/views/<public_id>/ending"): ANSWERS | {"auditor", "administrator"},
    ("POST", "/staff/inquiries/assignments"): {"coordinator", "clinician"},
    ("POST", "/staff/inquiries/snoozes"): {"coordinator", "clinician"},
    ("POST", "/staff/inquiries/spam"): {"coordinator"},
    ("POST", "/staff/inquiries/undoings"): {"coordinator", "clinician"},
    ("POST", "/staff/account/keys"): EVERYBODY,
    ("GET", "/staff/inquiries/<reference>"): ANSWERS,
    ("GET", "/staff/numbers"): ANSWERS | {"auditor", "administrator"},
    ("GET", "/staff/inquiries/new"): {"coordinator"},
    ("POST", "/staff/inquiries/new"): {"coordinator"},
    ("GET", "/staff/inquiries/<reference>/read-aloud"): {"coordinator"},
    ("GET", "/staff/inquiries/<reference>/caller-check"): ANSWERS,
    ("POST", "/staff/inquiries/<reference>/caller-check"): ANSWERS,
    ("GET", "/staff/inquiries/<reference>/duplicates"): ANSWERS,
    ("GET", "/staff/inquiries/<reference>/duplicates/<other>"): ANSWERS,
    ("POST", "/staff/inquiries/<reference>/duplicates/<other>/link"): {"coordinator"},
    ("POST", "/staff/inquiries/<reference>/duplicates/<other>/distinction"): {"coordinator"},
    ("POST", "/staff/inquiries/<reference>/duplicates/<other>/merge"): {"coordinator"},
    ("POST", "/staff/inquiries/<reference>/duplicates/<other>/separation"): {"coordinator"},
    ("GET", "/staff/deliveries"): {"coordinator", "privacy_officer", "administrator"},
    ("GET", "/staff/deliveries/<public_id>"): {"coordinator", "privacy_officer", "administrator"},
    ("POST", "/staff/deliveries/tests"): {"coordinator", "privacy_officer", "administrator"},
    ("POST", "/staff/deliveries/<public_id>/replay"): {"coordinator", "administrator"},
    ("POST", "/staff/deliveries/<public_id>/cancel"): {"coordinator", "administrator"},
    ("POST", "/staff/alarms/<int:number>/dismissal"): {"coordinator", "administrator"},
    ("POST", "/staff/deliveries/replay-many"): {"coordinator", "administrator"},
    ("GET", "/staff/account/passkeys/new"): EVERYBODY,
    ("POST", "/staff/account/passkeys"): EVERYBODY,
    ("POST", "/staff/account/passkeys/<public_id>/removal"): EVERYBODY,
    ("GET", "/staff/proof"): EVERYBODY,
    ("POST", "/staff/proof"): EVERYBODY,
    ("GET", "/staff/members"): {"administrator"},
    ("POST", "/staff/members"): {"administrator"},
    ("GET", "/staff/members/<public_id>"): {"administrator"},
    ("POST", "/staff/members/<public_id>/roles"): {"administrator"},
    ("POST", "/staff/members/<public_id>/deactivation"): {"administrator"},
    ("POST", "/staff/members/<public_id>/reactivation"): {"administrator"},
    ("POST", "/staff/members/<public_id>/invitation"): {"administrator"},
    ("POST", "/staff/members/<public_id>/second-factor-reset"): {"administrator"},
    ("GET", "/staff/openings"): {"administrator", "privacy_officer"},
    ("POST", "/staff/openings"): {"administrator"},
    ("GET", "/staff/openings/<public_id>"): {"administrator"},
    ("POST", "/staff/openings/<public_id>/review"): {"administrator", "privacy_officer"},
    ("GET", "/staff/closures"): {"coordinator", "administrator"},
    ("POST", "/staff/closures"): {"coordinator", "administrator"},
    ("POST", "/staff/closures/<public_id>/ending"): {"coordinator", "administrator"},
    ("GET", "/staff/routing"): {"administrator"},
    ("POST", "/staff/routing"): {"administrator"},
    ("POST", "/staff/routing/<public_id>/place"): {"administrator"},
    ("POST", "/staff/routing/<public_id>/ending"): {"administrator"},
    ("GET", "/staff/letters"): ANSWERS | {"administrator"},
    ("POST", "/staff/letters/<letter>/approval"): {"clinician"},
    ("POST", "/staff/letters/<letter>/approval/ending"): {"clinician"},
    ("GET", "/staff/erasures"): {"privacy_officer"},
    ("GET", "/staff/endpoints"): {"administrator"},
    ("POST", "/staff/endpoints"): {"administrator"},
    ("POST", "/staff/endpoints/<public_id>/secret"): {"administrator"},
    ("POST", "/staff/endpoints/<public_id>/old-secret/ending"): {"administrator"},
    ("POST", "/staff/endpoints/<public_id>/disabling"): {"administrator"},
    ("POST", "/staff/endpoints/<public_id>/enabling"): {"administrator"},
    ("POST", "/staff/endpoints/<public_id>/tests"): {"administrator"},
    ("GET", "/staff/subscriptions"): EVERYBODY,
    ("POST", "/staff/subscriptions/<any(rule, quiet, absence):what>"): EVERYBODY,
    ("POST", "/staff/subscriptions/<key>/ending"): EVERYBODY,
    ("GET", "/staff/subscriptions/all"): {"administrator"},
    ("GET", "/staff/subscriptions/of/<public_id>"): {"administrator"},
    ("POST", "/staff/subscriptions/of/<public_id>/<any(rule, quiet, absence):what>"): {
        "administrator"
    },
    ("POST", "/staff/subscriptions/of/<public_id>/<key>/ending"): {"administrator"},
    ("GET", f"{PAGES}"): SEES_PAGES,
    ("GET", f"{PAGE}"): SEES_PAGES,
    ("GET", f"{PAGE}/revisions/new"): {"editor"},
    ("POST", f"{PAGE}/revisions"): {"editor"},
    ("GET", f"{REVISION}"): SEES_PAGES,
    ("GET", f"{REVISION}/preview"): SEES_PAGES,
    ("GET", f"{REVISION}/difference"): SEES_PAGES,
    ("POST", f"{REVISION}/signoffs"): {"editor", "clinician"},
    ("POST", f"{PAGE}/signoffs/<public_id>/withdrawal"): {"editor", "clinician"},
    ("POST", f"{REVISION}/publications"): {"editor"},
    ("POST", f"{PAGE}/plan/withdrawal"): {"editor"},
    ("GET", "/staff/mf-recovery-codes"): EVERYBODY,
    ("POST", "/staff/mf-recovery-codes"): EVERYBODY,
    ("GET", "/staff/verify"): EVERYBODY,
    ("POST", "/staff/verify"): EVERYBODY,
    ("GET", "/staff/change"): EVERYBODY,
    ("POST", "/staff/change"): EVERYBODY,
    ("POST", "/staff/tf-setup/<token>"): EVERYBODY,
}
TABLE |= ON_INQUIRY
# Open routes: what they do depends on a one-time link or on the sign-in that came before.
OPEN = {
    ("GET", "/staff/welcome/<token>"),
    ("POST", "/staff/welcome/<token>"),
    ("POST", "/staff/login/passkey"),
    ("GET", "/staff/login"),
    ("POST", "/staff/login"),
    ("POST", "/staff/logout"),
    ("GET", "/staff/tf-setup"),
    ("POST", "/staff/tf-setup"),
    ("GET", "/staff/tf-validate"),
    ("POST", "/staff/tf-validate"),
    ("GET", "/staff/tf-rescue"),
    ("POST", "/staff/tf-rescue"),
    ("GET", "/staff/tf-select"),
    ("POST", "/staff/tf-select"),
    ("GET", "/staff/mf-recovery"),
    ("POST", "/staff/mf-recovery"),
}


LIBRARYS = {"/staff/mf-recovery-codes", "/staff/verify", "/staff/change", "/staff/tf-setup/<token>"}


def test_the_table_names_every_staff_route(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if is_staff(rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routes == set(TABLE) | OPEN


def test_a_route_without_a_policy_is_found_and_refused(app: Flask) -> None:
    app.view_functions["planted"] = lambda: "secret"
    app.url_map._remap = True
    app.url_map.add(app.url_rule_class("/staff/planted", endpoint="planted", methods=["GET"]))

    assert unguarded(app) == ["/staff/planted (planted)"]
    assert app.test_client().get("/staff/planted").status_code == 403


# What a stolen session must not do: the password or a passkey once more, after ten minutes.
FRESH = {
    ("GET", "/staff/account/passkeys/new"),
    ("POST", "/staff/account/passkeys"),
    ("POST", "/staff/account/passkeys/<public_id>/removal"),
    ("POST", "/staff/members"),
    ("POST", "/staff/members/<public_id>/roles"),
    ("POST", "/staff/members/<public_id>/deactivation"),
    ("POST", "/staff/members/<public_id>/reactivation"),
    ("POST", "/staff/members/<public_id>/invitation"),
    ("POST", "/staff/members/<public_id>/second-factor-reset"),
    ("POST", "/staff/openings"),
    ("POST", "/staff/endpoints/<public_id>/secret"),
    ("POST", "/staff/endpoints/<public_id>/old-secret/ending"),
    ("POST", "/staff/letters/<letter>/approval"),
    ("POST", "/staff/letters/<letter>/approval/ending"),
    ("POST", "/staff/inquiries/<reference>/clinical-closing"),
    ("POST", f"{REVISION}/signoffs"),
    ("POST", f"{PAGE}/signoffs/<public_id>/withdrawal"),
    ("POST", f"{REVISION}/publications"),
    ("GET", "/staff/proof"),
    ("POST", "/staff/proof"),
    ("POST", "/staff/inquiries/<reference>/erasure"),
    ("POST", "/staff/inquiries/<reference>/clinical-closing"),
}


def test_these_routes_and_no_others_of_ours_ask_for_a_fresh_proof(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    receipt = an_inquiry(sqlite_database)
    asked = set()

    for number, (method, rule) in enumerate(TABLE):
        if rule in LIBRARYS:
            continue
        usual = ("administrator", "coordinator", "editor", "clinician", "privacy_officer")
        role = next(one for one in usual if one in TABLE[method, rule])
        colleague = colleague_of(app, sqlite_database, clock, role, number)
        clock.advance(minutes=10)
        path = path_of(rule, receipt.reference)
        answer = colleague.get(path) if method == "GET" else colleague.post(path)
        if "Confirm that it is you" in answer.text:
            asked.add((method, rule))

    assert asked == FRESH


@pytest.mark.parametrize(
    ("roles", "answers"),
    [
        (("auditor", "editor"), {"/staff/inquiries": 200, "/staff/openings": 403}),
        (("administrator", "coordinator"), {"/staff/inquiries/{}": 200, "/staff/members": 200}),
        (("administrator", "auditor"), {"/staff/members": 200, "/staff/inquiries/{}": 403}),
        ((), {"/staff/account": 403, "/staff/": 403}),
    ],
)
def test_roles_add_up_and_no_role_opens_nothing(
    app: Flask,
    sqlite_database: Database,
    clock: StoppedClock,
    roles: tuple[str, ...],
    answers: dict[str, int],
) -> None:
    receipt = an_inquiry(sqlite_database)
    member = Colleague(app, sqlite_database, clock(), list(roles) or ["editor"])
    if not roles:
        with sqlite_database.write() as session:
            session.execute(delete(staff_roles).where(staff_roles.c.staff_id == member.staff_id))

    for path, status in answers.items():
        assert member.get(path.format(receipt.reference)).status_code == status


def test_nobody_is_led_to_the_sign_in_page(app: Flask, sqlite_database: Database) -> None:
    receipt = an_inquiry(sqlite_database)
    client = app.test_client()

    for method, rule in TABLE:
        answer = client.open(path_of(rule, receipt.reference), method=method)
        assert answer.status_code in {302, 303}, (method, rule)
        assert answer.location.startswith("/staff/login"), (method, rule)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_role_is_allowed_what_the_table_says_and_nothing_else(
    app: Flask, sqlite_database: Database, clock: StoppedClock, role: str
) -> None:
    receipt = an_inquiry(sqlite_database)

    for number, ((method, rule), allowed) in enumerate(TABLE.items()):
        clock.advance(seconds=1)
        colleague = colleague_of(app, sqlite_database, clock, role, number)
        path = path_of(rule, receipt.reference)
        answer = colleague.get(path) if method == "GET" else colleague.post(path)
        refused = answer.status_code == 403
        assert refused is (role not in allowed), (method, rule, answer.status_code)


@pytest.mark.parametrize(
    "path",
    [
        "/staff/inquiries/",
        "/STAFF/inquiries",
        "/staff//inquiries",
        "/staff/./inquiries",
        "/staff/inquiries%2f",
        "//staff/inquiries",
        "/staff/inquiries;a=b",
    ],
)
def test_tricks_with_the_path_open_nothing(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    assert answer.status_code in {301, 302, 303, 308, 404}
    assert "Needs first reply" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"X-HTTP-Method-Override": "GET"},
        {"X-Original-URL": "/staff/login"},
        {"X-Forwarded-User": "rosa.soto@clinic.example"},
        {"Authorization": "Basic cm9zYTpyb3Nh"},
        {"Authentication-Token": "made-up"},
        {"Accept": "application/json"},
    ],
)
def test_made_up_headers_open_nothing(app: Flask, headers: dict[str, str]) -> None:
    answer = app.test_client().get("/staff/inquiries", headers=headers)

    assert answer.status_code == 303
    assert answer.location.startswith("/staff/login")


def test_a_post_without_its_token_is_refused(coordinator: Colleague) -> None:
    answer = coordinator.client.post("/staff/inquiries/search", data={"query": "Ana"})

    assert answer.status_code == 400


def test_a_refusal_is_on_the_trail(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    editor = Colleague(app, sqlite_database, clock(), ["editor"])

    editor.get("/staff/inquiries")

    with sqlite_database.read() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None
    assert last.action == "staff.refused"
    assert last.detail == {"what": "see_work_list"}


def test_the_guard_runs_before_every_request(app: Flask) -> None:
    assert guard in app.before_request_funcs[None]


def path_of(rule: str, reference: str) -> str:
    path = rule.replace("<reference>", reference)
    return (
        path.replace("<key>", "0" * 32)
        .replace("<other>", "K7QF-29MD")
        .replace("<any(rule, quiet, absence):what>", "rule")
        .replace("<public_id>", "made-up")
        .replace("<letter>", "made-up")
        .replace("<language>", "en")
        .replace("<slug>", "lupus")
        .replace("<int:number>", "1")
        .replace("<token>", "made-up")
    )


def colleague_of(
    app: Flask, database: Database, clock: StoppedClock, role: str, number: int
) -> Colleague:
    """Return a fresh member each time: some of the routes sign out."""
    return Colleague(app, database, clock(), [role], name=f"{role}-{number}")
