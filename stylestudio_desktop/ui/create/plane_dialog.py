"""Lets the user say where in a background photo the product stands, lies or hangs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.errors import BadInput, StudioError
from stylestudio_desktop.services import library, sources
from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.create import background, words
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Photo
from stylestudio_desktop.ui.create.plane_canvas import PlaneCanvas
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label

_SIZE = (980, 760)
_SHOWN = 1600
_USUAL = scene.Plane(((0.3, 0.62), (0.7, 0.62), (0.88, 0.95), (0.12, 0.95)))
_SURE = 0.5
Found = tuple[QImage, scene.Plane, float]


class PlaneDialog(QDialog):
    """`kept(text)` is emitted with the plane, as a brief's options write it."""

    kept = Signal(str)

    def __init__(self, desk: Desk, photo: Photo, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._photo = desk, photo
        self._found: scene.Plane | None = None
        self.canvas: PlaneCanvas | None = None
        self.setWindowTitle(words.tr("Plane in %1").replace("%1", photo.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(*_SIZE)
        self._build()
        self._look()

    def _build(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self._column.setSpacing(Space.M)
        self._column.addWidget(
            label(
                words.tr(
                    "Pull the corners until the grid lies on the floor, table or wall. The "
                    "product comes where the outline is."
                ),
                wrap=True,
            )
        )
        self._wait = label(words.tr("Looking for floor, table or wall…"), "muted")
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._wait, 1)
        self.remark = label("", "faint", wrap=True)
        self._column.addWidget(self.remark)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        self.reset = button(words.tr("Find it again"), self._on_reset, icon="rotate-ccw")
        self.reset.setToolTip(words.tr("Put the corners where the engine found the plane"))
        foot.addWidget(self.reset)
        foot.addStretch(1)
        foot.addWidget(button(words.tr("Cancel"), self.reject))
        self.keep = button(words.tr("Keep"), self._on_keep, "primary")
        self.keep.setEnabled(False)
        self.reset.setEnabled(False)
        foot.addWidget(self.keep)
        self._column.addLayout(foot)
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self._on_keep)

    def _look(self) -> None:
        desk, photo = self._desk, self._photo
        studio, draft, closing = desk.studio, desk.draft, desk.photos.closing

        def read() -> Found:
            row = library.picture(studio, photo.id)
            shown = decoding.picture(studio.files.path(row.storage_id))
            if shown is None:
                raise StudioError(words.tr("The photo can't be shown."))
            size = shown.size().scaled(_SHOWN, _SHOWN, Qt.AspectRatioMode.KeepAspectRatio)
            smooth = Qt.TransformationMode.SmoothTransformation
            if size.width() < shown.width():
                shown = shown.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            how = draft.arrangement
            found = sources.plane(studio, draft.provider, photo.id, how, closing)
            plane, sure = found or (_USUAL, 0.0)
            return shown, plane, sure

        background.run(desk.photos.slow, attached(studio, read), self._show, self._refused, self)

    def _show(self, found: Found) -> None:
        photo, self._found, sure = found
        draft = self._desk.draft
        wall = draft.arrangement == "hung"
        chosen = draft.arrangement in self._desk.able.scenes[1:]
        hint = draft.arrangement if chosen else scene.usual(draft.kind, wall=wall)
        self.canvas = PlaneCanvas(photo, hint, self)
        self.canvas.size_ = draft.size
        self.canvas.setAccessibleName(self.windowTitle())
        self._column.replaceWidget(self._wait, self.canvas)
        self._column.setStretchFactor(self.canvas, 1)
        self._wait.hide()
        self.canvas.changed.connect(self._on_changed)
        kept = None if draft.plane == scene.AUTO else scene.read(draft.plane)
        self.canvas.set_plane(kept or self._found)
        if kept is None and sure < _SURE:
            self.remark.setText(
                words.tr("Floor or table could not be told for certain. Please look closely.")
            )
        self.reset.setEnabled(True)
        self.canvas.setFocus()

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._wait.setText(spoken(error.sentence))

    def _on_changed(self) -> None:
        if self.canvas is None:
            return
        try:
            self.canvas.plane()
        except BadInput as error:
            self.remark.setText(spoken(error.sentence))
            self.keep.setEnabled(False)
            return
        self.remark.setText(
            words.tr("Tab: next corner. Arrows: move it, with Shift further. Drag inside: all.")
        )
        self.keep.setEnabled(True)

    def _on_reset(self) -> None:
        if self.canvas is not None and self._found is not None:
            self.canvas.set_plane(self._found)
            self.canvas.setFocus()

    def _on_keep(self) -> None:
        if self.canvas is None or not self.keep.isEnabled():
            return
        self.kept.emit(self.canvas.plane().text())
        self.accept()
