"""What machines read: structured data of a page, the lists of the site, the phone's manifest.

The structured data says who stands behind a page and what it leans on, never what a treatment
does: schema.org has words for "possible treatment", and using them would be a claim. It stands in
a ``<script type="application/ld+json">``, which is data to a browser: it is not executed, so the
strict content policy neither sees it nor has to be opened for it (HTML, "prepare the script
element": an unknown type ends before the policy is asked).
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from flask import render_template

from intake.pages.models import CitedSource, Kind, Page
from intake.web.context import absolute, clinic, language
from intake.web.prepared import Prepared

CONTEXT = "https://schema.org"
CARD_WIDTH, CARD_HEIGHT = 1200, 630
CLOSED = ("/ask", "/es/ask", "/s/", "/es/s/", "/withdraw", "/es/withdraw", "/staff", "/api/")
PAPER = "#FBFAF7"

Data = dict[str, object]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a page stands, in the words that structured data uses."""

    url: str
    title: str
    description: str


def of_page(page: Page, address: Address) -> Data:
    """Return the structured data of an information page; a reviewer only where one is named."""
    data = _web_page("MedicalWebPage" if page.is_medical else "WebPage", address)
    data["datePublished"] = page.written_on.isoformat()
    if page.kind is Kind.CONDITION:
        data["about"] = {"@type": "MedicalCondition", "name": page.title}
    if page.is_medical:
        data["audience"] = {"@type": "MedicalAudience", "audienceType": "Patient"}
    if page.is_draft:
        data["creativeWorkStatus"] = "Draft"
    if page.review is not None:
        data["lastReviewed"] = page.review.reviewed_on.isoformat()
        data["reviewedBy"] = {
            "@type": "Person",
            "name": page.review.reviewed_by,
            "honorificSuffix": page.review.credentials,
        }
    if page.sources:
        data["citation"] = [_source(source) for source in page.sources]
    return data


def of_list(address: Address) -> Data:
    """Return the structured data of the front page and of the list of conditions."""
    return _web_page("CollectionPage", address)


def _web_page(kind: str, address: Address) -> Data:
    return {
        "@context": CONTEXT,
        "@type": kind,
        "url": absolute(address.url),
        "name": address.title,
        "description": address.description,
        "inLanguage": language(),
        "publisher": _publisher(),
    }


def _publisher() -> Data:
    data: Data = {
        "@type": "MedicalClinic",
        "name": clinic().name,
        "url": absolute("/"),
        "telephone": clinic().phone,
    }
    if clinic().address:
        data["address"] = clinic().address
    return data


def _source(source: CitedSource) -> Data:
    data: Data = {"@type": "CreativeWork", "name": source.title, "publisher": source.publisher}
    if source.year:
        data["datePublished"] = source.year
    if source.url:
        data["url"] = source.url
    return data


def sitemap(pages: Mapping[str, Prepared], drafts: Set[str]) -> str:
    """Return ``sitemap.xml``: what is finished in both languages, and nothing else."""
    return render_template("site/sitemap.xml", pairs=_pairs(pages, drafts))


def _pairs(pages: Mapping[str, Prepared], drafts: Set[str]) -> Iterator[tuple[str, str]]:
    for address in pages:
        spanish = f"/es{address}"
        if spanish in pages and not {address, spanish} & drafts:
            yield absolute(address), absolute(spanish)


def robots() -> str:
    """Return ``robots.txt``: what is nobody's business stays out."""
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in CLOSED)]
    return "\n".join([*lines, "", f"Sitemap: {absolute('/sitemap.xml')}", ""])


def manifest() -> str:
    """Return what a phone needs to keep the site on its home screen.

    The start address carries no mark of where the person came from, and the site opens as the
    page it is: with the browser's own bar, so that everybody sees where they are.
    """
    return render_template("site/site.webmanifest", paper=PAPER)
