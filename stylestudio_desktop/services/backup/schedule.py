"""What is done by itself: the hourly snapshot, the full backup now and then, the monthly drill."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import Stopped, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import DAY_MS, HOUR_MS, Reason
from stylestudio_desktop.files.answering import answers
from stylestudio_desktop.files.disk import storage_error
from stylestudio_desktop.services.backup import drill, full, reading, record, snapshots
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import jobs, restored

if TYPE_CHECKING:
    from filelock import FileLock

_log = logging.getLogger(__name__)
DRILL_DAYS = 30
_TROUBLE_AGAIN_MS = 15 * 60_000  # after a failure, until the next try


def waits_for_a_look(studio: Studio) -> bool:
    """Say whether this library was restored and nobody has let the queue go on yet."""
    pause = jobs.pauses(studio.database).get("*")
    return pause is not None and pause[1] == restored.PAUSED


def due(studio: Studio, now: int) -> list[str]:
    """Return what is due, in order: “snapshot”, “full”, “drill”; nothing after a restore."""
    if waits_for_a_look(studio):
        return []
    known = record.read(studio.workspace)
    if known.trouble and 0 <= now - known.trouble_at < _TROUBLE_AGAIN_MS:
        return []
    found = []
    if snapshots.is_due(studio.workspace, now):
        found.append("snapshot")
    value = studio.settings.value
    wanted = bool(value.backup_place and value.backup_every_days)
    if wanted and _older(known.full_at, value.backup_every_days, now):
        # A disk that is not connected leaves an empty folder behind: nothing is begun in there.
        place = Path(value.backup_place)
        if answers(place) and reading.house(place).is_dir():
            found.append("full")
    if _older(known.drill_at, DRILL_DAYS, now) and snapshots.listing(studio.workspace):
        found.append("drill")
    return found


def _older(moment: int, days: int, now: int) -> bool:
    """Say whether `moment` is `days` ago, or lies in the future: the clock was set back since."""
    return now - moment >= days * DAY_MS or moment > now + HOUR_MS


def tend(studio: Studio, cancelled: Event) -> list[str]:
    """Do what is due, and return what was done. Trouble is remembered and told, never raised.

    One process does it at a time; the others find nothing to do.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(studio.workspace.locks / "tending.lock")
    done: list[str] = []
    try:
        with _held(lock):
            for name in due(studio, now_ms()):
                _chores(studio, cancelled)[name]()
                done.append(name)
            if done and record.read(studio.workspace).trouble:
                record.change(studio.workspace, trouble="", trouble_at=0)
    except (Timeout, Stopped):
        return done
    except StudioError as error:
        _log.warning("a backup failed: %s", error.sentence)
        _remember(studio, error.sentence)
    return done


@contextlib.contextmanager
def _held(lock: "FileLock") -> Iterator[None]:
    from filelock import Timeout

    with contextlib.ExitStack() as held:
        try:
            held.enter_context(lock.acquire(timeout=0))
        except Timeout:  # which is an OSError, too
            raise
        except OSError as error:
            raise storage_error(error, "looking after backups") from error
        yield


def _remember(studio: Studio, sentence: str) -> None:
    try:
        record.change(studio.workspace, trouble=sentence, trouble_at=now_ms())
    except StudioError as error:  # the disk is full: the log alone has it
        _log.warning("and could not be remembered: %s", error.sentence)


def _chores(studio: Studio, cancelled: Event) -> dict[str, Callable[[], object]]:
    check = reading.stopping(cancelled)
    place = Path(studio.settings.value.backup_place)
    return {
        "snapshot": lambda: snapshots.take(studio, Reason.HOURLY, check),
        "full": lambda: full.make(studio, place, cancelled=cancelled),
        "drill": lambda: drill.drill(studio, cancelled=cancelled),
    }
