"""Lets people choose a table or a folder and turns it into a batch, which History then shows."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.batch_dialog import BatchDialog, sources_of
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.window import HISTORY, MainWindow
from stylestudio_desktop.ui.wishes import ShowQueue


class Many(QObject):
    """Chooses, plans and starts batches for the pane `parent`."""

    def __init__(self, window: MainWindow, studio: Studio, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._studio, self._desk, self._pane = window, studio, desk, parent

    def choose(self, folder: bool) -> None:
        """Ask for a table, or for a folder, with the system's own dialog."""
        title = words.tr("Choose a folder") if folder else words.tr("Choose a table")
        dialog = QFileDialog(self._pane, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if folder:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilter(f"{words.tr('Tables')} (*.csv *.tsv *.txt)")
        dialog.fileSelected.connect(lambda name: self.plan(Path(name)))
        dialog.open()

    def plan(self, path: Path) -> BatchDialog:
        """Show what a table or folder would make and cost."""
        sources = sources_of(path, self._desk.draft, self._desk.able)
        dialog = BatchDialog(self._studio, self._window.tasks, sources, self._pane)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.started.connect(self._on_started)
        dialog.open()
        return dialog

    def _on_started(self, _batch: object) -> None:
        self._window.toast(words.tr("The batch is in the queue."), "good")
        self._window.open_pane(HISTORY, ShowQueue())
