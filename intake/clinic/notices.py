"""Notices that a state's law puts in a clinic's mouth, as data: words, place, size, source.

No notice counts as confirmed until a named person has compared it with the law; until then the
pages that carry it are drafts, and staff read why. The English words are the law's and are shown
as they stand in every language; the Spanish beside them is our courtesy translation.

Source: content facts, section 8 (marks and reference ids are kept in ``source``).
"""

from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from intake.settings import ClinicSettings


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of one jurisdiction; ``version`` changes with its words."""

    jurisdiction: str
    version: str
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
        """Whether a named person has compared the words with the law, and on which day."""
        return bool(self.confirmed_by and self.confirmed_on)

    def confirmed(self, by: str, on: date) -> "Notice":
        """Return the same words with a name and a day under them."""
        return replace(self, confirmed_by=by, confirmed_on=on)


_PAPER = "At least 8.5 by 11 inches and 40-point type."

NOTICES = MappingProxyType(
    {
        "FL": Notice(
            jurisdiction="FL",
            version="FL-A-2025",
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


def notices_for(clinic: ClinicSettings) -> tuple[Notice, ...]:
    """Return the notices of the clinic's own state, with the confirmation from the settings.

    Empty for a state whose law we know no notice of; that is no proof that there is none.
    """
    notice = NOTICES.get(clinic.state.upper())
    if notice is None:
        return ()
    return (
        replace(
            notice,
            confirmed_by=clinic.notice_confirmed_by.strip(),
            confirmed_on=clinic.notice_confirmed_on,
        ),
    )


def warnings(clinic: ClinicSettings) -> tuple[str, ...]:
    """Return what staff are told about notices that nobody has confirmed."""
    return tuple(
        f"The {STATE_NAMES[notice.jurisdiction]} notice has not been confirmed by a person."
        " Pages that carry it stay drafts until someone does."
        for notice in notices_for(clinic)
        if not notice.is_confirmed
    )


STATE_NAMES = MappingProxyType({"FL": "Florida", "CA": "California", "UT": "Utah"})
