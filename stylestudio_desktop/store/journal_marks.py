"""Remembers how far the log went when a transaction began, so that no moment before it is missed.

Commits are copied into the journal ten times a second or so. One that had not been copied when
the next transaction began would otherwise count as written only at that one's end, however long
that took.
"""

from typing import NamedTuple


class Mark(NamedTuple):
    """What was committed when somebody held the lock of writing: so far, since `stamp` (UTC ms)."""

    header: bytes
    end: int
    stamp: int


class Marks:
    """The marks since the last copy; of those closer together than can be told, the last."""

    def __init__(self) -> None:
        """Begin with none."""
        self._found: list[Mark] = []

    def add(self, mark: Mark, apart_ms: float) -> None:
        """Keep `mark`, unless its state has one already, in place of one it can't be told from."""
        last = self._found[-1] if self._found else None
        if last is not None and (last.header, last.end) == (mark.header, mark.end):
            return
        if last is not None and mark.stamp - last.stamp < apart_ms:
            self._found.pop()
        self._found.append(mark)

    def take(self, header: bytes, end: int) -> dict[int, int]:
        """Return the stamp at each place up to `end` of the log with that header.

        These and the marks of other logs are forgotten; what lies beyond `end` is not copied yet.
        """
        found = {one.end: one.stamp for one in self._found if one.header == header}
        self._found = [one for one in self._found if one.header == header and one.end > end]
        return {at: stamp for at, stamp in found.items() if at <= end}
