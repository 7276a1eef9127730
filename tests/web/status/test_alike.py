"""Right and wrong get one answer for the same work, wherever a guess could tell them apart.

The answer is status, body and headers. The work is every statement that reached the database and
every keyed hash that was made, in their order: not seconds, which a busy machine bends. What comes
of a match is done afterwards, and begins at a moment that tells nothing (``web/afterwards``).
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, update
from werkzeug.test import TestResponse

from intake.clinic.closures import known_closures
from intake.inquiries.models import Inquiry
from intake.inquiries.submit import Receipt
from intake.storage.database import Database
from tests.conftest import NOON
from tests.factories import BY_PHONE_ONLY, an_inquiry
from tests.web.conftest import made_intake, made_settings
from tests.web.status.desk import HOME, Desk

EMAIL = "ana.diaz@mail.example.org"
UNKNOWN = "2222-2222"
NOWHERE = "A" * 43
MONTH = timedelta(days=31)
SHOWN = "K7QF-29MD"

Work = list[str]


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Iterator[Desk]:
    """Give a service with one inquiry on each of both databases."""
    intake = made_intake(made_settings(tmp_path))
    yield Desk(replace(intake, database=database, closures=known_closures(database)))
    intake.close()


@pytest.fixture
def done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[object, Work]]:
    """Give a way to ask for something and hear the answer and the work, names left out."""
    work: Work = []
    digest = hmac.digest

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("PRAGMA"):  # how long to wait for a lock: of the machine
            work.append(statement)

    def noted(key: bytes, message: bytes, name: str) -> bytes:
        work.append("hmac")
        return digest(key, message, name)

    for engine in {desk.intake.database.writer, desk.intake.database.reader}:
        event.listen(engine, "before_cursor_execute", note)
    monkeypatch.setattr(hmac, "digest", noted)

    for page in ("/no-such-page", "/es/no-such-page"):  # what pages keep for a while
        desk.client.get(page)

    def ask(method: str, path: str, *repeated: str, **fields: str) -> tuple[object, Work]:
        work.clear()
        answer = desk.app.test_client().open(path, method=method, data=fields, headers=HOME)
        mine = list(work)
        return heard(answer, *repeated), mine

    return ask


def heard(answer: TestResponse, *repeated: str) -> object:
    """Return an answer without what the visitor typed themselves."""
    text, headers = answer.text, dict(answer.headers)
    assert int(headers.pop("Content-Length")) == len(answer.data)
    told = str(headers)
    for one in repeated:
        text, told = text.replace(one, SHOWN), told.replace(one, SHOWN)
    return answer.status_code, text, told


def same(found: list[tuple[object, Work]]) -> None:
    answers, works = zip(*found, strict=True)
    assert {str(one) for one in answers} == {str(answers[0])}
    assert [one for one in works if one != works[0]] == []


def ended(desk: Desk, status: str = "closed") -> Receipt:
    """Return the receipt of an inquiry whose link is over."""
    receipt = an_inquiry(desk.intake.database)
    sealed = ("data_key", "label", "answers", "access")
    with desk.intake.database.write() as session:
        session.execute(
            update(Inquiry)
            .where(Inquiry.reference == receipt.reference)
            .values(
                status=status,
                outcome=None if status == "erased" else "spam",
                closed_at=NOON - MONTH,
                **(dict.fromkeys(sealed) if status == "erased" else {}),
            )
        )
    return receipt


@pytest.fixture
def wrong_links(desk: Desk) -> list[str]:
    """Give tokens that open nothing: made up, mistyped, expired, erased long ago, of a receipt."""
    token = desk.receipt.link_token
    return [
        NOWHERE,
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token.swapcase(),
        desk.receipt.receipt_token,
        desk.receipt.reference,
        ended(desk).link_token,
        ended(desk, "erased").link_token,
        "zz9zz",
    ]


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("noun", ["", "/certificate", "/certificate.json", "/not-me/wrong"])
def test_every_link_that_opens_nothing(
    done: Callable[..., tuple[object, Work]], wrong_links: list[str], prefix: str, noun: str
) -> None:
    same([done("GET", f"{prefix}/s/{token}{noun}", token) for token in wrong_links])


def test_the_answer_is_that_of_a_page_which_does_not_exist(
    desk: Desk, wrong_links: list[str]
) -> None:
    nowhere = desk.client.get("/no-such-page")

    for token in wrong_links:
        answer = desk.client.get(f"/s/{token}")
        assert (answer.status_code, answer.data) == (404, nowhere.data)
        assert dict(answer.headers) == dict(nowhere.headers)


def test_every_code_that_opens_nothing(
    desk: Desk, done: Callable[..., tuple[object, Work]], wrong_links: list[str]
) -> None:
    locked, other = an_inquiry(desk.intake.database), an_inquiry(desk.intake.database)
    for _ in range(5):
        desk.post(f"/s/{locked.link_token}/code", code="x")
    tries = [
        (desk.receipt.link_token, desk.wrong_code),
        (desk.receipt.link_token, ""),
        (desk.receipt.link_token, other.code[::-1] + "0"),
        (locked.link_token, locked.code),  # right, and the door is closed
        (locked.link_token, desk.wrong_code),
        *((token, desk.receipt.code) for token in wrong_links),
    ]
    for token, code in tries[:1]:
        done("POST", f"/s/{token}/code", code=code)

    same([done("POST", f"/s/{token}/code", token, code=code) for token, code in tries])


@pytest.mark.parametrize("noun", ["erasure", "withdrawal", "permissions", "messages"])
def test_every_form_behind_the_code_without_it(
    desk: Desk, done: Callable[..., tuple[object, Work]], wrong_links: list[str], noun: str
) -> None:
    fields = {"step": "confirm", "sure": "yes", "act": "undo", "text": "Hello"}
    tokens = [desk.receipt.link_token, *wrong_links]

    same([done("POST", f"/s/{token}/{noun}", token, **fields) for token in tokens])
    same([done("GET", f"/s/{token}/{noun}", token) for token in tokens])
    codes = {desk.receipt.link_token: desk.wrong_code}
    same(
        [
            done(
                "POST",
                f"/s/{token}/{noun}",
                token,
                **fields,
                code=codes.get(token, desk.receipt.code),
            )
            for token in tokens
        ]
    )


def test_every_wish_for_a_code(
    desk: Desk, done: Callable[..., tuple[object, Work]], wrong_links: list[str]
) -> None:
    by_phone = an_inquiry(desk.intake.database, **BY_PHONE_ONLY)
    sent = an_inquiry(desk.intake.database)
    desk.post(f"/s/{sent.link_token}/code-by-mail")
    desk.settle()
    tokens = [desk.receipt.link_token, by_phone.link_token, sent.link_token, *wrong_links]

    same([done("POST", f"/s/{token}/code-by-mail", token) for token in tokens])
    assert len(desk.begun) == 1  # what follows waits, once for all of them


def test_every_withdrawal(desk: Desk, done: Callable[..., tuple[object, Work]]) -> None:
    over = ended(desk)
    other = an_inquiry(desk.intake.database, phone="305 555 0177", email="luis@mail.example.org")
    for right, wrong in ((EMAIL, "luis@mail.example.org"), ("305 555 0142", "305 555 0177")):
        desk.at += timedelta(hours=2)  # every reference may be used five times an hour
        tries = [
            (desk.receipt.reference, right),
            (desk.receipt.reference, wrong),
            (other.reference, right),
            (over.reference, right),
            (UNKNOWN, right),
            (UNKNOWN, wrong),
        ]

        same(
            [
                done("POST", "/withdraw", reference=reference, contact=contact, what=what)
                for reference, contact in tries
                for what in ("stop", "erase")
            ]
        )
    assert len(desk.begun) == 1


def test_every_withdrawal_above_the_limit(
    desk: Desk, done: Callable[..., tuple[object, Work]]
) -> None:
    references = (desk.receipt.reference, UNKNOWN)
    for reference in references * 5:
        desk.post("/withdraw", reference=reference, contact="x@mail.example.org", what="stop")

    found = [
        done("POST", "/withdraw", reference=reference, contact=EMAIL, what="stop")
        for reference in references
    ]

    same(found)
    assert "429" in str(found[0][0])


def test_every_wrong_way_back(desk: Desk, done: Callable[..., tuple[object, Work]]) -> None:
    desk.post("/withdraw", reference=desk.receipt.reference, contact=EMAIL, what="stop")
    desk.settle()
    locked, over, other = (
        an_inquiry(desk.intake.database),
        ended(desk),
        an_inquiry(desk.intake.database),
    )
    for _ in range(5):
        desk.post("/withdraw/undo", reference=locked.reference, code="x")
    tries = [
        (desk.receipt.reference, desk.wrong_code),
        (desk.receipt.reference, ""),
        (locked.reference, locked.code),
        (locked.reference, desk.wrong_code),
        (over.reference, desk.wrong_code),
        (over.reference, over.code),  # right, and there is nothing to undo
        (other.reference, other.code),
        (UNKNOWN, desk.receipt.code),
    ]

    same(
        [
            done("POST", "/withdraw/undo", reference, reference=reference, code=code)
            for reference, code in tries
        ]
    )


def test_every_receipt_that_is_none(desk: Desk, done: Callable[..., tuple[object, Work]]) -> None:
    gone = ended(desk, "erased")
    old = an_inquiry(desk.intake.database, at=NOON - timedelta(hours=25))
    tokens = [
        NOWHERE,
        "zz9zz",
        desk.receipt.link_token,
        desk.receipt.reference,
        old.receipt_token,
        gone.receipt_token,
    ]

    for prefix in ("", "/es"):
        same([done("GET", f"{prefix}/ask/received/{token}", token) for token in tokens])


def test_a_proof_that_is_wrong_on_a_link_that_is_right(
    desk: Desk, done: Callable[..., tuple[object, Work]]
) -> None:
    for method in ("GET", "POST"):
        same(
            [
                done(method, f"/s/{token}/not-me/{proof}", token, proof)
                for token, proof in (
                    (desk.receipt.link_token, "wrong-proof"),
                    (NOWHERE, "wrong-proof"),
                    (NOWHERE, desk.not_me.rpartition("/")[2]),
                )
            ]
        )
