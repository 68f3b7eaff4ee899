"""Offers how what is being typed in the search field may go on: fields, and values there are."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.tokens import Duration
from stylestudio_desktop.ui.window import MainWindow

if TYPE_CHECKING:
    from PySide6.QtCore import QStringListModel
    from PySide6.QtWidgets import QCompleter

    from stylestudio_desktop.ui.widgets.search import SearchField


class Suggesting(QObject):
    """Attends to the window's search field while the gallery is in front."""

    def __init__(self, window: MainWindow, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._studio = window, studio
        self._model: QStringListModel | None = None
        self._completer: QCompleter | None = None
        self._attending = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(Duration.TYPING)
        self._pause.timeout.connect(self._ask)
        window.top_bar.search.textEdited.connect(self._on_edited)

    def attend(self, attending: bool) -> None:
        """Begin or cease to offer."""
        self._attending = attending
        if not attending:
            self._pause.stop()
            self._offer([])

    def offered(self) -> list[str]:
        """Return what is offered now."""
        return [] if self._model is None else self._model.stringList()

    @property
    def _field(self) -> "SearchField":
        return self._window.top_bar.search

    def _on_edited(self, _text: str) -> None:
        if self._attending:
            self._pause.start()

    def _ask(self) -> None:
        text = self._field.text()[: self._field.cursorPosition()]
        if not text or len(text) != len(self._field.text()):
            self._offer([])
            return

        def op() -> list[str]:
            from stylestudio_desktop.services import finding

            return finding.suggestions(self._studio, text)

        def done(found: list[str]) -> None:
            if self._attending and self._field.text() == text:
                self._offer([one for one in found if one != text])

        def failed(error: Exception) -> None:
            if not isinstance(error, StudioError):
                raise error
            self._offer([])  # the list itself tells what is wrong with the library

        self._window.tasks.run(op, done, failed, owner=self)

    def _offer(self, found: list[str]) -> None:
        if self._completer is None:
            if not found:
                return
            self._completer = self._made()
        if self._model is not None:
            self._model.setStringList(found)
        if found:
            self._completer.complete()
        else:
            popup = self._completer.popup()
            if popup is not None:
                popup.hide()

    def _made(self) -> "QCompleter":
        from PySide6.QtCore import QStringListModel  # a start need not wait for them
        from PySide6.QtWidgets import QCompleter

        self._model = QStringListModel(self)
        made = QCompleter(self._model, self)
        made.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        made.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        # Not the field's own completer, which would offer what belongs to the text before.
        made.setWidget(self._field)
        made.activated.connect(self._on_chosen)
        return made

    def _on_chosen(self, text: str) -> None:
        self._field.setText(text)
        if text.endswith(":"):
            self._pause.start()
