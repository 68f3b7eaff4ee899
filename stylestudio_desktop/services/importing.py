"""Brings photos into the library: groups that become durable together, the bad ones named."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.events import FilesImported
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import Action, StoredFile, UsageRecord
from stylestudio_desktop.files.answering import answers, silence
from stylestudio_desktop.files.attending import Progress, attended
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, usage

if TYPE_CHECKING:
    from stylestudio_desktop.files.intake import Refused, Taken

GROUP = 25
"""Pictures that become durable together; a crash loses at most an import's last group."""

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"})


class Rejected(NamedTuple):
    """A file that was not taken, and why."""

    path: str
    reason: str


class Imported(NamedTuple):
    """What became of an import: the rows in the order given, and what was refused.

    `trouble` is what the disk said if it ended the import before its time; what had not gone in
    by then is among the rejected.
    """

    files: tuple[StoredFile, ...]
    rejected: tuple[Rejected, ...]
    trouble: StorageError | None = None


def find_pictures(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the given files, and in given folders every file that looks like a picture.

    Folders are walked in order of names; links to folders are not followed, and hidden files
    are passed over.
    """
    for path in paths:
        if not _is_folder(path):
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith(".") and Path(name).suffix.lower() in PICTURE_SUFFIXES:
                    yield Path(folder) / name


def _is_folder(path: Path) -> bool:
    """Say whether it is a folder; a name that no disk takes is none, and refused as a file."""
    with contextlib.suppress(OSError):
        return path.is_dir()
    return False


def import_files(
    studio: Studio,
    paths: Sequence[Path],
    category: Category,
    *,
    progress: Progress = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
) -> Imported:
    """Bring pictures into the library; each bad file is named and the rest goes in.

    A picture whose bytes the library already has in this category is not doubled: its row is
    returned. `progress` is called with (done, all, name). A disk that fails ends the import: what
    went in stays in, everything else is among the rejected, and `trouble` says why.
    """
    gone = _silent(paths)
    there = [path for path in paths if _disk(path) not in gone]
    came = _Arrived([], [Rejected(str(path), silence(path)) for path in paths if path not in there])

    def work(progress: Progress, cancelled: Event | None) -> None:
        _bring(studio, there, category, came, progress, cancelled)

    try:
        attended(
            studio.workspace.root, sorted({_disk(path) for path in there}), work, progress,
            cancelled, studio.database.connection,
        )  # fmt: skip
    except StorageError as error:  # a whole group could not be made to last, or its disk hangs
        came.trouble = error
    if came.trouble is not None:
        left = came.found[came.done :]
        came.rejected += [Rejected(str(path), came.trouble.sentence) for path in left]
    return Imported(tuple(came.taken), tuple(came.rejected), came.trouble)


@dataclass(slots=True)
class _Arrived:
    """What has become of an import so far."""

    taken: list[StoredFile]
    rejected: list[Rejected]
    found: list[Path] = field(default_factory=list)
    done: int = 0
    trouble: StorageError | None = None


def _bring(
    studio: Studio,
    paths: Sequence[Path],
    category: Category,
    came: _Arrived,
    progress: Progress,
    cancelled: Event | None,
) -> None:
    from stylestudio_desktop.files.intake import take_in

    found = came.found
    for path in find_pictures(paths):  # a whole disk may have been dropped
        if cancelled is not None and cancelled.is_set():
            return
        found.append(path)
    progress(0, len(found), found[0].name if found else "")
    groups = take_in(found, studio.files, studio.thumbnails, studio.limits, GROUP)
    with contextlib.closing(groups):
        for outcomes in groups:
            came.trouble = _keep(studio, outcomes, category, came.taken, came.rejected)
            came.done += len(outcomes)
            progress(came.done, len(found), outcomes[-1].source.name)
            if came.trouble is not None or (cancelled is not None and cancelled.is_set()):
                break


def _silent(paths: Sequence[Path]) -> set[Path]:
    """Return the folders whose disks do not answer, so that nothing in them is waited for."""
    return {place for place in {_disk(path) for path in paths} if not answers(place)}


def _disk(path: Path) -> Path:
    """Return what to ask whether it answers: a folder itself, and for a picture its folder."""
    return path.parent if path.suffix.lower() in PICTURE_SUFFIXES else path


def _keep(
    studio: Studio,
    outcomes: "Sequence[Taken | Refused]",
    category: Category,
    taken: list[StoredFile],
    rejected: list[Rejected],
) -> StorageError | None:
    """Add the rows of a group that is on the disk; return what the disk refused, if it did."""
    from stylestudio_desktop.files.intake import Refused, Taken

    trouble: StorageError | None = None
    for one in outcomes:
        if isinstance(one, Refused):
            rejected.append(Rejected(str(one.source), one.error.sentence))
            if isinstance(one.error, StorageError):
                trouble = one.error
    good = [one for one in outcomes if isinstance(one, Taken)]
    removed: list[Rejected] = []
    try:
        taken += _add_rows(studio, good, category, removed)
        rejected += removed
    except StorageError as error:
        trouble = _keep_some(studio, good, category, taken, rejected) or error
    return trouble


def _keep_some(
    studio: Studio,
    good: "Sequence[Taken]",
    category: Category,
    taken: list[StoredFile],
    rejected: list[Rejected],
) -> StorageError | None:
    """Add rows one by one where all together were refused, until one of them is refused too."""
    for place, one in enumerate(good):
        try:
            taken += _add_rows(studio, [one], category, rejected)
        except StorageError as error:
            for lost in good[place:]:
                rejected.append(Rejected(str(lost.source), error.sentence))
                with contextlib.suppress(StorageError):  # no row will name them; verify would tell
                    forget_bytes(studio, lost.stored.storage_id)
            return error
    return None


def _add_rows(
    studio: Studio, arriving: "Sequence[Taken]", category: Category, rejected: list[Rejected]
) -> list[StoredFile]:
    database = studio.database
    rows: list[StoredFile] = []
    new: list[StoredFile] = []
    with database.write():
        for one in arriving:
            same = one.stored.storage_id
            # Removing bytes needs the write lock too, so what is there now stays with its row.
            if studio.files.quick(same, one.probe.size) is not Condition.INTACT:
                rejected.append(Rejected(str(one.source), _REMOVED.format(one.source.name)))
                continue
            known = files.same(database, studio.user_id, same, category.value)
            row = None if known is None else files.get(database, known, studio.user_id)
            if row is None:
                row = _row(studio, one, category)
                files.insert(database, row, one.phash)
                usage.insert(database, _uploaded(row))
                new.append(row)
            rows.append(row)
        if new:
            studio.tell(FilesImported(tuple(row.id for row in new)))
    return rows


_REMOVED = (
    "The same picture as “{}” was being deleted for good at this moment, and its bytes went with "
    "it. Your file is untouched. Import it again."
)


def _row(studio: Studio, one: "Taken", category: Category) -> StoredFile:
    return StoredFile(
        id=new_id(),
        user_id=studio.user_id,
        filename=_display_name(one.source.name),
        content_type=one.probe.content_type,
        size=one.probe.size,
        storage_id=one.stored.storage_id,
        uploaded_at=now_ms(),
        category=category.value,
        width=one.probe.width,
        height=one.probe.height,
        format=one.probe.format,
        generation_id=None,
        original_url=None,
        favourite=0,
        rating=0,
        style=None,
        provider=None,
        facts="{}",
        trashed_at=None,
    )


def _display_name(name: str) -> str:
    # File names may hold bytes that are no text; SQLite and every list take text only.
    clean = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else "�" for sign in clean)[:255] or "picture"


def _uploaded(row: StoredFile) -> UsageRecord:
    return UsageRecord(
        id=new_id(),
        user_id=row.user_id,
        action=Action.IMAGE_UPLOADED.value,
        timestamp=row.uploaded_at,
        session=None,
        generation_id=None,
        purchase_id=None,
        file_id=row.id,
        provider="",
        style="",
        tokens=0,
        pictures=1,
        duration_ms=0,
        metadata=f'{{"size": {row.size}}}',
    )


def forget_bytes(studio: Studio, storage_id: str) -> None:
    """Remove stored bytes that no row refers to; asked once more under the write lock."""
    with studio.database.write():
        if not files.stored(studio.database, storage_id):
            studio.files.remove(storage_id)
            studio.thumbnails.drop(storage_id)
