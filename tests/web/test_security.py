"""What every answer carries and what no request gets past."""

import json
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from intake.bootstrap import Intake
from intake.errors import Misconfigured
from intake.settings import load_settings
from intake.web.app import create_app
from intake.web.security import own_place

FORM = "application/x-www-form-urlencoded"
PHONE = "+1 305 555 0100"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
EVERYWHERE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), payment=(), usb=()"
    ),
}


def style_sheet(client: FlaskClient) -> str:
    page = client.get("/").get_data(as_text=True)
    return page.partition('rel="stylesheet" href="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("address", "status", "kept"),
    [
        ("/", 200, "public, no-cache"),
        ("/es/conditions/lupus", 200, "public, no-cache"),
        ("/robots.txt", 200, "public, no-cache"),
        ("style sheet", 200, "public, max-age=31536000, immutable"),
        ("/es", 308, "no-store"),
        ("/healthz", 200, "no-store"),
        ("/readyz", 200, "no-store"),
        ("/nothing-here", 404, "no-store"),
        ("/static/css/site.css", 404, "no-store"),
    ],
)
def test_every_kind_of_answer_carries_the_headers(
    client: FlaskClient, address: str, status: int, kept: str
) -> None:
    answer = client.get(style_sheet(client) if address == "style sheet" else address)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert answer.headers["Cache-Control"] == kept
    assert "Strict-Transport-Security" not in answer.headers
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_has_not_changed_carries_the_headers_too(client: FlaskClient) -> None:
    etag = client.get("/").headers["ETag"]

    answer = client.get("/", headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE


def test_https_is_demanded_where_the_service_is_on_https(secure_client: FlaskClient) -> None:
    demanded = secure_client.get("/").headers["Strict-Transport-Security"]

    assert demanded == "max-age=63072000; includeSubDomains"
    assert secure_client.application.config["SESSION_COOKIE_NAME"] == "__Host-session"
    assert secure_client.application.config["SESSION_COOKIE_SECURE"] is True


def test_cookies_have_plain_names_on_a_loopback_address(client: FlaskClient) -> None:
    assert client.application.config["SESSION_COOKIE_NAME"] == "session"
    assert client.application.config["SESSION_COOKIE_SECURE"] is False


def test_staff_answers_demand_trusted_types(client: FlaskClient) -> None:
    policy = client.get("/staff/nothing-here").headers["Content-Security-Policy"]

    assert policy == f"{POLICY}; connect-src 'self'; require-trusted-types-for 'script'"


@pytest.mark.parametrize("host", ["evil.example", "evil.example@x", "[::1", "a b", ""])
@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/es", "/es/"),
        ("/es?about=lupus", "/es/?about=lupus"),
        ("/staff//inquiries", "/staff/inquiries"),
        ("/staff/", "/staff/login?next=/staff/"),
    ],
)
def test_no_redirect_believes_the_host_header(
    client: FlaskClient, address: str, place: str, host: str
) -> None:
    answer = client.get(address, headers={"Host": host})

    assert answer.headers["Location"] == place


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example//evil.example",
        "https:///evil.example",
        "/\t/evil.example",
    ],
)
def test_no_redirect_leads_to_another_site(elsewhere: str) -> None:
    place = own_place(elsewhere)

    assert place.startswith("/")
    assert place[1:2] not in {"/", "\\", "\t"}


