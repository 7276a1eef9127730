"""Who gets a message: asked at send time, with nothing a visitor typed, and never as a bomb."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from intake.clinic.profile import profile
from intake.consent.grant import withdraw_consents
from intake.consent.models import Purpose
from intake.crypto.tokens import show_reference
from intake.i18n import LANGUAGES
from intake.inquiries.addresses import address_key
from intake.inquiries.models import Inquiry
from intake.inquiries.news import ACKNOWLEDGED
from intake.inquiries.recipients import recipient_of
from intake.inquiries.submit import SUBMITTED
from intake.notifications.address_models import Suppression
from intake.notifications.channels.base import Letter
from intake.notifications.models import OutboxMessage
from intake.notifications.outcome import Outcome, Result
from intake.staff.models import Staff
from intake.storage.database import Database
from tests.by_hand import deliver_next
from tests.conftest import NOON
from tests.factories import a_clinic, a_keyring, an_inquiry
from tests.inquiries.test_submit import subscribed

BASE = "https://intake.clinic.example"
CLINIC = {language: profile(a_clinic(), language) for language in LANGUAGES}
reader = partial(recipient_of, keyring=a_keyring(), clinic=a_clinic(), base_url=BASE)


class Postbox:
    kind = "mailbox"
    deadline_seconds = 25.0

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> Result:
        self.letters.append(letter)
        return Result(Outcome.DELIVERED)


def delivered(database: Database, at: datetime = NOON) -> list[Letter]:
    """Carry out everything that is due."""
    box = Postbox()
    while deliver_next(database, {"email": box}, lambda: at, reader, CLINIC):
        pass
    return box.letters


def outcomes(database: Database, event: str = ACKNOWLEDGED) -> Counter[tuple[str, str | None]]:
    with database.read() as session:
        rows = session.execute(
            select(OutboxMessage.state, OutboxMessage.last_error_class, OutboxMessage.last_error)
            .where(OutboxMessage.event == event)
            .order_by(OutboxMessage.id)
        ).all()
    return Counter((row.state, row.last_error_class or row.last_error) for row in rows)


def test_the_person_gets_the_reference_the_promise_and_both_links(database: Database) -> None:
    receipt = an_inquiry(database)

    (letter,) = delivered(database)

    assert letter.to == "ana.diaz@mail.example.org"
    assert show_reference(receipt.reference) in letter.text
    assert f"{BASE}/s/{receipt.link_token}" in letter.text
    assert f"{BASE}/s/{receipt.link_token}/not-me/" in letter.text
    assert "Tue, Nov 24, 12 pm" in letter.text


def test_no_word_a_visitor_typed_stands_in_the_mail(database: Database) -> None:
    an_inquiry(
        database,
        full_name="Buy-Cheap Pills",
        called="Canarycalled",
        story="Canarystory",
        condition_other="Canarycondition",
        conditions=["other", "lupus"],
    )

    (letter,) = delivered(database)

    everything = (letter.subject + letter.text + letter.html).lower()
    for word in ("pills", "buy-cheap", "canary", "lupus", "555"):
        assert word not in everything.replace(CLINIC["en"].phone, "").replace("lupus.example", "")


def test_the_mail_is_in_the_language_of_the_person(database: Database) -> None:
    receipt = an_inquiry(database, language="es", page_language="en")

    (letter,) = delivered(database)

    assert letter.language == "es"
    assert f"{BASE}/es/s/{receipt.link_token}" in letter.text


@pytest.mark.parametrize(
    ("state", "told"), [("CO", "10 am"), ("FL", "12 pm"), ("TX", "12 pm"), ("HI", "7 am")]
)
def test_the_promise_is_told_in_the_persons_time_where_that_is_certain(
    sqlite_database: Database, state: str, told: str
) -> None:
    an_inquiry(sqlite_database, state=state)

    (letter,) = delivered(sqlite_database)

    assert f"Nov 24, {told}" in letter.text


def test_staff_get_the_reference_and_a_link_and_no_health_data(database: Database) -> None:
    subscribed(database)
    receipt = an_inquiry(database, contact_by=["call"], email="", language="es")

    (letter,) = delivered(database)

    assert f"{BASE}/staff/inquiries/{show_reference(receipt.reference)}" in letter.text
    assert "Spanish" in letter.text
    assert "lupus" not in letter.text + letter.html + letter.subject
    assert "Ana" not in letter.text


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "closed", "outcome": "withdrawn", "closed_at": NOON}, "closed"),
        (
            {
                "status": "erased",
                "closed_at": NOON,
                "data_key": None,
                "answers": None,
                "label": None,
                "access": None,
            },
            "erased",
        ),
    ],
)
def test_a_closed_or_erased_inquiry_gets_no_more_mail(
    database: Database, values: dict[str, Any], reason: str
) -> None:
    an_inquiry(database)
    with database.write() as session:
        session.execute(update(Inquiry).values(values))

    assert delivered(database) == []
    assert outcomes(database) == Counter({("cancelled", reason): 1})


def test_a_permission_taken_back_after_sending_the_form_stops_the_mail(
    database: Database,
) -> None:
    an_inquiry(database)
    with database.write() as session:
        number = session.scalars(select(Inquiry.id)).one()
        withdraw_consents(session, number, [Purpose.CONTACT], how="phone", at=NOON)

    assert delivered(database) == []
    assert outcomes(database) == Counter({("cancelled", "permission_withdrawn"): 1})


def test_a_suppressed_address_gets_nothing_however_it_is_spelt(database: Database) -> None:
    with database.write() as session:
        key = address_key(a_keyring(), "victim@gmail.com")
        session.add(Suppression(address_hash=key, reason="not_me", created_at=NOON))
    for email in ("Victim@gmail.com", "v.i.c.t.i.m@gmail.com", "victim+x@gmail.com"):
        an_inquiry(database, email=email)

    assert delivered(database) == []
    assert outcomes(database) == Counter({("cancelled", "suppressed"): 3})


def test_a_member_who_left_gets_nothing(database: Database) -> None:
    subscribed(database)
    an_inquiry(database, contact_by=["call"], email="")
    with database.write() as session:
        session.execute(update(Staff).values(active=False))

    assert delivered(database) == []
    assert outcomes(database, SUBMITTED) == Counter({("cancelled", "member_inactive"): 1})


def test_a_hundred_inquiries_with_one_victims_address_are_three_mails_a_day(
    database: Database,
) -> None:
    spellings = ("victim@mail.example.org", "VICTIM@mail.example.org", "victim+1@mail.example.org")
    for number in range(100):
        an_inquiry(database, email=spellings[number % 3])
    box, at, sent_at = Postbox(), NOON, []

    while at < NOON + timedelta(hours=24):
        before = len(box.letters)
        while deliver_next(database, {"email": box}, lambda at=at: at, reader, CLINIC):  # type: ignore[misc]
            pass
        sent_at += [at] * (len(box.letters) - before)
        at += timedelta(minutes=5)

    assert len(box.letters) == 3
    assert all(later - sooner >= timedelta(minutes=15) for sooner, later in pairwise(sent_at))
    assert outcomes(database) == Counter(
        {("delivered", None): 3, ("cancelled", "address_limit"): 97}
    )


def test_two_people_do_not_share_a_limit(database: Database) -> None:
    an_inquiry(database, email="ana@mail.example.org")
    an_inquiry(database, email="bo@mail.example.org")

    assert len(delivered(database)) == 2


def test_an_address_is_one_key_in_every_spelling_that_reaches_it() -> None:
    keys = {
        address_key(a_keyring(), spelling)
        for spelling in ("a.b@gmail.com", "AB+news@gmail.com", " ab@gmail.com ")
    }

    assert len(keys) == 1
    assert address_key(a_keyring(), "a.b@mail.example.org") != address_key(
        a_keyring(), "ab@mail.example.org"
    )
    assert address_key(a_keyring(), "+@mail.example.org")  # nothing but a tag is left as it is
