"""Reads a picture's own header, so that nothing of a hostile file is decoded before it is judged.

Layouts: JPEG, ITU-T T.81 annex B and Exif 2.32; PNG, W3C Recommendation (third edition) 5 and 11;
WebP, RFC 9649. Every length in a file is a claim; all reading here stays inside the bytes given.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
EXIF_PREFIX = b"Exif\0\0"
XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
ICC_PREFIX = b"ICC_PROFILE\0"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_ORIENTATION = 0x0112


class Malformed(ValueError):
    """The bytes break the rules of their own format; the text says how, for people."""


@dataclass(slots=True)
class Header:
    """What a picture says about itself; `end` is the offset just after the picture's own bytes.

    `width` and `height` are as stored, before the Exif turn. `frames` above 1 means it moves.
    """

    format: str
    width: int = 0
    height: int = 0
    orientation: int = 1
    icc: bool = False
    alpha: bool = False
    frames: int = 1
    end: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """One segment or chunk: its name, where it starts, and where its payload lies."""

    name: bytes
    start: int
    body: int
    end: int


def format_of(data: bytes) -> str | None:
    """Return JPEG, PNG or WEBP by the first bytes, None for anything else."""
    head = data[:16]
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if head[:8] == PNG_SIGNATURE:
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return None


def read_header(data: bytes) -> Header | None:
    """Return the header of a JPEG, PNG or WebP, None if it is none of them; raises Malformed."""
    match format_of(data):
        case "JPEG":
            return _jpeg(data)
        case "PNG":
            return _png(data)
        case "WEBP":
            return _webp(data)
    return None


def jpeg_segments(data: bytes) -> Iterator[Piece]:
    """Yield marker segments up to and with the first start of scan (SOS); body without length."""
    position = 2
    while True:
        if data[position : position + 1] != b"\xff":
            raise Malformed("its parts do not follow each other")
        start = position
        while data[position + 1 : position + 2] == b"\xff":  # fill bytes are allowed
            position += 1
        code = data[position + 1 : position + 2]
        if not code:
            raise Malformed("it ends too early")
        if code[0] in _ALONE:
            position += 2
            continue
        if code[0] == 0xD9:
            raise Malformed("it holds no picture")
        size = int.from_bytes(data[position + 2 : position + 4], "big")
        end = position + 2 + size
        if size < 2 or end > len(data):
            raise Malformed("it ends too early")
        yield Piece(code, start, position + 4, end)
        if code[0] == 0xDA:
            return
        position = end


def png_chunks(data: bytes) -> Iterator[Piece]:
    """Yield chunks up to and with IEND; `end` is after the checksum."""
    position = len(PNG_SIGNATURE)
    while True:
        head = data[position : position + 8]
        if len(head) < 8:
            raise Malformed("it ends too early")
        size, name = struct.unpack(">I4s", head)
        end = position + 12 + size
        if end > len(data):
            raise Malformed("it ends too early")
        yield Piece(name, position, position + 8, end)
        if name == b"IEND":
            return
        position = end


def webp_chunks(data: bytes) -> Iterator[Piece]:
    """Yield RIFF chunks; `end` is after the padding byte."""
    limit = 8 + int.from_bytes(data[4:8], "little")
    if limit > len(data):
        raise Malformed("it ends too early")
    position = 12
    while position + 8 <= limit:
        name = data[position : position + 4]
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        if position + 8 + size > limit:
            raise Malformed("it ends too early")
        end = min(position + 8 + size + (size & 1), limit)
        yield Piece(name, position, position + 8, end)
        position = end


def exif_orientation(block: bytes) -> int:
    """Return tag 0x0112 of the first directory of a TIFF block (1 to 8), 1 if there is none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return 1
    (start,) = struct.unpack_from(order + "I", block, 4)
    if start + 2 > len(block):
        return 1
    (count,) = struct.unpack_from(order + "H", block, start)
    for index in range(count):
        offset = start + 2 + 12 * index
        if offset + 12 > len(block):
            break
        tag, kind, _, value = struct.unpack_from(order + "HHIH", block, offset)
        if tag == _ORIENTATION:
            return value if kind == 3 and 1 <= value <= 8 else 1
    return 1


