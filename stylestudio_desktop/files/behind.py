"""Does long work behind everything else: what people and the queue wait for goes first.

A snapshot of gigabytes keeps a processor busy for half a minute. Whoever commits meanwhile waits
for a turn of its own, and for the system's threads that write for it, which wait for theirs.
"""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from stylestudio_desktop.domain.errors import Stopped

T = TypeVar("T")
BEHIND = 10
"""How much nicer than others: a tenth of a processor's time where somebody wants all of it."""


def give_way() -> None:
    """Let others go first from now on: for a thread of its own, since there is no way back.

    Only Linux can set one thread behind; elsewhere it stays as it is.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


def behind(work: Callable[[Callable[[], None]], T], check: Callable[[], None]) -> T:
    """Return or raise what `work(check)` does, which a thread behind all others carries out.

    Whoever interrupts the waiting stops the work at its next look, and waits for that. The thread
    has no connection to the library unless the work opens one.
    """
    came: list[T] = []
    failed: list[BaseException] = []
    given_up = threading.Event()

    def look() -> None:
        if given_up.is_set():
            raise Stopped
        check()

    def run() -> None:
        give_way()
        try:
            came.append(work(look))
        except BaseException as error:  # raised again by whoever waits
            failed.append(error)

    thread = threading.Thread(target=run, name="behind the others", daemon=True)
    thread.start()
    try:
        thread.join()
    finally:
        given_up.set()
        thread.join()
    if failed:
        raise failed[0]
    return came[0]
