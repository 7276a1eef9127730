"""The information pages as a visitor gets them: complete, in both languages, kept by browsers."""

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from flask.testing import FlaskClient

from intake.bootstrap import Intake
from intake.pages.catalog import Catalog
from intake.pages.models import Page, Review
from intake.web.app import create_app
from intake.web.site.pages import GENERAL, shown_label
from tests.conftest import NOON

CONDITIONS = (
    "rheumatoid-arthritis",
    "celiac-disease",
    "lupus",
    "multiple-sclerosis",
    "graves-disease",
    "type-1-diabetes",
    "als",
)
ADDRESSES = (
    "/",
    "/conditions",
    *(f"/conditions/{slug}" for slug in CONDITIONS),
    *(f"/{slug}" for slug in GENERAL),
)
ELSEWHERE = re.compile(r'(?:src|srcset|action|data)="(?:https?:)?//|<(?:iframe|object|embed)')
LINK = re.compile(r'<a [^>]*href="(/[^"#?]*)')


def both(address: str) -> tuple[str, str]:
    return address, f"/es{address}"


def client_of(intake: Intake, **changes: object) -> FlaskClient:
    return create_app(replace(intake, **changes)).test_client()  # type: ignore[arg-type]


def changed(intake: Intake, slug: str, change: Callable[[Page], Page]) -> Catalog:
    """Return the catalog with one page different in both languages."""
    pages = dict(intake.catalog.pages)
    for key, page in intake.catalog.pages.items():
        if page.slug == slug:
            pages[key] = change(page)
    return Catalog(MappingProxyType(pages))


def reviewed(page: Page) -> Page:
    review = Review("A. Made-up", "MD", date(2026, 11, 20))
    return replace(page, review=review, emergency_signed_off_by="A. Made-up, MD")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_exists_in_both_languages(client: FlaskClient, address: str) -> None:
    for code, own in zip(("en", "es"), both(address), strict=True):
        answer = client.get(own)
        text = answer.get_data(as_text=True)

        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        assert f'<html lang="{code}">' in text
        assert "tel:+13055550100" in text


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_page_names_its_other_language_and_its_own_address(
    client: FlaskClient, address: str
) -> None:
    english, spanish = (client.get(own).get_data(as_text=True) for own in both(address))

    base = "http://127.0.0.1:8000"
    assert f'<link rel="canonical" href="{base}{address}">' in english
    assert f'<link rel="canonical" href="{base}/es{address}">' in spanish
    for text in (english, spanish):
        for code, own in zip(("en", "es"), both(address), strict=True):
            assert f'<link rel="alternate" hreflang="{code}" href="{base}{own}">' in text
    assert f'class="language" href="/es{address}" hreflang="es" lang="es">Español' in english
    assert f'class="language" href="{address}" hreflang="en" lang="en">English' in spanish


@pytest.mark.parametrize("address", [own for one in ADDRESSES for own in both(one)])
def test_a_page_loads_nothing_from_elsewhere_and_holds_nothing_inline(
    client: FlaskClient, address: str
) -> None:
    text = client.get(address).get_data(as_text=True)

    assert not ELSEWHERE.search(text)
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert re.findall("<script[^>]*>", text) == ['<script type="application/ld+json">']
    assert "csrf" not in text


def test_a_page_is_light(client: FlaskClient) -> None:
    packed = {"Accept-Encoding": "gzip"}
    for address in (own for one in ADDRESSES for own in both(one)):
        text = client.get(address).get_data(as_text=True)
        loaded = set(re.findall(r'(?:rel="stylesheet" href|src)="([^"]+)"', text))
        bytes_sent = len(client.get(address, headers=packed).data) + sum(
            len(client.get(one, headers=packed).data) for one in loaded
        )

        assert len(loaded) + 1 + 3 + 1 <= 6  # the page, three fonts, the icon
        assert bytes_sent <= 40_000, address


def test_every_link_between_pages_leads_somewhere(client: FlaskClient) -> None:
    rooms_of_others = ("/ask", "/withdraw")  # registered by their own edges
    found = {
        link
        for one in ADDRESSES
        for own in both(one)
        for link in LINK.findall(client.get(own).get_data(as_text=True))
    }

    for link in sorted(found):
        if link.removeprefix("/es").startswith(rooms_of_others):
            continue
        assert client.get(link).status_code == 200, link


def test_a_page_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/conditions/lupus")

    again = client.get("/conditions/lupus", headers={"If-None-Match": first.headers["ETag"]})

    assert not first.headers["ETag"].startswith("W/")
    assert again.status_code == 304
    assert again.data == b""


