"""Ctrl+K: find any action of the window by typing a few letters of it, and run it."""

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.ui.actions import Actions, Offer
from stylestudio_desktop.ui.theme import theme
from stylestudio_desktop.ui.tokens import Space

_OFFER = Qt.ItemDataRole.UserRole + 1
_KEYS = Qt.ItemDataRole.UserRole + 2
OWN_ACTION = "commands"
_WIDTH = 560
_ROW = 34
_ROWS = 10


class _KeysDelegate(QStyledItemDelegate):
    """Draws a row as usual and its shortcut at the right."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        painter.setPen(theme().colour("text_faint"))
        area: QRect = option.rect
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(0, 0, -Space.M, 0), right, str(index.data(_KEYS) or ""))


class CommandPalette(QFrame):
    """A field and the actions that match; Enter runs the one marked, Esc closes.

    `more()` is called in turns of its own for what can still be offered, until it returns False:
    a pane that nobody opened yet has its actions too.
    """

    def __init__(
        self, actions: Actions, parent: QWidget, more: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(parent)
        self._over = parent
        self._more = more
        self._actions = actions
        self._before: QWidget | None = None
        self.setObjectName("palette")
        self.setAccessibleName(self.tr("Commands"))
        self._field = QLineEdit(self)
        self._field.setPlaceholderText(self.tr("Type a command"))
        self._field.setAccessibleName(self.tr("Type a command"))
        self._field.textChanged.connect(self._on_typed)
        self._field.installEventFilter(self)
        self._soon = _single_shot(self, self._on_added)
        self._making = _single_shot(self, self._on_more)
        actions.added.connect(self._soon.start)
        self._model = QStandardItemModel(self)
        self._list = QListView(self)
        self._list.setModel(self._model)
        self._list.setItemDelegate(_KeysDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(self.tr("Matching commands"))
        self._list.clicked.connect(self._run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        layout.addWidget(self._field)
        layout.addWidget(self._list)
        self.hide()

    def open(self) -> None:
        """Show the palette over its parent with everything listed."""
        self._actions.draw_icons()
        parent = self._over
        self._before = parent.focusWidget()
        width = min(_WIDTH, parent.width() - 2 * Space.XL)
        height = min(_ROW * (_ROWS + 1) + Space.XL, parent.height() - 2 * Space.HUGE)
        self.setGeometry((parent.width() - width) // 2, Space.HUGE, width, height)
        self._field.clear()
        self._on_typed("")
        self.show()
        self.raise_()
        self._field.setFocus()
        self._making.start()

    def dismiss(self) -> None:
        """Hide the palette and give the focus back to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def shown(self) -> list[str]:
        """Return the texts now listed, best first."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrows move in the list while the field keeps the focus."""
        press = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self._field and press and self._on_key(event):
            return True
        if watched is self._field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def _on_key(self, event: QEvent) -> bool:
        key = event.key() if isinstance(event, QKeyEvent) else 0
        row, last = self._list.currentIndex().row(), self._model.rowCount() - 1
        if key == Qt.Key.Key_Down:
            self._list.setCurrentIndex(self._model.index(min(row + 1, last), 0))
        elif key == Qt.Key.Key_Up:
            self._list.setCurrentIndex(self._model.index(max(row - 1, 0), 0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            return False
        return True

    def _on_typed(self, typed: str) -> None:
        self._model.clear()
        for offer in self._actions.matching(typed):
            if offer.name != OWN_ACTION:
                self._model.appendRow(_row(offer))
        self._list.setCurrentIndex(self._model.index(0, 0))

    def _on_added(self) -> None:
        if self.isVisible():
            self._actions.draw_icons()
            self._on_typed(self._field.text())

    def _on_more(self) -> None:
        if self.isVisible() and self._more():
            self._making.start()

    def _run(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        offer: Offer = index.data(_OFFER)
        self.dismiss()
        offer.action.trigger()


def _single_shot(owner: QObject, run: Callable[[], object]) -> QTimer:
    made = QTimer(owner)
    made.setSingleShot(True)
    made.timeout.connect(run)
    return made


def _row(offer: Offer) -> QStandardItem:
    text = offer.action.text().replace("&", "")
    keys = offer.action.shortcut().toString(offer.action.shortcut().SequenceFormat.NativeText)
    item = QStandardItem(offer.action.icon(), f"{offer.group}: {text}" if offer.group else text)
    item.setData(keys, _KEYS)
    item.setData(offer, _OFFER)
    item.setSizeHint(QSize(0, _ROW))
    return item
