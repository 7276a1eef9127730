"""The style page shows every component, in the clinic's colours, to any member and nobody else."""

import re

import pytest
from flask import Flask

from intake.shared import shared
from tests.web.dashboard.desk import Colleague
from tests.web.test_templates import check_page

COMPONENTS = shared("templates") / "components"
MACRO = re.compile(r"{%-? *macro ([a-z]\w*)\(")
# Drawn inside others; a panel that takes the focus as the page opens; and the long emergency
# card, as a page has one such card at most.
INSIDE = {
    "hidden_fields",
    "cell",
    "options",
    "people",
    "numbers_rows",
    "any_emergency_card",
    "said",
}


def test_every_macro_is_on_the_style_page() -> None:
    page = (shared("templates") / "dashboard" / "style.html").read_text("utf-8")

    for path in COMPONENTS.glob("*.html"):
        for name in MACRO.findall(path.read_text("utf-8")):
            if name not in INSIDE:
                assert f"{{{{ {name}(" in page or f"}}{{{{ {name}(" in page, (path.name, name)


@pytest.mark.parametrize("scheme", ["", "light", "dark", "made-up"])
def test_the_style_page_is_valid_in_each_scheme(coordinator: Colleague, scheme: str) -> None:
    page = coordinator.get(f"/staff/style?scheme={scheme}")

    assert page.status_code == 200
    check_page(page.text)
    assert ("scheme-dark" in page.text) is (scheme == "dark")
    assert "made-up" not in re.findall(r"<body class=\"([^\"]*)\"", page.text)[0]


def test_the_style_page_tells_colours_and_what_contrast_they_reach(coordinator: Colleague) -> None:
    page = coordinator.get("/staff/style").text

    assert "#0B5A5E" in page
    assert "on-primary on primary" in page
    assert "7.95" in page


def test_both_schemes_can_be_asked_for_on_any_device(app: Flask, coordinator: Colleague) -> None:
    page = coordinator.get("/staff/style").text

    (address,) = re.findall(r'href="(/static/css/schemes[^"]+)"', page)
    sheet = app.test_client().get(address).text
    assert ".scheme-light,html:has(.scheme-light){color-scheme:light;--page:#FBFAF7;" in sheet
    assert ".scheme-dark,html:has(.scheme-dark){color-scheme:dark;--page:#10191C;" in sheet
