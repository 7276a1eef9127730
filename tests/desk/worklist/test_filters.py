"""Filters narrow a list and a search; a status leads to the list that holds it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from intake.desk.assignment import claim
from intake.desk.worklist.filters import NOBODY, Filters, conditions_of, view_for
from intake.desk.worklist.views import View
from intake.inquiries.models import Inquiry, Status
from intake.inquiries.search import search
from intake.storage.database import Database
from tests.conftest import NOON
from tests.desk.work import Desk
from tests.desk.worklist.test_views import references
from tests.factories import a_keyring, an_inquiry, search_tokens


def test_filters_narrow_a_list(desk: Desk) -> None:
    spanish = desk.inquiry(language="es", conditions=["multiple-sclerosis"])
    urgent = desk.inquiry(safety="yes")
    desk.now += timedelta(days=1)
    later = desk.inquiry()
    desk.do(claim, later, by=desk.rosa)
    tomorrow = NOON + timedelta(hours=12)

    def found(**filters: Any) -> list[str]:  # noqa: ANN401 - any filter
        return references(desk.database, filters=Filters(**filters), at=desk.now)

    assert found(language="es") == [spanish]
    assert found(urgent=True) == [urgent]
    assert found(owner=desk.rosa.id) == [later]
    assert set(found(owner=NOBODY)) == {spanish, urgent}
    assert found(received_from=tomorrow) == [later]
    assert set(found(received_before=tomorrow)) == {spanish, urgent}
    assert found(condition="multiple-sclerosis") == [spanish]
    assert set(found(condition="lupus")) == {urgent, later}
    assert found(condition="lupus", urgent=True, language="es") == []
    assert found(status=Status.CONTACTING) == []


def test_a_list_and_a_search_are_narrowed_to_one_of_the_united_states(database: Database) -> None:
    florida = an_inquiry(database, state="FL").reference
    colorado = an_inquiry(database, state="CO").reference
    abroad = an_inquiry(database, country="CA", state="ON").reference

    def found(state: str) -> list[str]:
        return references(database, filters=Filters(state=state))

    def searched(state: str) -> list[str]:
        where = conditions_of(Filters(state=state), search_tokens())
        with database.read() as session:
            page = search(session, a_keyring(), search_tokens(), "ana diaz", where=where)
            return [row.reference for row in page.rows]

    assert found("FL") == searched("FL") == [florida]
    assert found("CO") == searched("CO") == [colorado]
    assert found("TX") == searched("TX") == []
    assert found("ON") == []  # a province is none of them
    assert set(found("")) == {florida, colorado, abroad}


def test_where_they_live_stands_in_clear_in_no_column(database: Database) -> None:
    reference = an_inquiry(database, state="CO").reference
    with database.read() as session:
        row = session.execute(select(Inquiry.__table__).where(Inquiry.reference == reference)).one()

    in_clear = [value for value in row if isinstance(value, str) and value != reference]
    assert "CO" not in in_clear
    assert not any("Colorado" in value for value in in_clear)
    assert row.place == search_tokens().place("US", "CO")


def test_a_status_leads_to_the_list_that_holds_it() -> None:
    assert view_for(View.MINE, Filters()) is View.MINE
    assert view_for(View.MINE, Filters(status=Status.CLOSED)) is View.CLOSED
    assert view_for(View.CLOSED, Filters(status=Status.NEW)) is View.OPEN
    assert view_for(View.MINE, Filters(status=Status.QUARANTINED)) is View.QUARANTINED


def test_filters_narrow_a_search(database: Database) -> None:
    spanish = an_inquiry(database, language="es").reference
    english = an_inquiry(database).reference

    def found(**filters: Any) -> list[str]:  # noqa: ANN401 - any filter
        where = conditions_of(Filters(**filters), search_tokens())
        with database.read() as session:
            page = search(session, a_keyring(), search_tokens(), "ana diaz", where=where)
            return [row.reference for row in page.rows]

    assert found() == [english, spanish]
    assert found(language="es") == [spanish]
    assert found(condition="lupus") == [english, spanish]
    assert found(condition="als") == []
