"""Answers travel sealed, split and for an hour; what does not open is as if it were not there."""

import random
from datetime import timedelta

import pytest
from flask import Response
from hypothesis import given
from hypothesis import strategies as st

from intake.crypto.sealed import seal_cookie
from intake.web.site.answers_cookie import (
    PART_MAX_CHARACTERS,
    PARTS_MAX,
    PURPOSE,
    CookieJar,
    Kept,
    Sent,
    open_kept,
    seal_kept,
)
from tests.conftest import NOON

SECRET = b"k" * 32
HTTP = CookieJar("answers", is_secure=False, secret=SECRET)
HTTPS = CookieJar("__Host-answers", is_secure=True, secret=SECRET)


def kept(**answers: list[str]) -> Kept:
    return Kept("key", NOON, NOON, answers=answers, signs=("honeypot",), noted=("story.x",))


def written(jar: CookieJar, value: Kept, carried: dict[str, str] | None = None) -> dict[str, str]:
    response = Response()
    assert jar.write(response, value, carried or {})
    pairs = [line.split(";")[0].partition("=") for line in response.headers.getlist("Set-Cookie")]
    return {name: text for name, _, text in pairs}


def test_what_is_kept_comes_back() -> None:
    value = kept(full_name=["Ana Díaz"], conditions=["lupus", "als"])

    assert HTTP.read(written(HTTP, value)) == value


def test_what_was_sent_comes_back_without_answers() -> None:
    value = Kept("key", NOON, NOON, sent=Sent("K7QF-29MD", "token"))

    assert open_kept(seal_kept(value, SECRET), SECRET) == value


def test_nothing_that_was_typed_can_be_read_in_the_cookie() -> None:
    text = "".join(written(HTTP, kept(full_name=["canary"] * 20)).values())

    assert "canary" not in text
    assert "full_name" not in text


def test_the_worst_answers_that_pass_the_limits_fit_in_three_parts() -> None:
    letters = random.Random(7)
    astral = [chr(letters.randrange(0x20000, 0x2A000)) for _ in range(1500 + 5 * 120)]
    answers = {"story": ["".join(astral[:1500])]}
    for number, name in enumerate(("full_name", "called", "requester_name", "condition_other")):
        answers[name] = ["".join(astral[1500 + number * 120 :][:120])]

    parts = written(HTTP, kept(**answers))

    assert len(parts) <= PARTS_MAX
    assert all(len(part) <= PART_MAX_CHARACTERS for part in parts.values())
    assert HTTP.read(parts) == kept(**answers)


def test_more_than_three_parts_are_not_set_at_all() -> None:
    letters = random.Random(7)
    long = "".join(chr(letters.randrange(0x20000, 0x2A000)) for _ in range(6000))
    response = Response()

    assert not HTTP.write(response, kept(story=[long]), {})
    assert "Set-Cookie" not in response.headers


def test_parts_that_are_no_longer_needed_go() -> None:
    carried = {"answers-0": "x", "answers-1": "y", "answers-2": "z"}

    names = written(HTTP, kept(full_name=["Ana"]), carried)

    assert names["answers-1"] == names["answers-2"] == ""


@pytest.mark.parametrize(("jar", "flag"), [(HTTP, False), (HTTPS, True)])
def test_names_and_flags_follow_the_base_url(jar: CookieJar, flag: bool) -> None:
    response = Response()
    jar.write(response, kept(), {})
    line = response.headers["Set-Cookie"]

    assert line.startswith("__Host-answers-0=") is flag
    assert ("Secure" in line) is flag
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line
    assert "Max-Age" not in line
    assert "Domain" not in line


def test_a_missing_or_swapped_part_is_as_if_nothing_were_there() -> None:
    letters = random.Random(7)
    long = "".join(chr(letters.randrange(0x20000, 0x2A000)) for _ in range(1500))
    parts = written(HTTP, kept(story=[long]))
    assert len(parts) > 1

    assert HTTP.read({"answers-0": parts["answers-0"]}) is None
    assert HTTP.read({"answers-0": parts["answers-1"], "answers-1": parts["answers-0"]}) is None
    assert HTTP.read({}) is None


def test_a_cookie_for_another_purpose_or_shape_does_not_open() -> None:
    assert open_kept(seal_kept(kept(), SECRET, purpose="answers in page"), SECRET) is None
    assert open_kept(seal_cookie(SECRET, PURPOSE, {"key": 1}), SECRET) is None
    assert open_kept(seal_cookie(SECRET, PURPOSE, ["x"]), SECRET) is None
    assert open_kept(seal_kept(kept(), b"o" * 32), SECRET) is None


@given(st.text(max_size=200))
def test_any_cookie_is_read_without_an_error(text: str) -> None:
    assert HTTP.read({"answers-0": text}) is None


def test_an_hour_without_use_is_idle() -> None:
    assert not kept().is_idle(NOON + timedelta(minutes=60))
    assert kept().is_idle(NOON + timedelta(minutes=60, seconds=1))
