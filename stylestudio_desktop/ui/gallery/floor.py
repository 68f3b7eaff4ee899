"""The viewer's floor: one picture, or up to four side by side, one of which is described."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QWidget

from stylestudio_desktop.ui.gallery.camera import Camera, Extent
from stylestudio_desktop.ui.gallery.stage import Stage

MOST_STAGES = 4
Standing = tuple[QImage | None, Extent, str]


class Floor(QWidget):
    """`looked()` is emitted when the camera moved, `picked(place)` when a picture is pressed."""

    looked = Signal()
    picked = Signal(int)

    def __init__(self, camera: Camera, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera = camera
        self.stages: list[Stage] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._add()

    def show_stand_ins(self, shown: Sequence[Standing]) -> None:
        """Give each picture its stage, with a thumbnail until it is decoded."""
        while len(self.stages) < len(shown):
            self._add()
        columns = 2 if len(shown) == MOST_STAGES else max(1, len(shown))
        for place, stage in enumerate(self.stages):
            self._grid.removeWidget(stage)
            stage.setVisible(place < len(shown))
            if place < len(shown):
                self._grid.addWidget(stage, place // columns, place % columns)
                stage.set_before(None)
                stage.show_stand_in(*shown[place])

    def mark(self, place: int | None) -> None:
        """Frame the one that the panel describes; None where there is but one."""
        for index, stage in enumerate(self.stages):
            stage.set_marked(index == place)

    def let_go(self) -> None:
        """Keep no picture while nobody looks."""
        for stage in self.stages:
            stage.let_go()

    def _add(self) -> None:
        stage, place = Stage(self._camera, self), len(self.stages)
        stage.looked.connect(self.looked)
        stage.pressed.connect(lambda: self.picked.emit(place))
        self.stages.append(stage)
