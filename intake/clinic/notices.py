"""Notices that a state's law puts in a clinic's mouth, as data: words, place, size, source.

No notice counts as confirmed until a named person has compared it with the law; until then the
pages that carry it are drafts, and staff read why. A confirmation is older than a change of the
words if its day is before ``worded_on``: it was of other words, and counts no more. The English
words are the law's and are shown as they stand in every language; the Spanish beside them is our
courtesy translation.

Source: content facts, section 8 (marks and reference ids are kept in ``source``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from intake.settings import ClinicSettings


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A named person who has compared one version of a notice with the law."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of one jurisdiction; ``version`` and ``worded_on`` change with its words."""

    jurisdiction: str
    version: str
    worded_on: date
    text: str
    spanish: str
    must_appear: str
    size_rule: str
    source: str
    is_needed_online: bool
    confirmed_by: str = ""
    confirmed_on: date | None = None

    @property
    def is_confirmed(self) -> bool:
        """Whether a named person has compared these words, and no earlier ones, with the law."""
        return bool(self.confirmed_by) and (self.confirmed_on or date.min) >= self.worded_on

    @property
    def place(self) -> str:
        """The state's name, the same in English and Spanish."""
        return STATE_NAMES[self.jurisdiction]


COUNTRY = "US"
_ENTERED_ON = date(2026, 11, 22)
_PAPER = "At least 8.5 by 11 inches and 40-point type."

NOTICES = MappingProxyType(
    {
        "FL": Notice(
            jurisdiction="FL",
            version="FL-A-2025",
            worded_on=_ENTERED_ON,
            text=(
                "THIS NOTICE MUST BE PROVIDED TO YOU UNDER FLORIDA LAW. This physician performs "
                "one or more stem cell therapies that have not yet been approved by the United "
                "States Food and Drug Administration. You are encouraged to consult with your "
                "primary care provider before undergoing any stem cell therapy."
            ),
            spanish=(
                "ESTE AVISO DEBE DÁRSELE SEGÚN LA LEY DE FLORIDA. Este médico realiza una o más "
                "terapias con células madre que aún no han sido aprobadas por la Administración "
                "de Alimentos y Medicamentos de los Estados Unidos (FDA). Le recomendamos "
                "consultar con su proveedor de atención primaria antes de someterse a una "
                "terapia con células madre."
            ),
            must_appear="In any form of advertisement: near the top of every public page about"
            " treatment, and on the form.",
            size_rule="No smaller than the largest type of the page, clearly legible.",
            source="Florida Statutes 458.3245 and 459.0127 (Chapter 2025-185) [R53][R54][R56];"
            " words [S], two versions in use, not confirmed against the statute",
            is_needed_online=True,
        ),
        "CA": Notice(
            jurisdiction="CA",
            version="CA-2017",
            worded_on=_ENTERED_ON,
            text=(
                "THIS NOTICE MUST BE PROVIDED TO YOU UNDER CALIFORNIA LAW. This health care "
                "practitioner performs one or more stem cell therapies that have not been "
                "approved by the United States Food and Drug Administration. You are encouraged "
                "to consult with your primary care physician prior to undergoing a stem cell "
                "therapy."
            ),
            spanish=(
                "ESTE AVISO DEBE DÁRSELE SEGÚN LA LEY DE CALIFORNIA. Este profesional de la "
                "salud realiza una o más terapias con células madre que no han sido aprobadas "
                "por la Administración de Alimentos y Medicamentos de los Estados Unidos (FDA). "
                "Le recomendamos consultar con su médico de atención primaria antes de "
                "someterse a una terapia con células madre."
            ),
            must_appear="At the entrance, where patients can see it, and in writing before the"
            " first treatment. No duty for websites was found.",
            size_rule=_PAPER,
            source="California Business and Professions Code 684 [P][R58][R59]",
            is_needed_online=False,
        ),
        "UT": Notice(
            jurisdiction="UT",
            version="UT-2024",
            worded_on=_ENTERED_ON,
            text=(
                "THIS NOTICE MUST BE PROVIDED TO YOU UNDER UTAH LAW. This health care "
                "practitioner performs one or more stem cell therapies that have not yet been "
                "approved by the United States Food and Drug Administration. You are encouraged "
                "to consult with your primary care provider before undergoing any stem cell "
                "therapy."
            ),
            spanish=(
                "ESTE AVISO DEBE DÁRSELE SEGÚN LA LEY DE UTAH. Este profesional de la salud "
                "realiza una o más terapias con células madre que aún no han sido aprobadas por "
                "la Administración de Alimentos y Medicamentos de los Estados Unidos (FDA). Le "
                "recomendamos consultar con su proveedor de atención primaria antes de "
                "someterse a una terapia con células madre."
            ),
            must_appear="At the entrance and where patients can see it; signed consent is needed.",
            size_rule=_PAPER,
            source="Utah Code 58-1-512 [P copy][R60]; words after Florida's form, to be compared",
            is_needed_online=False,
        ),
    }
)


def notices_for(
    clinic: ClinicSettings,
    *,
    chosen: str = "",
    confirmations: Mapping[str, Confirmation] = MappingProxyType({}),
) -> tuple[Notice, ...]:
    """Return the notice of the clinic's own state, and after it that of the state chosen.

    Empty for states whose law we know no notice of; that is no proof that there is none.

    Args:
        clinic: whose state it is, and who confirmed its notice in the settings.
        chosen: the state that a visitor said, by its two letters; unknown ones add nothing.
        confirmations: what was confirmed elsewhere, by the version of the notice; the settings
            speak for the clinic's own state only, and only where this holds nothing.
    """
    own = clinic.state.upper()
    states = dict.fromkeys(state for state in (own, chosen.upper()) if state in NOTICES)
    found = dict(confirmations)
    if own in NOTICES and clinic.notice_confirmed_by.strip() and clinic.notice_confirmed_on:
        said = Confirmation(clinic.notice_confirmed_by.strip(), clinic.notice_confirmed_on)
        found.setdefault(NOTICES[own].version, said)
    return tuple(_confirmed(NOTICES[state], found) for state in states)


def state_chosen(country: str, state: str | None) -> str:
    """Return the letters of the state that an answer names, or nothing outside this country."""
    return (state or "") if country == COUNTRY else ""


def _confirmed(notice: Notice, found: Mapping[str, Confirmation]) -> Notice:
    said = found.get(notice.version)
    return replace(notice, confirmed_by=said.by, confirmed_on=said.on) if said else notice


def places_to_choose(clinic: ClinicSettings) -> tuple[tuple[str, str], ...]:
    """Return the other states whose notices we know, as (letters, name), by name."""
    others = (state for state in NOTICES if state != clinic.state.upper())
    return tuple(sorted(((one, STATE_NAMES[one]) for one in others), key=lambda pair: pair[1]))


def warnings(clinic: ClinicSettings) -> tuple[str, ...]:
    """Return what staff are told about notices that nobody has confirmed."""
    return tuple(
        f"The {notice.place} notice has not been confirmed by a person."
        " Pages that carry it stay drafts until someone does."
        for notice in notices_for(clinic)
        if not notice.is_confirmed
    )


STATE_NAMES = MappingProxyType({"FL": "Florida", "CA": "California", "UT": "Utah"})
