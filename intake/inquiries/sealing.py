"""Makes a draft ready to store: keys, seals, tokens and hashes, before the write door opens.

Nothing here touches the database, so the one write lock is held for a few statements only. Three
values are sealed apart because three readers need them: ``answers`` (health text; every reading is
recorded first), ``label`` (what a work list shows; never a condition) and ``access`` (the receipt's
secrets and the address a message goes to, so that sending mail never opens the answers).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from intake.clinic.closures import Closure, stretches
from intake.clinic.hours import business_hours
from intake.clinic.notices import Notice, notices_for, state_chosen
from intake.clinic.zones import person_zone
from intake.consent.grant import Grant
from intake.consent.models import Answer, Purpose
from intake.consent.wordings import notice_wording, wordings_for
from intake.crypto.keyring import Keyring
from intake.crypto.sealed import JSON, seal_json
from intake.crypto.tokens import (
    SearchTokens,
    hash_code,
    hash_secret,
    new_code,
    new_public_id,
    new_reference,
    new_secret,
)
from intake.i18n import LANGUAGES
from intake.inquiries.draft import InquiryDraft
from intake.inquiries.finding import found_by
from intake.inquiries.models import TABLE, Outcome, Status
from intake.inquiries.screening import Doubt, screen
from intake.notifications.subscriptions import Facts
from intake.settings import ClinicSettings, FormSettings
from intake.storage.types import from_millis, to_millis

# More text than this is not thrown away by one member alone (PRODUCT.md 3).
SPAM_TEXT_CHARACTERS = 200
Source = Literal["steps", "one_page", "phone", "api"]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a draft arrived: what the edge knows and the person did not type.

    Attributes:
        submission_key: Random, made with the first page; the same key is the same inquiry.
        page_language: Language of the pages the person read, ``en`` or ``es``.
        source: Which way in.
        form_version: Hash of the questions shown.
        signs: What looked odd: ``honeypot``, ``too_fast`` and the like (``screening.SIGN_SCORES``).
        notices_shown: Whether the pages showed the notices of the clinic's state.
        is_synthetic: Whether nobody asks: our own proof that the path is open.
    """

    submission_key: str
    page_language: str
    source: Source
    form_version: str
    signs: tuple[str, ...] = ()
    notices_shown: bool = False
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class SealedInquiry:
    """Everything ``submit_inquiry`` writes, and what it needs to answer a repeated submission.

    Attributes:
        columns: The row, by column.
        tokens: What it is found by, the reference included.
        contact_tokens: Those of phone and e-mail, by which a known person is recognised.
        grants: What was answered to each wording.
        facts: What decides which staff hear of it; never stored.
        is_acknowledged: Whether the person chose e-mail, so that one is sent.
        is_synthetic: Whether it is our own proof, of which no staff hear.
        access: The secrets of the receipt, in clear: for the first answer only.
    """

    public_id: str
    columns: Mapping[str, Any] = field(repr=False)
    tokens: frozenset[bytes] = field(repr=False)
    contact_tokens: tuple[bytes, ...] = field(repr=False)
    grants: tuple[Grant, ...] = field(repr=False)
    facts: Facts = field(repr=False)
    is_acknowledged: bool
    is_synthetic: bool
    access: Mapping[str, str] = field(repr=False)
    keyring: Keyring = field(repr=False)
    search: SearchTokens = field(repr=False)

    @property
    def is_texted(self) -> bool:
        """Whether the person chose and permitted texts, so that one is sent where any are."""
        return bool(self.access["phone"])

    @property
    def reference(self) -> str:
        """The reference as stored."""
        return str(self.columns["reference"])

    def with_status(self, status: Status) -> "SealedInquiry":
        """Return the same inquiry in another status."""
        return replace(self, columns={**self.columns, "status": status.value})

    def with_new_reference(self) -> "SealedInquiry":
        """Return the same inquiry under another reference, for when the first one is taken."""
        reference = new_reference()
        old, new = (self.search.reference(name) for name in (self.reference, reference))
        return replace(
            self,
            columns={**self.columns, "reference": reference},
            tokens=self.tokens - {old} | {new},
        )


