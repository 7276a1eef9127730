"""Made-up pages for the tests: one whole page as text, and a folder of them in two languages."""

from pathlib import Path

from intake.pages.catalog import CONTENT, Catalog

WORDS = {
    "clinic": "Harbor Example Clinic",
    "phone": "305-555-0123",
    "tty": "711",
    "email": "ask@clinic.example",
    "address": "1 Example Street",
    "hours": "Monday to Friday, 9 am to 5 pm",
    "reply_time": "1 business day",
    "retention": "12 months",
    "processors": "",
}
BOTH = {"en": WORDS, "es": WORDS}

CONDITION = """+++
title = "Lupus"
description = "What lupus is."
kind = "condition"
group = "autoimmune"
in_short = "The immune system attacks the body."
honest_line = "Research goes on."
written_on = 2026-11-22
facts_checked_on = 2026-11-22
next_review_on = 2027-05-22
about_treatment = true

[review]
reviewed_by = ""
credentials = ""
reviewed_on = ""

[emergency]
call_911 = ["crushing chest pain"]
call_doctor_today = ["you have a fever"]
signed_off_by = ""
sources = ["R32"]

[[approach]]
name = "MSC infusion"
cell_kind = "msc"
evidence = "no-benefit"
approval = "fda_no"
text = "A trial of 18 people was stopped. [R11]"
numbers = [{ heading = "Remission", who = "with cells", count = 9, of = 12 }]
+++
## What it is {#what}

The immune system attacks the body. [R30a]

## Usual care {#usual-care}

Drugs and regular checks. [R30b][R30a]
"""

GENERAL = """+++
title = "Stem cells"
description = "What they are."
kind = "general"
written_on = 2026-11-22
facts_checked_on = 2026-11-22
next_review_on = 2027-05-22
about_treatment = true

[review]
reviewed_by = ""
credentials = ""
reviewed_on = ""
+++
## What it is {#what}

BODY
"""


def line_of(text: str, beginning: str) -> int:
    """Return the number of the first line that starts like this."""
    rows = text.splitlines()
    return next(n for n, row in enumerate(rows, start=1) if row.startswith(beginning))


def content(folder: Path, **pages: str) -> Path:
    """Write pages as ``en_lupus="..."`` with the real source list; return the content folder."""
    root = folder / "content"
    for language in ("en", "es"):
        (root / language).mkdir(parents=True, exist_ok=True)
    (root / "sources.toml").write_bytes((CONTENT / "sources.toml").read_bytes())
    for name, text in pages.items():
        language, _, slug = name.partition("_")
        (root / language / f"{slug.replace('_', '-')}.md").write_text(text, "utf-8")
    return root


def catalog_of(folder: Path, text: str) -> Catalog:
    """Load one page, the same text in both languages."""
    return Catalog.load(content(folder, en_lupus=text, es_lupus=text), BOTH)
