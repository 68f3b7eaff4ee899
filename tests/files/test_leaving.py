"""What leaves this computer or the library: nothing private, nothing overwritten, right pixels."""

import errno
import hashlib
import io
import os
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from stylestudio_desktop.domain.errors import BadInput, StorageError, StorageFull
from stylestudio_desktop.files import export
from stylestudio_desktop.files.export import export_picture, write_new
from stylestudio_desktop.files.metadata import Description, DigitalSource, description_in
from stylestudio_desktop.files.names import fill_pattern, safe_stem
from stylestudio_desktop.files.presets import Marketplace, Original, Web, encode
from stylestudio_desktop.files.probe import probe
from stylestudio_desktop.files.sending import prepare_for_sending
from tests.files import hostile


def put(folder: Path, data: bytes, name: str = "picture") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def opened(source: Path | bytes) -> Image.Image:
    image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
    image.load()
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_private_is_sent(tmp_path: Path, orientation: int, kind: str) -> None:
    source = put(tmp_path, hostile.with_orientation(orientation, kind))
    assert b"Secret Camera" in source.read_bytes()
    sent = prepare_for_sending(source, tmp_path / "out", 2048, 10**7)
    data = (tmp_path / "out").read_bytes()
    assert b"Secret Camera" not in data
    image = opened(data)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert image.size == (320, 240) == (sent.width, sent.height)
    red = image.getpixel((20, 20))
    assert red[0] > 150 > red[1] + red[2]
    assert sent.sha256 == hashlib.sha256(data).hexdigest()
    assert (sent.size, sent.content_type) == (len(data), "image/jpeg")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "picture"]


def test_a_cut_out_is_sent_as_png(tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.cut_out(), "WEBP", lossless=True))
    sent = prepare_for_sending(source, tmp_path / "out", 200, 10**7)
    image = opened(tmp_path / "out")
    assert (sent.content_type, image.format, image.mode) == ("image/png", "PNG", "RGBA")
    assert image.size == (200, 150)
    assert image.getpixel((1, 1))[3] == 0


def test_a_wide_colour_space_becomes_srgb(tmp_path: Path) -> None:
    profile = hostile.foreign_profile()
    source = put(tmp_path, hostile.encoded(hostile.drawing(), icc_profile=profile, quality=95))
    prepare_for_sending(source, tmp_path / "out", 2048, 10**7)
    colour = opened(tmp_path / "out").getpixel((20, 20))
    assert colour[1] > colour[0]
    assert "icc_profile" not in opened(tmp_path / "out").info


@pytest.mark.parametrize("alpha", [False, True])
def test_limits_of_a_service_are_met(tmp_path: Path, alpha: bool) -> None:
    noise = Image.effect_noise((900, 700), 90).convert("RGBA" if alpha else "RGB")
    if alpha:
        noise.putpixel((0, 0), (0, 0, 0, 0))
    source = put(tmp_path, hostile.encoded(noise, "PNG"))
    sent = prepare_for_sending(source, tmp_path / "out", 800, 60_000)
    assert sent.size <= 60_000
    assert max(sent.width, sent.height) <= 800
    assert probe(tmp_path / "out", decode=True).size == sent.size
    with pytest.raises(BadInput, match="cannot be made smaller"):
        prepare_for_sending(source, tmp_path / "small", 800, 200)
    assert not (tmp_path / "small").exists()


WINDOWS_DEVICES = ["con", "NUL", "aux.txt", "COM1", "lpt9.tar.gz", "COM¹", "CONIN$", "prn "]


@pytest.mark.parametrize("name", WINDOWS_DEVICES)
def test_devices_are_no_names(name: str) -> None:
    assert safe_stem(name).startswith("_")


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Windows\\x", "C Windows x"),
        ("dress.", "dress"),
        (" . ", "picture"),
        ("", "picture"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\0b\nc", "a b c"),
        ("e\u0301te\u0301", "été"),
        ("裙" * 300, "裙" * 66),
        ("console", "console"),
    ],
)
def test_names(given_name: str, safe: str) -> None:
    assert safe_stem(given_name) == safe


@given(st.text(max_size=300))
def test_any_text_becomes_one_portable_part(text: str) -> None:
    stem = safe_stem(text)
    assert stem == stem.strip()
    assert not stem.endswith(".")
    assert stem not in ("", ".", "..")
    assert PurePosixPath(f"/t/{stem}.jpg").parent == PurePosixPath("/t")
    assert PureWindowsPath(f"c:/t/{stem}.jpg").name == f"{stem}.jpg"
    assert len(f"{stem} (9999).webp".encode()) <= 255
    assert safe_stem(stem) == stem


def test_patterns() -> None:
    fields = {"name": "Dress/1", "style": "vintage", "n": 7, "date": "2026-11-22"}
    assert fill_pattern("{name} {style} {n}", fields) == "Dress 1 vintage 7"
    assert fill_pattern("{date}_{n:03}", fields) == "2026-11-22_007"
    assert fill_pattern("{quality}", fields) == "picture"
    assert fill_pattern("{name}", {"name": "{n}"}) == "{n}"
    for wrong in ("{nope}", "{name.__class__}", "{n:9999}", "{n!r}", "{", "{name", "}{"):
        with pytest.raises(BadInput):
            fill_pattern(wrong, fields)


