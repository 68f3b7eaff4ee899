"""Keeps changed settings on disk without making the window wait, and loses none at the end."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from stylestudio_desktop.config.settings import Settings
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.window import MainWindow


class Keeper(QObject):
    """`keep(name=value)` writes in the background, in order; `kept(settings)` follows."""

    kept = Signal(object)

    def __init__(self, window: MainWindow, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self._waiting: dict[str, Any] = {}
        self._tasks = Tasks(self, threads=1)
        window.closing.connect(self._on_closing)

    def keep(self, **changes: Any) -> None:
        """Set some values from now on."""
        self._waiting |= changes
        settings = self._studio.settings
        self._tasks.run(
            lambda: settings.change(**changes),
            lambda value: self._on_kept(value, changes),
            self._on_failed,
            owner=self,
        )

    def _on_kept(self, value: Settings, changes: dict[str, Any]) -> None:
        for name, wanted in changes.items():
            if self._waiting.get(name) == wanted:
                del self._waiting[name]
        self.kept.emit(value)

    def _on_failed(self, error: Exception) -> None:
        self._waiting.clear()
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_closing(self) -> None:
        waiting, self._waiting = self._waiting, {}
        self._tasks.close()
        if waiting:
            self._studio.settings.change(**waiting)
