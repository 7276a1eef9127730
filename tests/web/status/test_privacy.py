"""The pages behind the code: withdraw, permissions, copy, erasure, certificate."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from intake.consent.models import ConsentRecord
from intake.inquiries.models import Inquiry
from intake.privacy.certificate import is_genuine
from intake.privacy.holds import set_hold
from tests.conftest import NOON
from tests.desk.work import a_desk_member
from tests.factories import a_keyring, an_inquiry
from tests.web.status.desk import Desk

BEHIND = ("withdrawal", "permissions", "copy", "copy.json", "erasure")
BOTH = pytest.mark.parametrize("prefix", ["", "/es"])


def row_of(desk: Desk) -> Inquiry:
    with desk.intake.database.read() as session:
        return session.scalars(
            select(Inquiry).where(Inquiry.reference == desk.receipt.reference)
        ).one()


@pytest.mark.parametrize("noun", BEHIND)
def test_without_the_code_nothing_is_shown_and_nothing_happens(desk: Desk, noun: str) -> None:
    other = an_inquiry(desk.intake.database)
    for token in (desk.receipt.link_token, "A" * 43):
        answer = desk.client.get(f"/s/{token}/{noun}")
        assert (answer.status_code, answer.location) == (303, f"/s/{token}#code")
    for fields in ({"step": "confirm", "sure": "yes"}, {"act": "withdraw"}, {"purpose": "call"}):
        desk.post(f"{desk.link}/{noun}", **fields)
        desk.post(f"{desk.link}/{noun}", **fields, code=desk.wrong_code)
        desk.post(f"{desk.link}/{noun}", **fields, code=other.code)

    assert row_of(desk).status == "new"
    assert row_of(desk).answers is not None


@pytest.mark.parametrize("noun", ["withdrawal", "permissions", "copy", "erasure"])
@BOTH
def test_every_page_is_valid_in_both_languages(desk: Desk, noun: str, prefix: str) -> None:
    desk.open(prefix)

    page = desk.page(f"{prefix}{desk.link}/{noun}")

    assert f'href="{prefix}{desk.link}"' in page


def test_the_opened_page_leads_to_all_of_them(desk: Desk) -> None:
    desk.open()

    page = desk.page(desk.link)

    for noun in ("withdrawal", "permissions", "copy", "erasure"):
        assert f'href="{desk.link}/{noun}"' in page


def test_withdrawing_and_taking_it_back(desk: Desk) -> None:
    desk.open()

    assert desk.post(f"{desk.link}/withdrawal", act="withdraw").status_code == 303
    assert (row_of(desk).status, row_of(desk).outcome) == ("closed", "withdrawn")
    page = desk.page(f"{desk.link}/withdrawal")
    assert "You withdrew this inquiry" in page
    assert "Until Mon, Dec 7, 12 pm ET you can undo it" in page

    assert desk.post(f"{desk.link}/withdrawal", act="undo").status_code == 303
    assert row_of(desk).status == "new"
    again = desk.post(f"{desk.link}/withdrawal", act="undo")
    assert again.status_code == 409
    assert "no longer possible" in again.text


def switches(page: str) -> dict[str, tuple[str, str]]:
    """Return what each button would do: purpose, words and state."""
    found = re.findall(
        r'name="purpose" value="(\w+)">\s*<input type="hidden" name="words" value="(\w+)">'
        r'\s*<button[^>]* value="(on|off)"',
        page,
    )
    return {purpose: (words, state) for purpose, words, state in found}


@BOTH
def test_one_permission_goes_off_and_on_by_its_button(desk: Desk, prefix: str) -> None:
    desk.open(prefix)
    path = f"{prefix}{desk.link}/permissions"

    for expected in ("off", "on"):
        words, state = switches(desk.page(path))["call"]
        assert state == expected
        answer = desk.post(path, purpose="call", words=words, state=state)
        assert answer.location == f"{path}?done=call"

    with desk.intake.database.read() as session:
        count = select(func.count()).where(ConsentRecord.how == "private_page")
        assert session.scalar(count) == 2


def test_words_that_were_not_shown_are_not_recorded(desk: Desk) -> None:
    desk.open()
    path = f"{desk.link}/permissions"

    answers = [
        desk.post(path, purpose="call", words="0" * 64, state="off"),
        desk.post(path, purpose="notice", words="0" * 64, state="on"),
        desk.post(path, purpose="", words="", state="off"),
    ]

    assert {answer.status_code for answer in answers} == {409}
    assert "The words have changed meanwhile" in answers[0].text
    assert switches(desk.page(path))["call"][1] == "off"


def test_the_copy_shows_all_and_the_file_is_json(desk: Desk) -> None:
    desk.open()

    page = desk.page(f"{desk.link}/copy")
    answer = desk.client.get(f"{desk.link}/copy.json")

    for told in ("Ana Díaz Moreno", "Lupus", "what a first talk is like", "Your inquiry arrived"):
        assert told in page
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/json"
    document = json.loads(answer.data)
    assert document["answers"]["email"] == "ana.diaz@mail.example.org"
    assert desk.receipt.code not in answer.text
    assert desk.receipt.link_token not in answer.text


def ask_and_confirm(desk: Desk, prefix: str = "") -> str:
    """Go through both steps and return the certificate's page."""
    path = f"{prefix}{desk.link}/erasure"
    desk.open(prefix)
    assert desk.post(path, step="ask").status_code == 303
    answer = desk.post(path, step="confirm", sure="yes")
    assert answer.location == f"{prefix}{desk.link}/certificate"
    return desk.page(answer.location)


