"""Tells whether a log goes on from the newest one in the journal, with nothing lost between."""

import os
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.store.journal_notes import log_path, numbers, read_notes

HEADER = 32  # sqlite.org/fileformat2.html#walformat
_FRAME = 24
_SALTS = slice(16, 24)


@dataclass(slots=True)
class Last:
    """The newest log in the journal, as its notes tell; `folded` is as far as we folded it in."""

    number: int
    header: bytes
    offset: int
    ended: tuple[int, int] | None
    stamp: int = 0
    folded: int = 0


def end_of(header: bytes, total: int) -> int:
    """Return where `total` pages end in the log with that header."""
    return HEADER + total * _frame(header)


def _frame(header: bytes) -> int:
    return int.from_bytes(header[8:12], "big") + _FRAME


def newest(folder: Path) -> Last | None:
    """Return the newest log in the journal. If less of it is left than noted, its chain breaks."""
    known = numbers(folder)
    if not known:
        return None
    offset, stamp, ended, folded = 0, 0, None, 0
    for word in read_notes(folder, known[-1]):
        if word[0] == "at":
            (offset, stamp), ended = max((offset, stamp), (int(word[1]), int(word[2]))), None
        elif word[0] == "end":
            ended = int(word[1]), int(word[2])
        elif word[0] == "folded":
            folded = int(word[1])
    try:
        with log_path(folder, known[-1]).open("rb") as file:
            header = file.read(HEADER)
            whole = file.seek(0, os.SEEK_END) >= offset
    except FileNotFoundError:
        header, whole = b"", False
    if not whole:  # a power cut took what was copied last
        (folder / "whole").unlink(missing_ok=True)
        return Last(known[-1], b"", 0, None)
    return Last(known[-1], header, offset, ended, stamp, folded)


def left(database: Path) -> tuple[int, int]:
    """Return how the database's file looks, which changes whenever somebody folds into it."""
    found = database.stat()
    return found.st_size, found.st_mtime_ns


def began_anew(last: Last, header: bytes, wal: Path) -> bool:
    """Say whether the log `wal`, with that header, was begun right where the copy of `last` ends.

    Writing from the start again, SQLite counts the first salt up (walRestartHdr). It does so once
    all is folded in, whoever did that: another program may have folded in what nobody had copied.
    """
    before, now = (int.from_bytes(one[16:20], "big") for one in (last.header, header))
    if not header or now != (before + 1) & 0xFFFFFFFF:
        return False
    salts = last.header[_SALTS]
    # The old pages stay in the file until the new ones have got as far. So the page after the last
    # one copied is looked at first: if that one is old still, nothing was written over either.
    after = _salts_at(wal, last.offset)
    if _salts_at(wal, last.offset - _frame(last.header)) == salts:
        return after != salts
    return last.folded == last.offset


def _salts_at(wal: Path, offset: int) -> bytes:
    """Return the salts of the page that begins there in the log."""
    with wal.open("rb", buffering=0) as file:
        file.seek(max(0, offset))
        return file.read(_FRAME)[8:16]
