"""What a text message means, in English and Spanish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.notifications.stop_words import Meaning, meaning_of

STOPS_EN = [
    "STOP",
    "stop",
    "Stop.",
    "  stop!! ",
    '"STOP"',
    "STOP.",
    "stopall",
    "Stop all",
    "QUIT",
    "END",
    "Revoke",
    "OPT OUT",
    "opt-out",
    "OptOut",
    "CANCEL",
    "Unsubscribe",
    "UNSUBSCRIBE please",
    "please stop",
    "Stop please",
    "Pls stop texting me",
    "stop texting me",
    "Stop sending me messages",
    "I want to opt out of this",
    "No more texts",
    "don't text me",
    "Don’t text me again",
    "do not contact me",
    "Remove me",
    "take me off your list",
    "remove my number from this",
    "I don't want any more messages",
    "I revoke my consent",
    "ok stop",
    "leave me alone",
    "wrong number",
    "STOP STOP STOP",
    "S.T.O.P.",
]
STOPS_ES = [
    "ALTO",
    "alto",
    "¡Alto!",
    "NO MÁS",
    "no mas",
    "No más.",
    "BAJA",
    "baja",
    "dar de baja",
    "Denme de baja",
    "quiero darme de baja",
    "PARAR",
    "Pare",
    "paren",
    "basta",
    "¡Basta ya!",
    "cancelar",
    "Cancelen",
    "TERMINAR",
    "FIN",
    "salir",
    "No más mensajes",
    "dejen de escribirme",
    "Por favor dejen de mandar mensajes",
    "no me escriban",
    "No me manden más textos",
    "no quiero recibir más mensajes",
    "no quiero mas mensajes",
    "quiten mi numero",
    "Revoco",
    "borrenme de la lista",
    "desuscribir",
    "número equivocado",
]
OTHERS = [
    "",
    "hello",
    "Thank you",
    "What time is my call?",
    "I have lupus and want to ask",
    "Can you stop by tomorrow?",
    "The pain does not end at night and I would like to hear more",
    "Gracias",
    "Quiero saber más",
    "¿Cuándo me llaman?",
    "My doctor told me to quit smoking years ago and I did",
    "1",
    "yes",
    "👍",
    "YES PLEASE",
    "canceled my other appointment, so Monday works",
    "la presion baja con la medicina que tomo",
    "I never stop hoping",
    "para mañana está bien, gracias",
]


@pytest.mark.parametrize("text", STOPS_EN)
def test_every_plain_way_to_say_stop_in_english_is_one(text: str) -> None:
    assert meaning_of(text).kind == "stop"


@pytest.mark.parametrize("text", STOPS_ES)
def test_every_plain_way_to_say_stop_in_spanish_is_one_and_answered_in_spanish(text: str) -> None:
    assert meaning_of(text) == Meaning("stop", "es")


def test_the_word_that_both_languages_use_says_nothing_of_the_reader() -> None:
    assert meaning_of(" Stop! ") == Meaning("stop", "")


@pytest.mark.parametrize("text", OTHERS)
def test_what_people_say_otherwise_is_no_stop(text: str) -> None:
    assert meaning_of(text) == Meaning("other")


@pytest.mark.parametrize(
    ("text", "language"),
    [("HELP", "en"), ("help?", "en"), ("Info", "en"), ("AYUDA", "es"), ("¿información?", "es")],
)
def test_help_is_heard_in_both_languages(text: str, language: str) -> None:
    assert meaning_of(text) == Meaning("help", language)


@given(st.text(max_size=3000))
def test_no_text_raises(text: str) -> None:
    assert meaning_of(text).kind in {"stop", "help", "other"}
