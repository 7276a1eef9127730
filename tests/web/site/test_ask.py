"""Walking through the form: every page, every branch, both languages, and nothing lost."""

import re

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.web.site import answers_cookie
from tests.web.site.asking import ANA, STEPS, Fields, fill, hidden, post, walk
from tests.web.site.conftest import Clock, count

TITLE = re.compile("<title>(.*?)</title>")
FOR_ROSA = {
    **ANA,
    "asking_for": "other",
    "relationship": "child",
    "person_knows": "cannot_decide",
    "requester_name": "Ana Díaz",
    "full_name": "Rosa Díaz",
}


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_the_steps_lead_to_the_check_page_and_store_nothing(
    app: Flask, client: FlaskClient, prefix: str
) -> None:
    before = count(app, "inquiries")

    walk(client, prefix=prefix)
    page = client.get(f"{prefix}/ask/check")

    assert page.status_code == 200
    assert "Ana Díaz" in page.text
    assert "(305) 555-0123" in page.text
    assert count(app, "inquiries") == before


def test_pages_of_the_form_are_never_kept_in_a_cache(client: FlaskClient) -> None:
    for address, _ in STEPS[:3]:
        assert client.get(address).headers["Cache-Control"] == "no-store"


def test_no_page_opens_a_session(client: FlaskClient) -> None:
    walk(client)

    assert client.get_cookie("session") is None


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize(
    "address",
    ["/ask", "/ask/all", "/ask/under-18", *(address for address, _ in STEPS[1:]), "/ask/check"],
)
def test_every_page_is_valid_html_with_one_heading_and_tied_labels(
    client: FlaskClient, prefix: str, address: str
) -> None:
    walk(client, prefix=prefix)

    html = client.get(prefix + address).text

    html5lib.HTMLParser(strict=True).parse(html)
    assert html.count("<h1") == 1
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\bfor="([^"]+)"', html)) <= set(ids)
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', html)).split()
    assert set(described) <= set(ids)


@pytest.mark.parametrize(("address", "names"), STEPS)
def test_an_empty_step_names_its_problems_and_links_to_them(
    client: FlaskClient, address: str, names: tuple[str, ...]
) -> None:
    walk(client, until=address)
    if names == ("story",):
        return

    answer = fill(client, address, {})

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "<title>Error:" in answer.text
    ids = set(re.findall(r'\bid="([^"]+)"', answer.text))
    links = re.findall(r'href="#(f-[a-z_0-9]+)"', answer.text)
    assert links
    assert set(links) <= ids
    html5lib.HTMLParser(strict=True).parse(answer.text)


def test_an_error_keeps_right_and_wrong_answers_in_the_fields(client: FlaskClient) -> None:
    walk(client, until="/ask/contact")
    given = {"contact_by": ["call", "email"], "phone": "12", "email": "ana@example.org"}

    answer = fill(client, "/ask/contact", given)

    filled = Fields(answer.text).filled
    assert answer.status_code == 422
    assert filled["contact_by"] == ["call", "email"]
    assert filled["phone"] == ["12"]
    assert filled["email"] == ["ana@example.org"]


def test_answers_are_there_again_when_one_goes_back(client: FlaskClient) -> None:
    walk(client)

    filled = Fields(client.get("/ask/condition").text).filled

    assert filled == {"conditions": ["lupus"], "diagnosed": ["yes"]}


def test_switching_the_language_keeps_the_answers(client: FlaskClient) -> None:
    walk(client, until="/ask/contact")

    page = client.get("/es/ask/about")

    assert Fields(page.text).filled["full_name"] == ["Ana Díaz"]
    assert "¿Cuál es su nombre completo?" in page.text


def test_unticking_takes_an_answer_away(client: FlaskClient) -> None:
    walk(client)

    fill(client, "/ask/contact", {"contact_by": "email", "email": "ana@example.org",
                                  "country": "US"})  # fmt: skip

    assert Fields(client.get("/ask/contact").text).filled["contact_by"] == ["email"]
    assert client.get("/ask/contact/more").status_code == 200
    assert "voicemail" not in client.get("/ask/contact/more").text


def test_a_caregiver_is_asked_on_a_page_of_its_own_and_the_words_follow(
    client: FlaskClient,
) -> None:
    fill(client, "/ask", {"safety": "none"})
    to_more = fill(client, "/ask/who", {"asking_for": "other"})
    to_about = fill(
        client, "/ask/who/more", {"relationship": "child", "person_knows": "cannot_decide"}
    )
    about = client.get("/ask/about").text

    assert to_more.headers["Location"] == "/ask/who/more"
    assert to_about.headers["Location"] == "/ask/about"
    assert "What is the person&#39;s full name?" in about
    assert "Your own name" in about
    assert "You can still ask. We will speak only with you." in about


