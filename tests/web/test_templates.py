"""Every page is valid HTML with one h1, labels tied to fields, and nothing inline."""

import json
import re
from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from jinja2 import nodes

from intake.shared import shared
from tests.web.samples import SAMPLES, Context
from tests.web.test_pages import ADDRESSES, both

TEMPLATES = shared("templates")
OWN = ("components", "dashboard", "errors", "site", "status")
NAMES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.html")
    if path.parent == TEMPLATES or path.relative_to(TEMPLATES).parts[0] in OWN
)
CONTROLS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit"}
Tree = Any


def parsed(text: str) -> Tree:
    """Return the tree of a page; a page that is not valid HTML fails here."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)


def all_of(tree: Tree) -> Iterator[Tree]:
    return (node for node in tree.iter() if isinstance(node.tag, str))


def words_of(node: Tree) -> str:
    return " ".join("".join(node.itertext()).split())


def check_page(text: str) -> None:
    """Check what must hold for every page, public or staff."""
    tree = parsed(text)
    page = list(all_of(tree))
    tags = [node.tag for node in page]
    ids = [node.get("id") for node in page if node.get("id")]

    assert tree.get("lang") in {"en", "es"}
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    assert tags.count("title") == 1
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    check_headings([node for node in page if re.fullmatch("h[1-6]", node.tag)])
    check_labels(page)
    check_references(page, set(ids))
    check_nothing_inline(page)


def check_headings(headings: list[Tree]) -> None:
    """Levels never jump down by more than one; every heading has words."""
    before = 1
    seen_h1 = False
    for heading in headings:
        level = int(heading.tag[1])
        assert words_of(heading)
        if level == 1:
            seen_h1 = True
        elif seen_h1:
            assert level <= before + 1, words_of(heading)
        before = level


def check_labels(page: list[Tree]) -> None:
    labelled = {node.get("for") for node in page if node.tag == "label" and node.get("for")}
    wrapped = {
        control
        for node in page
        if node.tag == "label"
        for control in all_of(node)
        if control.tag in CONTROLS
    }
    for node in page:
        if node.tag in CONTROLS and node.get("type") not in UNLABELLED:
            assert node.get("id") in labelled or node in wrapped, node.get("name")
        if node.tag in {"button", "a"}:
            assert words_of(node) or node.get("aria-label"), node.attrib
        if node.tag == "fieldset":
            assert node[0].tag == "legend"


def check_references(page: list[Tree], ids: set[str]) -> None:
    """Whatever names an id names one that is there."""
    for node in page:
        for name in ("for", "aria-describedby", "aria-labelledby", "form"):
            for wanted in (node.get(name) or "").split():
                assert wanted in ids, f"{name}={wanted}"
        href = node.get("href") or ""
        if href.startswith("#"):
            assert href[1:] in ids, href


def is_data(node: Tree) -> bool:
    """Whether a script is data, which no browser executes: JSON of a type that is no script's."""
    json.loads("".join(node.itertext()))
    return dict(node.attrib) == {"type": "application/ld+json"}


def check_nothing_inline(page: list[Tree]) -> None:
    for node in page:
        assert "style" not in node.attrib
        assert not [name for name in node.attrib if name.startswith("on")]
        assert node.tag != "style"
        assert node.tag != "script" or node.get("src") or is_data(node)
        assert node.tag != "input" or "placeholder" not in node.attrib
        for name in ("src", "action"):
            assert not re.match("(https?:)?//", node.get(name) or "")
        if node.tag == "link" and node.get("rel") == "manifest":
            assert node.get("href") in {"/site.webmanifest", "/es/site.webmanifest"}
        elif node.tag == "link" and node.get("rel") not in {"canonical", "alternate"}:
            assert (node.get("href") or "").startswith("/static/")


@pytest.mark.parametrize("address", [own for one in ADDRESSES for own in both(one)])
def test_every_information_page_is_valid(client: FlaskClient, address: str) -> None:
    check_page(client.get(address).get_data(as_text=True))


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize("status", [400, 404, 405, 413, 415, 429, 500, 503])
def test_every_error_page_is_valid(app: Flask, status: int, prefix: str) -> None:
    with app.test_request_context(f"{prefix}/nothing"):
        check_page(render_template(f"errors/{status}.html", title="A title", sentence="Words."))


@pytest.mark.parametrize("prefix", ["", "/es"])
@pytest.mark.parametrize(("name", "values"), SAMPLES)
def test_every_page_that_a_view_fills_is_valid(
    app: Flask, name: str, values: Context, prefix: str
) -> None:
    if name.startswith("dashboard") and prefix:
        return  # staff screens are English
    with app.test_request_context(f"{prefix}/made-up"):
        check_page(render_template(name, **values))


