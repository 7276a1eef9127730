"""Many inquiries, fast: rows as the real path leaves them, written past it in bulk.

``fill(desk, 1_000_000, until=NOON)`` seals every label, answer and secret under a key of its own
and gives every row the tokens it is found by, one delivered message, its consents and its audit
event; only the write door is gone round (executemany with the indexes off, or COPY). Two people
come in on the real path first, so that wordings and channels are there. For benchmarks on a
database of their own: nobody may write meanwhile.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any, Protocol

from sqlalchemy import select

from intake.audit.models import AuditEvent
from intake.clinic.hours import business_hours
from intake.consent.models import ConsentRecord
from intake.crypto.sealed import seal_json
from intake.crypto.tokens import hash_code, hash_secret, new_code, new_public_id, new_reference
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.likeness import likeness_of
from intake.inquiries.models import TABLE, Inquiry, SearchToken
from intake.inquiries.sealing import label_of
from intake.notifications.models import Channel, OutboxMessage
from intake.notifications.outbox import ensure_channels
from intake.operations.demo import Desk, made_up_inquiries, store_made_up
from intake.storage.types import to_millis
from intake.storage.upsert import table_of
from tests.benchmarks.bulk import Sink, sink

PEOPLE = 3_000  # names and answers that differ; numbers, addresses and times differ for everybody
AT_ONCE = 5_000
# By name, as a migration may have put a column at the end.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    model.__tablename__: tuple(column.name for column in table_of(model).columns)
    for model in (Inquiry, SearchToken, ConsentRecord, OutboxMessage, AuditEvent)
}
CONSENT = ("wording_id", "purpose", "sha256", "answer", "how")  # what a record copies
# How a year of inquiries stands at its end: status, outcome, share, and what came before.
STANDINGS: Sequence[tuple[str, str | None, int]] = (
    ("closed", "consultation_held", 24),
    ("closed", "handed_over", 8),
    ("closed", "not_offered", 13),
    ("closed", "not_suitable", 12),
    ("closed", "referred_elsewhere", 8),
    ("closed", "not_reached", 17),
    ("closed", "withdrawn", 6),
    ("closed", "duplicate", 4),
    ("closed", "spam", 4),
    ("closed", "test", 1),
    ("in_discussion", None, 1),
    ("waiting_on_patient", None, 1),
    ("scheduled", None, 1),
)
NEW_DAYS = 2  # who came in last is new, and one in a hundred of all others is in quarantine


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person whose answers were judged once, and are sealed anew for each inquiry."""

    draft: InquiryDraft
    answers: Mapping[str, Any]
    label: Mapping[str, Any]
    tokens: frozenset[bytes]
    language: str


