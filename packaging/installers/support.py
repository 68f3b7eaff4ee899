"""Lays PySide6's own Python files beside it in the frozen program, compiled once and for all.

The wheel holds them packed into a library, and each start would unpack and compile them anew; the
set-up of a checkout lays them there for the same reason (`devkit/building.py`).
"""

import compileall
import py_compile
import shutil
from collections.abc import Iterator
from pathlib import Path

FOLDER = "files.dir"


def compiled(shiboken: Path, stage: Path) -> Iterator[tuple[str, str]]:
    """Yield the files, compiled in `stage`, and their folders; none where no set-up laid them.

    They are compiled without the time of their source, which packing changes.
    """
    source = shiboken / FOLDER
    if not source.is_dir():
        return
    if stage.exists():
        shutil.rmtree(stage)
    shutil.copytree(source, stage, ignore=shutil.ignore_patterns("__pycache__"))
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(stage, quiet=1, stripdir=str(stage), invalidation_mode=mode)
    for path in sorted(stage.rglob("*")):
        if path.is_file():
            inside = path.relative_to(stage).parent.as_posix()
            yield str(path), f"shiboken6/{FOLDER}/{inside}"
