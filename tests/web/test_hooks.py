"""The gateway's hook: signed or nothing."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from standardwebhooks import Webhook

from intake.bootstrap import Intake
from intake.settings import TextSettings
from intake.web.app import create_app
from tests.conftest import NOON
from tests.notifications.test_signatures import OTHER, SECRET

PATH = "/hooks/messages/texts"


@pytest.fixture(scope="module")
def gateway(intake: Intake) -> FlaskClient:
    texts = TextSettings(hook_secret=SecretStr(SECRET))
    settings = intake.settings.model_copy(update={"texts": texts})
    return create_app(replace(intake, settings=settings)).test_client()


def signed(body: str, name: str, secret: str = SECRET) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(NOON.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, NOON, body),
    }


def said(text: str, sender: str = "+13055550111") -> str:
    return json.dumps({"from": sender, "text": text})


def test_a_signed_stop_is_answered_with_the_one_confirmation(gateway: FlaskClient) -> None:
    body = said("ALTO")

    first = gateway.post(PATH, data=body, headers=signed(body, "msg_1"))
    again = gateway.post(PATH, data=body, headers=signed(body, "msg_1"))

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json() == {"reply": "Example Clinic: no recibirá más mensajes nuestros."}
    assert again.get_json() == {"reply": None}


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "STOP", "{}", '{"from": 1, "text": "x"}', "[" * 15000]
)
def test_a_signed_body_that_is_no_message_is_refused(gateway: FlaskClient, body: str) -> None:
    answer = gateway.post(PATH, data=body, headers=signed(body, f"msg_bad_{len(body)}_{body[:3]}"))

    assert answer.status_code == 400
    assert answer.is_json


def test_no_signature_no_answer(gateway: FlaskClient) -> None:
    body = said("STOP")
    unsigned = gateway.post(PATH, data=body, content_type="application/json")
    forged = gateway.post(PATH, data=body, headers=signed(body, "msg_9", OTHER))
    changed = gateway.post(PATH, data=said("HELP"), headers=signed(body, "msg_9"))

    for answer in (unsigned, forged, changed):
        assert answer.status_code == 403
        assert answer.is_json


def test_another_channel_another_method_and_a_large_body_are_refused(gateway: FlaskClient) -> None:
    body, large = said("STOP"), said("x" * 20000)

    assert (
        gateway.post("/hooks/messages/x", data=body, headers=signed(body, "a")).status_code == 404
    )
    assert gateway.get(PATH).status_code == 405
    assert gateway.post(PATH, data=large, headers=signed(large, "b")).status_code == 413


def test_many_texts_in_a_minute_are_not_braked(gateway: FlaskClient) -> None:
    statuses = set()
    for number in range(80):
        body = said("hello", f"+1305555{number:04}")
        statuses.add(
            gateway.post(PATH, data=body, headers=signed(body, f"many_{number}")).status_code
        )

    assert statuses == {200}


def test_without_a_secret_there_is_no_hook(client: FlaskClient) -> None:
    body = said("STOP")

    assert client.post(PATH, data=body, headers=signed(body, "msg_2")).status_code == 404


def test_json_is_taken_by_no_other_route(client: FlaskClient) -> None:
    assert client.post("/ask/all", data="{}", content_type="application/json").status_code == 415
