"""A visitor may choose a state and sees its notice: no cookie, and a cache of its own."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient

from intake.bootstrap import Intake
from intake.clinic.notices import NOTICES
from intake.web.app import create_app
from intake.web.assets import FOLDER
from tests.web.test_pages import changed, client_of, confirmed, reviewed

CALIFORNIA = "UNDER CALIFORNIA LAW"
FLORIDA = "UNDER FLORIDA LAW"
CARRIES = ("/", "/conditions", "/conditions/lupus", "/research", "/questions-to-ask")


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("address", CARRIES)
def test_a_chosen_state_adds_its_notice_after_the_clinics_own(
    client: FlaskClient, address: str, prefix: str
) -> None:
    text = client.get(f"{prefix}{address}?state=CA").text

    assert text.index(FLORIDA) < text.index(CALIFORNIA)
    assert CALIFORNIA not in client.get(f"{prefix}{address}").text


def test_nothing_is_kept_at_the_visitors(client: FlaskClient) -> None:
    answer = client.get("/conditions/lupus?state=CA")

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_each_choice_has_an_etag_of_its_own_and_keeps_it(client: FlaskClient) -> None:
    tags = {
        state: client.get(f"/conditions/lupus{state}").headers["ETag"]
        for state in ("", "?state=CA", "?state=UT")
    }

    assert len(set(tags.values())) == 3
    for state, tag in tags.items():
        again = client.get(f"/conditions/lupus{state}", headers={"If-None-Match": tag})
        assert again.status_code == 304
        assert again.headers["ETag"] == tag


@pytest.mark.parametrize("state", ["FL", "TX", "XX", "", "../", "CA%00", "%F3", "CA&state=UT"])
def test_a_state_without_a_notice_gives_the_page_as_it_is(client: FlaskClient, state: str) -> None:
    plain = client.get("/conditions/als")

    other = client.get(f"/conditions/als?state={state}")

    if not state.startswith("CA&"):
        assert other.data == plain.data
    assert other.status_code == 200


def test_small_letters_are_the_same_choice(client: FlaskClient) -> None:
    assert client.get("/?state=ca").data == client.get("/?state=CA").data


def test_a_page_that_is_not_about_treatment_shows_no_notice(client: FlaskClient) -> None:
    assert client.get("/privacy?state=CA").data == client.get("/privacy").data
    assert FLORIDA not in client.get("/privacy").text


def test_whatever_is_asked_for_no_more_is_kept_than_there_is(intake: Intake) -> None:
    app = create_app(intake)
    client = app.test_client()
    for number in range(40):
        client.get(f"/conditions/lupus?state=Z{number}&x={number}")
        client.get(f"/conditions/lupus?state=CA&x={number}")

    assert set(app.extensions["intake_book"].chosen) == {("/conditions/lupus", "CA")}


def test_search_engines_are_led_to_the_page_without_a_choice(client: FlaskClient) -> None:
    text = client.get("/conditions/lupus?state=CA").text

    assert 'rel="canonical" href="http://127.0.0.1:8000/conditions/lupus"' in text
    assert '<a href="?state=UT" rel="nofollow">Utah</a>' in text
    assert "state=" not in client.get("/sitemap.xml").text


def test_the_choice_goes_along_to_the_next_page_and_language(client: FlaskClient) -> None:
    text = client.get("/?state=CA").text

    assert 'href="/conditions/lupus?state=CA"' in text
    assert 'class="language" href="/es/?state=CA"' in text
    assert '<a href="/">Hide this notice</a>' in text


def test_an_unconfirmed_notice_says_draft_in_itself_and_makes_a_draft_of_its_page(
    intake: Intake,
) -> None:
    client = client_of(confirmed(intake), catalog=changed(intake, "lupus", reviewed))

    own = client.get("/conditions/lupus").text
    chosen = client.get("/conditions/lupus?state=CA").text

    assert "noindex" not in own
    assert "Confirmed by A. Made-up on November 22, 2026." in own
    assert "Nobody has confirmed the words of this California notice yet" in chosen
    assert "Draft: a notice on this page has not been confirmed yet." in chosen
    assert '<meta name="robots" content="noindex">' in chosen
    assert "Confirmed by A. Made-up" in chosen  # Florida's still is


def test_a_confirmation_from_before_the_words_shows_as_none(intake: Intake) -> None:
    early = {"notice_confirmed_by": "A. Made-up", "notice_confirmed_on": date(2026, 11, 21)}
    clinic = intake.settings.clinic.model_copy(update=early)
    settings = intake.settings.model_copy(update={"clinic": clinic})

    text = client_of(replace(intake, settings=settings)).get("/").text

    assert "Confirmed by" not in text
    assert "Nobody has confirmed the words of this Florida notice yet" in text


def test_a_clinic_elsewhere_shows_no_notice_until_a_state_is_chosen(intake: Intake) -> None:
    clinic = intake.settings.clinic.model_copy(update={"state": "OH"})
    client = client_of(
        replace(intake, settings=intake.settings.model_copy(update={"clinic": clinic}))
    )

    plain = client.get("/research").text

    assert "UNDER" not in plain
    assert re.findall(r'href="\?state=(\w\w)"', plain) == sorted(NOTICES)
    assert FLORIDA in client.get("/research?state=FL").text


def test_the_notice_stands_in_type_as_large_as_the_heading(client: FlaskClient) -> None:
    for address in CARRIES:
        assert '<body class="has-notice">' in client.get(address).text


def structured(text: str) -> dict[str, object]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    data = json.loads(found[0])
    assert isinstance(data, dict)
    return data


def test_structured_data_names_condition_sources_and_clinic_and_no_treatment(
    client: FlaskClient,
) -> None:
    data = structured(client.get("/es/conditions/lupus").text)

    assert data["@type"] == "MedicalWebPage"
    assert data["about"] == {"@type": "MedicalCondition", "name": "Lupus"}
    assert data["inLanguage"] == "es"
    assert data["url"] == "http://127.0.0.1:8000/es/conditions/lupus"
    assert data["creativeWorkStatus"] == "Draft"
    assert "reviewedBy" not in data
    citations = data["citation"]
    assert isinstance(citations, list)
    assert len(citations) >= 10
    assert "reatment" not in json.dumps(sorted(data))


def test_structured_data_names_a_reviewer_only_where_there_is_one(intake: Intake) -> None:
    client = client_of(intake, catalog=changed(intake, "lupus", reviewed))

    data = structured(client.get("/conditions/lupus").text)

    assert data["lastReviewed"] == "2026-11-20"
    assert data["reviewedBy"] == {
        "@type": "Person",
        "name": "A. Made-up",
        "honorificSuffix": "MD",
    }
    assert "creativeWorkStatus" not in data


def test_a_clinics_name_cannot_end_the_structured_data(intake: Intake) -> None:
    name = '</script><script>alert("1")</script>'
    profiles = {code: replace(one, name=name) for code, one in intake.clinic.items()}

    text = client_of(intake, clinic=profiles).get("/").text

    publisher = structured(text)["publisher"]
    assert isinstance(publisher, dict)
    assert publisher["name"] == name
    assert "<script>alert" not in text


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_the_manifest_marks_nobody(client: FlaskClient, prefix: str) -> None:
    answer = client.get(f"{prefix}/site.webmanifest")
    manifest = json.loads(answer.text)

    assert answer.mimetype == "application/manifest+json"
    assert manifest["start_url"] == f"{prefix}/"
    assert "?" not in json.dumps(manifest)
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_card_of_a_shared_link_is_ours_and_of_the_size_it_says(
    client: FlaskClient, language: str
) -> None:
    text = client.get("/" if language == "en" else "/es/").text
    (address,) = re.findall(r'property="og:image" content="http://127\.0\.0\.1:8000([^"]+)"', text)

    picture = client.get(address)

    assert picture.mimetype == "image/png"
    assert picture.data[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)


@pytest.mark.parametrize("name", ["icon-32.png", "icon-180.png", "icon-192.png", "icon-512.png"])
def test_an_icon_is_as_large_as_its_name_says(name: str) -> None:
    size = int(re.findall(r"\d+", name)[0]).to_bytes(4)

    assert (FOLDER / "img" / name).read_bytes()[16:24] == size + size
