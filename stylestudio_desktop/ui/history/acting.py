"""What can be done to one or many generations: retry, cancel, trash, restore, save as a table."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.services import history_bulk, history_csv, timeline
from stylestudio_desktop.services.history_bulk import Account
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.window import MainWindow

Bulk = Callable[
    [Studio, Sequence[int], Callable[[int, int], None], threading.Event | None], Account
]


class Acting(QObject):
    """Runs one bulk action at a time on a thread of its own and says what became of it.

    `began(text)`, `moved(done, all)` (`all` is 0 when unknown) and `ended()` are for a progress
    bar; `stop()` ends the work after the piece in hand.
    """

    began = Signal(str)
    moved = Signal(int, int)
    ended = Signal()

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = window
        self._studio = studio
        self._parent = parent
        self._tasks = Tasks(self, threads=1)
        self._stopped = threading.Event()
        self._busy = False
        window.closing.connect(self._on_closing)

    @property
    def busy(self) -> bool:
        """Return whether something is being done."""
        return self._busy

    def stop(self) -> None:
        """End the running action soon; what is done stays done."""
        self._stopped.set()

    def retry(self, ids: Sequence[int]) -> None:
        """Try failed generations again."""
        self._bulk(_all(history_bulk.retry), ids, self.tr("Sending again"), self._tell_retried)

    def cancel(self, ids: Sequence[int]) -> None:
        """Stop generations that wait or run."""
        self._bulk(timeline.cancel, ids, self.tr("Cancelling"), self._tell_cancelled)

    def trash(self, ids: Sequence[int]) -> None:
        """Move ended generations to the trash, with one undo for all of them."""
        self._bulk(
            _all(history_bulk.trash), ids, self.tr("Moving to the trash"), self._tell_trashed
        )

    def restore(self, ids: Sequence[int]) -> None:
        """Bring generations back from the trash."""
        self._bulk(history_bulk.restore, ids, self.tr("Bringing back"), self._tell_restored)

    def export(self, wanted: GenerationFilter, ids: Sequence[int] | None) -> None:
        """Ask where to, then write the list (or only `ids` of it) as a CSV table."""
        if self._refused():
            return
        name, _ = QFileDialog.getSaveFileName(
            self._parent,
            self.tr("Save the history as a table"),
            str(Path.home() / "history.csv"),
            self.tr("Tables (*.csv)"),
        )
        if name:
            self.export_to(Path(name), wanted, ids)

    def export_to(self, path: Path, wanted: GenerationFilter, ids: Sequence[int] | None) -> None:
        """Write the table to `path`."""
        studio, stopped = self._studio, self._begin(self.tr("Writing the table"))
        total = 0 if ids is None else len(ids)

        def op() -> int:
            return history_csv.export(
                studio, path, wanted, ids=ids,
                progress=lambda done: self.moved.emit(done, total), cancelled=stopped,
            )  # fmt: skip

        self._tasks.run(
            attached(studio, op),
            lambda rows: self._on_exported(rows, path),
            self._on_failed,
            self,
        )

    def _bulk(
        self, act: Bulk, ids: Sequence[int], text: str, told: Callable[[Account], None]
    ) -> None:
        if not ids or self._refused():
            return
        studio, wanted, stopped = self._studio, list(ids), self._begin(text)

        def success(account: Account) -> None:
            self._end()
            told(account)

        self._tasks.run(
            attached(studio, lambda: act(studio, wanted, self.moved.emit, stopped)),
            success,
            self._on_failed,
            self,
        )

    def _refused(self) -> bool:
        if self._busy:
            self._window.toast(
                self.tr("Something is still being done. Wait for it, or cancel it first."),
                "warning",
            )
        return self._busy

    def _begin(self, text: str) -> threading.Event:
        self._stopped = threading.Event()
        self._busy = True
        self.began.emit(text)
        return self._stopped

    def _end(self) -> None:
        self._busy = False
        self.ended.emit()

    def _tell_retried(self, account: Account) -> None:
        self._tell(self.tr("%n generation(s) sent again", "", len(account.done)), account)

    def _tell_cancelled(self, account: Account) -> None:
        self._tell(self.tr("%n generation(s) cancelled", "", len(account.done)), account)

    def _tell_restored(self, account: Account) -> None:
        self._tell(self.tr("%n generation(s) brought back", "", len(account.done)), account)

    def _tell_trashed(self, account: Account) -> None:
        text = self.tr("%n generation(s) moved to the trash", "", len(account.done))
        self._tell(text, account, (self.tr("Undo"), lambda: self.restore(account.done)))

    def _tell(
        self,
        text: str,
        account: Account,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        if not account.done:
            self._window.toast(spoken(account.reason) or self.tr("Nothing was changed."), "warning")
            return
        if account.skipped:
            text += ". " + self.tr("%n left as they are.", "", account.skipped)
            text += f" {spoken(account.reason)}"
        self._window.toast(text, "warning" if account.skipped else "good", action)

    def _on_exported(self, rows: int, path: Path) -> None:
        self._end()
        if rows or not self._stopped.is_set():
            text = self.tr("%n row(s) written to %1", "", rows).replace("%1", path.name)
            self._window.toast(text, "good")
        else:
            self._window.toast(self.tr("Cancelled. No file was written."))

    def _on_failed(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_closing(self) -> None:
        self._stopped.set()
        self._tasks.close()


def _all(act: Bulk) -> Bulk:
    """Let `act` reach every generation of the batches among the rows."""

    def op(
        studio: Studio,
        chosen: Sequence[int],
        progress: Callable[[int, int], None],
        cancelled: threading.Event | None,
    ) -> Account:
        return act(studio, timeline.members(studio, chosen), progress, cancelled)

    return op
