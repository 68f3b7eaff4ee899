"""Everything that reads what strangers made: a refusal with a sentence is the only other answer."""

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path

from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.files import metadata
from stylestudio_desktop.files.bounds import DEFAULT_LIMITS
from stylestudio_desktop.files.probe import judge
from stylestudio_desktop.providers.comfyui import reading as comfy
from stylestudio_desktop.providers.comfyui import workflows
from stylestudio_desktop.providers.http.answer import Answer
from stylestudio_desktop.providers.protocol import ProviderError
from stylestudio_desktop.services.backup import reading
from stylestudio_desktop.services.batch_table import read_table


@functools.cache
def _file() -> Path:
    """Return the one file that inputs are written to, in memory where the machine has such."""
    fast = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="fuzz", dir=fast if fast.is_dir() else None)) / "input"


def _through_file(read: Callable[[Path], object], data: bytes) -> None:
    _file().write_bytes(data)
    read(_file())


def picture(data: bytes) -> None:
    """Judge a picture by its bytes; nothing is decoded."""
    judge(data, "photo", DEFAULT_LIMITS)


def table(data: bytes) -> None:
    """Read a batch's table."""
    _through_file(lambda path: read_table(path), data)


def workflow(data: bytes) -> None:
    """Read a workflow of the user's own."""
    _through_file(workflows._read, data)


def manifest(data: bytes) -> None:
    """Read a backup's manifest, as `Backup` does."""
    try:
        reading._manifest(data)
    except (ValueError, KeyError, TypeError, RecursionError):  # what Backup.manifest expects of it
        return


def answer(data: bytes) -> None:
    """Read what a service says of an order."""
    said = Answer("Service", 200, {}, data)
    comfy.refusal(said)
    comfy.history_update(said.fields(), {})
    comfy.job_update(said.fields(), {})


def xmp(data: bytes) -> None:
    """Read the metadata of a picture that was made here once, or says so."""
    metadata.description_of(data)


TARGETS = {one.__name__: one for one in (picture, table, workflow, manifest, answer, xmp)}
SEEDS = {
    "picture": [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"RIFF\0\0\0\0WEBPVP8 ",
    ],
    "table": [b"product,style\na.jpg,studio\n", b"\xff\xfep\0r\0"],
    "workflow": [b'{"1":{"class_type":"A","inputs":{}}}'],
    "manifest": [b'{"format":1,"parts":{},"missing":[],"moment":1}'],
    "answer": [b'{"status":"success","outputs":{"1":{"images":[{"filename":"a"}]}}}'],
    "xmp": [b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"],
}  # fmt: skip


def feed(name: str, data: bytes) -> None:
    """Give one input to a target; anything but an answer or a refusal is raised."""
    try:
        TARGETS[name](data)
    except (StudioError, ProviderError):
        return
