"""A line that says as much as there is room for, and nothing where even the least does not fit."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class FittingLabel(QLabel):
    """Takes what is left of a row; of several ways to say it, the first that fits is shown.

    Screen readers hear the first one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ways: tuple[str, ...] = ()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "faint")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, ways: Sequence[str]) -> None:
        """Show the first of `ways` that fits; the longest comes first."""
        self._ways = tuple(ways)
        self.setAccessibleName(self._ways[0] if self._ways else "")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say more or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wide = self.fontMetrics().horizontalAdvance
        text = next((one for one in self._ways if wide(one) <= self.width()), "")
        if text != self.text():
            self.setText(text)