def test_somebody_who_asks_for_themselves_never_sees_the_caregiver_page(
    client: FlaskClient,
) -> None:
    fill(client, "/ask", {"safety": "none"})

    answer = fill(client, "/ask/who", {"asking_for": "me"})

    assert answer.headers["Location"] == "/ask/about"
    assert client.get("/ask/who/more").headers["Location"] == "/ask/who"


@pytest.mark.parametrize(
    ("country", "shown", "hidden_one"),
    [("MX", "Nuevo León", "Florida"), ("US", "Florida", "Ontario"), ("CA", "Ontario", "Florida")],
)
def test_the_states_of_the_country_come_on_the_next_page(
    client: FlaskClient, country: str, shown: str, hidden_one: str
) -> None:
    walk(client, until="/ask/contact")
    given = {"contact_by": "email", "email": "ana@example.org", "country": country}

    fill(client, "/ask/contact", given)
    page = client.get("/ask/contact/more").text

    assert f">{shown}</option>" in page
    assert f">{hidden_one}</option>" not in page


def test_another_country_and_email_need_no_second_contact_page(client: FlaskClient) -> None:
    walk(client, until="/ask/contact")

    answer = fill(
        client, "/ask/contact", {"contact_by": "email", "email": "a@example.org", "country": "ES"}
    )

    assert answer.headers["Location"] == "/ask/language"


def test_a_child_alone_gets_a_page_and_no_error(client: FlaskClient) -> None:
    walk(client, until="/ask/about")

    answer = fill(client, "/ask/about", {"full_name": "Leo Díaz", "age_band": "under_18"})
    page = client.get(answer.headers["Location"])

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/ask/under-18"
    assert "Ask a parent or guardian to send this form" in page.text
    assert "There is a problem" not in page.text
    assert Fields(client.get("/ask/about").text).filled["full_name"] == ["Leo Díaz"]


def test_a_child_in_the_steps_is_led_back_to_the_question_and_not_to_another_form(
    client: FlaskClient,
) -> None:
    walk(client, until="/ask/about", prefix="/es")
    fill(client, "/es/ask/about", {"full_name": "Leo Díaz", "age_band": "under_18"})

    page = client.get("/es/ask/under-18").text

    assert 'href="/es/ask/about#f-age_band">Cambiar mis respuestas</a>' in page


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_every_page_of_the_form_has_a_title_of_its_own(client: FlaskClient, prefix: str) -> None:
    titles = {
        address: TITLE.findall(client.get(prefix + address).text)
        for address in ("/ask", "/ask/all", "/ask/under-18", "/ask/who", "/ask/condition")
    }
    fill(client, f"{prefix}/ask", {"safety": "none"})
    for address, given in (
        ("/ask/who", {"asking_for": "other"}),
        ("/ask/condition", {"conditions": ["other"], "diagnosed": "yes"}),
        (
            "/ask/contact",
            {"contact_by": "call", "phone": "305 555 0123", "country": "US"},
        ),
        ("/ask/language", {"language": "other"}),
    ):
        fill(client, prefix + address, given)
        for one in (address, f"{address}/more"):
            titles[one] = TITLE.findall(client.get(prefix + one).text)

    assert len({found[0] for found in titles.values()}) == len(titles), titles


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_soft_hint_takes_the_focus_and_leads_to_its_field(
    client: FlaskClient, prefix: str
) -> None:
    walk(client, until="/ask/question", prefix=prefix)

    answer = fill(client, f"{prefix}/ask/question", {"story": "123-45-6789, chest pain"})

    assert answer.status_code == 200
    alert = re.search(r'<div [^>]*role="alert"[^>]*data-focus>.*?</div>', answer.text, re.DOTALL)
    assert alert
    assert alert[0].count('href="#f-story"') >= 1
    assert fill(client, f"{prefix}/ask/question", {"story": "123-45-6789"}).status_code == 303


def test_a_browser_fills_in_nobody_elses_name(client: FlaskClient) -> None:
    own = client.get("/ask/about").text
    walk(client, FOR_ROSA, until="/ask/who")
    fill(client, "/ask/who", {"asking_for": "other"})

    theirs = client.get("/ask/about").text

    assert re.search(r'name="full_name" autocomplete="name"', own)
    assert re.search(r'name="full_name" autocomplete="off"', theirs)
    assert re.search(r'name="requester_name" autocomplete="name"', theirs)


def test_an_emergency_sign_shows_the_numbers_and_lets_go_on(client: FlaskClient) -> None:
    answer = fill(client, "/ask", {"safety": "yes"})

    assert answer.status_code == 200
    assert "911" in answer.text
    assert "988" in answer.text
    assert 'href="/ask/who"' in answer.text
    assert Fields(client.get("/ask").text).filled["safety"] == ["yes"]


