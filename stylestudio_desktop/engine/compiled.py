"""Keeps networks as they were made ready for this processor, so that the next start is a short one.

Making a network ready takes three times as long as reading what was made. It is written by the
runtime itself and gives the same numbers. Whatever is not exactly what was written, for these
weights, this runtime and this processor, counts as not there.
"""

import contextlib
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stylestudio_desktop import __version__

FOLDER = "ready"
DIGEST = 32  # bytes of a SHA-256


class Compiled:
    """The networks that were made ready before, one file for each in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def take(self, core: Any, name: str, seal: bytes, settings: Mapping[str, Any]) -> Any | None:
        """Return the network kept as `name` under `seal`; None if there is none that is whole.

        The file lies aside while it is read: should the runtime fall over it, the next start finds
        none and makes the network ready anew.
        """
        path = self._folder / f"{name}.net"
        aside = path.with_suffix(".aside")
        try:
            path.replace(aside)
            data = aside.read_bytes()
        except OSError:
            return None
        kept = memoryview(data)[2 * DIGEST :]
        if data[:DIGEST] != seal or data[DIGEST : 2 * DIGEST] != hashlib.sha256(kept).digest():
            return None
        try:
            found = core.import_model(io.BytesIO(kept), "CPU", dict(settings))
        except Exception:  # the runtime has no kind of error for what it can't use
            return None
        with contextlib.suppress(OSError):
            aside.replace(path)
        return found

    def keep(self, network: Any, name: str, seal: bytes) -> None:
        """Write a network that was made ready; one that can't be written is made ready again."""
        path = self._folder / f"{name}.net"
        part = path.with_suffix(".part")
        try:
            stream = io.BytesIO()
            network.export_model(stream)
            data = stream.getbuffer()
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(seal + hashlib.sha256(data).digest())
                file.write(data)
            part.replace(path)
        except Exception:  # a full disk, or whatever the runtime has against it
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def seal(runtime: Any, core: Any, source: Path, settings: Mapping[str, Any]) -> bytes:
    """Return a digest of all that a network made of the weights `source` depends on.

    The program's version is part of it, since the program chooses which layers are kept.
    """
    told = source.stat()
    known = {
        "program": __version__,
        "weights": [str(source), told.st_size, told.st_mtime_ns],
        "runtime": runtime.get_version(),
        "processor": [
            str(core.get_property("CPU", name))
            for name in ("FULL_DEVICE_NAME", "DEVICE_ARCHITECTURE", "OPTIMIZATION_CAPABILITIES")
        ],
        "settings": {name: str(value) for name, value in settings.items()},
    }
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).digest()
