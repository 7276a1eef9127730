"""The request form: start, seven short steps, check, and the same questions on one page.

Every view is a plain function; nothing is stored before Send. Between pages the answers travel in
a sealed cookie; where a browser keeps none, the one-page form takes over with what was posted.
"""

from dataclasses import replace

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from intake.desk.numbers.form_pages import ONE_PAGE, START
from intake.errors import Problem
from intake.inquiries import rules
from intake.inquiries.form import all_questions, by_name
from intake.inquiries.submit import Receipt
from intake.settings import FormSettings
from intake.web.context import current, now, path
from intake.web.form_token import Standing
from intake.web.site import drawing, flow, sending, visits
from intake.web.site.answers_cookie import Kept
from intake.web.site.blueprint import site
from intake.web.site.clearing import after_idling
from intake.web.site.drawing import TO_CHECK
from intake.web.site.flow import Page
from intake.web.site.held import alive, begun, checked, held, in_page, jar, token_of
from intake.web.site.inquiry_form import InquiryForm
from intake.web.site.signs import HONEYPOT, TRAP

STEP = "<any(who, about, condition, question, contact, language, permissions):slug>"


@site.get("/ask")
def start() -> ResponseReturnValue:
    """Show the start page; somebody who has sent already begins anew."""
    kept = alive()
    if kept is None or kept.sent is not None:
        visits.shown(START)
        return drawing.untouched(lambda token: drawing.start(token, {}))
    return drawing.start(token_of(kept), kept.answers, to=_to())


@site.post("/ask")
def begin() -> ResponseReturnValue:
    """Take the safety answer and the page of origin, and go on to the first step."""
    form = InquiryForm()
    form.check_token()
    about, given = request.form.get("about", ""), form.answers(["safety"])
    offered = {choice.value for choice in by_name(_offer())["conditions"].choices}
    about = about if about in offered else ""
    problems = _problems_on(("safety",), given)
    if "safety" not in request.form and request.form.get("about"):
        visits.shown(START)
        return drawing.start(form.token, {}, about=about)
    if problems:
        return drawing.start(form.token, given, about=about, to=_to(), problems=problems), 422
    kept = begun(form.token)
    visits.passed(START, kept.answers)
    answers = {**kept.answers, **given}
    if about:
        answers.setdefault("conditions", [about])
    kept = replace(kept, answers=answers, signs=_signs(kept))
    if given["safety"] == ["yes"]:
        return _keep(make_response(drawing.emergency(token_of(kept))), kept)
    return _keep(redirect(_next_url(None, kept), 303), kept)


@site.get(f"/ask/{STEP}")
@site.get(f"/ask/{STEP}/<any(more):more>")
def step(slug: str, more: str = "") -> ResponseReturnValue:
    """Show one page of questions with what was answered so far."""
    kept = held()
    if kept is not None and kept.is_idle(now()):
        return after_idling(kept)
    if kept is not None and kept.sent is not None:
        return _already_sent(kept)
    answers = kept.answers if kept is not None else {}
    page = flow.page_at(slug, answers, _offer(), is_more=bool(more))
    if page is None:
        return redirect(path(f"/ask/{slug}"), 303)
    return drawing.step(page, token_of(kept), answers, to=_to())


@site.post(f"/ask/{STEP}")
@site.post(f"/ask/{STEP}/<any(more):more>")
def answer(slug: str, more: str = "") -> ResponseReturnValue:
    """Take the answers of one page and go on, or show the page again with every problem."""
    form, kept = InquiryForm(), alive()
    form.check_token()
    if kept is None:
        why = drawing.NOT_KEPT if held() is None else drawing.EXPIRED
        posted = form.answers(_all_names())
        return drawing.one_page(form.token, posted, alert=drawing.say(why))
    if kept.sent is not None:
        return _already_sent(kept)
    page = flow.page_at(slug, kept.answers, _offer(), is_more=bool(more))
    if page is None:
        return redirect(path(f"/ask/{slug}"), 303)
    return _judge(page, kept, form)


