"""Does one thing to many generations: piece by piece, stoppable, with a full account at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from stylestudio_desktop.domain.errors import IllegalStep, NotFound, StorageError, StudioError
from stylestudio_desktop.services import history, steering
from stylestudio_desktop.services.studio import Studio

PORTION = 200
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Account:
    """What became of many: the ids that were `done`, how many were `skipped`, and the first why.

    A generation is skipped when its state does not allow the step, as a completed one can't be
    retried; that is no error.
    """

    done: tuple[int, ...]
    skipped: int
    reason: str


def retry(
    studio: Studio, ids: Sequence[int], progress: Progress, cancelled: Event | None = None
) -> Account:
    """Try failed generations again, each in a transaction of its own. Raises StorageError."""
    return _each(studio, ids, steering.retry, progress, cancelled)


def cancel(
    studio: Studio, ids: Sequence[int], progress: Progress, cancelled: Event | None = None
) -> Account:
    """Stop generations that wait or run. Raises StorageError."""
    return _each(studio, ids, steering.cancel, progress, cancelled)


def trash(
    studio: Studio, ids: Sequence[int], progress: Progress, cancelled: Event | None = None
) -> Account:
    """Move ended generations to the trash; those that wait or run stay. Raises StorageError."""
    return _in_portions(studio, ids, history.trash, progress, cancelled)


def restore(
    studio: Studio, ids: Sequence[int], progress: Progress, cancelled: Event | None = None
) -> Account:
    """Bring generations back from the trash. Raises StorageError."""
    return _in_portions(studio, ids, history.restore, progress, cancelled)


def _each(
    studio: Studio,
    ids: Sequence[int],
    act: Callable[[Studio, int], object],
    progress: Progress,
    cancelled: Event | None,
) -> Account:
    done: list[int] = []
    skipped, reason = 0, ""
    for number, generation_id in enumerate(ids):
        if cancelled is not None and cancelled.is_set():
            break
        try:
            act(studio, generation_id)
            done.append(generation_id)
        except StorageError:
            raise
        except StudioError as error:
            skipped, reason = skipped + 1, reason or error.sentence
        progress(number + 1, len(ids))
    return Account(tuple(done), skipped, reason)


def _in_portions(
    studio: Studio,
    ids: Sequence[int],
    act: Callable[[Studio, Sequence[int]], None],
    progress: Progress,
    cancelled: Event | None,
) -> Account:
    """Do it to a portion in one transaction; a portion that holds a refused row goes one by one."""
    done: list[int] = []
    skipped, reason = 0, ""
    for begin in range(0, len(ids), PORTION):
        if cancelled is not None and cancelled.is_set():
            break
        portion = list(ids[begin : begin + PORTION])
        try:
            act(studio, portion)
            done += portion
        except (IllegalStep, NotFound):
            single = _each(
                studio, portion, lambda s, one: act(s, [one]), lambda _done, _all: None, cancelled
            )
            done += single.done
            skipped, reason = skipped + single.skipped, reason or single.reason
        progress(min(begin + PORTION, len(ids)), len(ids))
    return Account(tuple(done), skipped, reason)
