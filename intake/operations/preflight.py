"""Mail preflight: what receivers want to see of our mail, as a traffic light with what to add.

SPF, DKIM and DMARC are read from DNS as any receiver reads them; From and Reply-To are judged; the
round trip is the last made-up inquiry's confirmation. What cannot be asked is said to be unknown,
never good.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from intake.notifications.channels.choice import sender_of
from intake.operations.names import CannotAsk, Names
from intake.operations.results import keep_result, last_result
from intake.operations.spf import LOOKUPS_MAX, Spf, read_spf, relay_term
from intake.settings import Settings
from intake.storage.database import Database

NAME = "mail"
EVERY = timedelta(hours=24)
RSA_BITS_MIN = 1024
RSA_BITS_GOOD = 2048
# Their own rules say that nobody else may send in their name.
FREE_MAIL = frozenset(
    {"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "aol.com", "icloud.com", "live.com"}
)
NEVER_PUBLIC = (".localhost", ".local", ".internal", ".test", ".example", ".invalid")
OFFLINE = "DNS gave no answer from this machine, so this could not be checked."


class Light(StrEnum):
    """How a finding stands."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MailFinding:
    """One thing looked at; ``record`` is what to add to DNS at ``record_name``, if anything."""

    subject: str
    light: Light
    sentence: str
    record_name: str = ""
    record: str = ""


Findings = Iterator[MailFinding]


def preflight(settings: Settings, names: Names | None = None) -> tuple[MailFinding, ...]:
    """Look at everything; ends within some seconds whatever DNS does."""
    if not settings.smtp.host:
        sentence = "No mail server is set (smtp.host): messages are files, nobody receives them."
        return (MailFinding("Mail server", Light.UNKNOWN, sentence),)
    asked = names or Names()
    looks: tuple[tuple[str, Callable[[Settings, str, Names], Findings]], ...] = (
        ("From", _from),
        ("SPF", _spf),
        ("DKIM", _dkim),
        ("DMARC", _dmarc),
        ("Reply-To", _reply_to),
    )
    domain = sender_of(settings).domain.lower()
    found: list[MailFinding] = []
    for subject, look in looks:
        try:
            found += look(settings, domain, asked)
        except CannotAsk:
            found.append(MailFinding(subject, Light.UNKNOWN, OFFLINE))
    return tuple(found)


def keep_preflight(
    database: Database, settings: Settings, *, at: datetime, names: Names | None = None
) -> tuple[MailFinding, ...]:
    """Look, and keep what was found for the health page."""
    found = preflight(settings, names)
    good = not any(one.light is Light.RED for one in found)
    with database.write() as session:
        detail = {"findings": [asdict(one) for one in found]}
        keep_result(session, NAME, good=good, detail=detail, at=at)
    return found


def check_daily(database: Database, settings: Settings, *, at: datetime) -> None:
    """Look when the last time was a day ago; without a mail server there is nothing to ask."""
    with database.read() as session:
        last = last_result(session, NAME)
    if settings.smtp.host and (last is None or at - last.checked_at >= EVERY):
        keep_preflight(database, settings, at=at)


def _from(settings: Settings, domain: str, names: Names) -> Findings:
    address = sender_of(settings).address
    if not settings.smtp.from_address:
        sentence = f"smtp.from_address is not set, so mail comes from {address}; set your own."
        yield MailFinding("From", Light.YELLOW, sentence)
    if domain in FREE_MAIL:
        sentence = f"{domain} lets nobody else send in its name; use an address of your own domain."
        yield MailFinding("From", Light.RED, sentence)
    elif "." not in domain or domain.endswith(NEVER_PUBLIC):
        sentence = f"{domain} is no domain that others can look up; set smtp.from_address."
        yield MailFinding("From", Light.RED, sentence)
    elif not (names.mail_servers(domain) or names.has_address(domain)):
        sentence = f"{domain} takes no mail, so many receivers refuse mail from it. Add an MX."
        yield MailFinding("From", Light.RED, sentence, domain, f"MX 10 {settings.smtp.host}.")
    elif settings.smtp.from_address:
        yield MailFinding("From", Light.GREEN, f"{address}: its domain can be answered.")


def _spf(settings: Settings, domain: str, names: Names) -> Findings:
    term = relay_term(settings.smtp.host.lower())
    record = f"v=spf1 {term} ~all"
    spf = read_spf(names, domain)
    if not spf.records:
        sentence = "No SPF record says which servers may send for this domain."
        yield MailFinding("SPF", Light.RED, sentence, domain, f'TXT "{record}"')
        return
    if not spf.is_one:
        sentence = f"There are {len(spf.records)} SPF records, which counts as none: keep one."
        yield MailFinding("SPF", Light.RED, sentence)
        return
    light, sentence = _judge_spf(spf, term)
    wanted = spf.records[0].replace("v=spf1", f"v=spf1 {term}", 1)
    is_missing = light is Light.YELLOW and term not in spf.terms
    advice = (domain, f'TXT "{wanted}"') if is_missing else ("", "")
    yield MailFinding("SPF", light, sentence, *advice)


