"""Who asked twice and was joined: what they change by the old link becomes a message to us."""

import html
import re

import pytest
from sqlalchemy import select

from intake.desk.joining import merge
from intake.inquiries.conversation_models import AnswerCorrection, ConversationMessage
from tests.conftest import NOON
from tests.desk.pairs import id_of, seen
from tests.desk.work import a_desk_member
from tests.factories import an_inquiry
from tests.web.status.desk import Desk
from tests.web.status.test_opened import form_key

SAME = {
    "full_name": "Ana Díaz Moreno",
    "phone": "(305) 555-0142",
    "email": "ana.diaz@mail.example.org",
    "story": "I would like to know what research shows, and what a first talk is like.",
}


@pytest.fixture
def kept(desk: Desk) -> str:
    """Join the link's inquiry with a second one, which goes on."""
    database, rosa = (
        desk.intake.database,
        a_desk_member(desk.intake.database, "rosa", "coordinator"),
    )
    reference = an_inquiry(database).reference
    pair = seen(database, reference), seen(database, desk.receipt.reference)
    with database.write() as session:
        merge(session, desk.intake.office, *pair, by=rosa, at=NOON)
    return reference


def written(page: str) -> str:
    """Return what stands in the message field."""
    found = re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)
    assert found
    return html.unescape(found[1]).strip()


TOLD = {
    "": ("Your changes stand in the message below", "Phone number: 305 555 0199", "Not provided"),
    "/es": ("Sus cambios están en el mensaje de abajo", "Número de teléfono: 305 555 0199", "No"),
}


@pytest.mark.parametrize("prefix", TOLD)
def test_a_change_stands_in_a_message_that_goes_to_the_one_that_goes_on(
    desk: Desk, kept: str, prefix: str
) -> None:
    sentence, line, emptied = TOLD[prefix]
    desk.open(prefix)
    changed = {**SAME, "phone": "305 555 0199", "story": ""}

    refused = desk.post(f"{prefix}{desk.link}/corrections", form_key="k", **changed)

    assert refused.status_code == 409
    assert sentence in refused.text
    message = written(refused.text)
    assert message.splitlines()[0] == line
    assert len(message.splitlines()) == 2
    assert message.splitlines()[1].partition(": ")[2].startswith(emptied)
    sent = desk.post(f"{prefix}{desk.link}/messages", text=message, form_key=form_key(refused.text))
    assert sent.status_code == 303
    with desk.intake.database.read() as session:
        assert session.scalars(select(ConversationMessage.inquiry_id)).all() == [
            id_of(desk.intake.database, kept)
        ]
        assert session.scalars(select(AnswerCorrection.id)).all() == []


def test_ways_that_changed_stand_there_in_words(desk: Desk, kept: str) -> None:
    desk.open()

    refused = desk.post(
        f"{desk.link}/contact-times",
        form_key="k",
        contact_by=["call"],
        phone="(305) 555-0142",
        voicemail="no",
        email="ana.diaz@mail.example.org",
        best_times=["morning"],
    )

    assert [line.partition(": ")[2] for line in written(refused.text).splitlines()] == [
        "Phone call",
        "No",
    ]


def test_where_nothing_differs_there_is_no_message(desk: Desk, kept: str) -> None:
    desk.open()

    refused = desk.post(f"{desk.link}/corrections", form_key="k", **SAME)

    assert "Nothing was changed here." in refused.text
    assert written(refused.text) == ""
