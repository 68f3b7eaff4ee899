"""Mends the cut-out of a product photo by hand: a brush that adds and takes away, kept with it."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.masks import LONGEST
from stylestudio_desktop.services import library, masks, sources
from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.create import background, words
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.draft import Photo
from stylestudio_desktop.ui.create.mask_canvas import LARGEST, SMALLEST, MaskCanvas
from stylestudio_desktop.ui.create.strokes import Strokes
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.labels import label

_SIZE = (980, 760)
_SLIDER = 140


class MaskDialog(QDialog):
    """`kept()` is emitted once a changed mask, or none, is safe with the photo."""

    kept = Signal()

    def __init__(self, desk: Desk, photo: Photo, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._photo = desk, photo
        self._automatic: QImage | None = None
        self._as_reset = False
        self.canvas: MaskCanvas | None = None
        self.setWindowTitle(words.tr("Cut-out of %1").replace("%1", photo.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(*_SIZE)
        self._build()
        self._set_ready(False)
        background.run(desk.photos.slow, self._read, self._on_read, self._on_refused, self)

    # ---- made

    def _build(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        self._column.setSpacing(Space.M)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        self.mode: Segments[bool] = Segments(
            [(True, words.tr("Add"), None), (False, words.tr("Remove"), None)],
            words.tr("What the brush does"),
        )
        self.mode.setToolTip(words.tr("A adds, R removes; the right mouse button does the other"))
        self.mode.picked.connect(self._on_mode)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setFixedWidth(_SLIDER)
        self.size_slider.setAccessibleName(words.tr("Width of the brush"))
        self.size_slider.setToolTip(words.tr("Width of the brush: mouse wheel, or [ and ]"))
        self.undo = tool("undo-2", words.tr("Undo"), self._on_undo)
        self.redo = tool("redo-2", words.tr("Redo"), self._on_redo)
        self.view: Segments[bool] = Segments(
            [(False, words.tr("Over the photo"), None), (True, words.tr("Alone"), None)],
            words.tr("What is shown around the product"),
        )
        self.view.picked.connect(self._on_view)
        for part in (self.mode, label(words.tr("Brush"), "muted"), self.size_slider):
            row.addWidget(part)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        row.addStretch(1)
        row.addWidget(self.view)
        row.addWidget(tool("maximize", words.tr("Whole photo"), self._on_fit))
        row.addWidget(tool("zoom-in", words.tr("Pixel for pixel"), self._on_pixels))
        self._column.addWidget(self._tools)
        self._column.addWidget(self._cloth())
        self._wait = label(words.tr("Cutting out the product…"), "muted")
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column.addWidget(self._wait, 1)
        self.which: Segments[int] | None = None  # shown where a photo has several products
        self.remark = label("", "faint", wrap=True)
        self._column.addWidget(self.remark)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        self.reset = button(words.tr("Reset"), self._on_reset, icon="rotate-ccw")
        self.reset.setToolTip(words.tr("Go back to the cut-out that the engine makes by itself"))
        foot.addWidget(self.reset)
        foot.addStretch(1)
        foot.addWidget(button(words.tr("Cancel"), self.reject))
        self.keep = button(words.tr("Keep"), self._on_keep, "primary")
        foot.addWidget(self.keep)
        self._column.addLayout(foot)
        self._build_keys()

    def _cloth(self) -> QWidget:
        said = words.tr("Sheer or lace:")
        self.sheer: Segments[str] = Segments(
            [
                ("auto", words.tr("Automatic"), None),
                ("on", words.tr("See through"), None),
                ("off", words.tr("Dense"), None),
            ],
            said,
        )
        self.sheer.setToolTip(
            words.tr("Whether the ground shows through the cloth, as in lace, net, fringe or tulle")
        )
        self.sheer.picked.connect(self._on_sheer)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(label(said, "muted"))
        row.addWidget(self.sheer)
        row.addStretch(1)
        return line

    def _build_keys(self) -> None:
        keys = (
            (QKeySequence(QKeySequence.StandardKey.Undo), self._on_undo),
            (QKeySequence(QKeySequence.StandardKey.Redo), self._on_redo),
            (QKeySequence(Qt.Key.Key_A), partial(self.pick_mode, adding=True)),
            (QKeySequence(Qt.Key.Key_R), partial(self.pick_mode, adding=False)),
            (QKeySequence(Qt.Key.Key_0), self._on_fit),
            (QKeySequence(Qt.Key.Key_1), self._on_pixels),
        )
        for sequence, run in keys:
            QShortcut(sequence, self).activated.connect(run)

    def _set_ready(self, ready: bool) -> None:
        self._tools.setEnabled(ready)
        self.sheer.setEnabled(ready)
        self.reset.setEnabled(ready)
        self._on_changed()

    # ---- read beside the window

    def _read(self) -> tuple[QImage, QImage, str]:
        """Return photo and mask of one size, and what to say of a mask that could not be made."""
        studio, file_id = self._desk.studio, self._photo.id
        row = library.picture(studio, file_id)
        said = ""
        try:
            data = sources.mask(studio, file_id, self._desk.photos.closing)
            mask = decoding.thumbnail(data, LONGEST)
        except StudioError as error:
            mask, said = None, spoken(error.sentence)
        photo = decoding.picture(studio.files.path(row.storage_id))
        if photo is None:
            raise StudioError(words.tr("The photo can't be shown."))
        size = photo.size().scaled(QSize(LONGEST, LONGEST), Qt.AspectRatioMode.KeepAspectRatio)
        if mask is None:
            mask = QImage(size.boundedTo(photo.size()), QImage.Format.Format_Grayscale8)
            mask.fill(0)
        smooth = Qt.TransformationMode.SmoothTransformation
        same = Qt.AspectRatioMode.IgnoreAspectRatio
        return photo.scaled(mask.size(), same, smooth), mask, said

    def _read_each(self) -> list[QImage]:
        """Return the masks of several products in the photo; none where it shows one."""
        try:
            found = sources.products(self._desk.studio, self._photo.id, self._desk.photos.closing)
        except StudioError:  # what is amiss was said already, with the mask itself
            return []
        each = [decoding.thumbnail(one, LONGEST) for one in found]
        return [one for one in each if one is not None]

    def _on_read(self, found: tuple[QImage, QImage, str]) -> None:
        photo, mask, said = found
        self.canvas = MaskCanvas(photo, Strokes(mask), self)
        self.canvas.setAccessibleName(self.windowTitle())
        self.canvas.changed.connect(self._on_changed)
        self.canvas.sized.connect(self.size_slider.setValue)
        self.size_slider.setValue(self.canvas.brush)
        self.size_slider.valueChanged.connect(self.canvas.set_brush)
        self._column.replaceWidget(self._wait, self.canvas)
        self._column.setStretchFactor(self.canvas, 1)
        self._wait.hide()
        hint = words.tr(
            "Paint what belongs to the product. Wheel: brush; Ctrl and wheel: zoom; Space: move."
        )
        self.remark.setText(said or hint)
        slow = self._desk.photos.slow
        background.run(slow, self._read_each, self._offer, self._on_failed, self)
        self._set_ready(True)
        self.canvas.setFocus()

    def _offer(self, each: list[QImage]) -> None:
        """Let one of several products in the photo be chosen, by its place from the left."""
        if len(each) < 2:
            return
        several = words.tr("%n products in this photo, from the left:", len(each))
        choices = [(0, words.tr("All"), None)]
        choices += [(number, str(number), None) for number in range(1, len(each) + 1)]
        self.which = Segments(choices, several)
        self.which.picked.connect(partial(self._on_which, each))
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(label(several, "muted"))
        row.addWidget(self.which)
        row.addStretch(1)
        self._column.insertLayout(1, row)

    def _on_which(self, each: list[QImage], number: int) -> None:
        if number == 0:
            self._on_reset()
        elif self.canvas is not None:
            self.canvas.replace(each[number - 1])

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._wait.setText(spoken(error.sentence))

    # ---- done by the user

    def pick_mode(self, *, adding: bool) -> None:
        """Have the brush add, or take away."""
        self.mode.set_value(adding)
        self._on_mode(adding)

    def _on_mode(self, adding: bool) -> None:
        if self.canvas is not None:
            self.canvas.adding = adding
            self.canvas.update()

    def _on_view(self, alone: bool) -> None:
        if self.canvas is not None:
            self.canvas.set_alone(alone)

    def _on_fit(self) -> None:
        if self.canvas is not None:
            self.canvas.fit()

    def _on_pixels(self) -> None:
        if self.canvas is not None:
            self.canvas.set_zoom(1.0 / self.devicePixelRatioF())

    def _on_undo(self) -> None:
        if self.canvas is not None:
            self.canvas.undo()

    def _on_redo(self) -> None:
        if self.canvas is not None:
            self.canvas.redo()

    def _on_changed(self) -> None:
        strokes = None if self.canvas is None else self.canvas.strokes
        self._as_reset = False
        self.undo.setEnabled(strokes is not None and strokes.can_undo)
        self.redo.setEnabled(strokes is not None and strokes.can_redo)
        self.keep.setEnabled(strokes is not None and strokes.can_undo)

    def _on_reset(self) -> None:
        if self._automatic is not None:
            self._put_back(self._automatic)
            return
        self._set_ready(False)
        studio, photos = self._desk.studio, self._desk.photos

        def read() -> QImage | None:
            data = sources.mask(studio, self._photo.id, photos.closing, mended=False)
            return decoding.thumbnail(data, LONGEST)

        background.run(photos.slow, read, self._put_back, self._on_failed, self)

    def _on_sheer(self, choice: str) -> None:
        if choice == "auto":
            self._on_reset()
            return
        self._set_ready(False)
        studio, photos = self._desk.studio, self._desk.photos

        def read() -> QImage | None:
            data = sources.mask(studio, self._photo.id, photos.closing, mended=False, sheer=choice)
            return decoding.thumbnail(data, LONGEST)

        background.run(photos.slow, read, self._put, self._on_unseen, self)

    def _put(self, mask: QImage | None) -> None:
        self._set_ready(True)
        if mask is not None and self.canvas is not None:
            self.canvas.replace(mask)

    def _on_unseen(self, error: Exception) -> None:
        self.sheer.set_value("auto")
        self._on_failed(error)

    def _put_back(self, mask: QImage | None) -> None:
        self._set_ready(True)
        self.sheer.set_value("auto")
        if mask is not None and self.canvas is not None:
            self._automatic = mask
            self.canvas.replace(mask)
            self._as_reset = True

    def _on_keep(self) -> None:
        if self.canvas is None:
            return
        studio, file_id, anew = self._desk.studio, self._photo.id, self._as_reset
        data, name = self.canvas.strokes.png(), self._photo.name
        self._set_ready(False)
        self.keep.setEnabled(False)

        def write() -> None:
            if anew:
                masks.reset(studio, file_id)
            else:
                masks.keep(studio, file_id, data, name)

        background.run(self._desk.photos.slow, write, self._on_kept, self._on_failed, self)

    def _on_kept(self, _nothing: None) -> None:
        self._desk.photos.forget_cutout(self._photo.id)
        self.kept.emit()
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._set_ready(True)
        self.remark.setText(spoken(error.sentence))
