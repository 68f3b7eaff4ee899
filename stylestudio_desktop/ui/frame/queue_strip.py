"""The strip at the foot: what the queue is doing, how long it takes, and a way to pause it."""

from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget

from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.theme import set_icon, set_label_icon
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.buttons import tool
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.progress import time_left


class QueueState(NamedTuple):
    """The queue at one moment; `share` is what is done of what runs, 0 to 1, None if unknown.

    `undecided` ones wait for a person who says whether they are run again.
    """

    running: int = 0
    waiting: int = 0
    seconds_left: float | None = None
    share: float | None = None
    paused: bool = False
    remark: str = ""
    undecided: int = 0


class QueueStrip(QFrame):
    """`pause_asked(bool)` asks to pause (True) or to go on (False), `queue_asked` to see it."""

    pause_asked = Signal(bool)
    queue_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queueStrip")
        self.setFixedHeight(Size.FOOT)
        self._state = QueueState()
        self._drawing = QLabel()
        set_label_icon(self._drawing, "clock", "text_faint", Size.ICON_SMALL)
        self._words = label()
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setTextVisible(False)
        self._left = label()
        self.show_queue = tool("list", self.tr("Show the queue"), self.queue_asked.emit)
        self.button = tool("pause", self.tr("Pause the queue"), self.turn)
        self.right = QHBoxLayout()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.L, 0, Space.S, 0)
        layout.setSpacing(Space.S)
        for part in (self._drawing, self._words, self._bar, self._left):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addLayout(self.right)
        layout.addWidget(self.show_queue)
        layout.addWidget(self.button)
        for unknown in (self._drawing, self._bar, self.button):  # until the queue was asked
            unknown.hide()

    def set_state(self, state: QueueState) -> None:
        """Show `state`."""
        busy = state.running > 0 and not state.paused
        self._state = state
        self._drawing.show()
        self._words.setText(self._sentence(state))
        self._left.setText(time_left(state.seconds_left) if busy else "")
        self._bar.setVisible(busy)
        self._bar.setRange(0, 0 if state.share is None else 1000)
        self._bar.setValue(round((state.share or 0.0) * 1000))
        self.button.setVisible(bool(state.running or state.waiting or state.paused))
        tip = self.tr("Go on") if state.paused else self.tr("Pause the queue")
        self.button.setToolTip(tip)
        self.button.setAccessibleName(tip)
        set_icon(self.button, "play" if state.paused else "pause", Size.ICON_SMALL)
        self.setAccessibleName(f"{self._words.text()} {self._left.text()}".strip())

    def _sentence(self, state: QueueState) -> str:
        if state.remark:
            return spoken(state.remark)
        if state.paused:
            return self.tr("Paused, %n waiting", "", state.running + state.waiting)
        parts = []
        if state.running or state.waiting:
            parts.append(self.tr("%n running", "", state.running))
        if state.waiting:
            parts.append(self.tr("%n waiting", "", state.waiting))
        if state.undecided:
            parts.append(self.tr("%n to be decided by you", "", state.undecided))
        return ", ".join(parts) or self.tr("Nothing in the queue")

    def turn(self) -> None:
        """Ask to pause, or to go on where it is paused."""
        self.pause_asked.emit(not self._state.paused)
