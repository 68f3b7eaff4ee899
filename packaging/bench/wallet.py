"""How long the wallet's work takes.

`chain` checks the seals of a ledger of 100,000 entries; the floor reads the same rows on a bare
connection and works out nothing. `settle` brings 10,000 paid purchases into the books by one
reconciliation, durably, with a payment service that answers at once. Floors: as many single rows,
each committed alone (what one transaction for each would cost at least), and the same rows in as
many transactions as the reconciliation makes. Then all is reconciled once more, with nothing left.
"""

import argparse
import dataclasses
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _market import InstantMarket

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.seal import Head, walk
from stylestudio_desktop.services import buying, reconciling, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, purchases, seals
from stylestudio_desktop.store.database import Database

LIMIT_MS = 1000.0
PLAIN = (
    "SELECT id, user_id, kind, delta, settled, balance_after, generation_id, purchase_id,"
    " created_at, idempotency_key, mac FROM token_entries ORDER BY id"
)
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
            for _ in database.stream(PLAIN):
                pass

        ours, floor = best(check, rounds), best(read, rounds)
        print(
            json.dumps(
                {
                    "bench": "wallet",
                    "case": f"check the chain of {number:,} entries",
                    "ms": round(ours, 1),
                    "floor_ms": round(floor, 1),
                    "ratio": round(ours / floor, 2),
                    "limit_ms": LIMIT_MS * number / 100_000,
                    "ok": ours <= LIMIT_MS * number / 100_000,
                    "append_us": round(append_us, 1),
                }
            )
        )
        close_studio(studio)


def settle(number: int) -> None:
    """Measure the settling and the repeated reconciliation of `number` purchases, and print it."""
    with tempfile.TemporaryDirectory() as name:
        market = InstantMarket()
        opened = open_studio(Workspace(Path(name) / "workspace"), {})
        studio = dataclasses.replace(opened, gateways=lambda _: market)
        # Every row is as durable as it always is; only making them may be quick.
        opened.database.run("PRAGMA synchronous = OFF")
        back = buying.Back("http://127.0.0.1/", "http://127.0.0.1/")
        for _ in range(number):
            buying.buy(studio, "starter", back)
        opened.database.run("PRAGMA synchronous = FULL")
        alone = rows(opened.database, number // 10, 1) * 10
        floor = rows(opened.database, number, reconciling.TOGETHER)
        begun, worked = time.perf_counter(), time.process_time()
        found = reconciling.reconcile(studio)
        ours = (time.perf_counter() - begun) * 1000
        computed = (time.process_time() - worked) * 1000  # says more on a busy machine
        begun = time.perf_counter()
        reconciling.reconcile(studio)
        again = (time.perf_counter() - begun) * 1000
        if found.completed != number or not wallet.books(studio).closed:
            raise SystemExit("the books of the bench do not close")
        for case, took, least, limit in (
            (f"settle {number:,} paid purchases", ours, floor, 2.0 * number),
            (f"reconcile {number:,} settled purchases", again, None, 0.5 * number),
        ):
            told = {
                "bench": "wallet", "case": case, "ms": round(took, 1), "limit_ms": limit,
                "each_us": round(took / number * 1000, 1), "ok": took <= limit,
            }  # fmt: skip
            if least is not None:
                told |= {
                    "floor_ms": round(least, 1), "ratio": round(took / least, 2),
                    "cpu_ms": round(computed, 1), "alone_ms": round(alone, 1),
                    "ratio_alone": round(took / alone, 2),
                }  # fmt: skip
            print(json.dumps(told))
        close_studio(opened)


def rows(database: Database, number: int, together: int) -> float:
    """Write `number` single rows durably, `together` in each transaction; return milliseconds."""
    begun = time.perf_counter()
    for first in range(0, number, together):
        with database.write():
            for one in range(first, min(number, first + together)):
                purchases.note(database, f"bench {one}", "x")
    return (time.perf_counter() - begun) * 1000


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
    parser.add_argument("case", nargs="?", choices=("chain", "settle", "all"), default="all")
    parser.add_argument("--purchases", type=int, default=10_000)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    if chosen.case != "settle":
        chain(chosen.entries, chosen.rounds)
    if chosen.case != "chain":
        settle(chosen.purchases)


if __name__ == "__main__":
    main()
