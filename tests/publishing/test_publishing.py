"""A text goes before readers only checked and signed, at its time, and comes back as it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from intake.audit.models import AuditEvent
from intake.errors import Conflict, InvalidInput, NotFound
from intake.publishing.models import PageRevision
from intake.publishing.releasing import withdraw_plan
from intake.publishing.signing import withdraw_signoff
from intake.staff.actor import staff_actor
from intake.storage.database import Database
from tests.publishing.a_desk import LUPUS, LUPUS_ES, Desk, changed, shipped

NEW = "Drugs help many people."


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_signed_revision_takes_the_place_of_the_file(desk: Desk) -> None:
    number = desk.ready(changed())

    before = desk.text()
    desk.publish(number)

    assert NEW not in before
    assert NEW in desk.text()
    assert desk.live().number(LUPUS) == 1
    assert desk.live().number(LUPUS_ES) == 0


def test_readers_are_told_the_reviewer_of_the_signoff(desk: Desk) -> None:
    desk.publish(desk.ready(changed()))

    page = desk.live().catalog.pages[LUPUS]

    assert page.review is not None
    assert (page.review.reviewed_by, page.review.credentials) == ("Pat Lane", "MD")
    assert page.review.reviewed_on == desk.today
    assert page.emergency_signed_off_by == "Pat Lane, MD"
    assert not page.is_draft


LIE = (
    ('reviewed_by = ""', 'reviewed_by = "Dr. Nobody"'),
    ('credentials = ""', 'credentials = "MD"'),
    ('reviewed_on = ""', "reviewed_on = 2026-11-20"),
    ('signed_off_by = ""', 'signed_off_by = "Dr. Nobody, MD"'),
)


def lying() -> str:
    text = changed()
    for old, new in LIE:
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_reviewer_written_into_the_head_is_shown_to_nobody(desk: Desk) -> None:
    number = desk.save(lying())

    seen = desk.see(number)

    assert not seen.judged.faults
    assert seen.judged.names_reviewer
    assert seen.page is not None
    assert seen.page.review is None
    assert seen.page.emergency_signed_off_by == ""
    assert seen.page.is_draft
    with pytest.raises(Conflict, match="not_ready"):
        desk.publish(number)


def test_the_name_in_the_head_never_stands_in_for_the_one_who_signed(desk: Desk) -> None:
    desk.publish(desk.ready(lying()))

    page = desk.live().catalog.pages[LUPUS]

    assert page.review is not None
    assert page.review.reviewed_by == "Pat Lane"
    assert "Nobody" not in page.emergency_signed_off_by


@pytest.mark.parametrize("missing", ["clinical", "legal"])
def test_nothing_is_published_without_both_signoffs(desk: Desk, missing: str) -> None:
    number = desk.save(changed())
    desk.sign(number, "legal" if missing == "clinical" else "clinical")

    with pytest.raises(Conflict, match="not_ready"):
        desk.publish(number)

    desk.sign(number, missing)
    desk.publish(number)


def test_a_page_that_is_not_medical_is_answered_for_by_its_legal_reviewer(desk: Desk) -> None:
    key = ("en", "privacy")
    number = desk.save(f"{shipped().texts[key]}\nMore.\n", key)
    desk.sign(number, "legal", key)

    desk.publish(number, key)

    page = desk.live().catalog.pages[key]
    assert not page.is_draft
    assert page.review is not None
    assert page.review.reviewed_by == "Pat Lane"


def test_spanish_needs_a_reader_of_spanish_too(desk: Desk) -> None:
    text = changed(LUPUS_ES, "Los medicamentos ayudan a muchas personas. [R30b]")
    number = desk.save(text, LUPUS_ES)
    desk.sign(number, "clinical", LUPUS_ES)
    desk.sign(number, "legal", LUPUS_ES)

    with pytest.raises(Conflict, match="not_ready"):
        desk.publish(number, LUPUS_ES)
    desk.sign(number, "spanish", LUPUS_ES)
    desk.publish(number, LUPUS_ES)

    assert "ayudan a muchas" in desk.text(LUPUS_ES)


FAULTY = {
    "claim": (changed(words="This is a miracle. [R30b]"), 'breaks rule "miracle"'),
    "source": (changed(words="It helps. [R999]"), "not in sources.toml"),
    "label": (changed().replace('evidence = "no-benefit"\n', "", 1), "no evidence label"),
    "kind": (changed().replace('kind = "condition"', 'kind = "general"'), "kind stays condition"),
    "group": (changed().replace('"autoimmune"', '"nerve"'), "group stays autoimmune"),
    "medical": (
        changed().replace("about_treatment = true", "about_treatment = false"),
        "a clinician answers for this page",
    ),
    "head": ("No head at all.\n", "must start with +++"),
    "toml": (changed().replace("title =", "title", 1), "cannot be read"),
}


@pytest.mark.parametrize("name", sorted(FAULTY))
def test_a_text_with_a_fault_is_kept_and_neither_signed_nor_published(
    desk: Desk, name: str
) -> None:
    text, words = FAULTY[name]
    number = desk.save(text)

    seen = desk.see(number)

    assert seen.text == text
    assert any(words in fault.words for fault in seen.judged.faults)
    assert all(fault.line >= 1 for fault in seen.judged.faults)
    with pytest.raises(Conflict, match="has_faults"):
        desk.sign(number, "clinical")
    with pytest.raises(Conflict, match="not_ready"):
        desk.publish(number)


def test_an_edited_text_has_no_names(desk: Desk) -> None:
    desk.ready(changed())

    edited = desk.save(changed() + "\nMore. [R30b]\n")

    assert desk.see(edited).signoffs == ()
    with pytest.raises(Conflict, match="not_ready"):
        desk.publish(edited)


def test_the_same_text_again_has_its_names_again(desk: Desk) -> None:
    desk.ready(changed())
    desk.save(changed() + "\nMore. [R30b]\n")

    again = desk.save(changed())

    assert again == 3
    assert {one.kind for one in desk.see(again).signoffs} == {"clinical", "legal"}


def test_line_ends_of_a_browser_void_nothing(desk: Desk) -> None:
    first = desk.ready(changed())

    again = desk.save(changed().replace("\n", "\r\n"))

    assert again == first


def test_a_text_is_shown_at_its_time_and_not_before(desk: Desk) -> None:
    number = desk.ready(changed())
    when = desk.at + timedelta(hours=20)
    desk.publish(number, publish_at=when)

    desk.at = when - timedelta(milliseconds=1)
    before, stamp = desk.text(), desk.stamp()
    desk.at = when

    assert NEW not in before
    assert NEW in desk.text()
    assert desk.stamp() != stamp


def test_going_back_shows_the_earlier_text_with_its_names(desk: Desk) -> None:
    first = desk.ready(changed())
    desk.publish(first)
    desk.later(days=1)
    second = desk.ready(changed(words="A worse sentence. [R30b]"))
    desk.publish(second)

    desk.later(hours=1)
    desk.publish(first)

    assert NEW in desk.text()
    assert "worse" not in desk.text()
    assert desk.live().catalog.pages[LUPUS].review is not None


def test_going_back_to_what_shipped_asks_for_no_names(desk: Desk) -> None:
    desk.publish(desk.ready(changed()))
    desk.later(hours=1)

    desk.publish(0)

    assert desk.live().number(LUPUS) == 0
    assert desk.live().catalog.pages[LUPUS] == shipped().pages[LUPUS]


def test_publishing_calls_off_what_was_planned(desk: Desk) -> None:
    first, second = desk.ready(changed()), desk.ready(changed(words="Another. [R30b]"))
    desk.publish(second, publish_at=desk.at + timedelta(days=2))
    desk.later(hours=1)

    desk.publish(first)
    desk.later(days=3)

    assert desk.live().number(LUPUS) == first


def test_a_plan_is_called_off_once(desk: Desk) -> None:
    desk.publish(desk.ready(changed()), publish_at=desk.at + timedelta(days=2))
    actor = staff_actor(desk.actors[desk.editor])

    with desk.database.write() as session:
        withdraw_plan(session, LUPUS, member_id=desk.editor, actor=actor, at=desk.at)
    with (
        pytest.raises(Conflict, match="nothing_planned"),
        desk.database.write() as session,
    ):
        withdraw_plan(session, LUPUS, member_id=desk.editor, actor=actor, at=desk.at)
    desk.later(days=3)

    assert desk.live().number(LUPUS) == 0


def test_two_editors_do_not_publish_over_each_other(desk: Desk) -> None:
    first = desk.ready(changed())
    desk.publish(first)

    with pytest.raises(Conflict, match="published_meanwhile"):
        desk.publish(0, seen=0)


def test_of_two_who_publish_at_once_one_is_told(desk: Desk) -> None:
    number = desk.ready(changed())
    together = Barrier(2)

    def publish(_: int) -> str:
        together.wait(5)
        try:
            desk.publish(number, seen=0)
        except Conflict as refused:
            return refused.code
        return "published"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(publish, range(2)))

    assert said == ["published", "published_meanwhile"]


@pytest.mark.parametrize(("hours", "code"), [(-1, "past"), (0, "past"), (24 * 400, "too_far")])
def test_a_time_that_cannot_be_is_refused(desk: Desk, hours: int, code: str) -> None:
    number = desk.ready(changed())

    with pytest.raises(InvalidInput) as refused:
        desk.publish(number, publish_at=desk.at + timedelta(hours=hours))

    assert [one.code for one in refused.value.problems] == [code]


def test_two_editors_do_not_save_over_each_other(desk: Desk) -> None:
    desk.save(changed(), based_on=0)

    with pytest.raises(Conflict, match="revised_meanwhile"):
        desk.save(changed(words="Mine. [R30b]"), based_on=0)


def test_taking_a_name_back_makes_the_page_a_draft_again(desk: Desk) -> None:
    number = desk.save(changed())
    signoff = desk.sign(number, "clinical")
    desk.sign(number, "legal")
    desk.publish(number)
    stamp = desk.stamp()

    with desk.database.write() as session:
        withdraw_signoff(session, LUPUS, signoff, signer=desk.signer(), at=desk.at)

    assert desk.live().catalog.pages[LUPUS].is_draft
    assert desk.stamp() != stamp
    with pytest.raises(NotFound), desk.database.write() as session:
        withdraw_signoff(session, LUPUS_ES, signoff, signer=desk.signer(), at=desk.at)


def test_a_published_text_that_no_longer_passes_gives_way_to_the_file(desk: Desk) -> None:
    desk.publish(desk.ready(changed()))
    broken = changed(words="It helps. [R999]")
    with desk.database.write() as session:
        session.execute(update(PageRevision).values(text=broken))

    live = desk.live()

    assert live.broken == (LUPUS,)
    assert live.catalog.pages[LUPUS] == shipped().pages[LUPUS]


def test_every_act_is_on_the_trail_without_a_name_or_a_text(desk: Desk) -> None:
    number = desk.save(changed())
    signoff = desk.sign(number, "clinical")
    desk.sign(number, "legal")
    desk.publish(number, publish_at=desk.at + timedelta(days=1))
    desk.publish(number)
    with desk.database.write() as session:
        withdraw_signoff(session, LUPUS, signoff, signer=desk.signer(), at=desk.at)

    assert [action for action, _ in desk.actions()] == [
        "page.revised",
        "page.signed_off",
        "page.signed_off",
        "page.published",
        "page.publication_withdrawn",
        "page.published",
        "page.signoff_withdrawn",
    ]
    assert {subject for _, subject in desk.actions()} == {"page:en/lupus"}
    with desk.database.read() as session:
        told = str(session.scalars(select(AuditEvent.detail)).all())
    assert "Lane" not in told
    assert "Drugs" not in told
