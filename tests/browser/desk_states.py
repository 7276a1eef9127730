"""Every screen of the desk that takes a role, an act or a state of an inquiry to reach, by name."""

from collections.abc import Iterator, Mapping

from playwright.sync_api import Page

from intake.staff.models import RoleName
from tests.browser.desk import PASSWORD
from tests.browser.desk_people import take_roles
from tests.running import Running

INQUIRY = "/staff/inquiries"
VIEWS = ("quarantined", "clinical", "snoozed", "closed", "callbacks", "replies")
STATES = ("quarantined", "waiting", "review", "scheduled", "closed", "kept", "joined", "held")


def desk_states(page: Page, service: Running, references: Mapping[str, str]) -> Iterator[str]:
    """Open each screen over the inquiries of ``fill_the_desk`` and give its name."""
    yield from _list(page)
    for state in (*STATES, "erased"):
        page.goto(f"{INQUIRY}/{references[state]}")
        yield f"inquiry-{state}"
    page.goto(f"{INQUIRY}/{references['review']}?view=open")
    yield "pane"
    yield from _acts(page, references["new"])
    page.goto(f"{INQUIRY}/{references['kept']}/duplicates/{references['joined']}")
    yield "pair-joined"
    page.goto(f"{INQUIRY}/{references['kept']}/duplicates/{references['new']}")
    yield "pair"
    yield from _privacy(page, references)
    yield from _people(page)
    yield from _exceptions(page, service, references["scheduled"])
    page.goto(f"{INQUIRY}/new?say=es")
    page.get_by_role("button", name="Save the inquiry").click()
    yield "call-errors"
    page.goto(f"{INQUIRY}/no-such")
    yield "not-found"


def _list(page: Page) -> Iterator[str]:
    for view in VIEWS:
        page.goto(f"{INQUIRY}?view={view}")
        yield f"view-{view}"
    page.goto(f"{INQUIRY}?view=open")
    page.locator("details.filters > summary").click()
    yield "filters"
    for box in page.locator(".queue .box input").all()[:2]:
        box.check()
    page.locator(".bulk button").first.click()
    yield "bulk-done"


def _acts(page: Page, reference: str) -> Iterator[str]:
    path = f"{INQUIRY}/{reference}"
    page.goto(path)
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    yield "inquiry-unfolded"
    page.goto(path)
    page.get_by_role("button", name="Save", exact=True).click()
    yield "attempt-errors"
    page.goto(f"{path}/deceased")
    yield "deceased"
    page.goto(f"{path}/read-aloud")
    yield "read-aloud"
    page.goto(f"{path}/caller-check")
    yield "caller-check"
    page.get_by_role("button", name="Check", exact=True).click()
    yield "caller-check-errors"


def _privacy(page: Page, references: Mapping[str, str]) -> Iterator[str]:
    page.goto("/staff/erasures")
    yield "erasures"
    for state in ("held", "erased"):
        page.goto(f"{INQUIRY}/{references[state]}/privacy")
        yield f"privacy-{state}"
    page.goto(f"{INQUIRY}/{references['new']}/privacy")
    page.get_by_role("button", name="Hold it", exact=True).click()
    yield "privacy-errors"


def _people(page: Page) -> Iterator[str]:
    page.goto("/staff/members")
    page.get_by_role("button", name="Invite", exact=True).click()
    yield "members-errors"
    page.goto("/staff/members")
    page.get_by_role("link", name="Maria Duarte").click()
    yield "member"
    page.goto("/staff/subscriptions/all")
    yield "subscriptions-all"
    page.locator('main a[href*="/subscriptions/of/"]').last.click()
    yield "subscriptions-of"


def _exceptions(page: Page, service: Running, reference: str) -> Iterator[str]:
    """Open one inquiry by break-glass, as an administrator who may read none; proving it first."""
    take_roles(service)
    try:
        page.goto(f"{INQUIRY}?view=open")
        yield "list-without-names"
        page.goto("/staff/openings")
        page.get_by_label("Reference", exact=True).fill(reference)
        page.get_by_label("Why you must see it").fill("The coordinator is ill, the person waits.")
        page.get_by_role("button", name="Open it and tell the others").click()
        if page.get_by_role("heading", name="Confirm that it is you").count():
            yield "proof"
            page.get_by_label("Your password").fill(PASSWORD)
            page.get_by_role("button", name="Go on").click()
        page.wait_for_url("**/staff/openings/*")
        yield "opening"
        page.goto("/staff/openings")
        page.get_by_role("button", name="Open it and tell the others").click()
        yield "openings-errors"
    finally:
        take_roles(service, *RoleName)
