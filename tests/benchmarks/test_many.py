"""The benches' made-up desk: a schema that grew must not leave it behind unnoticed."""

from sqlalchemy import text

from intake.operations.demo import Desk
from intake.storage.database import Database
from tests.benchmarks import many
from tests.conftest import NOON
from tests.factories import a_clinic, a_form, a_keyring, search_tokens


def test_the_filled_desk_has_every_inquiry_with_its_permissions(database: Database) -> None:
    desk = Desk(database, a_keyring(), search_tokens(), a_clinic(), a_form())

    many.fill(desk, 40, until=NOON, days=3)

    with database.read() as session:
        found = session.execute(
            text(
                "SELECT count(DISTINCT i.id), count(DISTINCT r.inquiry_id) FROM inquiries i"
                " LEFT JOIN consent_records r ON r.inquiry_id = i.id AND r.given_at IS NOT NULL"
            )
        ).one()
    assert tuple(found) == (42, 42)
