"""A layout that puts its widgets side by side and breaks the line where the width ends."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from stylestudio_desktop.ui.tokens import Space


class FlowLayout(QLayout):
    """Lines of widgets from left to right; with `fill`, all get the same stretched width."""

    def __init__(
        self,
        parent: QWidget | None = None,
        spacing: int = Space.S,
        fill: int = 0,
        *,
        level: bool = False,
    ) -> None:
        """`fill` is the smallest width of a cell; 0 keeps each widget's own width.

        With `level`, all of a line are as high as its highest.
        """
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        # Qt asks many times between two changes; each answer walks over all items.
        self._smallest: QSize | None = None
        self._heights: dict[int, int] = {}
        self._fill, self._level = fill, level
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take `item`; called by Qt."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return one item or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Give one item away or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def invalidate(self) -> None:
        """Something inside has changed: answer anew."""
        self._smallest = None
        self._heights.clear()
        super().invalidate()

    def hasHeightForWidth(self) -> bool:
        """The height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the lines need at `width`."""
        known = self._heights.get(width)
        if known is None:
            known = self._heights[width] = self._place(QRect(0, 0, width, 0), apply=False)
        return known

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more than it needs."""
        return Qt.Orientation(0)

    def setGeometry(self, area: QRect) -> None:
        """Place the items in `area`."""
        super().setGeometry(area)
        self._place(area, apply=True)

    def sizeHint(self) -> QSize:
        """Return the smallest size."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        if self._smallest is not None:
            return self._smallest
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        size += QSize(margins.left() + margins.right(), margins.top() + margins.bottom())
        self._smallest = size
        return size

    def _place(self, area: QRect, *, apply: bool) -> int:
        margins = self.contentsMargins()
        inner = area.marginsRemoved(margins)
        left, top, tallest = inner.left(), inner.top(), 0
        cell = self._cell_width(inner.width())
        line: list[tuple[QLayoutItem, QRect]] = []
        for item in self._items:
            if item.isEmpty():
                continue
            width = cell or item.sizeHint().width()
            height = item.sizeHint().height()
            if item.hasHeightForWidth():
                height = item.heightForWidth(width)
            if left > inner.left() and left + width > inner.right() + 1:
                self._apply(line, tallest, apply)
                left, top, tallest = inner.left(), top + tallest + self.spacing(), 0
            line.append((item, QRect(QPoint(left, top), QSize(width, height))))
            left, tallest = left + width + self.spacing(), max(tallest, height)
        self._apply(line, tallest, apply)
        return top + tallest - area.top() + margins.bottom()

    def _apply(self, line: list[tuple[QLayoutItem, QRect]], tallest: int, apply: bool) -> None:
        for item, area in line:
            if self._level:
                area.setHeight(tallest)
            if apply:
                item.setGeometry(area)
        line.clear()

    def _cell_width(self, width: int) -> int:
        if self._fill == 0 or not self._items:
            return 0
        columns = max(1, (width + self.spacing()) // (self._fill + self.spacing()))
        # As many in each line as it takes for this number of lines: none is left over alone.
        lines = -(-len(self._items) // columns)
        columns = -(-len(self._items) // lines)
        return (width - (columns - 1) * self.spacing()) // columns
