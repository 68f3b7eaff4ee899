"""Shows which keys every action has, and lets people choose their own."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.actions import Actions, Offer
from stylestudio_desktop.ui.settings.fields import Section
from stylestudio_desktop.ui.settings.keeping import Keeper
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.window import MainWindow

_WIDTH, _HEIGHT = 640, 620
_NAME = Qt.ItemDataRole.UserRole + 1
MOVES = frozenset({
    "Space", "Return", "Enter", "Esc", "Tab", "Backspace", "Left", "Right", "Up", "Down", "Home",
    "End", "PgUp", "PgDown",
})  # fmt: skip
"""Keys that move about and type everywhere; alone, they can't be an action's."""


class ShortcutsSection(Section):
    """Leads to the list of all keys."""

    def __init__(
        self, window: MainWindow, studio: Studio, keeper: Keeper, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Shortcuts"), parent=parent)
        self._window, self._keeper = window, keeper
        self._kept = dict(studio.settings.value.shortcuts)
        said = self.tr("Everything has a key or is found by Ctrl+K.")
        self.body.addWidget(label(said, "muted", wrap=True))
        row = QHBoxLayout()
        row.addWidget(button(self.tr("Show and change…"), self.open, icon="keyboard"))
        row.addStretch(1)
        self.body.addLayout(row)

    def open(self) -> "ShortcutsDialog":
        """Show the list."""
        dialog = ShortcutsDialog(self._window, self._kept, self._on_kept, self)
        dialog.open()
        return dialog

    def _on_kept(self, kept: Mapping[str, str]) -> None:
        self._kept = dict(kept)
        self._window.actions_.take_keys(kept)
        self._keeper.keep(shortcuts=dict(kept))


class ShortcutsDialog(QDialog):
    """Every action with its keys; those of the one that is marked can be changed.

    `keep(kept)` is called with all keys that are not the usual ones.
    """

    def __init__(
        self,
        window: MainWindow,
        kept: Mapping[str, str],
        keep: Callable[[Mapping[str, str]], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(_WIDTH, _HEIGHT)
        self._window, self._kept, self._keep = window, dict(kept), keep
        self._actions: Actions = window.actions_
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Find an action"))
        self.search.setAccessibleName(self.tr("Find an action"))
        self.model = QStandardItemModel(0, 2, self)
        self.table = QTableView()
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setAccessibleName(self.tr("New keys"))
        self.chosen = label("", "title", wrap=True)
        self.said = label("", "muted", wrap=True)
        self.use = button(self.tr("Use these keys"), self._on_set, "primary")
        self.none = button(self.tr("No keys"), lambda: self._change(""))
        self.usual = button(self.tr("As usual"), self._on_usual)
        self._build()
        self._fill()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._fill)
        self._actions.added.connect(self._soon.start)
        self._making = QTimer(self)
        self._making.setSingleShot(True)
        self._making.timeout.connect(self._make_next)
        self._making.start()

    def row_of(self, name: str) -> int:
        """Return in which row action `name` stands, -1 where it is not shown."""
        rows = range(self.model.rowCount())
        return next((row for row in rows if self._name_at(row) == name), -1)

    def _build(self) -> None:
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.windowTitle())
        self.table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.search.textChanged.connect(self._fill)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.keys, 1)
        for one in (self.use, self.none, self.usual):
            row.addWidget(one)
        foot = QHBoxLayout()
        foot.addWidget(button(self.tr("All as usual"), self._on_all_usual, "quiet"))
        foot.addStretch(1)
        foot.addWidget(button(self.tr("Close"), self.accept))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        layout.setSpacing(Space.M)
        for part in (self.search, self.table, self.chosen, self.said):
            layout.addWidget(part)
        layout.addLayout(row)
        layout.addLayout(foot)

    def _make_next(self) -> None:
        """Make the panes that nobody opened yet, one in each turn: their actions belong here."""
        if self._window.make_another():
            self._making.start()

    def _fill(self) -> None:
        chosen = self._name_at(self.table.currentIndex().row())
        self.model.setRowCount(0)
        self.model.setHorizontalHeaderLabels([self.tr("Action"), self.tr("Keys")])
        typed = self.search.text().casefold().split()
        rows = [(_title(one), _shown(one), one.name) for one in self._actions]
        rows += [(title, keys, "") for title, keys in self._fixed()]
        for title, keys, name in rows:
            said = f"{title} {keys}".casefold()
            if all(word in said for word in typed):
                self.model.appendRow(_cells(title, keys, name))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.selectRow(max(0, self.row_of(chosen) if chosen else 0))
        self._show_chosen()

    def _fixed(self) -> list[tuple[str, str]]:
        """Return what the grid does with keys that can't be changed, and the viewer with Space."""
        grid, viewer = self.tr("Gallery"), self.tr("Viewer")
        return [
            (f"{grid}: {self.tr('Open or close the viewer')}", "Space"),
            (f"{grid}: {self.tr('Select everything')}", "Ctrl+A"),
            (f"{grid}: {self.tr('Larger or smaller pictures')}", self.tr("Ctrl+wheel")),
            (f"{viewer}: {self.tr('Stop the slide show or go on')}", "Space"),
        ]

    def _name_at(self, row: int) -> str:
        return str(self.model.index(row, 0).data(_NAME) or "")

    def _on_row(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_chosen()

    def _show_chosen(self) -> None:
        name = self._name_at(self.table.currentIndex().row())
        self.keys.clear()
        for part in (self.keys, self.use, self.none):
            part.setEnabled(bool(name))
        self.usual.setEnabled(name in self._kept)
        title = str(self.model.index(self.table.currentIndex().row(), 0).data() or "")
        self.chosen.setText(title)
        if not name:
            self.said.setText(self.tr("These keys stay as they are.") if title else "")
            return
        usual = ", ".join(_native(key) for key in self._actions.usual(name)) or self.tr("none")
        self.said.setText(self.tr("Usual keys: %1. Press new ones below.").replace("%1", usual))

    def _on_set(self) -> None:
        wanted = self.keys.keySequence()
        if wanted.isEmpty():
            self.said.setText(self.tr("Press the keys in the field first."))
            self.keys.setFocus()
        elif wanted.toString() in MOVES:
            self.said.setText(self.tr("%1 moves about everywhere.").replace("%1", _native(wanted)))
        else:
            self._change(wanted.toString())

    def _on_usual(self) -> None:
        name = self._name_at(self.table.currentIndex().row())
        if any(self._refused(name, key) for key in self._actions.usual(name)):
            return
        self._kept.pop(name, None)
        self._told()

    def _on_all_usual(self) -> None:
        self._kept.clear()
        self._told()

    def _change(self, keys: str) -> None:
        name = self._name_at(self.table.currentIndex().row())
        if not name or (keys and self._refused(name, keys)):
            return
        self._kept[name] = keys
        self._told()

    def _refused(self, name: str, keys: str) -> bool:
        other = self._actions.clash(name, keys)
        if other is not None:
            text = self.tr("%1 is “%2” already. Take it away there first.")
            self.said.setText(text.replace("%1", _native(keys)).replace("%2", _title(other)))
        return other is not None

    def _told(self) -> None:
        self._keep(self._kept)
        self._fill()


def _cells(title: str, keys: str, name: str) -> list[QStandardItem]:
    first, second = QStandardItem(title), QStandardItem(keys)
    first.setData(name, _NAME)
    return [first, second]


def _title(offer: Offer) -> str:
    text = offer.action.text().replace("&", "")
    return f"{offer.group}: {text}" if offer.group else text


def _shown(offer: Offer) -> str:
    return ", ".join(_native(key) for key in offer.action.shortcuts())


def _native(keys: QKeySequence | str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
