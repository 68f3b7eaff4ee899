"""What mouse, wheel, keys and drops mean in the grid: selecting as in a file manager."""

from collections.abc import Callable, Set
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication

from stylestudio_desktop.ui.tokens import Duration
from stylestudio_desktop.ui.widgets.dropped import named_files, names_files
from stylestudio_desktop.ui.widgets.grid.anchors import Held, hold, line_of
from stylestudio_desktop.ui.widgets.grid.geometry import Box
from stylestudio_desktop.ui.widgets.grid.selection import Ranges

if TYPE_CHECKING:
    from stylestudio_desktop.ui.widgets.grid.view import Grid

_ZOOM_STEP = 1.12
_EDGE = 32
_KEYS = Qt.Key
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier


class Gestures(QObject):
    """Takes the grid's events and turns them into calls of the grid."""

    def __init__(self, grid: "Grid") -> None:
        super().__init__(grid)
        self._grid = grid
        self._pointer: QPoint | None = None  # where it was last seen, while no button is down
        self._pressed: QPoint | None = None
        self._pressed_on: int | None = None  # the picture's id: its place may change
        self._origin: QPoint | None = None
        self._grip = Held((), 0)
        self._mode = "replace"
        self._drift = QTimer(self)
        self._drift.setInterval(Duration.FRAME)
        self._drift.timeout.connect(self._on_drift)
        self._remainder = 0.0

    @property
    def selecting(self) -> bool:
        """Return whether a rubber band is being drawn."""
        return self._origin is not None

    def follow(self, moved: Set[int] = frozenset()) -> None:
        """Let the rubber band and what is hovered go with the pictures of a list that changed.

        Those that `moved` within it hold nothing.
        """
        grid = self._grid
        if self._origin is not None:
            stay = tuple(one for one in self._grip.ids if one not in moved)
            line = line_of(grid.contents, grid.layout_, self._grip._replace(ids=stay))
            self._origin.setY(self._origin.y() if line is None else line)
        here = None if self._pointer is None else grid.index_at(self._pointer)
        grid.hovered = here if self._pressed is None else None

    def double_click(self, event: QMouseEvent) -> None:
        """Open the picture under a double click of the left button."""
        if not _left(event):
            event.ignore()
            return
        index = self._grid.index_at(event.position().toPoint())
        if index is not None:
            self._grid.opened.emit(index)

    def drag_over(self, event: QDragMoveEvent) -> None:
        """Accept files, except those that are dragged out of this grid."""
        # Whose it is comes first: what is asked for its files here has to write them.
        if event.source() is None and names_files(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def drop(self, event: QDropEvent) -> None:
        """Tell which files were dropped."""
        named = named_files(event.mimeData())
        self._grid.files_dropped.emit(named.paths)
        if named.left_out:
            self._grid.told.emit(named.left_out)
        event.acceptProposedAction()

    def leave(self) -> None:
        """Forget what was under the pointer."""
        self._pointer = None
        self._hover(None)

    def press(self, event: QMouseEvent) -> None:
        """Begin a selection or a drag with the left button."""
        if not _left(event):
            event.ignore()
            return
        grid, point = self._grid, event.position().toPoint()
        grid.setFocus(Qt.FocusReason.MouseFocusReason)
        index = grid.index_at(point)
        self._pressed = point
        self._pressed_on = None if index is None else grid.contents.ids[index]
        shift, ctrl = bool(event.modifiers() & _SHIFT), bool(event.modifiers() & _CTRL)
        self._mode = "add" if shift else "toggle" if ctrl else "replace"
        grid.contents.before = grid.contents.selection
        if index is None:
            if not (shift or ctrl):
                grid.select(Ranges())
            return
        if shift:
            self._extend(index, keep=ctrl)
        elif ctrl:
            grid.select(grid.contents.selection.toggled(Ranges([(index, index + 1)])))
            grid.contents.pivot = index
        elif index not in grid.contents.selection:
            self._only(index)
        grid.set_current(index)

    def move(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        grid, point = self._grid, event.position().toPoint()
        if self._pressed is None:
            self._pointer = point
            self._hover(grid.index_at(point))
            return
        if self._origin is not None:
            self._stretch(point)
        elif (point - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            if self._pressed_on is not None and self._mode == "replace":
                self._drag_out(self._place())
            else:
                self._begin_band(self._pressed + QPoint(0, grid.offset))
                grid.slides = False
                self._drift.start()
                self._stretch(point)

    def release(self, event: QMouseEvent) -> None:
        """End what a press of the left button began."""
        if not _left(event):
            event.ignore()
            return
        grid = self._grid
        dragging = self.selecting
        clicked = self._place() if self._pressed is not None else None
        grid.contents.before = Ranges()
        self._pressed = self._pressed_on = self._origin = None
        self._drift.stop()
        if dragging:
            grid.band, grid.slides = None, True
            grid.surface.update()
        elif clicked is not None and self._mode == "replace":
            self._only(clicked)

    def _place(self) -> int | None:
        """Return where the picture that was pressed stands now."""
        one = self._pressed_on
        return None if one is None else self._grid.contents.index_of(one)

    def _begin_band(self, origin: QPoint) -> None:
        grid, total = self._grid, len(self._grid.contents)
        below = grid.layout_.visible(origin.y(), origin.y() + grid.surface.height())
        span = below or range(max(0, total - 1), total)
        self._origin, self._grip = origin, hold(grid.contents, grid.layout_, span, origin.y())

    def _hover(self, index: int | None) -> None:
        grid, before = self._grid, self._grid.hovered
        if index != before:
            grid.hovered = index
            for changed in (before, index):
                if changed is not None and changed < len(grid.contents):
                    grid.surface.update(grid.area_of(changed))

    def _stretch(self, point: QPoint) -> None:
        grid = self._grid
        if self._origin is None:
            return
        there = QPoint(point.x(), point.y() + grid.offset)
        area = QRect(self._origin, there).normalized()
        box = Box(area.left(), area.top(), area.width(), area.height())
        touched = grid.layout_.within(box)
        if self._mode == "toggle":
            grid.select(grid.contents.before.toggled(touched))
        else:
            before = grid.contents.before
            grid.select(before.united(touched) if self._mode == "add" else touched)
        grid.band = area.translated(0, -grid.offset)
        grid.surface.update()

    def _on_drift(self) -> None:
        """Scroll on while the rubber band is held at an edge."""
        grid = self._grid
        point = grid.surface.mapFromGlobal(grid.cursor().pos())
        height = grid.surface.height()
        beyond = min(0, point.y() - _EDGE) + max(0, point.y() - height + _EDGE)
        if beyond and self._origin is not None:
            grid.scroll_to(grid.offset + beyond)
            self._stretch(QPoint(point.x(), max(0, min(point.y(), height))))

    def _drag_out(self, index: int | None) -> None:
        from stylestudio_desktop.ui.widgets.grid.carrying import carry

        self._pressed = None
        if index is not None:
            carry(self._grid, index)

    def wheel(self, event: QWheelEvent) -> None:
        """Scroll, or zoom around the pointer with Ctrl."""
        grid = self._grid
        turn = event.angleDelta().y()
        if event.modifiers() & _CTRL:
            steps = turn / 120
            cell = round(grid.cell * _ZOOM_STEP**steps)
            if cell == grid.cell and turn:
                cell += 1 if turn > 0 else -1
            grid.set_cell(cell, event.position().toPoint())
            return
        pixels = event.pixelDelta().y()
        if not pixels:
            self._remainder += turn / 120 * max(60, grid.layout_.row * 2 / 3)
            pixels = int(self._remainder)
            self._remainder -= pixels
        grid.scroll_to(grid.offset - pixels)

    def offer_menu(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selection, or with what is under the pointer."""
        grid = self._grid
        if grid.menu is None:
            event.ignore()
            return
        index = grid.index_at(event.pos())
        if index is not None and index not in grid.contents.selection:
            self._only(index)
            grid.set_current(index)
        grid.menu.popup(event.globalPos())

    def key(self, event: QKeyEvent) -> bool:
        """Act on a key; return whether it was one of the grid's."""
        grid, key = self._grid, event.key()
        total = len(grid.contents)
        if key == _KEYS.Key_A and event.modifiers() == _CTRL:
            grid.select_all()
            return True
        if key == _KEYS.Key_Escape and grid.contents.selection:
            grid.select(Ranges())
            return True
        if event.text().strip() and event.text().isprintable() and not event.modifiers() & ~_SHIFT:
            grid.typed.emit(event.text())
            return True
        if not total:
            return False
        if key in (_KEYS.Key_Space, _KEYS.Key_Return, _KEYS.Key_Enter):
            grid.opened.emit(grid.contents.current or 0)
            return True
        move = self._moves().get(key)
        if move is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            return False
        current = grid.contents.current
        ends = key in (_KEYS.Key_Home, _KEYS.Key_End)  # these go to the same place from anywhere
        target = move(current or 0) if ends or current is not None else self._first_seen()
        self._walk(max(0, min(total - 1, target)), event.modifiers())
        return True

    def _moves(self) -> dict[int, Callable[[int], int]]:
        layout, grid = self._grid.layout_, self._grid
        page = max(1, grid.surface.height() // layout.row)
        return {
            _KEYS.Key_Left: lambda at: at - 1,
            _KEYS.Key_Right: lambda at: at + 1,
            _KEYS.Key_Up: lambda at: layout.above(at, -1),
            _KEYS.Key_Down: lambda at: layout.above(at, 1),
            _KEYS.Key_PageUp: lambda at: layout.above(at, -page),
            _KEYS.Key_PageDown: lambda at: layout.above(at, page),
            _KEYS.Key_Home: lambda _at: 0,
            _KEYS.Key_End: lambda _at: len(grid.contents) - 1,
        }

    def _walk(self, target: int, modifiers: Qt.KeyboardModifier) -> None:
        if modifiers & _SHIFT:
            self._extend(target, keep=False)
        elif not modifiers & _CTRL:
            self._only(target)
        self._grid.set_current(target)

    def _only(self, index: int) -> None:
        self._grid.contents.pivot = index
        self._grid.select(Ranges([(index, index + 1)]))

    def _extend(self, index: int, *, keep: bool) -> None:
        contents = self._grid.contents
        if contents.pivot is None:
            contents.pivot = contents.current if contents.current is not None else index
        low, high = sorted((contents.pivot, index))
        span = Ranges([(low, high + 1)])
        self._grid.select(contents.selection.united(span) if keep else span)

    def _first_seen(self) -> int:
        grid = self._grid
        seen = grid.layout_.visible(grid.offset, grid.offset + grid.surface.height())
        return seen.start


def _left(event: QMouseEvent) -> bool:
    return event.button() == Qt.MouseButton.LeftButton
