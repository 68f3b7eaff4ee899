"""An empty place that teaches the next step: a drawing, a sentence and the button that helps."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from stylestudio_desktop.ui.theme import set_label_icon
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import Kind, button
from stylestudio_desktop.ui.widgets.labels import label

_DRAWING = 48
_WIDTH = 420


class EmptyState(QWidget):
    """Centred in its area; the first button is the primary one."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        buttons: list[tuple[str, Callable[[], object]]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        drawing = QLabel()
        drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        set_label_icon(drawing, icon, "text_faint", _DRAWING)
        words = [label(title, "title", wrap=True), label(text, "muted", wrap=True)]
        layout = QVBoxLayout(self)
        layout.setSpacing(Space.S)
        layout.addStretch(2)
        layout.addWidget(drawing)
        layout.addSpacing(Space.S)
        for part in words:
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            part.setFixedWidth(_WIDTH)
            part.setMinimumHeight(part.heightForWidth(_WIDTH))
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(Space.M)
        layout.addLayout(_row(buttons or []))
        layout.addStretch(3)


def _row(buttons: list[tuple[str, Callable[[], object]]]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(Space.S)
    row.addStretch(1)
    for position, (text, clicked) in enumerate(buttons):
        kind: Kind = "primary" if position == 0 else "normal"
        row.addWidget(button(text, clicked, kind))
    row.addStretch(1)
    return row
