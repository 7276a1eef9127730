"""Whatever is sent: a clear answer, never a 5xx, nothing half stored, nothing typed is lost.

One real ``intake up`` and requests that browsers, robots and attackers make (SAFETY.md section 4:
text, traffic, people).
"""

import base64
import contextlib
import gzip
import html
import json
import re
import resource
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.conftest import must_have
from tests.running import Running, running, start
from tests.visitor import ANA, Visitor, reference_on


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    # The ceiling of the whole server is for floods; these tests send faster than any clinic's day.
    with running(
        tmp_path_factory.mktemp("bad") / "data", INTAKE_LIMITS__SENDS_PER_SECOND="100000"
    ) as up:
        yield up


@pytest.fixture
def visitor(service: Running) -> Visitor:
    return service.visitor


def stored(service: Running) -> int:
    with sqlite3.connect(service.data_dir / "intake.db") as database:
        return int(database.execute("SELECT count(*) FROM inquiries").fetchone()[0])


def half_stored(service: Running) -> int:
    """Count inquiries without permissions, tokens or an audit event."""
    with sqlite3.connect(service.data_dir / "intake.db") as database:
        return int(
            database.execute(
                "SELECT count(*) FROM inquiries i WHERE "
                "NOT EXISTS (SELECT 1 FROM consent_records c WHERE c.inquiry_id = i.id) OR "
                "NOT EXISTS (SELECT 1 FROM search_tokens t WHERE t.inquiry_id = i.id) OR "
                "NOT EXISTS (SELECT 1 FROM audit_events a WHERE a.subject = i.public_id)"
            ).fetchone()[0]
        )


TEXTS = {
    "nul": "a\0b",
    "lone surrogate as utf-8": "\udced",
    "bidi override": "\u202eevil\u202c",
    "zalgo": "e" + "\u0301" * 40,
    "emoji": "👩🏽‍🦽 ❤️",
    "only zero width": "\u200b\u200c\u200d\ufeff",
    "nfkc bomb": "\ufdfa" * 400,
    "line separators": "a\u2028b\u2029c\x85d",
    "formula": '=HYPERLINK("http://x","y")',
    "header break": "a\r\nBcc: x@y.example",
    "template": "{{ 7*7 }} {% raw %} ${7*7} <%= 7 %>",
    "sql": "'; DROP TABLE inquiries; --",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "50 000 newlines": "\n" * 50_000,
    "noncharacter": "\ufffe\uffff",
    "private use": "\ue000",
    "c1": "a\x9fb",
    "tab and return": "a\tb\rc",
    "very long": "x" * 60_000,
    "percent": "%00%0d%0a%ED%A0%BD",
    "json": '{"a": [1, 2]}',
    "path": "../../etc/passwd",
}
FIELDS = (
    "full_name",
    "called",
    "story",
    "phone",
    "email",
    "condition_other",
    "language_other",
    "asking_for",
    "age_band",
    "conditions",
    "country",
    "state",
    "safety",
    "contact_by",
    "perm_contact",
)


def _encoded(values: dict[str, object]) -> bytes:
    return urlencode(values, doseq=True, errors="surrogatepass").encode()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_odd_text_in_any_field_is_stored_or_named_and_never_breaks(
    service: Running, visitor: Visitor, text: str
) -> None:
    for field in FIELDS:
        before = stored(service)
        hidden = visitor.form()
        body = _encoded({**hidden, **ANA, field: text})

        reply = visitor.post("/ask/all", body)

        assert reply.status in {303, 400, 413, 422}, (field, reply.status)
        assert stored(service) - before == (1 if reply.status == 303 else 0), field
        if reply.status == 422:
            assert 'href="#f-' in reply.body, field
        if reply.status in {400, 413}:
            assert "305 555 0100" in reply.body, field
        assert "<script>alert(1)" not in reply.body
        assert "49" not in re.findall(r'value="[^"]*49[^"]*"', reply.body)
    assert half_stored(service) == 0