def _judge(page: Page, kept: Kept, form: InquiryForm) -> ResponseReturnValue:
    """Keep a page's answers and go on, or show the page again with what is wrong."""
    answers = _merged(kept, page, form)
    if form.standing is not Standing.FRESH:
        kept = replace(kept, started_at=now(), is_renewed=True)
        alert = drawing.say(drawing.WAS_OPEN_LONG)
        html = drawing.step(page, token_of(kept), answers, to=_to(), alert=alert)
        return _keep(make_response(html, 422), kept)
    problems = _problems_on(page.names, answers)
    if "keep" in request.form:
        return _keep_going(page, kept, answers, problems)
    if any(problem.code == "under_18_alone" for problem in problems):
        return _keep(redirect(path("/ask/under-18"), 303), replace(kept, answers=answers))
    if problems:
        return drawing.step(page, token_of(kept), answers, to=_to(), problems=problems), 422
    if not page.is_more:
        visits.passed(page.step.slug, kept.answers)
    return _accept(page, replace(kept, answers=answers, signs=_signs(kept)))


@site.get("/ask/under-18")
def under_18() -> ResponseReturnValue:
    """Tell a child who asks alone whom to ask: a page, not an error."""
    kept = alive()
    return drawing.under_18(kept, token_of(kept))


@site.get("/ask/check")
def check() -> ResponseReturnValue:
    """Show every answer; lead to the first page with something missing."""
    kept = held()
    if kept is None:
        return redirect(path("/ask"), 303)
    if kept.is_idle(now()):
        return after_idling(kept)
    if kept.sent is not None:
        return _already_sent(kept)
    unfinished = flow.first_unfinished(kept.answers, _offer())
    if unfinished is not None:
        return redirect(path(unfinished.address) + TO_CHECK, 303)
    return drawing.check(token_of(kept), kept)


@site.post("/ask/check")
def send() -> ResponseReturnValue:
    """Send the inquiry, or show the answers again with every problem."""
    form = InquiryForm()
    form.check_token()
    kept = checked(form)
    if kept is None:
        alert = drawing.say(drawing.EXPIRED)
        return drawing.one_page(form.token, {}, alert=alert)
    if "keep" in request.form:
        return _keep(make_response(drawing.check(form.token, kept)), kept)
    if sending.senders().is_above_ceiling():
        return sending.not_now(429, drawing.TOO_MANY, form.token, kept.answers)
    if form.validate(answers=kept.answers) and form.draft is not None:
        response, receipt = sending.send(form.draft, form.token, kept.answers, "steps", kept.signs)
        if receipt is not None:
            _remember_sent(response, form, receipt)
        return response
    alert = "" if form.standing is Standing.FRESH else drawing.say(drawing.WAS_OPEN_LONG)
    is_ours = form.standing is not Standing.FOREIGN
    token = form.token if is_ours else token_of(kept).renewed(now())
    return drawing.check(token, kept, problems=form.problems, alert=alert), 422


def _remember_sent(response: Response, form: InquiryForm, receipt: Receipt) -> None:
    """Let Back say what was sent, unless this browser has meanwhile begun another inquiry."""
    kept = alive()
    if kept is None or kept.submission_key == form.token.submission_key:
        jar().write(response, sending.after_sending(form.token, receipt), request.cookies)


@site.get("/ask/all")
def one_page() -> ResponseReturnValue:
    """Show every question on one page, with what was answered in the steps so far."""
    kept = alive()
    if kept is None or kept.sent is not None:
        visits.shown(ONE_PAGE)
        return drawing.untouched(lambda token: drawing.one_page(token, {}))
    return drawing.one_page(token_of(kept), kept.answers)


