"""How fast pictures are found in a large library: every kind of query, facets, look-alikes, undo.

The floor of each list is the newest page of ids read by bare SQLite on the same file, in the same
run. Each query has a limit in milliseconds for its first page of 100, which is what somebody
waits for while typing; `target` is that limit in terms of the floor.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from _library import library, raw, told, usual_folder

from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.services import bulk, finding, organising, undo, words
from stylestudio_desktop.services.bulk import Selection
from stylestudio_desktop.services.finding import Order
from stylestudio_desktop.services.similar import Lookalikes
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.trail import followed, trail
from stylestudio_desktop.store import facets

PAGE = 100
QUERIES = {
    "everything": "",
    "a word": "linen",
    "two letters": "li",
    "two words": "linen beach",
    "a phrase": '"linen dress"',
    "all but a word": "-linen",
    "a style": "style:vintage",
    "style and service": "style:vintage provider:local",
    "rated 4 and more": "rating:>=4",
    "favourites, a style, rated 4 and more": "is:favourite style:vintage rating:>=4",
    "a word, a style, rated 5": "linen style:vintage rating:5",
    "a word, favourites, a style, rated 4 and more": "linen is:favourite style:vintage rating:>=4",
    "a large tag": "tag:many",
    "a large and a small tag": "tag:many tag:few",
    "a tag, not another, and a word": "tag:many -tag:few linen",
    "a month": "date:2025-03",
    "a collection": "collection:Season",
    "the trash": "is:trashed",
    "a word in the trash": "linen is:trashed",
    "nothing fits": "tag:few rating:5 style:vintage -is:favourite linen zzz",
}


def dress(studio: Studio) -> None:
    """Give a synthetic library fingerprints, tags, a collection and its kept counts, once."""
    database = studio.database
    if any(tag.name == "many" for tag in organising.list_tags(studio)):
        return
    print("adding tags and fingerprints", file=sys.stderr)
    rng = random.Random(1)  # noqa: S311 - the same library in every run
    with database.write():
        facets.recount(database)
        ids = list(finding.ids(studio, parse("")))
        database.run_many(
            "UPDATE files SET perceptual_hash = ? WHERE id = ?",
            [(rng.getrandbits(64) - (1 << 63), one) for one in ids],
        )
    sizes = {"many": max(1, len(ids) // 20), "few": max(1, len(ids) // 5000)}
    for name, size in sizes.items():
        bulk.tag(studio, Selection(ids=rng.sample(ids, size)), name)
    season = organising.new_collection(studio, "Season")
    bulk.collect(studio, Selection(ids=rng.sample(ids, sizes["many"])), season.id)


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median milliseconds of `work`, after one run that nobody counts."""
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def measure(studio: Studio, rounds: int) -> None:
    """Print every figure."""
    connection = raw(studio.database.path)
    bare = "SELECT id FROM files WHERE user_id = ? AND trashed_at IS NULL ORDER BY id DESC LIMIT ?"
    floor = milliseconds(
        lambda: connection.execute(bare, (studio.user_id, PAGE)).fetchall(), rounds
    )

    def line(name: str, limit: float, work: Callable[[], object], times: int = rounds) -> None:
        ours = milliseconds(work, times)
        told(name, (floor, ours, ours / floor), round(limit / floor, 1), limit_ms=limit)

    for name, text in QUERIES.items():
        query = parse(text)
        line(f"first page of {name}", 5.0, lambda q=query: finding.ids(studio, q, limit=PAGE))  # type: ignore[misc]
    styled = parse("style:vintage")
    for order in (Order.OLDEST, Order.RATING):
        line(
            f"first page of a style, {order.value} first",
            5.0,
            lambda o=order: finding.ids(studio, styled, order=o, limit=PAGE),  # type: ignore[misc]
        )
    line("facets with counts", 5.0, lambda: finding.facet_counts(studio))
    line("suggestions", 5.0, lambda: finding.suggestions(studio, "tag:m"))
    line("an estimate", 5.0, lambda: finding.estimate(studio, parse("style:vintage tag:many")))
    before = trail(studio)
    bulk.favourite(studio, Selection(ids=finding.ids(studio, styled, limit=PAGE)), True)
    line("what was done since a look", 5.0, lambda: followed(studio, before, trail(studio), 5000))
    undo.undo(studio)
    looks = Lookalikes(studio)
    began = time.perf_counter()
    prints = looks.refresh()
    print(f"{prints:,} fingerprints read in {time.perf_counter() - began:.2f} s", file=sys.stderr)
    some = int(studio.database.value("SELECT max(id) FROM files WHERE perceptual_hash IS NOT NULL"))
    line(f"what looks like one of {prints:,}", 50.0, lambda: looks.find(some))
    change(studio, floor)
    connection.close()


def change(studio: Studio, floor: float) -> None:
    """Print what rating half a library costs, and undoing it, for each picture."""
    half = finding.ids(studio, parse(""))[::2]
    works: dict[str, Callable[[], object]] = {
        "rate": lambda: bulk.rate(studio, Selection(ids=half), 3),
        "undo the rating of": lambda: undo.undo(studio),
    }
    for name, work in works.items():
        began = time.perf_counter()
        work()
        each = (time.perf_counter() - began) * 1000 / max(1, len(half))
        figures = (floor, each, each / floor)
        told(f"{name} {len(half):,} pictures, each", figures, round(0.1 / floor, 2), limit_ms=0.1)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--generations", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", type=Path, help="the workspace (default: kept in temp)")
    chosen = parser.parse_args()
    usual = usual_folder(chosen.generations)
    folder = chosen.folder or usual.with_name(f"{usual.name}-search")
    with library(folder, chosen.generations) as studio:
        dress(studio)
        words.tidy(studio, Event())  # as a window does behind everything else
        measure(studio, chosen.rounds)


if __name__ == "__main__":
    main()
