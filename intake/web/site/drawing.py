"""Draws the pages of the form: what each template needs, and nothing of the request beyond that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from flask import current_app, render_template, request

from intake.clinic.notices import notices_for, state_chosen
from intake.consent.wordings import wordings_for
from intake.errors import Problem
from intake.i18n import N_, words
from intake.inquiries import rules
from intake.inquiries.asking import Step
from intake.inquiries.form import steps
from intake.inquiries.questions import FOR_OTHER, SAFETY, SPEAK_ONLY_WITH_YOU
from intake.inquiries.rules import Notice
from intake.web.changing import Changing, changing
from intake.web.context import clinic, current, language, now, path
from intake.web.fields import Drawing
from intake.web.form_token import TOKEN, FormToken, new_token, write_token
from intake.web.messages import note, sentence
from intake.web.review import facts_on, groups, notes_on
from intake.web.site import flow
from intake.web.site.answers_cookie import IDLE, IN_PAGE_PURPOSE, Kept, seal_kept
from intake.web.site.challenge import challenge_url
from intake.web.site.flow import Page
from intake.web.site.held import IN_PAGE, answers_secret
from intake.web.site.inquiry_form import form_secret
from intake.web.site.signs import TRAP
from intake.web.site.waiting_words import promise_and_waiting

Answers = Mapping[str, Sequence[str]]

TO_CHECK = "?to=check"
PLACE = ("country", "state")
HOLE = "@@form-token@@"  # where the token goes in a page that is kept
ASK_TITLE = N_("Ask about a consultation")
ONE_PAGE_TITLE = N_("Ask about a consultation, all questions on one page")
CHECK_TITLE = N_("Check your answers before you send them")
CLEARED_TITLE = N_("Your answers are cleared")
CLEARED = N_("We cleared your answers. Nothing was sent.")
EXPIRED = N_("We cleared your answers because the page was idle. Nothing was sent.")
WAS_OPEN_LONG = N_("Your page was open for a long time. Check your answers and send again.")
NOT_KEPT = N_(
    "Your browser did not keep your answers from page to page. Here are all the questions on one"
    " page, with what you just wrote."
)
SEND_FAILED = N_(
    "We could not save your answers. Your inquiry was not sent. Try again in a few minutes, or"
    " call %(phone)s."
)
TOO_MANY = N_(
    "We got many requests from your network. Wait a few minutes and try again, or call %(phone)s."
)
MORE_TITLES = MappingProxyType(
    {
        "who": N_("You and the person"),
        "contact": N_("One more thing about how to reach you"),
    }
)
SPEAK_ONLY = N_("You can still ask. We will speak only with you.")
UNDER_18_TITLE = N_("If you are under 18")
ALREADY_TITLE = N_("You already sent this inquiry")
EMERGENCY_TITLE = N_("Get help now")


def say(message: str, **values: object) -> str:
    """Return ``message`` in the language of the page."""
    return words(language()).gettext(message, **values)


def untouched(draw: Callable[[FormToken | None], str]) -> str:
    """Return a page without answers and with a new token, drawn once until what it says changes.

    Such a page is the same for everybody but for its token; most visitors begin with one.

    Args:
        draw: draws the page; given no token, it leaves the hole.
    """
    kept: dict[str, tuple[Changing, str]]
    kept = current_app.extensions.setdefault("intake_untouched", {})
    said, drawn = changing(), kept.get(request.path)
    if drawn is None or drawn[0] != said:
        drawn = kept[request.path] = (said, draw(None))
    return drawn[1].replace(HOLE, write_token(new_token(now()), form_secret()))


def start(
    token: FormToken | None,
    answers: Answers,
    *,
    about: str = "",
    to: str = "",
    problems: Sequence[Problem] = (),
) -> str:
    """Draw the start page with the safety question."""
    hidden = {"about": about} if about else {}
    return render_template(
        "site/ask_start.html",
        **_shared(ASK_TITLE, problems, path("/"), path("/ask") + to, token, hidden=hidden),
        safety=_drawing(answers, problems).field(SAFETY),
        waiting=promise_and_waiting(changing().answer_times, clinic().reply_time_text, language()),
        notices=notices_for(current().settings.clinic),
    )


def step(
    page: Page,
    token: FormToken,
    answers: Answers,
    *,
    to: str = "",
    problems: Sequence[Problem] = (),
    notices: Sequence[Notice] = (),
    alert: str = "",
) -> str:
    """Draw one page of questions."""
    offer = current().settings.form
    before = flow.page_before(page, answers, offer)
    drawing = _drawing(answers, problems, notices)
    alone = len(page.questions) == 1
    speaks_only = page.step.slug == "about" and SPEAK_ONLY_WITH_YOU.holds(answers)
    back_url = path("/ask/check") if to else path(before.address if before else "/ask")
    return render_template(
        "site/ask_step.html",
        **_shared(
            _title(page, answers),
            problems,
            back_url,
            path(page.address) + to,
            token,
            alert=alert,
        ),
        fields=[drawing.field(question, is_heading=alone) for question in page.questions],
        hints=[(f"#f-{n.field}", note(n.code, language(), n.suggestion)) for n in notices],
        number=page.step.number,
        total=len(steps(offer)) - 1,
        intro="",
        line=say(SPEAK_ONLY) if speaks_only else "",
    )


def one_page(
    token: FormToken | None, answers: Answers, *, problems: Sequence[Problem] = (), alert: str = ""
) -> str:
    """Draw all questions on one page, filled with ``answers``."""
    offer = current().settings.form
    hints = rules.notices(answers) if problems or alert else ()
    drawing = _drawing(answers, problems, hints, is_one_page=True)
    return render_template(
        "site/ask_all.html",
        **_shared(ONE_PAGE_TITLE, problems, path("/ask"), path("/ask/all"), token, alert=alert),
        groups=[
            (say(_heading(part)), [drawing.field(question) for question in part.questions])
            for part in steps(offer)
        ],
        notices=notices_for(current().settings.clinic),
    )


def _heading(part: Step) -> str:
    """Return the heading of a part of the one page; it never repeats its first question."""
    first = part.questions[0]
    return first.short if part.number == 0 or part.title == first.label else part.title


def check(
    token: FormToken, kept: Kept, *, problems: Sequence[Problem] = (), alert: str = ""
) -> str:
    """Draw the answers for checking; they travel sealed in the page as well as in the cookie.

    So what the person reads here is what Send sends, though the cookie has meanwhile gone.
    """
    offer, answers = current().settings.form, kept.answers
    urls = _change_urls(answers)
    last = flow.pages(answers, offer)[-1]
    sealed = seal_kept(replace(kept, seen_at=now()), answers_secret(), purpose=IN_PAGE_PURPOSE)
    shared = _shared(
        CHECK_TITLE,
        (),
        path(last.address),
        path("/ask/check"),
        token,
        hidden={IN_PAGE: sealed},
        alert=alert,
    )
    shared["problems"] = [
        (
            f"{urls.get(problem.field, path('/ask'))}#f-{problem.field}",
            sentence(problem, language()),
        )
        for problem in problems
    ]
    return render_template(
        "site/ask_check.html",
        **shared,
        groups=groups(
            answers,
            language(),
            offer,
            change_urls=urls,
            wrong={problem.field for problem in problems},
            notes=notes_on(answers, language()),
            facts=facts_on(answers, now(), language()),
        ),
        notices=notices_for(
            current().settings.clinic,
            chosen=state_chosen(*("".join(answers.get(name, ())) for name in PLACE)),
        ),
    )


def under_18(kept: Kept | None, token: FormToken, *, is_one_page: bool = False) -> str:
    """Draw the page for a child alone; what was typed stays in it, sealed.

    Changing an answer leads back to where it was given: the question in the steps, or the one page.
    """
    hidden = {}
    if kept is not None:
        hidden[IN_PAGE] = seal_kept(kept, answers_secret(), purpose=IN_PAGE_PURPOSE)
    about_url = path("/ask/about")
    back_url = "" if is_one_page else about_url
    return render_template(
        "site/ask_under18.html",
        **_shared(UNDER_18_TITLE, (), back_url, path("/ask/all"), token, hidden=hidden),
        change_url="" if is_one_page else f"{about_url}#f-age_band",
    )


def emergency(token: FormToken) -> str:
    """Draw the emergency numbers for somebody who ticked a sign; they may go on."""
    next_url = path("/ask/who")
    shared = _shared(EMERGENCY_TITLE, (), path("/ask"), next_url, token)
    return render_template("site/ask_emergency.html", **shared, next_url=next_url)


def cleared(reason: str) -> str:
    """Draw that nothing is kept any more."""
    shared = _shared(CLEARED_TITLE, (), "", "", None)
    return render_template(
        "site/cleared.html", **shared, sentence=say(reason), start_url=path("/ask")
    )


def already_sent(reference: str, receipt_url: str) -> str:
    """Draw what Back shows after Send."""
    shared = _shared(ALREADY_TITLE, (), "", "", None)
    return render_template(
        "site/already_sent.html",
        **shared,
        reference=reference,
        receipt_url=receipt_url,
        start_url=path("/ask"),
    )


def _title(page: Page, answers: Answers) -> str:
    """Return a title no other page of the form has: it is the first thing a screen reader says."""
    alone = page.questions[0] if len(page.questions) == 1 else None
    if page.is_more and alone is None:
        return MORE_TITLES.get(page.step.slug, page.step.title)
    usual, for_other = (
        (alone.label, alone.label_other) if alone else (page.step.title, page.step.title_other)
    )
    return for_other if for_other and FOR_OTHER.holds(answers) else usual


def _shared(
    title: str,
    problems: Sequence[Problem],
    back_url: str,
    action: str,
    token: FormToken | None,
    *,
    hidden: Mapping[str, str] | None = None,
    alert: str = "",
) -> dict[str, object]:
    told = [(f"#f-{problem.field}", sentence(problem, language())) for problem in problems]
    signed = {TOKEN: write_token(token, form_secret()) if token else HOLE}
    return {
        "title": say(title),
        "problems": told,
        "back_url": back_url,
        "action": action,
        "clear_url": path("/ask/clearing"),
        "hidden": {**signed, **(hidden or {})},
        "trap": TRAP,
        "alert": alert,
        "minutes": int(IDLE.total_seconds() // 60),
        "challenge_url": challenge_url(),
    }


def _drawing(
    answers: Answers,
    problems: Sequence[Problem],
    notices: Sequence[Notice] = (),
    *,
    is_one_page: bool = False,
) -> Drawing:
    settings = current().settings
    wordings = wordings_for(settings.clinic, language(), settings.form)
    return Drawing(
        language=language(),
        answers=answers,
        wordings={wording.purpose.value: wording for wording in wordings},
        privacy_url=path("/privacy"),
        problems={problem.field: problem for problem in problems},
        notices=notices,
        is_one_page=is_one_page,
    )


def _change_urls(answers: Answers) -> dict[str, str]:
    found = flow.pages(answers, current().settings.form)
    return {name: path(page.address) + TO_CHECK for page in found for name in page.names}
