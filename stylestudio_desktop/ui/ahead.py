"""Loads what the panes are made of before anybody asks for them, so that opening one is prompt.

Loading a pane's code takes a tenth of a second, drawing it far less. It is done beside the window
once the first picture stands and nothing else waits: Qt's classes first, between what the window
itself does (`qt_classes` tells why), then the code, on another thread.
"""

import gc
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from time import monotonic

from PySide6.QtCore import QObject, QTimer

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import qt_classes
from stylestudio_desktop.ui.window import MainWindow

AFTER_MS = 1200
SLICE_S = 0.004
"""How long the window is kept from its own work at a time; one class takes a few milliseconds."""
_QUEUE = ("worker.runner", "worker.caretaker", "services.overview", "services.profiles", "ui.heap")
ROOMS = (
    "gallery.pane", "create.bench", "history.pane", "wallet.pane", "settings.pane",
    "gallery.viewer", "palette", "gallery.export_dialog", "history.story", "history.insights",
    "create.picker",
)  # fmt: skip


class _Ahead(QObject):
    """Has the classes made in slices, then the rooms loaded one after the other."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window)
        self._window, self._studio = window, studio
        self._classes: Iterator[str] = qt_classes.make()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)

    def begin(self) -> None:
        """Begin, as the window has nothing else to do."""
        self._timer.start()

    def _step(self) -> None:
        end = monotonic() + SLICE_S
        for _ in self._classes:
            if monotonic() >= end:
                return
        self._timer.stop()
        for room in ROOMS:
            self._window.tasks.run(partial(import_module, f"stylestudio_desktop.ui.{room}"))
        self._window.tasks.run(partial(_meet, self._studio), self._stay)

    def _stay(self, _met: None) -> None:
        """Leave what was loaded out of later collections, which would look at all of it again."""
        if not gc.isenabled():  # as long as `collector` decides when there is one
            gc.freeze()


def load_ahead(window: MainWindow, studio: Studio) -> None:
    """Load the panes' code a moment from now, between what the window itself asks."""
    QTimer.singleShot(AFTER_MS, window, _Ahead(window, studio).begin)


def load_queue() -> None:
    """Load what works off the queue, none of which touches Qt; called on another thread."""
    for room in _QUEUE:
        import_module(f"stylestudio_desktop.{room}")


def _meet(studio: Studio) -> None:
    """Load every service's adapter by asking for its card."""
    for provider in studio.providers.values():
        _ = provider.card