def _judge_spf(spf: Spf, term: str) -> tuple[Light, str]:
    if spf.lookups > LOOKUPS_MAX:
        return Light.RED, f"It costs {spf.lookups} questions; over {LOOKUPS_MAX} it counts as none."
    if spf.ending == "+all":
        return Light.RED, "It ends in +all, so everybody may send for this domain."
    if spf.ending in {"", "?all"}:
        return Light.YELLOW, "It says nothing about other servers: let it end in ~all or -all."
    if term not in spf.terms:
        return (
            Light.YELLOW,
            "It holds, but does not name your mail server; add it unless its addresses are there.",
        )
    return Light.GREEN, f"One record, it names your mail server and ends in {spf.ending}."


def _dkim(settings: Settings, domain: str, names: Names) -> Findings:
    selector = settings.smtp.dkim_selector
    if not selector:
        sentence = "Set smtp.dkim_selector to the selector your mail server signs with."
        yield MailFinding("DKIM", Light.UNKNOWN, f"Could not be checked. {sentence}")
        return
    name = f"{selector}._domainkey.{domain}"
    keys = [tags for text in names.texts(name) if "p" in (tags := _tags(text))]
    if len(keys) != 1:
        what = "No key is" if not keys else f"{len(keys)} keys are"
        sentence = f"{what} at this name; your mail server shows the one record to add."
        advice = 'TXT "v=DKIM1; k=rsa; p=..." (from your mail server)'
        yield MailFinding("DKIM", Light.RED, sentence, name, advice)
        return
    light, sentence = _judge_key(keys[0])
    yield MailFinding("DKIM", light, sentence)


def _judge_key(tags: dict[str, str]) -> tuple[Light, str]:
    if not tags["p"]:
        return Light.RED, "The key was withdrawn (p= is empty): sign with another selector."
    try:
        raw = base64.b64decode("".join(tags["p"].split()), validate=True)
        if tags.get("k", "rsa") == "ed25519":
            return Light.GREEN, "An Ed25519 key is published."
        key = load_der_public_key(raw)
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return Light.RED, "The key cannot be read: copy the record from your mail server again."
    bits = key.key_size if isinstance(key, RSAPublicKey) else 0
    if bits < RSA_BITS_MIN:
        return Light.RED, f"The key has {bits} bits; receivers ignore fewer than {RSA_BITS_MIN}."
    if bits < RSA_BITS_GOOD:
        return Light.YELLOW, f"The key has {bits} bits; make one of {RSA_BITS_GOOD}."
    return Light.GREEN, f"A key of {bits} bits is published."


def _dmarc(settings: Settings, domain: str, names: Names) -> Findings:
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        parent = ".".join(labels[start:])
        found = [
            text for text in names.texts(f"_dmarc.{parent}") if _tags(text).get("v") == "DMARC1"
        ]
        if found:
            yield _judge_dmarc(found, is_own=not start)
            return
    to = settings.clinic.email
    reports = f"; rua=mailto:{to}" if to else ""
    sentence = "No DMARC record: large mail providers refuse or hide such mail."
    yield MailFinding(
        "DMARC", Light.RED, sentence, f"_dmarc.{domain}", f'TXT "v=DMARC1; p=none{reports}"'
    )


def _judge_dmarc(found: list[str], *, is_own: bool) -> MailFinding:
    if len(found) > 1:
        sentence = f"There are {len(found)} DMARC records, which counts as none: keep one."
        return MailFinding("DMARC", Light.RED, sentence)
    tags = _tags(found[0])
    policy = tags.get("p", "") if is_own else tags.get("sp", tags.get("p", ""))
    if policy in {"quarantine", "reject"}:
        return MailFinding("DMARC", Light.GREEN, f"The policy is {policy}.")
    if policy == "none":
        sentence = "The policy is none: forged mail in your name is let through. Later: quarantine."
        return MailFinding("DMARC", Light.YELLOW, sentence)
    return MailFinding("DMARC", Light.RED, "The record has no policy that can be read (p=).")


def _reply_to(settings: Settings, domain: str, names: Names) -> Findings:
    del domain  # answers may go to another one
    address = settings.smtp.reply_to
    if not address:
        sentence = "Answers go to the From address; set smtp.reply_to unless somebody reads it."
        yield MailFinding("Reply-To", Light.YELLOW, sentence)
        return
    host = address.rpartition("@")[2].lower()
    if "@" not in address or not (names.mail_servers(host) or names.has_address(host)):
        sentence = f"Nothing takes mail for {host or 'this address'}: answers would be lost."
        yield MailFinding("Reply-To", Light.RED, sentence)
    else:
        yield MailFinding("Reply-To", Light.GREEN, f"{host} takes mail.")


def _tags(text: str) -> dict[str, str]:
    """Return ``k=v; k=v`` as a mapping; of two tags of one name the first counts."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, sign, value = part.partition("=")
        if sign:
            tags.setdefault(name.strip().lower(), value.strip())
    return tags
