"""Strikes every way at every point: `python -m tests.faults`, which prints JSON.

`[WAY...] [--mode kill|eio|enospc|power|full|…] [--kind CALL] [--most N] [--planted | --bug NAME]`;
exit code 1 if anything was violated or, with planted bugs, if one was not found. Needs Linux, gcc.
"""

import argparse
import json
import sys
import time

from tests.faults.paths import WAYS
from tests.faults.points import EVERYWHERE, MODES, ground, strike_everywhere
from tests.faults.victims import CONDITIONS, KINDS, why_not


def main() -> int:
    """Run what the command line names and print one JSON object per way, then the sum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [one.name for one in WAYS]
    parser.add_argument("ways", nargs="*", metavar="WAY", choices=[*names, []])
    parser.add_argument("--mode", action="append", choices=(*MODES, *CONDITIONS))
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--most", type=int, default=EVERYWHERE, help="points of each mode and kind")
    bugs = parser.add_mutually_exclusive_group()
    bugs.add_argument("--bug", help="plant one bug")
    bugs.add_argument("--planted", action="store_true", help="plant every bug in turn")
    given = parser.parse_args()
    if (reason := why_not()) is not None:
        print(reason, file=sys.stderr)
        return 2
    total = wrong = 0
    modes, kinds = tuple(given.mode or MODES), tuple(given.kind or ()) or None
    for way in WAYS:
        if given.ways and way.name not in given.ways:
            continue
        with ground() as here:
            for bug in way.bugs if given.planted else [given.bug or ""]:
                if bug and bug not in way.bugs:
                    continue
                # A mode at a time, so that hours of work show what they found on the way.
                for some in [modes] if bug else [(one,) for one in modes]:
                    begun = time.monotonic()
                    report = strike_everywhere(way, some, kinds, given.most, bug, here)
                    total += report.total
                    wrong += not report.violations if bug else len(report.violations)
                    print(json.dumps({
                        "way": way.name, "bug": bug, "points": report.total, "by": report.points,
                        "violations": report.violations,
                        "seconds": round(time.monotonic() - begun, 1),
                    }), flush=True)  # fmt: skip
    print(json.dumps({"points": total, "wrong": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
