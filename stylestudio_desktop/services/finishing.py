"""How a job ends: its pictures saved and charged for, or its tokens given back."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep, StorageError
from stylestudio_desktop.domain.events import (
    BalanceChanged,
    GenerationCompleted,
)
from stylestudio_desktop.domain.generation import Category, Role, Status, check_step
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import Action, Generation, StoredFile
from stylestudio_desktop.files.containers import without_recipe
from stylestudio_desktop.files.metadata import described
from stylestudio_desktop.files.names import safe_stem
from stylestudio_desktop.files.probe import SUFFIXES, Limits, Probe
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.providers.protocol import Output
from stylestudio_desktop.services import attempts, describing
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import batches, entries, fidelity, files, generations, jobs, users

RESULT_LIMITS = Limits(max_bytes=64 * 1_048_576, max_pixels=100_000_000)
"""What a service's picture may be; larger than what people import, since it is not theirs."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A result whose bytes are already durable in the file store."""

    position: int
    storage_id: str
    probe: Probe
    facts: Mapping[str, Any] = field(default_factory=dict)


def save_result(
    studio: Studio, partial: Path, output: Output, made: Generation | None = None
) -> Saved:
    """Check a fetched picture, every pixel of it, and take it into the file store.

    It then says itself how `made` made it, so that its story outlives the database. Raises
    BadInput if it is no sound picture, StorageError for the disk. `partial` is gone then
    or belongs to the store.
    """
    from stylestudio_desktop.files.scaling import examine  # decoding is not needed at a start

    name = f"Picture {output.position + 1}"
    if partial.stat().st_size <= RESULT_LIMITS.max_bytes:  # the probe refuses what is larger
        _strip_recipe(partial)
        if made is not None:
            _describe(studio, partial, output, made)
    found, thumbnails = examine(partial, RESULT_LIMITS, name, decode=True)
    stored = studio.files.adopt(partial)
    studio.thumbnails.put_many([(stored.storage_id, thumbnails)])
    return Saved(output.position, stored.storage_id, found, output.facts)


def _strip_recipe(partial: Path) -> None:
    """Take the workflow out of a fetched picture; what is no sound picture is left to the probe."""
    data = partial.read_bytes()
    with contextlib.suppress(BadInput):
        bare = without_recipe(data)
        if bare is not data:
            partial.write_bytes(bare)


def _describe(studio: Studio, partial: Path, output: Output, made: Generation) -> None:
    """Write into a fetched picture how it was made; one that can't carry it goes without.

    The same picture fetched again becomes the same bytes, so nothing of now is in it.
    """
    said = describing.describe(
        studio,
        made,
        output.position,
        label=str(output.facts.get("label") or ""),
        made_at=made.created_at,
    )
    with contextlib.suppress(BadInput):
        partial.write_bytes(described(partial.read_bytes(), said))


def complete(studio: Studio, row: Generation, saved: Sequence[Saved]) -> list[int]:
    """Finish a generation whose pictures are on the disk, and charge for those; once.

    Returns the ids of the new pictures. Raises IllegalStep if it has ended already, and
    StorageError if the bytes of a picture are gone again; nothing is charged then.
    """
    if not saved:
        raise ValueError("a generation without a saved picture can't be completed")
    check_step(Status(row.status), Status.COMPLETED)
    database = studio.database
    moment = now_ms()
    each = row.price // row.pictures
    charged = min(row.price, each * len(saved))
    with database.write():
        worked = attempts.worked_ms(studio, row, moment)
        moved = generations.step(
            database,
            row,
            Status.COMPLETED,
            moment,
            tokens_used=charged,
            completed_at=moment,
            processing_time_ms=worked,
        )
        if not moved:
            raise IllegalStep("It has moved on meanwhile. Nothing was changed.")
        _check_there(studio, saved)
        called = _called(studio, row)
        new = [
            _result_row(row, one, moment, called) for one in sorted(saved, key=lambda s: s.position)
        ]
        files.insert_many(database, new)
        ids = [one.id for one in new]
        generations.link(database, row.id, Role.RESULT, ids, primary=True)
        fidelity.mark_due(database, row.user_id, ids)
        move = ledger.settle(row.id, row.retry_count, row.price, charged)
        entries.append(database, row.user_id, move, moment)
        attempts.record(
            studio,
            row,
            Action.GENERATION_COMPLETED,
            moment,
            tokens=charged,
            pictures=len(saved),
            duration_ms=worked or 0,
        )
        jobs.delete(database, row.id)
        studio.tell(GenerationCompleted(row.id, tuple(ids)))
        studio.tell(BalanceChanged(row.user_id, users.balance(database, row.user_id)))
    return ids


def _check_there(studio: Studio, saved: Sequence[Saved]) -> None:
    """Look once more, under the write lock that every removal of bytes needs as well."""
    for one in saved:
        if studio.files.quick(one.storage_id, one.probe.size) is not Condition.INTACT:
            raise StorageError(
                f"Picture {one.position + 1} was removed from the disk before it could be kept. "
                "Nothing was charged; it is fetched again.",
                code=Code.FILE_MISSING,
            )


def _called(studio: Studio, row: Generation) -> str:
    """Return what a result's file name begins with: a batch's own SKU or name, else the style."""
    item = None if row.batch_id is None else batches.of_generation(studio.database, row.id)
    given = "" if item is None else item.sku or item.name
    return f"{safe_stem(given)}-{row.style}" if given else row.style


def _result_row(row: Generation, saved: Saved, moment: int, called: str) -> StoredFile:
    suffix = SUFFIXES[saved.probe.format]
    return StoredFile(
        id=new_id(),
        user_id=row.user_id,
        filename=f"{called}-{row.id}-{saved.position + 1}{suffix}",
        content_type=saved.probe.content_type,
        size=saved.probe.size,
        storage_id=saved.storage_id,
        uploaded_at=moment,
        category=Category.GENERATED.value,
        width=saved.probe.width,
        height=saved.probe.height,
        format=saved.probe.format,
        generation_id=row.id,
        original_url=None,
        favourite=0,
        rating=0,
        style=row.style,
        provider=row.provider,
        facts=json.dumps(dict(saved.facts)),
        trashed_at=None,
    )


def fail(studio: Studio, generation_id: int, code: Code, sentence: str) -> None:
    """End a generation that could not be made; its tokens come back in the same transaction."""
    _close(studio, generation_id, Status.FAILED, code, sentence)


def stop(studio: Studio, generation_id: int) -> None:
    """End a generation that somebody cancelled; its tokens come back in the same transaction."""
    _close(studio, generation_id, Status.CANCELLED, Code.CANCELLED, "You cancelled it.")


def _close(studio: Studio, generation_id: int, status: Status, code: Code, sentence: str) -> None:
    with studio.database.write():
        row = generations.by_id(studio.database, generation_id)
        if row is not None and attempts.is_open(row):
            attempts.close(studio, row, status, code, sentence)
