"""What a text message to us means: stop, help, or something else.

The law's words must work, and so must every other plain way to say it, in English and Spanish
(facts.md, section on texts). In doubt it is a stop: whoever is not texted can still be called,
whoever is texted against their will cannot be un-texted. No word of the message is kept.
"""

import re
from dataclasses import dataclass

from intake.crypto.tokens import fold

STOP, HELP, OTHER = "stop", "help", "other"
TEXT_MAX_CHARACTERS = 1600
_SHORT_MAX_WORDS = 4

# As the whole message.
_STOP_WORDS = {
    "en": {"stop", "stopall", "stop all", "quit", "end", "revoke", "cancel", "unsubscribe",
           "opt out", "optout", "remove", "no more", "leave me alone", "wrong number"},
    "es": {"alto", "no mas", "baja", "de baja", "parar", "pare", "paren", "para", "basta",
           "detener", "detenga", "detengan", "cancelar", "cancele", "cancelen", "terminar",
           "termine", "fin", "salir", "eliminar", "revocar", "revoco", "desuscribir",
           "numero equivocado"},
}  # fmt: skip
# First or last in a message of a few words.
_STRONG = {
    "en": {"stop", "stopall", "quit", "revoke", "unsubscribe", "optout"},
    "es": {"alto", "baja", "basta", "paren", "pare"},
}
# Anywhere.
_PHRASES = {
    "en": (
        r"\bopt(ing|ed)? (me )?out\b",
        r"\bunsubscribe\b",
        r"\brevok(e|ing)\b",
        r"\b(please|pls|plz) (stop|quit)\b",
        r"\b(stop|quit) (all|now|please|pls|it|this|these|the|your)\b",
        r"\b(stop|quit) (text\w*|messag\w*|sending|contacting|writing|bothering|calling)\b",
        r"\bno more (text|message|sms)\w*",
        r"\b(do not|dont|never) (text|message|contact|write)\b",
        r"\b(remove|delete|take) (me|my number|this number)\b",
        r"\bi (do not|dont) want (any |more |any more |these |your |to get )*(text|message)\w*",
    ),
    "es": (
        r"\bno mas (mensaje|texto|sms)\w*",
        r"\b(deje|dejen|dejar|deja|paren|pare) de (escrib|mand|envi|contact|text|molest|llam)\w*",
        r"\bno (me |nos )?(escrib|mand|envi|contact|text|molest)[ae]\w*",
        r"\bno (quiero|deseo) (recibir )?(mas |sus |estos |ningun )*(mensaje|texto|sms)\w*",
        r"\b(dar|den|de|denme|deme|darme|dame|quiero la|me doy de)( me)? (de )?baja\b",
        r"\b(quit|borr|elimin|sac)\w*(me)? (de |mi |la )+(lista|numero)",
        r"\b(revoco|cancel\w+) (los |mis |estos |sus )?(mensaje|texto|permiso)\w*",
    ),
}
_HELP_WORDS = {"en": {"help", "info", "information"}, "es": {"ayuda", "informacion"}}
_COMPILED = {language: re.compile("|".join(phrases)) for language, phrases in _PHRASES.items()}
_APOSTROPHES = re.compile(r"['’‘`´]")
_SPELLED = re.compile(r"\w(?: \w)+")  # S.T.O.P
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Meaning:
    """``kind`` is stop, help or other; ``language`` is that of the words, or empty."""

    kind: str
    language: str = ""


def meaning_of(text: str) -> Meaning:
    """Return what a text message asks for; accents, case and punctuation do not matter."""
    plain = _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", fold(text[:TEXT_MAX_CHARACTERS]))).strip()
    if _SPELLED.fullmatch(plain):
        plain = plain.replace(" ", "")
    for language in ("es", "en"):
        if _says_stop(plain, language):
            # STOP is what Spanish texts ask for too, so the word says nothing of the reader.
            return Meaning(STOP, "" if plain == "stop" else language)
    for language, words in _HELP_WORDS.items():
        if plain in words:
            return Meaning(HELP, language)
    return Meaning(OTHER)


def _says_stop(plain: str, language: str) -> bool:
    words = plain.split()
    if plain in _STOP_WORDS[language]:
        return True
    if words and len(words) <= _SHORT_MAX_WORDS and {words[0], words[-1]} & _STRONG[language]:
        return True
    return _COMPILED[language].search(plain) is not None
