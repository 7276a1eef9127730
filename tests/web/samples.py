"""Made-up contexts for every template that another room's view fills: what each documents on top.

Kept beside the tests, so that a template that changes its needs fails here, before a person.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from intake.web.dashboard.style_samples import (
    ALL_FIELDS,
    CODE,
    PHONE,
    PROBLEMS,
    SAFETY,
    WAYS,
    WHO,
    YES_NO,
)
from intake.web.fields import FieldView

Context = Mapping[str, Any]
HIDDEN = {"csrf_token": "made-up", "submission_key": "made-up"}


def row(label: str, value: object, **changes: object) -> SimpleNamespace:
    plain = {"change_url": "/ask/who", "long": False, "problem": False}
    return SimpleNamespace(**{"label": label, "value": value, **plain, **changes})


GROUPS = [
    ("About you", [row("Name", "Ana Díaz"), row("Ways", ["Call", "Email"]), row("Other", "")]),
    ("What you ask", [row("Question", "One\n\nTwo", long=True), row("State", "?", problem=True)]),
]
ASK: Context = {
    "title": "How to reach you",
    "problems": [],
    "back_url": "/ask",
    "action": "/ask/contact",
    "clear_url": "/ask/clear",
    "hidden": HIDDEN,
    "trap": "website",
    "minutes": 60,
    "challenge_url": "",
}
CALCULATES = {"challenge_url": "/ask/challenge"}
HINTS = [("#f-asking_for", "Did you mean ana@gmail.com?")]
STEP: Context = {
    **ASK,
    "hints": [],
    "number": 5,
    "total": 7,
    "intro": "",
    "line": "",
}
DUE = SimpleNamespace(words="Due in 25 min", state="soon", at="Mon, Nov 23, 5 pm")
RECEIPT: Context = {
    **ASK,
    "title": "We received your inquiry",
    "back_url": "",
    "reference": "K7QF-29MD",
    "already": True,
    "code": "481 302",
    "status_url": "/s/made-up",
    "link": "https://intake.clinic.example/s/made-up",
    "by": "phone call",
    "due": "Tue, Nov 24, 5 pm",
    "waiting": "In the last 30 days, 9 of 10 people heard from us within 2 days.",
    "has_email": False,
    "groups": GROUPS,
    "printed_on": "November 23, 2026",
}
STATUS: Context = {
    "title": "Your inquiry",
    "problems": [],
    "reference": "K7QF-29MD",
    "sentence": "We received your inquiry.",
    "late": "We are late.",
    "track": [("Received", "Mon", "done"), ("In review", "", "now"), ("Closed", "", "later")],
    "code": CODE,
    "code_action": "/s/made-up/code",
    "send_action": "/s/made-up/code-by-mail",
    "close_action": "/s/made-up/closing",
    "is_open": False,
    "told": "",
    "done": "",
    "refusal": "",
    "hidden": HIDDEN,
    "details": None,
    "actions": [("/s/made-up/contact", "Change how we contact you")],
    "withdraw_url": "/withdraw",
}
DETAILS = SimpleNamespace(
    outcome="Your consultation took place.",
    is_over=False,
    elsewhere="",
    needs="We need the name of your doctor.",
    booked="Consultation booked: Tue, Nov 24, 5 pm ET",
    permissions=[("Calls", True), ("Texts", False)],
    messages=[("The clinic", True, "Mon", "Hello"), ("You", False, "Tue", "<b>Hello</b>")],
    opened=[("Mon, Nov 23, 4:05 pm", "Coordinator")],
    groups=GROUPS,
    write=FieldView("text", "area", "Your answer", max_length=2000, counter=True),
    write_action="/s/made-up/messages",
    form_key="k",
)
OPENED_PAGE: Context = {
    **STATUS,
    "code": None,
    "is_open": True,
    "details": DETAILS,
    "actions": [("/s/made-up/corrections", "Correct what you sent")],
}
EMPTY = SimpleNamespace(
    **{
        **vars(DETAILS),
        **dict.fromkeys(("outcome", "needs", "booked"), ""),
        **{name: [] for name in ("permissions", "messages", "opened", "groups")},
        "write": None,
        "is_over": True,
    }
)
JOINED = SimpleNamespace(
    **{
        **vars(DETAILS),
        "outcome": "We joined this with another inquiry of yours.",
        "elsewhere": "Our messages stand on the page of that one.",
        "needs": "",
        "messages": [],
    }
)
CHANGE: Context = {
    "title": "Correct what you sent",
    "intro": "Change what is wrong.",
    "problems": PROBLEMS[:1],
    "back_url": "/s/made-up",
    "fields": ALL_FIELDS,
    "hidden": HIDDEN,
    "button": "Save",
}
CODE_PAGE: Context = {
    "title": "Your inquiry",
    "problems": [("#f-code", "That code does not open this page.")],
    "code": CODE,
    "hidden": [],
    "told": "If you chose email or texts, we have sent you a code.",
    "action": "code",
    "other_language": SimpleNamespace(code="es", name="Español", url="/es/"),
}
DESK: Context = {
    "title": "Inquiries",
    "member": SimpleNamespace(name="Rosa Soto", role="Coordinator"),
    "section": "inquiries",
    "nav": [("/staff/inquiries", "Inquiries", "inquiries"), ("/staff/deliveries", "More", "d")],
    "manage": [("/staff/members", "Members", "members"), ("/staff/endpoints", "Webhooks", "e")],
    "own": [("/staff/account", "My account", "account")],
    "warnings": ["The Florida notice has not been confirmed by a person."],
    "alarms": SimpleNamespace(
        lines=[
            SimpleNamespace(
                sentence="K7QF-29MD is urgent, and nobody has opened it yet.",
                url="/staff/inquiries",
                dismiss_action="/staff/alarms/1/dismissal",
            ),
            SimpleNamespace(sentence="A message was not delivered.", url="", dismiss_action=""),
        ],
        folded=[
            SimpleNamespace(
                sentence="J4RT-22BC is urgent, and nobody has opened it yet.",
                url="/staff/inquiries",
                dismiss_action="/staff/alarms/2/dismissal",
            ),
        ],
        note="There is no second channel.",
        folded_words="And 1 more",
    ),
    "single_keys": True,
    "list_url": "/staff/inquiries",
    "search_action": "/staff/search",
    "sign_out_action": "/staff/sign-out",
    "hidden": {"csrf_token": "made-up"},
}
VIEW = SimpleNamespace(
    url="/staff/inquiries",
    words="Needs first reply",
    count="1,000+",
    key="f",
    is_current=True,
    is_own=False,
    public_id="",
)
OWN_VIEW = SimpleNamespace(
    url="/staff/inquiries?saved=made-up",
    words="My view",
    count="12+",
    key="1",
    is_current=True,
    is_own=True,
    public_id="made-up",
)
FILTERS: Context = {
    "is_open": True,
    "view": "open",
    "found": "sealed",
    "statuses": [("new", "New")],
    "owners": [("me", "Me")],
    "languages": [("en", "English")],
    "states": [("FL", "Florida")],
    "conditions": [("lupus", "Lupus")],
    "status": "new",
    "owner": "",
    "language": "",
    "urgent": "1",
    "from_day": "2026-11-01",
    "to_day": "",
    "state": "FL",
    "condition": "lupus",
}
BULK: Context = {
    "kept": {"view": "open"},
    "members": [("made-up", "Rosa Soto")],
    "snoozes": [("2026-11-24T09:00-05:00", "Tomorrow: Nov 24, 9:00 am")],
    "spam": [("nonsense", "Nonsense")],
}
OUTCOME = SimpleNamespace(
    lines=["2 inquiries are assigned."],
    refused=[("K7QF-29MD", "somebody changed it meanwhile")],
    undo="sealed",
)
QUEUE: Context = {
    **DESK,
    "heading": "Needs first reply",
    "tag": "0123456789abcdef",
    "views": [VIEW, OWN_VIEW],
    "filters": FILTERS,
    "bulk": BULK,
    "outcome": OUTCOME,
    "rows": [
        SimpleNamespace(
            key="K7QF29MD",
            choice="K7QF29MD.1",
            url="/staff/inquiries/K7QF-29MD?view=first_reply",
            glass_url="",
            reference="K7QF-29MD",
            name="Ana D.",
            language="Spanish",
            due=DUE,
            status="Trying to reach them",
            next_action="Call 1 of 3, now",
            channel="Phone",
            assignee="nobody",
            badges=[("Urgent", "stop"), ("1 likely duplicate", "note")],
        )
    ],
    "empty": "",
    "newer_url": "",
    "older_url": "/staff/inquiries/after/1",
    "found": "1 inquiry",
    "result_of": "ana",
}
BUTTON = {
    "action": "/staff/deliveries/made-up/replay",
    "words": "Try again",
    "about": "K7QF-29MD",
    "hidden": {"csrf_token": "made-up"},
}
OK = {"words": "Working", "state": "ok"}
OPENED = {"url": "/staff/inquiries/K7QF-29MD", "words": "K7QF-29MD"}
MESSAGE = {"url": "/staff/deliveries/made-up", "words": "Confirmation"}
DELIVERIES: Context = {
    **DESK,
    "summary": "Every inquiry is stored.",
    "summary_kind": "done",
    "checked": "10:41 am",
    "zone": "America/New_York",
    "tag": "0123456789abcdef",
    "outbox": "Outbox: 3 waiting · 2 stopped",
    "channels": [["Email", OK, 3, 41, 1, "none", "2 min ago"]],
    "needs_person": [[OPENED, MESSAGE, "Email", "Refused", "4 pm", {"several": [BUTTON, BUTTON]}]],
    "waiting": [[OPENED, MESSAGE, "Email", OK, 2, "", "4 pm"]],
    "workers": [["host:1", OK, "4 pm", "just now", 0, "0.1.0"]],
    "checks": [["Receipts shown are stored", OK, "All 3.", "1 h ago"]],
    "mail": [["SPF", OK, "No record.", 'clinic.example  TXT "v=spf1 ~all"']],
    "mail_checked": "4 pm",
    "returned": [[OPENED, MESSAGE, "The person", "4 pm", "5 pm"]],
    "replayable": [("email", "Email")],
}
DELIVERY: Context = {
    **DESK,
    "back_url": "/staff/deliveries",
    "words": "Confirmation",
    "state": OK,
    "inquiry": OPENED,
    "facts": [("Channel", "Email"), ("Why", "nothing went wrong")],
    "buttons": [BUTTON],
    "tries": [["1", "4 pm", "0.5 s", OK, "", "250"]],
}

CALL: Context = {
    **DESK,
    "problems": [],
    "alert": "",
    "action": "/staff/inquiries/new",
    "form_hidden": {"form_token": "made-up", "say": "es"},
    "spoken": "es",
    "spoken_name": "Spanish",
    "other": "en",
    "other_name": "English",
    "other_url": "/staff/inquiries/new?say=en",
    "opening": ["Hola."],
    "call_911": "Cuelgue y llame al 911.",
    "parts": [
        {
            "slug": "contact",
            "heading": "How to reach you",
            "say": ["Por si se corta."],
            "signs": ["dolor de pecho"],
            "lines": [
                {"field": one, "say": ["¿Cómo?"], "wording": ["Palabra por palabra."]}
                for one in (WAYS, PHONE)
            ],
        }
    ],
    "agreed": FieldView("agreed", "radios", "How did the call end?", choices=YES_NO),
}
SAVED: Context = {
    **DESK,
    "spoken": "es",
    "reference": "K7QF-29MD",
    "groups": [{"written": "K7QF", "said": ["K de kilo"]}, {"written": "29MD", "said": ["dos"]}],
    "before": ["Anótelo."],
    "after": ["Esperamos contactarle."],
    "notice": "",
    "inquiry_url": "/staff/inquiries/K7QF-29MD",
    "next_url": "/staff/inquiries/new",
}
CHECK: Context = {
    **DESK,
    "heading": "Check who is calling",
    "reference": "K7QF-29MD",
    "back_url": "/staff/inquiries/K7QF-29MD",
    "action": "/staff/inquiries/K7QF-29MD/caller-check",
    "problems": [],
    "panel_of": SimpleNamespace(
        holds=False, words="", may_say=["Say no more."], say=[[("en", "Please.")]], when=""
    ),
    "fields": [FieldView("way", "radios", "How did you check?", choices=YES_NO)],
    "minutes": 30,
}
SENDING: Context = {
    **DESK,
    "reference": "K7QF-29MD",
    "name": "Ana D.",
    "spoken": "Spanish",
    "is_mailed": True,
    "text": "<b>Hello</b>\nAna",
    "action": "/staff/inquiries/K7QF29MD/messages",
    "back_url": "/staff/inquiries/K7QF29MD#do",
    "typed": {"body": "Hello", "version": "1", "form_key": "k"},
}
NEW_CODE: Context = {
    **DESK,
    "reference": "K7QF-29MD",
    "code": "481 302",
    "back_url": "/staff/inquiries/K7QF29MD#caller",
}
PAIR: Context = {
    **DESK,
    "back_url": "/staff/inquiries/K7QF-29MD",
    "references": ("K7QF-29MD", "P4WD-73XC"),
    "urls": ["/staff/inquiries/K7QF-29MD", "/staff/inquiries/P4WD-73XC"],
    "facts": [["Status", "New", "Closed"]],
    "groups": [("About", [["Name", "Ana", "Ana", {"words": "Same", "state": "ok"}]])],
    "holds": "",
    "undo_words": "",
    "actions": {
        noun: f"/staff/made-up/{noun}"
        for noun in ("link_inquiries", "tell_apart", "merge_inquiries", "take_apart")
    },
    "merges": [{"kept": "K7QF-29MD", "ended": "P4WD-73XC", "kept_version": 1, "ended_version": 2}],
    "may_join": True,
}

# Template, context; a name may come more than once, in its different states.
SAMPLES: list[tuple[str, Context]] = [
    (
        "site/ask_start.html",
        {**ASK, "safety": SAFETY, "show_emergency": False, "waiting": "", "notices": ()},
    ),
    ("site/ask_step.html", {**STEP, "fields": ALL_FIELDS, "problems": PROBLEMS}),
    ("site/ask_step.html", {**STEP, "fields": [WHO], "line": "You can still ask.", "hints": HINTS}),
    ("site/ask_all.html", {**ASK, "groups": [("All", ALL_FIELDS)], "notices": ()}),
    ("site/ask_check.html", {**ASK, "groups": GROUPS, "notices": ()}),
    ("site/ask_all.html", {**ASK, **CALCULATES, "groups": [("All", ALL_FIELDS)], "notices": ()}),
    ("site/ask_check.html", {**ASK, **CALCULATES, "groups": GROUPS, "notices": ()}),
    ("site/ask_under18.html", {**ASK, "change_url": "/ask/about#f-age_band"}),
    ("site/ask_under18.html", {**ASK, "change_url": ""}),
    ("site/ask_emergency.html", {**ASK, "next_url": "/ask/who", "alert": "We kept your answers."}),
    (
        "site/already_sent.html",
        {
            **ASK,
            "reference": "K7QF-29MD",
            "receipt_url": "/ask/received/made-up",
            "start_url": "/ask",
        },
    ),
    ("site/cleared.html", {**ASK, "sentence": "Nothing was sent.", "start_url": "/ask"}),
    ("site/received.html", RECEIPT),
    ("status/status.html", STATUS),
    ("status/status.html", OPENED_PAGE),
    ("status/status.html", {**OPENED_PAGE, "details": EMPTY, "told": "Not sent.", "actions": []}),
    ("status/status.html", {**OPENED_PAGE, "details": None, "done": "We have your message."}),
    ("status/status.html", {**OPENED_PAGE, "details": JOINED}),
    ("status/change.html", CHANGE),
    ("status/code.html", CODE_PAGE),
    (
        "status/code.html",
        {**CODE_PAGE, "problems": [], "hidden": [("text", "Hello")], "told": "", "action": ""},
    ),
    ("dashboard/error.html", {**DESK, "sentence": "Check the reference."}),
    ("dashboard/inquiries.html", QUEUE),
    (
        "dashboard/inquiries.html",
        {
            **QUEUE,
            "rows": [],
            "bulk": {},
            "outcome": None,
            "filters": {**FILTERS, "is_open": False, "found": "", "conditions": []},
            "empty": "Nothing is waiting.",
        },
    ),
    ("dashboard/phone.html", CALL),
    ("dashboard/phone.html", {**CALL, "problems": PROBLEMS[:1], "alert": "Not saved."}),
    ("dashboard/phone_saved.html", SAVED),
    ("dashboard/phone_saved.html", {**SAVED, "notice": "Saved before."}),
    ("dashboard/caller_check.html", CHECK),
    ("dashboard/message_confirm.html", SENDING),
    ("dashboard/message_confirm.html", {**SENDING, "is_mailed": False}),
    ("dashboard/new_code.html", NEW_CODE),
    ("dashboard/duplicates.html", PAIR),
    (
        "dashboard/duplicates.html",
        {**PAIR, "holds": "Linked.", "undo_words": "Take away", "may_join": False},
    ),
    ("dashboard/deliveries.html", DELIVERIES),
    ("dashboard/deliveries.html", {**DELIVERIES, "needs_person": [], "replayable": []}),
    ("dashboard/delivery.html", DELIVERY),
    ("dashboard/delivery.html", {**DELIVERY, "inquiry": "none", "buttons": [], "tries": []}),
]
