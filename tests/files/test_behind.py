"""Long work goes behind the others, tells what came of it, and is not left running."""

import os
import sys
import threading
from collections.abc import Callable

import pytest

from stylestudio_desktop.domain.errors import Stopped
from stylestudio_desktop.files import behind as room
from stylestudio_desktop.files.behind import BEHIND, behind


def nothing() -> None:
    """Go on."""


@pytest.mark.linux
@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own there")
def test_its_thread_is_set_behind_and_nobody_else_is() -> None:
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def work(_look: Callable[[], None]) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert behind(work, nothing) == max(before, BEHIND)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def test_what_it_raises_and_what_stops_it_arrives() -> None:
    def refused() -> None:
        raise Stopped("Enough.")

    with pytest.raises(Stopped, match="Enough"):
        behind(lambda look: look(), refused)
    with pytest.raises(KeyError):
        behind(lambda _look: {}["x"], nothing)


def test_whoever_interrupts_the_waiting_leaves_no_work_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[str] = []
    begun = threading.Event()

    class Interrupted(threading.Thread):
        joins = 0

        def join(self, timeout: float | None = None) -> None:
            self.joins += 1
            if self.joins == 1:
                assert begun.wait(10)
                raise KeyboardInterrupt
            super().join(timeout)

    def work(look: Callable[[], None]) -> None:
        begun.set()
        try:
            while True:
                look()
        except Stopped:
            ended.append("stopped")
            raise

    monkeypatch.setattr(room.threading, "Thread", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        behind(work, nothing)
    assert ended == ["stopped"]