@site.post("/ask/all")
def send_one_page() -> ResponseReturnValue:
    """Send the one-page form, or show it again, filled, with every problem."""
    form = InquiryForm()
    is_sent = form.validate()
    answers = form.answers(_all_names())
    if "change" in request.form or "keep" in request.form:
        kept = in_page(form)
        return drawing.one_page(form.token, kept.answers if kept else answers)
    if sending.senders().is_above_ceiling():
        return sending.not_now(429, drawing.TOO_MANY, form.token, answers)
    if is_sent and form.draft is not None:
        response, _ = sending.send(form.draft, form.token, answers, "one_page")
        return response
    if form.standing is not Standing.FRESH:
        alert = drawing.say(drawing.WAS_OPEN_LONG)
        return drawing.one_page(form.token, answers, problems=form.problems, alert=alert), 422
    if [problem.code for problem in form.problems] == ["under_18_alone"]:
        kept = replace(begun(form.token), answers=answers)
        return drawing.under_18(kept, form.token, is_one_page=True)
    return drawing.one_page(form.token, answers, problems=form.problems), 422


def _accept(page: Page, kept: Kept) -> Response:
    """Keep the answers of a page and go on; soft hints are shown once before that."""
    hints = [hint for hint in rules.notices(kept.answers) if hint.field in page.names]
    unseen = [hint for hint in hints if f"{hint.field}.{hint.code}" not in kept.noted]
    if unseen:
        seen = tuple(f"{hint.field}.{hint.code}" for hint in unseen)
        kept = replace(kept, noted=(*kept.noted, *seen))
        again = drawing.step(page, token_of(kept), kept.answers, to=_to(), notices=hints)
        return _keep(make_response(again), kept)
    return _keep(redirect(_next_url(page, kept), 303), kept)


def _keep_going(
    page: Page, kept: Kept, answers: dict[str, list[str]], problems: tuple[Problem, ...]
) -> Response:
    """Keep what is in order and show the page again with all of it, without problems."""
    wrong = {problem.field for problem in problems}
    fitting = {name: values for name, values in answers.items() if name not in wrong}
    response = make_response(drawing.step(page, token_of(kept), answers, to=_to()))
    return _keep(response, replace(kept, answers=fitting))


def _next_url(page: Page | None, kept: Kept) -> str:
    """Return where to go on: a follow-up first, then the check page if they came from it."""
    offer, answers = _offer(), kept.answers
    following = flow.page_after(page, answers, offer) if page else flow.pages(answers, offer)[1]
    if not _to():
        return path(following.address if following else "/ask/check")
    unfinished = flow.first_unfinished(answers, offer)
    return path(unfinished.address) + TO_CHECK if unfinished else path("/ask/check")


def _merged(kept: Kept, page: Page, form: InquiryForm) -> dict[str, list[str]]:
    """Return all answers with this page's as posted: what was unticked is gone."""
    others = {name: values for name, values in kept.answers.items() if name not in page.names}
    return {**others, **form.answers(page.names)}


def _problems_on(names: tuple[str, ...], answers: dict[str, list[str]]) -> tuple[Problem, ...]:
    return tuple(p for p in flow.problems_of(answers, _offer()) if p.field in names)


def _signs(kept: Kept) -> tuple[str, ...]:
    is_trapped = bool(request.form.get(TRAP)) and HONEYPOT not in kept.signs
    return (*kept.signs, HONEYPOT) if is_trapped else kept.signs


def _keep(response: object, kept: Kept) -> Response:
    """Set the cookie on ``response``; where it would not fit, the one-page form takes over."""
    made = make_response(response)
    if jar().write(made, replace(kept, seen_at=now()), request.cookies):
        return made
    alert = drawing.say(drawing.NOT_KEPT)
    return make_response(drawing.one_page(token_of(kept), kept.answers, alert=alert))


def _already_sent(kept: Kept) -> ResponseReturnValue:
    if kept.sent is None:
        return redirect(path("/ask"), 303)
    receipt_url = path(f"/ask/received/{kept.sent.receipt_token}")
    return drawing.already_sent(kept.sent.reference, receipt_url)


def _to() -> str:
    return TO_CHECK if request.args.get("to") == "check" else ""


def _offer() -> FormSettings:
    return current().settings.form


def _all_names() -> list[str]:
    return [question.name for question in all_questions(_offer())]
