"""The filters of the gallery as chips, and what they come to as one value."""

from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.ui.gallery.asking import NEWEST, OLDEST, RATING, Asked
from stylestudio_desktop.ui.widgets.chip_row import ChipRow
from stylestudio_desktop.ui.widgets.chips import Chip, MenuChip

_KINDS = {
    Category.GENERATED.value: "result",
    Category.PRODUCT.value: "product",
    Category.MODEL.value: "model",
    Category.BACKGROUND.value: "background",
}
_NAME_WIDTH = 140
_DAYS = {"today": 0, "week": 6, "month": 29, "year": 364}


class GalleryFilters(ChipRow):
    """`changed` is emitted when the user or the search field asked for another list.

    `reworded(text)` tells the search field what the panel made of its text; `panel_asked(open)`
    opens the panel with everything else that a list can be narrowed by.
    """

    changed = Signal()
    reworded = Signal(str)
    panel_asked = Signal(bool)

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
                (Category.BACKGROUND.value, self.tr("Background photos")),
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
        self.more = Chip(self.tr("Filters"), "filter")
        self.order: MenuChip[str] = MenuChip(
            self.tr("Order"),
            [
                (NEWEST, self.tr("Newest first")),
                (OLDEST, self.tr("Oldest first")),
                (RATING, self.tr("Best rated first")),
            ],
            "list",
        )
        self.stacks = Chip(self.tr("Stacks"), "copy")
        self.stacks.setToolTip(self.tr("Show only the first of pictures that look alike"))
        self.alike = Chip("", "search")
        self.alike.hide()
        self._alike: int | None = None
        self.product = Chip("", "shirt")
        self.product.hide()
        self._product: int | None = None
        self._opened: frozenset[int] = frozenset()
        self.favourites = Chip(self.tr("Favourites"), "heart")
        self.trash = Chip(self.tr("Trash"), "trash-2")
        for chip in (
            self.alike, self.product, self.more, self.category, self.date, self.favourites,
            self.trash, self.stacks, self.order,
        ):  # fmt: skip
            self.add_chip(chip)
        for menu in (self.category, self.date, self.order):
            menu.picked.connect(self.changed)
        self.favourites.clicked.connect(self.changed)
        self.trash.clicked.connect(self.changed)
        self.stacks.clicked.connect(self.changed)
        self.alike.clicked.connect(self._on_alike)
        self.product.clicked.connect(self._on_product)
        self.changed.connect(self._on_changed)
        self.more.clicked.connect(self.panel_asked)

    def value(self) -> FileFilter:
        """Return the filter in force; a date counts from local midnight."""
        return FileFilter(
            category=self.category.value() or None,
            favourite=self.favourites.isChecked(),
            trashed=self.trash.isChecked(),
            search=self._search,
            since=_since(self.date.value(), datetime.now().astimezone()),
        )

    def asked(self) -> Asked:
        """Return the list that is asked for."""
        stacked = self.stacks.isChecked() and not self.trash.isChecked()
        return Asked(
            self.value(), self.order.value(), stacked, self._opened, self._alike, self._product
        )

    def show_alike(self, file_id: int, name: str) -> None:
        """Show what looks like one picture, until the user goes back or narrows."""
        self._alike = file_id
        self._name(self.alike, self.tr("Like %1"), name)

    def show_product(self, file_id: int, name: str) -> None:
        """Show what was made from one photo, until the chip is let go; the others narrow it."""
        self._product = file_id
        self._name(self.product, self.tr("Made from %1"), name)
        self.changed.emit()

    def _name(self, chip: Chip, form: str, name: str) -> None:
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDTH)
        chip.setText(form.replace("%1", shown.replace("&", "&&")))
        chip.setAccessibleName(form.replace("%1", name))
        chip.setToolTip(self.tr("Back to all pictures"))
        chip.setChecked(True)
        chip.show()
        self.fit()

    def drop_alike(self) -> bool:
        """Forget what was looked for; return whether there was anything."""
        there, self._alike = self._alike is not None, None
        self.alike.hide()
        return there

    def turn_stack(self, stack: int) -> None:
        """Open a stack among the others, or close it again."""
        self._opened = self._opened ^ {stack}

    def _on_alike(self) -> None:
        self.drop_alike()
        self.changed.emit()

    def _on_product(self) -> None:
        self._drop_product()
        self.changed.emit()

    def _drop_product(self) -> None:
        self._product = None
        self.product.hide()

    def _on_changed(self) -> None:
        self.drop_alike()
        self._opened = frozenset()
        self.fit()

    def narrowed(self) -> bool:
        """Return whether anything but the trash narrows the list."""
        value = self.value()
        return self._product is not None or value != FileFilter(trashed=value.trashed)

    def set_search(self, text: str) -> None:
        """Take what is searched for."""
        if text != self._search:
            self._search = text
            self.changed.emit()

    def set_text(self, text: str) -> None:
        """Search for `text`, and let the search field show it."""
        self._search = text
        self.reworded.emit(text)
        self.changed.emit()

    def kept_text(self) -> str:
        """Return the list in force as one search, as it is kept under a name."""
        since, parts = self.value().since, [self._search]
        if self.category.value():
            parts.append(f"category:{_KINDS[self.category.value()]}")
        if self.favourites.isChecked():
            parts.append("is:favourite")
        if self.trash.isChecked():
            parts.append("is:trashed")
        if since is not None:
            parts.append(f"date:{datetime.fromtimestamp(since / 1000):%Y-%m-%d}..")
        return " ".join(part for part in parts if part)

    def show_kept(self, text: str) -> None:
        """Show the list of a search that was kept."""
        self.recall(self._view())
        self.set_text(text)

    def clear(self) -> None:
        """Show everything that is not in the trash."""
        self.recall(self._view())
        self.set_text("")

    def _view(self) -> dict[str, Any]:
        """Return how pictures are shown, apart from which."""
        return {"order": self.order.value(), "stacks": self.stacks.isChecked()}

    def memory(self) -> dict[str, Any]:
        """Return the chips' state; a search is not remembered, as its field starts empty."""
        return {
            "category": self.category.value(),
            "date": self.date.value(),
            "favourites": self.favourites.isChecked(),
        } | self._view()

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what `memory` returned; the trash is never opened at a start."""
        self.category.set_value(_text(memory.get("category")))
        self.date.set_value(_text(memory.get("date")))
        self.favourites.setChecked(memory.get("favourites") is True)
        self.stacks.setChecked(memory.get("stacks") is True)
        self.order.set_value(_text(memory.get("order")) or NEWEST)
        self.trash.setChecked(False)
        self._drop_product()
        self.fit()


def _since(choice: str, now: datetime) -> int | None:
    if choice not in _DAYS:
        return None
    day = (now - timedelta(days=_DAYS[choice])).date()
    return round(datetime(day.year, day.month, day.day).astimezone().timestamp() * 1000)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
