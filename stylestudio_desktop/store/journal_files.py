"""Writes the journal's own files: the copies of logs, and the notes beside them."""

import os
import shutil
from pathlib import Path

from stylestudio_desktop.store.journal_notes import log_path, notes_path, numbers

_BLOCK = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)


def carry(wal: Path, folder: Path, number: int, start: int, end: int) -> int:
    """Copy bytes of the log `wal` into the journal; return when the last was written (UTC ms).

    Raises OSError, also for a log that is shorter than `end`.
    """
    descriptor = os.open(log_path(folder, number), os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as copy, wal.open("rb", buffering=0) as log:
        copy.truncate(start)
        copy.seek(start)
        log.seek(start)
        left = end - start
        while left:
            block = log.read(min(_BLOCK, left))
            if not block:
                raise OSError("the log is shorter than it should be")
            written = 0
            while written < len(block):  # an unbuffered file may take less than it is given
                written += copy.write(memoryview(block)[written:]) or 0
            left -= len(block)
        return os.fstat(log.fileno()).st_mtime_ns // 1_000_000


def add(folder: Path, number: int, start: int, data: bytes) -> None:
    """Write `data` into the copy of a log, from `start` on. Raises OSError."""
    with log_path(folder, number).open("r+b") as copy:
        copy.truncate(start)
        copy.seek(start)
        copy.write(data)


def note(folder: Path, number: int, line: str) -> None:
    """Append a line to the notes of a log. Raises OSError."""
    path = notes_path(folder, number)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # torn by a power cut or a full disk: no note is like this
                line = f" ?\n{line}"
        file.write(f"{line}\n".encode())


def sync(folder: Path, number: int) -> None:
    """Make a log's copy and its notes durable. Raises OSError."""
    for path in (log_path(folder, number), notes_path(folder, number)):
        with path.open("r+b") as file:
            os.fsync(file.fileno())


def room(folder: Path) -> int:
    """Return how many bytes a journal may take of its disk: a quarter of what is free."""
    return shutil.disk_usage(folder).free // 4


def thin(folder: Path, most: int) -> None:
    """Remove the oldest logs beyond `most` bytes, or beyond a quarter of the disk's free space.

    Notes alone, as where somebody was ended between the two, go as well: they lead nowhere.
    """
    most = min(most, room(folder))
    sizes = {number: _size(log_path(folder, number)) for number in numbers(folder)}
    total = sum(size or 0 for size in sizes.values())
    for number, size in list(sizes.items())[:-1]:
        if total > most or size is None:
            log_path(folder, number).unlink(missing_ok=True)
            notes_path(folder, number).unlink(missing_ok=True)
            total -= size or 0


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
