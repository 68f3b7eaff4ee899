"""Counts what a PNG really holds, since decoders fill missing rows with black and say nothing."""

import struct
import zlib

from stylestudio_desktop.files.headers import png_chunks

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# First column and row, and the steps between them, of Adam7's seven passes (PNG, 8.2).
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_STEP = 1 << 20


def holds_every_row(data: bytes) -> bool:
    """Return whether the image data of a judged PNG inflates to all the bytes its size asks for.

    Inflates a megabyte at a time, so its memory does not grow with the picture.
    """
    inflater = zlib.decompressobj()
    needed = found = 0
    for piece in png_chunks(data):
        body = data[piece.body : piece.end - 4]
        if piece.name == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack_from(">IIBBBBB", body)
            needed = _filtered_size(width, height, depth * _CHANNELS.get(colour, 4), interlace)
        elif piece.name == b"IDAT":
            while body and not inflater.eof:
                found += len(inflater.decompress(body, _STEP))
                body = inflater.unconsumed_tail
                if found >= needed:
                    return True
    return found + len(inflater.flush()) >= needed


def _filtered_size(width: int, height: int, bits: int, interlace: int) -> int:
    """Return the bytes of all rows with their filter bytes (PNG, 7.2 and 8.2)."""
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    total = 0
    for column, row, across, down in passes:
        columns = max(0, -(-(width - column) // across))
        rows = max(0, -(-(height - row) // down))
        if columns:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total