def _jpeg(data: bytes) -> Header:
    header = Header("JPEG")
    scan = 0
    for piece in jpeg_segments(data):
        code, body = piece.name[0], data[piece.body : min(piece.end, piece.body + 16)]
        if code in _FRAMES and not header.width:
            if len(body) < 6:
                raise Malformed("its size is not told")
            header.height, header.width = struct.unpack_from(">HH", body, 1)
        elif code == 0xE1 and body.startswith(EXIF_PREFIX):
            header.orientation = exif_orientation(data[piece.body + 6 : piece.end])
        elif code == 0xE2 and body.startswith(ICC_PREFIX):
            header.icc = True
        scan = piece.end
    if not header.width or not header.height:
        raise Malformed("its size is not told")
    closing = data.rfind(b"\xff\xd9")  # from the end: the whole scan need not be searched
    if closing < scan:
        raise Malformed("it ends too early")
    header.end = closing + 2
    return header


def _png(data: bytes) -> Header:
    header = Header("PNG")
    first, pixels = True, False
    for piece in png_chunks(data):
        body = data[piece.body : min(piece.end - 4, piece.body + 13)]
        if first and (piece.name != b"IHDR" or len(body) < 13):
            raise Malformed("its size is not told")
        match piece.name:
            case b"IHDR" if first:
                header.width, header.height = struct.unpack_from(">II", body)
                header.alpha = body[9] in (4, 6)
            case b"tRNS":
                header.alpha = True
            case b"iCCP":
                header.icc = True
            case b"eXIf":
                header.orientation = exif_orientation(data[piece.body : piece.end - 4])
            case b"acTL" if len(body) >= 4:
                header.frames = max(1, int.from_bytes(body[:4], "big"))
            case b"IDAT":
                pixels = True
        first = False
        header.end = piece.end
    if not pixels or not header.width or not header.height:
        raise Malformed("it holds no picture")
    return header


def _webp(data: bytes) -> Header:
    header = Header("WEBP", end=8 + int.from_bytes(data[4:8], "little"))
    moving = 0
    for piece in webp_chunks(data):
        body = data[piece.body : min(piece.end, piece.body + 16)]
        match piece.name:
            case b"VP8X" if len(body) >= 10:
                header.icc, header.alpha = bool(body[0] & 0x20), bool(body[0] & 0x10)
                width, height = _canvas(body)
                _grow(header, width, height)
            case b"VP8 " if len(body) >= 10 and body[3:6] == b"\x9d\x01\x2a":
                width, height = struct.unpack_from("<HH", body, 6)
                _grow(header, width & 0x3FFF, height & 0x3FFF)
            case b"VP8L" if len(body) >= 5 and body[0] == 0x2F:
                bits = int.from_bytes(body[1:5], "little")
                header.alpha = header.alpha or bool(bits >> 28 & 1)
                _grow(header, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
            case b"ANMF":
                moving += 1
            case b"EXIF":
                block = data[piece.body : piece.end].removeprefix(EXIF_PREFIX)
                header.orientation = exif_orientation(block)
    header.frames = max(1, moving)
    if not header.width or not header.height:
        raise Malformed("it holds no picture")
    return header


def _canvas(body: bytes) -> tuple[int, int]:
    return (
        int.from_bytes(body[4:7], "little") + 1,
        int.from_bytes(body[7:10], "little") + 1,
    )


def _grow(header: Header, width: int, height: int) -> None:
    """Keep the larger claim: a canvas and a frame that disagree are judged by what costs more."""
    header.width, header.height = max(header.width, width), max(header.height, height)
