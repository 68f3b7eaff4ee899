"""What people and other programs hand over by hand: words, settings, and what is dropped."""

import contextlib
import functools
import io
import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from stylestudio_desktop.cli import arguments, reading
from stylestudio_desktop.config.chosen import chosen_in
from stylestudio_desktop.config.settings import SettingsFile, checked
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.places import path_of
from stylestudio_desktop.files.bounds import Limits

_parser = functools.cache(arguments.build)


def words(data: bytes) -> None:
    """Read a command line, word by word as a shell hands them over, and each word by itself."""
    typed = [os.fsdecode(part) for part in data.split(b"\n")[:12] if b"\0" not in part]
    told = contextlib.suppress(StudioError, SystemExit)
    with contextlib.redirect_stdout(io.StringIO()), told:
        _parser().parse_args(typed, arguments.Arguments())
    readers: tuple[Callable[[str], object], ...] = (
        reading.an_id, reading.since, reading.until, path_of, arguments.whole,
    )  # fmt: skip
    for word in typed:
        for read in readers:
            with contextlib.suppress(StudioError, ValueError, arguments.argparse.ArgumentTypeError):
                read(word)


def settings(file: Path) -> None:
    """Read a workspace's settings, which mend themselves; what is read is within its limits."""
    found = SettingsFile(file).value
    if checked(found) != found:
        raise AssertionError("settings beyond their limits were taken")
    chosen_in(found.services)


def dropped(data: bytes) -> None:
    """Read what is dropped on the window, or pasted, as far as the import that judges its file.

    The first byte says which kinds are offered; what is offered besides the list is a picture.
    """
    from PySide6.QtCore import QMimeData, qInstallMessageHandler

    from stylestudio_desktop.files.probe import judge
    from stylestudio_desktop.ui.widgets import dropped, pasted

    qInstallMessageHandler(lambda *_said: None)  # Qt tells of each odd bitmap
    number, body = data[0] if data else 0, data[1:]
    mime = QMimeData()
    for bit, kind in enumerate(_KINDS):
        if number >> bit & 1:
            mime.setData(kind, body)
    names = dropped.named_files(mime).paths
    if not all(Path(name).is_absolute() for name in names):
        raise AssertionError("an address without a path was taken for one")
    if dropped.names_files(mime) and not names:
        raise AssertionError("what is offered is not taken")
    found = pasted.picture_in(mime)
    if found is None:
        return
    file = pasted.keep(found, _folder(), SMALL)
    try:
        judge(file.read_bytes(), file.name, SMALL)
    finally:
        file.unlink()


@functools.cache
def _folder() -> Path:
    fast = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="fuzz", dir=fast if fast.is_dir() else None))


_KINDS = (
    "text/uri-list", "image/png", "image/jpeg", "image/webp", "image/bmp", "text/plain",
    "image/svg+xml", "application/x-qt-image",
)  # fmt: skip
SMALL = Limits(65_536, 250_000)


def _bitmaps() -> Iterator[bytes]:
    """Yield bitmaps of several depths, one packed, one that says it is vast."""
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        made = io.BytesIO()
        Image.new(mode, (9, 7)).save(made, "BMP")
        yield b"\x10" + made.getvalue()
    packed = struct.pack(
        "<2sIHHIIiiHHIIiiII", b"BM", 70, 0, 0, 58, 40, 4, 2, 1, 8, 1, 12, 0, 0, 1, 1
    )
    yield b"\x10" + packed + b"\0\0\xff\0" + b"\4\0\0\0\0\3\0\0\0\0\0\1"
    yield (
        b"\x10"
        + struct.pack("<2sIHHIIiiHH", b"BM", 54, 0, 0, 54, 40, 9999, 9999, 1, 24)
        + bytes(30)
    )


SEEDS = {
    "words": [
        b"list\nfiles\n--since\n2026-11-01\n--until\n9999-12-31\n--limit\n9",
        b"generate\n--product\n~nobody/x\n--seed\n99999999999999999999999\n--strength\nnan",
        b"--workspace\nx\nrestore-backup\n--at\n2026-11-20 14:05\n--json",
        b"queue\nmove\n1\n--before\n2",
    ],
    "settings": [
        b'{"max_file_mb": 12, "services": [{"id": "local"}], "window": {"panes": {}}}',
        b'{"max_megapixels": 1e999, "low_balance": -7, "language": "\\udcff", "shortcuts": {}}',
        b'{"services": [{"id": "fal", "settings": {"a": 1}, "ceiling": 9, "learned": [[]]}]}',
    ],
    "dropped": [
        b"\1file:///tmp/a.png\r\nfile://\r\nfile:x\r\nhttp://a/b.png\r\nfile://server/share/a.png",
        b"\1file:///tmp/%00/..%2f..%2fetc\n#\nfile:///%ff\n",
        b"\1file://localhost/a.png\nfile:////srv/a\nfile://[::1]/a\ndata:image/png;base64,iVBORw0=",
        b"\x20file:///tmp/a.png",
        b"\x40<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"\xffBM",
        *_bitmaps(),
    ],
}
