"""Tells whether a log goes on from the newest one in the journal, with nothing lost between."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from stylestudio_desktop.store.journal_notes import log_path, notes_from, notes_path, numbers

HEADER = 32  # sqlite.org/fileformat2.html#walformat
_FRAME = 24
_SALTS = slice(16, 24)


@dataclass(slots=True)
class Last:
    """The newest log in the journal, as its notes tell; `folded` is as far as we folded it in."""

    number: int
    header: bytes = b""
    offset: int = 0
    ended: tuple[int, int] | None = None
    stamp: int = 0
    folded: int = 0

    def learn(self, words: list[str]) -> None:
        """Take in a line of the notes."""
        if words[0] == "at":
            found = int(words[1]), int(words[2])
            (self.offset, self.stamp), self.ended = max((self.offset, self.stamp), found), None
        elif words[0] == "end":
            self.ended = int(words[1]), int(words[2])
        elif words[0] == "folded":
            self.folded = int(words[1])


class Newest:
    """Follows the newest log of a journal: only what was noted since the last look is read.

    Years of opening and closing leave thousands of logs, and whoever commits waits for this.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with none."""
        self._folder = folder
        self._last: Last | None = None
        self._read = 0

    def look(self) -> Last | None:
        """Return the newest log. If less of it is left than noted, the chain breaks.

        Call it under the journal's lock: nobody notes anything meanwhile.
        """
        self._step()
        if (last := self._last) is None:
            return None
        noted, self._read = notes_from(self._folder, last.number, self._read)
        for words in noted:
            last.learn(words)
        try:
            with log_path(self._folder, last.number).open("rb") as file:
                last.header = last.header or file.read(HEADER)
                whole = file.seek(0, os.SEEK_END) >= last.offset
        except FileNotFoundError:
            whole = False
        if whole:
            return replace(last)
        (self._folder / "whole").unlink(missing_ok=True)  # a power cut took what was copied last
        return Last(last.number)

    def _step(self) -> None:
        """Go on to the log that is the newest by now."""
        if self._last is None or not self._is_there(self._last.number):
            known = numbers(self._folder)
            self._begin(Last(known[-1]) if known else None)
        while self._last is not None and notes_path(self._folder, self._last.number + 1).exists():
            self._begin(Last(self._last.number + 1))

    def _is_there(self, number: int) -> bool:
        """Say whether these notes still are the ones that were read: a journal may begin anew."""
        try:
            return notes_path(self._folder, number).stat().st_size >= self._read
        except OSError:
            return False

    def _begin(self, last: Last | None) -> None:
        self._last, self._read = last, 0


def end_of(header: bytes, total: int) -> int:
    """Return where `total` pages end in the log with that header."""
    return HEADER + total * _frame(header)


def _frame(header: bytes) -> int:
    return int.from_bytes(header[8:12], "big") + _FRAME


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
