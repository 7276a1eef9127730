"""Editors, clinicians and readers around one page: written, checked, signed, shown, taken back."""

import re
from datetime import timedelta

import html5lib
import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from intake.publishing.models import PagePublication
from intake.storage.database import Database
from intake.web.changing import REREAD_SECONDS
from tests.pages.a_page import CONDITION
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague, a_desk

LUPUS = "/staff/pages/en/lupus"
NEW = "Drugs help many people."


@pytest.fixture
def editor(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["editor"])


@pytest.fixture
def clinician(app: Flask, sqlite_database: Database, clock: StoppedClock) -> Colleague:
    return Colleague(app, sqlite_database, clock(), ["clinician"])


def text_of(page: TestResponse) -> str:
    """Return what stands in the field, as a browser would send it."""
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    return "".join(tree.find(".//textarea").itertext())


def based_on(page: TestResponse) -> str:
    found = re.search(r'name="based_on" value="(\d+)"', page.text)
    return found[1] if found else ""


class Editing:
    """What an editor does, one form at a time."""

    def __init__(self, who: Colleague, page: str = LUPUS) -> None:
        self.who, self.page = who, page

    def write(self, text: str, based: str | None = None, **more: str) -> TestResponse:
        start = self.who.get(f"{self.page}/revisions/new")
        based = based_on(start) if based is None else based
        return self.who.post(f"{self.page}/revisions", text=text, based_on=based, **more)

    def more(self, words: str = NEW) -> str:
        shown = text_of(self.who.get(f"{self.page}/revisions/new"))
        return f"{shown.rstrip()}\n\n{words} [R30b]\n"

    def sign(self, number: int, kind: str, **more: str) -> TestResponse:
        said = {
            "who": "other",
            "full_name": "Pat Lane",
            "credentials": "MD",
            "signed_on": "2026-11-23",
            "written_word": "yes",
        }
        path = f"{self.page}/revisions/{number}/signoffs"
        return self.who.post(path, kind=kind, **{**said, **more})

    def publish(self, number: int, publish_at: str = "") -> TestResponse:
        shown = self.who.get(f"{self.page}/revisions/{number}").text
        seen = re.search(r'name="seen" value="(\d+)"', shown)
        return self.who.post(
            f"{self.page}/revisions/{number}/publications",
            seen=seen[1] if seen else "0",
            publish_at=publish_at,
        )

    def put_live(self, words: str = NEW) -> int:
        number = int(self.write(self.more(words)).location.rpartition("/")[2])
        for kind in ("clinical", "legal"):
            assert self.sign(number, kind).status_code == 303
        assert self.publish(number).status_code == 303
        return number


def public(app: Flask, path: str = "/conditions/lupus") -> TestResponse:
    return app.test_client().get(path)


def test_a_fault_is_shown_beside_its_line_and_the_text_is_kept(editor: Colleague) -> None:
    editing = Editing(editor)
    text = editing.more("This is a miracle & a <b>cure</b>.")

    answer = editing.write(text)

    assert answer.status_code == 422
    assert text_of(answer) == text
    line = text.splitlines().index("This is a miracle & a <b>cure</b>. [R30b]") + 1
    assert f"Line {line}" in answer.text
    assert "breaks rule &#34;miracle&#34;" in answer.text
    assert "Revision 1 is saved" in answer.text
    assert text_of(editor.get(f"{LUPUS}/revisions/new")) == text


def test_checking_alone_saves_nothing(editor: Colleague) -> None:
    editing = Editing(editor)

    clean = editing.write(editing.more(), then="check")
    wrong = editing.write(editing.more("A miracle."), then="check")

    assert "No fault found. Nothing is saved yet." in clean.text
    assert "1 fault to mend" in wrong.text
    assert "Revision 1" not in editor.get(LUPUS).text


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 60_001, "\n a" * 2_001])
def test_a_text_that_cannot_be_kept_says_why_and_stays_in_the_field(
    editor: Colleague, text: str
) -> None:
    answer = Editing(editor).write(text)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_what_somebody_saved_meanwhile_is_compared_and_nothing_is_lost(
    editor: Colleague,
) -> None:
    editing = Editing(editor)
    mine, theirs = editing.more("Mine."), editing.more("Theirs.")
    editing.write(theirs, "0")

    refused = editing.write(mine, "0")
    again = editing.write(text_of(refused), based_on(refused))

    assert refused.status_code == 409
    assert text_of(refused) == mine
    assert "Somebody saved revision 1" in refused.text
    assert "<del>Theirs</del>" in refused.text
    assert "<ins>Mine</ins>" in refused.text
    assert again.location.endswith("/revisions/2")