def test_the_packed_page_is_the_same_page_under_another_etag(client: FlaskClient) -> None:
    plain = client.get("/privacy")
    packed = client.get("/privacy", headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_two_processes_give_the_same_etag(intake: Intake, client: FlaskClient) -> None:
    other = create_app(intake).test_client()

    assert other.get("/").headers["ETag"] == client.get("/").headers["ETag"]


@pytest.mark.parametrize("address", ["/conditions/zebra", "/es/conditions/zebra", "/es/none"])
def test_what_is_no_page_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_an_unreviewed_page_says_so_and_is_kept_from_search_engines(client: FlaskClient) -> None:
    english = client.get("/conditions/lupus").get_data(as_text=True)
    spanish = client.get("/es/conditions/lupus").get_data(as_text=True)

    assert "Draft: not yet medically reviewed." in english
    assert "Borrador: aún sin revisión médica." in spanish
    assert '<meta name="robots" content="noindex">' in english
    assert "/conditions/lupus" not in client.get("/sitemap.xml").get_data(as_text=True)


def test_an_unconfirmed_notice_makes_a_draft_of_every_page_that_carries_it(
    client: FlaskClient,
) -> None:
    text = client.get("/").get_data(as_text=True)

    assert "THIS NOTICE MUST BE PROVIDED TO YOU UNDER FLORIDA LAW." in text
    assert "a notice on this page has not been confirmed yet" in text
    assert '<meta name="robots" content="noindex">' in text


def confirmed(intake: Intake) -> Intake:
    clinic = intake.settings.clinic.model_copy(
        update={"notice_confirmed_by": "A. Made-up", "notice_confirmed_on": date(2026, 11, 22)}
    )
    return replace(intake, settings=intake.settings.model_copy(update={"clinic": clinic}))


def test_a_finished_page_may_be_found(intake: Intake) -> None:
    client = client_of(confirmed(intake), catalog=changed(intake, "lupus", reviewed))

    text = client.get("/conditions/lupus").get_data(as_text=True)
    sitemap = client.get("/sitemap.xml").get_data(as_text=True)

    assert "noindex" not in text
    assert "Medically reviewed by A. Made-up, MD on November 20, 2026." in text
    assert "<loc>http://127.0.0.1:8000/conditions/lupus</loc>" in sitemap
    assert "<loc>http://127.0.0.1:8000/es/conditions/lupus</loc>" in sitemap
    assert "/conditions/als" not in sitemap


def test_a_page_becomes_overdue_at_the_clinics_midnight(intake: Intake) -> None:
    due = NOON.date()
    catalog = changed(intake, "lupus", lambda page: replace(page, next_review_on=due))
    moments = [datetime(2026, 11, 24, 4, 59, tzinfo=UTC)]
    client = client_of(intake, catalog=catalog, clock=lambda: moments[-1])

    before = client.get("/conditions/lupus").get_data(as_text=True)
    moments.append(moments[0] + timedelta(minutes=2))
    after = client.get("/conditions/lupus").get_data(as_text=True)

    assert "was due for review" not in before
    assert "This page was due for review on November 23, 2026." in after


def test_als_stands_apart_from_autoimmune_diseases(client: FlaskClient) -> None:
    for address in ("/", "/conditions"):
        text = client.get(address).get_data(as_text=True)
        assert text.index("Nerve disease, not autoimmune") < text.index('"/conditions/als"')
        assert text.index('"/conditions/lupus"') < text.index("Nerve disease, not autoimmune")


def test_the_list_shows_the_label_of_the_cells_most_clinics_advertise(intake: Intake) -> None:
    labels = {page.slug: shown_label(page) for page in intake.catalog.conditions("en")}

    assert labels == {
        "celiac-disease": "none",
        "graves-disease": "none",
        "lupus": "no-benefit",
        "multiple-sclerosis": "no-benefit",
        "rheumatoid-arthritis": "early",
        "type-1-diabetes": "",
        "als": "no-benefit",
    }


def test_asking_from_a_condition_page_puts_no_condition_into_an_address(
    client: FlaskClient,
) -> None:
    text = client.get("/conditions/lupus").get_data(as_text=True)

    assert '<form class="actions" method="post" action="/ask">' in text
    assert '<input type="hidden" name="about" value="lupus">' in text
    assert "?" not in "".join(re.findall(r'href="(/[^"]*)"', text))


def test_robots_are_told_what_is_nobodys_business(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)

    assert "Disallow: /s/\n" in text
    assert "Disallow: /es/ask\n" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text


@pytest.mark.parametrize("address", [f"/conditions/{slug}" for slug in CONDITIONS])
def test_a_spanish_page_says_which_words_are_english(client: FlaskClient, address: str) -> None:
    page = client.get(f"/es{address}").text

    notice = re.search(r"<p([^>]*)>THIS NOTICE MUST BE PROVIDED", page)
    sources = re.findall(r'<li id="source-\d+"><span([^>]*)>', page)

    assert notice
    assert notice[1] == ' lang="en"'
    assert sources
    assert set(sources) == {' lang="en"'}
    assert 'lang="en"' not in client.get(address).text.partition("<main")[2].replace(
        '<p lang="en">', ""
    ).replace('hreflang="en"', "")
