"""The folders that are watched: which, what their photos are, on or off, and one more."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.records import WatchFolder
from stylestudio_desktop.services import watching
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.labels import label, plain_tip
from stylestudio_desktop.ui.window import MainWindow

_PATH_WIDTH = 300


class WatchedSection(Section):
    """What lands in these folders is imported once, when it is whole."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Watched folders"),
            self.tr("Photos that land here come in by themselves, each once, when it is whole."),
            parent,
        )
        self._window, self._studio = window, studio
        self._boxes: list[QCheckBox] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.XS)
        self.body.addLayout(self._rows)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        products = partial(self._browse, Category.PRODUCT)
        people = partial(self._browse, Category.MODEL)
        foot.addWidget(button(self.tr("Watch for product photos…"), products, icon="folder-open"))
        foot.addWidget(button(self.tr("Watch for photos of people…"), people, icon="users"))
        foot.addStretch(1)
        self.body.addLayout(foot)

    def refresh(self) -> None:
        """Read the folders, in the background."""
        self._run(lambda: None, self._on_unread)

    def add(self, path: Path, category: Category) -> None:
        """Watch one more folder."""
        self._run(lambda: watching.watch(self._studio, path, category))

    def rows(self) -> list[QCheckBox]:
        """Return each folder's switch, oldest first."""
        return list(self._boxes)

    def _browse(self, category: Category) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder to watch"))
        if folder:
            self.add(Path(folder), category)

    def _run(
        self,
        change: Callable[[], object],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        def op() -> list[WatchFolder]:
            change()
            return watching.folders(self._studio)

        self._window.tasks.run(
            attached(self._studio, op), self._show, failed or self._on_failed, owner=self
        )

    def _show(self, folders: list[WatchFolder]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._boxes.clear()
        for one in folders:
            self._rows.addWidget(self._row(one))

    def _row(self, one: WatchFolder) -> QWidget:
        made = QWidget(self)
        watched = QCheckBox(made)
        self._boxes.append(watched)
        middle = Qt.TextElideMode.ElideMiddle
        shown = watched.fontMetrics().elidedText(one.path, middle, _PATH_WIDTH)
        watched.setText(shown.replace("&", "&&"))
        watched.setAccessibleName(self.tr("Watch %1").replace("%1", one.path))
        plain_tip(watched, one.path)
        watched.setChecked(bool(one.enabled))
        watched.clicked.connect(
            lambda on: self._run(lambda: watching.enable(self._studio, one.id, on))
        )
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(watched, 1)
        row.addWidget(label(wording.category(one.category), "faint"))
        away = self.tr("Watch no longer: %1").replace("%1", one.path)
        row.addWidget(tool("x", away, partial(self._forget, one.id)))
        return made

    def _forget(self, folder_id: int) -> None:
        self._run(lambda: watching.forget(self._studio, folder_id))

    def _on_unread(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)

    def _on_failed(self, error: Exception) -> None:
        self._on_unread(error)
        self.refresh()