def test_signed_and_published_text_reaches_readers_and_goes_back(
    app: Flask, editor: Colleague, clock: StoppedClock
) -> None:
    editing = Editing(editor)
    before = public(app)

    number = editing.put_live()
    after = public(app)
    clock.advance(seconds=1)
    editing.publish(0)
    back = public(app)

    assert NEW not in before.text
    assert NEW in after.text
    assert "Medically reviewed by Pat Lane, MD on November 23, 2026." in after.text
    assert "A clinician has not signed these lists yet." not in after.text
    assert after.headers["ETag"] != before.headers["ETag"]
    assert back.get_data() == before.get_data()
    assert back.headers["ETag"] == before.headers["ETag"]
    assert f"Revision {number}" in editor.get(LUPUS).text


def test_every_other_process_shows_it_within_seconds(
    editor: Colleague, sqlite_database: Database, clock: StoppedClock
) -> None:
    other = a_desk(sqlite_database, clock)
    public(other)

    Editing(editor).put_live()
    soon = public(other).text
    clock.advance(seconds=REREAD_SECONDS)
    later = public(other).text

    assert NEW not in soon
    assert NEW in later


def test_a_planned_text_is_shown_from_its_minute_on(
    app: Flask, editor: Colleague, clock: StoppedClock
) -> None:
    editing = Editing(editor)
    number = int(editing.write(editing.more()).location.rpartition("/")[2])
    editing.sign(number, "clinical")
    editing.sign(number, "legal")

    editing.publish(number, "2026-11-24T09:00")
    shown, listed = editor.get(LUPUS).text, editor.get("/staff/pages").text
    clock.advance(hours=20, minutes=59)  # to 8:59 in New York
    before = public(app).text
    clock.advance(minutes=1)
    after = public(app).text

    assert "Revision 1 from Nov 24, 2026, 9:00 am" in shown
    assert "Revision 1 from Nov 24, 2026, 9:00 am" in listed
    assert NEW not in before
    assert NEW in after


def test_a_plan_can_be_called_off(app: Flask, editor: Colleague, clock: StoppedClock) -> None:
    editing = Editing(editor)
    number = int(editing.write(editing.more()).location.rpartition("/")[2])
    editing.sign(number, "clinical")
    editing.sign(number, "legal")
    editing.publish(number, "2026-11-24T09:00")

    editor.post(f"{LUPUS}/plan/withdrawal")
    editor.post(f"{LUPUS}/plan/withdrawal")
    page = editor.get(LUPUS).text
    clock.advance(days=2)

    assert "Nothing is planned for this page any more." in page
    assert "called off" in page
    assert NEW not in public(app).text


@pytest.mark.parametrize("typed", ["tomorrow", "2020-01-01T09:00", "2027-03-14T02:30"])
def test_a_time_that_cannot_be_is_told_and_kept(editor: Colleague, typed: str) -> None:
    editing = Editing(editor)
    number = int(editing.write(editing.more()).location.rpartition("/")[2])
    editing.sign(number, "clinical")
    editing.sign(number, "legal")

    answer = editing.publish(number, typed)

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert 'href="#f-release-publish_at"' in answer.text


def test_what_was_typed_into_a_refused_signoff_is_kept(editor: Colleague) -> None:
    editing = Editing(editor)
    editing.write(editing.more())

    answer = editing.sign(1, "clinical", credentials="", written_word="")

    assert answer.status_code == 422
    assert 'value="Pat Lane"' in answer.text
    assert "Enter the credentials" in answer.text
    assert "own words in writing" in answer.text


