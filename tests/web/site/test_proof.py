"""A small calculation: a right solution counts for one submission, everything else is a sign."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from altcha import Challenge, Payload, create_challenge, solve_challenge

from intake.inquiries.screening import QUARANTINE_SCORE, SIGN_SCORES
from intake.web.site import proof
from intake.web.site.proof import new_challenge, sign_of
from tests.conftest import NOON

SECRET, KEY = b"s" * 32, "a-submission-key"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "COUNTERS", range(1, 9))


def solved(challenge: dict[str, Any]) -> str:
    """Return what a browser would send for a challenge."""
    made = Challenge.from_dict(challenge)
    solution = solve_challenge(made)
    assert solution is not None
    return Payload(made, solution).to_base64()


def with_changed(solution: str, part: str, **changes: object) -> str:
    """Return a solution with something in its challenge or its answer changed."""
    said = json.loads(base64.b64decode(solution))
    place = said["solution"] if part == "solution" else said["challenge"]["parameters"]
    place.update(changes)
    return base64.b64encode(json.dumps(said).encode()).decode()


def test_a_right_solution_is_no_sign_however_often_its_own_form_sends_it() -> None:
    solution = solved(new_challenge(KEY, SECRET, NOON))

    assert [sign_of(solution, KEY, SECRET, NOON) for _ in range(2)] == [None, None]


def test_no_solution_is_a_missing_one() -> None:
    assert sign_of("", KEY, SECRET, NOON) == "proof_missing"


def test_a_solution_for_another_form_is_a_repeated_one() -> None:
    solution = solved(new_challenge("another-key", SECRET, NOON))

    assert sign_of(solution, KEY, SECRET, NOON) == "proof_repeated"


def test_a_solution_ends_with_the_token_of_its_form() -> None:
    solution = solved(new_challenge(KEY, SECRET, NOON))

    assert sign_of(solution, KEY, SECRET, NOON + timedelta(hours=24)) is None
    assert sign_of(solution, KEY, SECRET, NOON + timedelta(hours=24, seconds=1)) == "proof_expired"


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("challenge", {"cost": 1}),
        ("challenge", {"keyPrefix": "00"}),
        ("challenge", {"data": {"for": "x", "until": 9e12}}),
        ("challenge", {"data": None}),
        ("challenge", {"algorithm": "SHA-256"}),
        ("challenge", {"expiresAt": 1}),
        ("solution", {"derivedKey": "00" * 32}),
        ("solution", {"derivedKey": None}),
        ("solution", {"derivedKey": "nonsense"}),
    ],
)
def test_a_changed_solution_is_a_forged_one(part: str, changes: dict[str, object]) -> None:
    solution = with_changed(solved(new_challenge(KEY, SECRET, NOON)), part, **changes)

    assert sign_of(solution, KEY, SECRET, NOON) == "proof_forged"


def test_a_challenge_that_somebody_made_for_themselves_is_forged() -> None:
    own = create_challenge(
        proof.ALGORITHM, 1, counter=1, hmac_secret=b"theirs", hmac_key_secret=b"theirs"
    )
    unsigned = create_challenge(proof.ALGORITHM, 1, counter=1)

    for made in (own, unsigned):
        assert sign_of(solved(made.to_dict()), KEY, SECRET, NOON) == "proof_forged"


@pytest.mark.parametrize(
    "garbage",
    [
        "x",
        "ñ",
        "\x00",
        "=" * 10,
        "A" * 200_000,
        *(
            base64.b64encode(text.encode()).decode()
            for text in (
                "null",
                "[]",
                "{}",
                '"text"',
                '{"challenge": 1, "solution": 2}',
                '{"challenge": {"parameters": []}, "solution": {}}',
                '{"challenge": {"parameters": "x"}, "solution": []}',
                (
                    '{"challenge": {"parameters": {"algorithm": 1, "nonce": [], "salt": {}, '
                    '"cost": 0}, "signature": 5}, "solution": {"counter": [], "derivedKey": {}}}'
                ),
                "[" * 1500,
            )
        ),
        base64.b64encode(b"\xff\xfe").decode(),
    ],
)
def test_garbage_is_forged_and_breaks_nothing(garbage: str) -> None:
    assert sign_of(garbage, KEY, SECRET, NOON) == "proof_forged"


def test_no_sign_of_it_is_enough_for_doubt_nor_the_missing_one_beside_haste() -> None:
    weights = {name: score for name, score in SIGN_SCORES.items() if name.startswith("proof_")}

    assert set(weights) == {proof.MISSING, proof.EXPIRED, proof.FORGED, proof.REPEATED}
    assert max(weights.values()) < QUARANTINE_SCORE
    assert weights[proof.MISSING] + SIGN_SCORES["too_fast"] < QUARANTINE_SCORE
    assert weights[proof.FORGED] + SIGN_SCORES["too_fast"] >= QUARANTINE_SCORE


def test_a_challenge_says_nothing_of_the_submission_it_is_for() -> None:
    text = json.dumps(new_challenge(KEY, SECRET, NOON))

    assert KEY not in text
    assert json.dumps(new_challenge(KEY, SECRET, NOON)) != text
