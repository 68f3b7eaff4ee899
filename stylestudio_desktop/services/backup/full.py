"""Makes full backups: the database, every picture and the settings, in a place of one's choice.

A folder of backups shares one store of pictures, so each further backup copies only what is new;
one that was stopped or cut off goes on where it ended. Every list in it can be checked with
`sha256sum -c` alone.
"""

import contextlib
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import BinaryIO

from stylestudio_desktop import __version__
from stylestudio_desktop.domain.errors import BadInput, StorageError, StorageFull
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.keeping import DAY_MS, superfluous
from stylestudio_desktop.files.attending import attended
from stylestudio_desktop.files.disk import flush_folder, is_full, storing
from stylestudio_desktop.files.export import new_file
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services.backup import record, unfinished
from stylestudio_desktop.services.backup.reading import (
    CATALOGUE,
    DATABASE,
    LIST,
    MANIFEST,
    SETTINGS,
    Backup,
    Manifest,
    Part,
    Progress,
    copy_checked,
    house,
    name_of,
    open_regular_file,
    picture_name,
    silent,
    stopping,
    versions,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import audit, copying, users
from stylestudio_desktop.store.audit import Bytes

_EVERY = 50  # pictures between two words about progress


def _NO_SYNC() -> None:  # noqa: N802 - stands for os.sync where there is none
    """Flush nothing: each picture was flushed by itself."""


_SYNC: Callable[[], None] = getattr(os, "sync", _NO_SYNC)


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: where it lies, what it holds, and how much of that was new."""

    home: Path
    moment: int
    pictures: int
    copied: int
    copied_bytes: int
    missing: tuple[str, ...]


def make(
    studio: Studio, place: Path, progress: Progress = silent, cancelled: Event | None = None
) -> Made:
    """Make a full backup at `place`: a folder, or a single file if its name ends in “.zip”.

    Pictures that are missing or damaged in the library are named in it and the rest is saved.
    Raises Stopped, BadInput, or StorageError; former backups are never touched.
    """

    def work(progress: Progress, cancelled: Event | None) -> Made:
        record.must_be_there(studio.workspace, house(place))
        with _writing(place), _alone(studio), unfinished.noted(studio.workspace, place):
            return (_file if unfinished.is_one_file(place) else _folder)(
                studio, place, progress, stopping(cancelled)
            )

    made = attended(
        studio.workspace.root, [place], work, progress, cancelled, studio.database.connection
    )
    unfinished.ended(studio.workspace, made.moment, made.home, made.pictures)
    return made


@contextlib.contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            raise StorageFull(
                f"There is no more room at {place}, so the backup is not complete. The library "
                "and former backups are untouched. Free some space there; it then goes on where "
                "it ended."
            ) from error
        raise StorageError(
            f"The backup could not be written to {place}: {error.strerror or error}. The library "
            "and former backups are untouched. Check that the disk is connected and that you may "
            "write there; it then goes on where it ended."
        ) from error


@contextlib.contextmanager
def _alone(studio: Studio) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(studio.workspace.locks / "backup.lock")
    with storing("beginning a backup"):
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise BadInput(
                "Another backup of this library is being made just now. Nothing was changed. Wait "
                "for it, or stop it."
            ) from error
    try:
        yield
    finally:
        lock.release()


def _folder(studio: Studio, place: Path, progress: Progress, check: Callable[[], None]) -> Made:
    home = house(place)
    for folder in (home, home / "files"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stage = home / f"unfinished-{studio.user_id}"
    _empty(stage)
    moment = now_ms()
    contents = copying.snapshot(studio.database, stage / DATABASE, check)
    store = _Store(studio, home, _known(place))
    manifest = _describe(studio, stage, moment, contents, store.put, progress, check)
    _SYNC()  # one flush of everything is many times faster than one for each picture
    record.write_file(stage / MANIFEST, manifest.text())
    final = home / name_of(moment)
    stage.replace(final)
    flush_folder(home)
    _thin(place, manifest.library)
    return _made(final, manifest, store)


def _empty(stage: Path) -> None:
    """Have the folder of an unfinished backup there, and in it no link that leads elsewhere."""
    if stage.is_symlink():
        stage.unlink()
    stage.mkdir(mode=0o700, exist_ok=True)
    for name in (MANIFEST, DATABASE, LIST, SETTINGS, CATALOGUE):
        (stage / name).unlink(missing_ok=True)


def _made(home: Path, manifest: Manifest, store: "_Store | _Pack") -> Made:
    return Made(
        home,
        manifest.moment,
        manifest.pictures,
        store.copied,
        store.copied_bytes,
        manifest.missing,
    )


Put = Callable[[Bytes, Callable[[], None]], bool]


def _describe(
    studio: Studio,
    stage: Path,
    moment: int,
    contents: copying.Contents,
    put: Put,
    progress: Progress,
    check: Callable[[], None],
) -> Manifest:
    """Save every picture of the snapshot in `stage`, list them, and return the manifest."""
    missing: list[str] = []
    number = 0
    total = contents.counts["pictures"]
    snapshot = copying.Copy(stage / DATABASE)
    snapshot.open()
    with contextlib.closing(snapshot), (stage / LIST).open("wb") as listed:
        owner = users.first(snapshot)
        for row in audit.stored_bytes(snapshot):
            if number % _EVERY == 0:
                progress(number, total, row.storage_id[:12])
            check()
            if put(row, check):
                listed.write(f"{row.storage_id}  {picture_name(row.storage_id)}\n".encode())
                number += 1
            else:
                missing.append(row.storage_id)
        listed.flush()
        os.fsync(listed.fileno())
    for name, path in (
        (SETTINGS, studio.workspace.settings),
        (CATALOGUE, studio.workspace.catalogue),
    ):
        if path.is_file():
            (stage / name).write_bytes(path.read_bytes())
        else:
            (stage / name).unlink(missing_ok=True)
    parts = {}
    for name in (DATABASE, LIST, SETTINGS, CATALOGUE):
        if (stage / name).is_file():
            with (stage / name).open("rb") as file:
                parts[name] = copy_checked(file, None, check)
    progress(number, max(number, 1), "")
    library = "" if owner is None else str(owner.id)
    return Manifest(moment, contents.schema, __version__, library, number, tuple(missing), parts)


def _known(place: Path) -> set[str]:
    """Return the digests that complete backups at `place` hold: those are whole on its disk."""
    found: set[str] = set()
    for version in versions(place):
        with contextlib.suppress(BadInput, StorageError):
            found.update(Backup(version, version.parent).pictures())
    return found


class _Store:
    """The pictures of a folder of backups, each under its digest."""

    def __init__(self, studio: Studio, home: Path, known: set[str]) -> None:
        self._files = studio.files
        self._home = home
        self._known = known
        self._made: set[Path] = set()
        self.copied = 0
        self.copied_bytes = 0

    def put(self, row: Bytes, check: Callable[[], None]) -> bool:
        """Have one picture there; False if the library's own bytes are missing or damaged."""
        target = self._home / picture_name(row.storage_id)
        if self._is_there(row, target):
            return True
        if self._files.quick(row.storage_id, row.least) is not Condition.INTACT:
            return False
        if target.parent not in self._made:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._made.add(target.parent)
        partial = target.with_name(target.name + ".part")
        partial.unlink(missing_ok=True)  # and a link, that leads to something of somebody's
        with self._files.open(row.storage_id) as source, partial.open("xb") as copy:
            part = copy_checked(source, copy, check)
            if _SYNC is _NO_SYNC:
                copy.flush()
                os.fsync(copy.fileno())
        if part.sha256 != row.storage_id:
            partial.unlink()
            return False
        partial.replace(target)
        self.copied += 1
        self.copied_bytes += part.size
        return True

    def _is_there(self, row: Bytes, target: Path) -> bool:
        try:
            size = target.stat().st_size
        except OSError:
            return False
        if size != row.least:
            return False
        if row.storage_id in self._known:
            return True
        # A run that was cut off left it: a power cut may have left it empty inside, too.
        with open_regular_file(target) as file:
            return copy_checked(file, None, lambda: None).sha256 == row.storage_id


def _thin(place: Path, library: str) -> None:
    """Remove superfluous versions of one library that are older than a day; never a picture."""
    young = now_ms() - DAY_MS
    moments = {}
    for folder in versions(place):
        with contextlib.suppress(BadInput):
            manifest = Backup(folder, folder.parent).manifest
            if manifest.library == library:
                moments[manifest.moment] = folder
    for moment in [one for one in superfluous(moments) if one < young]:
        folder = moments[moment]
        for name in (MANIFEST, DATABASE, LIST, SETTINGS, CATALOGUE):
            (folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a file of somebody's own lies in it
            folder.rmdir()


class _Pack:
    """A single file that gets one picture after the other, without compression."""

    def __init__(self, studio: Studio, archive: zipfile.ZipFile) -> None:
        self._files = studio.files
        self._archive = archive
        self.copied = 0
        self.copied_bytes = 0

    def put(self, row: Bytes, check: Callable[[], None]) -> bool:
        """Pack one picture; False if the library's own bytes are missing or damaged."""
        if self._files.verify(row.storage_id) is not Condition.INTACT:
            return False
        with self._files.open(row.storage_id) as source:
            self.add(picture_name(row.storage_id), source, check)
        self.copied += 1
        self.copied_bytes += row.least
        return True

    def add(self, name: str, source: BinaryIO, check: Callable[[], None]) -> Part:
        """Pack the whole of `source` under `name`."""
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o600 << 16
        with self._archive.open(entry, "w", force_zip64=True) as target:
            return copy_checked(source, target, check)  # type: ignore[arg-type]


def _file(studio: Studio, place: Path, progress: Progress, check: Callable[[], None]) -> Made:
    if place.exists():
        raise BadInput(
            f"“{place.name}” is there already and was not replaced. Choose another name."
        )
    stage = unfinished.stage(studio.workspace)
    stage.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        moment = now_ms()
        contents = copying.snapshot(studio.database, stage / DATABASE, check)
        with new_file(place) as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive:
            pack = _Pack(studio, archive)
            manifest = _describe(studio, stage, moment, contents, pack.put, progress, check)
            for name in manifest.parts:
                with (stage / name).open("rb") as source:
                    pack.add(name, source, check)
            archive.writestr(MANIFEST, manifest.text())
    finally:
        for name in (DATABASE, LIST, SETTINGS, CATALOGUE):
            (stage / name).unlink(missing_ok=True)
        stage.rmdir()
    return _made(place, manifest, pack)
