"""What people and other programs hand over by hand: words, settings, and what is dropped."""

import contextlib
import functools
import io
import os
from collections.abc import Callable
from pathlib import Path

from stylestudio_desktop.cli import arguments, reading
from stylestudio_desktop.config.chosen import chosen_in
from stylestudio_desktop.config.settings import SettingsFile, checked
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.places import path_of

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
    """Read the addresses that are dropped on the window, or pasted."""
    from PySide6.QtCore import QMimeData

    from stylestudio_desktop.ui.widgets.dropped import local_files

    kinds = ("text/uri-list", "text/plain", "text/html", "image/png")
    mime = QMimeData()
    mime.setData(kinds[data[0] % len(kinds)] if data else kinds[0], data[1:])
    for path in local_files(mime):
        if not path.is_absolute():
            raise AssertionError("an address without a path was taken for one")


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
        b"\0file:///tmp/a.png\r\nfile://\r\nfile:x\r\nhttp://a/b.png\r\nfile://server/share/a.png",
        b"\0file:///tmp/%00/..%2f..%2fetc\n#\nfile:///%ff\n",
        b"\1file:///tmp/a.png",
    ],
}
