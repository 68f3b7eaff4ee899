"""Where the library lies, how much room it takes, and how much is left."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services import storage
from stylestudio_desktop.services.storage import Room
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.forms import Facts, Fold
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow


class RoomSection(Section):
    """Storage by category."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Storage"), parent=parent)
        self._window = window
        self._studio = studio
        self._inside: QWidget | None = None
        self._place = QHBoxLayout()
        self.body.addLayout(self._place)
        paths = Facts()
        paths.set_rows(list(studio.workspace.paths().items()))
        places = Fold(self.tr("Every place"))
        places.body.addWidget(paths)
        self.body.addWidget(places)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(button(self.tr("Open the folder"), self.open_folder, icon="folder-open"))
        foot.addWidget(button(self.tr("Copy its path"), self._copy, "quiet", "copy"))
        foot.addStretch(1)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Read the sizes, in the background."""
        studio = self._studio
        self._window.tasks.run(
            attached(studio, lambda: storage.room(studio)),
            self._on_read,
            self._on_failed,
            owner=self,
        )

    def open_folder(self) -> None:
        """Show the workspace in the system's file manager."""
        place = str(self._studio.workspace.root)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(place)):
            text = self.tr("No file manager answered. The folder is %1.").replace("%1", place)
            self._window.toast(text, "warning")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._studio.workspace.root))
        self._window.toast(self.tr("Path copied."))

    def _on_read(self, found: Room) -> None:
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        rows = [
            (wording.category(one.key), wording.count(one.number), wording.size(one.total))
            for one in found.kept
            if one.number
        ]
        trashed = sum(one.number for one in found.trashed)
        if trashed:
            size = wording.size(sum(one.total for one in found.trashed))
            rows.append((self.tr("Trash"), wording.count(trashed), size))
        rows.append((self.tr("Database"), "", wording.size(found.database)))
        rows.append((self.tr("Thumbnails"), "", wording.size(found.thumbnails)))
        if found.free is not None:
            rows.append((self.tr("Free on this disk"), "", wording.size(found.free)))
        self._inside = _table(rows)
        self._place.addWidget(self._inside)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)


def _table(rows: list[tuple[str, str, str]]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(Space.L)
    grid.setVerticalSpacing(Space.S)
    grid.setColumnStretch(0, 1)
    for row, (name, number, size) in enumerate(rows):
        grid.addWidget(label(name), row, 0)
        grid.addWidget(label(number, "muted"), row, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(label(size), row, 2, Qt.AlignmentFlag.AlignRight)
    return made
