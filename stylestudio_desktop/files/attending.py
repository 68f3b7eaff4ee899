"""Keeps long work on another disk company: it may stop answering in the middle, and for ever.

A call to such a disk can't be given up once it is made. So the work is done by a thread of its
own; whoever waits for it hears why nothing moves, and can leave it. The thread then ends by itself
as soon as the disk answers.
"""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

from stylestudio_desktop.domain.errors import Stopped, StorageError
from stylestudio_desktop.files import answering

T = TypeVar("T")
Progress = Callable[[int, int, str], None]

GIVING_UP_S = 120.0
"""A server that is started again, or a network that is plugged in again, is back by then."""
LEAVING_S = 20.0
"""How long a cancel waits for work that is under way, on a disk that seems to answer."""
_GRACE_S = 2.0
_LOOK_S = 0.2
_WAITS = "The disk of {} does not answer. This goes on by itself as soon as it does."
_WAITING = re.compile(re.escape(_WAITS).replace(re.escape("{}"), "(.+)"), re.DOTALL)


def waited_for(name: str) -> str | None:
    """Return the disk that work waits for, where that is what its progress says."""
    found = _WAITING.fullmatch(name)
    return None if found is None else found[1]


def attended(
    home: Path,
    places: Sequence[Path],
    work: Callable[[Progress, Event | None], T],
    progress: Progress = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
    holding: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> T:
    """Return what `work(progress, cancelled)` returns, though a disk of `places` may hang in it.

    Work on the disk of `home`, the workspace, is simply done. Else, when nothing has moved for
    a while and a place does not answer, `progress` says so. Raises what `work` raises; Stopped
    soon after `cancelled`, whether the disk answers or not; StorageError where it has not for
    GIVING_UP_S, and at once for a place that does not answer from the start. `holding` gives
    what a thread of its own needs around the work, such as a connection to the library.
    """
    for place in places:
        answering.must_answer(place)
    apart = [place for place in places if not _together(place, home)]
    if not apart:
        return work(progress, cancelled)
    return _Attendant(apart, progress, cancelled).wait(work, holding)


def _together(place: Path, home: Path) -> bool:
    """Say whether both lie on one disk, be it that a place is not made yet."""
    return _disk(place) == _disk(home)


def _disk(place: Path) -> int | None:
    for one in (place, *place.parents):
        with suppress(OSError, ValueError):
            return one.stat().st_dev
    return None


class _Attendant:
    def __init__(self, places: list[Path], progress: Progress, cancelled: Event | None) -> None:
        self._places = places
        self._progress = progress
        self._cancelled = cancelled
        self._stop = Event()
        self._moved_at = self._silent_at = time.monotonic()
        self._moved = (0, 0)
        self._told = self._left = False

    def wait(
        self,
        work: "Callable[[Progress, Event | None], T]",
        holding: Callable[[], AbstractContextManager[object]],
    ) -> T:
        """Do the work on another thread; return or raise what comes of it, or leave it there."""
        came: list[T] = []
        failed: list[BaseException] = []
        over = Event()

        def run() -> None:
            try:
                with holding():
                    came.append(work(self._move, self._stop))
            except BaseException as error:  # raised again by whoever waits
                failed.append(error)
            over.set()

        Thread(target=run, name="work on another disk", daemon=True).start()
        left_at: float | None = None
        try:
            while not over.wait(_LOOK_S):
                if self._cancelled is None or not self._cancelled.is_set():
                    self._watch()
                    continue
                self._stop.set()
                left_at = left_at or time.monotonic()
                self._leave(time.monotonic() - left_at)
        except BaseException:
            self._left = True
            self._stop.set()
            raise
        if failed:
            raise failed[0]
        return came[0]

    def _move(self, done: int, total: int, name: str) -> None:
        """Pass on how far the work is; one that nobody waits for any more ends here."""
        if self._left:
            raise Stopped
        self._moved_at, self._moved, self._told = time.monotonic(), (done, total), False
        self._progress(done, total, name)

    def _watch(self) -> None:
        now = time.monotonic()
        silent = None
        if now - self._moved_at >= answering.PATIENCE_S:
            silent = self._silent()
        if silent is None:
            self._silent_at = now
        elif now - self._silent_at > GIVING_UP_S:
            raise StorageError(
                f"The disk of {silent} stopped answering in the middle. What was finished before "
                "is safe, and the library was not harmed. Connect the disk again, then try again."
            )
        elif now - self._silent_at > answering.PATIENCE_S / 2 and not self._told:
            self._told = True  # a busy one takes a second or two to answer
            self._progress(*self._moved, _WAITS.format(silent))

    def _leave(self, since: float) -> None:
        if since > LEAVING_S or (since > _GRACE_S and self._silent() is not None):
            raise Stopped

    def _silent(self) -> Path | None:
        return next((one for one in self._places if not answering.answers(one, _LOOK_S)), None)