def seal_inquiry(
    draft: InquiryDraft,
    circumstances: Circumstances,
    *,
    keyring: Keyring,
    tokens: SearchTokens,
    clinic: ClinicSettings,
    offer: FormSettings,
    closures: Iterable[Closure] = (),
    at: datetime,
) -> SealedInquiry:
    """Seal a draft, hash its secrets, count its promise and weigh its doubts.

    Args:
        draft: The judged answers.
        circumstances: How they arrived.
        keyring: The opened keys.
        tokens: The tokens of the purpose "search".
        clinic: Its hours, zone and promise.
        offer: What the form offered, so that refused permissions are kept as refused.
        closures: When the clinic is closed out of turn: no promise is made for then.
        at: When it was received.
    """
    at = from_millis(to_millis(at))  # as stored, so that a repeated receipt equals the first
    public_id, reference = new_public_id(), new_reference()
    data_key = keyring.new_data_key()
    access = _access(draft, circumstances.page_language, offer)
    doubt, found = screen(draft, circumstances.signs), found_by(draft, reference, tokens)
    hours = business_hours(clinic, stretches(closures))
    promised_at = hours.due_after(at, clinic.reply_business_days)

    def sealed(column: str, value: JSON) -> bytes:
        return seal_json(data_key, value, table=TABLE, column=column, record=public_id)

    columns = {
        "public_id": public_id,
        "reference": reference,
        "submission_key": circumstances.submission_key,
        "receipt_hash": hash_secret(access["receipt"]),
        "link_hash": hash_secret(access["link"]),
        "code_hash": hash_code(keyring.secret("code"), public_id, access["code"]),
        **_standing(doubt, circumstances, at),
        "urgent": doubt.is_red_flag,
        "language": draft.language,
        "source": circumstances.source,
        "form_version": circumstances.form_version,
        "spam_score": doubt.score,
        "spam_reasons": list(doubt.reasons),
        "received_at": at,
        "due_at": hours.answer_due(at, promised_at, urgent=doubt.is_red_flag),
        "first_response_due_at": promised_at,
        "assignee_id": None,
        "version": 1,
        "data_key": keyring.wrap(data_key, record=public_id),
        "answers": sealed("answers", draft.answers()),
        "label": sealed("label", label_of(draft, clinic)),
        "access": sealed("access", access),
        **found.columns,
    }
    return SealedInquiry(
        public_id=public_id,
        columns=columns,
        tokens=found.tokens,
        contact_tokens=found.contact,
        grants=grants_of(draft, circumstances, clinic, offer),
        facts=Facts(
            language=draft.language,
            conditions=frozenset(draft.conditions),
            state=draft.state or "",
            urgent=doubt.is_red_flag,
        ),
        is_acknowledged=bool(access["email"]),
        is_synthetic=circumstances.is_synthetic,
        access=access,
        keyring=keyring,
        search=tokens,
    )


def _standing(doubt: Doubt, circumstances: Circumstances, at: datetime) -> dict[str, Any]:
    """Return where the inquiry stands at its beginning: our own proof was never open."""
    if circumstances.is_synthetic:
        return {"status": Status.CLOSED.value, "outcome": Outcome.TEST.value, "closed_at": at}
    doubted = doubt.quarantines and circumstances.source != "phone"  # somebody spoke with them
    status = Status.QUARANTINED if doubted else Status.NEW
    return {"status": status.value, "outcome": None, "closed_at": None}


def _access(draft: InquiryDraft, page_language: str, offer: FormSettings) -> dict[str, str]:
    """Return the secrets of the receipt, and where and in which language messages go.

    The address is empty unless the person chose e-mail, the number unless they chose texts and
    permitted them: what they did not choose is for staff. An extension cannot be texted.
    """
    return {
        "receipt": new_secret(),
        "link": new_secret(),
        "code": new_code(),
        "language": draft.language if draft.language in LANGUAGES else page_language,
        **addresses_of(draft, offer),
    }


def addresses_of(draft: InquiryDraft, offer: FormSettings) -> dict[str, str]:
    """Return where messages go: what the person chose, and for texts permitted."""
    is_texted = offer.texts and draft.perm_text and "text" in draft.contact_by
    return {
        "email": (draft.email or "") if "email" in draft.contact_by else "",
        "phone": (draft.phone_e164 or "") if is_texted and not draft.phone_extension else "",
    }


def label_of(draft: InquiryDraft, clinic: ClinicSettings) -> dict[str, JSON]:
    """Return what a work list may show: a short name, how and where to reach; no condition.

    ``zone_is_certain`` tells staff whether to ask before they call early.
    """
    zone = person_zone(draft.country, draft.state, otherwise=clinic.zone)
    return {
        "name": short_name(draft.full_name),
        "ways": list(draft.contact_by),
        "language": draft.language,
        "interpreter": draft.interpreter,
        "zone": zone.name,
        "zone_is_certain": zone.is_certain,
        "country": draft.country,
        "state": draft.state or "",
        "may_be_person": bool(draft.phone_e164) or len(draft.story or "") > SPAM_TEXT_CHARACTERS,
    }


def short_name(full_name: str) -> str:
    """Return the first name and the last initial, ``Ana D.``; one name alone stays as it is."""
    words = full_name.split()
    return words[0] if len(words) == 1 else f"{words[0]} {words[-1][0]}."


def grants_of(
    draft: InquiryDraft,
    circumstances: Circumstances,
    clinic: ClinicSettings,
    offer: FormSettings,
) -> tuple[Grant, ...]:
    """Return what the draft answers to every wording that was shown, the refused ones too."""
    said = {
        Purpose.CONTACT: draft.perm_contact,
        Purpose.HEALTH: draft.perm_health,
        Purpose.TEXT: draft.perm_text,
        Purpose.NEWS: draft.perm_news,
    }
    grants = [
        Grant(wording, Answer.YES if said[wording.purpose] else Answer.NO)
        for wording in wordings_for(clinic, circumstances.page_language, offer)
    ]
    if circumstances.notices_shown:
        grants += [
            Grant(notice_wording(notice), Answer.SHOWN)
            for notice in _notices_shown(draft, circumstances, clinic)
        ]
    return tuple(grants)


def _notices_shown(
    draft: InquiryDraft, circumstances: Circumstances, clinic: ClinicSettings
) -> Iterator[Notice]:
    """Return the notices to record: that of the clinic's state, and that of theirs where shown.

    The check page of the steps shows theirs; on the one page they say where they live and send
    in the same moment.
    """
    own = notices_for(clinic)
    yield from (notice for notice in own if notice.is_needed_online)
    if circumstances.source == "steps":
        chosen = state_chosen(draft.country, draft.state)
        yield from notices_for(clinic, chosen=chosen)[len(own) :]
