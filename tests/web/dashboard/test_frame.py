"""The bar above every staff page: where a member can go, in one line and two menus."""

import re

from flask import Flask

from intake.storage.database import Database
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague

ITEM = re.compile(r'<li><a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


def places(page: str) -> tuple[list[str], list[str], list[str]]:
    """Return what stands in the bar, under "Manage", and under one's own name."""
    bar = page.partition('<header class="app-bar">')[2].partition("</header>")[0]
    nav, _, rest = bar.partition("</nav>")
    own = rest.partition('class="own-name"')[2]
    direct, _, manage = nav.partition(">Manage<")
    in_bar, managed, ones_own = (
        [words for _, _, words in ITEM.findall(part)] for part in (direct, manage, own)
    )
    return in_bar, managed, ones_own


WORK = ["Inquiries", "New call", "Deliveries", "Numbers"]
OWN = ["Notifications", "My account"]


def test_each_role_finds_its_places(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    def of(*roles: str) -> tuple[list[str], list[str], list[str]]:
        member = Colleague(app, sqlite_database, clock(), roles)
        return places(member.get("/staff/account").text)

    bar, manage, own = of("coordinator")
    assert (bar, manage, own) == ([*WORK, "Clinic"], [], OWN)  # a menu for one place would hide it
    bar, manage, own = of("administrator", "coordinator")
    assert (bar[:4], manage[:3], own) == (WORK, ["Members", "Break-glass", "Webhooks"], OWN)
    assert len(bar) <= 5  # what more there is goes under "Manage": the bar stays one line
    assert of("privacy_officer")[1:] == (["Break-glass", "Letters"], OWN)
    assert manage[-1] == "Style"
    assert of("editor") == (["Pages", "Style"], [], OWN)


def test_a_menu_that_holds_the_page_one_is_on_says_so(
    app: Flask, sqlite_database: Database, clock: StoppedClock
) -> None:
    member = Colleague(app, sqlite_database, clock(), ["administrator"])

    page = member.get("/staff/members").text

    assert '<summary class="is-here">Manage</summary>' in page
    assert '<a href="/staff/members" aria-current="page">Members</a>' in page
    assert '<summary class="is-here">Manage</summary>' not in member.get("/staff/account").text
