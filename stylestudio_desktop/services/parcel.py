"""Makes copies of pictures to be dragged into another program, which never gets the library's own.

Who drops pictures on a desktop or in an editor may rename, change and save what arrives. So copies
are made as an export makes them, named and described, while the pointer is still on its way.
"""

import contextlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

from stylestudio_desktop.config.workspace import make_lasting
from stylestudio_desktop.domain.errors import StorageError, StudioError
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import exporting
from stylestudio_desktop.services.exporting import Exports
from stylestudio_desktop.services.studio import Studio

MOST = 200
"""Pictures of one parcel; more are exported, with progress and a way to stop."""

KEPT_MS = 86_400_000
"""How long copies lie: a program that took them may read them late, as for a long upload."""

_FOLDER = "dragged"
_NAMES = "{name} {style}"
_NOTHING = Exports((), ())


class Parcel:
    """Copies of at most MOST pictures, made on a thread of their own from `begin` on."""

    def __init__(self, studio: Studio, ids: Sequence[int]) -> None:
        """Name the pictures; nothing is copied yet."""
        self._studio = studio
        self._ids = list(ids[:MOST])
        self._folder = studio.workspace.tmp / _FOLDER / str(uuid.uuid4())
        self._packed, self._closed = Event(), Event()
        self._stop = Event()
        self._taken = False
        self._made = _NOTHING
        self._trouble = ""
        self._thread = Thread(target=self._work, name="packing what is dragged", daemon=True)

    def begin(self) -> None:
        """Begin to copy."""
        self._thread.start()

    def packed(self) -> bool:
        """Return whether the copies are there, or whatever could be copied."""
        return self._packed.is_set()

    def paths(self) -> list[Path]:
        """Wait for the copies and return where they lie, in the order asked."""
        self._packed.wait()
        return [one.path for one in self._made.exported]

    def close(self, taken: bool) -> None:
        """Say whether a program took them: they are logged as exported, or else they go."""
        self._taken = taken
        if not taken:
            self._stop.set()
        self._closed.set()

    def wait(self) -> None:
        """Wait until nothing more is written or taken away; for after `close`."""
        self._thread.join()

    def trouble(self) -> str:
        """Return why pictures are missing from the copies, empty where none is."""
        self._packed.wait()
        reasons = [one.reason for one in self._made.rejected]
        return self._trouble or (reasons[0] if reasons else "")

    def _work(self) -> None:
        with self._studio.database.connection():
            try:
                self._pack()
            except StudioError as error:
                self._trouble = error.sentence
            finally:
                self._packed.set()
            self._closed.wait()
            with contextlib.suppress(StudioError):  # the copies are there, logged or not
                self._end()

    def _pack(self) -> None:
        _sweep(self._folder.parent, now_ms() - KEPT_MS)
        try:
            make_lasting(self._folder)
        except OSError as error:
            raise StorageError(
                f"Nothing can be copied for other programs: {error.strerror}. The pictures are "
                "safe. Free some space and drag them again."
            ) from error
        self._made = exporting.export(
            self._studio, self._ids, self._folder, pattern=_NAMES, cancelled=self._stop,
            logged=False,
        )  # fmt: skip

    def _end(self) -> None:
        if self._taken:
            exporting.log(self._studio, [one.file_id for one in self._made.exported])
        else:
            _empty(self._folder)


def _sweep(folder: Path, before: int) -> None:
    """Take away copies from before a moment (UTC milliseconds)."""
    with contextlib.suppress(OSError):
        for old in folder.iterdir():
            if old.lstat().st_mtime * 1000 < before:
                _empty(old)


def _empty(folder: Path) -> None:
    """Take away a folder of copies, which holds files alone; what can't be stays for later."""
    with contextlib.suppress(OSError):
        for copy in folder.iterdir():
            copy.unlink()
        folder.rmdir()
