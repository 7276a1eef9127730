"""Made-up values for every component in every state, shared by the style page and the tests.

Nobody here exists. What a component needs is documented on the component; what changes its needs
breaks the style page, and the test of the templates with it.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType, SimpleNamespace
from typing import Any

from intake.web.fields import FieldView

YES_NO = (("yes", "Yes", ""), ("no", "No", "Only if you want"))
SAFETY = FieldView("safety", "radios", "Do any of these apply?", choices=YES_NO, is_heading=False)
WHO = FieldView("asking_for", "radios", "Who are you asking for?", choices=YES_NO, is_heading=True)
WAYS = FieldView(
    "contact_by",
    "boxes",
    "How should we contact you?",
    choices=(("call", "Phone call", ""), ("email", "Email", "")),
    value=["call"],
    error="Select how we should contact you",
)
PHONE = FieldView(
    "phone",
    "tel",
    "Phone number",
    hint="Include the country code",
    error="Enter a phone number",
    autocomplete="tel",
    shown_if="contact_by=call,text",
    width="short",
)
EMAIL = FieldView(
    "email", "email", "Email address", optional=True, note="Did you mean a@b.example?"
)
STORY = FieldView(
    "story", "area", "What would you like to ask?", max_length=1500, counter=True, value="<b>Hi</b>"
)
COUNTRY = FieldView(
    "country", "select", "Country", reason="Rules differ", choices=YES_NO, value="no"
)
PERMISSION = FieldView(
    "perm_health", "box", "I agree", error="Tick the box", link=("/privacy", "How we use it")
)
CODE = FieldView("code", "code", "Your 6-digit code", inputmode="numeric")
PASSWORD = FieldView("password", "password", "Password", autocomplete="current-password")
ALL_FIELDS = [WAYS, PHONE, EMAIL, STORY, COUNTRY, PERMISSION, CODE, PASSWORD]
PROBLEMS = [(f"#{f.id}", f.error) for f in ALL_FIELDS if f.error]

MARKS = (
    *("dot", "half", "ring", "bar", "dash", "late", "paused", "tick", "cross", "warning", "info"),
    *("back", "phone", "hospital"),
)
PANELS = ("information", "caution", "done", "error", "note")
EVIDENCE = ("standard", "specialist", "early", "no-benefit", "none")
APPROVALS = ("fda_yes", "fda_narrow", "fda_no", "fda_na")
STATES = (("ok", "Working"), ("soon", "Slow"), ("bad", "Failing"), ("idle", "Off"))
DUE = tuple(
    SimpleNamespace(words=words, state=state, at=at)
    for state, words, at in (
        ("on_time", "Due in 5 h", "Mon, Nov 23, 5 pm"),
        ("soon", "Due in 25 min", "Mon, Nov 23, 12:25 pm"),
        ("late", "40 min late", "Mon, Nov 23, 11:20 am"),
        ("paused", "Paused", ""),
        ("none", "No promise", ""),
    )
)
NUMBERS = (
    {"heading": "Went into remission", "who": "with cells", "count": 9, "of": 12},
    {"heading": "Went into remission", "who": "with placebo", "count": 5, "of": 6},
)
APPROACH = SimpleNamespace(
    name="Made-up cells for a made-up condition",
    evidence="early",
    approval="fda_no",
    html="<p>What a study of this kind would say, in a sentence or two.</p>",
    numbers=NUMBERS,
)
SOURCES = (
    SimpleNamespace(
        number=1,
        title="A made-up study",
        publisher="A made-up journal",
        year="2026",
        url="",
        mentions=("cards",),
    ),
)
TABLE: Mapping[str, Any] = MappingProxyType(
    {
        "heads": [("Message", ""), ("State", ""), ("Tries", "number"), ("To do", "")],
        "rows": [
            [
                {"words": "K7QF-29MD", "url": "#tables"},
                {"words": "Working", "state": "ok"},
                3,
                {"several": [{"words": "Open", "url": "#tables"}, "or wait"]},
            ],
            ["P4WD-73XC", {"words": "Refused", "state": "bad"}, 12, ""],
        ],
    }
)
BARS = (
    {"words": "Under 4 hours", "value": "12", "width": 100},
    {"words": "4 to 8 hours", "value": "6", "width": 50},
    {"words": "Over 8 hours", "value": "under 5", "width": ""},
)
COLUMNS = tuple(
    {
        "words": f"Nov {day}",
        "count": count,
        "x": number * 20,
        "width": 16,
        "height": count * 8,
    }
    for number, (day, count) in enumerate(((16, 4), (17, 9), (18, 6), (19, 11), (20, 7)))
)
ANSWERS = tuple(
    SimpleNamespace(label=label, value=value, change_url="#answers", long=False, problem=False)
    for label, value in (
        ("Name", "Ana Díaz"),
        ("Contact by", ["Phone call", "Email"]),
        ("Question", ""),
    )
)
TRACK = (
    ("Received", "Mon, Nov 23, 2:10 pm", "done"),
    ("First contact", "", "now"),
    ("Closed", "", "later"),
)
TIMELINE = (
    ("is-attempt", "Called: no answer", "4:05 pm · Rosa Soto"),
    ("is-note", "Note", "2:20 pm · Rosa Soto · internal"),
    ("", "Received by the web form", "2:10 pm"),
)
EVERYTHING: Mapping[str, Any] = MappingProxyType(
    {
        "marks": MARKS,
        "panels": PANELS,
        "evidence": EVIDENCE,
        "approvals": APPROVALS,
        "states": STATES,
        "due": DUE,
        "approach": APPROACH,
        "sources": SOURCES,
        "safety": SAFETY,
        "fields": [*ALL_FIELDS, FieldView("when", "datetime", "When")],
        "problems": PROBLEMS,
        "table": TABLE,
        "bar_rows": BARS,
        "column_values": COLUMNS,
        "rows": ANSWERS,
        "track": TRACK,
        "timeline": TIMELINE,
        "law": tuple(
            SimpleNamespace(
                text="The words that a law prescribes.",
                spanish="",
                place=place,
                version=1,
                is_confirmed=by != "",
                confirmed_by=by,
                confirmed_on=date(2026, 11, 22),
            )
            for place, by in (("Made-up state", "NAME"), ("Another made-up state", ""))
        ),
        "places": (("FL", "Florida"), ("UT", "Utah")),
        "asking": SimpleNamespace(options="{}", elsewhere="", sealed=""),
        "signs": ("a sign that cannot wait", "another one"),
    }
)
