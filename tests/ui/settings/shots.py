"""Takes pictures of the Settings pane: `python -m tests.ui.settings.shots OUTDIR [NAME...]`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.window import GALLERY, SETTINGS, MainWindow
from tests.ui.pane_shots import settle, take
from tests.ui.studios import furnish


def plain(window: MainWindow, _studio: Studio) -> None:
    """Show the settings."""
    window.open_pane(SETTINGS)


def fetching(window: MainWindow, _studio: Studio) -> None:
    """Show a download under way, and the report."""
    pane = window.open_pane(SETTINGS)
    assert isinstance(pane, SettingsPane)
    pane.engine.progress.setVisible(True)
    pane.engine.progress.set(0.37, "Fetching Cut-out of people", "a few seconds left")
    pane.about.show_report()
    settle(window)


def welcome(window: MainWindow, studio: Studio) -> None:
    """Show the first start."""
    from stylestudio_desktop.ui.welcome import Welcome

    window.open_pane(GALLERY)
    Welcome(window, studio)


SCENES = {
    "settings": (furnish, plain),
    "settings-fetching": (furnish, fetching),
    "welcome": (None, welcome),
}

if __name__ == "__main__":
    take(SCENES, Path(sys.argv[1]), sys.argv[2:])
