"""Setting up the authenticator: a wrong code costs nothing but the time to read the next one."""

import pytest

from tests.staff.accounts_app import Person, StoppedClock, token_in


@pytest.mark.parametrize("is_first", [True, False])
def test_a_wrong_code_at_the_set_up_keeps_picture_and_key(rosa: Person, is_first: bool) -> None:
    if is_first:
        rosa.enter_password()
    else:
        rosa.first_sign_in()
    page = rosa.scan()
    key = rosa.key

    again = rosa.client.post(
        "/staff/tf-validate", data={"csrf_token": token_in(page), "code": "000000"}
    ).text
    done = rosa.client.post(
        "/staff/tf-validate", data={"csrf_token": token_in(again), "code": rosa.code()}
    )

    assert "<svg" in again
    assert key in again
    assert "This code cannot be used" in again
    assert done.status_code == 302


def test_the_key_of_a_half_done_change_is_not_shown_for_long(
    rosa: Person, clock: StoppedClock
) -> None:
    rosa.first_sign_in()
    rosa.scan()
    for _ in range(3):
        clock.advance(minutes=12)
        rosa.get("/staff/account")

    page = rosa.get("/staff/tf-validate").text

    assert rosa.is_in()
    assert rosa.key not in page
