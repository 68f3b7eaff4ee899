"""Gives every pane of a window the same ear on the library, and background work its connection."""

from collections.abc import Callable
from typing import TypeVar

from stylestudio_desktop.domain.events import Event
from stylestudio_desktop.services import accounts
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.live import Live
from stylestudio_desktop.ui.window import MainWindow

T = TypeVar("T")
_LIVE = "live"


def attached(studio: Studio, op: Callable[[], T]) -> Callable[[], T]:
    """Return `op` so that its thread's connection to the library is closed when it is over.

    Idle threads of a pool then hold no handle on the library's file, and none is left to a
    thread's end: torn down there, below PyGILState_Release, pysqlite3 0.6.1 ends the program.
    """

    def run() -> T:
        with studio.database.connection():
            return op()

    return run


def listen(window: MainWindow, studio: Studio) -> Live:
    """Return the window's `Live`, made and joined to the studio's events at first use.

    It goes quiet when the window closes, before the library does.
    """
    found = window.property(_LIVE)
    if isinstance(found, Live):
        return found
    live = Live(studio.database.data_version, window)
    window.setProperty(_LIVE, live)

    def hear(event: Event) -> None:
        if accounts.concerns(studio, event):
            live.publish(event)

    end = studio.bus.subscribe(hear)
    window.closing.connect(live.close)
    window.closing.connect(end)
    return live
