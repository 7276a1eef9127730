"""Countries, and the states and provinces of the three where the law differs by them.

Countries carry their ISO 3166-1 codes and Babel's names. States carry the postal code (United
States, Canada) or the ISO 3166-2 code (Mexico); no code stands for two states, so one list serves
all three. Spanish names are given where they differ from the English ones.
"""

from functools import cache
from types import MappingProxyType

from phonenumbers import SUPPORTED_REGIONS

from intake.i18n import LOCALES
from intake.inquiries.asking import Choice

COUNTRIES_WITH_STATES = ("US", "CA", "MX")
_NO_COUNTRY = frozenset({"AC", "TA", "XK"})  # islands and a code outside ISO 3166-1

_US = """AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut
DE Delaware|DC District of Columbia=Distrito de Columbia|FL Florida|GA Georgia|HI Hawaii=Hawái
ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana=Luisiana|ME Maine
MD Maryland|MA Massachusetts|MI Michigan=Míchigan|MN Minnesota|MS Mississippi=Misisipi
MO Missouri=Misuri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire=Nuevo Hampshire
NJ New Jersey=Nueva Jersey|NM New Mexico=Nuevo México|NY New York=Nueva York
NC North Carolina=Carolina del Norte|ND North Dakota=Dakota del Norte|OH Ohio|OK Oklahoma
OR Oregon=Oregón|PA Pennsylvania=Pensilvania|RI Rhode Island|SC South Carolina=Carolina del Sur
SD South Dakota=Dakota del Sur|TN Tennessee=Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia
WA Washington|WV West Virginia=Virginia Occidental|WI Wisconsin|WY Wyoming
AS American Samoa=Samoa Americana|GU Guam|MP Northern Mariana Islands=Islas Marianas del Norte
PR Puerto Rico|VI U.S. Virgin Islands=Islas Vírgenes de EE. UU."""
_CA = """AB Alberta|BC British Columbia=Columbia Británica|MB Manitoba
NB New Brunswick=Nuevo Brunswick|NL Newfoundland and Labrador=Terranova y Labrador
NT Northwest Territories=Territorios del Noroeste|NS Nova Scotia=Nueva Escocia|NU Nunavut
ON Ontario|PE Prince Edward Island=Isla del Príncipe Eduardo|QC Quebec
SK Saskatchewan|YT Yukon=Yukón"""
_MX = """AGU Aguascalientes|BCN Baja California|BCS Baja California Sur|CAM Campeche|CHP Chiapas
CHH Chihuahua|CMX Ciudad de México|COA Coahuila|COL Colima|DUR Durango|GUA Guanajuato|GRO Guerrero
HID Hidalgo|JAL Jalisco|MEX Estado de México|MIC Michoacán|MOR Morelos|NAY Nayarit|NLE Nuevo León
OAX Oaxaca|PUE Puebla|QUE Querétaro|ROO Quintana Roo|SLP San Luis Potosí|SIN Sinaloa|SON Sonora
TAB Tabasco|TAM Tamaulipas|TLA Tlaxcala|VER Veracruz|YUC Yucatán|ZAC Zacatecas"""


def _alphabetical(label: str) -> str:
    plain = str.maketrans("ÁÉÍÓÚÅáéíóúüñçãô", "AEIOUAaeiouuncao")
    return label.translate(plain).casefold()


def _read(lines: str, language: str) -> tuple[Choice, ...]:
    choices = []
    for line in lines.replace("\n", "|").split("|"):
        code, _, names = line.partition(" ")
        english, _, spanish = names.partition("=")
        choices.append(Choice(code, spanish if language == "es" and spanish else english))
    return tuple(sorted(choices, key=lambda choice: _alphabetical(choice.label)))


@cache
def countries(language: str) -> tuple[Choice, ...]:
    """Return every country with its name in ``language``, in that language's alphabet.

    The three where most visitors live come first, so that an old phone need not scroll.
    """
    names = LOCALES[language].territories
    codes = SUPPORTED_REGIONS - _NO_COUNTRY
    listed = [Choice(code, names[code]) for code in codes if code in names]
    near = COUNTRIES_WITH_STATES
    return tuple(sorted(listed, key=lambda c: (c.value not in near, _alphabetical(c.label))))


@cache
def states(country: str, language: str) -> tuple[Choice, ...]:
    """Return the states of ``country`` in ``language``; none for a country where we do not ask."""
    lines = {"US": _US, "CA": _CA, "MX": _MX}.get(country)
    return _read(lines, language) if lines else ()


COUNTRY_CODES = frozenset(choice.value for choice in countries("en"))
STATE_CODES = MappingProxyType(
    {
        country: frozenset(choice.value for choice in states(country, "en"))
        for country in COUNTRIES_WITH_STATES
    }
)