def test_the_condition_of_the_page_of_origin_is_chosen_already(client: FlaskClient) -> None:
    start = post(client, "/ask", {"about": "lupus"})
    assert start.status_code == 200
    given = {**Fields(start.text).hidden, "safety": "none"}
    assert given["about"] == "lupus"

    post(client, "/ask", given)

    assert Fields(client.get("/ask/condition").text).filled["conditions"] == ["lupus"]


def test_an_invented_page_of_origin_is_left_out(client: FlaskClient) -> None:
    start = post(client, "/ask", {"about": "<script>"})

    assert "about" not in Fields(start.text).hidden
    assert "<script>alert" not in start.text


def test_a_change_leads_back_to_the_check_page(client: FlaskClient) -> None:
    walk(client)
    assert 'href="/ask/about?to=check"' in client.get("/ask/check").text

    answer = fill(
        client, "/ask/about?to=check", {"full_name": "Ana D. Moreno", "age_band": "40_64"}
    )

    assert answer.headers["Location"] == "/ask/check"
    assert "Ana D. Moreno" in client.get("/ask/check").text


def test_a_change_that_brings_up_questions_asks_them_first(client: FlaskClient) -> None:
    walk(client)

    first = fill(client, "/ask/who?to=check", {"asking_for": "other"})
    second = fill(
        client, first.headers["Location"], {"relationship": "child", "person_knows": "agrees"}
    )
    third = fill(
        client,
        second.headers["Location"],
        {"full_name": "Rosa Díaz", "age_band": "80_plus", "requester_name": "Ana Díaz"},
    )

    assert first.headers["Location"] == "/ask/who/more?to=check"
    assert second.headers["Location"] == "/ask/about?to=check"
    assert third.headers["Location"] == "/ask/check"
    assert "About the person" in client.get("/ask/check").text


def test_the_check_page_leads_to_what_is_missing(client: FlaskClient) -> None:
    walk(client, until="/ask/language")

    assert client.get("/ask/check").headers["Location"] == "/ask/language?to=check"


def test_the_check_page_without_answers_leads_to_the_start(client: FlaskClient) -> None:
    assert client.get("/es/ask/check").headers["Location"] == "/es/ask"


def test_a_hint_is_shown_once_and_stops_nothing(client: FlaskClient) -> None:
    walk(client, until="/ask/question")
    given = {"story": "my card is 4111 1111 1111 1111 and I have chest pain"}

    first = fill(client, "/ask/question", given)
    second = fill(client, "/ask/question", given)

    assert first.status_code == 200
    assert "This looks like a Social Security or card number" in first.text
    assert "call 911 or 988" in first.text
    assert "There is a problem" not in first.text
    assert second.status_code == 303


def test_a_typo_in_the_address_is_a_question_and_comes_again_on_the_check_page(
    client: FlaskClient,
) -> None:
    walk(client, until="/ask/contact")
    given = {"contact_by": "email", "email": "ana@gmial.com", "country": "ES"}

    first = fill(client, "/ask/contact", given)
    fill(client, "/ask/contact", given)
    fill(client, "/ask/language", {"language": "es"})
    fill(client, "/ask/permissions", {"perm_contact": "yes", "perm_health": "yes"})

    assert "Did you mean ana@gmail.com?" in first.text
    assert "Did you mean ana@gmail.com?" in client.get("/ask/check").text


def test_keep_going_keeps_what_is_there_without_judging(client: FlaskClient) -> None:
    walk(client, until="/ask/about")

    answer = fill(client, "/ask/about", {"full_name": "Ana", "keep": "1"})

    assert answer.status_code == 200
    assert "There is a problem" not in answer.text
    assert Fields(client.get("/ask/about").text).filled["full_name"] == ["Ana"]


def test_idle_answers_are_cleared_with_a_sentence(client: FlaskClient, clock: Clock) -> None:
    walk(client, until="/ask/contact")
    clock.advance(minutes=61)

    page = client.get("/ask/about")

    assert "We cleared your answers because the page was idle. Nothing was sent." in page.text
    assert "Ana" not in page.text
    assert client.get_cookie("answers-0") is None


def test_use_keeps_answers_alive(client: FlaskClient, clock: Clock) -> None:
    walk(client, until="/ask/about")
    clock.advance(minutes=50)
    fill(client, "/ask/about", {"full_name": "Ana Díaz", "age_band": "40_64"})
    clock.advance(minutes=50)

    assert Fields(client.get("/ask/about").text).filled["full_name"] == ["Ana Díaz"]


