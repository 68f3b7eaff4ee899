"""Puts an XMP packet into a finished picture, or reads it, without touching one pixel.

Places: JPEG APP1 (XMP specification part 3, 1.1.3), PNG iTXt "XML:com.adobe.xmp" (1.1.5), WebP
chunk "XMP " (RFC 9649, 2.7.1.5).
"""

import struct
import zlib
from collections.abc import Iterator

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.headers import (
    EXIF_PREFIX,
    XMP_PREFIX,
    Header,
    Malformed,
    Piece,
    jpeg_segments,
    png_chunks,
    read_header,
    webp_chunks,
)

_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_PNG_KEYWORD = b"XML:com.adobe.xmp\0"
# What ComfyUI and its kin write into pictures: how they were made, nodes, prompts, file names.
_RECIPES = (b"prompt", b"workflow", b"parameters", b"generation_data", b"invokeai_metadata")
_GRAPH = b'"class_type"'
_LARGEST_SEGMENT = 65_533  # 16 bits, less the length field itself


class TooLong(BadInput):
    """A JPEG has no room for that much."""


def with_xmp(data: bytes, packet: bytes) -> bytes:
    """Return the picture `data` carrying `packet` (UTF-8 XMP) in place of any it had before.

    Raises BadInput if it is no JPEG, PNG or WebP, TooLong if a JPEG has no room for the packet.
    """
    header = _header(data)
    match header.format:
        case "JPEG":
            return _into_jpeg(data, packet)
        case "PNG":
            return _into_png(data, packet)
        case _:
            return _into_webp(data, packet, header)


def xmp_of(data: bytes) -> bytes | None:
    """Return the XMP packet that a picture carries, None if it carries none."""
    match _header(data).format:
        case "JPEG":
            for piece in jpeg_segments(data):
                if piece.name == b"\xe1" and data.startswith(XMP_PREFIX, piece.body):
                    return data[piece.body + len(XMP_PREFIX) : piece.end]
        case "PNG":
            for piece in png_chunks(data):
                if piece.name == b"iTXt" and data.startswith(_PNG_KEYWORD, piece.body):
                    return _text_of(data[piece.body + len(_PNG_KEYWORD) : piece.end - 4])
        case _:
            for piece in webp_chunks(data):
                if piece.name == b"XMP ":
                    size = int.from_bytes(data[piece.start + 4 : piece.body], "little")
                    return data[piece.body : piece.body + size]
    return None


def without_recipe(data: bytes) -> bytes:
    """Return the picture without the workflow that its service wrote into it; no pixel changes.

    A workflow tells whoever gets the picture every prompt, model and file name behind it. The
    same bytes come back where there is none. Raises BadInput if it is no JPEG, PNG or WebP.
    """
    header = _header(data)
    try:
        pieces = list(_recipes(data, header.format))
    except Malformed as error:
        raise BadInput(f"The picture is damaged: {error}. Nothing was changed.") from error
    if not pieces:
        return data
    kept, last = [], 0
    for piece in pieces:
        kept.append(data[last : piece.start])
        last = piece.end
    whole = b"".join([*kept, data[last:]])
    return _mended_webp(whole) if header.format == "WEBP" else whole


def _recipes(data: bytes, kind: str) -> Iterator[Piece]:
    match kind:
        case "PNG":
            yield from (piece for piece in png_chunks(data) if _is_recipe(data, piece))
        case "JPEG":
            for piece in jpeg_segments(data):
                if piece.name in (b"\xe1", b"\xfe") and _GRAPH in data[piece.body : piece.end]:
                    yield piece
        case _:
            for piece in webp_chunks(data):
                if piece.name == b"EXIF" and _GRAPH in data[piece.body : piece.end]:
                    yield piece


def _mended_webp(data: bytes) -> bytes:
    """Return a WebP whose header fits its chunks again, after its Exif was taken out."""
    if data[12:16] == b"VP8X":  # the extended header comes first, and its flags name the Exif
        data = data[:20] + bytes([data[20] & ~0x08]) + data[21:]
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def _is_recipe(data: bytes, piece: Piece) -> bool:
    if piece.name not in (b"tEXt", b"zTXt", b"iTXt"):
        return False
    body = data[piece.body : piece.end - 4]
    return body.split(b"\0", 1)[0].lower() in _RECIPES or _GRAPH in body


def _header(data: bytes) -> Header:
    try:
        header = read_header(data)
    except Malformed as error:
        raise BadInput(f"The picture is damaged: {error}. Nothing was changed.") from error
    if header is None:
        raise BadInput("This is not a JPEG, PNG or WebP picture. Nothing was changed.")
    return header


def _into_jpeg(data: bytes, packet: bytes) -> bytes:
    body = XMP_PREFIX + packet
    if len(body) > _LARGEST_SEGMENT:
        raise TooLong(
            f"The description of this picture has {len(packet)} bytes; a JPEG holds "
            f"{_LARGEST_SEGMENT - len(XMP_PREFIX)}. Nothing was written; export it as PNG, or "
            "without the description."
        )
    ours = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    out = [data[:2]]
    waiting = True
    last = 2
    for piece in jpeg_segments(data):
        first_bytes = data[piece.body : piece.body + len(_XMP_MORE)]
        leads = piece.name == b"\xe0" or first_bytes.startswith(EXIF_PREFIX)
        if waiting and not leads:  # JFIF and Exif come first, as readers expect
            out.append(ours)
            waiting = False
        if piece.name != b"\xe1" or not first_bytes.startswith((XMP_PREFIX, _XMP_MORE)):
            out.append(data[piece.start : piece.end])
        last = piece.end
    return b"".join([*out, data[last:]])


def _into_png(data: bytes, packet: bytes) -> bytes:
    body = _PNG_KEYWORD + b"\0\0\0\0" + packet  # not compressed, no language, no translation
    checksum = zlib.crc32(b"iTXt" + body)
    ours = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", checksum)
    out = [data[:8]]
    for piece in png_chunks(data):
        old = piece.name == b"iTXt" and data.startswith(_PNG_KEYWORD, piece.body)
        if not old:
            out.append(data[piece.start : piece.end])
        if piece.name == b"IHDR":
            out.append(ours)
    return b"".join(out)


def _into_webp(data: bytes, packet: bytes, header: Header) -> bytes:
    chunks = []
    flags = 0x20 * header.icc | 0x10 * header.alpha
    for piece in webp_chunks(data):
        if piece.name == b"VP8X":
            flags = data[piece.body]
        elif piece.name != b"XMP ":
            chunks.append(
                data[piece.start : piece.end].ljust((piece.end - piece.start + 1) & ~1, b"\0")
            )
    canvas = bytes([flags | 0x04, 0, 0, 0])
    canvas += (header.width - 1).to_bytes(3, "little") + (header.height - 1).to_bytes(3, "little")
    ours = struct.pack("<4sI", b"XMP ", len(packet)) + packet + b"\0" * (len(packet) & 1)
    body = b"".join([b"WEBP", struct.pack("<4sI", b"VP8X", 10), canvas, *chunks, ours])
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _text_of(body: bytes) -> bytes | None:
    """Return the text of an iTXt body (after its keyword), inflated within a bound."""
    compressed = body[:1] == b"\x01"
    parts = body[2:].split(b"\0", 2)
    if len(parts) < 3:
        return None
    if not compressed:
        return parts[2]
    try:
        return zlib.decompressobj().decompress(parts[2], 1 << 20)
    except zlib.error:
        return None
