"""What tells that two inquiries may be from the same person, as tokens: phone, e-mail, name, age.

One definition for both ends: the tokens are stored when an inquiry is submitted, and made again
from its answers when somebody looks at it. Nothing sealed of the other inquiry has to be opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from intake.crypto.sealed import JSON
from intake.crypto.tokens import SearchTokens, fold
from intake.inquiries.asking import text_of
from intake.inquiries.choices import AgeBand


@dataclass(frozen=True, slots=True)
class Likeness:
    """The tokens by which others are like this inquiry; None for what was not told.

    ``named_phone`` and ``named_email`` are the number and the address together with the first name:
    whoever shares one of them is likely the same person, and not only of the same household.
    """

    phone: bytes | None = field(repr=False)
    email: bytes | None = field(repr=False)
    person: bytes | None = field(repr=False)
    person_of_age: bytes | None = field(repr=False)
    named_phone: bytes | None = field(repr=False)
    named_email: bytes | None = field(repr=False)

    @property
    def tokens(self) -> frozenset[bytes]:
        """Those that two inquiries are compared by, where one of them is looked at."""
        every = (self.phone, self.email, self.person, self.person_of_age)
        return frozenset(token for token in every if token is not None)

    @property
    def telling(self) -> dict[str, bytes | None]:
        """Those that each tell a likely duplicate alone, by the column that keeps them."""
        return {
            "like_phone": self.named_phone,
            "like_email": self.named_email,
            "like_person": self.person_of_age,
        }

    @property
    def stored(self) -> frozenset[bytes]:
        """All that others find this inquiry by."""
        return self.tokens | {token for token in self.telling.values() if token is not None}


def likeness_of(answers: Mapping[str, JSON], tokens: SearchTokens) -> Likeness:
    """Return the tokens of these answers.

    Args:
        answers: As ``InquiryDraft.answers`` returns and ``read_inquiry`` opens them.
        tokens: The tokens of the purpose "search".
    """
    phone, email, name = (text_of(answers, part) for part in ("phone_e164", "email", "full_name"))
    age_band = text_of(answers, "age_band")
    is_told = bool(age_band) and age_band != AgeBand.NOT_SAID
    first = fold(name.split()[0]) if name.split() else ""
    return Likeness(
        phone=tokens.phone(phone) if phone else None,
        email=tokens.email(email) if email else None,
        person=tokens.person(name),
        person_of_age=tokens.person_of_age(name, age_band) if is_told else None,
        named_phone=tokens.named(first, tokens.phone(phone)) if phone and first else None,
        named_email=tokens.named(first, tokens.email(email)) if email and first else None,
    )
