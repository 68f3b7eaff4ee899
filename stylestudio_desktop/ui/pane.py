"""What the window and a pane know of each other, so that either can change without the other."""

from typing import Any

from PySide6.QtWidgets import QWidget


class Pane(QWidget):
    """Base of the four panes and the settings; a pane overrides what it needs.

    A pane is made on its first showing, by the factory that the window was given.
    """

    search_hint: str | None = None
    """What the search field says while this pane is open; None where it cannot be searched."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")

    def shown(self) -> None:
        """The pane has come to the front: show what is true now."""

    def settled(self) -> bool:
        """Return whether what is in view stands; what can wait begins after that."""
        return True

    def hidden(self) -> None:
        """Another pane has come to the front: stop what only matters when seen."""

    def take_keys(self) -> None:
        """Give the keyboard to what was found, when the search field is left."""

    def search(self, text: str) -> None:
        """Show what matches `text` (already trimmed; empty for everything)."""

    def receive(self, wish: object) -> None:
        """Act on what another pane asks for ("make more like this"), given as a plain value."""

    def memory(self) -> dict[str, Any]:
        """Return what to remember until the next start, as plain JSON values."""
        return {}

    def recall(self, memory: dict[str, Any]) -> None:
        """Take up what an earlier `memory` returned; unknown or odd values are ignored."""
