"""Asks before something that can't be undone: what would happen, and two buttons that say it."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import Kind, button
from stylestudio_desktop.ui.widgets.labels import label

WIDTH = 420


class Answer(NamedTuple):
    """A button's words and kind, and what it does."""

    words: str
    kind: Kind
    act: Callable[[], object]


class Question(QDialog):
    """`title` asks, `text` says what comes of it; `body` takes whatever else is to be entered.

    `no` closes it and has the focus, so that nothing is done by pressing Enter too soon; what
    `yes` does is for whoever asks, who closes it, too. The text is never read as markup.
    """

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        yes: Answer,
        no: str,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleDescription(text)
        self.setFixedWidth(WIDTH)
        self.title = label(title, "title", wrap=True)
        self.said = label(text, wrap=True)
        self.yes = button(yes.words, yes.act, yes.kind)
        self.no = button(no, self.reject)
        self.no.setAutoDefault(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(Space.M)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.title)
        column.addWidget(self.said)
        column.addLayout(self.body)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, Space.S, 0, 0)
        foot.setSpacing(Space.S)
        foot.addStretch(1)
        foot.addWidget(self.no)
        foot.addWidget(self.yes)
        column.addLayout(foot)
        self.no.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as the words need: Qt gives a window no height for wrapped ones."""
        inside = self.layout()
        if inside is not None:
            inside.activate()
            least = inside.totalHeightForWidth(self.width())
            self.resize(self.width(), max(self.height(), least))
        super().showEvent(event)


def ask(parent: QWidget, title: str, text: str, yes: Answer, no: str) -> Question:
    """Open a question that goes with either answer; what `yes` does comes after that."""

    def agreed() -> None:
        asking.accept()
        yes.act()

    asking = Question(parent, title, text, yes._replace(act=agreed), no)
    asking.finished.connect(asking.deleteLater)
    asking.open()
    return asking
