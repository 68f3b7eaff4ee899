"""Keeps the filter panel true: reads counts and kept searches behind, acts on what is ticked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.records import Facet, SavedQuery
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.gallery.browser import Browser
from stylestudio_desktop.ui.gallery.facet_panel import FacetPanel
from stylestudio_desktop.ui.gallery.facet_rows import Choice
from stylestudio_desktop.ui.gallery.filters import GalleryFilters
from stylestudio_desktop.ui.gallery.naming import Names
from stylestudio_desktop.ui.window import MainWindow

if TYPE_CHECKING:
    from collections.abc import Mapping

QUIET_MS = 300
translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class _Read:
    facets: "dict[str, list[Choice]]"
    saved: list[SavedQuery]


class Narrowing(QObject):
    """One panel and the gallery's filters."""

    def __init__(
        self, window: MainWindow, studio: Studio, filters: GalleryFilters, panel: FacetPanel
    ) -> None:
        super().__init__(panel)
        self._window, self._studio = window, studio
        self._filters, self._panel = filters, panel
        self._names = Names(studio)
        self._reading = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(QUIET_MS)
        self._again.timeout.connect(self.refresh)
        panel.reworded.connect(filters.set_text)
        panel.shown.connect(filters.show_kept)
        panel.kept.connect(self._keep)
        panel.forgotten.connect(self._forget)
        filters.changed.connect(self._on_filters)
        self._on_filters()

    def refresh(self) -> None:
        """Read counts and kept searches again, in the background."""
        if self._reading:
            self._again.start()
            return
        self._reading = True
        self._window.tasks.run(self._read, self._show, self._on_failed, owner=self)

    def show(self, wanted: bool) -> None:
        """Open or close the panel."""
        self._panel.setVisible(wanted)
        if wanted:
            self.refresh()

    def touch(self) -> None:
        """Something changed: read again soon, if anybody looks."""
        if self._panel.isVisible() and not self._again.isActive():
            self._again.start()

    def _read(self) -> _Read:
        from stylestudio_desktop.services import finding, organising

        counts = finding.facet_counts(self._studio)
        return _Read(_choices(counts, self._names), organising.list_searches(self._studio))

    def _show(self, read: _Read) -> None:
        self._reading = False
        self._panel.show_facets(read.facets)
        self._panel.show_saved(read.saved)

    def _on_filters(self) -> None:
        self._panel.show_text(self._filters.value().search)
        anything = bool(self._filters.kept_text())
        self._panel.name.setEnabled(anything)
        self._panel.keep.setEnabled(anything)

    def _keep(self, name: str) -> None:
        from stylestudio_desktop.services import organising

        text = self._filters.kept_text()
        self._run(lambda: organising.keep_search(self._studio, name, text))

    def _forget(self, saved_id: int) -> None:
        from stylestudio_desktop.services import organising

        self._run(lambda: organising.forget_search(self._studio, saved_id))

    def _run(self, op: Callable[[], object]) -> None:
        self._window.tasks.run(op, lambda _done: self.refresh(), self._on_failed, owner=self)

    def _on_failed(self, error: Exception) -> None:
        self._reading = False
        if not isinstance(error, StudioError):
            raise error
        self._window.tell(error)


def _choices(counts: "Mapping[str, list[Facet]]", names: Names) -> dict[str, list[Choice]]:
    """Return the panel's sections from kept counts; what no picture has is left out."""
    found = {
        field: [
            Choice(field, one.value, call(one.value), one.number)
            for one in counts[field]
            if one.number
        ]
        for field, call in (
            ("style", names.style),
            ("provider", names.service),
            ("tag", str),
            ("collection", str),
        )
    }
    found["rating"] = _ratings({one.value: one.number for one in counts["rating"]})
    found["more"] = [
        Choice(*condition, name, counts[facet][0].number)
        for facet, condition, name in (
            ("noted", ("has", "note"), translate("Facets", "With a note")),
            ("stacked", ("is", "stacked"), translate("Facets", "In a stack of look-alikes")),
        )
        if counts[facet]
    ]
    return found


def _ratings(counts: dict[str, int]) -> list[Choice]:
    def number(least: int) -> int:
        return sum(counts.get(str(stars), 0) for stars in range(least, 6))

    more = translate("Facets", "%1 or better")
    rows = [Choice("rating", "5", "★" * 5, counts.get("5", 0))]
    rows += [
        Choice("rating", f">={stars}", more.replace("%1", "★" * stars), number(stars))
        for stars in (4, 3, 2, 1)
    ]
    rows.append(Choice("rating", "0", translate("Facets", "Not rated"), counts.get("0", 0)))
    return [row for row in rows if row.number]


def open_panel(window: MainWindow, studio: Studio, browser: Browser) -> Narrowing:
    """Make the panel at the side of `browser`, still hidden."""
    panel = FacetPanel(browser)
    browser.add_side(panel)
    panel.closed.connect(lambda: browser.filters.more.setChecked(False))
    return Narrowing(window, studio, browser.filters, panel)
