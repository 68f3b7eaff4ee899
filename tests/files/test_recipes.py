"""A service's workflow never stays inside of a saved picture; everything else does."""

import io
import json

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.containers import with_xmp, without_recipe, xmp_of

GRAPH = json.dumps({"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": "secret"}}})


def image() -> Image.Image:
    return Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 50).convert("RGB")


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as opened:
        return opened.convert("RGB").tobytes()


@pytest.mark.parametrize("compressed", [False, True])
def test_comfyuis_png_loses_its_workflow_and_keeps_the_rest(compressed: bool) -> None:
    info = PngInfo()
    info.add_text("prompt", GRAPH, zip=compressed)
    info.add_itxt("workflow", GRAPH)
    info.add_text("anything", GRAPH)
    info.add_text("Software", "a camera")
    out = io.BytesIO()
    image().save(out, "PNG", pnginfo=info)
    data = with_xmp(out.getvalue(), b"<x/>")

    bare = without_recipe(data)

    with Image.open(io.BytesIO(bare)) as opened:
        opened.load()
        assert "prompt" not in opened.info
        assert "workflow" not in opened.info
        assert "anything" not in opened.info
        assert opened.info["Software"] == "a camera"
    assert b"secret" not in bare
    assert xmp_of(bare) == b"<x/>"
    assert pixels(bare) == pixels(data)
    assert without_recipe(bare) is bare


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_exif_with_a_workflow_goes(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "workflow:" + GRAPH
    out = io.BytesIO()
    image().save(out, kind, exif=exif)

    bare = without_recipe(out.getvalue())

    assert b"secret" not in bare
    assert pixels(bare) == pixels(out.getvalue())
    with Image.open(io.BytesIO(bare)) as opened:
        assert not opened.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_other_exif_stays(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    out = io.BytesIO()
    image().save(out, kind, exif=exif)

    assert without_recipe(out.getvalue()) is not None
    assert without_recipe(out.getvalue()) == out.getvalue()


def test_what_is_damaged_is_said() -> None:
    out = io.BytesIO()
    image().save(out, "PNG")

    with pytest.raises(BadInput, match="damaged"):
        without_recipe(out.getvalue()[:60])
    with pytest.raises(BadInput, match="not a JPEG"):
        without_recipe(b"hello")
