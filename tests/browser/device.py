"""A browser with an authenticator built in or plugged in: makes passkeys and signs with them."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.browser.patience import PATIENCE_MS
from tests.running import Running


class Device:
    """A browser on a machine with an authenticator, at the name passkeys belong to."""

    def __init__(
        self,
        browser: Browser,
        service: Running,
        transport: str,
        *,
        width: int = 1280,
        dark: bool = False,
    ) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=service.base_url.replace("127.0.0.1", "localhost"),
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on(
            "console",
            lambda message: (
                self.errors.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.protocol: CDPSession = self.context.new_cdp_session(self.page)
        self.protocol.send("WebAuthn.enable")
        added = self.protocol.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": transport,
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        self.authenticator: str = added["authenticatorId"]

    def keys(self) -> list[dict[str, Any]]:
        """Return the passkeys that the authenticator holds."""
        found = self.protocol.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.authenticator}
        )
        return list(found["credentials"])

    def verifies(self, *, who: bool) -> None:
        """Let the finger on the sensor be the right one or not."""
        self.protocol.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": self.authenticator, "isUserVerified": who},
        )

    def sign_out(self) -> None:
        self.page.locator(".who summary").click()
        self.page.get_by_role("button", name="Sign out", exact=True).click()
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()
