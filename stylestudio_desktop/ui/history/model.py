"""The history as a table model: all ids at once, rows only near the view, a million or ten."""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from operator import neg
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services.history import HistoryRow
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Task, Tasks

Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[int, int], Sequence[HistoryRow]]
PROMPT, STATUS, STYLE, SERVICE, TOKENS, TOOK, WHEN = range(7)
MOST = 4000
PAGE = 120
AROUND = 24
_NONE = QModelIndex()


class HistoryModel(QAbstractTableModel):
    """Rows in falling order of id.

    `fetch(before, limit)` returns up to `limit` rows with an id below `before`, under the filter
    in force; it is called on another thread. What is asked for replaces what was asked before,
    so rows that the view has long left are never fetched. `failed(error)` tells of a page that
    could not be read.
    """

    failed = Signal(object)

    def __init__(
        self, tasks: Tasks, services: dict[str, str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._services = services
        self._fetch: Fetch | None = None
        self._ids: array[int] = array("q")
        self._rows: OrderedDict[int, HistoryRow] = OrderedDict()
        self._stale: set[int] = set()
        self._page: list[int] = []
        self._late: set[int] = set()  # stale since that page was asked for: it may be older
        self._gone: set[int] = set()
        self._wanted: list[int] = []
        self._asked: Task[Any] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._ask)
        self._names = (
            self.tr("Picture and prompt"), self.tr("State"), self.tr("Style"),
            self.tr("Service"), self.tr("Tokens"), self.tr("Took"), self.tr("When"),
        )  # fmt: skip

    @property
    def ids(self) -> "array[int]":
        """Return the ids of all rows, newest first."""
        return self._ids

    def set_rows(self, ids: "array[int]", fetch: Fetch) -> None:
        """Show other rows, read by another `fetch`."""
        self.beginResetModel()
        self._ids = ids
        self._fetch = fetch
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self._wanted, self._gone = [], set()
        self.endResetModel()

    def keep(self, rows: Sequence[HistoryRow]) -> None:
        """Take rows that somebody has read already."""
        for row in rows:
            self._rows[row.card.id] = row
            self._rows.move_to_end(row.card.id)
            self._stale.discard(row.card.id)
        while len(self._rows) > MOST:
            old, _ = self._rows.popitem(last=False)
            self._stale.discard(old)

    def add_front(self, generation_id: int) -> None:
        """Let a new generation appear at the top; one that is there already changes nothing."""
        if self._ids and self._ids[0] >= generation_id:
            return
        self.beginInsertRows(_NONE, 0, 0)
        self._ids.insert(0, generation_id)
        self.endInsertRows()

    def remove(self, ids: Iterable[int]) -> None:
        """Let rows go, neighbours together."""
        rows = sorted(row for row in map(self.position, ids) if row >= 0)
        for first, last in reversed(_runs(rows)):
            self.beginRemoveRows(_NONE, first, last)
            del self._ids[first : last + 1]
            self.endRemoveRows()

    def insert(self, ids: Iterable[int]) -> None:
        """Let a few rows appear where they belong; those that are there already stay."""
        for one in ids:
            row = bisect_left(self._ids, -one, key=neg)
            if row == len(self._ids) or self._ids[row] != one:
                self.beginInsertRows(_NONE, row, row)
                self._ids.insert(row, one)
                self.endInsertRows()

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """Read these rows (None: all that are kept) anew when they are next in view."""
        changed = list(self._rows) if ids is None else [one for one in ids if one in self._rows]
        self._stale.update(changed)
        self._late.update([*self._rows, *self._page] if ids is None else ids)
        self._gone.clear()
        if ids is None and self._ids:
            self._tell(0, len(self._ids) - 1)
            return
        for generation_id in changed:
            row = self.position(generation_id)
            if row >= 0:
                self._tell(row, row)

    def open_batches(self) -> list[int]:
        """Return the batches among the kept rows of which something still waits or runs."""
        return [
            one for one, row in self._rows.items() if row.batch is not None and not row.batch.over
        ]

    def batch_at(self, row_id: int) -> HistoryRow | None:
        """Return the row with this id if it stands for a whole batch."""
        row = self._rows.get(row_id)
        return row if row is not None and row.batch is not None else None

    def progressed(self, generation_id: int, stage: str, share: float | None) -> None:
        """Show how far a running generation is, without reading it again."""
        known = self._rows.get(generation_id)
        if known is None or known.job is None:
            return
        job = known.job._replace(stage=stage, progress=share)
        self._rows[generation_id] = known._replace(job=job)
        row = self.position(generation_id)
        if row >= 0:
            self._tell(row, row)

    def position(self, generation_id: int) -> int:
        """Return the row of a generation, -1 if it is not shown."""
        row = bisect_left(self._ids, -generation_id, key=neg)
        found = row < len(self._ids) and self._ids[row] == generation_id
        return row if found else -1

    def between(self, newest: int, oldest: int) -> tuple[int, int]:
        """Return the first and last row with an id from `newest` down to `oldest`."""
        top = bisect_left(self._ids, -newest, key=neg)
        return top, bisect_right(self._ids, -oldest, key=neg) - 1

    def at(self, row: int) -> HistoryRow | None:
        """Return what is known of a row; what is missing or old is asked for."""
        generation_id = self._ids[row]
        known = self._rows.get(generation_id)
        lacking = known is None or generation_id in self._stale
        if lacking and generation_id not in self._gone:
            self._wanted.append(row)
            self._later.start()
        return known

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._names)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the columns' names."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._names[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if section in (TOKENS, TOOK) else None
                return (side or Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return words, for screen readers, tooltips and tests; the delegate paints by itself."""
        roles = Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.AccessibleTextRole):
            row = self.at(index.row())
            return "" if row is None else self.words(row, index.column())
        if role == roles.ToolTipRole:
            row = self._rows.get(self._ids[index.row()])
            return None if row is None else self._tip(row, index.column())
        return None

    def words(self, row: HistoryRow, column: int) -> str:
        """Return what a cell says."""
        card = row.card
        if column == PROMPT:
            return card.prompt or self._products(row)
        if column == STATUS:
            review = row.job.review if row.job is not None else None
            return wording.badge(card.status, review).word
        if column == STYLE:
            return spoken(card.style.capitalize())
        if column == SERVICE:
            if row.batch is not None:
                return self.tr("Batch")
            return self._services.get(card.provider, card.provider)
        if column == TOKENS:
            return wording.count(card.tokens_used)
        if column == TOOK:
            return wording.length(card.processing_time_ms)
        return wording.when(card.created_at, now_ms())

    def _products(self, row: HistoryRow) -> str:
        """Return the names of what is shown, where nobody put it into words."""
        named = [PurePath(name).stem for name in row.products]
        return ", ".join(named) or self.tr("No words of your own")

    def _tip(self, row: HistoryRow, column: int) -> str | None:
        if column == WHEN:
            return wording.moment(row.card.created_at)
        if column == STATUS:
            return spoken(row.card.error or "")
        return wording.clipped(self.words(row, column), 400) if column == PROMPT else None

    def _tell(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, WHEN))

    def _ask(self) -> None:
        if self._asked is not None or not self._wanted or self._fetch is None:
            return
        fetch = self._fetch
        # A page with rows around what is seen: the next steps of the wheel find theirs here.
        first = max(0, min(self._wanted) - AROUND)
        limit = PAGE
        self._wanted = []
        if first >= len(self._ids):
            return
        before = self._ids[first] + 1
        asked = list(self._ids[first : first + limit])
        self._page, self._late = asked, set()
        self._asked = self._tasks.run(
            lambda: fetch(before, limit),
            lambda rows: self._on_fetched(asked, rows),
            self._on_failed,
            owner=self,
        )

    def _on_fetched(self, asked: list[int], rows: Sequence[HistoryRow]) -> None:
        self._asked = None
        self.keep(rows)
        self._stale = self._stale.difference(asked) | self._late.intersection(asked)
        self._agree(asked, [row.card.id for row in rows])
        shown = [self.position(one) for one in asked]
        shown = [row for row in shown if row >= 0]
        if shown:
            self._tell(min(shown), max(shown))

    def _agree(self, asked: list[int], there: list[int]) -> None:
        """Let this part of the list be what it is in the library now; the whole follows."""
        low = there[-1] if len(there) == PAGE else 0
        gone = {one for one in asked if one >= low} - set(there)
        self.remove(gone)
        self.insert(one for one in there if asked[-1] < one < asked[0])
        # What could not be told is not asked for again and again.
        self._gone.update(set(asked) - set(there) - gone)

    def _on_failed(self, error: Exception) -> None:
        self._asked = None
        self._wanted = []
        self.failed.emit(error)


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending rows as first and last of each run of neighbours."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
