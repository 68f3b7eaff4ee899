"""Notices when the library's disk no longer answers or is gone, and says so while it lasts.

Whoever asks such a disk may wait for ever, so a thread of its own asks, and the window counts how
long that takes. It also reads the settings anew for the window, which then never waits for them.
"""

import os
import threading
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer

from stylestudio_desktop.domain.events import Event, StorageWaited
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.cures import Offer, of_remedy
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.listening import listen
from stylestudio_desktop.ui.opening import STORAGE
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.window import MainWindow

ASK_S = 1.0
"""How often the disk is asked."""
PATIENCE_S = 3.0
"""How long it may take to answer before it is said; most that are asleep wake up by then."""
_LOOK_MS = 500


class Lookout(QTimer):
    """Asks until the window ends; `trouble` is what was told last, nothing if all is well."""

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window)
        self.trouble = ""
        self.leave = os._exit
        self._window = window
        self._notice: Toast | None = None
        self._settings = studio.settings
        self._database = studio.workspace.database
        self._ended = threading.Event()
        self._asked: float | None = None
        self._gone = False
        self._waits = StorageWaited("")
        listen(window, studio).happened.connect(self._on_happened)
        self.timeout.connect(self.look)

    def begin(self) -> None:
        """Begin to ask."""
        self._settings.followed = True
        self._window.installEventFilter(self)
        threading.Thread(target=self._ask, name="asking the library's disk", daemon=True).start()
        self.start(_LOOK_MS)

    def close(self) -> None:
        """Stop; a thread that still waits for the disk is not waited for."""
        self.stop()
        self._ended.set()

    def _ask(self) -> None:
        while not self._ended.is_set():
            self._asked = time.monotonic()
            self._gone = not _is_there(self._database)
            self._settings.look()
            self._asked = None
            self._ended.wait(ASK_S)

    def _silent(self) -> bool:
        asked = self._asked
        return asked is not None and time.monotonic() - asked > PATIENCE_S

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """End the program where closing would wait for the disk: as with a crash, all is safe."""
        if event.type() == QEvent.Type.Close and self._silent():
            self._window.hide()
            self.leave(STORAGE)
        return super().eventFilter(watched, event)

    def look(self) -> None:
        """Tell what has changed."""
        if self._silent():
            self._tell(
                self.tr(
                    "The disk of your library does not answer, as when a network drive is gone. "
                    "What was saved is safe. Connect it again: the work then goes on by itself."
                ),
                (self.tr("Close the program"), self._window.close),
            )
        elif self._asked is None:
            gone = self.tr(
                "Your library is not there any more, as when its disk was unplugged. What was "
                "saved is on that disk. Connect it again: the work then goes on by itself."
            )
            if self._gone:
                self._tell(gone, (self.tr("Choose another library"), self._reopen))
            else:
                self._tell(
                    spoken(self._waits.sentence), of_remedy(self._window, self._waits.remedy)
                )

    def _reopen(self) -> None:
        """Close the window and open again, which asks where the library is."""
        self._window.open_again()

    def _on_happened(self, event: Event) -> None:
        if isinstance(event, StorageWaited):
            self._waits = event

    def _tell(self, trouble: str, action: Offer | None) -> None:
        if trouble == self.trouble:
            return
        self.trouble = trouble
        if self._notice is not None:
            self._notice.deleteLater()
            self._notice = None
        if trouble:
            self._notice = self._window.toast(trouble, "bad", action)
            self._notice.stay()
            self._notice.destroyed.connect(self._on_dismissed)
        else:
            self._window.toast(self.tr("The disk of your library is there again."), "good")

    def _on_dismissed(self) -> None:
        self._notice = None


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        return False
    return True
