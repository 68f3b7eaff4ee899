"""The Create pane as the window knows it; what it is made of is loaded without blocking."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import background
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.window import MainWindow

if TYPE_CHECKING:
    from stylestudio_desktop.ui.create.bench import Bench

_BENCH = "stylestudio_desktop.ui.create.bench"


class CreatePane(Pane):
    """Holds the bench, as soon as its code and the services' are there (a tenth of a second).

    What is asked before waits for it.
    """

    def __init__(self, window: MainWindow, studio: Studio) -> None:
        super().__init__(window.place)
        self._window, self._studio = window, studio
        self.bench: Bench | None = None
        self._memory: dict[str, Any] = {}
        self._untouched: dict[str, Any] = {}
        self._wishes: list[object] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        background.run(window.tasks, self._load, self._on_loaded, None, self)

    def shown(self) -> None:
        """Show what is true now."""
        if self.bench is not None:
            self.bench.refresh()

    def receive(self, wish: object) -> None:
        """Take up settings or photos that another pane hands over."""
        if self.bench is not None:
            self.bench.receive(wish)
        else:
            self._wishes.append(wish)

    def memory(self) -> dict[str, Any]:
        """Return the draft and the page."""
        now = self._untouched if self.bench is None else self.bench.memory()
        return self._memory if now == self._untouched else now

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up the draft where it was left."""
        self._memory = memory
        if self.bench is not None:
            self.bench.recall(memory)
            self._untouched = self.bench.memory()

    def _load(self) -> type["Bench"]:
        for provider in self._studio.providers.values():
            _ = provider.card  # an adapter is imported when it is first asked for
        found: type[Bench] = import_module(_BENCH).Bench
        return found

    def _on_loaded(self, bench: type["Bench"]) -> None:
        made = bench(self._window, self._studio, self)
        # The first page comes in a turn of its own, and so does showing it: none is felt.
        QTimer.singleShot(0, made, lambda: self._on_made(made))

    def _on_made(self, made: "Bench") -> None:
        _ = made.pages.products  # the first page, made in a turn of its own
        QTimer.singleShot(0, made, lambda: self._on_paged(made))

    def _on_paged(self, made: "Bench") -> None:
        made.recall(self._memory)
        QTimer.singleShot(0, made, lambda: self._on_ready(made))

    def _on_ready(self, made: "Bench") -> None:
        self._layout.addWidget(made)
        self.bench = made
        self._untouched = made.memory()
        if self.isVisible():
            made.refresh()
        for wish in self._wishes:
            made.receive(wish)
        self._wishes.clear()


def create_pane(window: MainWindow, studio: Studio) -> Pane:
    """Return the pane for the window's list of panes."""
    return CreatePane(window, studio)
