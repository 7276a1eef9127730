"""Flask, Flask-WTF with its own widgets, and one INSERT of the same fields through SQLAlchemy.

No sealing, no permissions, no notifications, no audit: what one writes in an afternoon. The
service is measured against it with everything switched on.
"""

from pathlib import Path

from flask import Flask, redirect, render_template_string
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, create_engine, event, insert
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, Length, Optional

STATES = [(code, code) for code in (f"{a}{b}" for a in "ACFMNTW" for b in "AEIKLNX")]
COUNTRIES = [(code, code) for code in (f"{a}{b}" for a in "UCMEB" for b in "SAXRZ")]
YES_NO = [("yes", "Yes"), ("no", "No")]

FORM = """<!doctype html><html lang="en"><title>Ask</title><h1>Ask</h1><form method="post">
{{ form.hidden_tag() }}{% for field in form if field.name != 'csrf_token' %}
<p>{{ field.label }} {{ field() }}{% for error in field.errors %}<b>{{ error }}</b>{% endfor %}</p>
{% endfor %}<button>Send</button></form></html>"""

PAGE = """<!doctype html><html lang="en"><title>{{ title }}</title><h1>{{ title }}</h1>
{% for text in texts %}<h2>{{ loop.index }}</h2><p>{{ text }}</p>{% endfor %}
<a href="/ask/all">Ask</a></html>"""
TEXTS = ["What the disease is and how it is treated. " * 12 for _ in range(8)]

NAMES = [
    "safety",
    "asking_for",
    "full_name",
    "called",
    "age_band",
    "conditions",
    "diagnosed",
    "story",
    "contact_by",
    "phone",
    "voicemail",
    "email",
    "best_times",
    "country",
    "state",
    "language",
    "interpreter",
    "support",
    "perm_contact",
    "perm_health",
    "perm_text",
    "requester_name",
    "relationship",
    "heard",
]

metadata = MetaData()
rows = Table(
    "inquiries",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text) for name in NAMES),
)


class AskForm(FlaskForm):  # type: ignore[misc] # flask_wtf ships no types
    """The same 24 questions, judged and drawn by WTForms."""

    safety = RadioField(choices=[("none", "None"), ("yes", "Yes")])
    asking_for = RadioField(choices=[("me", "Me"), ("other", "Other")])
    full_name = StringField(validators=[DataRequired(), Length(max=120)])
    called = StringField(validators=[Optional(), Length(max=120)])
    age_band = RadioField(choices=[("18_39", "18"), ("40_64", "40"), ("65_79", "65")])
    conditions = SelectMultipleField(choices=[("lupus", "Lupus"), ("als", "ALS"), ("x", "X")])
    diagnosed = RadioField(choices=[*YES_NO, ("not_sure", "Not sure")])
    story = TextAreaField(validators=[Optional(), Length(max=1500)])
    contact_by = SelectMultipleField(choices=[("call", "Call"), ("email", "E-mail")])
    phone = StringField(validators=[Optional(), Length(max=40)])
    voicemail = RadioField(choices=[*YES_NO, ("name_only", "Name only")])
    email = StringField(validators=[Optional(), Email()])
    best_times = SelectMultipleField(choices=[("morning", "Morning"), ("any", "Any")])
    country = SelectField(choices=COUNTRIES)
    state = SelectField(choices=STATES)
    language = RadioField(choices=[("en", "English"), ("es", "Spanish")])
    interpreter = RadioField(choices=YES_NO)
    support = SelectMultipleField(choices=[("relay", "Relay"), ("large", "Large print")])
    perm_contact = BooleanField(validators=[DataRequired()])
    perm_health = BooleanField(validators=[DataRequired()])
    perm_text = BooleanField()
    requester_name = StringField(validators=[Optional(), Length(max=120)])
    relationship = RadioField(choices=YES_NO, validate_choice=False)
    heard = RadioField(choices=YES_NO, validate_choice=False)


def engine_at(path: Path) -> Engine:
    """Return an engine as durable as the service's: WAL and synchronous=FULL."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(raw: object, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            raw.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    metadata.create_all(engine)
    return engine


def create_floor(path: Path) -> Flask:
    """Return the floor application with its database at ``path``."""
    app = Flask("floor")
    app.config["SECRET_KEY"] = "the floor keeps no secrets"
    engine = engine_at(path)

    @app.get("/page")
    def page() -> str:
        return render_template_string(PAGE, title="Lupus", texts=TEXTS)

    @app.route("/ask/all", methods=["GET", "POST"])
    def ask() -> ResponseReturnValue:
        form = AskForm()
        if form.validate_on_submit():
            values = {
                name: ",".join(value) if isinstance(value, list) else str(value)
                for name, value in form.data.items()
                if name in NAMES
            }
            with engine.begin() as connection:
                connection.execute(insert(rows).values(values))
            return redirect("/thanks", 303)
        return render_template_string(FORM, form=form)

    return app
