"""The filters of the gallery as chips, and what they come to as one value."""

from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.chips import Chip, MenuChip

_DAYS = {"today": 0, "week": 6, "month": 29, "year": 364}


class GalleryFilters(QWidget):
    """`changed` is emitted when the user or the search field asked for another list."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search = ""
        self.category: MenuChip[str] = MenuChip(
            self.tr("Kind"),
            [
                ("", self.tr("Every kind")),
                (Category.GENERATED.value, self.tr("Pictures made")),
                (Category.PRODUCT.value, self.tr("Product photos")),
                (Category.MODEL.value, self.tr("Photos of people")),
            ],
            "images",
        )
        self.date: MenuChip[str] = MenuChip(
            self.tr("Date"),
            [
                ("", self.tr("Any time")),
                ("today", self.tr("Today")),
                ("week", self.tr("Last 7 days")),
                ("month", self.tr("Last 30 days")),
                ("year", self.tr("Last 365 days")),
            ],
            "calendar",
        )
        self.favourites = Chip(self.tr("Favourites"), "heart")
        self.trash = Chip(self.tr("Trash"), "trash-2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for chip in (self.category, self.date, self.favourites, self.trash):
            row.addWidget(chip)
        self.category.picked.connect(self.changed)
        self.date.picked.connect(self.changed)
        self.favourites.clicked.connect(self.changed)
        self.trash.clicked.connect(self.changed)

    def value(self) -> FileFilter:
        """Return the filter in force; a date counts from local midnight."""
        return FileFilter(
            category=self.category.value() or None,
            favourite=self.favourites.isChecked(),
            trashed=self.trash.isChecked(),
            search=self._search,
            since=_since(self.date.value(), datetime.now().astimezone()),
        )

    def narrowed(self) -> bool:
        """Return whether anything but the trash narrows the list."""
        value = self.value()
        return value != FileFilter(trashed=value.trashed)

    def set_search(self, text: str) -> None:
        """Take what is searched for."""
        if text != self._search:
            self._search = text
            self.changed.emit()

    def clear(self) -> None:
        """Show everything that is not in the trash."""
        self._search = ""
        self.recall({})
        self.changed.emit()

    def memory(self) -> dict[str, Any]:
        """Return the chips' state; a search is not remembered, as its field starts empty."""
        return {
            "category": self.category.value(),
            "date": self.date.value(),
            "favourites": self.favourites.isChecked(),
        }

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what `memory` returned; the trash is never opened at a start."""
        self.category.set_value(_text(memory.get("category")))
        self.date.set_value(_text(memory.get("date")))
        self.favourites.setChecked(memory.get("favourites") is True)
        self.trash.setChecked(False)


def _since(choice: str, now: datetime) -> int | None:
    if choice not in _DAYS:
        return None
    day = (now - timedelta(days=_DAYS[choice])).date()
    return round(datetime(day.year, day.month, day.day).astimezone().timestamp() * 1000)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
