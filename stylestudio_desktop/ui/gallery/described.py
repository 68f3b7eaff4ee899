"""What is known of the pictures that are looked at, read in the background and kept true."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QObject, Signal

from stylestudio_desktop.ui.gallery.shown import Shown, ViewerSource
from stylestudio_desktop.ui.tasks import Task, Tasks


class Described(QObject):
    """`told(id)` is emitted when a picture has been described, `failed(id, error)` otherwise."""

    told = Signal(object)
    failed = Signal(object, object)

    def __init__(self, source: ViewerSource, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._source = source
        self._tasks = tasks
        self._known: dict[int, Shown] = {}
        self._asked: dict[int, Task[Shown]] = {}

    def get(self, row_id: int | None) -> Shown | None:
        """Return what is known of a picture, None while it is still asked for."""
        return None if row_id is None else self._known.get(row_id)

    def among(self, ids: Sequence[int]) -> list[Shown]:
        """Return what is known of some pictures, in their order."""
        return [self._known[one] for one in ids if one in self._known]

    def want(self, ids: Sequence[int]) -> None:
        """Ask for those that are not known."""
        for row_id in ids:
            if row_id not in self._known and row_id not in self._asked:
                self._ask(row_id)

    def renew(self, ids: Sequence[int]) -> None:
        """Ask for these again and forget all others; what is known is shown until then."""
        self._drop()
        self._known = {one: self._known[one] for one in ids if one in self._known}
        for row_id in ids:
            self._ask(row_id)

    def concerned(self, changed: Collection[int] | None) -> bool:
        """Say whether something here is among what changed (None: nobody can tell)."""
        here = self._known.keys() | self._asked.keys()
        return bool(here) and (changed is None or not here.isdisjoint(changed))

    def forget(self) -> None:
        """Know nothing any more."""
        self._drop()
        self._known.clear()

    def _drop(self) -> None:
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()

    def _ask(self, row_id: int) -> None:
        self._asked[row_id] = self._tasks.run(
            lambda: self._source.describe(row_id),
            lambda shown: self._on_described(row_id, shown),
            lambda error: self._on_failed(row_id, error),
            owner=self,
        )

    def _on_described(self, row_id: int, shown: Shown) -> None:
        self._asked.pop(row_id, None)
        self._known[row_id] = shown
        self.told.emit(row_id)

    def _on_failed(self, row_id: int, error: Exception) -> None:
        self._asked.pop(row_id, None)
        self._known.pop(row_id, None)
        self.failed.emit(row_id, error)
