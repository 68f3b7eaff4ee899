"""Reads what a log left behind the new one in the same file, where nobody had copied it in time.

SQLite writes a log anew from the start once all of it is folded in, and the old pages stay until
the new ones have got as far. Another program may have folded in what was not copied yet.
"""

import struct
from pathlib import Path
from typing import BinaryIO

HEADER = 32  # sqlite.org/fileformat2.html#walformat
FRAME = 24
MOST = 1000
"""Pages of a rest that are looked at, 4 MB: each is summed up by hand, a tenth of a millisecond."""
_SALTS = slice(8, 16)
_SUMS = slice(16, 24)


def frame_size(header: bytes) -> int:
    """Return how many bytes a page takes in the log with that header."""
    return int.from_bytes(header[8:12], "big") + FRAME


def left_behind(wal: Path, header: bytes, offset: int) -> bytes | None:
    """Return what was committed after `offset` into the old log with that header.

    Nothing (b"") if that was all of it; None where that can't be told, as the new log has been
    written over it already, the file was cut, or the rest is too long.
    """
    size = frame_size(header)
    if offset < HEADER + size:
        return None
    with wal.open("rb") as file:
        file.seek(offset - size)
        last = file.read(size)
        if last[_SALTS] != header[16:24]:
            return None
        found = _committed(file, header, last)
    # A new log grows from the start. If the last page before the rest is the old one still, nothing
    # of the rest was written over while it was read.
    with wal.open("rb", buffering=0) as file:
        file.seek(offset - size)
        return found if file.read(FRAME)[_SALTS] == header[16:24] else None


def _committed(file: BinaryIO, header: bytes, last: bytes) -> bytes | None:
    """Read on from the page `last`, as long as pages continue the log, to its last commit."""
    words = struct.Struct(">II" if header[3] & 1 else "<II")
    sums = struct.unpack(">II", last[_SUMS])
    found: list[bytes] = []
    whole = 0
    while len(found) < MOST:
        page = file.read(len(last))
        if len(page) < len(last) or page[_SALTS] != header[16:24]:
            return b"".join(found[:whole])
        sums = _summed(words, _summed(words, sums, page[:8]), page[FRAME:])
        if sums != struct.unpack(">II", page[_SUMS]):  # taken back, and partly written over since
            return b"".join(found[:whole])
        found.append(page)
        if page[4:8] != b"\0\0\0\0":
            whole = len(found)
    return None


def _summed(words: struct.Struct, sums: tuple[int, ...], data: bytes) -> tuple[int, int]:
    """Add `data` to a log's running sums."""
    first, second = sums
    for one, two in words.iter_unpack(data):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + two + first) & 0xFFFFFFFF
    return first, second