def test_a_clinician_signs_and_neither_edits_nor_publishes(
    editor: Colleague, clinician: Colleague
) -> None:
    editing, doctor = Editing(editor), Editing(clinician)
    editing.write(editing.more())

    signed = doctor.sign(1, "clinical", who="other", full_name="Dr. Nobody")
    page = clinician.get(f"{LUPUS}/revisions/1").text

    assert signed.status_code == 303
    assert "Rosa Soto, MD, on 2026-11-23" in page
    assert "Dr. Nobody" not in page
    assert "Save as a revision" not in page
    assert clinician.get(f"{LUPUS}/revisions/new").status_code == 403
    assert clinician.post(f"{LUPUS}/revisions", text="x").status_code == 403
    assert clinician.post(f"{LUPUS}/revisions/1/publications").status_code == 403


def test_a_clinician_takes_back_only_what_is_theirs(
    editor: Colleague, clinician: Colleague
) -> None:
    editing = Editing(editor)
    editing.write(editing.more())
    editing.sign(1, "legal")
    page = editor.get(f"{LUPUS}/revisions/1").text
    action = re.search(r'action="([^"]+/withdrawal)"', page)
    assert action

    clinician.post(action[1])
    refused = clinician.get(LUPUS).text
    editor.post(action[1])
    taken = editor.get(f"{LUPUS}/revisions/1").text

    assert action[1] not in clinician.get(f"{LUPUS}/revisions/1").text
    assert "You can take back only what you recorded yourself." in refused
    assert "Taken back Nov 23, 2026" in taken
    assert "No legal sign-off yet" in taken


def test_an_editor_reaches_pages_and_no_inquiry(editor: Colleague) -> None:
    assert editor.get("/staff/pages").status_code == 200
    assert editor.get("/staff/inquiries").status_code == 403
    assert editor.get("/staff/numbers").status_code == 403
    assert "/staff/inquiries" not in editor.get("/staff/pages").text


SCRIPTS = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[click](javascript:alert(1))",
    '[click](https://a.example "x\\" onclick=alert(1)")',
    "![picture](https://evil.example/p.gif)",
    "<iframe src=https://evil.example></iframe>",
    "<a href='data:text/html,x'>x</a>",
    "[x]: javascript:alert(1)",
)


@pytest.mark.parametrize("words", SCRIPTS)
def test_a_script_in_markdown_runs_nowhere(app: Flask, editor: Colleague, words: str) -> None:
    editing = Editing(editor)
    before = elements(public(app).text)

    number = editing.put_live(words)
    pages = [
        public(app).text,
        editor.get(f"{LUPUS}/revisions/{number}/preview").text,
        editor.get(f"{LUPUS}/revisions/{number}").text,
        editor.get(f"{LUPUS}/revisions/{number}/difference?against=0").text,
        editor.get(f"{LUPUS}/revisions/new").text,
    ]

    assert elements(pages[0]) == before
    for page in pages:
        dangerous = {
            (tag, name, value)
            for tag, name, value in attributes(page)
            if name.startswith("on")
            or (name in {"href", "src"} and re.match(r"\s*(javascript|data):", value))
            or (tag == "script" and name == "src" and "/static/" not in value)
        }
        assert dangerous == set()
        assert not {"iframe", "img", "object"} & {tag for tag, _, _ in attributes(page)}


