from intake.inquiries import screening
from intake.web.dashboard.doubt_words import DOUBTS, why_held


def test_every_sign_that_is_weighed_has_words() -> None:
    assert set(screening.SIGN_SCORES) <= set(DOUBTS)


def test_the_reasons_are_one_sentence() -> None:
    assert why_held(["too_fast", "links"]) == (
        "Held back by screening: the form was filled in very fast; the text has web links."
        " Is it a person or spam?"
    )


def test_a_reason_without_words_and_none_at_all_are_told() -> None:
    assert "screening: new sign." in why_held(["new_sign"])
    assert "no reason was kept" in why_held([])
