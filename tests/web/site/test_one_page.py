"""All questions on one page: every problem at once, every word kept, no input that breaks it."""

import re
from urllib.parse import quote

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.inquiries.form import all_questions
from tests.web.site.asking import ANA, FORM, Fields, fill, hidden, post, walk
from tests.web.site.conftest import count, shipped

NAMES = [question.name for question in all_questions(shipped().form)]


def test_the_page_asks_every_question_in_order(client: FlaskClient) -> None:
    html = client.get("/ask/all").text

    places = [html.index(f'name="{name}"') for name in NAMES]
    assert places == sorted(places)


def test_an_empty_form_names_every_problem_at_once_in_order(client: FlaskClient) -> None:
    answer = fill(client, "/ask/all", {})

    links = re.findall(r'href="#f-([a-z_]+)"', answer.text)
    assert answer.status_code == 422
    assert links == [name for name in NAMES if name in links]
    assert len(links) == 11
    html5lib.HTMLParser(strict=True).parse(answer.text)


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_problems_are_said_at_the_field_and_in_the_summary_alike(
    client: FlaskClient, prefix: str
) -> None:
    answer = fill(client, f"{prefix}/ask/all", {**ANA, "phone": "12", "email": "ana@"})

    for name in ("phone", "email"):
        said = re.search(rf'href="#f-{name}">([^<]+)<', answer.text)
        at_field = re.search(rf'id="f-{name}-error"><span[^>]*>[^<]*</span> ([^<]+)<', answer.text)
        assert said
        assert at_field
        assert said[1] == at_field[1]


def test_answers_of_the_steps_are_carried_to_the_one_page(client: FlaskClient) -> None:
    walk(client, until="/ask/contact")

    filled = Fields(client.get("/ask/all").text).filled

    assert filled["full_name"] == ["Ana Díaz"]
    assert filled["story"] == [ANA["story"]]


@pytest.mark.parametrize("length", [1501, 6000, 30_000])
def test_an_overlong_story_is_kept_in_the_page_whole(client: FlaskClient, length: int) -> None:
    story = "ñ" * length

    answer = fill(client, "/ask/all", {**ANA, "story": story})

    assert answer.status_code == 422
    assert Fields(answer.text).filled["story"] == [story]


def test_an_overlong_story_on_its_step_is_kept_and_never_put_in_the_cookie(
    client: FlaskClient,
) -> None:
    walk(client, until="/ask/question")
    before = client.get_cookie("answers-0")

    answer = fill(client, "/ask/question", {"story": "x" * 1501})

    assert answer.status_code == 422
    assert Fields(answer.text).filled["story"] == ["x" * 1501]
    assert client.get_cookie("answers-0") == before


def test_a_story_with_a_leading_empty_line_keeps_it(client: FlaskClient) -> None:
    answer = fill(client, "/ask/all", {**ANA, "story": "\r\nsecond line", "phone": "1"})

    assert re.search(r"<textarea[^>]*>\n\r?\nsecond line", answer.text)


def test_a_child_alone_gets_the_page_and_can_change_the_answers(
    app: Flask, client: FlaskClient
) -> None:
    before = count(app, "inquiries")

    page = fill(client, "/ask/all", {**ANA, "age_band": "under_18"})
    back = post(client, "/ask/all", {**Fields(page.text).hidden, "change": "1"})

    assert page.status_code == 200
    assert "Ask a parent or guardian" in page.text
    assert Fields(back.text).filled["full_name"] == ["Ana Díaz"]
    assert count(app, "inquiries") == before


def test_typed_markup_is_text(client: FlaskClient) -> None:
    attack = '"><script>alert(1)</script>{{7*7}}<img src=x onerror=alert(1)>'

    answer = fill(client, "/ask/all", {**ANA, "full_name": attack, "story": attack, "phone": "1"})

    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert Fields(answer.text).filled["full_name"] == [attack]


