"""Each form of the private page says what it did, also where no script puts the focus anywhere."""

import re

import pytest

from tests.web.status.desk import Desk

BOTH = pytest.mark.parametrize("prefix", ["", "/es"])


def title_of(page: str) -> str:
    found = re.search("<title>(.*)</title>", page)
    assert found
    return found[1]


@BOTH
def test_the_title_says_what_was_done(desk: Desk, prefix: str) -> None:
    desk.open(prefix)
    answer = desk.post(f"{prefix}{desk.link}/withdrawal", act="withdraw")

    page = desk.page(answer.location)

    told = "Usted retiró esta solicitud." if prefix else "You withdrew this inquiry."
    assert title_of(page).startswith(told)
    assert 'role="status" tabindex="-1" data-focus><div class="panel is-done">' in page
    assert page.count(told) == 2  # in the title and once on the page


def test_an_address_that_is_opened_later_says_nothing_untrue(desk: Desk) -> None:
    desk.open()
    kept = desk.post(f"{desk.link}/withdrawal", act="withdraw").location
    desk.post(f"{desk.link}/withdrawal", act="undo")

    assert "You withdrew" not in desk.page(kept)
    assert "Confirm below" not in desk.page(f"{desk.link}/erasure?done=asked")
    assert "We closed your private page" not in desk.page(f"{desk.link}?done=closed")
    assert "Saved." not in desk.page(f"{desk.link}/permissions?done=nothing")


@pytest.mark.parametrize("done", ["", "no-such-word", "<b>made up</b>"])
def test_only_our_own_sentences_are_said(desk: Desk, done: str) -> None:
    desk.open()
    page = desk.client.get(desk.link, query_string={"done": done}).text

    assert "data-focus" not in page
    assert "made up" not in page


def test_the_page_has_another_name_once_it_is_open(desk: Desk) -> None:
    before = desk.page(f"/es{desk.link}")
    desk.open("/es")

    assert title_of(before).startswith("Su solicitud – ")
    assert title_of(desk.page(f"/es{desk.link}")).startswith("Su página privada – ")
