"""Keeps pictures that came inside of an answer: they were paid for and can't be asked for again.

They lie in the job's own folder, listed in a note that is written last. So a crash right after
the answer loses nothing: whoever looks for the job finds the note.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stylestudio_desktop.providers.protocol import Context, Kind, Output, ProviderError

_NOTE = "answer.json"
KEPT_ID = "kept-in-the-jobs-folder"
"""The remote id of a job whose pictures already lie here."""


def keep(
    pictures: Sequence[tuple[bytes, Mapping[str, Any]]], context: Context
) -> tuple[Output, ...]:
    """Write pictures with their facts into the job's folder, durably. Raises OSError."""
    context.workdir.mkdir(parents=True, exist_ok=True, mode=0o700)
    outputs = []
    for position, (content, facts) in enumerate(pictures):
        name = f"answer-{position}.picture"
        _write(context.workdir / name, content)
        outputs.append(Output(position, name, dict(facts)))
    note = [[one.position, one.locator, dict(one.facts)] for one in outputs]
    _write(context.workdir / _NOTE, json.dumps(note).encode())
    return tuple(outputs)


def kept(context: Context) -> tuple[Output, ...]:
    """Return the pictures that an earlier answer left here, none if it left none."""
    try:
        note = json.loads((context.workdir / _NOTE).read_bytes())
        return tuple(Output(int(number), str(name), dict(facts)) for number, name, facts in note)
    except (OSError, ValueError, TypeError):
        return ()


def hand_over(output: Output, sink: Path, context: Context) -> None:
    """Copy a kept picture to `sink`. Raises ProviderError where it has gone."""
    source = context.workdir / Path(output.locator).name
    if not source.is_file() or source.is_symlink():
        raise ProviderError(
            Kind.GONE,
            "The finished picture is no longer in the job's folder, and the service can't send it "
            "twice. Try again to have it made anew.",
        )
    shutil.copyfile(source, sink)


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.tmp")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
