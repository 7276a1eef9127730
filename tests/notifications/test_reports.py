"""What comes back from mail systems is understood, and everything else is harmless."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.notifications.reports import REPORT_MAX_BYTES, Report, read_report
from tests.notifications.samples import FOLDER, sample

PUBLIC_ID = "abcdefghijklmnopqrstuvwxy2"
MESSAGE_ID = f"{PUBLIC_ID}-3@clinic.example"
NAMES = sorted(path.name for path in FOLDER.glob("*.eml"))
REAL = [name for name in NAMES if name.split(".")[1] in {"bounce", "delayed", "complaint"}]


def expected(name: str) -> Report | None:
    """Return what the name of a sample promises: system, kind, status code."""
    _, kind, *code = name.removesuffix(".eml").split(".")
    if kind == "none":
        return None
    digits = ".".join(part for part in code if part.isdigit())
    return Report(kind, PUBLIC_ID, 3, digits or None)


def test_there_are_samples_of_many_mail_systems() -> None:
    assert len({name.split(".")[0] for name in REAL}) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_each_sample_says_what_its_name_says(name: str) -> None:
    assert read_report(sample(name, MESSAGE_ID)) == expected(name)


@pytest.mark.parametrize("name", REAL)
def test_a_report_with_line_ends_of_the_network_is_the_same(name: str) -> None:
    raw = sample(name, MESSAGE_ID).replace(b"\n", b"\r\n")

    assert read_report(raw) == expected(name)


@pytest.mark.parametrize("name", REAL)
def test_a_report_about_a_mail_that_is_not_ours_is_nothing(name: str) -> None:
    assert read_report(sample(name, "20261123.abc@elsewhere.example")) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\0" * 1000,
        b"\xff\xfe\xfd",
        b"Content-Type: multipart/report\n\n",
        b'Content-Type: multipart/report; boundary="\n\n--\n--\n',
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
        b"Content-Type: message/delivery-status; charset=no-such\n\n\n\nAction\n: :\n",
        b"Content-Type: text/plain; charset=no-such\nX-Failed-Recipients: x\n\n\xff",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\nX-Failed-Recipients: x\n\n%",
        b"X-Failed-Recipients: x\nReferences: " + b"<a@b> " * 20000 + b"\n\n",
        b"A: b\n" * 50000,
        b"".join(
            b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)
        ),
        b"Content-Type: message/rfc822\n\n" * 3000,
    ],
)
def test_rubbish_is_harmless(raw: bytes) -> None:
    assert read_report(raw) is None


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise(raw: bytes) -> None:
    assert read_report(raw) is None


@pytest.mark.parametrize("name", REAL)
def test_a_report_that_was_damaged_on_its_way_raises_nothing(name: str) -> None:
    whole, chance = sample(name, MESSAGE_ID), random.Random(name)
    for _ in range(60):
        damaged = bytearray(whole[: chance.randrange(len(whole))])
        for _ in range(20):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        report = read_report(bytes(damaged))

        assert report is None or report.kind in {"bounce", "delayed", "complaint"}


def test_a_report_that_is_larger_than_is_looked_at_is_cut_and_still_understood() -> None:
    raw = sample("postfix.bounce.5.1.1.eml", MESSAGE_ID) + b"x" * REPORT_MAX_BYTES

    assert read_report(raw) == Report("bounce", PUBLIC_ID, 3, "5.1.1")


def test_the_original_names_the_message_and_not_what_a_forger_threads_it_to() -> None:
    other = "zzzzzzzzzzzzzzzzzzzzzzzzzz-1@clinic.example"
    raw = sample("gmail.bounce.5.1.1.eml", MESSAGE_ID)
    raw = raw.replace(b"In-Reply-To: <", f"In-Reply-To: <{other}> <".encode(), 1)

    report = read_report(raw)

    assert report is not None
    assert report.public_id == PUBLIC_ID
