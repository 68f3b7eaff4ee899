"""How fast a library of a million generations answers, beside bare SQL on the same file.

Pages and the search are held against the shortest SQL that answers the same question, the
dashboard and the insights against their own statements without anything around them. Each is
run in turn with its floor; the figures are medians, the ratio is the median of the ratios.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from _library import Recorder, beside, library, raw, told, usual_folder

from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.ids import LARGEST_ID
from stylestudio_desktop.services import history, insights
from stylestudio_desktop.services import library as pictures
from stylestudio_desktop.services.studio import Studio

PAGE = 100
CARD = (
    "id, status, prompt, provider, style, quality, aspect_ratio, count, tokens_used, error_code,"
    " error, retry_count, processing_time_ms, created_at, updated_at, completed_at"
)
FIRST = (
    f"SELECT {CARD} FROM generations WHERE user_id = ? AND trashed_at IS NULL AND id < ?"  # noqa: S608
    " ORDER BY id DESC LIMIT ?"
)
BY_STATUS = (
    f"SELECT {CARD} FROM generations WHERE user_id = ? AND status = ? AND trashed_at IS NULL"  # noqa: S608
    " ORDER BY id DESC LIMIT ?"
)
FOUND = (
    f"SELECT {CARD} FROM generations WHERE trashed_at IS NULL AND id IN"  # noqa: S608
    " (SELECT rowid FROM generation_search WHERE generation_search MATCH ?"
    " ORDER BY rowid DESC LIMIT ?) ORDER BY id DESC"
)
BY_STYLE = BY_STATUS.replace("status = ?", "style = ?")
COUNTS = "SELECT status, number, tokens FROM generation_counts WHERE user_id = ?"
PICTURES = (
    "SELECT id FROM files WHERE user_id = ? AND category = ? AND trashed_at IS NULL"
    " AND id < ? ORDER BY id DESC LIMIT -1"
)
FEW_PICTURES = PICTURES.replace("-1", "500")
Case = tuple[str, float, Callable[[], object], Callable[[], object], int]


class Bench:
    """The library, and a bare connection to the same file."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._connection = raw(studio.workspace.database)

    def ask(self, sql: str, *values: Any) -> list[Any]:
        """Answer a question with bare SQL."""
        found: list[Any] = self._connection.execute(sql, values).fetchall()
        return found

    def again(self, work: Callable[[], object]) -> Callable[[], object]:
        """Return a call that runs the statements of `work` and nothing else."""
        said = Recorder().listen(work)
        return lambda: [self.ask(sql, *values) for sql, values in said]

    def pages(self) -> list[Case]:
        """Pages at the top, in the depth, narrowed, and searched for."""
        studio, user = self._studio, self._studio.user_id
        everything = GenerationFilter()
        ids = history.ids(studio, everything)
        deep = ids[min(len(ids) - PAGE - 1, 500_000)]
        narrowed = GenerationFilter(status="failed")
        wanted = GenerationFilter(search="linen dress")
        match = f'owner : "u{user}" AND {{prompt}} : ("linen"* AND "dress"*)'
        listing = partial(history.listing, studio)
        return [
            (
                "first page",
                3.0,
                partial(self.ask, FIRST, user, LARGEST_ID, PAGE + 1),
                partial(listing, everything),
                20,
            ),
            (
                f"page at depth {min(len(ids), 500_000):,}",
                3.0,
                partial(self.ask, FIRST, user, deep, PAGE + 1),
                partial(listing, everything, str(deep)),
                20,
            ),
            (
                "page of the failed",
                3.0,
                partial(self.ask, BY_STATUS, user, "failed", PAGE + 1),
                partial(listing, narrowed),
                20,
            ),
            (
                "page of a rare style",
                3.0,
                partial(self.ask, BY_STYLE, user, "minimalist", PAGE + 1),
                partial(listing, GenerationFilter(style="minimalist")),
                20,
            ),
            (
                "newest with “linen dress”",
                3.0,
                partial(self.ask, FOUND, match, PAGE + 1),
                partial(listing, wanted),
                5,
            ),
        ]

    def sums(self) -> list[Case]:
        """What panes show at their first look, and the ids that the grid scrolls over."""
        studio, user = self._studio, self._studio.user_id
        generated = FileFilter(category="generated_image")
        looks: list[tuple[str, Callable[[], object]]] = [
            ("first page with pictures", partial(history.rows, studio, GenerationFilter())),
            ("dashboard", partial(history.dashboard, studio)),
            ("insights of 90 days", partial(insights.insights, studio, 90)),
        ]
        cases: list[Case] = [(name, 3.0, self.again(work), work, 5) for name, work in looks]
        cases.append(
            ("counts", 3.0, partial(self.ask, COUNTS, user), partial(history.totals, studio), 50)
        )
        cases.append(
            (
                "first 500 ids of the gallery",
                3.0,
                partial(
                    self.ask, PICTURES.replace("-1", "500"), user, "generated_image", LARGEST_ID
                ),
                partial(pictures.ids, studio, generated, LARGEST_ID, 500),
                20,
            )
        )
        cases.append(
            (
                "all ids of the gallery",
                1.5,
                partial(self.ask, PICTURES, user, "generated_image", LARGEST_ID),
                partial(pictures.ids, studio, generated),
                1,
            )
        )
        return cases


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--generations", type=int, default=1_000_000)
    parser.add_argument("--library", type=Path, help="a library; filled if it is not there")
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    with library(chosen.library or usual_folder(chosen.generations), chosen.generations) as studio:
        bench = Bench(studio)
        for name, target, floor, ours, each in [*bench.pages(), *bench.sums()]:
            floor()
            ours()
            rounds = chosen.rounds if each > 1 else 3
            told(name, beside(floor, ours, rounds, each), target)


if __name__ == "__main__":
    main()
