"""Rows of a form: a name, a field, and a hint or an error beneath it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.ui.theme import restyle, set_icon
from stylestudio_desktop.ui.tokens import Size, Space
from stylestudio_desktop.ui.widgets.labels import label, plain_tip

_FIRST = 100  # of what is free, until the field is as wide as it may be
LONGEST_WORD = 26
"""Letters of a word that the narrowest panel still holds on a line."""


class FormRow(QWidget):
    """A named field; `say` shows a hint, `complain` an error, beneath it.

    A button that belongs to the field alone stands `beside` it.
    """

    def __init__(
        self,
        name: str,
        field: QWidget,
        hint: str = "",
        parent: QWidget | None = None,
        *,
        beside: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._hint = hint
        heading = label(name, "label")
        heading.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(name)
        self._below = label("", "faint", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.XS)
        layout.addWidget(heading)
        if beside is None:
            layout.addWidget(field)
        else:
            line = QHBoxLayout()
            line.setSpacing(Space.S)
            line.addWidget(field, _FIRST)
            line.addWidget(beside)
            line.addStretch(1)
            layout.addLayout(line)
        layout.addWidget(self._below)
        self.say(hint)

    def say(self, hint: str) -> None:
        """Show `hint` in grey; an empty one shows nothing."""
        self._tell(hint, "faint")

    def complain(self, sentence: str) -> None:
        """Show what is wrong with the field; an empty sentence brings the hint back."""
        if sentence:
            self._tell(sentence, "bad")
        else:
            self._tell(self._hint, "faint")

    def _tell(self, text: str, role: str) -> None:
        self._below.setText(text)
        self._below.setVisible(bool(text))
        self._below.setProperty("role", role)
        self.field.setAccessibleDescription(text)
        restyle(self._below)
        if self.isVisible():
            self._make_room()

    def _make_room(self) -> None:
        """Let a dialog grow for a longer sentence: Qt gives a window no height for wrapped words.

        Without it the words would stand across the field.
        """
        window = self.window()
        layout = window.layout() if isinstance(window, QDialog) else None
        if layout is not None:
            layout.activate()
            least = layout.totalHeightForWidth(window.width())
            window.resize(window.width(), max(window.height(), least))


class Facts(QWidget):
    """Two columns of names and values; a value can be selected and copied."""

    def __init__(self, parent: QWidget | None = None, *, narrow: bool = False) -> None:
        super().__init__(parent)
        self._narrow = narrow  # a panel beside a picture: a long word loses its middle
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.M)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[str, str]] = []
        self._lines: list[tuple[QLabel, QLabel]] = []

    def set_rows(self, rows: list[tuple[str, str]]) -> None:
        """Show `rows` of (name, value) in place of what was shown.

        Labels are kept: making and styling a dozen for each picture of a viewer that pages
        through hundreds would cost more than showing the picture.
        """
        if rows == self._rows:
            return
        self._rows = list(rows)
        while len(self._lines) < len(rows):
            self._lines.append(self._made_line())
        for place, (heading, text) in enumerate(self._lines):
            name, value = rows[place] if place < len(rows) else ("", "")
            heading.setText(name)
            text.setText(_shortened(value) if self._narrow else value)
            plain_tip(text, value)
            for part in (heading, text):
                part.setVisible(place < len(rows))

    def _made_line(self) -> tuple[QLabel, QLabel]:
        heading, text = label(role="label", parent=self), label(wrap=True, parent=self)
        # Where there is more height than the words need, both columns keep to the top.
        text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A word longer than the column never pushes the column wider.
        text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
        row = len(self._lines)
        self._grid.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text, row, 1)
        return heading, text

    def text(self) -> str:
        """Return the rows as lines, for the clipboard."""
        return "\n".join(f"{name}: {value}" for name, value in self._rows)


def _shortened(text: str) -> str:
    """Return `text` whose words that no narrow column holds, such as a file's name, have gaps."""
    return " ".join(
        word if len(word) <= LONGEST_WORD else f"{word[:14]}…{word[-9:]}"
        for word in text.split(" ")
    )


class Fold(QWidget):
    """A heading that folds its content away; put widgets into `body`."""

    def __init__(self, title: str, *, opened: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = QPushButton(title)
        self._head.setProperty("kind", "quiet")
        self._head.setCheckable(True)
        self._head.setStyleSheet("text-align: left;")
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, Space.S, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self._inside)
        self._head.toggled.connect(self._on_toggled)
        self._head.setChecked(opened)
        self._on_toggled(opened)

    def _on_toggled(self, opened: bool) -> None:
        self._inside.setVisible(opened)
        set_icon(self._head, "chevron-down" if opened else "chevron-right", Size.ICON_SMALL)
