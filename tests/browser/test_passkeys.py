"""Passkeys in a real browser: a virtual authenticator makes keys and signs with them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import code_for
from tests.browser.device import Device
from tests.running import Running, command, environment

PASSWORD = "seven slow ferries cross at noon"


def a_member(service: Running, email: str) -> str:
    """Create a coordinator and return their one-time link, at the name passkeys belong to."""
    done = command(
        "staff",
        "create",
        email,
        "--name",
        "Ines Moreno",
        "--role",
        "coordinator",
        env=environment(service.data_dir, INTAKE_BASE_URL=service.base_url),
    )
    found = re.search(r"/staff/welcome/\S+", done.stdout)
    assert found, done.stdout + done.stderr
    return found[0]


def sign_in_for_the_first_time(page: Page, link: str, email: str) -> None:
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Set my password").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Show me the picture to scan").click()
    key = page.locator("code.key").inner_text()
    page.get_by_label(re.compile("Enter the code")).fill(code_for(key))
    page.get_by_role("button", name="Check the code").click()


def add_passkey(page: Page, name: str) -> None:
    page.goto("/staff/account")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Make the passkey").click()


@pytest.fixture(params=["internal", "usb"])
def device(request: Any, real_browser: Browser, service: Running) -> Iterator[Device]:  # noqa: ANN401
    found = Device(real_browser, service, request.param)
    email = f"ines.{request.node.name.translate(str.maketrans('_[]', '---'))[-30:]}@clinic.example"
    sign_in_for_the_first_time(found.page, a_member(service, email), email)
    expect(found.page.get_by_role("heading", level=1)).to_be_visible()
    yield found
    found.context.close()
    assert found.errors == []


def test_a_passkey_of_the_device_or_of_a_key_signs_in_alone(device: Device) -> None:
    page = device.page
    add_passkey(page, "My device")
    expect(page.get_by_text("The passkey is added")).to_be_visible()
    expect(page.get_by_role("button", name="Remove My device")).to_be_visible()
    device.sign_out()

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("heading", name="Needs first reply")).to_be_visible()
    device.sign_out()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Needs first reply")).to_be_visible()
    page.goto("/staff/account")
    page.get_by_role("button", name="Remove My device").click()
    expect(page.get_by_text("The passkey My device is removed")).to_be_visible()
    device.sign_out()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This passkey cannot sign in here")).to_be_visible()


def test_a_name_that_is_taken_asks_the_device_no_second_time(device: Device) -> None:
    page = device.page
    add_passkey(page, "My device")
    expect(page.get_by_text("The passkey is added")).to_be_visible()
    second = device.protocol.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "nfc",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )

    device.protocol.send(
        "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device.authenticator}
    )
    device.authenticator = second["authenticatorId"]
    add_passkey(page, "my  DEVICE")
    expect(page.get_by_role("alert")).to_contain_text("You have a passkey of this name")
    expect(page.get_by_label("Name of the passkey")).to_have_value("my  DEVICE")
    page.get_by_label("Name of the passkey").fill("Key at reception")
    page.get_by_role("button", name="Keep the passkey").click()

    expect(page.get_by_role("button", name="Remove Key at reception")).to_be_visible()
    assert len(device.keys()) == 1


def test_without_a_verified_holder_a_passkey_opens_nothing(device: Device) -> None:
    page = device.page
    add_passkey(page, "My device")
    device.sign_out()
    device.verifies(who=False)

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("No passkey was used")).to_be_visible()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_without_javascript_the_password_is_the_way(
    real_browser: Browser, service: Running
) -> None:
    context = real_browser.new_context(base_url=service.base_url, java_script_enabled=False)
    page = context.new_page()

    page.goto("/staff/login")

    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    context.close()


def test_an_address_that_cannot_hold_passkeys_says_where_they_work(
    real_browser: Browser, service: Running
) -> None:
    context = real_browser.new_context(base_url=service.base_url)
    page = context.new_page()
    page.goto("/staff/login")

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("Open the desk at http://localhost:")).to_be_visible()
    context.close()
