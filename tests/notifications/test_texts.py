"""The gateway is told number and line, and nothing else; settings that cannot work are refused."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from intake.notifications.channels.apprise import AppriseChannel, judge_address
from intake.notifications.channels.choice import open_channels
from intake.notifications.channels.texts import TEXTS, TextChannel, address_for
from intake.notifications.outcome import Outcome
from intake.settings import Settings, TextSettings, load_settings
from tests.notifications.test_apprise import LETTER, TEST_SERVICE, Gateway

SECRET = "whsec_" + "bWFkZS11cC1zZWNyZXQtb2YtdGVzdHMh"
TWILIO = "twilio://AC" + "0" * 32 + ":" + "1" * 32 + "@13055550100/{to}"
LINE = "Example Clinic: we got your message, ref K7QF-29MD."


def settings(*, offered: bool = True, **texts: str) -> Settings:
    base = load_settings()
    return base.model_copy(
        update={
            "form": base.form.model_copy(update={"texts": offered}),
            "texts": TextSettings.model_validate(texts),
        }
    )


def test_the_gateway_gets_the_number_in_its_place_and_one_line() -> None:
    with Gateway().running() as gateway:
        channel = TextChannel(
            f"json://127.0.0.1:{gateway.port}/texts/{{to}}",
            sms=AppriseChannel("sms", services=TEST_SERVICE),
        )
        result = channel.send(replace(LETTER, to="+13055550142", subject=LINE, text="more"))

    assert result.outcome is Outcome.DELIVERED
    assert [body["message"] for body in gateway.bodies] == [LINE]


def test_an_address_with_a_number_in_it_is_one_that_the_service_takes() -> None:
    judge_address("sms", address_for(TWILIO, "+13055550142"))


@pytest.mark.parametrize(
    ("offered", "texts", "is_on"),
    [
        (True, {"hook_secret": SECRET, "gateway": TWILIO}, True),
        (False, {"hook_secret": SECRET, "gateway": TWILIO}, False),
        (True, {"gateway": TWILIO}, False),
        (True, {"hook_secret": SECRET}, False),
    ],
    ids=["all", "not offered", "nobody could say STOP", "no gateway"],
)
def test_people_are_texted_only_when_everything_is_there(
    offered: bool, texts: dict[str, str], is_on: bool
) -> None:
    chosen = settings(offered=offered, **texts)

    assert chosen.texts_people is is_on
    assert (TEXTS in open_channels(chosen)) is is_on


def test_the_shipped_settings_text_nobody() -> None:
    assert not load_settings().texts_people


@pytest.mark.parametrize("gateway", ["twilio", "twilio://a:b@c/d", "twilio://{to}/{to}", "{to}"])
def test_a_gateway_without_one_place_for_the_number_is_refused(gateway: str) -> None:
    with pytest.raises(ValidationError, match="is no gateway"):
        TextSettings.model_validate({"gateway": gateway})
