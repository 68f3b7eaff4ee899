"""Writes the history as a table for spreadsheets, in portions and without live formulas."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from threading import Event

from stylestudio_desktop.domain.errors import Stopped, StorageError, StorageFull
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.records import GenerationCard
from stylestudio_desktop.files.attending import Progress as Told
from stylestudio_desktop.files.attending import attended
from stylestudio_desktop.files.disk import is_full
from stylestudio_desktop.files.export import new_file
from stylestudio_desktop.services import history
from stylestudio_desktop.services.studio import Studio

PORTION = 500
COLUMNS = (
    "id", "created (UTC)", "status", "prompt", "style", "quality", "ratio", "pictures",
    "service", "tokens", "retries", "seconds", "ended (UTC)", "error code", "error",
)  # fmt: skip
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, "CSV Injection"),
# full-width forms among them; where a comma divides no cells, a semicolon or a tab does.
_LIVE = re.compile("(^|[;\t])(?=[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")
Progress = Callable[[int], None]


def export(
    studio: Studio,
    path: Path,
    wanted: GenerationFilter,
    *,
    ids: Sequence[int] | None = None,
    progress: Progress = lambda _done: None,
    cancelled: Event | None = None,
) -> int:
    """Write the generations that fit `wanted` (only `ids` of them, if given) to `path`.

    Newest first, UTF-8 with a byte order mark so that Excel reads it rightly. The file appears
    whole or not at all: a cancelled export leaves nothing and returns 0. Returns the number of
    rows; `progress` is called with the rows written so far. Raises StorageError.
    """

    def work(told: Told, cancelled: Event | None) -> int:
        portions = _portions(studio, wanted, ids)
        return _export(portions, path, lambda done: told(done, 0, ""), cancelled)

    def told(done: int, _all: int, _name: str) -> None:
        progress(done)

    return attended(
        studio.workspace.root, [path.parent], work, told, cancelled, studio.database.connection
    )


def _export(
    portions: Iterator[list[GenerationCard]],
    path: Path,
    progress: Progress,
    cancelled: Event | None,
) -> int:
    written = 0
    try:
        with new_file(path, replace=True) as file:
            text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
            table = csv.writer(text)
            table.writerow(COLUMNS)
            for portion in portions:
                _go_on(cancelled)
                table.writerows(_cells(card) for card in portion)
                written += len(portion)
                progress(written)
            _go_on(cancelled)
            text.detach()
    except Stopped:
        return 0
    except OSError as error:
        raise _told(error, path) from error
    return written


def _go_on(cancelled: Event | None) -> None:
    if cancelled is not None and cancelled.is_set():
        raise Stopped


def guarded(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and never computes it."""
    return _LIVE.sub(r"\1'", text)


def _portions(
    studio: Studio, wanted: GenerationFilter, ids: Sequence[int] | None
) -> Iterator[list[GenerationCard]]:
    if ids is None:
        after: str | None = None
        while True:
            page = history.listing(studio, wanted, after, PORTION)
            if page.items:
                yield page.items
            if page.next is None:
                return
            after = page.next
    chosen = set(ids)
    left = sorted(chosen, reverse=True)
    place = 0
    while place < len(left):
        # The page that begins at the next wanted row brings its neighbours along for free.
        page = history.listing(studio, wanted, str(left[place] + 1), PORTION)
        if not page.items:
            return
        found = [card for card in page.items if card.id in chosen]
        if found:
            yield found
        if page.next is None:
            return
        last = page.items[-1].id
        while place < len(left) and left[place] >= last:
            place += 1


def _cells(card: GenerationCard) -> list[str | int]:
    seconds = "" if card.processing_time_ms is None else f"{card.processing_time_ms / 1000:.1f}"
    return [
        str(card.id), _moment(card.created_at), card.status, guarded(card.prompt),
        guarded(card.style), guarded(card.quality), guarded(card.aspect_ratio), card.pictures,
        guarded(card.provider), card.tokens_used, card.retry_count, seconds,
        _moment(card.completed_at), guarded(card.error_code or ""), guarded(card.error or ""),
    ]  # fmt: skip


def _moment(at: int | None) -> str:
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _told(error: OSError, path: Path) -> StorageError:
    if is_full(error):
        return StorageFull(
            "The disk is full, so the table was not written. The history itself is safe. "
            "Free some space, or choose another disk."
        )
    return StorageError(
        f"The table could not be written to {path}: {error.strerror}. The history itself is "
        "safe. Choose another folder."
    )
