"""Signs are noticed and forgotten; only the server's own ceiling refuses."""

from datetime import timedelta

import pytest

from intake.web import rates
from intake.web.form_token import new_token
from intake.web.site.signs import Senders, signs_of
from tests.conftest import NOON


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_quick_filled_trap_from_a_busy_address_shows_three_signs() -> None:
    found = signs_of(new_token(NOON), "x", is_frequent=True, at=NOON)

    assert found == ("honeypot", "too_fast", "rate")


def test_a_person_who_takes_their_time_shows_none() -> None:
    at = NOON + timedelta(minutes=4)

    assert signs_of(new_token(NOON), "", is_frequent=False, at=at) == ()


def test_a_renewed_token_is_old_and_not_fast() -> None:
    assert signs_of(new_token(NOON).renewed(NOON), "", is_frequent=False, at=NOON) == ("token_old",)


def test_many_sendings_of_one_address_are_a_sign_until_the_hour_ends() -> None:
    clock = Seconds()
    senders = Senders(per_hour=2, per_second=50, clock=clock)

    first = [senders.is_frequent("192.0.2.1") for _ in range(3)]
    clock.now = 3601
    later = senders.is_frequent("192.0.2.1")

    assert first == [False, False, True]
    assert later is False
    assert senders.is_frequent("192.0.2.2") is False


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unknown", "", False),
    ],
)
def test_all_addresses_of_one_line_count_as_one(first: str, second: str, is_one: bool) -> None:
    senders = Senders(per_hour=1, per_second=50)
    senders.is_frequent(first)

    assert senders.is_frequent(second) is is_one


def test_addresses_are_bounded_in_number_and_never_kept_as_they_are() -> None:
    senders = Senders(per_hour=2, per_second=50)
    for number in range(rates.ADDRESSES_MAX + 50):
        senders.is_frequent(f"2001:db8:0:{number:x}::1")

    assert len(senders.addresses._counts) == rates.ADDRESSES_MAX
    assert all(len(name) == 16 for name in senders.addresses._counts)
    assert "2001" not in repr(senders)


def test_the_ceiling_is_for_one_second() -> None:
    clock = Seconds()
    senders = Senders(per_hour=2, per_second=3, clock=clock)

    now = [senders.is_above_ceiling() for _ in range(4)]
    clock.now = 1.0

    assert now == [False, False, False, True]
    assert senders.is_above_ceiling() is False
