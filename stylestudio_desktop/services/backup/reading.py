"""Reads full backups, in a folder or a single file, and judges every byte before it is used.

A backup may come from anywhere. Names inside one are never followed: what is looked for is named
by us, pictures by their digest.
"""

import contextlib
import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO, cast

from stylestudio_desktop.domain.errors import BadInput, Stopped, StorageError
from stylestudio_desktop.domain.keeping import stamp
from stylestudio_desktop.files.answering import answers, must_answer
from stylestudio_desktop.files.disk import open_regular
from stylestudio_desktop.files.identity import STORAGE_ID

FORMAT = 1
MANIFEST = "manifest.json"
LIST = "files.sha256"
DATABASE = "library.sqlite3"
SETTINGS = "settings.json"
CATALOGUE = "catalogue.json"
PARTS = (DATABASE, LIST, SETTINGS, CATALOGUE)
HOUSE = "stylestudio-backup"
"""The folder that is made in the place which a person chose."""

_LARGEST_MANIFEST = 1_000_000
_VERSION = re.compile(r"\d{8}T\d{9}Z")
_LINE = re.compile(rb"([0-9a-f]{64})  files/([0-9a-f]{2})/([0-9a-f]{2})/([0-9a-f]{64})\n")
BLOCK = 1 << 20
Progress = Callable[[int, int, str], None]


