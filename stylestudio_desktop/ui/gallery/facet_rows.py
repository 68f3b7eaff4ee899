"""One section of the filter panel: values to be ticked, each with how many pictures it has."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label, plain_tip

MOST_SHOWN = 8
_NAME_WIDTH = 170


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as it is searched for, as it is called, and how many pictures have it."""

    field: str
    value: str
    name: str
    number: int


class FacetRows(QWidget):
    """`toggled(choice, on)` is emitted when the user ticks or unticks a value."""

    toggled = Signal(object, bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self._choices: list[Choice] = []
        self._chosen: frozenset[tuple[str, str]] = frozenset()
        self._every = False
        self._rows: dict[tuple[str, str], QCheckBox] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(label(title, "label"))
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        layout.addLayout(self._body)

    def show_choices(
        self, choices: Sequence[Choice], chosen: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        """Show other values; those of `chosen` (field, folded value) are ticked."""
        if list(choices) != self._choices:
            self._choices = list(choices)
            self._build()
        self.show_chosen(chosen)

    def show_chosen(self, chosen: frozenset[tuple[str, str]]) -> None:
        """Tick exactly these."""
        self._chosen = chosen
        for key, row in self._rows.items():
            row.setChecked(key in chosen)

    def _build(self) -> None:
        while (item := self._body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._rows.clear()
        shown = self._choices if self._every else self._choices[:MOST_SHOWN]
        for choice in shown:
            self._body.addWidget(self._row(choice))
        if len(shown) < len(self._choices):
            text = self.tr("Show all %1").replace("%1", QLocale().toString(len(self._choices)))
            self._body.addWidget(button(text, self._show_all, "quiet"))
        self.setVisible(bool(self._choices))

    def _row(self, choice: Choice) -> QWidget:
        from stylestudio_desktop.domain.finding import fold

        made = QWidget(self)
        name = QCheckBox(made)
        metrics = name.fontMetrics()
        shown = metrics.elidedText(choice.name, Qt.TextElideMode.ElideRight, _NAME_WIDTH)
        name.setText(shown.replace("&", "&&"))
        plain_tip(name, choice.name if shown != choice.name else "")
        number = QLocale().toString(choice.number)
        name.setAccessibleName(f"{choice.name}, {number}")
        name.clicked.connect(lambda on: self.toggled.emit(choice, on))
        self._rows[choice.field, fold(choice.value)] = name
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(name, 1)
        row.addWidget(label(number, "faint"))
        return made

    def _show_all(self) -> None:
        self._every = True
        self._build()
        self.show_chosen(self._chosen)
