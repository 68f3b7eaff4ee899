"""The program's icon is there at every size, and its desktop entry finds it."""

import configparser
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "icons" / "app"


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256, 512])
def test_icon_is_sharp_at(size: int) -> None:
    with Image.open(FOLDER / f"stylestudio-{size}.png") as icon:
        assert icon.size == (size, size)
        alpha = icon.convert("RGBA").getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    assert alpha.getpixel((size // 2, size // 2)) == 255


@pytest.mark.parametrize("name", ["stylestudio.svg", "stylestudio-small.svg"])
def test_drawing_is_self_contained(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    assert ET.fromstring(text).tag.endswith("}svg")
    assert "href" not in text
    assert "<text" not in text


def test_bundles_hold_several_sizes() -> None:
    with Image.open(FOLDER / "stylestudio.ico") as icon:
        assert {(16, 16), (32, 32), (48, 48), (256, 256)} <= set(icon.info["sizes"])
    with Image.open(FOLDER / "stylestudio.icns") as icon:
        assert max(size[0] for size in icon.info["sizes"]) >= 512 / 2


def test_desktop_entry_names_the_program_and_the_icon() -> None:
    entry = configparser.ConfigParser(interpolation=None, delimiters="=")
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(ROOT / "packaging" / "linux" / "stylestudio.desktop", encoding="utf-8")
    section = entry["Desktop Entry"]
    assert section["Exec"].split()[0] == "stylestudio"
    assert section["Icon"] == "stylestudio"
    assert section["Type"] == "Application"
    assert section["Categories"].endswith(";")
    # The program takes no files to open, so no file manager may offer it for them.
    assert "MimeType" not in section
    assert "%" not in section["Exec"]