@BOTH
def test_erasing_takes_two_steps_and_gives_a_certificate(desk: Desk, prefix: str) -> None:
    page = ask_and_confirm(desk, prefix)

    row = row_of(desk)
    assert (row.status, row.answers, row.data_key) == ("erased", None, None)
    assert row.reference[:4] in page
    for gone in ("Ana", "lupus", "ana.diaz"):
        assert gone not in page
    signed = json.loads(desk.client.get(f"{prefix}{desk.link}/certificate.json").data)
    key = a_keyring().verify_key()
    assert is_genuine(signed["document"], bytes.fromhex(signed["signature"]), key)


def test_asking_stops_contact_at_once_and_destroys_nothing(desk: Desk) -> None:
    desk.open()

    desk.post(f"{desk.link}/erasure", step="ask")

    assert (row_of(desk).status, row_of(desk).outcome) == ("closed", "withdrawn")
    assert row_of(desk).answers is not None
    page = desk.page(f"{desk.link}/erasure")
    assert "We have stopped contacting you." in page
    assert "Delete my information for ever" in page


def test_the_second_step_alone_or_unsure_erases_nothing(desk: Desk) -> None:
    desk.open()
    path = f"{desk.link}/erasure"

    first = desk.post(path, step="confirm", sure="yes")
    desk.post(path, step="ask")
    unsure = desk.post(path, step="confirm")

    assert first.status_code == 303
    assert unsure.status_code == 422
    assert "Tick the box to say that you are sure" in unsure.text
    assert row_of(desk).answers is not None


def test_after_erasing_the_link_shows_the_certificate_for_thirty_days(desk: Desk) -> None:
    ask_and_confirm(desk)
    stranger = desk.app.test_client()

    page = stranger.get(desk.link).text
    assert "Your information has been deleted." in page
    assert f'href="{desk.link}/certificate"' in page
    assert 'name="code"' not in page
    desk.at = NOON + timedelta(days=30)
    assert stranger.get(f"{desk.link}/certificate").status_code == 200
    desk.at = NOON + timedelta(days=30, minutes=1)
    nowhere = stranger.get("/no-such-page")
    for noun in ("certificate", "certificate.json"):
        assert stranger.get(f"{desk.link}/{noun}").data == nowhere.data


@pytest.mark.parametrize("noun", BEHIND)
def test_an_opened_page_shows_nothing_more_once_it_is_erased(desk: Desk, noun: str) -> None:
    ask_and_confirm(desk)

    for method in ("get", "post"):
        answer = getattr(desk.client, method)(
            f"{desk.link}/{noun}", headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code in {303, 405}
        assert "Ana" not in answer.text


def test_there_is_no_certificate_before_and_for_no_other_link(desk: Desk) -> None:
    other = an_inquiry(desk.intake.database)
    ask_and_confirm(desk)
    nowhere = desk.client.get("/no-such-page")

    for token in (other.link_token, "A" * 43, desk.receipt.receipt_token):
        assert desk.client.get(f"/s/{token}/certificate").data == nowhere.data


def test_a_held_inquiry_says_so_plainly_and_is_not_erased(desk: Desk) -> None:
    officer = a_desk_member(desk.intake.database, "paula", "privacy_officer")
    with desk.intake.database.write() as session:
        set_hold(
            session,
            desk.intake.office,
            desk.receipt.reference,
            reason="A court asked for it",
            by=officer,
            at=NOON,
        )
    desk.open()
    path = f"{desk.link}/erasure"

    before = desk.page(path)
    desk.post(path, step="ask")
    desk.post(path, step="confirm", sure="yes")
    after = desk.page(path)

    assert "We must keep your information for now" in before
    assert "court" not in before + after
    assert "We have stopped contacting you." in after
    assert "for ever" not in after
    assert row_of(desk).answers is not None
    assert row_of(desk).outcome == "withdrawn"


def test_a_form_sent_after_the_quarter_of_an_hour_asks_for_the_code_again(desk: Desk) -> None:
    desk.open()
    desk.post(f"{desk.link}/erasure", step="ask")
    desk.at = NOON + timedelta(minutes=16)

    late = desk.post(f"{desk.link}/erasure", step="confirm", sure="yes")
    assert late.status_code == 422
    assert row_of(desk).answers is not None

    typed = {"step": "confirm", "sure": "yes", "code": desk.receipt.code}
    assert desk.post(f"{desk.link}/erasure", **typed).status_code == 303
    assert row_of(desk).answers is None