def test_hidden_characters_are_named_and_the_second_click_works(client: FlaskClient) -> None:
    first = fill(client, "/ask/all", {**ANA, "full_name": "Ana\x00\x07 Díaz"})
    second = post(
        client, "/ask/all", {**Fields(first.text).hidden, **ANA, **Fields(first.text).filled}
    )

    assert first.status_code == 422
    assert 'href="#f-full_name"' in first.text
    assert second.status_code == 303


def test_invalid_utf_8_is_refused_and_never_repaired(app: Flask, client: FlaskClient) -> None:
    before = count(app, "inquiries")
    token = hidden(client, "/ask/all")["form_token"]
    for bytes_ in (b"\xed\xa0\xbd", b"%ED%A0%BD", b"%FF", b"\xff"):
        body = b"full_name=" + bytes_ + b"&form_token=" + token.encode()

        answer = client.post("/ask/all", data=body, content_type=FORM)

        assert answer.status_code == 400
    assert count(app, "inquiries") == before


def test_two_hundred_fields_are_refused_and_a_hundred_strange_ones_ignored(
    client: FlaskClient,
) -> None:
    many = {f"x{number}": "1" for number in range(250)}
    some = {f"x{number}": "1" for number in range(100)}

    assert fill(client, "/ask/all", many).status_code in {400, 413}
    assert fill(client, "/ask/all", {**ANA, **some}).status_code == 303


def test_what_the_server_sets_is_never_read_from_the_form(app: Flask, client: FlaskClient) -> None:
    evil = {"status": "closed", "urgent": "1", "reference": "AAAA2222", "due_at": "0",
            "submission_key": "mine", "phone_e164": "+10000000000"}  # fmt: skip

    answer = fill(client, "/ask/all", {**ANA, **evil})

    assert answer.status_code == 303
    assert "AAAA" not in client.get(answer.headers["Location"]).text


def test_a_repeated_answer_is_a_named_problem(client: FlaskClient) -> None:
    answer = fill(client, "/ask/all", {**ANA, "full_name": ["Ana", "Eve"], "state": ["FL", "TX"]})

    assert answer.status_code == 422
    assert set(re.findall(r'href="#f-([a-z_]+)"', answer.text)) == {"full_name", "state"}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)("/ask/all").status_code in {403, 405}


@pytest.mark.parametrize(
    "address",
    ["/ask/nonsense", "/ask/who/less", "/ask/received/", "/ask/received/x", "/ask/who/more/more"],
)
def test_addresses_that_do_not_exist_are_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_multipart_is_taken_as_a_form_and_files_are_not(client: FlaskClient) -> None:
    fields = {**hidden(client, "/ask/all"), **ANA}
    headers = {"Sec-Fetch-Site": "same-origin"}

    answer = client.post("/ask/all", data=fields, content_type="multipart/form-data",
                         headers=headers)  # fmt: skip

    assert answer.status_code == 303


texts = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=st.dictionaries(st.sampled_from(NAMES), texts | st.lists(texts, max_size=3)))
def test_any_text_in_any_field_is_answered_without_a_server_error(
    client: FlaskClient, fields: dict[str, str | list[str]]
) -> None:
    token = hidden(client, "/ask/all")["form_token"]

    answer = post(client, "/ask/all", {**ANA, **fields, "form_token": token})

    assert answer.status_code in {200, 303, 422, 429}


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.binary(max_size=300),
    address=st.sampled_from(["/ask", "/ask/all", "/ask/check", "/ask/who", "/ask/clearing"]),
    cookie=st.text("abcXYZ019-_=%.", max_size=60),
)
def test_any_bytes_with_any_cookie_are_answered_without_a_server_error(
    client: FlaskClient, body: bytes, address: str, cookie: str
) -> None:
    headers = {"Cookie": f"answers-0={quote(cookie)}; answers-1={cookie}"}

    answer = client.post(address, data=body, content_type=FORM, headers=headers)

    assert answer.status_code < 500
