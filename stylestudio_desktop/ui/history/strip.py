"""The strip under the list: what can be done with what is selected, and how far work has got."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from stylestudio_desktop.ui.history.acting import Acting
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.progress import ProgressRow


class WorkStrip(QFrame):
    """Shows itself while several rows are selected or something is being done to them."""

    def __init__(
        self, acting: Acting, actions: Sequence[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self._acting = acting
        self._text = ""
        self._number = 0
        self._trashed = False
        self._words = label("", "muted")
        self._buttons: list[QPushButton] = [_twin(action) for action in actions]
        self._progress = ProgressRow()
        self._progress.cancelled.connect(acting.stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        layout.setSpacing(Space.S)
        layout.addWidget(self._words)
        for one in self._buttons:
            layout.addWidget(one)
        layout.addStretch(1)
        layout.addWidget(self._progress, 2)
        acting.began.connect(self._on_began)
        acting.moved.connect(self._on_moved)
        acting.ended.connect(self._show)
        self._show()

    def show_chosen(self, number: int, trashed: bool) -> None:
        """Offer what fits `number` selected rows, in or out of the trash."""
        self._number, self._trashed = number, trashed
        self._words.setText(self.tr("%n selected", "", number))
        self._show()

    def _show(self) -> None:
        many = self._number > 1
        busy = self._acting.busy
        self._words.setVisible(many)
        *ordinary, back = self._buttons
        for one in ordinary:
            one.setVisible(many and not self._trashed)
        back.setVisible(self._number > 0 and self._trashed)
        self._progress.setVisible(busy)
        self.setVisible(many or busy or (self._trashed and self._number > 0))

    def _on_began(self, text: str) -> None:
        self._text = text
        self._progress.set(None, text)
        self._show()

    def _on_moved(self, done: int, of: int) -> None:
        share = done / of if of else None
        said = self._text if of else f"{self._text} ({done})"
        self._progress.set(share, said)


def _twin(action: QAction) -> QPushButton:
    """Return a button that is `action`: same words, same state."""
    made = button(action.text(), action.trigger, "quiet")
    made.setIcon(action.icon())
    action.changed.connect(lambda: _follow(made, action))
    _follow(made, action)
    return made


def _follow(made: QPushButton, action: QAction) -> None:
    made.setEnabled(action.isEnabled())
    made.setIcon(action.icon())