@pytest.mark.parametrize("field", ["full_name", "story", "phone", "email"])
def test_what_was_typed_is_still_there_after_an_error(visitor: Visitor, field: str) -> None:
    typed = {"story": "Palabras & <signos> \"raros\" 'aquí'", "full_name": "Ñandú O'Brien"}
    answers = {**ANA, **typed, "age_band": "", field: typed.get(field, "no es válido ☎")}

    reply = visitor.send(answers, visitor.form())

    assert reply.status == 422
    for value in (answers["story"], answers["full_name"], answers[field]):
        assert str(value) in html.unescape(reply.body)


def test_invalid_bytes_are_refused_and_not_repaired(service: Running, visitor: Visitor) -> None:
    before = stored(service)
    body = urlencode(visitor.form()).encode() + b"&email=\xed\xa0\xbd@example.com&full_name=%FF%FE"

    reply = visitor.post("/ask/all", body)

    assert reply.status == 400
    assert "305 555 0100" in reply.body
    assert stored(service) == before


BODIES: dict[str, tuple[bytes, str, set[int]]] = {
    "10 MB": (b"story=" + b"x" * 10_000_000, "application/x-www-form-urlencoded", {413}),
    "1 M names": (
        b"&".join(b"a%d=1" % n for n in range(40_000)),
        "application/x-www-form-urlencoded",
        {400, 413},
    ),
    "names that collide": (b"a=1&" * 30_000, "application/x-www-form-urlencoded", {400, 413}),
    "multipart bomb": (
        b"".join(
            b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n
            for n in range(900)
        )
        + b"--b--\r\n",
        "multipart/form-data; boundary=b",
        {400, 413, 415, 422},
    ),
    "a file": (
        b'--b\r\nContent-Disposition: form-data; name="x"; filename="x.exe"\r\n\r\nMZ\r\n--b--\r\n',
        "multipart/form-data; boundary=b",
        {400, 415, 422},
    ),
    "deep json": (b"[" * 50_000, "application/json", {400, 405, 413, 415, 422}),
    "gzip bomb": (gzip.compress(b"0" * 1_000_000), "application/x-www-form-urlencoded", {400, 422}),
    "no type": (b"story=x", "", {400, 415, 422}),
    "odd charset": (b"story=%E4", "application/x-www-form-urlencoded; charset=latin-1", {400, 422}),
    "empty": (b"", "application/x-www-form-urlencoded", {400, 422}),
}


@pytest.mark.parametrize("shape", BODIES.keys())
def test_odd_bodies_get_a_4xx_and_store_nothing(
    service: Running, visitor: Visitor, shape: str
) -> None:
    body, kind, expected = BODIES[shape]
    before = stored(service)

    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        reply = visitor.post("/ask/all", body, {"Content-Type": kind} if kind else {})
        assert reply.status in expected
    assert stored(service) == before


def _raw(service: Running, request: bytes, *, wait: float = 5.0) -> bytes:
    host = urlsplit(service.base_url)
    with socket.create_connection((host.hostname, host.port), timeout=wait) as connection:
        connection.sendall(request)
        answer = b""
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while chunk := connection.recv(65536):
                answer += chunk
    return answer


CLOSE = b"Connection: close\r\n\r\n"
HERE = b"Host: 127.0.0.1\r\n" + CLOSE
RAW = {
    "1000 headers": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    + b"".join(b"X-%d: y\r\n" % n for n in range(3000))
    + b"\r\n",
    "long line": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "length and chunks": b"POST /ask/all HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
    "bad chunk": b"POST /ask/all HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n" + CLOSE + b"ZZ\r\nxx\r\n0\r\n\r\n",
    "weird host": b'GET /ask HTTP/1.1\r\nHost: evil.example"><b>\r\nConnection: close\r\n\r\n',
    "no host": b"GET /ask HTTP/1.1\r\nConnection: close\r\n\r\n",
    "old protocol": b"GET / HTTP/1.0\r\n\r\n",
    "not http": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\r\n\r\n",
    "two lengths": b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 9\r\n"
    b"Connection: close\r\n\r\na",
    "negative length": b"POST /ask HTTP/1.1\r\nContent-Length: -5\r\n" + HERE,
    "nul in path": b"GET /%00 HTTP/1.1\r\n" + HERE,
    "not utf-8 in path": b"GET /conditions/%ff%fe HTTP/1.1\r\n" + HERE,
    "dots": b"GET /static/../../etc/passwd HTTP/1.1\r\n" + HERE,
    "encoded dots": b"GET /static/%2e%2e/%2e%2e/pyproject.toml HTTP/1.1\r\n" + HERE,
    "unknown method": b"BREW /ask HTTP/1.1\r\n" + HERE,
    "trace": b"TRACE / HTTP/1.1\r\n" + HERE,
}


