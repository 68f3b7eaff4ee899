"""A panel at the right edge of a pane, with a title, a way to close it and content that scrolls."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.buttons import tool
from stylestudio_desktop.ui.widgets.labels import label


class SidePanel(QFrame):
    """Put widgets into `body`; `closed` is emitted when the user closes it."""

    closed = Signal()

    def __init__(self, title: str, parent: QWidget | None = None, *, closable: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("sidePanel")
        self.setFixedWidth(Size.SIDE_PANEL)
        self.setAccessibleName(title)
        self._title = label(title, "title")
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.S, Space.S)
        head.addWidget(self._title, 1)
        if closable:
            head.addWidget(tool("x", self.tr("Close"), self._on_close))
        # From the outside in: what moves to another parent is styled anew with all it holds.
        self._scroll = scroll = QScrollArea(self)
        inside = QWidget()
        scroll.setWidget(inside)
        self.body = QVBoxLayout(inside)
        self.body.setContentsMargins(Space.L, 0, Space.L, Space.L)
        self.body.setSpacing(Space.M)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setMinimumHeight(1)  # in a low window it gives way, and the buttons keep theirs
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(Space.L, Space.S, Space.L, Space.L)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)
        layout.addLayout(self.foot)

    def set_title(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def _on_close(self) -> None:
        self.hide()
        self.closed.emit()
