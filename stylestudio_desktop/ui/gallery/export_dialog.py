"""Takes pictures out of the library: form, names and folder, with progress and a way to stop."""

from collections.abc import Sequence
from threading import Event

from PySide6.QtCore import QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.files.names import DEFAULT_PATTERN, PATTERN_FIELDS, fill_pattern
from stylestudio_desktop.services import exporting
from stylestudio_desktop.services.exporting import Exports
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.forms import FormRow
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.progress import ProgressRow

_WIDTH = 520
_EXAMPLE: dict[str, str | int] = {
    "name": "linen shirt", "style": "fashion", "quality": "high", "provider": "local",
    "ratio": "3x4", "date": "2026-11-22", "time": "14-05", "id": "1", "n": 1,
}  # fmt: skip


class ExportDialog(QDialog):
    """`exported(Exports)` is emitted when the pictures lie in the folder.

    `chosen` is what the last export used, given in and read out by the pane that remembers it.
    """

    exported = Signal(object)
    _progressed = Signal(int, int, str)

    def __init__(
        self, studio: Studio, ids: Sequence[int], chosen: dict[str, str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._ids = list(ids)
        self._tasks = Tasks(self, threads=1)
        self._stop = Event()
        self._running = False
        self.setWindowTitle(self.tr("Export %n picture(s)", "", len(self._ids)))
        self.setMinimumWidth(_WIDTH)
        self._build(chosen)
        self._progressed.connect(self._on_progressed)
        self._on_pattern()
        self._on_preset()

    def chosen(self) -> dict[str, str]:
        """Return preset, pattern and folder, to be offered next time."""
        return {
            "preset": self.preset.value(),
            "pattern": self.pattern.text(),
            "folder": self.folder.text(),
        }

    def start(self) -> None:
        """Begin to write."""
        folder = self.folder.text().strip()
        if self._running or not folder:
            self._folder_row.complain("" if folder else self.tr("Choose a folder to export to."))
            return
        self._running = True
        self._stop.clear()
        self._show_running(True)
        preset, pattern = self.preset.value(), self.pattern.text()
        self._tasks.run(
            lambda: exporting.export(
                self._studio,
                self._ids,
                path_of(folder),
                preset=preset,
                pattern=pattern,
                progress=self._progressed.emit,
                cancelled=self._stop,
            ),
            self._on_done,
            self._on_failed,
            owner=self,
        )

    def reject(self) -> None:
        """Stop what runs, or close."""
        if self._running:
            self._stop.set()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Let the writing end before the dialog goes."""
        self._stop.set()
        self._tasks.close()
        super().done(result)

    def _build(self, chosen: dict[str, str]) -> None:
        self.preset: Segments[str] = Segments(
            [
                ("original", self.tr("Original"), None),
                ("web", self.tr("Web"), None),
                ("marketplace", self.tr("Marketplace main image"), None),
            ],
            self.tr("Form"),
        )
        self.preset.set_value(chosen.get("preset", "original"))
        self.preset.picked.connect(self._on_preset)
        self.pattern = QLineEdit(chosen.get("pattern", DEFAULT_PATTERN))
        self.pattern.textChanged.connect(self._on_pattern)
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self.folder = QLineEdit(chosen.get("folder", place))
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.folder, 1)
        row.addWidget(button(self.tr("Choose…"), self._browse))
        self._preset_row = FormRow(self.tr("Form"), self.preset)
        self._pattern_row = FormRow(self.tr("Names"), self.pattern)
        self._folder_row = FormRow(self.tr("Folder"), beside)
        self._progress = ProgressRow()
        self._progress.cancelled.connect(self._stop.set)
        self._progress.hide()
        self._error = label("", "bad", wrap=True)
        self._error.hide()
        self._go = button(self.tr("Export"), self.start, "primary", "file-down")
        self._go.setDefault(True)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Cancel"), self.reject))
        foot.addWidget(self._go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.L)
        parts = (self._preset_row, self._pattern_row, self._folder_row, self._progress, self._error)
        for part in parts:
            layout.addWidget(part)
        layout.addLayout(foot)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("Choose a folder"), self.folder.text()
        )
        if folder:
            self.folder.setText(folder)

    def _on_preset(self) -> None:
        says = {
            "original": self.tr("The stored file, every pixel as it is."),
            "web": self.tr("JPEG in sRGB, at most 2048 pixels on its longest side."),
            "marketplace": self.tr("Square, pure white ground, 2000 pixels, product at 88 %."),
        }
        self._preset_row.say(says[self.preset.value()])

    def _on_pattern(self) -> None:
        try:
            example = fill_pattern(self.pattern.text(), _EXAMPLE)
        except StudioError as error:
            self._pattern_row.complain(spoken(error.sentence))
            self._go.setEnabled(False)
            return
        known = " ".join(f"{{{field}}}" for field in PATTERN_FIELDS)
        text = self.tr("As in “%1.jpg”. Known: %2")
        self._pattern_row.say(text.replace("%1", example).replace("%2", known))
        self._go.setEnabled(True)

    def _show_running(self, running: bool) -> None:
        self._progress.setVisible(running)
        self._error.hide()
        for part in (self._preset_row, self._pattern_row, self._folder_row, self._go):
            part.setEnabled(not running)

    def _on_progressed(self, done: int, total: int, name: str) -> None:
        self._progress.set(done / max(1, total), wording.held_up(name) or name)

    def _on_done(self, exports: Exports) -> None:
        self._running = False
        self.exported.emit(exports)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._running = False
        self._show_running(False)
        if not isinstance(error, StudioError):
            raise error
        self._error.setText(spoken(error.sentence))
        self._error.show()


def reveal(exports: Exports) -> None:
    """Show the folder of the exported pictures in the system's file manager."""
    if exports.exported:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(exports.exported[0].path.parent)))
