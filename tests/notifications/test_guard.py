"""No address that an administrator types, or that a name leads to, reaches a private network."""

import socket
import time
from ipaddress import ip_address
from pathlib import Path

import pytest

from intake.notifications.channels.guard import (
    CannotResolve,
    Guard,
    Refused,
    Target,
    is_public,
    judge_url,
    system_resolve,
)
from intake.notifications.outcome import Outcome
from tests.notifications.receiver import HOST, an_event, receiving, saying, slow_resolver

# Written so that the address itself is refused, before anybody is asked for a name.
FORMS = {
    "url_missing": ("",),
    "url_not_https": (
        "http://hooks.example.org/",
        "HTTP://hooks.example.org/",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1:11211/",
        "ws://hooks.example.org/",
        "unix:///var/run/docker.sock",
        "javascript:alert(1)",
        "data:text/plain,hello",
        "//hooks.example.org/",
        "hooks.example.org/intake",
        "https:/hooks.example.org/",
        "https:hooks.example.org",
        "jar:https://hooks.example.org!/",
        "ldap://127.0.0.1/",
    ),
    "url_sign_in": (
        "https://user:word@hooks.example.org/",
        "https://hooks.example.org@127.0.0.1/",
        "https://127.0.0.1@hooks.example.org/",
        "https://@hooks.example.org/",
        "https://hooks.example.org%40127.0.0.1@localhost/",
        "https://a@b@hooks.example.org/",
    ),
    "url_port": (
        "https://hooks.example.org:80/",
        "https://hooks.example.org:8443/",
        "https://hooks.example.org:22/",
        "https://hooks.example.org:5432/",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:65535/",
    ),
    "url_host": (
        "https://hooks.example.org:99999/",
        "https://hooks.example.org:port/",
        "https://",
        "https:///path",
        "https://hooks..example.org/",
        "https://-hooks.example.org/",
        "https://hooks-.example.org/",
        "https://hooks_1.example.org/",
        "https://hooks.example.org./",
        "https://127.0.0.1%2f.example.org/",
        "https://%6c%6f%63alhost.example/",
        "https://hooks.example.org%00.evil.example/",
        "https://*.example.org/",
        "https://.example.org/",
        f"https://{'a' * 64}.example.org/",
        f"https://{'a.' * 130}org/",
        "https://[::1/",
        "https://hooks.example.org,evil.example/",
        "https://hooks.example.org;evil.example/",
        "https://hooks.example.org&evil.example/",
        "https://$(id).example.org/",
    ),
    "url_characters": (
        "https://hooks.example.org/a b",
        " https://hooks.example.org/",
        "https://hooks.example.org/\r\nX-Made-Up: 1",
        "https://hooks.example.org/\x00",
        "https://hooks.exa\tmple.org/",
        "ht\ntps://hooks.example.org/",
        "https://127.0.0.1\\@hooks.example.org/",
        "https:\\\\127.0.0.1\\",
        "https://hooks.example.org\\.evil.example/",
        "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
        "https://①②⑦.⓪.⓪.①/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
        "https://hooks。example。org/",
        "https://añadir.example.org/",
        "https://hooks.example.org/\u202e",
        "https://hooks\u00ad.example.org/",
    ),
    "url_fragment": ("https://hooks.example.org/#here", "https://hooks.example.org#@127.0.0.1/"),
    "url_too_long": (f"https://hooks.example.org/{'a' * 2000}",),
    "url_number": (
        "https://127.0.0.1/",
        "https://127.0.0.1:443/",
        "https://127.1/",
        "https://127.0.1/",
        "https://127.255.255.254/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0x7f.0x0.0x0.0x1/",
        "https://0X7F.1/",
        "https://0177.0.0.1/",
        "https://0177.0.0.01/",
        "https://017700000001/",
        "https://00000177.1/",
        "https://127.0.0.1./",
        "https://0.0.0.0/",
        "https://0/",
        "https://0x0/",
        "https://0x/",
        "https://10.0.0.1/",
        "https://10.1/",
        "https://167772161/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://3232235777/",
        "https://169.254.169.254/latest/meta-data/",
        "https://2852039166/",
        "https://0xa9fea9fe/",
        "https://0251.0376.0251.0376/",
        "https://169.254.43518/",
        "https://100.64.0.1/",
        "https://255.255.255.255/",
        "https://8.8.8.8/",
        "https://999.999.999.999/",
        "https://foo.1/",
        "https://example.0x7f/",
        "https://[::1]/",
        "https://[::1]:443/",
        "https://[::]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::169.254.169.254]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[2002:7f00:1::]/",
        "https://[2606:4700::1111]/",
    ),
    "url_local": (
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://a.localhost/",
        "https://printer.local/",
        "https://db.internal/",
        "https://metadata.google.internal/",
        "https://metadata/",
        "https://router/",
        "https://nas.lan/",
        "https://x.home.arpa/",
        "https://1.0.0.127.in-addr.arpa/",
        "https://localhost.localdomain/",
        "https://made-up.onion/",
    ),
}
WRITTEN = [(code, url) for code, urls in FORMS.items() for url in urls]