@pytest.mark.parametrize("shape", RAW.keys())
def test_odd_requests_never_cause_a_server_error(service: Running, shape: str) -> None:
    answer = _raw(service, RAW[shape])

    status = answer.split(b" ", 2)[1:2]
    assert not status or not status[0].startswith(b"5"), answer[:300]
    assert b"root:" not in answer
    assert b"<b>" not in answer.split(b"\r\n\r\n", 1)[-1][:2000] or shape != "weird host"


def test_20_clicks_at_once_are_one_inquiry(service: Running, visitor: Visitor) -> None:
    before, hidden = stored(service), visitor.form()
    replies: list[tuple[int, str]] = []

    def click() -> None:
        reply = Visitor(service.base_url).send(ANA, hidden)
        page = Visitor(service.base_url).get(reply.location).body if reply.status == 303 else ""
        replies.append((reply.status, reference_on(page) if page else ""))

    clicks = [threading.Thread(target=click) for _ in range(20)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert len(replies) == 20
    assert {status for status, _ in replies} == {303}
    assert len({reference for _, reference in replies}) == 1
    assert stored(service) == before + 1


def test_a_foreign_or_broken_token_keeps_every_word(service: Running, visitor: Visitor) -> None:
    before, hidden = stored(service), visitor.form()
    name = max(hidden, key=lambda key: len(hidden[key]))

    for token in ("", "forged", hidden[name][:-4] + "AAAA", "x" * 5000):
        reply = visitor.send(ANA, {**hidden, name: token})
        assert reply.status in {400, 422}
        assert str(ANA["story"]) in html.unescape(reply.body)
    assert stored(service) == before


def test_another_site_cannot_send_in_somebodys_name(service: Running, visitor: Visitor) -> None:
    before = stored(service)
    body = _encoded({**visitor.form(), **ANA})

    replies = [
        visitor.post("/ask/all", body, headers)
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": service.base_url, "Sec-Fetch-Site": "cross-site"},
        )
    ]

    assert [reply.status for reply in replies] == [403, 403]
    assert stored(service) == before


def test_reload_of_the_receipt_shows_it_again_and_stores_nothing(
    service: Running, visitor: Visitor
) -> None:
    reply = visitor.send(ANA, visitor.form())
    before = stored(service)

    pages = [visitor.get(reply.location) for _ in range(3)]

    assert {page.status for page in pages} == {200}
    assert len({reference_on(page.body) for page in pages}) == 1
    assert stored(service) == before


def test_a_honeypot_is_quarantined_with_the_same_receipt(
    service: Running, visitor: Visitor
) -> None:
    page = visitor.get("/ask/all").body
    trap = re.search(r'<input[^>]*name="([a-z_]+)"[^>]*tabindex="-1"', page)
    assert trap

    reply = visitor.send({**ANA, trap[1]: "http://spam.example"}, visitor.form())
    reference = reference_on(visitor.get(reply.location).body)

    with sqlite3.connect(service.data_dir / "intake.db") as database:
        status = database.execute(
            "SELECT status FROM inquiries WHERE reference = ?", (reference,)
        ).fetchone()[0]
    assert (reply.status, status) == (303, "quarantined")


CANARY = "zyxwquokka"


def _shapes(word: str) -> list[bytes]:
    """Every shape in which a word could lie in a file."""
    shapes = [word.encode(), word.upper().encode(), word.encode("utf-16-le"), quote(word).encode()]
    for shift in range(3):
        encoded = base64.b64encode(b" " * shift + word.encode())
        shapes.append(encoded[4:-4])
    return shapes


