"""Where in a list of any height the view is, and how little of it is painted when that changes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.ui.widgets.grid.touched import Touched

_BAR_LIMIT = 1 << 30


class Scrolled(Touched):
    """Maps the bar, which counts to 2^30 at most, to lines of the content, and slides the view.

    The first `pinned` lines of the view show what does not move with the rest. `slid` is emitted
    whenever the view was put somewhere, also where it was. What is `beside` the view is shown
    elsewhere, and wanted next after what is in it.
    """

    slid = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pinned = 0
        self.beside = range(0)
        self.slides = True  # off while something lies over the pictures that would slide with them
        self._offset = 0
        self._unit = 1
        self._height = 0
        self._moving = False
        self.verticalScrollBar().valueChanged.connect(self._on_bar)

    @property
    def offset(self) -> int:
        """Return the first line in view, in content coordinates."""
        return self._offset

    def set_extent(self, height: int, step: int) -> None:
        """Take over that the content has `height` lines; a press of the bar's arrow goes `step`."""
        self._height = height
        span = max(0, height - self.surface.height())
        self._unit = span // _BAR_LIMIT + 1
        bar = self.verticalScrollBar()
        self._moving = True
        bar.setRange(0, -(-span // self._unit))
        bar.setEnabled(span > 0)
        bar.setPageStep(max(1, self.surface.height() // self._unit))
        bar.setSingleStep(max(1, step // self._unit))
        self._moving = False

    def scroll_to(self, offset: int) -> None:
        """Bring line `offset` to the top, as far as there is content."""
        before = self._offset
        self._offset = max(0, min(offset, self._height - self.surface.height()))
        self._moving = True
        self.verticalScrollBar().setValue(self._offset // self._unit)
        self._moving = False
        self._slide(before - self._offset)
        self.slid.emit()

    def attend(self, beside: range) -> None:
        """Have what stands at these positions at hand too, for somebody else who shows it."""
        self.beside = beside
        self.slid.emit()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Do nothing: Qt's own way is to paint the whole view again whenever the bar moves."""

    def _slide(self, by: int) -> None:
        """Move what is painted; a large screen has no time to draw all of itself each frame."""
        if self.slides and abs(by) < self.surface.height():
            self.surface.scroll(0, by)
            self.surface.update(0, 0, self.surface.width(), self.pinned + max(0, by))
        else:
            self.surface.update()

    def _on_bar(self, value: int) -> None:
        if not self._moving:
            self.scroll_to(value * self._unit)
