"""The pictures of the library: bringing them in, listing, marking, trashing, bringing back."""

import contextlib
import os
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.events import FilesChanged, FilesImported
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT, FileFilter
from stylestudio_desktop.domain.generation import Category, Role
from stylestudio_desktop.domain.ids import LARGEST_ID, new_id, now_ms
from stylestudio_desktop.domain.records import (
    Action,
    Count,
    FileCard,
    Page,
    StoredFile,
    UsageRecord,
)
from stylestudio_desktop.files.bounds import Tier
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services.paging import checked_limit, cursor, paged
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import counts, files, usage

if TYPE_CHECKING:
    from stylestudio_desktop.files.intake import Taken

GROUP = 25
"""Pictures that become durable together; a crash loses at most an import's last group."""

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp"})


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that was not taken, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import: the rows in the order given, and what was refused."""

    files: tuple[StoredFile, ...]
    rejected: tuple[Rejected, ...]


Progress = Callable[[int, int, str], None]


def find_pictures(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the given files, and in given folders every file that looks like a picture.

    Folders are walked in order of names; links to folders are not followed, and hidden files
    are passed over.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith(".") and Path(name).suffix.lower() in PICTURE_SUFFIXES:
                    yield Path(folder) / name


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
    returned. `progress` is called with (done, all, name). Raises StorageError when the disk
    fails; what was imported before stays.
    """
    from stylestudio_desktop.files.intake import Refused, Taken, take_in

    found = list(find_pictures(paths))
    taken: list[StoredFile] = []
    rejected: list[Rejected] = []
    progress(0, len(found), found[0].name if found else "")
    groups = take_in(found, studio.files, studio.thumbnails, studio.limits, GROUP)
    with contextlib.closing(groups):
        done = 0
        for outcomes in groups:
            good = [one for one in outcomes if isinstance(one, Taken)]
            taken += _add_rows(studio, good, category, rejected)
            rejected += [
                Rejected(str(one.source), one.error.sentence)
                for one in outcomes
                if isinstance(one, Refused)
            ]
            done += len(outcomes)
            progress(done, len(found), outcomes[-1].source.name)
            if cancelled is not None and cancelled.is_set():
                break
    return Imported(tuple(taken), tuple(rejected))


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


def listing(
    studio: Studio, wanted: FileFilter, after: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[StoredFile]:
    """Return a page of pictures, newest first. Raises BadInput for a bad cursor or limit."""
    limit = checked_limit(limit)
    rows = files.page(studio.database, studio.user_id, wanted, cursor(after), limit + 1)
    return paged(rows, limit, lambda row: row.id)


def ids(
    studio: Studio, wanted: FileFilter, before: int = LARGEST_ID, limit: int = -1
) -> "array[int]":
    """Return the ids of pictures that fit, newest first (limit -1: all of them).

    A window shows the first few hundred at once and fills the rest in the background.
    """
    return files.ids(studio.database, studio.user_id, wanted, before, limit)


def cards(studio: Studio, wanted: Sequence[int]) -> list[FileCard]:
    """Return the grid's view of some pictures, in the order asked; missing ones are left out."""
    found = {card.id: card for card in files.cards(studio.database, studio.user_id, wanted)}
    return [found[file_id] for file_id in wanted if file_id in found]


def picture(studio: Studio, file_id: int) -> StoredFile:
    """Return one picture's row. Raises NotFound."""
    row = files.get(studio.database, file_id, studio.user_id)
    if row is None:
        raise NotFound(f"There is no picture {file_id} in this library.")
    return row


def location(studio: Studio, row: StoredFile) -> Path:
    """Return where a picture's bytes lie."""
    return studio.files.path(row.storage_id)


def thumbnail(studio: Studio, storage_id: str, tier: Tier) -> bytes | None:
    """Return an encoded thumbnail, made anew if it is missing; None if that is impossible."""
    return studio.thumbnails.ensure(storage_id, tier, studio.files.path(storage_id))


def totals(studio: Studio, trashed: bool = False) -> list[Count]:
    """Return kept counts: pictures and bytes by category."""
    return counts.files(studio.database, studio.user_id, trashed)


def mark_favourite(studio: Studio, wanted: Sequence[int], favourite: bool) -> None:
    """Mark pictures as favourites, or no longer."""
    with studio.database.write():
        files.set_favourite(studio.database, studio.user_id, wanted, favourite)
        studio.tell(FilesChanged(tuple(wanted)))


def rate(studio: Studio, wanted: Sequence[int], rating: int) -> None:
    """Rate pictures from 0 (none) to 5. Raises BadInput."""
    if not 0 <= rating <= 5:
        raise BadInput("A rating goes from 0 to 5.")
    with studio.database.write():
        files.set_rating(studio.database, studio.user_id, wanted, rating)
        studio.tell(FilesChanged(tuple(wanted)))


def trash(studio: Studio, wanted: Sequence[int]) -> None:
    """Move pictures to the trash, where row and bytes stay together and can be brought back.

    Raises NotFound if one is not in the library; nothing is moved then.
    """
    _set_trashed(studio, wanted, now_ms())


def restore(studio: Studio, wanted: Sequence[int]) -> None:
    """Bring pictures back from the trash. Raises NotFound."""
    _set_trashed(studio, wanted, None)


def _set_trashed(studio: Studio, wanted: Sequence[int], at: int | None) -> None:
    with studio.database.write():
        known = {row.id for row in files.cards(studio.database, studio.user_id, wanted)}
        for file_id in wanted:
            if file_id not in known:
                raise NotFound(f"There is no picture {file_id} in this library.")
        files.set_trashed(studio.database, studio.user_id, wanted, at)
        studio.tell(FilesChanged(tuple(wanted)))


def purge(studio: Studio, before: int) -> int:
    """Remove for good what went to the trash before `before` (UTC milliseconds).

    A photo that a generation was made from stays, so that its story can always be told. The
    bytes go when no row of anybody refers to them any more. Returns how many rows went.
    """
    database = studio.database
    purged = 0
    kept: set[int] = set()
    while True:
        loose: list[str] = []
        gone: list[int] = []
        with database.write():
            # Looked up under the write lock: what somebody brings back this moment stays.
            rows = files.trashed_before(database, studio.user_id, before, GROUP + len(kept))
            rows = [row for row in rows if row.id not in kept]
            if not rows:
                return purged
            for row in rows:
                if any(role != Role.RESULT.value for _, role in files.uses(database, row.id)):
                    kept.add(row.id)
                    continue
                files.delete(database, row.id)
                gone.append(row.id)
                if not files.stored(database, row.storage_id):
                    loose.append(row.storage_id)
            if gone:
                studio.tell(FilesChanged(tuple(gone)))
        purged += len(gone)
        for storage_id in loose:
            forget_bytes(studio, storage_id)


def forget_bytes(studio: Studio, storage_id: str) -> None:
    """Remove stored bytes that no row refers to; asked once more under the write lock."""
    with studio.database.write():
        if not files.stored(studio.database, storage_id):
            studio.files.remove(storage_id)
            studio.thumbnails.drop(storage_id)
