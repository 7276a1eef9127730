"""An editor's hands on one page, in a browser; and the pages of this work, for pictures and axe."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page
from sqlalchemy import insert, select

from intake.staff.models import Role, RoleName, Staff, staff_roles
from intake.storage.database import Database
from tests.running import Running

LUPUS = "/staff/pages/en/lupus"
NEW = "Drugs help many people."


def let_edit(service: Running) -> None:
    """Make the administrator an editor too; twice does no harm."""
    database = Database(f"sqlite:///{service.data_dir / 'intake.db'}")
    try:
        with database.write() as session:
            staff_id = session.scalar(select(Staff.id).order_by(Staff.id).limit(1))
            role_id = session.scalar(select(Role.id).where(Role.name == RoleName.EDITOR.value))
            held = select(staff_roles.c.role_id).where(staff_roles.c.staff_id == staff_id)
            if role_id not in session.scalars(held).all():
                session.execute(insert(staff_roles).values(staff_id=staff_id, role_id=role_id))
    finally:
        database.close()


def write(page: Page, words: str) -> None:
    """Add a sentence at the end of the newest text and save it."""
    page.goto(f"{LUPUS}/revisions/new")
    field = page.get_by_label("The whole text, head included")
    field.fill(f"{field.input_value().rstrip()}\n\n{words}\n")
    page.get_by_role("button", name="Save as a revision").click()


def sign(page: Page, kind: str, name: str = "Pat Lane") -> None:
    """Record that somebody signed, on the page of a revision."""
    page.get_by_label(re.compile(rf"^\s*{kind} ")).check()
    page.get_by_label(re.compile("Somebody else")).check()
    page.get_by_label(re.compile("Their full name")).fill(name)
    page.get_by_label(re.compile("in writing")).check()
    page.get_by_label("Credentials").fill("MD")
    page.get_by_role("button", name="Record the sign-off").click()


def edited_pages(page: Page) -> Iterator[str]:
    """Open each screen of this work in each of its states, and give its name."""
    page.goto("/staff/pages")
    yield "pages-new"
    write(page, "This is a miracle. [R30b]")
    yield "page-faults"
    page.goto(LUPUS)
    page.get_by_role("link", name="Checks and sign-off").click()
    yield "revision-faults"
    page.get_by_role("link", name="Edit from here").click()
    field = page.get_by_label("The whole text, head included")
    field.fill(field.input_value().replace("This is a miracle.", f"{NEW} Again."))
    page.get_by_role("button", name="Check only").click()
    yield "page-checked"
    page.get_by_role("button", name="Save as a revision").click()
    revision = page.url
    yield "revision-unsigned"
    page.get_by_role("button", name="Record the sign-off").click()
    yield "revision-errors"
    page.goto(revision)
    sign(page, "Clinical")
    sign(page, "Legal", "Kim Stone")
    yield "revision-signed"
    page.get_by_label(re.compile("From when")).fill("2030-01-01T09:00")
    page.get_by_role("button", name="Publish", exact=True).click()
    yield "revision-time-errors"
    page.goto(revision)
    page.get_by_role("button", name="Publish", exact=True).click()
    yield "page"
    page.goto(f"{revision}/difference?against=0")
    yield "difference"
    page.goto(f"{revision}/preview")
    yield "preview"
    page.goto("/staff/pages/es/lupus/revisions/0/preview")
    yield "preview-es"
    page.goto(f"{LUPUS}/revisions/0")
    yield "revision-shipped"
    page.get_by_role("button", name="Publish", exact=True).click()
    page.goto("/staff/pages")
    yield "pages"
