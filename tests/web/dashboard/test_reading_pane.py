"""An inquiry opened out of a list: the list beside it, the place kept, every reading recorded."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from intake.audit.models import AuditEvent
from intake.desk.viewing_models import InquiryViewer
from intake.inquiries.models import Inquiry
from intake.notifications.models import QueueSighting
from intake.storage.database import Database
from tests.factories import an_inquiry
from tests.staff.accounts_app import StoppedClock
from tests.web.dashboard.desk import Colleague, a_desk
from tests.web.test_templates import check_page


@pytest.fixture
def three(sqlite_database: Database) -> list[str]:
    return [an_inquiry(sqlite_database).reference for _ in range(3)]


def rows(page: str) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', page)


def url_of(page: str, reference: str) -> str:
    """Return where the line of an inquiry leads."""
    found = re.search(rf'class="open" href="([^"]*/{reference}[^"]*)"', page)
    assert found
    return html.unescape(found[1])


def version(database: Database, reference: str) -> str:
    with database.read() as session:
        row = session.scalars(select(Inquiry).where(Inquiry.reference == reference)).one()
        return str(row.version)


def readings(database: Database) -> int:
    with database.read() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(AuditEvent)
                .where(AuditEvent.action == "inquiry.read")
            )
            or 0
        )


def test_an_inquiry_opened_out_of_a_list_stands_beside_it(
    coordinator: Colleague, three: list[str]
) -> None:
    listed = coordinator.get("/staff/inquiries?view=unassigned&language=en").text
    url = url_of(listed, three[1])

    page = coordinator.get(url).text

    assert url == f"/staff/inquiries/{three[1]}?view=unassigned&language=en"
    assert rows(page) == three
    (current,) = re.findall(r'class="open" href="([^"]+)" aria-current="page"', page)
    assert html.unescape(current) == url
    assert 'data-from="/staff/inquiries?view=unassigned&amp;language=en"' in page
    assert page.count("<h1>") == 1
    assert 'name="chosen"' not in page
    check_page(page)


def test_the_list_beside_it_is_the_one_the_whole_list_tells_of(
    coordinator: Colleague, three: list[str]
) -> None:
    """Looking again asks the list alone; it must hear 304 while nothing has changed."""
    page = coordinator.get(url_of(coordinator.get("/staff/inquiries").text, three[0])).text
    (source,) = re.findall(r'data-from="([^"]+)"', page)
    (tag,) = re.findall(r'data-tag="([^"]+)"', page)

    headers = {"If-None-Match": f'"{tag}"', "X-Intake-Watch": "1"}

    assert coordinator.client.get(html.unescape(source), headers=headers).status_code == 304


def test_without_a_list_in_the_address_the_inquiry_stands_alone(
    coordinator: Colleague, three: list[str]
) -> None:
    page = coordinator.get(f"/staff/inquiries/{three[0]}").text

    assert rows(page) == []
    assert 'class="pane"' not in page


@pytest.mark.parametrize("words", ["found=nonsense", "saved=nonsense", "view=nonsense", "about=x"])
def test_what_makes_no_sense_in_the_address_hides_no_inquiry(
    coordinator: Colleague, three: list[str], words: str
) -> None:
    answer = coordinator.get(f"/staff/inquiries/{three[0]}?{words}")

    assert answer.status_code == 200
    assert three[0] in answer.text or "Díaz" in answer.text


def test_each_opening_beside_a_list_is_recorded_and_the_others_are_not_read(
    coordinator: Colleague, sqlite_database: Database, three: list[str]
) -> None:
    coordinator.get(f"/staff/inquiries/{three[0]}?view=open")
    coordinator.get(f"/staff/inquiries/{three[1]}?view=open")

    assert readings(sqlite_database) == 2


def test_working_beside_the_list_counts_as_looking_at_it(
    coordinator: Colleague, sqlite_database: Database, three: list[str]
) -> None:
    coordinator.get(f"/staff/inquiries/{three[0]}?view=closed")
    with sqlite_database.read() as session:
        assert session.scalars(select(QueueSighting.seen_at)).all() == []
    coordinator.get(f"/staff/inquiries/{three[0]}?view=open")
    with sqlite_database.read() as session:
        assert len(session.scalars(select(QueueSighting.seen_at)).all()) == 1


def test_an_act_leads_back_to_the_same_place_and_so_does_a_refused_one(
    coordinator: Colleague, sqlite_database: Database, three: list[str]
) -> None:
    url = f"/staff/inquiries/{three[1]}?view=open&language=en"
    page = coordinator.get(url).text
    actions = re.findall(rf'<form[^>]*action="(/staff/inquiries/{three[1]}/[^"]+)"', page)
    assert actions
    assert all("view=open&amp;language=en" in one for one in actions)
    claim = html.unescape(next(one for one in actions if "/assignment" in one))

    done = coordinator.post(claim, url, version=version(sqlite_database, three[1]), to="me")
    refused = coordinator.post(claim, url, version="0", to="nobody")

    assert done.status_code == 303
    assert done.location == url
    assert refused.status_code == 409
    assert rows(refused.text) == three


def test_save_and_next_goes_on_below_in_the_same_list(
    coordinator: Colleague, sqlite_database: Database, three: list[str]
) -> None:
    spanish = an_inquiry(sqlite_database, language="es").reference

    def on_from(reference: str, words: str) -> str:
        return coordinator.post(
            f"/staff/inquiries/{reference}/attempts?{words}",
            f"/staff/inquiries/{reference}",
            version=version(sqlite_database, reference),
            channel="call",
            result="no_answer",
            then="next",
        ).location

    assert on_from(three[1], "view=unassigned&language=en").startswith(
        f"/staff/inquiries/{three[2]}?done={three[1]}&view=unassigned&language=en"
    )
    last = on_from(three[2], "view=unassigned&language=en")
    assert last.startswith(f"/staff/inquiries/{three[0]}?")
    assert on_from(spanish, "view=open&language=es") == "/staff/inquiries?view=open&language=es"


def test_a_search_goes_on_beside_what_it_found_and_names_nobody_in_the_address(
    coordinator: Colleague, three: list[str]
) -> None:
    led = coordinator.post("/staff/inquiries/search", query="ana díaz").location
    url = url_of(coordinator.get(led).text, three[0])

    page = coordinator.get(url).text

    assert set(rows(page)) == set(three)
    assert "found=" in url
    assert "ana" not in url.lower().partition("found=")[0]


def test_a_condition_travels_sealed_beside_the_inquiry_too(
    coordinator: Colleague, sqlite_database: Database
) -> None:
    theirs = an_inquiry(sqlite_database, conditions=["als"]).reference
    led = coordinator.post("/staff/inquiries/filter", view="open", condition="als").location
    url = url_of(coordinator.get(led).text, theirs)

    page = coordinator.get(url).text

    assert rows(page) == [theirs]
    assert "als" not in url.partition("about=")[0]


WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def writes_to(database: Database) -> Iterator[list[str]]:
    """Give what each transaction that wrote something began to write with, once it committed."""
    open_one: list[str] = []
    committed: list[str] = []

    def saw(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(WRITES):
            open_one.append(statement)

    def end(_connection: object) -> None:
        committed.extend(open_one[:1])
        open_one.clear()

    event.listen(database.writer, "before_cursor_execute", saw)
    event.listen(database.writer, "commit", end)
    try:
        yield committed
    finally:
        event.remove(database.writer, "before_cursor_execute", saw)
        event.remove(database.writer, "commit", end)


def test_opening_is_one_transaction_for_the_record_and_who_looks(
    database: Database, clock: StoppedClock
) -> None:
    reference = an_inquiry(database).reference
    rosa = Colleague(a_desk(database, clock), database, clock(), ["coordinator"], name="rosa")
    rosa.get("/staff/inquiries")  # the sighting of the list is noted once a minute
    rosa.get(f"/staff/inquiries/{reference}")

    with writes_to(database) as committed:
        assert rosa.get(f"/staff/inquiries/{reference}?view=open").status_code == 200

    (first,) = committed
    assert first.startswith("INSERT INTO audit_events")
    assert readings(database) == 2
    with database.read() as session:
        assert len(session.scalars(select(InquiryViewer.seen_at)).all()) == 1


def test_one_who_left_is_forgotten_by_the_next_who_opens_anything(
    database: Database, clock: StoppedClock
) -> None:
    first, second = (an_inquiry(database).reference for _ in range(2))
    rosa = Colleague(a_desk(database, clock), database, clock(), ["coordinator"], name="rosa")
    rosa.get(f"/staff/inquiries/{first}")
    clock.advance(minutes=3)

    rosa.get(f"/staff/inquiries/{second}")

    with database.read() as session:
        assert len(session.scalars(select(InquiryViewer.inquiry_id)).all()) == 1
