"""Turns a table, a folder, or several styles of what is chosen into a batch for the History."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.batch_dialog import BatchDialog, sources_of
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Draft, Step
from stylestudio_desktop.ui.window import HISTORY, MainWindow
from stylestudio_desktop.ui.wishes import ShowQueue


class Many(QObject):
    """Chooses, plans and starts batches for the pane `parent`.

    `step_wanted(step)` asks for the page where what is missing is chosen.
    """

    step_wanted = Signal(object)

    def __init__(self, window: MainWindow, studio: Studio, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._studio, self._desk, self._pane = window, studio, desk, parent

    def register(self, add: Callable[..., object]) -> None:
        """Register what can be asked for here."""
        table, folder = partial(self.choose, False), partial(self.choose, True)
        add("create.table", words.tr("Make many from a table (CSV)…"), table, icon="list")
        add("create.folder", words.tr("Make many from a folder…"), folder, icon="folder-open")
        add("create.styles", words.tr("Several styles…"), self.vary, icon="layout-grid")

    def vary(self) -> BatchDialog | None:
        """Show what the chosen products would cost with every person and in several styles."""
        draft = self._desk.draft
        why = not_varied(draft)
        if why:
            self._window.toast(why, "warning", self._cure(draft))
            return None
        return self._show([str(one.id) for one in draft.products])

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
        return self._show([str(path)])

    def _show(self, paths: list[str]) -> BatchDialog:
        sources = sources_of(paths, self._desk.draft, self._desk.able)
        dialog = BatchDialog(self._studio, self._window.tasks, sources, self._pane)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.started.connect(self._on_started)
        dialog.open()
        return dialog

    def _cure(self, draft: Draft) -> tuple[str, Callable[[], object]]:
        """Return the button that does away with why several styles can't be made."""
        if not draft.products:
            return words.tr("Choose a product"), partial(self.step_wanted.emit, Step.PRODUCT)
        return words.tr("Show each by itself"), self._apart

    def _apart(self) -> None:
        self._desk.edit(together=False)
        self.vary()

    def _on_started(self, _batch: object) -> None:
        self._window.toast(words.tr("The batch is in the queue."), "good")
        self._window.open_pane(HISTORY, ShowQueue())


def not_varied(draft: Draft) -> str:
    """Return why what is chosen can't be made in several styles at once, empty where it can."""
    if not draft.products:
        return words.tr("Choose a product first.")
    if draft.together and len(draft.products) > 1:
        return words.tr("Several styles are for each product by itself, not for all together.")
    return ""
