"""The private pages over HTTP: state and dates only, one answer for every wrong link."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from intake.bootstrap import Intake
from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry
from intake.inquiries.recipients import mail_proof
from intake.inquiries.submit import Receipt
from intake.notifications.address_models import Suppression
from intake.notifications.models import OutboxMessage
from intake.web.app import create_app
from tests.conftest import NOON
from tests.factories import a_keyring, an_inquiry, search_tokens
from tests.web.conftest import made_intake, made_settings

HOME = {"Sec-Fetch-Site": "same-origin"}
SECRETS = ("Díaz", "555-0142", "ana.diaz@", "lupus", "not_offered", "withdrawn")


class Desk:
    """A service with one inquiry, and a visitor who holds its link."""

    def __init__(self, intake: Intake) -> None:
        self.at = NOON
        self.intake = replace(
            intake, keyring=a_keyring(), tokens=search_tokens(), clock=lambda: self.at
        )
        self.client: FlaskClient = create_app(self.intake).test_client()
        self.receipt: Receipt = an_inquiry(intake.database)
        self.link = f"/s/{self.receipt.link_token}"

    @property
    def not_me(self) -> str:
        """The link that only the mail to the address carries."""
        proof = mail_proof(self.intake.keyring, self.receipt.link_token)
        return f"{self.link}/not-me/{proof}"

    def page(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(response.text)
        assert response.text.count("<h1") == 1
        assert 'name="robots" content="noindex"' in response.text
        return response.text

    def set(self, **values: object) -> None:
        with self.intake.database.write() as session:
            session.execute(update(Inquiry).values(values))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    intake = made_intake(made_settings(tmp_path))
    yield Desk(intake)
    intake.close()


def test_the_link_shows_a_sentence_and_dates_only(desk: Desk) -> None:
    english, spanish = desk.page(desk.link), desk.page(f"/es{desk.link}")

    assert show_reference(desk.receipt.reference) in english
    assert "We aim to contact you by Tue, Nov 24, 12 pm ET" in english
    assert "Esperamos contactarle antes del" in spanish
    for secret in SECRETS:
        assert secret not in english + spanish
    assert f'href="/es{desk.link}"' in english


def test_a_late_promise_is_admitted_and_not_repeated(desk: Desk) -> None:
    desk.at = desk.receipt.due_at + timedelta(minutes=1)

    page = desk.page(desk.link)

    assert "We are late. We planned to contact you by Tue, Nov 24, 12 pm ET" in page
    assert "We aim to contact you" not in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"status": "quarantined"}, "We aim to contact you by"),
        ({"status": "contacting"}, "We tried to reach you."),
        ({"status": "in_discussion"}, "We are talking with you."),
        ({"status": "waiting_on_patient"}, "We are waiting to hear from you."),
        ({"status": "clinical_review"}, "A clinician is reading your request."),
        ({"status": "scheduled"}, "You have a consultation planned."),
        (
            {"status": "closed", "outcome": "not_suitable", "closed_at": NOON},
            "This inquiry is closed.",
        ),
        (
            {"status": "erased", "closed_at": NOON, "data_key": None, "label": None},
            "Your information has been deleted.",
        ),
    ],
)
def test_every_status_has_its_sentence_and_no_outcome(
    desk: Desk, values: dict[str, Any], sentence: str
) -> None:
    desk.set(**values)

    page = desk.page(desk.link)

    assert sentence in page
    assert "suitable" not in page
    assert "quarantin" not in page.lower()


def test_a_quarantined_inquiry_reads_like_any_other(desk: Desk) -> None:
    before = desk.page(desk.link)
    desk.set(status="quarantined", spam_score=90)

    assert desk.page(desk.link) == before


def test_every_wrong_link_gets_the_answer_of_a_page_that_does_not_exist(desk: Desk) -> None:
    desk.set(status="closed", outcome="spam", closed_at=NOON)
    desk.at = NOON + timedelta(days=31)
    expired = desk.receipt.link_token

    for prefix in ("", "/es"):
        nowhere = desk.client.get(f"{prefix}/no-such-page")
        for path in (
            f"/s/{expired}",
            f"/s/{expired}/not-me",
            f"/s/{expired}/not-me/{'A' * 22}",
            f"/s/{'A' * 43}",
            f"/s/{desk.receipt.receipt_token}",
            "/s/x",
            "/s/%E9%FF",
            f"/s/{'B' * 5000}",
        ):
            answer = desk.client.get(prefix + path)
            assert answer.status_code == 404, path
            assert answer.data == nowhere.data, path
            assert dict(answer.headers) == dict(nowhere.headers), path


def test_a_wrong_link_cannot_stop_mail(desk: Desk) -> None:
    answer = desk.client.post(f"/s/{'A' * 43}/not-me/{'A' * 22}", headers=HOME)

    assert answer.status_code == 404
    with desk.intake.database.read() as session:
        assert session.scalars(select(Suppression)).all() == []


def test_opening_the_not_me_link_does_nothing_until_a_button_is_pressed(desk: Desk) -> None:
    page = desk.page(desk.not_me)

    with desk.intake.database.read() as session:
        assert session.scalars(select(Suppression)).all() == []
    assert f'<form method="post" action="{desk.not_me}"' in page
    assert "ana.diaz@" not in page


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_the_button_stops_mail_and_leaves_the_inquiry(desk: Desk, prefix: str) -> None:
    answers = [desk.client.post(f"{prefix}{desk.not_me}", headers=HOME) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    with desk.intake.database.read() as session:
        assert len(session.scalars(select(Suppression)).all()) == 1
        assert session.scalars(select(Inquiry.status)).all() == ["new"]
        assert len(session.scalars(select(OutboxMessage)).all()) == 1
    assert "We aim to contact you" in desk.page(desk.link)


def test_another_site_cannot_press_the_button(desk: Desk) -> None:
    answer = desk.client.post(desk.not_me, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    with desk.intake.database.read() as session:
        assert session.scalars(select(Suppression)).all() == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/withdraw", "Call us and say that you want to withdraw your inquiry"),
        ("/es/withdraw", "Llámenos y diga que quiere retirar su solicitud"),
    ],
)
def test_how_to_withdraw_is_said_honestly(desk: Desk, path: str, words: str) -> None:
    page = desk.page(path)

    assert words in page
    assert "+1 305 555 0100" in page
    assert "<form" not in page


def test_what_the_family_of_somebody_who_died_reads_is_neutral(desk: Desk) -> None:
    desk.set(status="closed", outcome="withdrawn", closed_at=NOON, deceased_at=NOON)

    english, spanish = desk.page(desk.link), desk.page(f"/es{desk.link}")

    assert "This inquiry is closed. If you have a question, call" in english
    assert "Esta solicitud está cerrada. Si tiene alguna pregunta, llame al" in spanish
    for wrong in ("open it again", "send a new one", "died", "deceased", "withdrawn"):
        assert wrong not in english