# What a name must not lead to, alone or beside a public address.
PRIVATE = (
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "not-an-address",
)
PUBLIC = (
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.255.255",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450::1",
)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Count every connection that is tried, on any socket."""
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: tried.append(address))
    return tried


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len({url for _, url in WRITTEN}) >= 120


@pytest.mark.parametrize(("code", "url"), WRITTEN)
def test_a_written_address_that_may_not_be_used_is_refused_by_name(code: str, url: str) -> None:
    with pytest.raises(Refused) as refused:
        judge_url(url)

    assert refused.value.code == code
    assert not url or url not in str(refused.value)


def test_nothing_of_the_corpus_is_connected_to_or_even_looked_up(
    tmp_path: Path, reached: list[object]
) -> None:
    asked: list[str] = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with receiving(tmp_path, saying("200 OK")) as receiver:
        channel = receiver.channel(resolve=resolve)
        results = [channel.send(an_event(url=url)) for _, url in WRITTEN]

    assert {one.outcome for one in results} == {Outcome.PERMANENT}
    assert (asked, reached, receiver.connections) == ([], [], 0)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused_whatever_else_it_leads_to(
    address: str,
) -> None:
    for answer in ([address], ["1.1.1.1", address], [address, "1.1.1.1"]):
        with pytest.raises(Refused, match="address_private"):
            Guard(resolve=lambda _host, answer=answer: answer).addresses(HOST, 1.0)  # type: ignore[misc]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))
    assert Guard(resolve=lambda _host: [address]).addresses(HOST, 1.0) == (address,)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.org", Target("hooks.example.org", "/")),
        ("https://HOOKS.Example.org:443/a/b", Target("hooks.example.org", "/a/b")),
        ("https://hooks.example.org/a?b=c&d=%20", Target("hooks.example.org", "/a?b=c&d=%20")),
        ("https://xn--aadir-pta.example.org/", Target("xn--aadir-pta.example.org", "/")),
        ("https://a.b.c.example.xn--p1ai/@x:y", Target("a.b.c.example.xn--p1ai", "/@x:y")),
        ("https://127-0-0-1.example.org/", Target("127-0-0-1.example.org", "/")),
    ],
)
def test_a_proper_address_is_taken_apart(url: str, target: Target) -> None:
    assert judge_url(url) == target


def test_a_resolver_that_hangs_or_knows_nothing_costs_no_more_than_its_time() -> None:
    begun = time.monotonic()
    with pytest.raises(CannotResolve):
        Guard(resolve=slow_resolver).addresses(HOST, 0.2)
    with pytest.raises(CannotResolve):
        Guard(resolve=lambda _host: []).addresses(HOST, 1.0)

    assert time.monotonic() - begun < 2.0


def test_the_systems_resolver_is_asked_for_numbers() -> None:
    assert "127.0.0.1" in system_resolve("localhost")
    with pytest.raises(Refused):
        Guard().addresses("localhost", 5.0)
