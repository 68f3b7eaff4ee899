"""Puts chosen pictures under names: tags or collections, ticked where they are on, or new ones."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.domain.finding import fold
from stylestudio_desktop.domain.records import Collection, Tag
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.search import clearable

_WIDTH, _HEIGHT = 420, 460
Named = Tag | Collection


class NamesDialog(QDialog):
    """`added(name)` puts a name on all, `toggled(id, on)` puts one on or takes it off.

    What is ticked takes effect at once and can be undone like everything else.
    """

    added = Signal(str)
    toggled = Signal(object, bool)

    def __init__(self, title: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._rows: dict[int, QCheckBox] = {}
        self.named: list[Named] = []
        self.name = QLineEdit()
        self.name.setPlaceholderText(hint)
        self.name.setAccessibleName(hint)
        clearable(self.name)
        self.name.textChanged.connect(self._narrow)
        self.name.returnPressed.connect(self._on_entered)
        inside = QWidget()
        self._body = QVBoxLayout(inside)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        self._body.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        self._remark = label("", "faint", wrap=True)
        self._remark.hide()
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Close"), self.accept, "primary"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        layout.addWidget(self.name)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._remark)
        layout.addLayout(foot)

    def show_names(self, named: Sequence[Named], on: Mapping[int, int], chosen: int) -> None:
        """Show all names there are; `on` says how many of the `chosen` pictures have each."""
        if [one.id for one in named] != [one.id for one in self.named]:
            self._build(named)
        self.named = list(named)
        for one in named:
            number, box = on.get(one.id, 0), self._rows[one.id]
            states = Qt.CheckState
            part = states.PartiallyChecked if number else states.Unchecked
            box.setTristate(0 < number < chosen)
            box.setCheckState(states.Checked if number == chosen else part)
        self._narrow()

    def rows(self) -> dict[str, QCheckBox]:
        """Return the rows by name."""
        return {one.name: self._rows[one.id] for one in self.named}

    def _build(self, named: Sequence[Named]) -> None:
        for row in self._rows.values():
            row.hide()
            row.deleteLater()
        self._rows = {}
        for place, one in enumerate(named):
            box = QCheckBox(one.name.replace("&", "&&"))
            box.setAccessibleName(one.name)
            box.clicked.connect(lambda _on, key=one.id: self._on_clicked(key))
            self._body.insertWidget(place, box)
            self._rows[one.id] = box

    def _on_clicked(self, key: int) -> None:
        box = self._rows[key]
        # The third state is only ever shown: a press on it puts the name on all.
        on = box.checkState() is not Qt.CheckState.Unchecked
        box.setTristate(False)
        box.setChecked(on)
        self.toggled.emit(key, on)

    def _narrow(self) -> None:
        """Show the names that what is typed fits, and say what Enter will do."""
        typed = fold(self.name.text()) if self.name.text().strip() else ""
        same = False
        for one in self.named:
            self._rows[one.id].setVisible(typed in fold(one.name))
            same = same or typed == fold(one.name)
        fresh = bool(typed) and not same
        text = self.tr("Enter makes “%1” and puts it on.") if fresh else ""
        self._remark.setText(text.replace("%1", " ".join(self.name.text().split())))
        self._remark.setVisible(fresh)

    def _on_entered(self) -> None:
        name = " ".join(self.name.text().split())
        if name:
            self.name.clear()
            self.added.emit(name)

    def keyPressEvent(self, event: object) -> None:
        """Enter belongs to the field; Esc closes."""
        if getattr(event, "key", lambda: None)() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]