def elements(page: str) -> dict[str, int]:
    """Count the elements that a text could smuggle in."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    tags = [node.tag for node in tree.iter() if isinstance(node.tag, str)]
    return {tag: tags.count(tag) for tag in ("script", "img", "iframe", "object", "form", "style")}


def attributes(page: str) -> set[tuple[str, str, str]]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return {
        (node.tag, name, value)
        for node in tree.iter()
        if isinstance(node.tag, str)
        for name, value in (node.attrib.items() or [("", "")])
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_preview_is_the_public_page_with_a_mark(
    app: Flask, editor: Colleague, language: str
) -> None:
    page = f"/staff/pages/{language}/lupus"
    address = "/es/conditions/lupus" if language == "es" else "/conditions/lupus"

    preview = editor.get(f"{page}/revisions/0/preview")

    mark = re.search(r'<section class="draft" lang="en".*?</section>', preview.text, re.DOTALL)
    assert mark
    assert "Preview of the shipped text. Readers see this text now." in mark[0]
    assert preview.text.replace(mark[0], "") == public(app, address).text
    assert preview.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in preview.text
    assert "script-src 'self'" in preview.headers["Content-Security-Policy"]


def test_a_preview_of_a_reviewed_page_is_not_indexed_either(editor: Colleague) -> None:
    number = Editing(editor).put_live()

    preview = editor.get(f"{LUPUS}/revisions/{number}/preview").text

    assert '<meta name="robots" content="noindex">' in preview


def test_a_text_with_faults_is_not_drawn(editor: Colleague) -> None:
    Editing(editor).write("Nothing")

    answer = editor.get(f"{LUPUS}/revisions/1/preview")

    assert answer.location == f"{LUPUS}/revisions/1"
    assert "Mend the faults first" in editor.get(answer.location).text


def test_another_page_of_the_same_kind_is_still_judged_as_this_one(editor: Colleague) -> None:
    answer = Editing(editor).write(CONDITION)

    assert answer.status_code == 303
    assert "English and Spanish differ" in editor.get(answer.location).text
    assert "The approaches differ" in editor.get(answer.location).text


def test_what_is_due_for_review_is_told_first(
    app: Flask, editor: Colleague, clock: StoppedClock, sqlite_database: Database
) -> None:
    before = editor.get("/staff/pages").text
    clock.advance(days=181)
    late = Colleague(app, sqlite_database, clock(), ["administrator"])

    page = late.get("/staff/pages").text

    assert "No page is due for review within 30 days." in before
    assert "was due for review on 2027-05-22" in page
    assert "Overdue" in page
    assert "are overdue for review" in late.get("/staff/members").text


def test_the_list_says_what_is_under_way(editor: Colleague) -> None:
    editing = Editing(editor)
    editing.write(editing.more("A miracle."))

    page = editor.get("/staff/pages").text

    assert "Revision 1 is not published, 1 fault" in page
    assert "FL not confirmed" in page


@pytest.mark.parametrize(
    "path",
    [
        "fr/lupus",
        "en/no-such-page",
        "en/lupus/revisions/1",
        "en/lupus/revisions/99999999999999999999",
        "en/lupus/revisions/1/preview",
        "en/lupus/revisions/0/difference?against=7",
        "en/lupus/revisions/0/difference?against=-1",
        "en/lupus/revisions/new?from=99999999999999999999",
        "en/..%2f..%2fetc",
    ],
)
def test_what_does_not_exist_is_not_found(editor: Colleague, path: str) -> None:
    assert editor.get(f"/staff/pages/{path}").status_code == 404


def test_an_odd_number_is_refused_and_changes_nothing(editor: Colleague, app: Flask) -> None:
    editing = Editing(editor)
    editing.write(editing.more())

    for seen in ("", "x", "-1", "9" * 40, "²"):
        answer = editor.post(f"{LUPUS}/revisions/0/publications", seen=seen)
        assert answer.location == f"{LUPUS}/revisions/0"
    for based in ("", "x", "9" * 40):
        assert editing.write(editing.more("Other."), based or "no").status_code == 409


def test_readers_have_their_pages_while_the_database_is_away(
    app: Flask,
    editor: Colleague,
    clock: StoppedClock,
    sqlite_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Editing(editor).put_live()
    public(app)

    with sqlite_database.write() as session:
        session.execute(update(PagePublication).values(publish_at=clock() + timedelta(days=9)))
    with monkeypatch.context() as away:
        away.setattr("intake.web.changing._look", _away)
        clock.advance(seconds=REREAD_SECONDS)
        during = public(app)
        clock.advance(seconds=REREAD_SECONDS)
        still = public(app)
    clock.advance(seconds=REREAD_SECONDS)
    after = public(app)

    assert (during.status_code, still.status_code) == (200, 200)
    assert NEW in during.text
    assert NEW in still.text
    assert NEW not in after.text


def _away(*_given: object) -> object:
    from intake.errors import Unavailable

    raise Unavailable("database_away")
