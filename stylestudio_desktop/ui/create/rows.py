"""Names and values in two columns, changed in place so that nothing flickers while one types."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.labels import label


class Rows(QWidget):
    """Values can be selected and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[tuple[QLabel, QLabel]] = []
        self.rows: tuple[tuple[str, str], ...] = ()

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show `rows` of (name, value) in place of what was shown."""
        if tuple(rows) == self.rows:
            return
        before, made = len(self.rows), len(self._labels)
        self.rows = tuple(rows)
        while len(self._labels) < len(rows):
            self._add()
        for position, (name, value) in enumerate(self._labels):
            shown = position < len(rows)
            # What is new shows by itself in the next turn; showing it here would lay the whole
            # page out once for each label.
            if position < made and shown != (position < before):
                name.setVisible(shown)
                value.setVisible(shown)
            if shown:
                name.setText(rows[position][0])
                value.setText(rows[position][1])

    def _add(self) -> None:
        name, value = label("", "label"), label("", wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        place = len(self._labels)
        self._grid.addWidget(name, place, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, place, 1)
        self._labels.append((name, value))
