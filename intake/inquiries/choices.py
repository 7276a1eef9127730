"""The closed lists of answers; what a clinic can change stands in ``form``."""

from enum import StrEnum


class Safety(StrEnum):
    """Whether one of the emergency signs applies right now."""

    NONE = "none"
    YES = "yes"


class AskingFor(StrEnum):
    """For whom the inquiry is."""

    ME = "me"
    OTHER = "other"


class Relationship(StrEnum):
    """How the one who writes knows the person."""

    PARENT = "parent"
    PARTNER = "partner"
    CHILD = "child"
    FAMILY = "family"
    FRIEND = "friend"
    PROFESSIONAL = "professional"
    OTHER = "other"


class PersonKnows(StrEnum):
    """Whether the person knows of the inquiry; ``no`` and ``cannot_decide`` are not mistakes."""

    AGREES = "agrees"
    MY_CHILD = "my_child"
    BY_LAW = "by_law"
    CANNOT_DECIDE = "cannot_decide"
    NO = "no"


class AgeBand(StrEnum):
    """How old the person is, no closer than we need."""

    UNDER_18 = "under_18"
    FROM_18 = "18_39"
    FROM_40 = "40_64"
    FROM_65 = "65_79"
    FROM_80 = "80_plus"
    NOT_SAID = "not_said"


class Diagnosed(StrEnum):
    """Whether a doctor named the condition."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


class Voicemail(StrEnum):
    """What may be left on an answering machine."""

    YES = "yes"
    NAME_ONLY = "name_only"
    NO = "no"


class Heard(StrEnum):
    """How the person found the clinic."""

    DOCTOR = "doctor"
    FRIEND = "friend"
    SEARCH = "search"
    OTHER = "other"
