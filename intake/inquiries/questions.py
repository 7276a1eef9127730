"""The questions of the request form: one definition for steps, one page, check page and API.

Fields, order and rules follow PRODUCT.md section 4, the words content/microcopy.md. Which of them
a clinic asks, and on which page, stands in ``form``.
"""

from intake.i18n import N_
from intake.inquiries import rules
from intake.inquiries.asking import Choice, Kind, Question, When
from intake.inquiries.places import COUNTRIES_WITH_STATES

FOR_OTHER = When("asking_for", frozenset({"other"}))
BY_CALL = When("contact_by", frozenset({"call"}))
BY_PHONE = When("contact_by", frozenset({"call", "text"}))
BY_EMAIL = When("contact_by", frozenset({"email"}))
IN_STATES = When("country", frozenset(COUNTRIES_WITH_STATES))
OTHER_CONDITION = When("conditions", frozenset({"other"}))
OTHER_LANGUAGE = When("language", frozenset({"other"}))
SPEAK_ONLY_WITH_YOU = When("person_knows", frozenset({"no", "cannot_decide"}))

IF_SOMEONE_ELSE = N_("If you are asking for someone else")
YES_NO = (Choice("yes", N_("Yes")), Choice("no", N_("No")))

SAFETY = Question(
    "safety",
    Kind.RADIOS,
    label=N_("Do any of these apply right now?"),
    short=N_("Emergency signs right now"),
    choices=(Choice("none", N_("None of these")), Choice("yes", N_("Yes"))),
)
ASKING_FOR = Question(
    "asking_for",
    Kind.RADIOS,
    label=N_("Who are you asking for?"),
    short=N_("Asking for"),
    reason=N_("We ask so we know how to speak with you."),
    choices=(Choice("me", N_("Myself")), Choice("other", N_("Someone else"))),
)
RELATIONSHIP = Question(
    "relationship",
    Kind.RADIOS,
    label=N_("How do you know the person?"),
    short=N_("Relationship"),
    choices=(
        Choice("parent", N_("Parent or guardian of a child")),
        Choice("partner", N_("Spouse or partner")),
        Choice("child", N_("Son or daughter")),
        Choice("family", N_("Other family")),
        Choice("friend", N_("Friend or caregiver")),
        Choice("professional", N_("Health professional")),
        Choice("other", N_("Other")),
    ),
    when=FOR_OTHER,
    invites=IF_SOMEONE_ELSE,
)
PERSON_KNOWS = Question(
    "person_knows",
    Kind.RADIOS,
    label=N_("Does the person know you are asking?"),
    short=N_("The person knows"),
    choices=(
        Choice("agrees", N_("Yes, and they agree")),
        Choice("my_child", N_("They are my child under 18")),
        Choice("by_law", N_("I make health decisions for them by law")),
        Choice("cannot_decide", N_("They cannot decide for themselves")),
        Choice("no", N_("No")),
    ),
    when=FOR_OTHER,
    invites=IF_SOMEONE_ELSE,
)
CAREGIVER_AUTHORITY = Question(
    "caregiver_authority",
    Kind.BOX,
    label=N_("I have the legal right to decide about this person's health care"),
    short=N_("Legal right to decide"),
    when=FOR_OTHER,
    needed=False,
    invites=IF_SOMEONE_ELSE,
)
FULL_NAME = Question(
    "full_name",
    Kind.TEXT,
    label=N_("What is your full name?"),
    label_other=N_("What is the person's full name?"),
    short=N_("Name"),
    max_characters=rules.NAME_MAX_CHARACTERS,
    autocomplete="name",
)
CALLED = Question(
    "called",
    Kind.TEXT,
    label=N_("What should we call you?"),
    short=N_("What to call you"),
    needed=False,
    max_characters=rules.NAME_MAX_CHARACTERS,
    autocomplete="nickname",
)
REQUESTER_NAME = Question(
    "requester_name",
    Kind.TEXT,
    label=N_("Your own name"),
    short=N_("Your own name"),
    when=FOR_OTHER,
    max_characters=rules.NAME_MAX_CHARACTERS,
    autocomplete="name",
    invites=IF_SOMEONE_ELSE,
)
AGE_BAND = Question(
    "age_band",
    Kind.RADIOS,
    label=N_("How old are you?"),
    label_other=N_("How old is the person?"),
    short=N_("Age group"),
    hint=N_("We ask because some services are for adults only"),
    choices=(
        Choice("under_18", N_("Under 18")),
        Choice("18_39", N_("18 to 39")),
        Choice("40_64", N_("40 to 64")),
        Choice("65_79", N_("65 to 79")),
        Choice("80_plus", N_("80 or over")),
        Choice("not_said", N_("Prefer not to say")),
    ),
)
CONDITION_OTHER = Question(
    "condition_other",
    Kind.TEXT,
    label=N_("What is the condition?"),
    short=N_("Other condition"),
    when=OTHER_CONDITION,
    max_characters=rules.CONDITION_MAX_CHARACTERS,
    invites=N_('If you chose "Another condition"'),
)
DIAGNOSED = Question(
    "diagnosed",
    Kind.RADIOS,
    label=N_("Has a doctor told you that you have this condition?"),
    label_other=N_("Has a doctor told the person that they have this condition?"),
    short=N_("Told by a doctor"),
    choices=(*YES_NO, Choice("not_sure", N_("Not sure"))),
)
STORY = Question(
    "story",
    Kind.AREA,
    label=N_("What would you like to ask?"),
    short=N_("Your question"),
    hint=N_("Do not include Social Security, insurance or card numbers"),
    needed=False,
    max_characters=rules.STORY_MAX_CHARACTERS,
)
PHONE = Question(
    "phone",
    Kind.TEL,
    label=N_("Phone number"),
    short=N_("Phone number"),
    hint=N_("Include the country code if it is not a United States number"),
    needed=False,
    needed_when=BY_PHONE,
    max_characters=rules.PHONE_MAX_CHARACTERS,
    autocomplete="tel",
    inputmode="tel",
    invites=N_("We need it if you chose a call or a text"),
)
VOICEMAIL = Question(
    "voicemail",
    Kind.RADIOS,
    label=N_("Can we leave a voicemail with our clinic name?"),
    short=N_("Voicemail"),
    choices=(
        Choice("yes", N_("Yes")),
        Choice("name_only", N_("Yes, but only a first name and number")),
        Choice("no", N_("No")),
    ),
    when=BY_CALL,
    invites=N_("If you chose a phone call"),
)
EMAIL = Question(
    "email",
    Kind.EMAIL,
    label=N_("Email address"),
    short=N_("Email address"),
    hint=N_("We will send you a short confirmation with no health details"),
    needed=False,
    needed_when=BY_EMAIL,
    max_characters=rules.EMAIL_MAX_CHARACTERS,
    autocomplete="email",
    inputmode="email",
    invites=N_("We need it if you chose email"),
)
BEST_TIMES = Question(
    "best_times",
    Kind.BOXES,
    label=N_("When is a good time?"),
    short=N_("Good times"),
    choices=(
        Choice("morning", N_("Morning")),
        Choice("afternoon", N_("Afternoon")),
        Choice("evening", N_("Early evening")),
        Choice("any", N_("Any time")),
    ),
    needed=False,
)
COUNTRY = Question(
    "country",
    Kind.SELECT,
    label=N_("Country"),
    short=N_("Country"),
    reason=N_("Rules for these treatments differ by place. We show you the right notices."),
    autocomplete="country",
)
STATE = Question(
    "state",
    Kind.SELECT,
    label=N_("State or province"),
    short=N_("State or province"),
    when=IN_STATES,
    autocomplete="address-level1",
    invites=N_("If you live in the United States, Canada or Mexico"),
)
LANGUAGE = Question(
    "language",
    Kind.RADIOS,
    label=N_("Which language should we use?"),
    short=N_("Language"),
    choices=(
        Choice("en", N_("English")),
        Choice("es", N_("Spanish")),
        Choice("other", N_("Another language")),
    ),
)
LANGUAGE_OTHER = Question(
    "language_other",
    Kind.TEXT,
    label=N_("Which language?"),
    short=N_("Other language"),
    when=OTHER_LANGUAGE,
    max_characters=rules.LANGUAGE_MAX_CHARACTERS,
    invites=N_('If you chose "Another language"'),
)
INTERPRETER = Question(
    "interpreter",
    Kind.RADIOS,
    label=N_("Do you want a free interpreter?"),
    short=N_("Interpreter"),
    choices=YES_NO,
    needed=False,
)
SUPPORT = Question(
    "support",
    Kind.BOXES,
    label=N_("Do you need any other help?"),
    short=N_("Other help"),
    choices=(
        Choice("large_print", N_("Large print")),
        Choice("sign_language", N_("Sign language interpreter")),
        Choice("relay", N_("Relay or text phone")),
        Choice("slower_call", N_("Slower call, extra time")),
        Choice("something_else", N_("Something else")),
    ),
    needed=False,
)
HEARD = Question(
    "heard",
    Kind.RADIOS,
    label=N_("How did you find us?"),
    short=N_("How you found us"),
    choices=(
        Choice("doctor", N_("Doctor")),
        Choice("friend", N_("Friend or family")),
        Choice("search", N_("Web search")),
        Choice("other", N_("Other")),
    ),
    needed=False,
)


def _permission(purpose: str, short: str, *, needed: bool) -> Question:
    return Question(
        f"perm_{purpose}", Kind.BOX, label=short, short=short, needed=needed, wording=purpose
    )


PERM_CONTACT = _permission("contact", N_("Contact about this"), needed=True)
PERM_HEALTH = _permission("health", N_("Health details"), needed=True)
PERM_TEXT = _permission("text", N_("Texts about this"), needed=False)
PERM_NEWS = _permission("news", N_("News by email"), needed=False)
