"""The filter panel: kept searches, and everything a list can be narrowed by, with counts."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from stylestudio_desktop.domain.finding import fold, narrowed, parse
from stylestudio_desktop.domain.records import SavedQuery
from stylestudio_desktop.ui.gallery.facet_rows import Choice, FacetRows
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button, tool
from stylestudio_desktop.ui.widgets.labels import label, plain_tip
from stylestudio_desktop.ui.widgets.side_panel import SidePanel

ALONE = ("rating",)
"""Fields of which one value at a time makes sense."""


class FacetPanel(SidePanel):
    """Works on the search's own text, so that ticking and typing are the same thing.

    `reworded(text)` is emitted when a tick makes another search; `kept(name)`, `shown(text)` and
    `forgotten(id)` are about kept searches.
    """

    reworded = Signal(str)
    kept = Signal(str)
    shown = Signal(str)
    forgotten = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Filters"))
        self._text = ""
        self._saved: list[SavedQuery] = []
        self._searches = QVBoxLayout()
        self._searches.setSpacing(Space.XS)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Keep this search as…"))
        self.name.setAccessibleName(self.tr("Name for this search"))
        self.name.returnPressed.connect(self._on_keep)
        self.keep = tool("plus", self.tr("Keep this search"), self._on_keep)
        row = QHBoxLayout()
        row.setSpacing(Space.XS)
        row.addWidget(self.name, 1)
        row.addWidget(self.keep)
        self.body.addLayout(self._searches)
        self.body.addLayout(row)
        self.sections = {
            "rating": FacetRows(self.tr("Rating")),
            "collection": FacetRows(self.tr("Collections")),
            "tag": FacetRows(self.tr("Tags")),
            "style": FacetRows(self.tr("Style")),
            "provider": FacetRows(self.tr("Made by")),
            "more": FacetRows(self.tr("More")),
        }
        for section in self.sections.values():
            section.toggled.connect(self._on_toggled)
            section.hide()
            self.body.addWidget(section)
        self.body.addStretch(1)
        self.hide()

    def show_text(self, text: str) -> None:
        """Tick what the search asks for."""
        self._text = text
        chosen = frozenset(
            (c.field, fold(c.value)) for c in parse(text).conditions if not c.excluded
        )
        for section in self.sections.values():
            section.show_chosen(chosen)

    def show_facets(self, facets: Mapping[str, Sequence[Choice]]) -> None:
        """Show values with their counts by section."""
        for name, section in self.sections.items():
            section.show_choices(facets.get(name, ()))
        self.show_text(self._text)

    def show_saved(self, saved: list[SavedQuery]) -> None:
        """Show the kept searches."""
        if saved == self._saved:
            return
        self._saved = saved
        while (item := self._searches.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if saved:
            self._searches.addWidget(label(self.tr("Kept searches"), "label"))
        for one in saved:
            self._searches.addWidget(self._search(one))

    def _search(self, one: SavedQuery) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        go = button(
            one.name.replace("&", "&&"), partial(self.shown.emit, one.query), "quiet", "search"
        )
        go.setStyleSheet("text-align: left;")
        plain_tip(go, one.query)
        row.addWidget(go, 1)
        forget = self.tr("Forget “%1”").replace("%1", one.name)
        row.addWidget(tool("x", forget, partial(self.forgotten.emit, one.id)))
        return made

    def _on_toggled(self, choice: Choice, on: bool) -> None:
        alone = choice.field in ALONE
        self.reworded.emit(narrowed(self._text, choice.field, choice.value, on, alone))

    def _on_keep(self) -> None:
        name = self.name.text().strip()
        if name:
            self.kept.emit(name)
            self.name.clear()
        else:
            self.name.setFocus()
