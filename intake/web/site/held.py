"""What this browser holds for us, in the terms of one request: open answers, or none.

Only here is the cookie read; views ask for what they need by name.
"""

from flask import request

from intake.web.context import current, now
from intake.web.form_token import FormToken, Standing, new_token
from intake.web.security import cookie_name
from intake.web.site.answers_cookie import (
    IN_PAGE_FOR,
    IN_PAGE_PURPOSE,
    NAME,
    CookieJar,
    Kept,
    open_kept,
)
from intake.web.site.inquiry_form import InquiryForm

IN_PAGE = "answers"  # the hidden field of the check page


def answers_secret() -> bytes:
    """Return the key that answers are sealed with between pages."""
    return current().keyring.secret("answers")


def jar() -> CookieJar:
    """Return the cookie by the names and flags of ``base_url``."""
    service = current()
    name = cookie_name(NAME, service.settings)
    return CookieJar(name, service.settings.https, answers_secret())


def held() -> Kept | None:
    """Return what the browser holds, idle or not."""
    return jar().read(request.cookies)


def alive() -> Kept | None:
    """Return what the browser holds, unless nobody has used it for too long."""
    kept = held()
    return None if kept is None or kept.is_idle(now()) else kept


def token_of(kept: Kept | None) -> FormToken:
    """Return the token for the next page of this submission, or of a new one."""
    if kept is None:
        return new_token(now())
    return FormToken(kept.submission_key, kept.started_at, kept.is_renewed)


def begun(token: FormToken) -> Kept:
    """Return the open answers of this browser, or new ones; a sent inquiry is never reopened."""
    kept = alive()
    if kept is not None and kept.sent is None:
        return kept
    if kept is not None and kept.submission_key == token.submission_key:
        token = new_token(now())
    return Kept(token.submission_key, token.started_at, now(), token.is_renewed)


def checked(form: InquiryForm) -> Kept | None:
    """Return what the person has just checked: the cookie's answers, else those in the page.

    The cookie counts only for the submission of the page's token: meanwhile the same browser may
    have begun another inquiry in another tab.
    """
    kept = alive()
    if kept is not None and kept.sent is None and _belongs(kept, form):
        return kept
    return in_page(form)


def _belongs(kept: Kept, form: InquiryForm) -> bool:
    """Say whether the answers are those of the token; one that is not ours names no submission."""
    is_unreadable = form.standing is Standing.FOREIGN
    return is_unreadable or kept.submission_key == form.token.submission_key


def in_page(form: InquiryForm) -> Kept | None:
    """Return the answers sealed in the page, unless they belong to another token than its own."""
    kept = open_kept(request.form.get(IN_PAGE, ""), answers_secret(), purpose=IN_PAGE_PURPOSE)
    if kept is None or not _belongs(kept, form):
        return None
    return kept if now() - kept.seen_at <= IN_PAGE_FOR else None