def silent(_done: int, _all: int, _name: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup beside its pictures."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a full backup says it holds; `missing` pictures were not there when it was made."""

    moment: int
    schema: int
    program: str
    library: str
    pictures: int
    missing: tuple[str, ...]
    parts: dict[str, Part]

    def text(self) -> str:
        """Return it as it is written into the backup."""
        parts = {name: {"size": one.size, "sha256": one.sha256} for name, one in self.parts.items()}
        return json.dumps(
            {
                "format": FORMAT,
                "moment": self.moment,
                "schema": self.schema,
                "program": self.program,
                "library": self.library,
                "pictures": self.pictures,
                "missing": list(self.missing),
                "parts": parts,
            },
            indent=1,
        )


def picture_name(storage_id: str) -> str:
    """Return where a picture lies in a backup."""
    return f"files/{storage_id[:2]}/{storage_id[2:4]}/{storage_id}"


class Backup:
    """One complete backup; `home` is its folder or its file."""

    def __init__(self, home: Path, pictures: Path | None = None) -> None:
        """Read the manifest in `home`; `pictures` is the folder above `files`, for a folder.

        Raises BadInput when it is no backup of ours.
        """
        self.home = home
        self._pictures = pictures
        self._zip: zipfile.ZipFile | None = None
        self._file: BinaryIO | None = None
        try:
            if pictures is None:
                self._file = open_regular_file(home)
                self._zip = zipfile.ZipFile(self._file)
            self.manifest = _manifest(self.read(MANIFEST, _LARGEST_MANIFEST))
        except (zipfile.BadZipFile, StorageError, KeyError, TypeError, ValueError) as error:
            self.close()
            raise BadInput(
                f"“{home.name}” is no complete backup of this program ({error}). Nothing was "
                "changed. Choose another."
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._zip = None
        if self._file is not None:
            self._file.close()

    def open(self, name: str) -> BinaryIO:
        """Open a part, or a picture by its `picture_name`. Raises StorageError if it is gone."""
        if self._pictures is None:
            return self._open_packed(name)
        base = self.home if name in (*PARTS, MANIFEST) else self._pictures
        try:
            return open_regular_file(base / name)
        except BadInput as error:
            raise StorageError(f"{name} is missing from the backup") from error

    def _open_packed(self, name: str) -> BinaryIO:
        if self._zip is None:
            raise ValueError("this backup is closed")
        try:
            found = self._zip.getinfo(name)
        except KeyError as error:
            raise StorageError(f"{name} is missing from the backup") from error
        # We pack without compression; a foreign entry could unpack to any size.
        if found.compress_type != zipfile.ZIP_STORED:
            raise StorageError(f"{name} in the backup is packed in another way than ours")
        return cast(BinaryIO, self._zip.open(found))

    def read(self, name: str, limit: int) -> bytes:
        """Return a small part whole. Raises StorageError when it is missing or larger."""
        with self.open(name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise StorageError(f"{name} in the backup is too large")
        return data

    def pictures(self) -> Iterator[str]:
        """Yield the digest of every picture that the backup holds, in its order."""
        with self.open(LIST) as file:
            while line := file.readline(300):
                found = _LINE.fullmatch(line)
                if found is None or found[4][:4] != found[2] + found[3] or found[1] != found[4]:
                    raise StorageError(f"{LIST} in the backup has a line that is not ours")
                yield found[1].decode()


def open_regular_file(path: Path) -> BinaryIO:
    """Open an ordinary file for reading, following no link. Raises BadInput."""
    return os.fdopen(open_regular(path, follow=False), "rb")


def _manifest(data: bytes) -> Manifest:
    found = json.loads(data)
    if found["format"] != FORMAT:
        raise ValueError(f"its format is {str(found['format'])[:20]}, this program reads {FORMAT}")
    parts = {}
    for name in PARTS:
        if name in found["parts"]:
            one = found["parts"][name]
            parts[name] = Part(_whole(one["size"]), _digest(one["sha256"]))
    missing = tuple(_digest(one) for one in found["missing"])
    if DATABASE not in parts or LIST not in parts:
        raise ValueError("its manifest names no database or no list of pictures")
    return Manifest(
        moment=_whole(found["moment"]),
        schema=_whole(found["schema"]),
        program=str(found["program"])[:40],
        library=str(found["library"])[:40],
        pictures=_whole(found["pictures"]),
        missing=missing,
        parts=parts,
    )


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 1 << 62:
        raise ValueError("a number in its manifest is none")
    return value


def _digest(value: Any) -> str:
    if not isinstance(value, str) or not STORAGE_ID.fullmatch(value):
        raise ValueError("a digest in its manifest is none")
    return value


def house(place: Path) -> Path:
    """Return the folder of backups at the place that a person named."""
    return place if place.name == HOUSE else place / HOUSE


def versions(place: Path) -> list[Path]:
    """Return the folders of complete backups at `place`, newest first."""
    home = house(place)
    if not answers(place):
        return []
    try:
        found = [one for one in home.iterdir() if _VERSION.fullmatch(one.name) and one.is_dir()]
    except OSError:
        return []
    return sorted((one for one in found if (one / MANIFEST).is_file()), reverse=True)


def find(place: Path) -> Backup:
    """Return the backup that is meant: a file, one version's folder, or a place's newest.

    Raises BadInput when there is none, StorageError where the disk does not answer.
    """
    must_answer(place)
    if place.is_file():
        return Backup(place)
    if (place / MANIFEST).is_file():
        return Backup(place, place.parent)
    newest = next(iter(versions(place)), None)
    if newest is None:
        raise BadInput(
            f"There is no complete backup at “{place}”. Nothing was changed. Check that the disk "
            "is connected, and choose the folder or file of a backup."
        )
    return Backup(newest, newest.parent)


def name_of(moment: int) -> str:
    """Return what a backup of that moment (UTC milliseconds) is called."""
    return stamp(moment)


def copy_checked(source: BinaryIO, target: BinaryIO | None, check: Callable[[], None]) -> Part:
    """Copy all of `source` (into nothing, if there is no target); return size and digest."""
    digest = hashlib.sha256()
    size = 0
    while block := source.read(BLOCK):
        digest.update(block)
        size += len(block)
        if target is not None:
            target.write(block)
        check()
    return Part(size, digest.hexdigest())


def stopping(cancelled: Event | None) -> Callable[[], None]:
    """Return a check that raises Stopped once `cancelled` is set."""

    def check() -> None:
        if cancelled is not None and cancelled.is_set():
            raise Stopped

    return check


def faults(
    backup: Backup, progress: Progress = silent, cancelled: Event | None = None
) -> Iterator[str]:
    """Read every byte of a backup and yield a sentence for each thing that is wrong with it."""
    check = stopping(cancelled)
    for name, part in backup.manifest.parts.items():
        yield from _fault(backup, name, part, check)
    with contextlib.suppress(StorageError):  # a damaged list was told just now
        number = 0
        for storage_id in backup.pictures():
            progress(number, backup.manifest.pictures, storage_id)
            yield from _fault(backup, picture_name(storage_id), Part(-1, storage_id), check)
            number += 1
        if number != backup.manifest.pictures:
            yield f"The backup lists {number} pictures and says it has {backup.manifest.pictures}."
        progress(number, number, "")


def _fault(backup: Backup, name: str, part: Part, check: Callable[[], None]) -> Iterator[str]:
    try:
        with backup.open(name) as file:
            found = copy_checked(file, None, check)
    except (OSError, StorageError, zipfile.BadZipFile) as error:
        yield f"{name} can't be read: {error}."
        return
    if found.sha256 != part.sha256 or part.size not in (-1, found.size):
        yield f"{name} is damaged: its bytes are not those that were saved."
