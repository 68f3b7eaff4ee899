"""The part of the third step for a background photo of one's own: which, where in it, how large."""

from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from stylestudio_desktop.domain import scene
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.ui import staged
from stylestudio_desktop.ui.create import words
from stylestudio_desktop.ui.create.desk import Desk
from stylestudio_desktop.ui.create.plane_canvas import paint_grid
from stylestudio_desktop.ui.create.plane_dialog import PlaneDialog
from stylestudio_desktop.ui.create.tiles import PhotoView
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.cards import Card
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.flow import FlowLayout
from stylestudio_desktop.ui.widgets.labels import label

_WIDTH = 208
_SLIDER = 180
_STEP = 10


class GridView(PhotoView):
    """A small background photo with the picked plane on it."""

    def __init__(self) -> None:
        super().__init__(4 / 3)
        self.plane: scene.Plane | None = None
        self.setFixedWidth(_WIDTH)
        self.setFixedHeight(round(_WIDTH * 3 / 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the photo and its plane."""
        super().paintEvent(event)
        if self.plane is None or self.image.isNull():
            return
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(QRectF(self.rect()).center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corners = [
            QPointF(area.left() + x * area.width(), area.top() + y * area.height())
            for x, y in self.plane.corners
        ]
        paint_grid(painter, QPolygonF(corners), lines=3)


class ScenePart(QWidget):
    """`browse()` and `gallery()` ask for a photo."""

    browse = Signal()
    gallery = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shown: str | None = None
        self._seen: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.M)
        column.addWidget(label(words.tr("Your own background"), "label"))
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(Space.L)
        self.view = GridView()
        row.addWidget(self.view, 0, Qt.AlignmentFlag.AlignTop)
        right = QVBoxLayout()
        right.setSpacing(Space.S)
        self.says = label("", wrap=True)
        right.addWidget(self.says)
        flow = FlowLayout(spacing=Space.S)
        self.choose = button(words.tr("Choose a photo…"), self.browse.emit, icon="image-plus")
        self.pick = button(words.tr("From the gallery"), self.gallery.emit, icon="images")
        self.place = button(words.tr("Pick the plane…"), self.open_plane, icon="scan")
        self.remove = button(words.tr("Remove"), self._on_remove, "quiet", "x")
        for one in (self.place, self.choose, self.pick, self.remove):
            flow.addWidget(one)
        right.addLayout(flow)
        self.fine: QWidget | None = None  # made with the first photo: few people have one
        right.addStretch(1)
        self._right = right
        row.addLayout(right, 1)
        card.body.addLayout(row)
        column.addWidget(card)

    def _build_fine(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, Space.S, 0, 0)
        column.setSpacing(Space.S)
        self.light: Segments[str] = Segments(
            [(one, staged.light(one), None) for one in scene.SIDES],
            words.tr("Where the light comes from"),
        )
        self.light.picked.connect(lambda value: self._desk.edit(light_from=value))
        self.size_ = QSlider(Qt.Orientation.Horizontal)
        self.size_.setRange(scene.SIZES[0] // _STEP, scene.SIZES[1] // _STEP)
        self.size_.setPageStep(2)
        self.size_.setFixedWidth(_SLIDER)
        self.size_.setAccessibleName(words.tr("Size of the product"))
        self.size_.valueChanged.connect(lambda value: self._desk.edit(size=value * _STEP))
        self._percent = label("", "muted")
        lights, sizes = FlowLayout(spacing=Space.S), QHBoxLayout()
        named = label(words.tr("Light from"), "muted")
        named.setMinimumHeight(Size.CONTROL)
        lights.addWidget(named)
        lights.addWidget(self.light)
        sizes.setSpacing(Space.S)
        for one in (label(words.tr("Size"), "muted"), self.size_, self._percent):
            sizes.addWidget(one)
        sizes.addStretch(1)
        column.addLayout(lights)
        column.addLayout(sizes)
        return made

    def show_draft(self) -> None:
        """Show what is chosen, or say why nothing can be."""
        draft, able = self._desk.draft, self._desk.able
        photo = draft.background
        offered = bool(able.scenes) and not draft.models
        place = draft.plane, draft.light_from, draft.size
        seen = (photo, offered, bool(draft.models), self._desk.card.name, *place)
        if seen == self._seen:
            return
        self._seen = seen
        if photo is not None and self.fine is None:
            self.fine = self._build_fine()
            self._right.insertWidget(self._right.count() - 1, self.fine)
        self.says.setText(self._sentence())
        for one in (self.choose, self.pick):
            one.setEnabled(offered)
        self.choose.setText(words.tr("Another photo…") if photo else words.tr("Choose a photo…"))
        self.place.setEnabled(offered)
        for part in (self.place, self.remove):
            part.setVisible(photo is not None)
        self.view.setVisible(photo is not None)
        if self.fine is not None:
            self.fine.setVisible(photo is not None)
            self.fine.setEnabled(offered)
            self.light.set_value(draft.light_from)
            self.size_.setValue(draft.size // _STEP)
            self._percent.setText(f"{draft.size} %")
        self.view.plane = None if draft.plane == scene.AUTO else scene.read(draft.plane)
        self.view.update()
        kept = None if photo is None else photo.storage_id
        if kept != self._shown:
            self._shown = kept
            if photo is not None:
                self.view.setAccessibleName(photo.name)
                found = partial(self._on_thumbnail, photo.storage_id)
                self._desk.photos.thumbnail(photo.storage_id, Tier.LARGE, self.view, found)

    def open_plane(self) -> None:
        """Open the photo to pick the plane on it."""
        photo = self._desk.draft.background
        if photo is not None:
            dialog = PlaneDialog(self._desk, photo, self)
            dialog.kept.connect(lambda text: self._desk.edit(plane=text))
            dialog.open()

    def _sentence(self) -> str:
        draft, able = self._desk.draft, self._desk.able
        if not able.scenes:
            return words.tr(
                "%1 takes no background photo of your own; the engine on this computer does."
            ).replace("%1", self._desk.card.name)
        if draft.models:
            return words.tr("Not with a person: remove the person to use a background photo.")
        if draft.background is None:
            return words.tr(
                "Set the product on a floor, a table or a wall of your own photo. Size, light, "
                "shadow and grain follow the photo. Drop it here, or choose one."
            )
        if draft.plane == scene.AUTO:
            return words.tr("%1. The plane is looked for; pick it to be sure.").replace(
                "%1", draft.background.name
            )
        return words.tr("%1, on the plane you picked.").replace("%1", draft.background.name)

    def _on_thumbnail(self, storage_id: str, image: object) -> None:
        if storage_id == self._shown:
            self.view.set_image(image)  # type: ignore[arg-type]

    def _on_remove(self) -> None:
        self._desk.edit(background=None, plane=scene.AUTO)
