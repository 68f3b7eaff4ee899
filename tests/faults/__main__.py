"""Strikes every way at every point: `python -m tests.faults`, which prints JSON.

`[WAY...] [--mode kill|eio|enospc|power] [--kind CALL] [--most N] [--bug NAME|all]`; exit code 1 if
anything was violated or, with --bug, if a planted bug was not found. Needs Linux with gcc.
"""

import argparse
import json
import sys
import time

from tests.faults.paths import WAYS
from tests.faults.points import MODES, Way, strike_everywhere
from tests.faults.victims import KINDS, why_not


def main() -> int:
    """Run what the command line names and print one JSON object per way, then the sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [one.name for one in WAYS]
    parser.add_argument("ways", nargs="*", metavar="WAY", choices=[*names, []])
    parser.add_argument("--mode", action="append", choices=MODES)
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--most", type=int, default=1_000_000, help="points of each mode and kind")
    parser.add_argument("--bug", help="plant one bug, or all of them in turn")
    given = parser.parse_args()
    if (reason := why_not()) is not None:
        print(reason, file=sys.stderr)
        return 2
    total = wrong = 0
    for way in WAYS:
        if given.ways and way.name not in given.ways:
            continue
        for bug in _bugs(way, given.bug):
            begun = time.monotonic()
            modes, kinds = tuple(given.mode or MODES), tuple(given.kind or ()) or None
            report = strike_everywhere(way, modes, kinds, given.most, bug)
            total += report.total
            wrong += not report.violations if bug else len(report.violations)
            print(json.dumps({
                "way": way.name, "bug": bug, "points": report.total, "by": report.points,
                "violations": report.violations, "seconds": round(time.monotonic() - begun, 1),
            }), flush=True)  # fmt: skip
    print(json.dumps({"points": total, "wrong": wrong}))
    return 1 if wrong else 0


def _bugs(way: Way, wanted: str | None) -> list[str]:
    if wanted is None:
        return [""]
    return list(way.bugs) if wanted == "all" else [wanted] * (wanted in way.bugs)


if __name__ == "__main__":
    sys.exit(main())
