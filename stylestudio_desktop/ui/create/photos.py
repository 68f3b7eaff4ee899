"""Brings pictures to the screen: read and decoded in the background, kept while they are shown."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import library, sources
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui import decoding
from stylestudio_desktop.ui.create import background
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.tasks import Tasks

_MOST = 160
_CUTOUT_SIDE = 512

Sink = Callable[[QImage], None]


class Photos(QObject):
    """Thumbnails, files and cut-outs as QImages, told to `sink` on the UI thread.

    Nothing is told once `owner` is gone. `fast` is the window's pool; cut-outs take seconds and
    wait in a line of their own, so that they never hold up anything else.
    """

    def __init__(self, studio: Studio, fast: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._fast = fast
        self.slow = Tasks(self, threads=1)
        self.closing = Event()
        self._kept: OrderedDict[str, QImage] = OrderedDict()

    def thumbnail(self, storage_id: str, tier: Tier, owner: QObject, sink: Sink) -> None:
        """Tell the thumbnail of a stored picture; nothing is told of a broken one."""

        def read() -> QImage | None:
            data = library.thumbnail(self._studio, storage_id, tier)
            return None if data is None else decoding.thumbnail(data, int(tier))

        self._show(f"{storage_id}/{int(tier)}", read, owner, sink)

    def file(self, path: Path, side: int, owner: QObject, sink: Sink) -> None:
        """Tell one of the program's own pictures, at most `side` pixels."""

        def read() -> QImage | None:
            return decoding.thumbnail(path.read_bytes(), side) if path.is_file() else None

        self._show(f"{path}/{side}", read, owner, sink)

    def cutout(
        self,
        provider: str,
        file_id: int,
        owner: QObject,
        sink: Sink,
        failed: Callable[[str], None],
    ) -> None:
        """Tell the product alone on a clear ground, or the sentence that says why not."""

        def read() -> QImage | None:
            row = library.picture(self._studio, file_id)
            path = sources.cutout(self._studio, provider, row, self.closing)
            return None if path is None else decoding.thumbnail(path.read_bytes(), _CUTOUT_SIDE)

        def refuse(error: Exception) -> None:
            if not isinstance(error, StudioError):
                raise error
            failed(spoken(error.sentence))

        self._show(f"{provider}/{file_id}/cutout", read, owner, sink, refuse, self.slow)

    def forget_cutout(self, file_id: int) -> None:
        """Have a photo's cut-out made anew when it is asked for again: its mask has changed."""
        for key in [one for one in self._kept if one.endswith(f"/{file_id}/cutout")]:
            del self._kept[key]

    def close(self) -> bool:
        """Stop what is slow; called before the window's library closes."""
        self.closing.set()
        return self.slow.close()

    def _show(
        self,
        key: str,
        read: Callable[[], QImage | None],
        owner: QObject,
        sink: Sink,
        failed: Callable[[Exception], None] | None = None,
        pool: Tasks | None = None,
    ) -> None:
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            sink(known)
            return

        def arrived(image: QImage | None) -> None:
            if image is not None:
                self._keep(key, image)
                sink(image)

        background.run(pool or self._fast, read, arrived, failed, owner)

    def _keep(self, key: str, image: QImage) -> None:
        self._kept[key] = image
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
