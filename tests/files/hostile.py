"""Makes the pictures that a careless program trips over, each from nothing but a few numbers."""

import io
import struct
import zlib
from collections.abc import Callable

from PIL import Image, ImageCms, ImageDraw

from stylestudio_desktop.files.headers import PNG_SIGNATURE


def drawing(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    """A picture whose four corners differ: red, green, blue, white (left to right, top first)."""
    image = Image.new("RGB", (width, height), (120, 120, 120))
    draw = ImageDraw.Draw(image)
    x, y = width // 3, height // 3
    draw.rectangle((0, 0, x, y), fill=(220, 20, 20))
    draw.rectangle((width - x, 0, width, y), fill=(20, 200, 20))
    draw.rectangle((0, height - y, x, height), fill=(20, 20, 220))
    draw.rectangle((width - x, height - y, width, height), fill=(255, 255, 255))
    for step in range(0, min(width, height), 7):
        draw.line((x + 9, step, width - x - 9, step), fill=(step % 256, 90, 60))
    return image if mode == "RGB" else image.convert(mode)


def cut_out(width: int = 320, height: int = 240) -> Image.Image:
    """A dark red ellipse on a clear ground."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    box = (width // 4, height // 4, 3 * width // 4, 3 * height // 4)
    ImageDraw.Draw(image).ellipse(box, fill=(150, 10, 30, 255))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)


def png(width: int, height: int, data: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG that claims any size over any data, with right checksums."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(data)), chunk(b"IEND", b"")]
    return PNG_SIGNATURE + b"".join(parts)


def bomb() -> bytes:
    """A few kilobytes that claim, and really inflate to, 20000 × 20000 grey pixels."""
    row = zlib.compress(b"\0" * 20_001 * 500)
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    return PNG_SIGNATURE + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", row), chunk(b"IEND", b"")]
    )


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose frame header claims another size."""
    data = bytearray(encoded(drawing(64, 48)))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    """A WebP whose canvas claims a size far beyond its one small frame."""
    small = encoded(drawing(64, 48), "WEBP")
    canvas = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + small[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def with_orientation(orientation: int, kind: str = "JPEG") -> bytes:
    """`drawing()` stored turned, so that the Exif orientation makes it upright again."""
    image = drawing()
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in undo:
        image = image.transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Secret Camera Maker"
    exif.get_ifd(0x8825)[1] = "N"
    return encoded(image, kind, exif=exif.tobytes(), quality=95)


def foreign_profile() -> bytes:
    """A profile of a space much wider than sRGB: its primaries swapped would show as well."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    where = profile.index("sRGB".encode("utf-16-be"))
    profile[where : where + 8] = "Test".encode("utf-16-be")
    return bytes(profile)


def odd_but_good() -> dict[str, bytes]:
    """Unusual pictures that must be taken."""
    grey16 = Image.new("I;16", (320, 240), 32_768)
    progressive = encoded(drawing(), progressive=True)
    huge_exif = Image.Exif()
    huge_exif[0x010E] = "x" * 60_000
    second = drawing(160, 120)
    return {
        "progressive": progressive,
        "cmyk": encoded(drawing(mode="CMYK")),
        "grey": encoded(drawing(mode="L")),
        "palette": encoded(drawing(mode="P"), "PNG"),
        "palette clear": encoded(drawing(mode="P"), "PNG", transparency=3),
        "grey alpha": encoded(drawing(mode="LA"), "PNG"),
        "one bit": encoded(drawing(mode="1"), "PNG"),
        "sixteen bits": encoded(grey16, "PNG"),
        "one clear colour": encoded(drawing(), "PNG", transparency=(120, 120, 120)),
        "webp lossless": encoded(cut_out(), "WEBP", lossless=True),
        "huge exif": encoded(drawing(), exif=huge_exif.tobytes()),
        "many pictures": encoded(drawing(), "MPO", save_all=True, append_images=[second]),
        "icc": encoded(drawing(), icc_profile=foreign_profile()),
        "film behind it": encoded(drawing()) + b"\0\0\0\x18ftypmp42" + b"\x01" * 5000,
        "one pixel": encoded(drawing().resize((1, 1)), "PNG"),
        "long and thin": encoded(Image.new("RGB", (5000, 1), "red"), "PNG"),
    }


def refused() -> dict[str, tuple[bytes, str]]:
    """Pictures that must be refused without decoding, with a word of the reason."""
    frames = [drawing(), drawing().rotate(90)]
    moving = {"save_all": True, "append_images": frames[1:]}
    gif = encoded(drawing(), "GIF")
    return {
        "empty": (b"", "empty"),
        "garbage": (bytes(range(256)) * 40, "not a JPEG"),
        "text": (b"<html>hello</html>", "not a JPEG"),
        "gif": (gif, "not a JPEG"),
        "gif named jar": (gif + b"PK\x05\x06" + b"\0" * 18, "not a JPEG"),
        "bomb": (bomb(), "is the limit"),
        "lying jpeg": (jpeg_claiming(65_500, 65_500), "is the limit"),
        "lying canvas": (webp_claiming(16_000, 16_000), "is the limit"),
        "lying png": (png(2**31 - 1, 2**31 - 1, b"\0" * 100), "is the limit"),
        "no size": (png(0, 0, b"\0"), "no picture"),
        "animated png": (encoded(frames[0], "PNG", **moving), "animation"),
        "animated webp": (encoded(frames[0], "WEBP", **moving), "animation"),
        "zip behind jpeg": (encoded(drawing()) + b"PK\x03\x04" + b"\0" * 60, "something else"),
        "zip directory": (
            encoded(drawing()) + b"a" * 99 + b"PK\x05\x06" + bytes(18),
            "something else",
        ),
        "page behind png": (encoded(drawing(), "PNG") + b"<script>x</script>", "something else"),
        "pdf in comment": (encoded(drawing(), comment=b"%PDF-1.4 obj"), "something else"),
        "behind webp": (encoded(drawing(), "WEBP") + b"MZ", "something else"),
        "only markers": (b"\xff\xd8\xff\xd9", "no picture"),
        "only a start": (b"\xff\xd8\xff", "too early"),
    }


def lying_but_sized() -> dict[str, bytes]:
    """Headers that pass, over pixels that do not: only a full decode tells."""
    good = bytearray(encoded(drawing(), "PNG"))
    flipped = good.index(b"IDAT") + 40
    good[flipped] ^= 0x55
    return {
        "too few pixels": png(300, 300, b"\0" * 901 * 3),
        "checksum": bytes(good),
        "webp noise": b"RIFF"
        + struct.pack("<I", 42)
        + b"WEBPVP8 "
        + struct.pack("<I", 30)
        + b"\x10\x00\x00\x9d\x01\x2a\x20\x00\x20\x00"
        + b"\x99" * 20,
    }


KINDS: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encoded(drawing()),
    "progressive JPEG": lambda: encoded(drawing(), progressive=True),
    "PNG": lambda: encoded(drawing(), "PNG"),
    "WEBP": lambda: encoded(drawing(), "WEBP"),
}
