"""A decoded picture with its halvings, so that it is sharp and quick at any zoom."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColorSpace, QImage

from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.tasks import Task, Tasks

BUDGET = 192 * 1024 * 1024
_SMALLEST = 512


class Mips:
    """The picture and its halvings down to about 512 pixels, each smoothed from the one above.

    Drawing from the level just above the wanted scale never shrinks by more than a half, which
    is where plain linear filtering still sees every pixel (Williams 1983, "Pyramidal
    parametrics").
    """

    def __init__(self, image: QImage) -> None:
        self.levels = [image]
        while max(image.width(), image.height()) > 2 * _SMALLEST:
            image = image.scaled(
                max(1, image.width() // 2),
                max(1, image.height() // 2),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self.levels.append(image)

    @property
    def extent(self) -> tuple[float, float]:
        """Return the picture's own width and height in pixels."""
        return float(self.levels[0].width()), float(self.levels[0].height())

    @property
    def bytes(self) -> int:
        """Return the bytes of all levels."""
        return sum(level.sizeInBytes() for level in self.levels)

    def level(self, scale: float) -> QImage:
        """Return the smallest level that is not enlarged at `scale` screen pixels per pixel."""
        index, remaining = 0, scale
        while remaining <= 0.5 and index + 1 < len(self.levels):
            index, remaining = index + 1, remaining * 2
        return self.levels[index]


class Pictures(QObject):
    """Decodes whole pictures in the background and keeps the last few.

    `arrived(path)` is emitted when one is there, `failed(path)` when it cannot be shown.
    """

    arrived = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        parent: QObject | None = None,
        decode: Callable[[Path, QColorSpace | None], QImage | None] = decoding.picture,
    ) -> None:
        super().__init__(parent)
        self._decode = decode
        self._space: QColorSpace | None = None
        self._tasks = Tasks(self, threads=2)
        self._kept: OrderedDict[Path, Mips] = OrderedDict()
        self._asked: dict[Path, Task[Mips | None]] = {}

    def set_space(self, space: QColorSpace | None) -> bool:
        """Bring colours into the screen's `space`; return whether that is another than before.

        What was decoded for another space is let go.
        """
        if space == self._space:
            return False
        self._space = space
        self.clear()
        return True

    def get(self, path: Path) -> Mips | None:
        """Return a picture that is here, or None."""
        found = self._kept.get(path)
        if found is not None:
            self._kept.move_to_end(path)
        return found

    def want(self, paths: list[Path]) -> None:
        """Ask for `paths`, most urgent first; what was asked before and is not in it is dropped."""
        for path in [path for path in self._asked if path not in paths]:
            self._asked.pop(path).cancel()
        for path in paths:
            if path not in self._kept and path not in self._asked:
                self._ask(path)

    def idle(self) -> bool:
        """Return whether nothing is being decoded."""
        return not self._asked

    def clear(self) -> None:
        """Let all pictures go, as when the viewer closes."""
        self.want([])
        self._kept.clear()

    def close(self) -> None:
        """Wait for what is being decoded; called before the application ends."""
        self.clear()
        self._tasks.close()

    def _ask(self, path: Path) -> None:
        space = self._space

        def op() -> Mips | None:
            image = self._decode(path, space)
            return Mips(image) if image is not None else None

        self._asked[path] = self._tasks.run(
            op,
            lambda mips: self._on_decoded(path, mips),
            lambda _error: self._on_decoded(path, None),
        )

    def _on_decoded(self, path: Path, mips: Mips | None) -> None:
        self._asked.pop(path, None)
        if mips is None:
            self.failed.emit(str(path))
            return
        self._kept[path] = mips
        while sum(kept.bytes for kept in self._kept.values()) > BUDGET and len(self._kept) > 2:
            self._kept.popitem(last=False)
        self.arrived.emit(str(path))
