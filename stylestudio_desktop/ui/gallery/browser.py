"""The gallery's face: filters above, the grid or what to do when it is empty, work below."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.ui.gallery.deeds import Deeds
from stylestudio_desktop.ui.gallery.filters import GalleryFilters
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.fitting import FittingLabel
from stylestudio_desktop.ui.widgets.grid import COMPACT, LARGE, NORMAL, Grid
from stylestudio_desktop.ui.widgets.progress import ProgressRow

if TYPE_CHECKING:
    from stylestudio_desktop.ui.gallery.rejected import RejectedPanel
    from stylestudio_desktop.ui.widgets.empty import EmptyState

NARROW = 700
"""Below so many pixels the sizes of the pictures are left to Ctrl and the wheel."""
_DENSITIES = (COMPACT, NORMAL, LARGE)


class Browser(QWidget):
    """Holds the parts; the pane tells it what to show. `foot_changed` follows `foot`."""

    foot_changed = Signal()

    def __init__(self, grid: Grid, deeds: Deeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = grid
        self.filters = GalleryFilters(self)
        self.count = FittingLabel()
        self.density: Segments[int] = Segments(
            [
                (COMPACT, self.tr("Small pictures"), "grid-3x3"),
                (NORMAL, self.tr("Medium pictures"), "grid-2x2"),
                (LARGE, self.tr("Large pictures"), "square"),
            ],
            self.tr("Size of the pictures"),
        )
        self.density.set_value(NORMAL)
        self.import_button: QPushButton = button(self.tr("Import"), None, "primary", "image-plus")
        self.import_button.setMenu(deeds.import_menu())
        self._rejected: RejectedPanel | None = None
        self._middle = QHBoxLayout()
        self._deeds = deeds
        self.work = ProgressRow()
        self._work_frame = QFrame()
        self._pages = QStackedWidget()
        self._loading = QWidget()
        self._pages.addWidget(grid)
        self._pages.addWidget(self._loading)
        self._empty_pages: dict[Callable[[], EmptyState], EmptyState] = {}
        self._build()
        self.density.picked.connect(lambda cell: grid.set_cell(cell))
        grid.zoomed.connect(self._on_zoomed)

    @property
    def rejected(self) -> "RejectedPanel":
        """The panel at the side for what an import refused, made when it is first needed."""
        if self._rejected is None:
            from stylestudio_desktop.ui.gallery.rejected import RejectedPanel

            self._rejected = RejectedPanel(self)
            self._middle.addWidget(self._rejected)
        return self._rejected

    def add_side(self, panel: QWidget) -> None:
        """Put a panel at the right edge."""
        self._middle.addWidget(panel)

    def show_list(self, number: int, complete: bool, chosen: int) -> None:
        """Show the grid or the fitting empty state, and how many pictures there are."""
        self.import_button.show()
        if number:
            self._pages.setCurrentWidget(self.grid)
        elif not complete:
            self._pages.setCurrentWidget(self._loading)
        elif self.filters.narrowed():
            self._show_empty(self._no_match)
        elif self.filters.trash.isChecked():
            self._show_empty(self._empty_trash)
        else:
            self._show_empty(self._empty_library)
        total = QLocale().toString(number) if complete else f"{QLocale().toString(number)}+"
        if chosen:
            part = QLocale().toString(chosen)
            text = self.tr("%1 of %2 selected").replace("%1", part).replace("%2", total)
            self.count.say([text, f"{part} / {total}"])
        else:
            self.count.say([self.tr("%1 pictures").replace("%1", total)] if number != 1 else [])

    def show_work(self, share: float | None, text: str, left: str = "") -> None:
        """Show long work at the foot."""
        self.work.set(share, text, left)
        if self._work_frame.isHidden():
            self._work_frame.show()
            self.foot_changed.emit()

    def hide_work(self) -> None:
        """Show that no long work is going on."""
        self._work_frame.hide()
        self.foot_changed.emit()

    @property
    def foot(self) -> int:
        """Return how many pixels at the bottom show long work."""
        return 0 if self._work_frame.isHidden() else self._work_frame.sizeHint().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the sizes to Ctrl and the wheel where the filters need their room."""
        super().resizeEvent(event)
        self.density.setVisible(self.width() >= NARROW)

    def _build(self) -> None:
        bar = QFrame()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.setSpacing(Space.M)
        row.addWidget(self.filters)
        # Where there is no room for all, the number goes first.
        row.addWidget(self.count, 1)
        row.addWidget(self.density)
        row.addWidget(self.import_button)
        foot = QHBoxLayout(self._work_frame)
        foot.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        foot.addWidget(self.work)
        self._work_frame.hide()
        self._middle.setSpacing(0)
        self._middle.addWidget(self._pages, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self._work_frame)

    def _show_empty(self, make: "Callable[[], EmptyState]") -> None:
        """Show the page that `make` returns, made when it is first needed."""
        if make not in self._empty_pages:
            self._empty_pages[make] = make()
            self._pages.addWidget(self._empty_pages[make])
        self._pages.setCurrentWidget(self._empty_pages[make])

    def _empty_library(self) -> "EmptyState":
        from stylestudio_desktop.ui.widgets.empty import EmptyState

        return EmptyState(
            "image-plus",
            self.tr("Start with a product photo"),
            self.tr(
                "Drop photos of your products anywhere here, or load the sample collection and "
                "make your first picture from it."
            ),
            [
                (self.tr("Import product photos"), self._deeds.files.trigger),
                (self.tr("Load the sample collection"), self._deeds.samples.trigger),
            ],
        )

    def _no_match(self) -> "EmptyState":
        from stylestudio_desktop.ui.widgets.empty import EmptyState

        buttons: list[tuple[str, Callable[[], object]]] = [
            (self.tr("Show everything"), self.filters.clear)
        ]
        return EmptyState(
            "search",
            self.tr("No picture matches"),
            self.tr("Try fewer words or another period, or show everything again."),
            buttons,
        )

    def _empty_trash(self) -> "EmptyState":
        from stylestudio_desktop.ui.widgets.empty import EmptyState

        return EmptyState(
            "trash-2",
            self.tr("The trash is empty"),
            self.tr(
                "Pictures that you move to the trash stay here for 30 days and can be brought "
                "back at any time."
            ),
            [(self.tr("Back to the gallery"), self.filters.clear)],
        )

    def _on_zoomed(self, cell: int) -> None:
        self.density.set_value(min(_DENSITIES, key=lambda density: abs(density - cell)))
