"""Chats and SMS gateways: what they are told, what their answers mean, which are offered."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from intake.errors import InvalidInput, Misconfigured
from intake.notifications.channels.apprise import (
    CHAT_SERVICES,
    SMS_SERVICES,
    AppriseChannel,
    judge_address,
    short_words,
)
from intake.notifications.channels.base import Letter
from intake.notifications.outcome import Outcome
from tests.conftest import NOON
from tests.fakes import free_port

TEST_SERVICE = frozenset({"json"})
LETTER = Letter(
    key="abc-1",
    to="",
    language="en",
    subject="New inquiry K7QF-29MD. Reply due Tue, Nov 24, 12 pm",
    text="A new inquiry is waiting.\n\nOpen it: https://intake.example.org/staff/inquiries/K7QF29MD\n",
    html="",
    at=NOON,
)
SHORT = f"{LETTER.subject}\nhttps://intake.example.org/staff/inquiries/K7QF29MD"


class Gateway:
    """A service on loopback that answers each POST with ``status``, or hangs."""

    def __init__(self, status: int = 200, *, hangs_seconds: float = 0, location: str = "") -> None:
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        gateway, leave = self, threading.Event()
        self._leave = leave

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.bodies.append(json.loads(body))
                gateway.headers.append(dict(self.headers))
                leave.wait(hangs_seconds)
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port

    @contextmanager
    def running(self) -> Iterator["Gateway"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        yield self
        self._leave.set()
        self._server.shutdown()
        self._server.server_close()


def letter_to(port: int) -> Letter:
    return replace(LETTER, to=f"json://127.0.0.1:{port}/made-up-token")


def channel(deadline_seconds: float = 25.0) -> AppriseChannel:
    return AppriseChannel("chat", services=TEST_SERVICE, deadline_seconds=deadline_seconds)


def test_a_chat_is_told_subject_and_link_and_nothing_else() -> None:
    with Gateway().running() as gateway:
        result = channel().send(letter_to(gateway.port))

    assert result.outcome == Outcome.DELIVERED
    assert [body["message"] for body in gateway.bodies] == [SHORT]
    assert gateway.bodies[0]["title"] == ""
    assert gateway.bodies[0]["attachments"] == []


def test_a_letter_without_a_link_is_its_subject() -> None:
    assert short_words(replace(LETTER, text="Nothing here.")) == LETTER.subject


@pytest.mark.parametrize(
    ("status", "outcome", "error"),
    [
        (429, Outcome.CHANNEL, "notify_busy"),
        (503, Outcome.CHANNEL, "notify_busy"),
        (500, Outcome.RETRYABLE, "notify_failed"),
        (408, Outcome.RETRYABLE, "notify_failed"),
        (400, Outcome.PERMANENT, "notify_refused"),
        (401, Outcome.PERMANENT, "notify_refused"),
        (404, Outcome.PERMANENT, "notify_refused"),
        (410, Outcome.PERMANENT, "notify_refused"),
    ],
)
def test_each_answer_means_what_it_means_everywhere(
    status: int, outcome: Outcome, error: str
) -> None:
    with Gateway(status).running() as gateway:
        result = channel().send(letter_to(gateway.port))

    assert (result.outcome, result.error, result.status_code) == (outcome, error, status)


def test_a_redirect_is_not_followed() -> None:
    other = Gateway()
    gateway = Gateway(302, location=f"http://127.0.0.1:{other.port}/")
    with other.running(), gateway.running():
        result = channel().send(letter_to(gateway.port))

    assert result.outcome == Outcome.RETRYABLE
    assert other.bodies == []


def test_a_service_that_is_away_fails_as_a_channel() -> None:
    result = channel().send(letter_to(free_port()))

    assert (result.outcome, result.error) == (Outcome.CHANNEL, "notify_unreachable")


def test_a_service_that_stops_answering_is_the_messages_trouble() -> None:
    with Gateway(hangs_seconds=10.0).running() as gateway:
        result = channel(deadline_seconds=0.3).send(letter_to(gateway.port))
        slow = channel().send(letter_to(gateway.port))  # Apprise itself gives up after 4 s

    assert (result.outcome, result.error) == (Outcome.RETRYABLE, "notify_timed_out")
    assert (slow.outcome, slow.error) == (Outcome.RETRYABLE, "notify_failed")


def test_many_that_hang_use_no_more_threads() -> None:
    with Gateway(hangs_seconds=3.0).running() as gateway:
        one = channel(deadline_seconds=0.01)
        results = {one.send(letter_to(gateway.port)).error for _ in range(40)}

    assert results == {"notify_timed_out", "notify_unreachable"}


def test_two_threads_hear_their_own_answers() -> None:
    results: dict[int, int | None] = {}

    def ask(status: int) -> None:
        with Gateway(status, hangs_seconds=0.2).running() as gateway:
            results[status] = channel().send(letter_to(gateway.port)).status_code

    threads = [threading.Thread(target=ask, args=(status,)) for status in (400, 404, 500, 503)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == {400: 400, 404: 404, 500: 500, 503: 503}


def test_no_token_is_logged() -> None:
    code = (
        "import logging; logging.basicConfig(level=1)\n"
        "from intake.errors import InvalidInput\n"
        "from intake.notifications.channels.apprise import AppriseChannel, judge_address\n"
        "from tests.notifications.test_apprise import TEST_SERVICE, letter_to\n"
        "channel = AppriseChannel('chat', services=TEST_SERVICE)\n"
        f"print(channel.send(letter_to({free_port()})).error)\n"
        "try: judge_address('chat', 'slack://made-up-token')\n"
        "except InvalidInput: pass\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout == "notify_unreachable\n"
    assert "made-up-token" not in shown.stderr
    assert "127.0.0.1" not in shown.stderr


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"),
        ("chat", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"),
        ("chat", "tgram://123456789:abcdefg_hijklmnop/12315544"),
        ("chat", "gchat://workspace/abc-key/def-token"),
        ("chat", "workflows://prod-12.westus.logic.azure.com:443/643e69f8/aBcDeF/"),
        ("sms", "twilio://AC735c307c62944b5a:e29dfbcebf390dee9@+13055550100/+13055550142"),
        ("sms", "vonage://ACcount12:secret4321@13055550100/13055550142"),
    ],
)
def test_services_with_an_address_of_their_own_are_offered(kind: str, address: str) -> None:
    judge_address(kind, address)


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("chat", "", "service_unknown"),
        ("chat", "slack", "service_unknown"),
        ("chat", "nonsense://x", "service_unknown"),
        ("chat", "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajk", "service_unknown"),
        ("chat", "json://127.0.0.1/x", "service_unknown"),
        ("chat", "jsons://169.254.169.254/latest", "service_unknown"),
        ("chat", "mmosts://chat.clinic.example/token", "service_unknown"),
        ("chat", "syslog://", "service_unknown"),
        ("chat", "mailto://a:b@mail.example", "service_unknown"),
        ("chat", "file:///etc/passwd", "service_unknown"),
        ("chat", "twilio://AC735c307c62944b5a:e29d@+13055550100/", "service_unknown"),
        ("sms", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "service_unknown"),
        ("chat", "slack://", "service_incomplete"),
        ("chat", "slack://onlyone", "service_incomplete"),
        ("chat", "discord://[/x", "service_incomplete"),
        ("chat", "workflows://10.0.0.1:443/643e69f8/aBcDeF/", "service_other_host"),
        ("chat", "workflows://logic.azure.com.evil.example/a/b/", "service_other_host"),
        ("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlaz?verify=no", "service_option"),
        ("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlaz?Redirect=yes", "service_option"),
        ("chat", "slack://T1/A1/T2?template=/etc/passwd", "service_option"),
        ("chat", "discord://1/b?avatar_url=http://10.0.0.1/", "service_option"),
        ("chat", "slack://a b", "address_characters"),
        ("chat", "slack://a\nb", "address_characters"),
        ("chat", "slack://ñ", "address_characters"),
        ("chat", "slack://" + "a" * 3000, "address_characters"),
    ],
)
def test_everything_else_is_refused_with_its_reason(kind: str, address: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        judge_address(kind, address)

    assert [problem.code for problem in refused.value.problems] == [code]


def test_an_address_that_turned_bad_is_dead_at_once() -> None:
    result = AppriseChannel("chat").send(replace(LETTER, to="nonsense://x"))

    assert (result.outcome, result.error) == (Outcome.PERMANENT, "service_unknown")


@pytest.mark.parametrize("service", sorted(CHAT_SERVICES | SMS_SERVICES))
def test_every_service_that_is_offered_is_known_to_apprise(service: str) -> None:
    from apprise.manager_plugins import NotificationManager

    assert service in NotificationManager()  # type: ignore[no-untyped-call]


def test_without_the_extra_a_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(Misconfigured, match=r"pip install 'clinic-intake\[notify\]'"):
        judge_address("chat", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    result = AppriseChannel("chat").send(replace(LETTER, to="slack://a/b/c"))
    assert (result.outcome, result.error) == (Outcome.CHANNEL, "notify_missing")


def test_apprise_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, intake.bootstrap, intake.cli.worker; print('apprise' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout == "False\n"
