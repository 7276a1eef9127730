"""Reads an SPF record: does it hold, how many questions does it cost, what would name our relay.

Whether the relay's own outgoing addresses are in it cannot be known from here: they are the
relay's, and change. What its host is known to ask for is looked for instead.

Source: RFC 7208, sections 4.5, 4.6.4 and 5.
"""

from dataclasses import dataclass

from intake.operations.names import Names

LOOKUPS_MAX = 10
DEPTH_MAX = 10
# What the makers of these relays ask their customers to write.
RELAYS = {
    "google.com": "include:_spf.google.com",
    "gmail.com": "include:_spf.google.com",
    "office365.com": "include:spf.protection.outlook.com",
    "outlook.com": "include:spf.protection.outlook.com",
    "sendgrid.net": "include:sendgrid.net",
    "mailgun.org": "include:mailgun.org",
    "amazonaws.com": "include:amazonses.com",
    "postmarkapp.com": "include:spf.mtasv.net",
    "zoho.com": "include:zohomail.com",
    "fastmail.com": "include:spf.messagingengine.com",
}


@dataclass(frozen=True, slots=True)
class Spf:
    """What was found: the records, what the one says to strangers, and what it costs."""

    records: tuple[str, ...]
    lookups: int = 0
    ending: str = ""  # "-all", "~all", "?all", "+all" or nothing
    terms: frozenset[str] = frozenset()

    @property
    def is_one(self) -> bool:
        """Whether there is exactly one record; two are an error for every receiver."""
        return len(self.records) == 1


def read_spf(names: Names, domain: str) -> Spf:
    """Return what a domain's SPF record says, its includes followed.

    Raises:
        CannotAsk: DNS gave no answer.
    """
    records = _records(names, domain)
    if len(records) != 1:
        return Spf(records)
    terms: set[str] = set()
    lookups, ending = _follow(names, records[0], terms, DEPTH_MAX)
    return Spf(records, lookups, ending, frozenset(terms))


def relay_term(host: str) -> str:
    """Return what names the relay in an SPF record."""
    for ending, term in RELAYS.items():
        if host == ending or host.endswith(f".{ending}"):
            return term
    return f"a:{host}"


def _records(names: Names, domain: str) -> tuple[str, ...]:
    return tuple(
        text
        for text in names.texts(domain)
        if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")
    )


def _follow(names: Names, record: str, terms: set[str], depth: int) -> tuple[int, str]:
    """Return the questions a record costs and how it ends; ``terms`` collects what it names."""
    lookups, ending = 0, ""
    for term in record.lower().split()[1:]:
        bare = term.lstrip("+-~?")
        terms.add(bare)
        if bare == "all":
            ending = term if term[0] in "+-~?" else "+all"
            break
        if not _asks(bare):
            continue
        lookups += 1
        target = bare.partition(":")[2] or bare.partition("=")[2]
        if bare.startswith(("include:", "redirect=")) and depth and lookups <= LOOKUPS_MAX:
            inner = _records(names, target)
            more, theirs = _follow(names, inner[0], terms, depth - 1) if inner else (0, "")
            lookups += more
            ending = theirs if bare.startswith("redirect=") else ending
    return lookups, ending


def _asks(bare: str) -> bool:
    if bare.startswith(("include:", "exists:", "redirect=")):
        return True
    return bare.split(":", maxsplit=1)[0].split("/", maxsplit=1)[0] in {"a", "mx", "ptr"}
