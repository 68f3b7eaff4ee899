"""The history's filters as chips: state, style, service, time, and the trash."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.widgets.chip_row import ChipRow
from stylestudio_desktop.ui.widgets.chips import Chip, MenuChip

Named = tuple[str, str]


class HistoryFilters(ChipRow):
    """`changed()` is emitted when the user narrows or widens the list.

    `styles` and `services` are ids with names; where there is one service, nobody chooses it.
    """

    changed = Signal()

    def __init__(
        self, styles: Sequence[Named] = (), services: Sequence[Named] = (),
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        states = [(one.value, wording.badge(one.value).word) for one in Status]
        self.status = MenuChip(self.tr("State"), [("", self.tr("Any state")), *states], "filter")
        self.period = MenuChip(
            self.tr("Date"),
            [
                (0, self.tr("Any time")),
                (1, self.tr("Today")),
                (7, self.tr("Last 7 days")),
                (30, self.tr("Last 30 days")),
                (90, self.tr("Last 90 days")),
                (365, self.tr("Last 12 months")),
            ],
            "calendar",
        )
        every = self.tr("Every style"), self.tr("Every service")
        self.style_ = MenuChip(self.tr("Style"), [("", every[0]), *styles], "sparkles")
        self.service = MenuChip(self.tr("Service"), [("", every[1]), *services], "cloud")
        self.service.setVisible(len(services) > 1)
        self.trash = Chip(self.tr("Trash"), "trash-2")
        self.batch = Chip("", "list")
        self.batch.hide()
        self._batch: int | None = None
        self._search = ""
        for part in (
            self.batch, self.status, self.style_, self.service, self.period, self.trash,
        ):  # fmt: skip
            self.add_chip(part)
        self.batch.toggled.connect(self._on_batch)
        for chip in (self.status, self.style_, self.service):
            chip.picked.connect(self._on_changed)
        self.period.picked.connect(self._on_changed)
        self.trash.toggled.connect(self._on_changed)

    def value(self) -> GenerationFilter:
        """Return what the list is narrowed to."""
        return GenerationFilter(
            status=self.status.value() or None,
            trashed=self.trash.isChecked(),
            search=self._search,
            since=_since(self.period.value()),
            batch=self._batch,
            style=self.style_.value() or None,
            provider=self.service.value() or None,
        )

    def narrowed(self) -> bool:
        """Return whether anything is left out, apart from the trash."""
        return bool(self.period.value() or self._batch) or self.value().picked

    def set_batch(self, batch_id: int, name: str) -> None:
        """Show the generations of one batch; its chip is let go to see everything again."""
        self._batch = batch_id
        self.batch.setText(name)
        self.batch.setAccessibleName(name)
        self.batch.blockSignals(True)
        self.batch.setChecked(True)
        self.batch.blockSignals(False)
        self.batch.show()
        self.fit()
        self.changed.emit()

    def set_search(self, text: str) -> None:
        """Take over what was typed into the search field."""
        if text != self._search:
            self._search = text
            self.changed.emit()

    def clear(self) -> None:
        """Show everything again, outside of the trash."""
        self._search = ""
        self._batch = None
        self.batch.hide()
        self.recall({})
        self.changed.emit()

    def memory(self) -> dict[str, Any]:
        """Return the chips as plain JSON values."""
        return {
            "status": self.status.value(),
            "period": self.period.value(),
            "style": self.style_.value(),
            "service": self.service.value(),
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what `memory` returned; odd values are passed over."""
        status, period = memory.get("status", ""), memory.get("period", 0)
        self.status.set_value(status if isinstance(status, str) else "")
        self.period.set_value(period if isinstance(period, int) else 0)
        for name, chip in (("style", self.style_), ("service", self.service)):
            kept = memory.get(name)
            chip.set_value(kept if isinstance(kept, str) else "")
        self.trash.blockSignals(True)
        self.trash.setChecked(False)
        self.trash.blockSignals(False)
        self.fit()

    def _on_batch(self, on: bool) -> None:
        if not on:
            self._batch = None
            self.batch.hide()
            self._on_changed()

    def _on_changed(self) -> None:
        self.fit()
        self.changed.emit()


def _since(days: int) -> int | None:
    """Return the local midnight with which the last `days` days begin, in UTC milliseconds."""
    if not days:
        return None
    first = QDateTime.currentDateTime().date().addDays(1 - days)
    return first.startOfDay().toMSecsSinceEpoch()
