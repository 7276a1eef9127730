"""The same way for everybody: by keys, by ear, without e-mail, by landline, for somebody else.

``test_person.py`` walks it with and without scripts, in both languages, on a phone and at a desk.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.sight import name_of, press_choice, role_of, tab_to, tree, unnamed
from tests.browser.steps import MAIN, begin, choose, go_on, walked
from tests.browser.test_every_page import findings, sideways
from tests.browser.test_pseudo import CUT_OFF

PREFIX = {"en": "", "es": "/es"}
REFERENCE = re.compile(r"\b[2346789BCDFGHJKMPQRTVWXY]{4}-[2346789BCDFGHJKMPQRTVWXY]{4}\b")


def by_keys(page: Page) -> list[str]:
    """Walk from the home page to the receipt without a pointer; return where focus did not show."""
    page.goto("/")
    hidden = tab_to(page, 'main a[href="/ask"], main form[action="/ask"] button')
    page.keyboard.press("Enter")
    page.wait_for_url("**/ask")
    for choices, texts in (
        ((("safety", "none"),), {}),
        ((("asking_for", "me"),), {}),
        ((), {"full_name": "O'Brien-Núñez"}),
        ((("conditions", "als"), ("diagnosed", "no")), {}),
        ((), {"story": "What is known?"}),
        ((("contact_by", "call"),), {"phone": "+52 55 5555 0123"}),
        ((("voicemail", "yes"),), {}),
        ((("language", "en"), ("interpreter", "no")), {}),
        ((("perm_contact", "yes"), ("perm_health", "yes")), {}),
        ((), {}),
    ):
        for name, value in choices:
            hidden += press_choice(page, name, value)
        for name, text in texts.items():
            hidden += tab_to(page, f'[name="{name}"]')
            page.keyboard.type(text)
        if "full_name" in texts:
            hidden += press_choice(page, "age_band", "40_64")
        if "phone" in texts:
            hidden += tab_to(page, 'select[name="country"]')
            page.keyboard.type("Spain")
        hidden += tab_to(page, MAIN)
        before = page.url
        page.keyboard.press("Enter")
        expect(page).not_to_have_url(before)
    return hidden


def test_the_whole_way_is_walked_by_keys_alone_and_the_focus_always_shows(
    new_page: NewPage,
) -> None:
    page = new_page(width=1280)

    hidden = by_keys(page)

    expect(page.get_by_role("heading", name="We received your inquiry")).to_be_visible()
    assert hidden == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_step_has_names_for_the_ear_and_is_read_in_the_order_it_is_seen(
    new_page: NewPage, language: str
) -> None:
    page = new_page(language=language, width=390)
    wrong = {}

    for name in walked(page, PREFIX[language], f"ear.{language}@mail.example.org"):
        roles = [role_of(node) for node in tree(page)]
        faults = [f"unnamed {role}" for role in unnamed(page)]
        if roles.count("heading") == 0 or roles.count("main") != 1:
            faults.append("no heading, or not one main")
        if out_of_order(page):
            faults.append("the order of the tree is not the order on the screen")
        if faults:
            wrong[name] = faults

    assert wrong == {}


# Controls one after the other in the document stand one under or beside the other on the screen.
ORDER = """() => [...document.querySelector("main").querySelectorAll(
    "a, button, input, select, textarea")]
  .filter(one => one.getBoundingClientRect().width && !one.closest(".trap, .quiet-text, .idle"))
  .map(one => one.getBoundingClientRect().top)
  .some((top, at, all) => at > 0 && top < all[at - 1] - 60)"""


def out_of_order(page: Page) -> bool:
    return bool(page.evaluate(ORDER))


def test_questions_hints_and_errors_are_announced_with_their_fields(new_page: NewPage) -> None:
    page = new_page()
    begin(page, "")
    page.goto("/ask/contact")
    go_on(page)

    by_name = {(role_of(node), name_of(node)): node for node in tree(page)}

    group = by_name["group", "How should we contact you?"]
    told = group["description"]["value"]
    assert "Error: Select how we should contact you" in told
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_have_accessible_name("There is a problem")
    country = page.get_by_role("combobox", name="Country")
    expect(country).to_have_accessible_description(re.compile("Error: Select the country"))
    page.goto("/ask/question")
    story = page.get_by_role("textbox")
    expect(story).to_have_accessible_description(re.compile("1,500 characters left"))
    assert page.locator("#f-story-count").get_attribute("aria-live") == "polite"


def send_one_page(
    page: Page, language: str, answers: dict[str, str], texts: dict[str, str]
) -> None:
    page.goto(f"{PREFIX[language]}/ask/all")
    for name, value in answers.items():
        choose(page, name, value)
    for name, text in texts.items():
        field = page.locator(f'[name="{name}"]')
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    go_on(page)


PLAIN = {
    "safety": "none",
    "asking_for": "me",
    "age_band": "not_said",
    "conditions": "by_phone",
    "diagnosed": "not_sure",
    "contact_by": "call",
    "voicemail": "no",
    "interpreter": "no",
    "perm_contact": "yes",
    "perm_health": "yes",
}
TEXTS = {"full_name": "Rosa Díaz", "phone": "305 555 0199", "country": "US", "state": "FL"}
CANNOT_COPY = {
    "en": "We cannot send you a copy. Write down your reference or print this page.",
    "es": "No podemos enviarle una copia.",
}


@pytest.mark.parametrize("language", ["en", "es"])
def test_by_landline_and_without_e_mail_one_is_told_to_write_the_reference_down(
    new_page: NewPage, language: str
) -> None:
    page = new_page(javascript=False, language=language, width=390)

    send_one_page(page, language, {**PLAIN, "language": language}, TEXTS)

    text = page.locator("main").inner_text()
    assert REFERENCE.search(text)
    assert CANNOT_COPY[language] in text
    assert page.locator('input[name="perm_text"]').count() == 0


def test_by_e_mail_alone_no_phone_is_asked_for(new_page: NewPage) -> None:
    page = new_page()
    ways = {**PLAIN, "contact_by": "email", "language": "en"}
    ways.pop("voicemail")
    texts = {**TEXTS, "email": "rosa@mail.example.org"}
    texts.pop("phone")

    send_one_page(page, "en", ways, texts)

    expect(page.get_by_role("heading", name="We received your inquiry")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_caregiver_asks_for_somebody_else_and_is_spoken_to_as_such(
    new_page: NewPage, language: str
) -> None:
    page = new_page(javascript=False, language=language, width=320)
    begin(page, PREFIX[language])
    choose(page, "asking_for", "other")
    go_on(page)
    choose(page, "relationship", "child")
    choose(page, "person_knows", "no")
    go_on(page)

    expect(page.locator("main")).to_contain_text(
        {"en": "You can still ask. We will speak only with you.", "es": "solo con usted"}[language]
    )
    expect(page.locator('input[name="requester_name"]')).to_be_visible()
    assert page.locator('input[name="full_name"]').get_attribute("autocomplete") == "off"
    assert not sideways(page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_under_18_is_a_page_with_a_way_on_and_no_error(new_page: NewPage, language: str) -> None:
    page = new_page(javascript=False, language=language, width=390)
    begin(page, PREFIX[language])
    choose(page, "asking_for", "me")
    go_on(page)
    page.locator('input[name="full_name"]').fill("Leo Park")
    choose(page, "age_band", "under_18")
    go_on(page)

    assert page.url.endswith("/ask/under-18")
    expect(page.locator(".error-summary")).to_have_count(0)
    expect(page.locator('main a[href^="tel:"]').first).to_be_visible()
    page.locator("main form#answers a.button.is-second").click()
    expect(page.locator('input[name="full_name"]')).to_have_value("Leo Park")


@pytest.mark.parametrize("language", ["en", "es"])
def test_at_400_per_cent_zoom_nothing_is_cut_off_on_the_whole_way(
    new_page: NewPage, language: str
) -> None:
    page = new_page(language=language, width=320)
    page.set_viewport_size({"width": 320, "height": 256})
    wrong = {}

    for name in walked(page, PREFIX[language], f"zoom.{language}@mail.example.org"):
        cut = [*page.evaluate(CUT_OFF), *(["scrolls sideways"] if sideways(page) else [])]
        if cut:
            wrong[name] = cut

    assert wrong == {}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_receipt_on_paper_holds_everything_and_no_button(
    new_page: NewPage, language: str
) -> None:
    page = new_page(language=language)
    list(walked(page, PREFIX[language], f"paper.{language}@mail.example.org"))

    page.emulate_media(media="print")

    text = page.locator("body").inner_text()
    for wanted in (
        "Example Clinic",
        "+1 305 555 0100",
        "María de los Ángeles Núñez",
        "Lupus",
        "/s/",
    ):
        assert wanted in text
    assert REFERENCE.search(text)
    for gone in (".button", ".site-footer", ".skip", ".language"):
        assert page.locator(gone).filter(visible=True).count() == 0
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter"))) <= 3


def shapes(page: Page) -> Iterator[str]:
    begin(page, "")
    page.goto("/ask/contact")
    choose(page, "contact_by", "call")
    go_on(page)
    yield "step"
    page.goto("/conditions/lupus")
    yield "condition"


def test_forced_colours_keep_what_is_chosen_and_what_is_a_button(new_page: NewPage) -> None:
    page = new_page()
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    found = {name: findings(page) for name in shapes(page)}

    assert {name: one for name, one in found.items() if one} == {}
    page.goto("/ask/contact")
    for one in (page.locator(MAIN).first, page.locator(".tile").first):
        border = one.evaluate("one => getComputedStyle(one).borderTopWidth")
        assert float(border.removesuffix("px")) >= 1


def test_reduced_motion_moves_nothing(new_page: NewPage) -> None:
    page = new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto("/ask")

    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => "
        "parseFloat(getComputedStyle(one).transitionDuration) > 0).length"
    )

    assert moving == 0
