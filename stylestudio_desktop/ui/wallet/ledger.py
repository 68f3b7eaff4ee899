"""Every movement of tokens as a table that reads on while one scrolls, newest first."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.records import Page, TokenEntry
from stylestudio_desktop.services import wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import icons, wording
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.tasks import Task, Tasks
from stylestudio_desktop.ui.theme import dress, theme
from stylestudio_desktop.ui.tokens import Size, Space, Type
from stylestudio_desktop.ui.wallet.words import movement

Index = QModelIndex | QPersistentModelIndex
WHAT, WHEN, CHANGE, BALANCE = range(4)
PAGE = 200
ROW = 40
WIDTHS = {WHEN: 130, CHANGE: 72, BALANCE: 84}
_NONE = QModelIndex()


class LedgerModel(QAbstractTableModel):
    """Pages of the ledger, each read in the background when the view nears the end.

    `loaded()` follows each page, `failed(error)` tells why one could not be read.
    """

    loaded = Signal()
    failed = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._tasks = tasks
        self._entries: list[TokenEntry] = []
        self._next: str | None = None
        self._task: Task[Page[TokenEntry]] | None = None
        self._names = (
            self.tr("What happened"), self.tr("When"), self.tr("Tokens"), self.tr("Balance"),
        )  # fmt: skip

    @property
    def entries(self) -> Sequence[TokenEntry]:
        """Return what has been read so far, newest first."""
        return self._entries

    def refresh(self) -> None:
        """Read what is new on top; the first time, the first page."""
        if self._task is not None:
            self._task.cancel()
        self._read(None)

    def canFetchMore(self, parent: Index) -> bool:
        """Say whether there is more than what is shown."""
        return not parent.isValid() and self._next is not None and self._task is None

    def fetchMore(self, _parent: Index) -> None:
        """Read the next page; called by the view near the end of the list."""
        if self._next is not None and self._task is None:
            self._read(self._next)

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._names)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the columns' names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._names[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's words."""
        entry, roles = self._entries[index.row()], Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.AccessibleTextRole):
            return self._words(entry, index.column())
        if role == roles.ToolTipRole:
            return wording.moment(entry.created_at)
        if role == roles.TextAlignmentRole:
            return _side(index.column()) | Qt.AlignmentFlag.AlignVCenter
        return None

    def _words(self, entry: TokenEntry, column: int) -> str:
        if column == WHAT:
            return movement(entry).text
        if column == WHEN:
            return wording.when(entry.created_at, now_ms())
        if column == CHANGE:
            return movement(entry).change
        return wording.count(entry.balance_after)

    def _read(self, after: str | None) -> None:
        studio = self._studio
        self._task = self._tasks.run(
            attached(studio, lambda: wallet.movements(studio, after, PAGE)),
            self._on_top if after is None else self._on_more,
            self._on_failed,
            owner=self,
        )

    def _on_top(self, page: Page[TokenEntry]) -> None:
        self._task = None
        known = self._entries[0].id if self._entries else 0
        new = [entry for entry in page.items if entry.id > known]
        if self._entries and len(new) == len(page.items):
            # More happened than one page holds: begin anew rather than leave a gap.
            self.beginResetModel()
            self._entries, self._next = list(page.items), page.next
            self.endResetModel()
        elif new:
            self.beginInsertRows(_NONE, 0, len(new) - 1)
            if not self._entries:
                self._next = page.next
            self._entries[:0] = new
            self.endInsertRows()
        self.loaded.emit()

    def _on_more(self, page: Page[TokenEntry]) -> None:
        self._task = None
        self._next = page.next
        if page.items:
            first = len(self._entries)
            self.beginInsertRows(_NONE, first, first + len(page.items) - 1)
            self._entries += page.items
            self.endInsertRows()
        self.loaded.emit()

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self.failed.emit(error)


class LedgerTable(QTableView):
    """The ledger's table; `opened(generation_id)` is emitted for an entry that belongs to one."""

    opened = Signal(object)

    def __init__(self, model: LedgerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(_Delegate(model, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Every movement of tokens"))
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        # See the history's table: with the view's own selection each painting reads every row.
        columns.setSelectionModel(QItemSelectionModel(model, columns))
        columns.setSectionsClickable(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
        self.activated.connect(self._on_activated)
        dress(self, self.viewport().update)

    def keyboardSearch(self, _search: str) -> None:
        """Typing does not search here."""

    def _on_activated(self, index: QModelIndex) -> None:
        found = self._model.entries[index.row()].generation_id
        if found is not None:
            self.opened.emit(found)


class _Delegate(QStyledItemDelegate):
    def __init__(self, model: LedgerModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._font = QFont(parent.font())
        self._font.setPixelSize(Type.BODY)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        area: QRect = option.rect
        look = theme()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, look.colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, look.colour("hover"))
        painter.setPen(look.colour("line"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        inner = area.adjusted(Space.S, 0, -Space.S, 0)
        entry, column = self._model.entries[index.row()], index.column()
        told = movement(entry)
        if column == WHAT:
            tone = "text_muted" if told.tone == "neutral" else told.tone
            drawing = icons.image(told.icon, getattr(look.palette, tone), Size.ICON_SMALL, 2.0)
            top = inner.center().y() - Size.ICON_SMALL // 2
            place = QRect(inner.left(), top, Size.ICON_SMALL, Size.ICON_SMALL)
            painter.drawImage(place, drawing)
            inner = inner.adjusted(Size.ICON_SMALL + Space.S, 0, 0, 0)
        gained = column == CHANGE and entry.delta > 0
        ink = "text_muted" if column == WHEN else "good" if gained else "text"
        painter.setFont(self._font)
        painter.setPen(look.colour(ink))
        words = str(self._model.data(index) or "")
        painter.drawText(inner, _side(column) | Qt.AlignmentFlag.AlignVCenter, words)


def _side(column: int) -> Qt.AlignmentFlag:
    right = column in (CHANGE, BALANCE)
    return Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
