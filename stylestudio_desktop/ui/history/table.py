"""The history's table: rows of one height, so that any place in a million is arithmetic away."""

from array import array

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from stylestudio_desktop.ui.history.delegate import PICTURE, ROW, HistoryDelegate
from stylestudio_desktop.ui.history.model import (
    PROMPT,
    SERVICE,
    STATUS,
    STYLE,
    TOKENS,
    TOOK,
    WHEN,
    Fetch,
    HistoryModel,
)
from stylestudio_desktop.ui.theme import dress
from stylestudio_desktop.ui.tokens import Duration
from stylestudio_desktop.ui.widgets.grid.card import SMALL_TIER
from stylestudio_desktop.ui.widgets.grid.thumbnails import Thumbnails, Want

WIDTHS = {STATUS: 188, STYLE: 96, SERVICE: 140, TOKENS: 68, TOOK: 100, WHEN: 136}
# Columns that give way, in this order, when the prompt would get less than PROMPT_LEAST.
GIVING_WAY = (SERVICE, STYLE, TOOK, WHEN)
PROMPT_LEAST = 320


class HistoryTable(QTableView):
    """`opened(id)` is emitted when a row is to tell its story, `turned(id)` at every other row.

    `chosen_changed()` follows the selection.
    """

    opened = Signal(object)
    turned = Signal(object)
    chosen_changed = Signal()

    def __init__(
        self, model: HistoryModel, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._thumbnails = thumbnails
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(Duration.FRAME)
        self._drawing.timeout.connect(self._want_thumbnails)
        self.setModel(model)
        self.setItemDelegate(HistoryDelegate(model, thumbnails, self))
        self._dress_up()
        self._listen()

    def show_rows(self, ids: "array[int]", fetch: Fetch) -> None:
        """Show other rows; what was selected and what was on top stay so, as far as they exist."""
        top = self._top_id()
        current = self.current_id()
        before = self._model.ids
        chosen = [(before[top], before[bottom]) for top, bottom in self._spans()]
        self.selectionModel().blockSignals(True)
        self._model.set_rows(ids, fetch)
        self._choose(chosen)
        if current is not None and (row := self._model.position(current)) >= 0:
            index = self._model.index(row, 0)
            self.selectionModel().setCurrentIndex(index, _flags().NoUpdate)
        self.selectionModel().blockSignals(False)
        if top is not None and (row := self._model.position(top[0])) >= 0:
            self.verticalScrollBar().setValue(row * ROW + top[1])
        self.chosen_changed.emit()
        self._drawing.start()

    def chosen_count(self) -> int:
        """Return how many rows are selected."""
        return sum(bottom - top + 1 for top, bottom in self._spans())

    def chosen(self, limit: int | None = None) -> list[int]:
        """Return the ids of the selected rows, newest first, at most `limit`."""
        found: list[int] = []
        for top, bottom in self._spans():
            found += self._model.ids[top : bottom + 1]
            if limit is not None and len(found) >= limit:
                return found[:limit]
        return found

    def current_id(self) -> int | None:
        """Return the id of the current row, None without one."""
        index = self.currentIndex()
        return self._model.ids[index.row()] if index.isValid() else None

    def go_to(self, generation_id: int) -> bool:
        """Make a generation the current row and show it; False if it is not in the list."""
        row = self._model.position(generation_id)
        if row < 0:
            return False
        index = self._model.index(row, 0)
        # Not by selectRow, which asks what keys are held: with Ctrl it would take the row out.
        self.selectionModel().setCurrentIndex(index, _flags().ClearAndSelect | _flags().Rows)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    def keyboardSearch(self, _search: str) -> None:
        """Type-to-find would read every row; the search field asks the index instead."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let columns give way before the prompt gets too narrow."""
        super().resizeEvent(event)
        self._fit_columns()
        self._drawing.start()

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow every repaint with the thumbnails that it lacked."""
        if event.type() == QEvent.Type.Paint and not self._drawing.isActive():
            self._drawing.start()
        return super().viewportEvent(event)

    def _dress_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAccessibleName(self.tr("History"))
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        # A header asks whether whole columns are selected, row by row, at every painting; one
        # with an empty selection of its own has its answer at once.
        columns.setSelectionModel(QItemSelectionModel(self._model, columns))
        columns.setSectionsClickable(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(PROMPT, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
        dress(self, self.viewport().update)

    def _listen(self) -> None:
        self._thumbnails.arrived.connect(self._on_thumbnails)
        self.activated.connect(self._on_activated)
        self.clicked.connect(self._on_clicked)
        self.selectionModel().currentRowChanged.connect(self._on_turned)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self._model.rowsInserted.connect(self._on_inserted)

    def _fit_columns(self) -> None:
        left = self.viewport().width() - sum(WIDTHS.values())
        for column in GIVING_WAY:
            hide = left < PROMPT_LEAST
            self.setColumnHidden(column, hide)
            if hide:
                left += WIDTHS[column]

    def _spans(self) -> list[tuple[int, int]]:
        ranges = self.selectionModel().selection().toList()
        return sorted((one.top(), one.bottom()) for one in ranges)

    def _top_id(self) -> tuple[int, int] | None:
        value = self.verticalScrollBar().value()
        row = value // ROW
        if value == 0 or row >= len(self._model.ids):
            return None  # at the top, new rows are what one wants to see
        return self._model.ids[row], value % ROW

    def _choose(self, spans: list[tuple[int, int]]) -> None:
        """Select what lies between pairs of ids, the newer first; half a million is one pair."""
        selection = QItemSelection()
        for newest, oldest in spans:
            top, bottom = self._model.between(newest, oldest)
            if top <= bottom:
                left, right = self._model.index(top, 0), self._model.index(bottom, WHEN)
                selection.select(left, right)
        self.selectionModel().select(selection, _flags().ClearAndSelect)

    def _want_thumbnails(self) -> None:
        first = self.rowAt(0)
        if first < 0:
            return
        last = self.rowAt(self.viewport().height() - 1)
        last = len(self._model.ids) - 1 if last < 0 else last
        side = round(PICTURE * self.devicePixelRatioF() * 4 / 3)
        wishes = []
        for row in range(first, last + 1):
            known = self._model.at(row)
            if known is not None and known.thumbnail is not None:
                wishes.append(Want(known.thumbnail, SMALL_TIER, side))
        self._thumbnails.want(wishes)

    def _on_thumbnails(self, _arrived: set[str]) -> None:
        self.viewport().update()

    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(self._model.ids[index.row()])

    def _on_clicked(self, index: QModelIndex) -> None:
        if QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self.opened.emit(self._model.ids[index.row()])

    def _on_turned(self, index: QModelIndex) -> None:
        if index.isValid():
            self.turned.emit(self._model.ids[index.row()])

    def _on_selection(self) -> None:
        self.chosen_changed.emit()

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        bar = self.verticalScrollBar()
        if bar.value() > 0 and first * ROW <= bar.value():
            # What is looked at stays where it is when something new comes in above.
            self.updateGeometries()
            bar.setValue(bar.value() + (last - first + 1) * ROW)


def _flags() -> type[QItemSelectionModel.SelectionFlag]:
    return QItemSelectionModel.SelectionFlag
