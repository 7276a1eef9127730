"""Mail preflight: the light, the reason, and the record to add; what cannot be asked is unknown."""

import base64
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from intake.operations.health import mail_health
from intake.operations.preflight import Light, MailFinding, keep_preflight, preflight
from intake.settings import Settings, SmtpSettings, load_settings
from intake.storage.database import Database
from tests.conftest import NOON
from tests.operations.dns_server import Zone, names_of

DOMAIN = "clinic-mail.org"


def a_key(bits: int) -> str:
    key = rsa.generate_private_key(65537, bits).public_key()
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(raw).decode()


KEY = a_key(2048)


def txt(text: str) -> str:
    """Write a text as a zone file does: in parts of at most 255 characters."""
    return " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))


GOOD: Zone = {
    (DOMAIN, "MX"): ("10 mx.clinic-mail.org.",),
    (DOMAIN, "TXT"): ('"v=spf1 a:smtp.relay.example -all"', '"other=1"'),
    (f"s1._domainkey.{DOMAIN}", "TXT"): (txt(f"v=DKIM1; k=rsa; p={KEY}"),),
    (f"_dmarc.{DOMAIN}", "TXT"): ('"v=DMARC1; p=quarantine"',),
}


def settings(**changes: str) -> Settings:
    smtp = {
        "host": "smtp.relay.example",
        "from_address": f"hello@{DOMAIN}",
        "reply_to": f"desk@{DOMAIN}",
        "dkim_selector": "s1",
        **changes,
    }
    return load_settings().model_copy(update={"smtp": SmtpSettings.model_validate(smtp)})


def found(zone: Zone, **changes: str) -> dict[str, MailFinding]:
    with names_of(zone) as names:
        return {one.subject: one for one in preflight(settings(**changes), names)}


def changed(name: str, *texts: str) -> Zone:
    zone = {key: value for key, value in GOOD.items() if key != (name, "TXT")}
    return {**zone, (name, "TXT"): texts} if texts else zone


def test_a_well_kept_domain_is_green() -> None:
    lights = {subject: one.light for subject, one in found(GOOD).items()}

    assert lights == dict.fromkeys(("From", "SPF", "DKIM", "DMARC", "Reply-To"), Light.GREEN)


def test_an_empty_zone_is_red_and_shows_each_record_to_add() -> None:
    seen = found({})

    assert {one.light for one in seen.values()} == {Light.RED}
    assert seen["SPF"].record == 'TXT "v=spf1 a:smtp.relay.example ~all"'
    assert seen["SPF"].record_name == DOMAIN
    assert seen["DKIM"].record_name == f"s1._domainkey.{DOMAIN}"
    assert seen["DMARC"].record.startswith('TXT "v=DMARC1; p=none; rua=mailto:')
    assert seen["DMARC"].record_name == f"_dmarc.{DOMAIN}"
    assert seen["From"].record == "MX 10 smtp.relay.example."


@pytest.mark.parametrize(
    ("texts", "light", "words"),
    [
        (('"v=spf1 -all"', '"v=spf1 ~all"'), Light.RED, "counts as none"),
        (('"v=spf1 +all"',), Light.RED, "everybody may send"),
        (('"v=spf1 a:smtp.relay.example all"',), Light.RED, "everybody may send"),
        (('"v=spf1 a:smtp.relay.example"',), Light.YELLOW, "let it end in"),
        (('"v=spf1 a:smtp.relay.example ?all"',), Light.YELLOW, "let it end in"),
        (('"v=spf1 ip4:192.0.2.1 -all"',), Light.YELLOW, "does not name your mail server"),
        (('"v=spf1x -all"',), Light.RED, "No SPF record"),
        (
            (txt("v=spf1 " + " ".join(f"a:h{n}.example" for n in range(11)) + " -all"),),
            Light.RED,
            "costs 11 questions",
        ),
        (('"v=spf1 include:loop.example -all"',), Light.RED, "questions"),
    ],
)
def test_each_fault_of_an_spf_record_is_named(
    texts: tuple[str, ...], light: Light, words: str
) -> None:
    zone = {
        **changed(DOMAIN, *texts),
        ("loop.example", "TXT"): ('"v=spf1 include:loop.example -all"',),
    }

    spf = found(zone)["SPF"]

    assert spf.light is light
    assert words in spf.sentence


