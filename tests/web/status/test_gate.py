"""The short code over HTTP: one answer for everything wrong, a quarter of an hour for the right."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from intake.audit.models import Actor, ActorKind
from intake.inquiries.conversation_models import CodeGuard
from intake.notifications.models import OutboxMessage
from intake.patient.codes import renew_code
from intake.web.status import gate
from tests.conftest import NOON
from tests.factories import an_inquiry
from tests.web.status.desk import HOME, Desk

MINUTE = timedelta(minutes=1)


def cookies(client: FlaskClient, desk: Desk) -> list[str]:
    answer = client.post(f"{desk.link}/code", data={"code": desk.receipt.code}, headers=HOME)
    return answer.headers.getlist("Set-Cookie")


def test_the_right_code_opens_the_page_in_both_languages(desk: Desk) -> None:
    before = desk.page(desk.link)

    answer = desk.open()

    assert answer.location == desk.link
    assert 'name="code"' in before
    assert 'name="code"' not in desk.page(desk.link)
    assert 'name="code"' not in desk.page(f"/es{desk.link}")


def test_the_cookie_is_kept_to_this_link_and_from_scripts(desk: Desk) -> None:
    kept = cookies(desk.client, desk)

    assert len(kept) == 2
    for cookie, path in zip(kept, (desk.link, f"/es{desk.link}"), strict=True):
        assert f"; Path={path}" in cookie
        assert "; HttpOnly" in cookie
        assert "; SameSite=Lax" in cookie
        assert "; Max-Age=900" in cookie
        assert desk.receipt.code not in cookie.split("; Path")[0]


def test_everything_wrong_gets_one_answer(desk: Desk) -> None:
    other = an_inquiry(desk.intake.database)
    for prefix in ("", "/es"):
        answers = [
            desk.post(f"{prefix}/s/{token}/code", code=code)
            for token, code in (
                (desk.receipt.link_token, desk.wrong_code),
                (desk.receipt.link_token, ""),
                (desk.receipt.link_token, "nonsense"),
                (desk.receipt.receipt_token, desk.receipt.code),
                (other.link_token, desk.wrong_code),
                ("A" * 43, desk.receipt.code),
                ("x", "1"),
                ("B" * 5000, "1"),
            )
        ]

        assert {answer.status_code for answer in answers} == {422}
        assert len({answer.data for answer in answers}) == 1
        assert len({str(dict(answer.headers)) for answer in answers}) == 1


def test_a_closed_door_and_an_expired_link_get_the_same_answer(desk: Desk) -> None:
    wrong = desk.post(f"/s/{'A' * 43}/code", code="123456")
    for _ in range(5):
        desk.post(f"{desk.link}/code", code=desk.wrong_code)

    closed = desk.post(f"{desk.link}/code", code=desk.receipt.code)
    desk.set(status="closed", outcome="spam", closed_at=NOON)
    desk.at = NOON + timedelta(days=31)
    expired = desk.post(f"{desk.link}/code", code=desk.receipt.code)

    assert closed.data == expired.data == wrong.data
    assert closed.status_code == expired.status_code == 422


def test_after_a_quarter_of_an_hour_the_code_is_asked_again(desk: Desk) -> None:
    desk.open()

    desk.at = NOON + 14 * MINUTE
    assert 'name="code"' not in desk.page(desk.link)
    desk.at = NOON + 15 * MINUTE
    assert 'name="code"' in desk.page(desk.link)


def test_a_new_code_closes_what_the_old_one_opened(desk: Desk) -> None:
    desk.open()
    with desk.intake.database.write() as session:
        renew_code(
            session,
            desk.intake.keyring,
            desk.receipt.reference,
            actor=Actor(ActorKind.STAFF, "rosa"),
            at=NOON,
        )

    assert 'name="code"' in desk.page(desk.link)


def test_the_cookie_of_one_link_does_not_open_another(desk: Desk) -> None:
    other = an_inquiry(desk.intake.database)
    value = cookies(desk.client, desk)[0].split("=", 1)[1].split(";")[0]
    stranger = desk.app.test_client()
    for path in (f"/s/{other.link_token}", desk.link):
        stranger.set_cookie("opened", value, path=path)

    assert 'name="code"' in stranger.get(f"/s/{other.link_token}").text
    assert 'name="code"' not in stranger.get(desk.link).text
    stranger.set_cookie("opened", value[:-2] + "AA", path=desk.link)
    assert 'name="code"' in stranger.get(desk.link).text


def test_closing_the_page_takes_the_cookie_away(desk: Desk) -> None:
    desk.open()

    answer = desk.post(f"{desk.link}/closing")

    assert answer.status_code == 303
    assert 'name="code"' in desk.page(desk.link)


def test_the_address_of_the_code_leads_to_the_page(desk: Desk) -> None:
    for token in (desk.receipt.link_token, "A" * 43):
        answer = desk.client.get(f"/s/{token}/code")
        assert answer.status_code == 303
        assert answer.location == f"/s/{token}#code"


def test_a_code_is_sent_with_one_answer_for_every_link(desk: Desk) -> None:
    answers = [
        desk.post(f"/s/{token}/code-by-mail") for token in (desk.receipt.link_token, "A" * 43)
    ]

    assert answers[0].status_code == answers[1].status_code == 200
    assert answers[0].data == answers[1].data
    assert 'action="code"' in answers[0].text
    desk.settle()
    with desk.intake.database.read() as session:
        events = session.scalars(select(OutboxMessage.event)).all()
    assert events.count("inquiry.code") == 1


@pytest.fixture
def guarded(desk: Desk) -> Callable[[], list[dict[str, list[str]]]]:
    """Give a view behind the code that says what it was sent."""
    from flask import request

    seen: list[dict[str, list[str]]] = []

    @gate.revealed
    def view(token: str) -> str:
        seen.append(request.form.to_dict(flat=False))
        return token

    desk.app.config["TESTING"] = True
    desk.app._got_first_request = False
    desk.app.add_url_rule("/s/<token>/made-up", "status_en.made_up", view, methods=["GET", "POST"])
    return lambda: seen


def test_a_view_behind_the_code_is_not_reached_without_it(
    desk: Desk, guarded: Callable[[], list[dict[str, list[str]]]]
) -> None:
    reading = desk.client.get(f"{desk.link}/made-up")
    pressing = desk.post(f"{desk.link}/made-up")

    assert reading.status_code == pressing.status_code == 303
    assert reading.location == f"{desk.link}#code"
    assert guarded() == []


def test_a_form_sent_too_late_loses_no_word(
    desk: Desk, guarded: Callable[[], list[dict[str, list[str]]]]
) -> None:
    typed: dict[str, str | list[str]] = {"text": "<b>One</b>\r\ntwo", "ways": ["call", "email"]}

    late = desk.post(f"{desk.link}/made-up", **typed)
    wrong = desk.post(f"{desk.link}/made-up", **typed, code=desk.wrong_code)
    right = desk.post(f"{desk.link}/made-up", **typed, code=desk.receipt.code)

    assert (late.status_code, wrong.status_code, right.status_code) == (422, 422, 200)
    assert 'value="&lt;b&gt;One&lt;/b&gt;\ntwo"' in late.text
    assert 'value="email"' in wrong.text
    assert guarded()[0]["ways"] == ["call", "email"]
    assert 'name="code"' not in desk.page(desk.link)


def test_a_late_form_on_an_unknown_link_is_answered_alike(
    desk: Desk, guarded: Callable[[], list[dict[str, list[str]]]]
) -> None:
    answers = [
        desk.post(f"/s/{token}/made-up", text="Hello", **code)
        for token in (desk.receipt.link_token, "A" * 43)
        for code in ({}, {"code": desk.wrong_code})
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert answers[0].data == answers[2].data
    assert answers[1].data == answers[3].data
    assert guarded() == []


def test_wrong_links_fill_no_table(desk: Desk) -> None:
    for number in range(20):
        desk.post(f"/s/{number:043d}/code", code="123456")

    with desk.intake.database.read() as session:
        assert len(session.scalars(select(CodeGuard)).all()) == 1