def test_never_over_anything(tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing(), "PNG"))
    target = tmp_path / "target"
    target.mkdir()
    (target / "dress.png").write_text("mine")
    (target / "dress (2).png").symlink_to(tmp_path / "victim")
    (target / "dress (3).png").mkdir()
    made = export_picture(source, target, "dress")
    assert made == target.resolve() / "dress (4).png"
    assert made.read_bytes() == source.read_bytes()
    assert (target / "dress.png").read_text() == "mine"
    assert not (tmp_path / "victim").exists()
    assert len(list(target.iterdir())) == 4


def test_never_outside_the_folder(tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing()))
    target = tmp_path / "target"
    target.mkdir()
    made = export_picture(source, target, "../../escape")
    assert made.parent == target.resolve()
    (tmp_path / "link").symlink_to(target)
    for wrong in (tmp_path / "link", tmp_path / "absent", source):
        with pytest.raises(BadInput):
            export_picture(source, wrong, "x")


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool, number: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "planted")

    if links:
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(os, "link", fail)
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StorageFull if number == errno.ENOSPC else StorageError):
        write_new(b"data", tmp_path, "a", ".jpg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX branch")
def test_a_memory_stick_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(export.os, "link", refuse)
    assert write_new(b"one", tmp_path, "a", ".jpg").name == "a.jpg"
    assert write_new(b"two", tmp_path, "a", ".jpg").name == "a (2).jpg"
    assert (tmp_path / "a.jpg").read_bytes() == b"one"
    assert len(list(tmp_path.iterdir())) == 2


def test_original_keeps_every_byte_and_takes_a_description(tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing(), "WEBP"))
    assert encode(source, Original()) == (source.read_bytes(), ".webp")
    described = Description(DigitalSource.GENERATED, prompt="a dress")
    target = tmp_path / "t"
    target.mkdir()
    made = export_picture(source, target, "x", Original(), described)
    assert description_in(made) == described


def test_web_is_small_upright_srgb_on_white(tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.cut_out(3000, 2000), "PNG"))
    data, suffix = encode(source, Web(max_side=600), Description(DigitalSource.COMPOSITE))
    image = opened(data)
    assert (suffix, image.format, image.size, image.mode) == (".jpg", "JPEG", (600, 400), "RGB")
    assert image.getpixel((2, 2)) == (255, 255, 255)
    assert image.info["icc_profile"]
    turned = put(tmp_path, hostile.with_orientation(8))
    assert opened(encode(turned, Web())[0]).size == (320, 240)
    with pytest.raises(BadInput):
        encode(source, Web(max_side=0))


def extent(image: Image.Image) -> tuple[int, int, int, int]:
    dark = image.convert("L").point(lambda value: 255 if value < 200 else 0).getbbox()
    assert dark is not None
    return dark


@pytest.mark.parametrize("fill", [0.85, 1.0])
def test_marketplace_rules_are_met(tmp_path: Path, fill: float) -> None:
    source = put(tmp_path, hostile.encoded(hostile.cut_out(), "PNG"))
    image = opened(encode(source, Marketplace(pixels=1000, fill=fill))[0])
    assert image.size == (1000, 1000)
    left, top, right, bottom = extent(image)
    assert abs(max(right - left, bottom - top) - 1000 * fill) <= 4
    assert abs((left + right) - 1000) <= 4
    assert abs((top + bottom) - 1000) <= 4
    assert image.getpixel((0, 0)) == image.getpixel((999, 500 if fill < 1 else 0)) == (255,) * 3
    assert sum(image.histogram()[255:256]) > 1000 * 1000 * 0.2


def test_marketplace_by_mask(tmp_path: Path) -> None:
    source = put(tmp_path, hostile.encoded(hostile.drawing(400, 300)))
    mask = Image.new("L", (400, 300), 0)
    mask.paste(255, (100, 50, 300, 250))
    cut = put(tmp_path, hostile.encoded(mask, "PNG"), "mask")
    image = opened(encode(source, Marketplace(pixels=800, fill=0.9, mask=cut))[0])
    left, top, right, bottom = image.convert("L").point(lambda v: 255 * (v < 250)).getbbox()
    assert abs((right - left) - 720) <= 6
    assert abs((bottom - top) - 720) <= 6
    wrong = put(tmp_path, hostile.encoded(mask.resize((9, 9)), "PNG"), "wrong")
    with pytest.raises(BadInput, match="mask"):
        encode(source, Marketplace(mask=wrong))


def test_marketplace_says_what_it_needs(tmp_path: Path) -> None:
    opaque = put(tmp_path, hostile.encoded(hostile.drawing()))
    with pytest.raises(BadInput, match="no clear background"):
        encode(opaque, Marketplace())
    empty = put(tmp_path, hostile.encoded(Image.new("RGBA", (50, 50)), "PNG"))
    with pytest.raises(BadInput, match="clear all over"):
        encode(empty, Marketplace())
    with pytest.raises(BadInput, match="edge"):
        encode(opaque, Marketplace(pixels=10))
