"""Everything that reads what strangers made: a refusal with a sentence is the only other answer."""

import functools
import io
import json
import math
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.files import containers, metadata
from stylestudio_desktop.files.bounds import DEFAULT_LIMITS
from stylestudio_desktop.files.codec import decoding
from stylestudio_desktop.files.headers import PNG_SIGNATURE, format_of
from stylestudio_desktop.files.inflate import _ADAM7, holds_every_row
from stylestudio_desktop.files.probe import judge
from stylestudio_desktop.providers import fashn, gemini
from stylestudio_desktop.providers.comfyui import reading as comfy
from stylestudio_desktop.providers.comfyui import workflows
from stylestudio_desktop.providers.fal import models as fal
from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.http.judging import judge as judge_answer
from stylestudio_desktop.providers.openai import images, responses
from stylestudio_desktop.providers.protocol import Prepared, ProviderError
from stylestudio_desktop.providers.replicate import reading as replicate
from stylestudio_desktop.services.backup import reading
from stylestudio_desktop.services.batch_table import read_table
from tests.fuzz import typed


@functools.cache
def _file() -> Path:
    """Return the one file that inputs are written to, in memory where the machine has such."""
    fast = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="fuzz", dir=fast if fast.is_dir() else None)) / "input"


def _through_file(read: Callable[[Path], object], data: bytes) -> None:
    _file().write_bytes(data)
    read(_file())


def picture(data: bytes) -> None:
    """Judge a picture by its bytes, and read and write what it carries; nothing is decoded."""
    judge(data, "photo", DEFAULT_LIMITS)
    containers.xmp_of(data)
    bare = containers.without_recipe(data)
    carried = containers.with_xmp(bare, b"<x/>")
    if containers.xmp_of(carried) != b"<x/>":
        raise AssertionError("what was written is not read back")
    if format_of(data) == "PNG":
        decoding("photo", lambda: holds_every_row(data))


def table(data: bytes) -> None:
    """Read a batch's table."""
    _through_file(lambda path: read_table(path), data)


def workflow(data: bytes) -> None:
    """Build a job from a workflow of the user's own, as far as it would be sent."""

    def build(path: Path) -> None:
        graph = workflows.own(_JOB, path, ["a.png", "b.png"], ["p.png"], "no hands")
        json.dumps(graph, allow_nan=False)

    _through_file(build, data)


def manifest(data: bytes) -> None:
    """Read a backup's manifest, as `Backup` does."""
    try:
        reading._manifest(data)
    except (ValueError, KeyError, TypeError, RecursionError):  # what Backup.manifest expects of it
        return


_STATUS = (200, 400, 402, 404, 422, 429, 500, 503)
_READERS: tuple[Callable[[Answer], object], ...] = (
    lambda said: comfy.history_update(said.fields(), {}),
    lambda said: comfy.job_update(said.fields(), {}),
    lambda said: comfy.older_update("h", said.fields(), "1", {}),
    lambda said: comfy.queue_update(said.fields(), "1"),
    lambda said: comfy.readiness(said.fields(), 1),
    lambda said: comfy.execution_error(said.fields()),
    lambda said: comfy.refusal(said),
    lambda said: images.pictures_of(said),
    lambda said: responses.pictures_of(said.fields()),
    lambda said: responses.failure(said.fields()),
    lambda said: gemini._none_made(said.fields(), said),
    lambda said: gemini._judge(said),
    lambda said: fal.ended_badly(said.fields()),
    lambda said: fal.per_picture(said.fields(), "m"),
    lambda said: fal.judge_result(said),
    lambda said: fashn._failure(said.fields()),
    lambda said: fashn._judge(said),
    lambda said: replicate.failure(said.fields()),
    lambda said: replicate.ran_out(said.fields()),
    lambda said: judge_answer(said, ["secret"]),
)
"""Every reading room of every service; the first byte of an input chooses one and a status."""


