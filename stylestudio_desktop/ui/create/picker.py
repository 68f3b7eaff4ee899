"""Lets the user choose photos that are in the library already."""

from array import array

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import background, words
from stylestudio_desktop.ui.listening import attached
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.stored import StoredPictures
from stylestudio_desktop.ui.tasks import Tasks
from stylestudio_desktop.ui.tokens import Space
from stylestudio_desktop.ui.widgets.buttons import button
from stylestudio_desktop.ui.widgets.chips import Segments
from stylestudio_desktop.ui.widgets.grid import Grid
from stylestudio_desktop.ui.widgets.labels import label
from stylestudio_desktop.ui.widgets.search import SearchField

_FIRST = 400
_SIZE = (880, 620)


class Picker(QDialog):
    """A grid over the window; `picked(ids)` is emitted once, on choosing."""

    picked = Signal(list)

    def __init__(
        self, studio: Studio, tasks: Tasks, category: Category, most: int, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self._most = studio, tasks, most
        self._asked = 0
        self.setWindowTitle(words.tr("From the gallery"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.resize(*_SIZE)
        self.search = SearchField(words.tr("Search prompts, file names and tags"))
        self.search.searched.connect(self._load)
        self.category: Segments[str | None] = Segments(
            [
                (category.value, _named(category), None),
                (Category.GENERATED.value, words.tr("Pictures made"), None),
                (None, words.tr("Everything"), None),
            ],
            words.tr("What is shown"),
        )
        self.category.picked.connect(self._load)
        self.grid = Grid(StoredPictures(studio), tasks, self)
        self.grid.selection_changed.connect(self._on_selection)
        self.grid.opened.connect(self._on_opened)
        self.grid.typed.connect(self.search.begin)
        self.grid.load_failed.connect(self._on_failed)
        self._words = label("", "muted")
        self.choose = button(words.tr("Use"), self._on_choose, "primary")
        self._build()
        self.finished.connect(self.grid.close_threads)
        self._load()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(self.category)
        foot = QHBoxLayout()
        foot.addWidget(self._words, 1)
        foot.addWidget(button(words.tr("Cancel"), self.reject))
        foot.addWidget(self.choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        layout.setSpacing(Space.M)
        layout.addLayout(head)
        layout.addWidget(self.grid, 1)
        layout.addLayout(foot)
        self._on_selection()
        self.grid.setFocus()

    def _load(self, _change: object = None) -> None:
        self._asked += 1
        turn = self._asked
        wanted = FileFilter(category=self.category.value(), search=self.search.text().strip())

        def show(found: "array[int]") -> None:
            if turn != self._asked:
                return
            self.grid.set_ids(found)
            self._on_selection()
            if len(found) == _FIRST:
                background.run(
                    self._tasks,
                    attached(self._studio, lambda: library.ids(self._studio, wanted, found[-1])),
                    rest,
                    self._on_failed,
                    self,
                )

        def rest(found: "array[int]") -> None:
            if turn == self._asked:
                self.grid.append_ids(found)

        background.run(
            self._tasks,
            attached(self._studio, lambda: library.ids(self._studio, wanted, limit=_FIRST)),
            show,
            self._on_failed,
            self,
        )

    def _on_selection(self) -> None:
        number = len(self.grid.contents.selection)
        self.choose.setEnabled(0 < number <= self._most)
        if number:
            self.choose.setText(words.tr("Use %n photo(s)", number))
        else:
            self.choose.setText(words.tr("Use"))
        if not len(self.grid.contents):
            text = words.tr("Nothing here yet.")
        elif number > self._most:
            text = words.tr("At most %n can be used at once.", self._most)
        else:
            text = words.tr("Ctrl or Shift chooses several; a double click takes one at once.")
        self._words.setText(text)

    def _on_opened(self, index: int) -> None:
        self.picked.emit([self.grid.contents.ids[index]])
        self.accept()

    def _on_choose(self) -> None:
        self.picked.emit(self.grid.selected_ids(self._most))
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, StudioError):
            raise error
        self._words.setText(spoken(error.sentence))


def _named(category: Category) -> str:
    return {
        Category.PRODUCT: words.tr("Products"),
        Category.BACKGROUND: words.tr("Background photos"),
    }.get(category, words.tr("People"))
