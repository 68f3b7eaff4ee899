"""One step of several that a card offers: what it is for, how it stands, and its buttons."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label


class Step(QWidget):
    """A title, words below it that may change, and buttons for what can be done."""

    def __init__(
        self, title: str, text: str, offers: Sequence[tuple[str, Callable[[], object], str]]
    ) -> None:
        super().__init__()
        self._words = label(text, "muted", wrap=True)
        self._buttons = [button(words, run, icon=icon) for words, run, icon in offers]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.S)
        layout.addWidget(label(title))
        layout.addWidget(self._words)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for one in self._buttons:
            row.addWidget(one)
        row.addStretch(1)
        layout.addLayout(row)

    def say(self, text: str) -> None:
        """Show other words."""
        self._words.setText(text)

    def offer(self, on: bool) -> None:
        """Enable or disable what can be pressed."""
        for one in self._buttons:
            one.setEnabled(on)

    def withdraw(self) -> None:
        """Take away what can be pressed: there is nothing left to do."""
        for one in self._buttons:
            one.hide()
