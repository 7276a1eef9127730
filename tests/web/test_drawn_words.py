"""What stands around the pages' own words, drawn by templates, promises nothing and is easy too."""

import re

import pytest
from flask.testing import FlaskClient

from intake.i18n import LANGUAGES
from intake.pages.catalog import CONTENT
from intake.pages.claims import seen_claims
from intake.pages.disguise import seen_paragraphs
from intake.pages.front_matter import read_head
from intake.pages.reading import is_easy, measure
from tests.web.test_pages import ADDRESSES

NOTICES = re.compile(r'<section class="notice".*?</section>', re.DOTALL)  # the law's words
HEAD_WORDS = re.compile(
    r'<(?:title>|meta (?:name|property)="[^"]*(?:description|title|alt)" content=")([^"<]+)'
)


def own_words(client: FlaskClient, language: str, address: str) -> str:
    text = client.get(f"/es{address}" if language == "es" else address).text
    return NOTICES.sub("", text)


def allowed(language: str, address: str) -> list[str]:
    file = CONTENT / language / f"{address.rpartition('/')[2]}.md"
    if not file.exists():
        return []
    head, _ = read_head(file.read_text("utf-8"), file.name)
    return head.matter.allowed_sentences if head else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_drawn_page_promises_nothing(client: FlaskClient, address: str, language: str) -> None:
    text = own_words(client, language, address)
    body = text.partition("<body")[2]

    assert seen_claims(body, language=language, allowed=allowed(language, address)) == ()
    for words in HEAD_WORDS.findall(text):
        assert seen_claims(words, language=language, allowed=allowed(language, address)) == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/", "/conditions"])
def test_what_templates_say_is_easy_to_read(
    client: FlaskClient, address: str, language: str
) -> None:
    main = own_words(client, language, address).partition("<main")[2].partition("</main>")[0]
    sentences = [
        words
        for found in re.findall(r"<p[^>]*>(.*?)</p>", main, re.DOTALL)
        for words in seen_paragraphs(found)
        if words.endswith(".")
    ]

    assert len(sentences) >= 3
    assert is_easy(measure(sentences, language), language), measure(sentences, language)
