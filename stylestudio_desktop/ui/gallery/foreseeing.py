"""Reads the front of the library while the gallery that will show it is loaded and built."""

from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

from stylestudio_desktop.domain.records import FileCard
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.asking import Asked, Asking, State
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.widgets.grid.runs import Runs
from stylestudio_desktop.ui.window import MainWindow

FIRST = 400
SCREEN = 64
"""Cards that come with the first ids: about what a window shows before it is scrolled."""


class Front(NamedTuple):
    """The front of a list, its state, how it is ordered, and what its first screen shows."""

    ids: "array[int]"
    state: State | None
    runs: Runs
    rows: Sequence[FileCard]


class Foreseen:
    """The front of the list that a gallery opens with, handed over once it is read."""

    def __init__(self) -> None:
        self._front: Front | None = None
        self._failed = False
        self._done: Callable[[Front], None] | None = None
        self._otherwise: Callable[[], None] | None = None

    def take(self, done: Callable[[Front], None], otherwise: Callable[[], None]) -> None:
        """Call `done` with the front as soon as it is there, `otherwise` if it can't be read."""
        self._done, self._otherwise = done, otherwise
        self._tell()

    def found(self, front: Front) -> None:
        """Take what was read."""
        self._front = front
        self._tell()

    def failed(self, _error: Exception) -> None:
        """Leave it to the list to ask again, which then says why it can't be read."""
        self._failed = True
        self._tell()

    def _tell(self) -> None:
        if self._done is not None and self._front is not None:
            self._done(self._front)
        elif self._otherwise is not None and self._failed:
            self._otherwise()


def foresee(window: MainWindow, studio: Studio) -> Foreseen:
    """Begin to read what a gallery without filters shows first."""
    # Who changes the library from now on is heard, so nothing gets between this and the list.
    listen(window, studio)
    foreseen = Foreseen()
    asking = Asking(studio)
    window.tasks.run(
        lambda: look_ahead(studio, asking, Asked()), foreseen.found, foreseen.failed, window
    )
    return foreseen


def look_ahead(studio: Studio, asking: Asking, wanted: Asked) -> Front:
    """Return the front of a list; called on another thread."""
    ids, state, runs = asking.look(wanted, FIRST)
    return Front(ids, state, runs, library.cards(studio, ids[:SCREEN].tolist()))
