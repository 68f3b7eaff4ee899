"""Judges a picture by its bytes before anything decodes it, and says why one is refused."""

import os
from dataclasses import dataclass
from pathlib import Path

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.bounds import DEFAULT_LIMITS as DEFAULT_LIMITS
from stylestudio_desktop.files.bounds import STORED_LIMITS as STORED_LIMITS
from stylestudio_desktop.files.bounds import Limits as Limits
from stylestudio_desktop.files.codec import allow_pixels, decoding, open_picture
from stylestudio_desktop.files.disk import open_regular, source_error
from stylestudio_desktop.files.headers import Header, Malformed, format_of, read_header
from stylestudio_desktop.files.inflate import holds_every_row

CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
_NAMES = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP"}
# What a second document behind or inside a picture begins with: archives, PDF, markup.
_FOREIGN = (b"PK\x03\x04", b"PK\x05\x06", b"%PDF-", b"Rar!", b"7z\xbc\xaf")
_MARKUP = (b"<script", b"<html", b"<?php", b"<!doctype")


@dataclass(frozen=True, slots=True)
class Probe:
    """A picture as it was found: size in bytes, width and height in pixels after the Exif turn."""

    format: str
    content_type: str
    width: int
    height: int
    orientation: int
    icc: bool
    alpha: bool
    size: int
    frames: int = 1


def probe(
    path: Path, limits: Limits = DEFAULT_LIMITS, *, decode: bool = False, name: str | None = None
) -> Probe:
    """Return what kind of picture lies at `path`, or raise BadInput with the reason.

    Only JPEG, PNG and WebP stills pass, by content; the file's name and any declared type count
    for nothing. Pictures that move, hold a second document or end early are refused. With
    `decode` every pixel is decoded as well (and PNG checksums are checked), which a service's
    result must survive before its job is complete. `name` is how the sentence calls the file.
    """
    called = name or path.name
    data = read_whole(path, limits, called)
    header = judge(data, called, limits)
    if decode:
        decode_fully(data, header, called)
    return described(header, len(data))


def described(header: Header, size: int) -> Probe:
    """Return what a judged header means to the rest of the house; `size` in bytes."""
    turned = header.orientation >= 5
    return Probe(
        format=header.format,
        content_type=CONTENT_TYPES[header.format],
        width=header.height if turned else header.width,
        height=header.width if turned else header.height,
        orientation=header.orientation,
        icc=header.icc,
        alpha=header.alpha,
        size=size,
    )


def read_whole(path: Path, limits: Limits, name: str) -> bytes:
    """Return the bytes of an ordinary file within the limit, or raise BadInput.

    Read once and not mapped: a mapped file that is cut short by another program meanwhile would
    end this one by SIGBUS, and what is judged must be what is decoded.
    """
    descriptor = open_regular(path)
    with os.fdopen(descriptor, "rb", buffering=0) as opened:
        size = os.fstat(opened.fileno()).st_size
        _judge_size(size, name, limits)
        try:
            # One byte more than there is: room for the whole limit would cost as much as reading.
            data = opened.read(size + 1)
        except OSError as error:
            raise source_error(error, name) from error
    _judge_size(len(data), name, limits)
    return data


def judge(data: bytes, name: str, limits: Limits) -> Header:
    """Return the header of a picture that may be decoded, or raise BadInput. Decodes nothing."""
    _judge_size(len(data), name, limits)
    try:
        header = read_header(data)
    except Malformed as error:
        kind = _NAMES[format_of(data) or "JPEG"]
        raise BadInput(
            f"“{name}” begins as a {kind} picture, but {error}. Nothing was changed; "
            "save or download it again."
        ) from error
    if header is None:
        raise BadInput(
            f"“{name}” is not a JPEG, PNG or WebP picture, whatever its name says. "
            "Nothing was changed; save it as one of these."
        )
    if header.frames > 1:
        raise BadInput(
            f"“{name}” is an animation of {header.frames} pictures. Nothing was changed; "
            "save the one still picture that you want."
        )
    pixels = header.width * header.height
    if pixels > limits.max_pixels:
        raise BadInput(
            f"“{name}” has {header.width} × {header.height} pixels, {pixels / 1e6:.3g} million; "
            f"{limits.max_pixels / 1e6:.3g} million is the limit. Nothing was changed; "
            "make it smaller, or raise the limit in the settings."
        )
    if _holds_more(data, header):
        raise BadInput(
            f"“{name}” holds something else besides the picture. Nothing was changed; "
            "open it in a picture editor and save it anew."
        )
    allow_pixels(limits.max_pixels)
    return header


def decode_fully(data: bytes, header: Header, name: str) -> None:
    """Decode every pixel of a judged picture, or raise BadInput."""

    def work() -> None:
        check_whole(data, header)
        with open_picture(data, header) as opened:
            opened.load()

    decoding(name, work)


def check_whole(data: bytes, header: Header) -> None:
    """Raise if a PNG's checksums or rows tell of damage that decoding it would pass over.

    It is the only format of the three that carries checksums. To be called inside `decoding`.
    """
    if header.format != "PNG":
        return
    with open_picture(data, header) as opened:
        opened.verify()
    if not holds_every_row(data):
        raise ValueError("rows are missing")


def _judge_size(size: int, name: str, limits: Limits) -> None:
    if size == 0:
        raise BadInput(f"“{name}” is empty. Nothing was changed; save or download it again.")
    if size > limits.max_bytes:
        raise BadInput(
            f"“{name}” has {size / 1_048_576:.1f} MB; {limits.max_bytes / 1_048_576:.3g} MB is "
            "the limit. Nothing was changed; save it smaller, or raise the limit in the settings."
        )


def _holds_more(data: bytes, header: Header) -> bool:
    """Return whether a second document hides in the file (a polyglot).

    Phones put film clips, depth maps and padding behind a JPEG, so there only the beginnings of
    documents count; behind PNG and WebP nothing but zeros belongs.
    """
    if b"%PDF-" in data[:1024]:
        return True
    tail = data[header.end : header.end + 4096]
    if header.format != "JPEG":
        return bool(tail.strip(b"\0")) or len(data) - header.end > 4096
    start = tail.lstrip(b"\0\r\n\t ")
    if start.startswith(_FOREIGN) or start.lower().startswith(_MARKUP):
        return True
    # The directory that ends a ZIP of one disk lies within its last 65,557 bytes. It may lie
    # before a closing mark of our own format, so what is searched is the file's end as such.
    return data.find(b"PK\x05\x06\0\0\0\0", max(0, len(data) - 65_557)) >= 0
