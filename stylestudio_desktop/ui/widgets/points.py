"""Sentences one below the other, each behind a point of its own that its further lines keep to."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.labels import breakable, label


class Points(QWidget):
    """One sentence stands by itself, more have points before them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.S)
        self._grid.setVerticalSpacing(Space.S)
        self._grid.setColumnStretch(1, 1)
        self._said: list[str] = []
        self._parts: list[QLabel] = []

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show `lines` in place of what was shown."""
        for part in self._parts:
            self._grid.removeWidget(part)
            part.deleteLater()
        self._said, self._parts = list(lines), []
        top = Qt.AlignmentFlag.AlignTop
        for row, line in enumerate(self._said):
            if len(self._said) > 1:
                point = label("•", "faint", parent=self)
                self._parts.append(point)
                self._grid.addWidget(point, row, 0, top)
            words = label(breakable(line), wrap=True, parent=self)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)
            words.setAlignment(top | Qt.AlignmentFlag.AlignLeading)
            self._parts.append(words)
            self._grid.addWidget(words, row, 1)

    def text(self) -> str:
        """Return the sentences as lines."""
        return "\n".join(self._said)