@dataclass
class Maker:
    """Makes the rows of one inquiry after another, with ids that follow those that exist."""

    desk: Desk
    people: Sequence[Person]
    consents: Mapping[str, Sequence[Mapping[str, Any]]]
    channel_id: int
    dice: random.Random
    until: datetime
    after: Mapping[str, int]
    taken: set[str]
    code_secret: bytes = field(init=False)
    due: dict[datetime, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.code_secret = self.desk.keyring.secret("code")
        self.hours = business_hours(self.desk.clinic)
        self.consent_ids = count(self.after["consent_records"] + 1)

    def rows(self, number: int, at: datetime) -> dict[str, list[tuple[Any, ...]]]:
        """Return the rows that one inquiry leaves, by table."""
        person = self.dice.choice(self.people)
        public_id, reference = new_public_id(), self._reference()
        inquiry_id = self.after["inquiries"] + number + 1
        phone = f"+1{self.dice.randrange(201, 990)}555{self.dice.randrange(10_000):04d}"
        email = f"person{self.dice.randrange(10**9)}@mail.example.org"
        row = self._inquiry(person, (public_id, reference), phone, email, at)
        row["id"] = inquiry_id
        tokens = self._tokens(person, row, phone, email)
        consents = self.consents[person.language]
        millis = to_millis(at)
        message = self._message(inquiry_id, number, public_id, millis)
        return {
            "inquiries": [_in_order("inquiries", row)],
            "search_tokens": [(token, inquiry_id) for token in tokens],
            "consent_records": [
                _in_order(
                    "consent_records",
                    {
                        **consent,
                        "id": next(self.consent_ids),
                        "inquiry_id": inquiry_id,
                        "given_at": millis,
                    },
                )
                for consent in consents
            ],
            "outbox_messages": [message],
            "audit_events": [
                (
                    self.after["audit_events"] + number + 1,
                    millis,
                    "visitor",
                    "web",
                    "inquiry.submitted",
                    public_id,
                    '{"source":"one_page","status":"new"}',
                )
            ],
        }

    def _reference(self) -> str:
        """Return one that is free: of a million that are drawn some five are drawn twice."""
        reference = new_reference()
        while reference in self.taken:
            reference = new_reference()
        self.taken.add(reference)
        return reference

    def _inquiry(
        self, person: Person, ids: tuple[str, str], phone: str, email: str, at: datetime
    ) -> dict[str, Any]:
        public_id, reference = ids
        keyring, data_key = self.desk.keyring, self.desk.keyring.new_data_key()
        access = {
            "receipt": f"r{public_id}",
            "link": f"l{public_id}",
            "code": new_code(),
            "email": email,
            "language": person.language,
        }
        answers = {**person.answers, "phone": phone, "phone_e164": phone, "email": email}

        def sealed(column: str, value: Mapping[str, Any]) -> bytes:
            return seal_json(data_key, value, table=TABLE, column=column, record=public_id)

        due = self._due(at)
        return {
            "public_id": public_id,
            "reference": reference,
            "submission_key": f"k{public_id}",
            "receipt_hash": hash_secret(access["receipt"]),
            "link_hash": hash_secret(access["link"]),
            "code_hash": hash_code(self.code_secret, public_id, access["code"]),
            **self._standing(at, due),
            "urgent": person.draft.safety == "yes",
            "language": person.draft.language,
            "source": self.dice.choice(("steps", "steps", "one_page", "phone")),
            "form_version": "0123456789abcdef",
            "spam_score": 0,
            "spam_reasons": "[]",
            "received_at": to_millis(at),
            "due_at": to_millis(due),
            "first_response_due_at": to_millis(due),
            "assignee_id": None,
            "version": 1,
            "data_key": keyring.wrap(data_key, record=public_id),
            "answers": sealed("answers", answers),
            "label": sealed("label", person.label),
            "access": sealed("access", access),
            "place": self.desk.tokens.place(person.draft.country, person.draft.state or ""),
            **likeness_of(answers, self.desk.tokens).telling,
        }

    def _due(self, at: datetime) -> datetime:
        """Return the promised time, counted once for each hour."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        if hour not in self.due:
            self.due[hour] = self.hours.due_after(hour, self.desk.clinic.reply_business_days)
        return self.due[hour]

    def _standing(self, at: datetime, due: datetime) -> dict[str, Any]:
        """Return where an inquiry stands: the last two days are new, the others went their way."""
        standing: dict[str, Any] = {
            "status": "new",
            "outcome": None,
            "first_responded_at": None,
            "closed_at": None,
        }
        if self.dice.random() < 0.01:
            return {**standing, "status": "quarantined"}
        responded = at + timedelta(minutes=self.dice.expovariate(1 / 600))
        if at > self.until - timedelta(days=NEW_DAYS) or responded > self.until:
            return standing
        weights = [share for _, _, share in STANDINGS]
        status, outcome, _ = self.dice.choices(STANDINGS, weights)[0]
        ended = min(self.until, max(responded, due) + timedelta(days=self.dice.expovariate(1 / 5)))
        is_answered = outcome not in {"spam", "test", "withdrawn", "duplicate"}
        return {
            "status": status,
            "outcome": outcome,
            "first_responded_at": to_millis(responded) if is_answered else None,
            "closed_at": to_millis(ended) if outcome else None,
        }

    def _tokens(self, person: Person, row: Mapping[str, Any], phone: str, email: str) -> set[bytes]:
        own = self.desk.tokens.for_inquiry(
            names=(), phone_e164=phone, email=email, reference=row["reference"], conditions=()
        )
        telling = (row[name] for name in ("like_phone", "like_email"))
        return {*person.tokens, *own, *(one for one in telling if one is not None)}

    def _message(
        self, inquiry_id: int, number: int, public_id: str, millis: int
    ) -> tuple[Any, ...]:
        sent = millis + 2_000
        is_dead = self.dice.random() < 0.01
        values: dict[str, Any] = {
            "id": self.after["outbox_messages"] + number + 1,
            "public_id": f"m{public_id}",
            "inquiry_id": inquiry_id,
            "recipient": "person",
            "channel_id": self.channel_id,
            "event": "inquiry.acknowledged",
            "dedupe_key": f"d{public_id}",
            "generation": 1,
            "payload": "{}",
            "state": "dead" if is_dead else "delivered",
            "attempts": 1,
            "losses": 0,
            "due_at": None,
            "give_up_at": millis + 86_400_000,
            "created_at": millis,
            "finished_at": sent,
        }
        return _in_order("outbox_messages", values)


def _in_order(table: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values in the order of the table's columns; what is not named stays empty."""
    return tuple(values.get(name) for name in COLUMNS[table])


class Told(Protocol):
    """Hears how many are written."""

    def __call__(self, count: int, /) -> object: ...


def fill(
    desk: Desk,
    number: int,
    *,
    until: datetime,
    days: int = 365,
    seed: int = 1,
    told: Told = lambda _count: None,
) -> None:
    """Add ``number`` inquiries, spread over the ``days`` before ``until``, oldest first."""
    with desk.database.write() as session:
        ensure_channels(session)
    start, step = until - timedelta(days=days), timedelta(days=days) / max(number, 1)
    _two_on_the_real_path(desk, start)
    dice = random.Random(seed)
    with sink(desk.database) as open_sink:
        maker = Maker(
            desk=desk,
            people=_people(desk, seed),
            consents=_consents(open_sink),
            channel_id=_channel(desk),
            dice=dice,
            taken={str(one) for (one,) in open_sink.rows("SELECT reference FROM inquiries")},
            until=until,
            after={name: open_sink.last_id(name) for name in COLUMNS if name != "search_tokens"},
        )
        instants = (start + step * (place + dice.random()) for place in range(number))
        made = (maker.rows(place, at) for place, at in enumerate(instants))
        written = 0
        while batch := list(islice(made, AT_ONCE)):
            for table, columns in COLUMNS.items():
                open_sink.write(table, columns, [row for rows in batch for row in rows[table]])
            written += len(batch)
            told(written)


def _two_on_the_real_path(desk: Desk, at: datetime) -> None:
    languages: set[str] = set()
    for person in made_up_inquiries(50, conditions=desk.offer.conditions, until=at, days=1, seed=7):
        if person.page_language not in languages:
            store_made_up(desk, [person])
            languages.add(person.page_language)


def _people(desk: Desk, seed: int) -> list[Person]:
    made = made_up_inquiries(
        PEOPLE,
        conditions=desk.offer.conditions,
        until=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        days=1,
        seed=seed,
    )
    return [
        _person(desk, InquiryDraft.parse(one.raw, offer=desk.offer), one.page_language)
        for one in made
    ]


def _person(desk: Desk, draft: InquiryDraft, language: str) -> Person:
    names = [name for name in (draft.full_name, draft.called, draft.requester_name) if name]
    both = desk.tokens.for_inquiry(
        names=names, phone_e164=None, email=None, reference="22222222", conditions=draft.conditions
    )
    bare = desk.tokens.for_inquiry(
        names=(), phone_e164=None, email=None, reference="22222222", conditions=()
    )
    like = likeness_of({**draft.answers(), "phone_e164": None, "email": None}, desk.tokens)
    return Person(
        draft,
        draft.answers(),
        label_of(draft, desk.clinic),
        frozenset(both) - set(bare) | like.tokens,
        language,
    )


def _consents(open_sink: Sink) -> dict[str, list[dict[str, Any]]]:
    """Return the consent rows of the two who came in first, by the language of their pages."""
    found: dict[str, list[dict[str, Any]]] = {}
    for language, *row in open_sink.rows(
        f"SELECT w.language, {', '.join(f'r.{name}' for name in CONSENT)}"
        " FROM consent_records r JOIN consent_wordings w ON w.id = r.wording_id"
        " WHERE r.inquiry_id IN (SELECT id FROM inquiries ORDER BY id LIMIT 2) ORDER BY r.id"
    ):
        found.setdefault(str(language), []).append(dict(zip(CONSENT, row, strict=True)))
    return found


def _channel(desk: Desk) -> int:
    with desk.database.read() as session:
        return session.execute(select(Channel.id).where(Channel.name == "email")).scalar_one()
