"""History's timeline: single generations, and each batch as one row, newest first."""

from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from heapq import merge
from threading import Event

from stylestudio_desktop.domain.batch import BatchStatus, Progress
from stylestudio_desktop.domain.errors import IllegalStep
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT, GenerationFilter
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.ids import id_at
from stylestudio_desktop.domain.records import GenerationCard, Page
from stylestudio_desktop.services import batches, history, history_bulk
from stylestudio_desktop.services.history import HistoryRow
from stylestudio_desktop.services.history_bulk import Account
from stylestudio_desktop.services.paging import checked_limit, cursor, paged
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import batches as stored
from stylestudio_desktop.store import generations


def folds(wanted: GenerationFilter) -> bool:
    """Say whether batches are one row each: not while single pictures are looked for."""
    return not (wanted.picked or wanted.batch is not None or wanted.trashed)


def rows(
    studio: Studio,
    wanted: GenerationFilter,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[HistoryRow]:
    """Return a page of the timeline; a batch's row has its `batch` set. Raises BadInput."""
    if not folds(wanted):
        return history.rows(studio, wanted, after, limit)
    limit, before = checked_limit(limit), cursor(after)
    loose = generations.page(studio.database, studio.user_id, wanted, before, limit + 1, loose=True)
    of_batches = _batch_rows(studio, _batches(studio, wanted, before, limit + 1))
    singles = history.with_pictures(studio, loose)
    both = list(merge(singles, of_batches, key=lambda row: row.card.id, reverse=True))
    return paged(both[: limit + 1], limit, lambda row: row.card.id)


def ids(studio: Studio, wanted: GenerationFilter) -> "array[int]":
    """Return the ids of all rows of the timeline, batches' ids among them, newest first."""
    if not folds(wanted):
        return history.ids(studio, wanted)
    loose = generations.ids(studio.database, studio.user_id, wanted, loose=True)
    of_batches = stored.shown_ids(studio.database, studio.user_id)
    kept = [one for one in of_batches if _within(one, wanted)]
    return array("q", merge(loose, kept, reverse=True)) if kept else loose


def members(studio: Studio, chosen: Sequence[int]) -> list[int]:
    """Return the generations that rows of the timeline stand for, a batch's own among them."""
    known = set(stored.shown_ids(studio.database, studio.user_id))
    found: list[int] = []
    for one in chosen:
        if one in known:
            found += history.ids(studio, GenerationFilter(batch=one))
        else:
            found.append(one)
    return found


def cancel(
    studio: Studio,
    chosen: Sequence[int],
    progress: Callable[[int, int], None],
    cancelled: Event | None = None,
) -> Account:
    """Stop what waits or runs among the rows; a batch begins nothing more. Raises StorageError."""
    known = set(stored.shown_ids(studio.database, studio.user_id))
    done: list[int] = []
    for one in [row for row in chosen if row in known]:
        going = stored.open_generations(studio.database, one)
        with suppress(IllegalStep):  # it is over: nothing is left to be stopped
            batches.cancel(studio, one)
            done += going or [one]
    singles = [one for one in chosen if one not in known]
    account = history_bulk.cancel(studio, singles, progress, cancelled)
    return replace(account, done=(*done, *account.done))


def _within(batch_id: int, wanted: GenerationFilter) -> bool:
    after = wanted.since is None or batch_id >= id_at(wanted.since)
    return after and (wanted.until is None or batch_id < id_at(wanted.until))


def _batches(studio: Studio, wanted: GenerationFilter, before: int, limit: int) -> list[Progress]:
    found = stored.shown(studio.database, studio.user_id, before, limit)
    return batches.measured(studio, [one for one in found if _within(one.id, wanted)])


def _batch_rows(studio: Studio, found: Sequence[Progress]) -> list[HistoryRow]:
    """Add to each batch the picture of its newest generation, all read together."""
    newest = stored.heads(studio.database, [one.batch.id for one in found])
    cards = generations.cards(studio.database, list(newest.values()))
    pictures = {row.card.id: row.thumbnail for row in history.with_pictures(studio, cards)}
    return [
        HistoryRow(_card(one), pictures.get(newest.get(one.batch.id, 0)), None, (), one)
        for one in found
    ]


def _card(seen: Progress) -> GenerationCard:
    """Return a batch as the list shows it; what differs among its pictures is left open."""
    batch = seen.batch
    return GenerationCard(
        id=batch.id,
        status=_status(seen).value,
        prompt=batch.name,
        provider="",
        style="",
        quality="",
        aspect_ratio="",
        pictures=batch.total,
        tokens_used=seen.tokens,
        error_code=batch.reason,
        error=None if seen.over else batch.sentence,
        retry_count=0,
        processing_time_ms=None,
        created_at=batch.created_at,
        updated_at=batch.updated_at,
        completed_at=batch.updated_at if seen.over else None,
    )


def _status(seen: Progress) -> Status:
    if not seen.over:
        resting = seen.batch.status == BatchStatus.PAUSED.value and not seen.open
        return Status.PENDING if resting or not seen.open else Status.PROCESSING
    if seen.batch.status == BatchStatus.CANCELLED.value:
        return Status.CANCELLED
    return Status.COMPLETED if seen.completed else Status.FAILED
