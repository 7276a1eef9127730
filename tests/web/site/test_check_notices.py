"""Before they send, people read the notice of the state they live in: the form promises it."""

import pytest
from flask.testing import FlaskClient

from tests.web.site.asking import ANA, walk


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_the_check_page_shows_the_notice_of_their_own_state(
    client: FlaskClient, prefix: str
) -> None:
    walk(client, {**ANA, "state": "CA"}, prefix=prefix)

    page = client.get(f"{prefix}/ask/check").text

    assert page.index("UNDER FLORIDA LAW") < page.index("UNDER CALIFORNIA LAW")
    assert '<body class="has-notice">' in page


def test_a_state_of_another_country_is_not_taken_for_one_of_ours(client: FlaskClient) -> None:
    walk(client, {**ANA, "country": "CA", "state": "ON"})

    page = client.get("/ask/check").text

    assert "UNDER FLORIDA LAW" in page
    assert "UNDER CALIFORNIA LAW" not in page
