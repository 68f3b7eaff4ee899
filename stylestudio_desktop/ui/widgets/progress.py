"""Long work in one line: what it is doing, how far it is, how long it takes, and a way to stop."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from stylestudio_desktop.ui import wording
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import tool
from stylestudio_desktop.ui.widgets.labels import label

_STEPS = 1000


class ProgressRow(QWidget):
    """`cancelled` is emitted when the user stops the work."""

    cancelled = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = label(text, wrap=True)  # what holds it up is a sentence, and pushes nothing
        self._left = label("", "faint")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self.stop = tool("x", self.tr("Cancel"), self.cancelled.emit)
        top = QHBoxLayout()
        top.addWidget(self._text, 1)
        top.addWidget(self._left)
        top.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addLayout(top)
        layout.addWidget(self._bar)
        self.set(None, text)

    def set(self, share: float | None, text: str = "", left: str = "") -> None:
        """Show `share` done (0 to 1; None when unknown), what is done, and the time left."""
        self._text.setText(text)
        self._left.setText(left)
        if share is None:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(max(0.0, min(1.0, share)) * _STEPS))
        percent = "" if share is None else wording.percent(share)
        self._bar.setAccessibleName(f"{text} {percent} {left}".strip())


def time_left(seconds: float | None) -> str:
    """Return a human remainder: "2 minutes left"; empty when unknown."""
    translate = QCoreApplication.translate
    if seconds is None:
        return ""
    if seconds < 5:
        return translate("TimeLeft", "a few seconds left")
    if seconds < 55:
        return translate("TimeLeft", "%n second(s) left", "", 5 * round(seconds / 5))
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return translate("TimeLeft", "%n minute(s) left", "", minutes)
    return translate("TimeLeft", "%n hour(s) left", "", round(minutes / 60))
