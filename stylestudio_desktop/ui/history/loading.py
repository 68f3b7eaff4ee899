"""Brings the history's ids and rows from the library, off the UI thread, and keeps up with it."""

from array import array
from collections.abc import Sequence
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from stylestudio_desktop.domain.events import (
    BatchChanged,
    FilesChanged,
    GenerationCompleted,
    GenerationEnded,
    GenerationMoved,
    GenerationProgressed,
    GenerationsChanged,
    GenerationStarted,
)
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.ids import made_at
from stylestudio_desktop.services import history, timeline
from stylestudio_desktop.services.history import HistoryRow
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.history.model import PAGE, HistoryModel
from stylestudio_desktop.ui.history.table import HistoryTable
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.live import Live
from stylestudio_desktop.ui.tasks import Task, Tasks

SOON_MS = 120
ELSEWHERE_MS = 150


class HistoryLoader(QObject):
    """Fills the table: the first page at once, all ids a moment later, changes as they happen.

    `loaded()` follows every filling, `failed(error)` tells why there is none, and
    `touched(id)` names a generation that changed (0: any of them may have).
    """

    loaded = Signal()
    failed = Signal(object)
    touched = Signal(object)

    def __init__(
        self, studio: Studio, tasks: Tasks, live: Live, table: HistoryTable, model: HistoryModel
    ) -> None:
        super().__init__(table)
        self._studio = studio
        self._tasks = tasks
        self._table = table
        self._model = model
        self._wanted = GenerationFilter()
        self._task: Task[Any] | None = None
        self._began: float | None = None  # when all ids were begun to be read, while they are
        self._took = 0.0
        self._look: Task[Any] | None = None
        self._marks: tuple[int, ...] | None = None
        self._attending = False  # until it is first shown
        self._looked = 0.0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._load_ids)
        self._elsewhere = QTimer(self)
        self._elsewhere.setSingleShot(True)
        self._elsewhere.timeout.connect(self._look_around)
        live.happened.connect(self._on_happened)
        live.changed_elsewhere.connect(self._on_elsewhere)

    @property
    def wanted(self) -> GenerationFilter:
        """Return the filter in force."""
        return self._wanted

    def attend(self, attending: bool) -> None:
        """Keep up with the library, or not: a list that nobody looks at is loaded when it is."""
        self._attending = attending
        if attending:
            self.touched.emit(0)
        else:
            self._drop()
            self._elsewhere.stop()

    def load(self, wanted: GenerationFilter) -> None:
        """Show what fits `wanted`: the newest page as soon as it is read, then everything."""
        self._wanted = wanted
        self._drop()
        studio = self._studio
        self._task = self._tasks.run(
            attached(studio, lambda: timeline.rows(studio, wanted, limit=PAGE).items),
            self._on_first,
            self._on_failed,
            owner=self,
        )

    def fetch(self, before: int, limit: int) -> Sequence[HistoryRow]:
        """Return rows below id `before` under the filter in force; called on other threads."""
        studio, wanted = self._studio, self._wanted
        return attached(studio, lambda: timeline.rows(studio, wanted, str(before), limit).items)()

    def _drop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._began = None
        self._soon.stop()

    def _read_soon(self, pause_ms: int = SOON_MS) -> None:
        """Read all ids after a pause; what asks for it meanwhile is served by the same reading."""
        if not self._soon.isActive():
            self._soon.start(pause_ms)

    def _on_first(self, rows: Sequence[HistoryRow]) -> None:
        ids = array("q", (row.card.id for row in rows))
        self._model.keep(rows)
        self._table.show_rows(ids, self.fetch)
        self.loaded.emit()
        if len(rows) == PAGE:
            self._load_ids()

    def _load_ids(self) -> None:
        if self._began is not None:
            # It goes on, and once more after it: a stream of changes must not keep it from ending.
            self._read_soon(max(SOON_MS, round(2000 * self._took)))
            return
        self._drop()
        self._began = monotonic()
        studio, wanted = self._studio, self._wanted
        self._task = self._tasks.run(
            attached(studio, lambda: timeline.ids(studio, wanted)),
            self._on_ids,
            self._on_failed,
            owner=self,
        )

    def _on_ids(self, ids: "array[int]") -> None:
        if self._began is not None:
            self._took = monotonic() - self._began
        self._began = None
        if ids != self._model.ids:
            self._table.show_rows(ids, self.fetch)
        self.loaded.emit()

    def _on_failed(self, error: Exception) -> None:
        self._began = None
        self.failed.emit(error)

    def _on_happened(self, event: object) -> None:
        if not self._attending:
            return
        if isinstance(event, GenerationProgressed):
            self._model.progressed(event.generation_id, event.stage, event.progress)
            self.touched.emit(event.generation_id)
        elif isinstance(event, GenerationStarted):
            self._on_started(event)
        elif isinstance(event, GenerationMoved | GenerationCompleted | GenerationEnded):
            self._model.refresh([event.generation_id, *self._model.open_batches()])
            if self._wanted.status is not None:
                self._read_soon()
            self.touched.emit(event.generation_id)
        elif isinstance(event, BatchChanged):
            self._on_batch(event.batch_id)
        elif isinstance(event, FilesChanged):
            self.touched.emit(0)  # such as by a comparison with the product photo
        elif isinstance(event, GenerationsChanged):
            self._model.refresh(event.generation_ids)
            self._read_soon()
            for generation_id in event.generation_ids[:1]:
                self.touched.emit(generation_id)

    def _on_started(self, event: GenerationStarted) -> None:
        wanted, generation_id = self._wanted, event.generation_id
        if event.batch_id is not None and timeline.folds(wanted):
            self._on_batch(event.batch_id)
        elif wanted.picked:
            self._read_soon()
        elif not wanted.trashed and (wanted.since or 0) <= made_at(generation_id):
            self._model.add_front(generation_id)
            self.loaded.emit()

    def _on_batch(self, batch_id: int) -> None:
        """Let a batch's one row tell what is true now; a new one comes in at the top."""
        if not timeline.folds(self._wanted):
            return
        if self._model.position(batch_id) < 0:
            self._read_soon()
        else:
            self._model.refresh([batch_id])

    def _on_elsewhere(self) -> None:
        """Look at once, and then not before a pause: a stream of commits is followed."""
        if self._attending and not self._elsewhere.isActive():
            passed = round((monotonic() - self._looked) * 1000)
            self._elsewhere.start(max(0, ELSEWHERE_MS - passed))

    def _look_around(self) -> None:
        """Ask for the newest rows and two kept sums; only what they show to be new is read."""
        if self._look is not None:
            self._elsewhere.start(ELSEWHERE_MS)
            return
        self._looked = monotonic()
        studio, wanted = self._studio, self._wanted

        def op() -> tuple[list[HistoryRow], tuple[int, ...]]:
            return timeline.rows(studio, wanted, limit=PAGE).items, history.mark(studio)

        self._look = self._tasks.run(
            attached(studio, op), self._on_looked, self._on_look_failed, owner=self
        )

    def _on_looked(self, found: tuple[list[HistoryRow], tuple[int, ...]]) -> None:
        self._look = None
        rows, marks = found
        before, self._marks = self._marks, marks
        newest = self._model.ids[0] if self._model.ids else 0
        new = [row.card.id for row in rows if row.card.id > newest]
        grown = 0 if before is None else marks[0] - before[0]
        moved_to_trash = before is not None and marks[1:] != before[1:]
        if len(new) == PAGE or grown > len(new) or grown < 0 or moved_to_trash:
            self._read_soon()
        else:
            for generation_id in sorted(new):
                self._model.add_front(generation_id)
        if self._wanted.status is not None:
            self._read_soon()
        self._model.refresh()
        self.touched.emit(0)
        if new:
            self.loaded.emit()

    def _on_look_failed(self, error: Exception) -> None:
        self._look = None
        self.failed.emit(error)
