"""Chips side by side that show their icons alone where a narrow window has no room for words."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from stylestudio_desktop.ui.tokens import Space

_BRIEF = Qt.ToolButtonStyle.ToolButtonIconOnly
_WHOLE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon


class ChipRow(QWidget):
    """Words go from the last chip on, those that are off first; names and hints tell them then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Space.S)
        self._chips: list[QToolButton] = []
        self._known: dict[QToolButton, tuple[str, int]] = {}

    def add_chip(self, chip: QToolButton) -> None:
        """Put a chip, which has an icon, at the end."""
        self._row.addWidget(chip)
        self._chips.append(chip)

    def sizeHint(self) -> QSize:
        """Ask for room for all words."""
        return self._room(brief=False)

    def minimumSizeHint(self) -> QSize:
        """Do with the icons."""
        return self._room(brief=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many words as there is room for."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Look anew which words there is room for, as after other words came."""
        shown = self._shown()
        lacking = self.sizeHint().width() - self.width()
        for chip in sorted(shown, key=lambda one: (one.isChecked(), -shown.index(one))):
            style = _BRIEF if lacking > 0 else _WHOLE
            if lacking > 0:
                lacking -= self._words(chip)
            if chip.toolButtonStyle() != style:
                chip.setToolButtonStyle(style)
            if not chip.toolTip() or chip.property("hinted"):
                chip.setToolTip(chip.text() if style == _BRIEF else "")
                chip.setProperty("hinted", True)
        self.updateGeometry()

    def _shown(self) -> list[QToolButton]:
        return [chip for chip in self._chips if not chip.isHidden()]

    def _room(self, *, brief: bool) -> QSize:
        width, height = 0, 0
        shown = self._shown()
        for chip in shown:
            hint = chip.sizeHint()
            words = self._words(chip)
            whole = hint.width() + (words if chip.toolButtonStyle() == _BRIEF else 0)
            width += whole - words if brief else whole
            height = max(height, hint.height())
        return QSize(width + Space.S * max(0, len(shown) - 1), height)

    def _words(self, chip: QToolButton) -> int:
        """Return how much wider a chip is with its words; measured once for each text."""
        text, width = self._known.get(chip, ("", 0))
        if text != chip.text():
            style = chip.toolButtonStyle()
            chip.setToolButtonStyle(_WHOLE)
            width = chip.sizeHint().width()
            chip.setToolButtonStyle(_BRIEF)
            width -= chip.sizeHint().width()
            chip.setToolButtonStyle(style)
            self._known[chip] = (chip.text(), width)
        return width
