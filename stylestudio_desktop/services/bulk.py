"""Does one thing to any selection of pictures: by portions, stoppable, and one step to undo."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.domain.finding import Query
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import exporting, finding, organising, undo
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import collections, undoing

PORTION = 2_000
"""Pictures in one transaction: other writers wait a fraction of a second at most."""

LONGEST_NOTE = 10_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """Pictures of a list: all that `query` finds, or those at `ranges` of it, or `ids` alone.

    A range is (first, last + 1) of positions, newest first. `newest` is the first id that the
    list showed, so that pictures which joined since don't shift the positions.
    """

    query: Query = field(default_factory=Query)
    ranges: tuple[tuple[int, int], ...] | None = None
    ids: Sequence[int] | None = None
    newest: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did: its id for undo (None if nothing had to change) and the numbers.

    `changed` of `wanted` pictures are different now; `cancelled` tells that it was stopped.
    """

    action_id: int | None
    changed: int
    wanted: int
    cancelled: bool


def _quiet(_done: int, _all: int) -> None:
    """Say nothing of the progress."""


def selected(studio: Studio, selection: Selection) -> "array[int]":
    """Return the ids that a selection means. Raises BadInput for ranges that are none."""
    if selection.ids is not None:
        return array("q", dict.fromkeys(selection.ids))
    limit = -1
    if selection.ranges is not None:
        if any(not 0 <= first <= last for first, last in selection.ranges):
            raise BadInput("A selection goes from a picture to one after it.")
        limit = max((last for _, last in selection.ranges), default=0)
    found = finding.ids(studio, selection.query, newest=selection.newest, limit=limit)
    if selection.ranges is None:
        return found
    chosen = array("q")
    for first, last in _joined(selection.ranges):
        chosen.extend(found[first:last])
    return chosen


def _joined(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order, those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def rate(
    studio: Studio,
    selection: Selection,
    rating: int,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Rate pictures from 0 (none) to 5. Raises BadInput."""
    if not 0 <= rating <= 5:
        raise BadInput("A rating goes from 0 to 5.")
    return _change(studio, selection, undo.Step("rating", 0, rating), progress, cancelled)


def favourite(
    studio: Studio,
    selection: Selection,
    favourite: bool,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Mark pictures as favourites, or no longer."""
    step = undo.Step("favourite", 0, int(favourite))
    return _change(studio, selection, step, progress, cancelled)


def note(
    studio: Studio,
    selection: Selection,
    text: str,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Write one note on pictures; an empty one takes theirs away. Raises BadInput."""
    text = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    if len(text) > LONGEST_NOTE:
        raise BadInput(f"A note has at most {LONGEST_NOTE:,} signs; this one has {len(text):,}.")
    return _change(studio, selection, undo.Step("note", 0, text or None), progress, cancelled)


def trash(
    studio: Studio,
    selection: Selection,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Move pictures to the trash; those that are there already stay as they are."""
    step = undo.Step("trashed_at", 0, now_ms())
    return _change(studio, selection, step, progress, cancelled, only=lambda was: was is None)


def restore(
    studio: Studio,
    selection: Selection,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Bring pictures back from the trash."""
    return _change(studio, selection, undo.Step("trashed_at", 0, None), progress, cancelled)


def unstack(
    studio: Studio,
    selection: Selection,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Take pictures off their stacks of look-alikes; they are not stacked again by themselves."""
    return _change(studio, selection, undo.Step("stack_id", 0, None), progress, cancelled)


def tag(
    studio: Studio,
    selection: Selection,
    name: str,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Put a tag on pictures; it is made if the library has none of that name. Raises BadInput."""
    step = undo.Step("tag", organising.tag_called(studio, name), 1)
    return _change(studio, selection, step, progress, cancelled)


def untag(
    studio: Studio,
    selection: Selection,
    tag_id: int,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Take a tag off pictures. Raises NotFound."""
    _there(studio, "tag", tag_id)
    return _change(studio, selection, undo.Step("tag", tag_id, None), progress, cancelled)


def collect(
    studio: Studio,
    selection: Selection,
    collection_id: int,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Put pictures into a collection, after those that it holds. Raises NotFound."""
    _there(studio, "collection", collection_id)
    places = count(collections.next_position(studio.database, collection_id))
    step = undo.Step("collection", collection_id, next(places))
    only = _absent
    return _change(studio, selection, step, progress, cancelled, only, lambda: next(places))


def uncollect(
    studio: Studio,
    selection: Selection,
    collection_id: int,
    progress: Progress = _quiet,
    cancelled: Event | None = None,
) -> Done:
    """Take pictures out of a collection; they stay in the library. Raises NotFound."""
    _there(studio, "collection", collection_id)
    step = undo.Step("collection", collection_id, None)
    return _change(studio, selection, step, progress, cancelled)


def export(
    studio: Studio,
    selection: Selection,
    folder: Path,
    *,
    preset: str = "original",
    pattern: str = exporting.DEFAULT_PATTERN,
    progress: Callable[[int, int, str], None] = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
) -> exporting.Exports:
    """Write copies of pictures into `folder`, as `exporting.export` does; nothing to undo."""
    return exporting.export(
        studio,
        selected(studio, selection),
        folder,
        preset=preset,
        pattern=pattern,
        progress=progress,
        cancelled=cancelled,
    )


def _there(studio: Studio, attribute: str, key: int) -> None:
    if not undoing.exists(studio.database, studio.user_id, attribute, key):
        raise NotFound(f"That {attribute} is not there any more. Nothing was changed.")


def _absent(was: Any) -> bool:
    return was is None


def _change(
    studio: Studio,
    selection: Selection,
    step: undo.Step,
    progress: Progress,
    cancelled: Event | None,
    only: Callable[[Any], bool] | None = None,
    value: Callable[[], Any] | None = None,
) -> Done:
    """Bring one attribute of a selection to one value, and journal what it was before.

    Each portion with its part of the journal is one transaction, so a stop or a crash leaves
    whole portions that undo can take back.
    """
    chosen = selected(studio, selection)
    if value is None:
        # Neighbours in the library take the least room in the journal. A collection keeps the
        # order in which pictures were chosen.
        chosen = array("q", sorted(chosen, reverse=True))
    written = undo.Writer(studio, step)
    stopped = False
    progress(0, len(chosen))
    for begin in range(0, len(chosen), PORTION):
        stopped = cancelled is not None and cancelled.is_set()
        if stopped:
            break
        with studio.database.write():
            was = _differing(studio, step, chosen[begin : begin + PORTION], only)
            if was:
                becomes = {one: step.value if value is None else value() for one in was}
                written.add(was, becomes)
                studio.tell(FilesChanged(tuple(was)))
        progress(min(begin + PORTION, len(chosen)), len(chosen))
    return Done(written.action_id, written.number, len(chosen), stopped)


def _differing(
    studio: Studio, step: undo.Step, ids: Sequence[int], only: Callable[[Any], bool] | None
) -> dict[int, Any]:
    """Return what those pictures were that the step changes, in the order selected."""
    was = undoing.read(studio.database, studio.user_id, step.attribute, step.key, ids)
    changes = only or (lambda value: value != step.value)
    return {one: was[one] for one in ids if one in was and changes(was[one])}
