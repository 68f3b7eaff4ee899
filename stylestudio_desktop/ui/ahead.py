"""Loads what the panes are made of before anybody asks for them, so that opening one is prompt.

Loading a pane's code takes a tenth of a second, drawing it far less. It is done beside the window
once the first picture stands and nothing else waits.
"""

from functools import partial
from importlib import import_module

from PySide6.QtCore import QTimer

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.window import MainWindow

AFTER_MS = 1200
_ROOMS = (
    "create.bench", "history.pane", "wallet.pane", "settings.pane", "gallery.viewer", "palette",
    "gallery.export_dialog", "history.story", "history.insights", "create.picker",
)  # fmt: skip


def load_ahead(window: MainWindow, studio: Studio) -> None:
    """Load the panes' code a moment from now, one by one, between what the window itself asks."""

    def begin() -> None:
        for room in _ROOMS:
            window.tasks.run(partial(import_module, f"stylestudio_desktop.ui.{room}"))
        window.tasks.run(partial(_meet, studio))

    QTimer.singleShot(AFTER_MS, window, begin)


def _meet(studio: Studio) -> None:
    """Load every service's adapter by asking for its card."""
    for provider in studio.providers.values():
        _ = provider.card
