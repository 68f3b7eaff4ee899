"""Brings pictures in while the user goes on: progress, a way to stop, and what was refused."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library
from stylestudio_desktop.services.library import Imported, Progress
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.tasks import Tasks

Bring = Callable[[Progress, Event], Imported]


class Importer(QObject):
    """One import at a time; those asked for meanwhile wait their turn.

    `progressed(done, all, name)` arrives on the UI thread; `finished(Imported)` and
    `failed(error)` end one import.
    """

    started = Signal()
    progressed = Signal(int, int, str)
    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        # A thread of its own: an import of an hour must not keep the panes waiting.
        self._tasks = Tasks(self, threads=1)
        self._stop = Event()
        self._waiting: list[Bring] = []
        self._running = False

    @property
    def running(self) -> bool:
        """Return whether something is being brought in."""
        return self._running

    def bring(self, paths: Sequence[str | Path], category: Category) -> None:
        """Import files and folders as `category`."""
        chosen = list(paths)
        self._enqueue(
            lambda progress, stop: library.import_files(
                self._studio,
                [Path(one) for one in chosen],
                category,
                progress=progress,
                cancelled=stop,
            )
        )

    def bring_samples(self) -> None:
        """Import the sample collection."""
        from stylestudio_desktop.services import samples

        self._enqueue(lambda progress, stop: samples.load(self._studio, progress, stop))

    def stop(self) -> None:
        """Stop after the group in hand; what came in stays."""
        self._waiting.clear()
        self._stop.set()

    def close(self) -> None:
        """Stop and wait; called before the library closes."""
        self.stop()
        self._tasks.close()

    def _enqueue(self, bring: Bring) -> None:
        self._waiting.append(bring)
        if not self._running:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            return
        bring = self._waiting.pop(0)
        self._running = True
        self._stop.clear()
        self.started.emit()
        self._tasks.run(
            lambda: bring(self.progressed.emit, self._stop),
            self._on_done,
            self._on_failed,
            owner=self,
        )

    def _on_done(self, result: Imported) -> None:
        self._running = False
        self.finished.emit(result)
        self._next()

    def _on_failed(self, error: Exception) -> None:
        self._running = False
        self._waiting.clear()
        self.failed.emit(error)
        if not isinstance(error, StudioError):
            raise error
