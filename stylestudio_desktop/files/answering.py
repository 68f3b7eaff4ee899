"""Finds out whether a disk answers at all: a network drive that has gone may block for ever.

A call to such a disk can't be given up once it is made, so a thread of its own makes the first.
"""

import contextlib
import threading
from pathlib import Path

from stylestudio_desktop.domain.errors import StorageError

PATIENCE_S = 10.0
"""A drive that was asleep has woken up by then."""
_asked: dict[Path, threading.Thread] = {}
_lock = threading.Lock()


def answers(place: Path, patience_s: float | None = None) -> bool:
    """Say whether the disk of `place` answers in time, be it that nothing is there.

    Without `patience_s` it is given PATIENCE_S.

    One that did not is not asked by a second thread until it has answered the first.
    """
    with _lock:
        asking = _asked.get(place)
        if asking is None or not asking.is_alive():
            asking = threading.Thread(target=_ask, args=(place,), name="asking a disk", daemon=True)
            _asked[place] = asking
            asking.start()
    asking.join(PATIENCE_S if patience_s is None else patience_s)
    if asking.is_alive():
        return False
    with _lock:
        _asked.pop(place, None)
    return True


def must_answer(place: Path) -> None:
    """Raise StorageError if the disk of `place` does not answer in time."""
    if not answers(place):
        raise StorageError(silence(place))


def silence(place: Path) -> str:
    """Return what a person is told of a disk that does not answer."""
    return (
        f"The disk of {place} does not answer, as when a network drive is gone. Nothing was "
        "changed. Connect it again, or choose another place, then try again."
    )


def _ask(place: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        place.stat()
