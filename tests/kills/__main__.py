"""``python -m tests.kills``: kill from the command line and print the tally."""

import argparse
import itertools
import json
from dataclasses import asdict
from pathlib import Path

from tests.kills.house import temporary_folder
from tests.kills.loop import kill_again_and_again

DATABASES = ("sqlite", "postgresql")
KILLS = {"worker": 30, "submitter": 30, "server": 2}


def main() -> None:
    """Run the wanted combinations; leave with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="only this one")
    parser.add_argument("--what", choices=KILLS, help="only this one")
    parser.add_argument("--kills", type=int, help="default 30, and 2 for the server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write the tallies here")
    options = parser.parse_args()
    tallies = []
    for database, what in itertools.product(
        [options.database] if options.database else DATABASES,
        [options.what] if options.what else KILLS,
    ):
        with temporary_folder() as folder:
            tally = kill_again_and_again(
                folder,
                what=what,
                database=database,
                kills=options.kills or KILLS[what],
                seed=options.seed,
            )
        print(tally, *tally.faults, sep="\n  FAULT ", flush=True)
        tallies.append(tally)
    if options.json:
        rows = [
            asdict(one) | {"acknowledged": len(one.acknowledged), "faults": one.faults}
            for one in tallies
        ]
        options.json.write_text(json.dumps(rows, indent=2) + "\n")
    raise SystemExit(1 if any(one.faults for one in tallies) else 0)


if __name__ == "__main__":
    main()
