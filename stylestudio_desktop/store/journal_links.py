"""Tells whether a log goes on from the newest one in the journal, with nothing lost between."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from stylestudio_desktop.store.journal_notes import log_path, notes_from, notes_path, numbers
from stylestudio_desktop.store.journal_rests import HEADER, frame_size

_BINARY = getattr(os, "O_BINARY", 0)


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


def head(wal: Path) -> tuple[bytes, int]:
    """Return the header of the log `wal`, and when it was last written to (UTC milliseconds)."""
    try:
        descriptor = os.open(wal, os.O_RDONLY | _BINARY)
    except FileNotFoundError:
        return b"", 0
    try:
        return os.read(descriptor, HEADER), os.fstat(descriptor).st_mtime_ns // 1_000_000
    finally:
        os.close(descriptor)


def end_of(header: bytes, total: int) -> int:
    """Return where `total` pages end in the log with that header."""
    return HEADER + total * frame_size(header)


def left(database: Path) -> tuple[int, int]:
    """Return how the database's file looks, which changes whenever somebody folds into it."""
    found = database.stat()
    return found.st_size, found.st_mtime_ns


def began_anew(last: Last, header: bytes) -> bool:
    """Say whether the log with that header is the next one in the same file after `last`.

    Writing from the start again, SQLite counts the first salt up (walRestartHdr).
    """
    before, now = (int.from_bytes(one[16:20], "big") for one in (last.header, header))
    return bool(header) and now == (before + 1) & 0xFFFFFFFF
