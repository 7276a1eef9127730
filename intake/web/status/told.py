"""What a private page says first, after a form of it did its work.

The form leads back to a page that may look as it did before, and a screen reader starts it anew:
without this nobody hears that anything was done. The address names it by a word of a fixed list.
"""

from types import MappingProxyType

from flask import redirect, request
from flask.typing import ResponseReturnValue

from intake.i18n import N_, words
from intake.web.context import here, language

NAME = "done"
SENTENCES = MappingProxyType(
    {
        "asked": N_("You have asked us. Confirm below to delete your information."),
        "closed": N_("We closed your private page in this browser."),
        "corrected": N_("We saved your changes."),
        "stopped": N_("We have stopped contacting you about this inquiry."),
        "undone": N_("Your inquiry goes on. We may contact you about it again."),
        "withdrawn": N_("You withdrew this inquiry. We will not contact you about it."),
        "written": N_("We have your message."),
    }
)


def done_and_back(endpoint: str, token: str, done: str) -> ResponseReturnValue:
    """Lead back to a page of this link, which then says what was done."""
    return redirect(here(endpoint, token=token, **{NAME: done}), 303)


def done_words(*, but: str = "") -> str:
    """Return the sentence that this address names, or nothing.

    Args:
        but: what is not true any more; an address may be opened again later.
    """
    name = request.args.get(NAME, "")
    sentence = None if name == but else SENTENCES.get(name)
    return words(language()).gettext(sentence) if sentence else ""