@pytest.mark.parametrize(
    ("body", "mimetype", "status"),
    [
        (b"name=" + b"a" * 262_144, FORM, 413),
        (b"name=" + b"a" * 210_000, FORM, 413),
        (b"name=" + b"%61" * 100_000, FORM, 413),
        (b"&".join(b"f%d=1" % n for n in range(201)), FORM, 400),
        (b"email=%ED%A0%BD@example.com", FORM, 400),
        (b"name=\xff", FORM, 400),
        (b"name=%C3&other=%A9", FORM, 400),
        (b'{"name": "x"}', "application/json", 415),
        (b"<a/>", "application/xml", 415),
        (b"name=Ana", "text/plain", 415),
    ],
)
def test_a_body_that_cannot_be_right_is_refused_before_any_view(
    client: FlaskClient, body: bytes, mimetype: str, status: int
) -> None:
    answer = client.post("/conditions", data=body, content_type=mimetype)

    assert answer.status_code == status
    assert PHONE in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "body", [b"name=Ana+D%C3%ADaz", "name=李&other=ñ".encode(), b"", b"name=100%+sure"]
)
def test_text_of_every_script_gets_past_the_checks(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/conditions", data=body, content_type=FORM)

    assert answer.status_code == 405  # the page takes no POST: the body was not what stopped it


def test_two_hundred_fields_are_not_too_many(client: FlaskClient) -> None:
    body = b"&".join(b"f%d=1" % n for n in range(200))

    assert client.post("/conditions", data=body, content_type=FORM).status_code == 405


def multipart(part: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; " + part + b"\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("part", "status"),
    [
        (b'name="story"\r\n\r\nHello', 405),
        (b'name="record"; filename="scan.pdf"\r\n\r\nHello', 400),
        (b'name="record"; filename=""\r\n\r\n', 400),
        (b'name="story"\r\n\r\n\xff\xfe', 400),
    ],
)
def test_no_file_is_taken(client: FlaskClient, part: bytes, status: int) -> None:
    answer = client.post(
        "/conditions", data=multipart(part), content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == status


def test_a_hundred_and_one_parts_are_too_many(client: FlaskClient) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'

    answer = client.post(
        "/conditions",
        data=part * 101 + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code == 413


class BrokenBody:
    """A chunked body whose sender goes away."""

    def read(self, _size: int = -1) -> bytes:
        raise OSError("chunk is broken")

    readline = read


def test_a_broken_chunked_body_is_the_senders_fault(client: FlaskClient) -> None:
    answer = client.post(
        "/conditions",
        content_type=FORM,
        environ_overrides={
            "wsgi.input": BrokenBody(),
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
            "CONTENT_LENGTH": "",
        },
    )

    assert answer.status_code == 400
    assert PHONE in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 405),
        ({"Sec-Fetch-Site": "same-origin"}, 405),
        ({"Sec-Fetch-Site": "none"}, 405),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 405),
        ({"Origin": "null"}, 405),
        ({"Origin": "http://127.0.0.1:8000"}, 405),
        ({"Origin": "http://localhost"}, 405),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://127.0.0.1:8000.elsewhere.example"}, 403),
    ],
)
def test_a_post_from_another_site_is_refused(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert client.post("/conditions", data={"a": "b"}, headers=headers).status_code == status


def test_an_address_that_posts_too_often_is_braked_but_never_the_form(
    intake: Intake, client: FlaskClient
) -> None:
    limit = intake.settings.limits.other_posts_per_minute
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}

    def post(path: str) -> int:
        return client.post(path, environ_base=elsewhere).status_code

    staff = [post("/staff/login") for _ in range(limit + 2)]

    assert 429 not in staff[:limit]
    assert staff[limit:] == [429, 429]
    assert post("/ask") == 422
    assert client.post("/staff/login").status_code != 429


SITES = ("https://www.clinic.example", "https://clinic.example:8443")


@pytest.mark.parametrize(
    ("address", "framed"),
    [
        ("/", True),
        ("/es/ask", True),
        ("/ask/all", True),
        ("/withdraw", False),
        ("/s/made-up", False),
        ("/staff/login", False),
        ("/no-such-page", False),
    ],
)
def test_only_listed_sites_may_frame_and_only_the_public_pages(
    intake: Intake, address: str, framed: bool
) -> None:
    form = intake.settings.form.model_copy(update={"framed_by": SITES})
    settings = intake.settings.model_copy(update={"form": form})
    client = create_app(replace(intake, settings=settings)).test_client()

    policy = client.get(address).headers["Content-Security-Policy"]

    assert policy.count("frame-ancestors") == 1
    wanted = " ".join(SITES) if framed else "'none'"
    assert f"frame-ancestors {wanted}" in policy


@pytest.mark.parametrize(
    "origin",
    [
        "https://www.clinic.example/",
        "http://www.clinic.example",
        "https://*.clinic.example",
        "*",
        "'self'",
        "https://a.example; script-src *",
        "www.clinic.example",
    ],
)
def test_what_is_no_single_site_is_refused(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("INTAKE_FORM__FRAMED_BY", json.dumps([origin]))

    with pytest.raises(Misconfigured, match=r"form\.framed_by has .* write the address of a site"):
        load_settings()
