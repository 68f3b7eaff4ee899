"""What every page of Create is: a column in the middle that scrolls, with a heading."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.labels import label

_WIDEST = 1160


class Page(QScrollArea):
    """Put parts into `column`; `show_desk` brings the page up to date with the desk."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(title)
        inside, outside = QWidget(), QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(Space.XL, Space.M, Space.XL, Space.XL)
        self.column.setSpacing(Space.M)
        self.heading = label(title, "heading")
        self.remark = label(text, "muted", wrap=True)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.remark)
        outside.setLayout(centred(inside))
        self.setWidget(outside)

    def grow(self) -> bool:
        """Make one more part of a page that is made in parts; False once it is whole."""
        return False

    def show_desk(self) -> None:
        """Bring the page up to date; called while it is in front."""

    def first_field(self) -> QWidget | None:
        """Return what takes the focus when the page comes to the front."""
        return None


def centred(part: QWidget) -> QHBoxLayout:
    """Return a row that keeps `part` as wide as a page's column, and in the middle."""
    part.setMaximumWidth(_WIDEST)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(part, 1000)
    row.addStretch(1)
    return row