def test_clearing_takes_every_answer_out_of_the_browser(client: FlaskClient) -> None:
    walk(client, until="/ask/contact")

    page = post(client, "/ask/clearing", {**hidden(client, "/ask/contact"), "clear": "1"})

    assert page.status_code == 200
    assert client.get_cookie("answers-0") is None
    assert Fields(client.get("/ask/about").text).filled == {}


def test_a_step_posted_when_its_page_was_idle_loses_no_word(
    client: FlaskClient, clock: Clock
) -> None:
    walk(client, until="/ask/question")
    page = hidden(client, "/ask/question")
    clock.advance(minutes=90)

    answer = post(client, "/ask/question", {**page, "story": "my long story"})

    assert answer.status_code == 200
    assert Fields(answer.text).filled["story"] == ["my long story"]
    assert 'action="/ask/all"' in answer.text
    assert "because the page was idle" in answer.text


def test_answers_in_use_for_more_than_a_day_still_go_on(client: FlaskClient, clock: Clock) -> None:
    walk(client, until="/ask/about")
    given = {"full_name": "Ana Díaz", "age_band": "40_64"}
    for _ in range(30):
        clock.advance(minutes=55)
        fill(client, "/ask/who", {"asking_for": "me"})

    first = fill(client, "/ask/about", given)
    second = fill(client, "/ask/about", given)

    assert [first.status_code, second.status_code] == [303, 303]


@pytest.mark.parametrize("address", ["/ask", "/ask/all", "/ask/who", "/ask/check", "/ask/under-18"])
def test_every_page_offers_to_clear_the_answers(client: FlaskClient, address: str) -> None:
    walk(client)

    assert 'formaction="/ask/clearing"' in client.get(address).text


def test_a_browser_without_cookies_gets_the_one_page_form_filled(app: Flask) -> None:
    client = app.test_client(use_cookies=False)

    answer = fill(client, "/ask/about", {"full_name": "Ana Díaz", "age_band": "40_64"})

    assert answer.status_code == 200
    assert Fields(answer.text).filled == {"full_name": ["Ana Díaz"], "age_band": ["40_64"]}
    sent = post(client, "/ask/all", {**Fields(answer.text).hidden, **ANA})
    assert sent.status_code == 303


def test_an_old_step_is_shown_again_filled_and_the_second_click_works(
    client: FlaskClient, clock: Clock
) -> None:
    walk(client, until="/ask/about")
    page = hidden(client, "/ask/about")
    given = {"full_name": "Ana Díaz", "age_band": "40_64"}

    first = post(client, "/ask/about", {**page, **given, "form_token": "nonsense"})
    second = post(client, "/ask/about", {**Fields(first.text).hidden, **given})

    assert first.status_code == 422
    assert "Your page was open for a long time." in first.text
    assert Fields(first.text).filled["full_name"] == ["Ana Díaz"]
    assert second.status_code == 303


def test_answers_too_large_for_the_cookie_go_on_on_the_one_page_form(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(client, until="/ask/question")
    # The limits of the fields keep real answers below it (see the worst case in the cookie tests).
    monkeypatch.setattr(answers_cookie, "PART_MAX_CHARACTERS", 100)

    answer = fill(client, "/ask/question", {"story": "my story"})

    assert answer.status_code == 200
    assert 'action="/ask/all"' in answer.text
    assert Fields(answer.text).filled["full_name"] == ["Ana Díaz"]
    assert Fields(answer.text).filled["story"] == ["my story"]


def test_the_check_page_after_an_idle_hour_is_cleared(client: FlaskClient, clock: Clock) -> None:
    walk(client)
    clock.advance(minutes=61)

    page = client.get("/ask/check")

    assert "because the page was idle" in page.text
    assert client.get_cookie("answers-0") is None


def test_a_follow_up_that_nothing_brings_up_leads_back_to_its_step(client: FlaskClient) -> None:
    walk(client, until="/ask/about")

    answer = fill(client, "/ask/who/more", {"relationship": "child"})

    assert answer.headers["Location"] == "/ask/who"


def test_https_cookies_are_named_and_flagged_for_https(https_app: Flask) -> None:
    client = https_app.test_client()
    page = client.get("/ask", base_url="https://intake.clinic.example")
    token = Fields(page.text).hidden["form_token"]

    answer = client.post(
        "/ask",
        data={"form_token": token, "safety": "none"},
        base_url="https://intake.clinic.example",
    )

    line = answer.headers["Set-Cookie"]
    assert line.startswith("__Host-answers-0=")
    assert "Secure" in line


def test_nothing_typed_is_ever_in_an_address(client: FlaskClient) -> None:
    fill(client, "/ask", {"safety": "none"})
    for address, names in STEPS[1:]:
        answer = fill(client, address, {name: ANA[name] for name in names})
        assert re.fullmatch(r"/ask/[a-z]+(/more)?", answer.headers["Location"])
