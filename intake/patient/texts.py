"""What somebody who texts us gets: STOP is obeyed at once, everywhere and for good.

The number is known here by its keyed hash alone, and no word of the text is kept: people write
health text to any number they have. One confirmation at most follows a STOP; other answers are few,
or two programs that answer each other would never end. Source: SAFETY.md, facts.md on texts.
"""

from datetime import datetime, timedelta

from pydantic_core import PydanticCustomError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from intake.audit import trail
from intake.audit.models import Actor, ActorKind
from intake.clinic.profile import ClinicProfile
from intake.consent.grant import withdraw_consents
from intake.consent.models import Purpose
from intake.crypto.keyring import Keyring
from intake.crypto.tokens import SearchTokens, hash_secret
from intake.i18n import N_, words
from intake.inquiries.models import Inquiry, SearchToken
from intake.inquiries.phone import read_phone
from intake.inquiries.text_readers import phone_key
from intake.notifications.address_models import InboundMessage, Suppression
from intake.notifications.limits import suppress
from intake.notifications.stop_words import HELP, STOP, Meaning, meaning_of
from intake.storage.upsert import insert_into

HELP_DAILY_MAX = 3
OTHER_DAILY_MAX = 1
FORGET_AFTER = timedelta(days=2)  # a signature is refused after five minutes
HOW = "text_stop"

STOPPED = N_("%(clinic)s: you will get no more texts from us.")
HELPED = N_("%(clinic)s: call %(phone)s. Reply STOP to end.")


def receive_text(
    session: Session,
    keyring: Keyring,
    clinic: dict[str, ClinicProfile],
    *,
    channel: str,
    message_id: str,
    sender: str,
    text: str,
    at: datetime,
) -> str | None:
    """Act on one text and return the answer to send back, if there is one.

    Args:
        session: A session of ``Database.write()``.
        keyring: Hashes the number and finds its inquiries.
        clinic: The clinic by language.
        channel: The hook it came through.
        message_id: The gateway's own; the same again is not looked at.
        sender: The number, best with plus and country code.
        text: What it says.
        at: Now.
    """
    number, meaning = _number(sender), meaning_of(text)
    key = phone_key(keyring, number) if number else b""
    if not _is_new(session, f"{channel}:{message_id}", key, meaning, at) or number is None:
        return None
    inquiries = _inquiries(session, keyring, number)
    language = meaning.language or (inquiries[-1].language if inquiries else "en")
    if meaning.kind != STOP:
        return _answer(HELPED, language, clinic) if _may_answer(session, key, meaning, at) else None
    is_first = suppress(session, key, HOW, at)
    for inquiry in inquiries:
        _record_stop(session, inquiry, at)
    return _answer(STOPPED, language, clinic) if is_first else None


def _number(sender: str) -> str | None:
    try:
        return read_phone(sender[:40], None).e164
    except PydanticCustomError:
        return None  # a short code or a name: no person of ours


def _is_new(session: Session, name: str, key: bytes, meaning: Meaning, at: datetime) -> bool:
    session.execute(delete(InboundMessage).where(InboundMessage.received_at < at - FORGET_AFTER))
    connection = session.connection()
    row = insert_into(connection.dialect.name, InboundMessage)
    stored = connection.execute(
        row.on_conflict_do_nothing().returning(InboundMessage.id_hash),
        {
            "id_hash": hash_secret(name),
            "address_hash": key,
            "meaning": meaning.kind,
            "received_at": at,
        },
    )
    return stored.first() is not None


def _may_answer(session: Session, key: bytes, meaning: Meaning, at: datetime) -> bool:
    """Whether this text, which is counted already, gets an answer."""
    if meaning.kind != HELP and session.get(Suppression, key) is not None:
        return False
    count = session.scalar(
        select(func.count()).where(
            InboundMessage.address_hash == key,
            InboundMessage.meaning == meaning.kind,
            InboundMessage.received_at > at - timedelta(days=1),
        )
    )
    return (count or 0) <= (HELP_DAILY_MAX if meaning.kind == HELP else OTHER_DAILY_MAX)


def _inquiries(session: Session, keyring: Keyring, number: str) -> list[Inquiry]:
    token = SearchTokens(keyring.secret("search")).phone(number)
    found = session.scalars(
        select(Inquiry)
        .join(SearchToken, SearchToken.inquiry_id == Inquiry.id)
        .where(SearchToken.token == token)
        .order_by(Inquiry.id)
    )
    return list(found)


def _record_stop(session: Session, inquiry: Inquiry, at: datetime) -> None:
    count = withdraw_consents(session, inquiry.id, [Purpose.TEXT], how=HOW, at=at)
    actor = Actor(ActorKind.PERSON, inquiry.public_id)
    detail = {"permissions": count}
    trail.record(
        session, "texts.stopped", actor=actor, subject=inquiry.public_id, at=at, detail=detail
    )


def _answer(sentence: str, language: str, clinic: dict[str, ClinicProfile]) -> str:
    spoken = language if language in clinic else "en"
    profile = clinic[spoken]
    return words(spoken).gettext(sentence) % {
        "clinic": profile.message_name,
        "phone": profile.phone,
    }
