import pytest

from intake.pages.citations import Citations
from intake.pages.prose import render, split_sections, text_faults
from tests.pages.a_page import WORDS
from tests.pages.test_citations import SOURCES


def _render(markdown: str, **words: str) -> str:
    return render(markdown, Citations(SOURCES), WORDS | words, "en")


def _faults(markdown: str) -> list[tuple[int, str]]:
    return list(text_faults(markdown, Citations(SOURCES)))


@pytest.mark.parametrize(
    "raw", ["<script>alert(1)</script>", "<b onclick='x()'>x</b>", "<img src=x onerror=x()>"]
)
def test_raw_html_shows_as_text(raw: str) -> None:
    made = _render(f"Before {raw} after")

    assert "<p>Before &lt;" in made
    assert made.count("<") == 2


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_links_that_run_something_are_refused(address: str) -> None:
    assert "href" not in _render(f"[look]({address})")


@pytest.mark.parametrize("address", ["/emergency", "https://institute.example", "tel:911"])
def test_ordinary_links_stand(address: str) -> None:
    assert f'<a href="{address}">look</a>' in _render(f"[look]({address})")


def test_an_image_from_elsewhere_never_loads() -> None:
    assert "<img" not in _render("![x](https://tracker.example/x.png)")


def test_a_citation_is_a_numbered_link_that_can_be_linked_back_to() -> None:
    assert _render("One. [R11][R2]") == (
        '<p>One.<sup class="cite">\u2060<a id="cite-R11-1" href="#source-1" '
        'aria-label="Source [1]">[1]</a></sup><sup class="cite">\u2060<a id="cite-R2-1" '
        'href="#source-2" aria-label="Source [2]">[2]</a></sup></p>\n'
    )


def test_a_citation_is_named_in_the_language_of_the_page() -> None:
    made = render("Uno. [R11]", Citations(SOURCES), WORDS, "es")

    assert 'aria-label="Fuente [1]"' in made


def test_an_english_name_on_a_spanish_page_says_its_language() -> None:
    markdown = "La National MS Society y [una lista](https://institute.example/DMARD)."

    spanish = render(markdown, Citations(SOURCES), WORDS, "es")

    assert '<span lang="en">National MS Society</span> y' in spanish
    assert 'href="https://institute.example/DMARD"' in spanish
    assert "<span" not in render(markdown, Citations(SOURCES), WORDS, "en")


def test_the_clinics_words_are_put_in_as_text() -> None:
    made = _render("At {clinic}", clinic="A *bold* <b>clinic</b> [R11](javascript:x)")

    assert made == ("<p>At A *bold* &lt;b&gt;clinic&lt;/b&gt; [R11](javascript:x)</p>\n")


def test_a_phone_number_and_an_address_can_be_tapped() -> None:
    made = _render("{phone} or {email}", phone="+1 (305) 555-0123")

    assert '<a href="tel:+13055550123">+1 (305) 555-0123</a>' in made
    assert '<a href="mailto:ask@clinic.example">ask@clinic.example</a>' in made


def test_a_line_about_what_the_clinic_lacks_is_left_out() -> None:
    made = _render("- Phone: {phone}\n- Text phone: {tty}\n- Mail: {address}", tty="")

    assert "Text phone" not in made
    assert made.count("<li>") == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Fine.\nNot fine. [R999]", "[R999] is not in sources.toml"),
        ("Fine.\nNot fine. [R11, R12]", "[R11, R12] is not a citation"),
        ("Fine.\nNot fine. [r11]", "[r11] is not a citation"),
        ("Fine.\nCall {fax}", "{fax} is not a placeholder"),
        ("Fine.\nIt works [U].", "the work mark [U]"),
    ],
)
def test_what_cannot_go_out_is_named_with_its_line(text: str, words: str) -> None:
    (fault,) = _faults(text)

    assert fault[0] == 1
    assert words in fault[1]


def test_sections_carry_their_ids_and_lines() -> None:
    parts, faults = split_sections("## One {#one}\n\nText\n## Two {#two}\nMore\n### Small\n", 10)

    assert faults == ()
    assert [(part.id, part.heading, part.line) for part in parts] == [
        ("one", "One", 11),
        ("two", "Two", 14),
    ]
    assert "### Small" in parts[1].markdown


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("## No id\n\nText", 5),
        ("## One {#one}\n\n# A second title", 7),
        ("## One {#one}\n\n## Again {#one}", 7),
        ("Too early\n## One {#one}", 5),
    ],
)
def test_a_wrong_heading_is_named_with_its_line(body: str, line: int) -> None:
    (fault, *_) = split_sections(body, 5)[1]

    assert fault[0] == line
