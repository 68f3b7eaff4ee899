"""How long the wallet's proofs take: `chain` checks the seals of a ledger of 100,000 entries.

The floor reads the same rows on a bare connection and works out nothing.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.seal import Head, walk
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, seals

LIMIT_MS = 1000.0
PORTION = 5000


def sealed(studio: Studio, number: int) -> bytes:
    """Write `number` sealed entries and return their key."""
    key = b"k" * 32
    database = studio.database
    with database.write():
        fresh = seals.draft(database, key, 1, now_ms(), "bench")
        seals.seal_from(database, key, Head(0, fresh.mac), number)
        seals.drop_anchor(database, fresh)
    database.seals.find_key = lambda _anchor: key
    database.seals.moved = lambda _anchor, _head: None
    for begin in range(0, number, PORTION):
        with database.write():
            for one in range(begin, min(begin + PORTION, number)):
                move = ledger.grant(studio.user_id, 1, f"bench/{one}")
                entries.append(database, studio.user_id, move, now_ms())
    return key


def chain(number: int, rounds: int) -> None:
    """Measure the check of a whole ledger, and print it."""
    with tempfile.TemporaryDirectory() as name:
        studio = open_studio(Workspace(Path(name) / "workspace"), {})
        begun = time.perf_counter()
        key = sealed(studio, number)
        append_us = (time.perf_counter() - begun) / number * 1e6
        database = studio.database
        seed = seals.anchors(database)[-1].mac

        def check() -> None:
            found = walk(key, seed, seals.stream(database), None)
            if found[1] or seals.balances(database):
                raise SystemExit("the ledger of the bench is broken")

        def read() -> None:
            for _ in seals.stream(database):
                pass

        ours = best(check, rounds)
        print(
            json.dumps(
                {
                    "bench": "wallet",
                    "case": f"check the chain of {number:,} entries",
                    "ms": round(ours, 1),
                    "floor_ms": round(best(read, rounds), 1),
                    "limit_ms": LIMIT_MS * number / 100_000,
                    "ok": ours <= LIMIT_MS * number / 100_000,
                    "append_us": round(append_us, 1),
                }
            )
        )
        close_studio(studio)


def best(work: Callable[[], None], rounds: int) -> float:
    """Return the shortest of some runs in milliseconds."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return min(found)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("case", nargs="?", choices=("chain",), default="chain")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    chain(chosen.entries, chosen.rounds)


if __name__ == "__main__":
    main()
