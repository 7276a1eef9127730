"""The private pages over HTTP: state and dates only, one answer for every wrong link."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry
from intake.notifications.address_models import Suppression
from intake.notifications.models import OutboxMessage
from tests.conftest import NOON
from tests.web.status.desk import HOME, Desk

SECRETS = ("Díaz", "555-0142", "ana.diaz@", "lupus", "not_offered", "withdrawn")


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
def test_withdrawing_by_phone_is_said_too(desk: Desk, path: str, words: str) -> None:
    page = desk.page(path)

    assert words in page
    assert "+1 305 555 0100" in page


def test_what_the_family_of_somebody_who_died_reads_is_neutral(desk: Desk) -> None:
    desk.set(status="closed", outcome="withdrawn", closed_at=NOON, deceased_at=NOON)

    english, spanish = desk.page(desk.link), desk.page(f"/es{desk.link}")

    assert "This inquiry is closed. If you have a question, call" in english
    assert "Esta solicitud está cerrada. Si tiene alguna pregunta, llame al" in spanish
    for wrong in ("open it again", "send a new one", "died", "deceased", "withdrawn"):
        assert wrong not in english
