"""Shows the frame before the library behind it is even loaded, or says why it can't be opened."""

import sys
import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtGui import QImageReader, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.translation import install
from stylestudio_desktop.ui.window import MainWindow

DECODER_LIMIT_MB = 512
STORAGE = 5
"""The exit code of a library that can't be opened, the same as the command line's."""
_PATIENCE_S = 0.5
"""How long a screen may take to ask for the first paint; a minimised window never asks."""


class Blank(QWidget):
    """The empty place where a pane will be."""

    painted = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Remember that the frame stands on the screen."""
        super().paintEvent(event)
        self.painted = True


def application() -> QApplication:
    """Return the application, made on the first call."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)  # noqa: S101 - there is no other kind in this program
    app.setApplicationName("Style Studio")
    app.setDesktopFileName("stylestudio")
    app.setQuitOnLastWindowClosed(True)
    app.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
    QImageReader.setAllocationLimit(DECODER_LIMIT_MB)
    return app


def show_frame(language: str, appearance: str, memory: Mapping[str, Any]) -> MainWindow:
    """Show the window without its panes, painted when this returns.

    `language` and `appearance` are the settings of these names, `memory` is what the window
    returned at its last clean end.
    """
    app = application()
    install(app, None if language == "system" else language)
    theme().set_appearance(Appearance(appearance))
    window = MainWindow(memory=memory)
    blank = Blank(window.place)
    window.await_panes(blank)
    window.show()
    limit = time.monotonic() + _PATIENCE_S
    while not blank.painted and time.monotonic() < limit:
        # Nothing can be done with an empty frame yet: what is typed or pressed waits.
        app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)
    return window


def tell_failure(window: MainWindow, error: StudioError) -> int:
    """Say why the library can't be opened, and return the program's exit code."""
    from PySide6.QtWidgets import QMessageBox

    QMessageBox(
        QMessageBox.Icon.Critical, "Style Studio", spoken(error.sentence), parent=window
    ).exec()
    window.close()
    return STORAGE