def test_a_record_that_lacks_our_relay_is_shown_with_it_added() -> None:
    spf = found(changed(DOMAIN, '"v=spf1 ip4:192.0.2.1 -all"'), host="smtp.office365.com")["SPF"]

    wanted = "v=spf1 include:spf.protection.outlook.com ip4:192.0.2.1 -all"
    assert spf.record == f'TXT "{wanted}"'


@pytest.mark.parametrize(
    ("text", "light", "words"),
    [
        ('"v=DKIM1; p="', Light.RED, "withdrawn"),
        ('"v=DKIM1; p=AAAA"', Light.RED, "cannot be read"),
        ('"v=DKIM1; p=***"', Light.RED, "cannot be read"),
        (txt(f"v=DKIM1; p={a_key(1024)}"), Light.YELLOW, "1024 bits"),
        ('"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="', Light.GREEN, "Ed"),
        ('"hello"', Light.RED, "No key"),
    ],
)
def test_each_fault_of_a_dkim_key_is_named(text: str, light: Light, words: str) -> None:
    dkim = found(changed(f"s1._domainkey.{DOMAIN}", text))["DKIM"]

    assert dkim.light is light
    assert words in dkim.sentence


def test_without_a_selector_dkim_is_not_called_good() -> None:
    assert found(GOOD, dkim_selector="")["DKIM"].light is Light.UNKNOWN


@pytest.mark.parametrize(
    ("texts", "light"),
    [
        (('"v=DMARC1; p=none"',), Light.YELLOW),
        (('"v=DMARC1; p=reject"',), Light.GREEN),
        (('"v=DMARC1; p=maybe"',), Light.RED),
        (('"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'), Light.RED),
    ],
)
def test_dmarc_is_judged_by_its_policy(texts: tuple[str, ...], light: Light) -> None:
    assert found(changed(f"_dmarc.{DOMAIN}", *texts))["DMARC"].light is light


def test_a_domain_above_speaks_for_those_below() -> None:
    zone = {**GOOD, (f"_dmarc.{DOMAIN}", "TXT"): ('"v=DMARC1; p=reject; sp=none"',)}

    below = found(zone, from_address=f"hello@mail.{DOMAIN}")["DMARC"]

    assert below.light is Light.YELLOW


@pytest.mark.parametrize("address", ["clinic@gmail.com", "no-reply@intake.localhost"])
def test_an_address_that_cannot_be_ours_is_red(address: str) -> None:
    assert found(GOOD, from_address=address)["From"].light is Light.RED


def test_answers_must_arrive_somewhere() -> None:
    lost = found(GOOD, reply_to="desk@nowhere.example")["Reply-To"]
    unset = found(GOOD, reply_to="")["Reply-To"]
    null_mx = found({**GOOD, (DOMAIN, "MX"): ("0 .",)})["Reply-To"]

    assert (lost.light, unset.light, null_mx.light) == (Light.RED, Light.YELLOW, Light.RED)


def test_offline_nothing_is_judged_and_the_end_comes_soon() -> None:
    began = time.monotonic()
    with names_of({}, is_silent=True) as names:
        seen = preflight(settings(), names)

    assert {one.light for one in seen} == {Light.UNKNOWN}
    assert all("could not be checked" in one.sentence for one in seen)
    assert time.monotonic() - began < 15


def test_what_was_found_is_kept_for_the_health_page(database: Database) -> None:
    with names_of({}) as names:
        seen = keep_preflight(database, settings(), at=NOON, names=names)

    with database.read() as session:
        kept = mail_health(session, settings(), at=NOON)
    assert kept.checked_at == NOON
    assert kept.findings[:-1] == seen
    assert kept.findings[-1].subject == "Round trip"