def test_a_word_put_in_every_field_is_found_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    service = start(folder)
    words = []

    def word(field: str) -> str:
        made = f"{CANARY}{field.replace('_', '')}"
        words.append(made)
        return made

    visitor = service.visitor
    answers = {
        **ANA,
        "asking_for": "other",
        "relationship": "friend",
        "person_knows": "agrees",
        "full_name": word("full_name"),
        "called": word("called"),
        "requester_name": word("requester_name"),
        "conditions": ["other"],
        "condition_other": word("condition_other"),
        "story": word("story"),
        "phone": "+1 305 555 0142 ext 7",
        "email": f"{word('email')}@mail.example.org",
        "language": "other",
        "language_other": word("language_other"),
    }
    visitor.send({**answers, "age_band": ""}, visitor.form())
    reference = visitor.ask(answers)
    visitor.get(f"/no/such/{word('path')}?q={word('query')}")
    time.sleep(2.5)
    service.stop()

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    mail = b"".join(path.read_bytes() for path in files if path.suffix == ".eml")
    found = [
        (path.name, made)
        for path in files
        for made in words
        for shape in _shapes(made)
        # The address a message goes to stands in its envelope; that is what a message is.
        if shape in path.read_bytes() and not (path.suffix == ".eml" and "email" in made)
    ]
    assert f"{reference[:4]}-{reference[4:]}".encode() in mail
    assert b"lupus" not in mail.lower()
    assert found == []


def test_a_locked_database_is_never_a_success_and_loses_no_word(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    service = start(folder)
    visitor = service.visitor
    hidden = visitor.form()
    held = sqlite3.connect(folder / "intake.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")

    reply = visitor.send(ANA, hidden)
    held.execute("ROLLBACK")
    held.close()
    again = visitor.send(ANA, hidden)
    service.stop()

    assert reply.status == 503
    assert "305 555 0100" in reply.body
    assert str(ANA["story"]) in html.unescape(reply.body)
    assert reply.headers.get("retry-after")
    assert again.status == 303


def test_a_full_disk_is_never_a_success_and_heals_by_itself(tmp_path: Path) -> None:
    must_have("a limit on the size of another process's files", hasattr(resource, "prlimit"))
    folder = tmp_path / "data"
    service = start(folder)
    visitor = service.visitor
    hidden = visitor.form()
    full = max(path.stat().st_size for path in folder.glob("intake.db*"))
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))

    refused = [visitor.send(ANA, hidden) for _ in range(3)]
    resource.prlimit(
        service.process.pid,
        resource.RLIMIT_FSIZE,
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY),
    )
    again = visitor.send(ANA, hidden)
    service.stop()

    assert [reply.status for reply in refused] == [503, 503, 503]
    assert str(ANA["story"]) in html.unescape(refused[0].body)
    assert again.status == 303
    assert stored(service) == 1
    with sqlite3.connect(folder / "intake.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def _slow(service: Running, count: int, first: bytes, drip: bytes) -> Callable[[], None]:
    """Open ``count`` sockets that never finish; return what closes them."""
    host = urlsplit(service.base_url)
    sockets = [socket.create_connection((host.hostname, host.port)) for _ in range(count)]
    for one in sockets:
        one.sendall(first)
        one.sendall(drip)

    def close() -> None:
        for one in sockets:
            one.close()

    return close


@pytest.mark.parametrize(
    ("first", "drip"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-a: b\r\n"),
        (b"POST /ask/all HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", b"story=slow"),
    ],
    ids=["slow headers", "slow body"],
)
def test_150_slow_sockets_hold_nobody_up(service: Running, first: bytes, drip: bytes) -> None:
    close = _slow(service, 150, first, drip)
    try:
        reference = Visitor(service.base_url, timeout=10).ask(ANA)
    finally:
        close()

    assert reference


def test_health_answers_are_small_and_say_nothing_personal(visitor: Visitor) -> None:
    health, ready = visitor.get("/healthz"), visitor.get("/readyz")

    assert health.status == 200
    assert ready.status in {200, 503}
    assert "@" not in ready.body
    json.loads(ready.body)
