"""What the viewer needs to know of a picture, and where it asks for it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from PySide6.QtGui import QImage

from stylestudio_desktop.domain.fidelity import Fidelity


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture in full: its file, the facts for the panel, and the photo it was made from."""

    id: int
    path: Path
    name: str
    width: int
    height: int
    favourite: bool = False
    rating: int = 0
    rows: tuple[tuple[str, str], ...] = field(default=())
    before: Path | None = None
    generation: int | None = None
    fidelity: Fidelity | None = None
    enlarges: bool = False  # whether it can be made again, larger


class ViewerSource(Protocol):
    """Where the viewer asks; `describe` is called on other threads."""

    def describe(self, file_id: int) -> Shown:
        """Return everything about one picture; raises StudioError with the user's sentence."""

    def stand_in(self, file_id: int) -> tuple[QImage | None, tuple[int, int], str]:
        """Return at once what the grid has: a thumbnail, the picture's size and its name."""