def answer(data: bytes) -> None:
    """Read what a service says of an order."""
    chosen, body = data[:1], data[1:]
    number = chosen[0] if chosen else 0
    status = _STATUS[number // len(_READERS) % len(_STATUS)]
    headers = {"retry-after": body[:20].decode("latin-1")}
    _READERS[number % len(_READERS)](Answer("Service", status, headers, body, bool(number & 1)))


def xmp(data: bytes) -> None:
    """Read the metadata of a picture that was made here once, or says so."""
    metadata.description_of(data)


_JOB = Prepared(
    "intent", Brief(products=(FileId(1),), count=2, strength=0.5, guidance_scale=7.0,
                    num_inference_steps=20), "a coat", 7, 512, 640, (), (),
)  # fmt: skip


def settings(data: bytes) -> None:
    """Read a workspace's settings."""
    _through_file(typed.settings, data)


TARGETS = {
    one.__name__: one
    for one in (
        picture, table, workflow, manifest, answer, xmp, typed.words, settings, typed.dropped,
    )
}  # fmt: skip


def _pictures() -> Iterator[bytes]:
    """Yield a small whole picture of each kind, and the beginning of each."""
    for kind in ("PNG", "JPEG", "WEBP"):
        made = io.BytesIO()
        Image.new("RGB", (8, 6), "teal").save(made, kind)
        yield made.getvalue()
        yield made.getvalue()[:24]
    yield from _unusual()


def _unusual() -> Iterator[bytes]:
    """Yield whole pictures with what few have: rooms of a reader that plain ones never enter."""
    exif = Image.Exif()
    exif[0x0112] = 6
    carried = metadata.packet_of(_MADE)
    recipe = PngInfo()
    recipe.add_text("prompt", '{"1":{"class_type":"A"}}')
    recipe.add_itxt("XML:com.adobe.xmp", carried.decode(), zip=True)
    plain, clear = (Image.new(mode, (8, 6), "teal") for mode in ("RGB", "RGBA"))
    frames = [Image.new("RGBA", (8, 6), colour) for colour in ("red", "navy")]
    for image, kind, given in (
        (plain, "JPEG", {"progressive": True, "exif": exif, "icc_profile": b"x" * 40}),
        (plain, "JPEG", {"xmp": carried, "comment": b'{"class_type":"A"}'}),
        (plain, "MPO", {"save_all": True, "append_images": [plain]}),
        (plain.convert("P"), "PNG", {"transparency": 0, "exif": exif}),
        (plain, "PNG", {"pnginfo": recipe, "icc_profile": b"x" * 40}),
        (clear, "PNG", {"save_all": True, "append_images": frames}),
        (clear, "WEBP", {"lossless": True, "exif": exif, "xmp": carried}),
        (clear, "WEBP", {"save_all": True, "append_images": frames}),
        (clear, "WEBP", {"icc_profile": b"x" * 40}),
    ):
        made = io.BytesIO()
        image.save(made, kind, **given)
        yield made.getvalue()
    yield _interlaced()


def _interlaced() -> bytes:
    """Return a PNG in Adam7's seven passes, which Pillow does not write."""
    rows = b"".join(
        bytes(1 + math.ceil((9 - x) / right)) * math.ceil((9 - y) / down)
        for x, y, right, down in _ADAM7
        if x < 9 and y < 9
    )
    out = PNG_SIGNATURE
    head = struct.pack(">IIBBBBB", 9, 9, 8, 0, 0, 0, 1)
    for name, body in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        out += struct.pack(">I", len(body)) + name + body
        out += struct.pack(">I", zlib.crc32(name + body))
    return out


_NODES = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "x"},
          "_meta": {"title": "studio:product"}},
    "2": {"class_type": "LoadImage", "inputs": {"image": "x"},
          "_meta": {"title": "studio:product2"}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]},
          "_meta": {"title": "Studio: prompt"}},
    "4": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 2, "cfg": 7, "denoise": 1,
          "latent": ["3", 0]}, "_meta": {"title": "studio:seed"}},
    "5": {"class_type": "SaveImage", "inputs": {"images": ["4", 0]},
          "_meta": {"title": "studio:result"}},
    "6": {"class_type": "SaveImage", "inputs": {"images": ["4", 0]}},
    "7": {"class_type": "E", "inputs": {"width": 1}, "_meta": {"title": "studio:width"}},
}  # fmt: skip


_SAID = (
    b'{"status":"success","outputs":{"1":{"images":[{"filename":"a","subfolder":"","type":"x"}]}}}',
    b'{"queue_running":[[0,"1",{},{}]],"queue_pending":[]}',
    b'{"data":[{"b64_json":"iVBORw0KGgo="}],"usage":{"total_tokens":5}}',
    b'{"output":[{"type":"image_generation_call","result":"iVBORw0KGgo="}]}',
    b'{"candidates":[{"finishReason":"IMAGE_SAFETY","content":{"parts":[{"text":"no"}]}}]}',
    b'{"error_type":"content_policy","error":"no","endpoint_id":"m","unit":"images"}',
    b'{"error":{"name":"ImageLoadError","message":"no"},"code":"OutOfCredits","status":"failed"}',
    b'{"completed_at":"2026-01-01T00:00:00Z","deadline":"2026-01-01T00:00:00Z","error":"nsfw"}',
)
_MADE = metadata.Description(
    metadata.DigitalSource.GENERATED, prompt="a coat", parameters={"count": 2}, sources=("0" * 64,),
    title="Coat", label="Made with AI", system="local", version="1", generation="7", made_at=1,
)  # fmt: skip
SEEDS = {
    "picture": list(_pictures()),
    "table": [
        b"product,style\na.jpg,studio\n",
        b"\xff\xfep\0r\0",
        'product;model;prompt\n"a;b.jpg";x.jpg;"say ""no""\nnow"\n;;\n'.encode("utf-16"),
        b"sep=;\nproduct;Aspect ratio;Negative;colour\na.jpg;1:1;hands;red\n",
        b"\xef\xbb\xbfproduct|count|seed\r\na.jpg|2|7\r\n\r\n",
        b"product\tprompt\na.jpg\tcaf\xe9\n",
        b"style,product\nx,\"unclosed\n",
        b"product,product\na,b\n",
    ],
    "workflow": [
        b'{"1":{"class_type":"A","inputs":{}}}',
        json.dumps(_NODES).encode(),
        json.dumps({**_NODES, "4": _NODES["3"]}).encode(),
        json.dumps({"nodes": [], "links": []}).encode(),
        json.dumps({**_NODES, "8": {"class_type": "B", "inputs": {"x": float("nan")}}}).encode(),
        b'{"1":{"class_type":"A","inputs":{"x":' + b"[" * 700 + b"]" * 700 + b"}}}",
    ],
    "manifest": [
        b'{"format":1,"parts":{},"missing":[],"moment":1}',
        json.dumps({
            "format": reading.FORMAT, "moment": 1, "schema": 11, "program": "0.1.0", "library": "1",
            "pictures": 1, "missing": ["0" * 64],
            "parts": {name: {"size": 1, "sha256": "0" * 64} for name in reading.PARTS},
        }).encode(),
    ],
    "answer": [bytes([number]) + said for said in _SAID for number in range(len(_READERS))],
    **typed.SEEDS,
    "xmp": [b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", metadata.packet_of(_MADE)],
}  # fmt: skip


def feed(name: str, data: bytes) -> None:
    """Give one input to a target; anything but an answer or a refusal is raised."""
    try:
        TARGETS[name](data)
    except (StudioError, ProviderError):
        return
