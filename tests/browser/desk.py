"""Signing in at the desk as a new administrator does, for the tests and for the pictures."""

import base64
import re
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page

from tests.running import Running

PASSWORD = "four quiet lanterns at the harbor"


def code_for(key: str) -> str:
    """Return what an authenticator app shows now."""
    letters = "".join(letter for letter in key.upper() if letter.isalnum())
    secret = base64.b32decode(letters + "=" * (-len(letters) % 8))
    return TOTP(secret, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time())).decode()


def open_the_desk(
    page: Page, service: Running, seen: Callable[[str], None] = lambda _: None
) -> None:
    """Take the one-time link to a signed-in desk, as README.md tells a new administrator.

    ``seen`` is told the name of each page on the way.
    """
    page.goto(service.welcome_url)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_label(re.compile("I also answer inquiries")).check()
    page.get_by_role("button", name="Set my password").click()
    page.get_by_label("E-mail").fill("hello@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    seen("two-factor-setup")
    page.get_by_role("button", name="Show me the picture to scan").click()
    seen("two-factor-scan")
    key = page.locator("code.key").inner_text()
    page.get_by_label(re.compile("Enter the code")).fill(code_for(key))
    page.get_by_role("button", name="Check the code").click()
    page.goto("/staff/inquiries")
