"""Every staff page: valid, labelled, without script or style inside, and with its headers."""

import re
from collections.abc import Iterator

import html5lib
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from intake.storage.database import Database
from tests.factories import an_inquiry
from tests.staff.accounts_app import PASSWORD, Person, StoppedClock, invite
from tests.staff.soft_key import SoftKey
from tests.web.dashboard.desk import Colleague
from tests.web.dashboard.test_passkeys import add

Named = tuple[str, TestResponse]


def signed_out_pages(app: Flask, database: Database, clock: StoppedClock) -> Iterator[Named]:
    link = f"/staff/welcome/{invite(database, at=clock())}"
    rosa = Person(app, clock)
    yield "welcome", rosa.get(link)
    yield "welcome with problems", rosa.post(link, password="short", again="")
    yield "welcome spent", rosa.get("/staff/welcome/made-up")
    rosa.post(link, password=PASSWORD, again=PASSWORD)
    yield "login", rosa.get("/staff/login")
    yield "login refused", rosa.post("/staff/login", email="", password="")
    rosa.enter_password()
    yield "set-up", rosa.get("/staff/tf-setup")
    yield "set-up with the key", rosa.post("/staff/tf-setup", setup="authenticator")
    rosa.first_sign_in()
    rosa.post("/staff/logout", "/staff/account")
    rosa.enter_password()
    yield "code", rosa.get("/staff/tf-validate")
    yield "code refused", rosa.enter_code("000000")
    yield "other way", rosa.get("/staff/tf-rescue")
    yield "other way refused", rosa.post("/staff/tf-rescue", help_setup="help")
    yield "recovery", rosa.get("/staff/mf-recovery")
    yield "recovery refused", rosa.post("/staff/mf-recovery", code="0000-0000-0000")


def signed_in_pages(app: Flask, database: Database, clock: StoppedClock) -> Iterator[Named]:
    receipt = an_inquiry(database)
    an_inquiry(
        database,
        asking_for="other",
        relationship="partner",
        person_knows="no",
        requester_name="Luis Díaz",
        language="es",
        interpreter="yes",
    )
    link = f"/staff/welcome/{invite(database, at=clock())}"
    rosa = Person(app, clock)
    rosa.post(link, password=PASSWORD, again=PASSWORD)
    rosa.first_sign_in()
    for path in (
        "inquiries",
        "inquiries?view=closed",
        "subscriptions",
        f"inquiries/{receipt.reference}",
        "deliveries",
        "numbers",
        "account",
        "change",
        "verify",
        "tf-setup",
        "mf-recovery-codes",
        "mf-recovery-codes?show_codes=1",
    ):
        yield path, rosa.get(f"/staff/{path}")
    yield "codes made", rosa.post("/staff/mf-recovery-codes", generate_new_codes="yes")
    yield "change refused", rosa.post("/staff/change", password="x")
    yield "verify refused", rosa.post("/staff/verify", password="x")
    yield "changing the key", rosa.post("/staff/tf-setup", setup="authenticator")
    yield "sign-out without token", rosa.client.post("/staff/logout")


def administrators_pages(app: Flask, database: Database, clock: StoppedClock) -> Iterator[Named]:
    ada = Colleague(app, database, clock(), ["administrator"])
    rosa = Colleague(app, database, clock(), ["coordinator"])
    reference = an_inquiry(database).reference
    opening = ada.post("/staff/openings", reference=reference, reason="Nobody else is here now")
    for path in ("members", f"members/{rosa.public_id}", f"members/{ada.public_id}", "openings"):
        yield path, ada.get(f"/staff/{path}")
    yield "opening", ada.get(opening.location)
    yield "opening refused", ada.post("/staff/openings", reference="", reason="")
    yield "invitation refused", ada.post("/staff/members")
    yield (
        "invited",
        ada.post("/staff/members", full_name="Li", email="li@clinic.example", roles="editor"),
    )
    yield "no roles", ada.post(f"/staff/members/{rosa.public_id}/roles")
    yield "no reason", ada.post(f"/staff/members/{rosa.public_id}/deactivation")
    ada.post(f"/staff/members/{rosa.public_id}/deactivation", reason="left")
    yield "deactivated", ada.get(f"/staff/members/{rosa.public_id}")
    yield "new passkey", ada.get("/staff/account/passkeys/new")
    add(ada, SoftKey())
    yield "passkeys", ada.get("/staff/account")
    yield "passkey of no name", add(ada, SoftKey(), "")
    yield "proof", ada.get("/staff/proof?next=/staff/account")
    yield "proof refused", ada.post("/staff/proof", "/staff/proof", proof_password="")


def editors_pages(app: Flask, database: Database, clock: StoppedClock) -> Iterator[Named]:
    eva = Colleague(app, database, clock(), ["editor"])
    lupus = "/staff/pages/en/lupus"
    for path in ("", "/en/lupus", "/en/lupus/revisions/0", "/es/lupus/revisions/new"):
        yield path or "list", eva.get(f"/staff/pages{path}")
    yield "not a page", eva.post(f"{lupus}/revisions", text="A <b> & miracle", based_on="0")
    yield "with faults", eva.get(f"{lupus}/revisions/1")
    yield "differs", eva.get(f"{lupus}/revisions/1/difference")
    yield "empty", eva.post(f"{lupus}/revisions", text="", based_on="1")
    text = f"{app.extensions['intake'].catalog.texts['en', 'lupus']}\nMore. [R30b]\n"
    eva.post(f"{lupus}/revisions", text=text, based_on="1")
    yield "no fault", eva.get(f"{lupus}/revisions/2")
    yield "not signed", eva.post(f"{lupus}/revisions/2/signoffs")


@pytest.mark.parametrize(
    "pages", [signed_out_pages, signed_in_pages, administrators_pages, editors_pages]
)
def test_every_page_is_valid_labelled_and_free_of_scripts(
    app: Flask,
    sqlite_database: Database,
    clock: StoppedClock,
    pages: object,
) -> None:
    assert callable(pages)
    for name, answer in pages(app, sqlite_database, clock):
        assert answer.mimetype == "text/html", name
        assert answer.status_code in {200, 404, 422}, (name, answer.status_code, answer.location)
        judge(name, answer.text)
        judge_headers(name, answer)


def judge(name: str, page: str) -> None:
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(page)
    assert not parser.errors, (name, parser.errors[:3])
    assert len(tree.findall(".//h1")) == 1, name
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), (name, sorted(ids))
    labelled = {label.get("for") for label in tree.findall(".//label")}
    for control in tree.findall(".//input"):
        if control.get("type") not in {"hidden", "submit"}:
            assert control.get("id") in labelled, (name, control.attrib)
    for link in tree.findall(".//a"):
        target = link.get("href") or ""
        if target.startswith("#") and target != "#main":
            assert target[1:] in ids, (name, target)
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|data:", page), name
    assert all(script.get("src") for script in tree.findall(".//script")), name
    assert "{{" not in page, name


def judge_headers(name: str, answer: TestResponse) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'"), name
    assert "unsafe" not in policy, name
    assert "no-store" in answer.headers["Cache-Control"], name
    assert answer.headers["Referrer-Policy"] == "no-referrer", name


def test_the_cookie_is_http_only_and_same_site(
    app: Flask, sqlite_database: Database, coordinator: Colleague
) -> None:
    cookie = app.test_client().get("/staff/login").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_public_pages_know_no_member(coordinator: Colleague) -> None:
    answer = coordinator.get("/")

    assert answer.status_code == 200
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers
