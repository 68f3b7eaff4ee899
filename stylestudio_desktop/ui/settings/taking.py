"""Everything in and out in the settings: open formats, and a library rebuilt from its pictures."""

import threading
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services.everything import Everything, take_out
from stylestudio_desktop.services.rebuilding import Rebuilt, rebuild
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.settings.errand import Errand, Progress
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.points import Points
from stylestudio_desktop.ui.widgets.progress import ProgressRow
from stylestudio_desktop.ui.window import MainWindow

SHOWN = 20


class TakingSection(Section):
    """Two buttons: all that is yours out of here, and back from what pictures tell."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Export and import"),
            self.tr(
                "All that is yours in open formats: your pictures, each with how it was made "
                "inside, and every table as CSV and JSON Lines."
            ),
            parent,
        )
        self._window, self._studio = window, studio
        self.errand = Errand(window, studio, self)
        self.errand.moved.connect(self._on_moved)
        self.errand.done.connect(self._on_done)
        self.errand.failed.connect(self._on_failed)
        self._text = ""
        self.progress = ProgressRow(parent=self)
        self.progress.hide()
        self.progress.cancelled.connect(self.errand.stop)
        self.body.addWidget(self.progress)
        self._add(button(self.tr("Export everything…"), self.ask_export, icon="file-down"))
        hint = self.tr(
            "The last resort where a library and its backups are lost: photos and generations come "
            "back from what pictures tell about themselves. Nothing that is here is changed."
        )
        self.body.addWidget(label(hint, "muted", wrap=True))
        self._add(button(self.tr("Rebuild from pictures…"), self.ask_rebuild, icon="folder-open"))
        self.left = Points()
        self.left.hide()
        self.body.addWidget(self.left)

    def _add(self, one: QWidget) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(one)
        row.addStretch(1)
        self.body.addLayout(row)

    def refresh(self) -> None:
        """Show what is true now: nothing here is read."""

    def ask_export(self) -> None:
        """Ask for a folder, and write everything into a new one in it."""
        place = QFileDialog.getExistingDirectory(self, self.tr("Where everything is exported to"))
        if not place:
            return
        studio = self._studio

        def op(progress: Progress, cancelled: threading.Event) -> Everything:
            return take_out(studio, Path(place), progress, cancelled)

        if self._begin(self.tr("Exporting everything")):
            self.errand.start(op)

    def ask_rebuild(self) -> None:
        """Ask for the folder of a lost library or of exported pictures, and bring them in."""
        place = QFileDialog.getExistingDirectory(
            self, self.tr("The folder of a lost library, or of exported pictures")
        )
        if not place:
            return
        studio = self._studio

        def op(progress: Progress, cancelled: threading.Event) -> Rebuilt:
            return rebuild(studio, Path(place), progress, cancelled)

        if self._begin(self.tr("Rebuilding")):
            self.errand.start(op)

    def _begin(self, text: str) -> bool:
        if self.errand.busy:
            self._window.toast(self.tr("One thing at a time: wait for it, or stop it."), "warning")
            return False
        self._text = text
        self.left.hide()
        self.progress.set(None, text)
        self.progress.show()
        return True

    def _on_moved(self, share: float, held_up: str) -> None:
        self.progress.set(share, held_up or self._text, "" if held_up else self.errand.left())

    def _on_done(self, result: object) -> None:
        self.progress.hide()
        if isinstance(result, Everything):
            self._exported(result)
        elif isinstance(result, Rebuilt):
            self._rebuilt(result)

    def _exported(self, done: Everything) -> None:
        text = self.tr("Exported: %1 pictures and every table.")
        text = text.replace("%1", wording.count(len(done.pictures.exported)))
        where = QUrl.fromLocalFile(str(done.folder))
        show = (self.tr("Show the folder"), lambda: QDesktopServices.openUrl(where))
        self._window.toast(text, "good", show)
        self._list([spoken(one.reason) for one in done.pictures.rejected])

    def _rebuilt(self, done: Rebuilt) -> None:
        text = self.tr("%1 pictures are in the library, %2 of them anew.")
        count = wording.count(len(done.adopted.pictures))
        text = text.replace("%1", count).replace("%2", wording.count(len(done.adopted.new)))
        self._window.toast(text, "good")
        refused = self.tr("%1: no picture that can be brought in; it stays where it is.")
        self._list([refused.replace("%1", name) for name in done.rejected])

    def _list(self, lines: list[str]) -> None:
        more = len(lines) - SHOWN
        lines = lines[:SHOWN]
        if more > 0:
            lines.append(self.tr("… and %1 more.").replace("%1", wording.count(more)))
        self.left.set_lines(lines)
        self.left.setVisible(bool(lines))

    def _on_failed(self, error: StudioError | None) -> None:
        self.progress.hide()
        if error is not None:
            self._window.tell(error)
