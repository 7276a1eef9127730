"""/withdraw over HTTP: one answer whatever it matched, then silence; undone with the code."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.crypto.tokens import show_reference
from intake.inquiries.models import Inquiry
from intake.privacy.models import ErasureRequest
from tests.conftest import NOON
from tests.web.status.desk import HOME, Desk

EMAIL = "ana.diaz@mail.example.org"


def status_of(desk: Desk) -> tuple[str, str | None]:
    with desk.intake.database.read() as session:
        row = session.scalars(
            select(Inquiry).where(Inquiry.reference == desk.receipt.reference)
        ).one()
    return row.status, row.outcome


def send(desk: Desk, prefix: str = "", **fields: str) -> tuple[int, bytes, dict[str, str]]:
    given = {"reference": desk.receipt.reference, "contact": EMAIL, "what": "stop", **fields}
    answer = desk.client.post(f"{prefix}/withdraw", data=given, headers=HOME)
    desk.settle()
    return answer.status_code, answer.data, dict(answer.headers)


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_contact_stops_right_after_the_answer(desk: Desk, prefix: str) -> None:
    desk.page(f"{prefix}/withdraw")

    code, _, headers = send(desk, prefix)

    assert code == 303
    assert headers["Location"] == f"{prefix}/withdraw/done"
    assert status_of(desk) == ("closed", "withdrawn")
    assert "14" in desk.page(f"{prefix}/withdraw/done")


def test_what_matched_is_carried_out_when_nobody_waits_for_it(desk: Desk) -> None:
    given = {"reference": desk.receipt.reference, "contact": EMAIL, "what": "stop"}
    with desk.client.post("/withdraw", data=given, headers=HOME) as answer:
        assert answer.status_code == 303  # and the answer is over: the connection is free again

    assert status_of(desk) == ("new", None)
    desk.settle()
    assert status_of(desk) == ("closed", "withdrawn")


def test_every_mismatch_and_the_match_get_one_answer(desk: Desk) -> None:
    wrong = [
        send(desk, contact="wrong@mail.example.org"),
        send(desk, contact="305 555 0199", what="erase"),
        send(desk, reference="2222-2222"),
        send(desk, reference="2222-2222", contact="x"),
    ]
    assert status_of(desk) == ("new", None)

    right = send(desk)

    assert {str(one) for one in wrong} == {str(right)}
    assert status_of(desk) == ("closed", "withdrawn")


def test_the_page_names_neither_person_nor_reference(desk: Desk) -> None:
    send(desk)

    done = desk.page("/withdraw/done")

    for secret in (EMAIL, desk.receipt.reference, show_reference(desk.receipt.reference), "Ana"):
        assert secret not in done


def test_asking_to_erase_erases_nothing(desk: Desk) -> None:
    send(desk, what="erase")

    with desk.intake.database.read() as session:
        assert session.scalars(select(ErasureRequest.asked_how)).all() == ["withdraw_page"]
        assert session.scalars(select(Inquiry.answers)).one() is not None
    assert status_of(desk) == ("closed", "withdrawn")


def test_guessing_is_stopped_alike_for_every_reference(desk: Desk) -> None:
    answers = []
    for reference in (desk.receipt.reference, "2222-2222"):
        for number in range(5):
            send(desk, reference=reference, contact=f"guess{number}@mail.example.org")
        answers.append(send(desk, reference=reference))

    assert [one[0] for one in answers] == [429, 429]
    assert answers[0] == answers[1]
    assert b"+1 305 555 0100" in answers[0][1]
    assert status_of(desk) == ("new", None)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reference": ""}, "Enter your reference"),
        ({"reference": "K7QF"}, "Enter the reference with its 8 characters"),
        ({"contact": ""}, "Enter the phone number or email address you gave us"),
        ({"what": ""}, "Select what you want us to do"),
        ({"what": "destroy"}, "Select what you want us to do"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    desk: Desk, fields: dict[str, str], sentence: str
) -> None:
    code, body, _ = send(desk, **fields)

    page = body.decode()
    assert code == 422
    assert page.count(sentence) >= 2
    assert 'role="alert"' in page
    if fields.get("contact") is None:
        assert f'value="{EMAIL}"' in page


def test_another_site_cannot_withdraw_for_somebody(desk: Desk) -> None:
    given = {"reference": desk.receipt.reference, "contact": EMAIL, "what": "stop"}

    answer = desk.client.post("/withdraw", data=given, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert status_of(desk) == ("new", None)


def test_the_code_takes_it_back(desk: Desk) -> None:
    send(desk)
    desk.page("/withdraw/undo")

    answer = desk.post("/withdraw/undo", reference=desk.receipt.reference, code=desk.receipt.code)

    assert "Your inquiry goes on" in answer.text
    assert status_of(desk) == ("new", None)


def test_every_wrong_way_to_undo_gets_one_answer(desk: Desk) -> None:
    send(desk)
    other = "2222-2222"

    answers = [
        desk.post("/withdraw/undo", reference=reference, code=code)
        for reference, code in (
            (desk.receipt.reference, desk.wrong_code),
            (desk.receipt.reference, ""),
            (desk.receipt.reference, "nonsense"),
        )
    ]
    unknown = desk.post("/withdraw/undo", reference=other, code=desk.receipt.code)

    assert {answer.status_code for answer in (*answers, unknown)} == {422}
    assert len({answer.data for answer in answers}) == 1
    assert unknown.text.replace(other, desk.receipt.reference) == answers[0].text
    assert status_of(desk) == ("closed", "withdrawn")


def test_the_right_code_cannot_undo_what_was_never_withdrawn_or_is_too_old(desk: Desk) -> None:
    right = {"reference": desk.receipt.reference, "code": desk.receipt.code}
    never = desk.post("/withdraw/undo", **right)
    send(desk)
    desk.at = NOON + timedelta(days=14, minutes=1)

    late = desk.post("/withdraw/undo", **right)

    assert (never.status_code, late.status_code) == (422, 422)
    assert status_of(desk) == ("closed", "withdrawn")


def test_guessed_codes_close_the_way_back_for_an_hour(desk: Desk) -> None:
    send(desk)
    for _ in range(5):
        desk.post("/withdraw/undo", reference=desk.receipt.reference, code=desk.wrong_code)

    answer = desk.post("/withdraw/undo", reference=desk.receipt.reference, code=desk.receipt.code)

    assert answer.status_code == 422
    assert status_of(desk) == ("closed", "withdrawn")


def test_the_worker_carries_out_what_the_web_process_did_not(desk: Desk) -> None:
    given = {"reference": desk.receipt.reference, "contact": EMAIL, "what": "stop"}
    desk.app.config["TESTING"] = True
    from intake.privacy.withdrawing import Typed, note_try

    with desk.intake.database.write() as session:
        typed = Typed(given["reference"], given["contact"])
        note_try(session, desk.intake.keyring, desk.intake.tokens, typed, at=NOON)
    assert status_of(desk) == ("new", None)

    desk.intake.carry_out_wishes()

    assert status_of(desk) == ("closed", "withdrawn")
    with desk.intake.database.read() as session:
        kinds = session.execute(
            select(AuditEvent.actor_kind).where(AuditEvent.action == "inquiry.withdrawn")
        ).scalars()
        assert list(kinds) == ["person"]
