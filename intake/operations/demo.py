"""Made-up people who ask realistic questions, for trying the desk and for measuring it.

Nobody here exists: names are drawn from lists, phone numbers are from the range kept for fiction
(555-0100 to 555-0199), addresses end in domains that can never receive mail.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from intake.audit.models import OPERATOR
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens, new_secret
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.form import form_version
from intake.inquiries.models import Inquiry
from intake.inquiries.sealing import Circumstances, seal_inquiry
from intake.inquiries.submit import submit_inquiry
from intake.notifications.models import OutboxMessage, State
from intake.settings import ClinicSettings, FormSettings
from intake.storage.database import Database

GIVEN = {
    "en": "Ana John Mary Walter Denise Harold June Calvin Ruth Owen Gloria Frank Iris Leon Peggy "
    "Dale Nora Glenn Wanda Curtis Joan Ralph Edith Vernon Hazel Lloyd Irene Marvin Opal Roy",
    "es": "María José Lucía Ramón Carmen Ignacio Rosa Andrés Pilar Joaquín Teresa Héctor Inés Raúl "
    "Marisol Tomás Noemí Álvaro Belén Ñico Ximena Óscar Dolores Julián Ángela Mateo Úrsula Iván",
}
FAMILY = {
    "en": "Brown Whitfield Okafor Lindqvist O'Brien Carter Nguyen Park Delaney Marsh Foster Quinn "
    "Abbott Hale Sorensen Bailey Rhodes Pruitt Vance Keller Tran Blake Monroe Hobbs Ellison",
    "es": "Díaz Núñez García-Soto Peña Ibáñez Castaño Rivas Quiroga Beltrán Muñiz Ortega Salcedo "
    "Fuentes Ávila Cabrera Montero Zamora Rosales Villalba Échevarri Paredes Lozano Arrieta",
}
STORIES = {
    "en": (
        "I have read about cell treatments and would like to know what is known for my condition.",
        "My daughter found your page. Are there studies I could ask my own doctor about?",
        "I take my medicine every day. I want to understand the risks before I ask anybody else.",
        "Is a consultation possible by phone? I cannot drive far any more.",
        "How long would I wait for an answer, and what does a first talk cost?",
        "",
    ),
    "es": (
        "He leído sobre tratamientos con células y quisiera saber qué se sabe de mi enfermedad.",
        "Mi hija encontró su página. ¿Hay estudios por los que pueda preguntar a mi médico?",
        "Tomo mis medicinas todos los días. Quiero entender los riesgos antes de preguntar más.",
        "¿Se puede hacer la consulta por teléfono? Ya no puedo manejar lejos.",
        "¿Cuánto tarda la respuesta y cuánto cuesta la primera conversación?",
        "",
    ),
}
AGES = ("18_39", "40_64", "40_64", "65_79", "65_79", "80_plus", "not_said")
STATES = ("FL", "FL", "FL", "TX", "CA", "NY", "CO", "AZ")
SPANISH_SHARE = 0.4
CAREGIVER_SHARE = 0.2
URGENT_SHARE = 0.03
MADE_UP_REASON = "made_up"


@dataclass(frozen=True, slots=True)
class MadeUpInquiry:
    """The raw answers of one made-up person, as the form would send them, and when."""

    raw: Mapping[str, str | Sequence[str]]
    page_language: str
    at: datetime


def made_up_inquiries(
    count: int, *, conditions: Sequence[str], until: datetime, days: int, seed: int
) -> Iterator[MadeUpInquiry]:
    """Yield ``count`` inquiries, oldest first, spread over the ``days`` before ``until``.

    The same ``seed`` makes the same people, so that a picture of the desk can be made again.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up people need no secrecy
    step = timedelta(days=days) / max(count, 1)
    start = until - timedelta(days=days)
    for number in range(count):
        yield _person(dice, conditions, start + step * (number + dice.random()))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where made-up people are stored, and with which keys."""

    database: Database
    keyring: Keyring
    tokens: SearchTokens
    clinic: ClinicSettings
    offer: FormSettings


def store_made_up(desk: Desk, people: Sequence[MadeUpInquiry]) -> None:
    """Store a batch on the real path, in one transaction; nobody is written to."""
    sealed = [
        (
            person.at,
            seal_inquiry(
                InquiryDraft.parse(person.raw, offer=desk.offer),
                Circumstances(
                    submission_key=new_secret(),
                    page_language=person.page_language,
                    source="one_page",
                    form_version=form_version(person.page_language, desk.offer),
                    notices_shown=True,
                ),
                keyring=desk.keyring,
                tokens=desk.tokens,
                clinic=desk.clinic,
                offer=desk.offer,
                at=person.at,
            ),
        )
        for person in people
    ]
    with desk.database.write() as session:
        for at, inquiry in sealed:
            submit_inquiry(session, inquiry, actor=OPERATOR, at=at)
        _cancel_messages(session, [inquiry.public_id for _, inquiry in sealed], people[-1].at)


def _cancel_messages(session: Session, public_ids: Sequence[str], at: datetime) -> None:
    """Take every message of these inquiries back before a worker can see it."""
    ids = select(Inquiry.id).where(Inquiry.public_id.in_(public_ids))
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.inquiry_id.in_(ids))
        .values(state=State.CANCELLED.value, due_at=None, finished_at=at, last_error=MADE_UP_REASON)
    )


def _person(dice: random.Random, conditions: Sequence[str], at: datetime) -> MadeUpInquiry:
    language = "es" if dice.random() < SPANISH_SHARE else "en"
    given, family = _pick(dice, GIVEN[language]), _pick(dice, FAMILY[language])
    ways = dice.choice((["call"], ["email"], ["call", "email"]))
    raw: dict[str, str | Sequence[str]] = {
        "safety": "yes" if dice.random() < URGENT_SHARE else "none",
        "asking_for": "me",
        "full_name": f"{given} {family}",
        "age_band": dice.choice(AGES),
        "conditions": [dice.choice([*conditions, "by_phone"])],
        "diagnosed": dice.choice(("yes", "yes", "no", "not_sure")),
        "story": dice.choice(STORIES[language]),
        "contact_by": ways,
        "country": "US",
        "state": dice.choice(STATES),
        "language": language,
        "interpreter": "no",
        "perm_contact": "yes",
        "perm_health": "yes",
    }
    if "call" in ways:
        raw["phone"] = f"(305) 555-01{dice.randrange(100):02d}"
        raw["voicemail"] = dice.choice(("yes", "name_only", "no"))
        raw["best_times"] = [dice.choice(("morning", "afternoon", "evening", "any"))]
    if "email" in ways:
        raw["email"] = f"person{dice.randrange(10**6):06d}@mail.example.org"
    if dice.random() < CAREGIVER_SHARE:
        raw |= {
            "asking_for": "other",
            "relationship": dice.choice(("partner", "child", "friend")),
            "person_knows": dice.choice(("agrees", "agrees", "cannot_decide")),
            "requester_name": f"{_pick(dice, GIVEN[language])} {family}",
        }
    return MadeUpInquiry(raw, language, at)


def _pick(dice: random.Random, names: str) -> str:
    return dice.choice(names.split())