def test_the_sample_contexts_reach_every_page(app: Flask) -> None:
    drawn = {name for name, _ in SAMPLES}
    pages = {
        name
        for name in NAMES
        if name.split("/")[0] in {"site", "status", "dashboard"} and "/_" not in name
    }
    information = {f"site/{name}.html" for name in ("home", "conditions", "condition", "general")}
    # Drawn by their own views, in tests/web/dashboard and tests/web/status.
    viewed = {
        f"dashboard/{name}.html"
        for name in (
            "account",
            "all_subscriptions",
            "closures",
            "endpoints",
            "inquiry",
            "inquiry/deceased",
            "letters",
            "member",
            "members",
            "numbers",
            "opening",
            "openings",
            "page",
            "page_difference",
            "page_edit",
            "page_revision",
            "pages",
            "passkey_new",
            "proof",
            "style",
            "routing",
            "subscriptions",
            "welcome",
            "welcome_spent",
        )
    }
    viewed |= {f"dashboard/{name}.html" for name in ("erasures", "privacy")}
    viewed |= {
        f"status/{name}.html"
        for name in (
            "certificate",
            "copy",
            "erasure",
            "not_me",
            "permissions",
            "told",
            "undo",
            "withdraw",
            "withdraw_done",
            "withdrawal",
        )
    }

    assert pages - drawn - information - viewed == {"dashboard/base.html"}
    assert app.jinja_env.undefined.__name__ == "StrictUndefined"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_parses_and_uses_what_it_imports(app: Flask, name: str) -> None:
    source = (TEMPLATES / name).read_text("utf-8")

    tree = app.jinja_env.parse(source)

    for found in tree.find_all(nodes.FromImport):
        for imported in found.names:
            own = imported if isinstance(imported, str) else imported[1]
            included = " ".join(
                (TEMPLATES / str(one.template.value)).read_text("utf-8")  # type: ignore[attr-defined]
                for one in tree.find_all(nodes.Include)
            )
            assert len(re.findall(rf"\b{own}\b", source + included)) > 1, own


@pytest.mark.parametrize("name", NAMES)
def test_no_template_lets_text_through_unescaped(name: str) -> None:
    source = (TEMPLATES / name).read_text("utf-8")

    assert not re.search(r"\|\s*safe\b|\bMarkup\b|autoescape", source)
    used = len(re.findall(r"\|\s*page_html", source))
    allowed = {"site/condition.html": 3, "site/general.html": 1, "components/evidence.html": 1}
    assert used == allowed.get(name, 0)


def drawn(app: Flask, name: str, values: Context) -> list[Tree]:
    with app.test_request_context("/made-up"):
        return list(all_of(parsed(render_template(name, **values))))


STEP_WITH_ERRORS = SAMPLES[1]


def test_the_error_summary_takes_the_focus_and_leads_to_each_field(app: Flask) -> None:
    page = drawn(app, *STEP_WITH_ERRORS)

    summary = next(node for node in page if node.get("class") == "error-summary")
    assert summary.get("role") == "alert"
    assert summary.get("tabindex") == "-1"
    assert "data-focus" in summary.attrib
    links = {node.get("href"): words_of(node) for node in all_of(summary) if node.tag == "a"}
    assert links == dict(STEP_WITH_ERRORS[1]["problems"])
    title = next(node for node in page if node.tag == "title")
    assert words_of(title).startswith("Error: ")


def test_an_error_is_tied_to_its_field_and_stands_in_words(app: Flask) -> None:
    page = drawn(app, *STEP_WITH_ERRORS)
    by_id = {node.get("id"): node for node in page if node.get("id")}

    assert by_id["f-phone"].get("aria-invalid") == "true"
    assert by_id["f-phone"].get("aria-describedby") == "f-phone-hint f-phone-error"
    assert words_of(by_id["f-phone-error"]) == "Error: Enter a phone number"


def test_what_was_typed_is_shown_again_as_text(app: Flask) -> None:
    page = drawn(app, *STEP_WITH_ERRORS)
    by_id = {node.get("id"): node for node in page if node.get("id")}

    assert words_of(by_id["f-story"]) == "<b>Hi</b>"
    assert by_id["f-contact_by"].get("checked") == ""
    assert by_id["f-contact_by-2"].get("checked") is None
    assert by_id["f-password"].get("value") == ""


def test_optional_questions_say_so_and_no_question_has_an_asterisk(app: Flask) -> None:
    page = drawn(app, *STEP_WITH_ERRORS)

    labels = [words_of(node) for node in page if node.tag in {"label", "legend"}]
    assert "Email address (optional)" in labels
    assert not [label for label in labels if "*" in label]


def test_the_trap_is_out_of_sight_and_out_of_the_tab_order(app: Flask) -> None:
    page = drawn(app, *STEP_WITH_ERRORS)

    trap = next(node for node in page if node.get("name") == "website")
    box = next(node for node in page if node.get("class") == "trap")
    assert trap.get("tabindex") == "-1"
    assert trap.get("autocomplete") == "off"
    assert box.get("aria-hidden") == "true"
