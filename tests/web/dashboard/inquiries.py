"""An inquiry's page in a test: its forms are filled in by name and sent as a browser would."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.inquiries.models import Inquiry
from intake.storage.database import Database
from tests.web.dashboard.desk import Colleague

# The forms of one inquiry, by the noun in their address.
ON_PAGE = ("assignment", "attempts", "notes", "snooze", "callbacks", "closing", "withdrawal")


@dataclass
class InquiryPage:
    """One member before one inquiry; each act is sent with what the page was drawn with."""

    colleague: Colleague
    database: Database
    reference: str

    @property
    def path(self) -> str:
        return f"/staff/inquiries/{self.reference}"

    def text(self) -> str:
        return self.colleague.get(self.path).text

    def row(self) -> Inquiry:
        with self.database.read() as session:
            return session.scalars(select(Inquiry).where(Inquiry.reference == self.reference)).one()

    def send(self, noun: str, /, **fields: str) -> TestResponse:
        """Send one form with the version that stands now, unless another one is given."""
        sent = {"version": str(self.row().version), **fields}
        return self.colleague.post(f"{self.path}/{noun}", self.path, **sent)

    def done(self, noun: str, /, **fields: str) -> str:
        """Send a form that must succeed and return the page that follows."""
        answer = self.send(noun, **fields)
        assert answer.status_code == 303, said(answer)
        return self.colleague.get(answer.location).text

    def refused(self, noun: str, /, status: int, **fields: str) -> str:
        """Send a form that must be refused, changing nothing, and return the page."""
        before = self.row().version
        answer = self.send(noun, **fields)
        assert answer.status_code == status, said(answer)
        assert self.row().version == before
        return html.unescape(answer.text)

    def undo(self) -> str:
        """Press the page's undo."""
        form = re.search(r'<form class="undo".*?</form>', self.text(), re.DOTALL)
        assert form, "nothing to take back"
        fields: Mapping[str, str] = dict(
            re.findall(r'type="hidden" name="(version|move)" value="(\d+)"', form[0])
        )
        return self.done("undo", move=fields["move"])


def said(answer: TestResponse) -> str:
    """Return the words of a page, for a failed test to show."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(answer.text)).split())[:1500]


def offers(page: str) -> set[str]:
    """Return the forms that a page offers, by the noun in their address."""
    return set(re.findall(r'action="/staff/inquiries/[^/"]+/([a-z/-]+)"', page))


def reach(page: InquiryPage) -> None:
    page.done("attempts", channel="call", result="reached", next_step="plan")


def hand_over(page: InquiryPage) -> None:
    reach(page)
    page.done("clinical-review", summary="She asks for advice.", question="May we see her?")
