"""The pictures of the library: listing, marking, trashing, bringing back."""

from array import array
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.domain.filters import DEFAULT_LIMIT, FileFilter
from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.domain.ids import LARGEST_ID, now_ms
from stylestudio_desktop.domain.records import (
    Count,
    FileCard,
    Page,
    StoredFile,
)
from stylestudio_desktop.files.attending import Progress
from stylestudio_desktop.files.bounds import Tier
from stylestudio_desktop.services.importing import (
    GROUP,
    PICTURE_SUFFIXES,
    Imported,
    Rejected,
    find_pictures,
    forget_bytes,
    import_files,
)
from stylestudio_desktop.services.paging import checked_limit, cursor, paged
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import counts, facets, files, generations, reading

__all__ = [
    "GROUP",
    "PICTURE_SUFFIXES",
    "Imported",
    "Progress",
    "Rejected",
    "find_pictures",
    "forget_bytes",
    "import_files",
]


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

    The search is read as the gallery reads it, fields and all. A window shows the first few
    hundred at once and fills the rest in the background.
    """
    from stylestudio_desktop.services import finding  # no start needs it

    query, bounds = finding.query_of(wanted)
    below = bounds._replace(high=min(bounds.high, before))
    return finding.ids(studio, query, bounds=below, limit=limit)


def newest(studio: Studio, before: int | None = None, limit: int = -1) -> "array[int]":
    """Return the ids of all pictures that are not in the trash, newest first, below `before`."""
    below = LARGEST_ID if before is None else before
    return files.ids(studio.database, studio.user_id, FileFilter(), below, limit)


def moment(studio: Studio) -> AbstractContextManager[None]:
    """Let everything read inside be of one moment, whatever is committed meanwhile."""
    return reading.moment(studio.database)


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


def mark(studio: Studio) -> tuple[tuple[str, str, int], ...]:
    """Return all kept counts of live pictures; while it is the same, hardly any list is another."""
    return facets.everything(studio.database, studio.user_id)


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
                uses = files.uses(database, row.id)
                if any(role != Role.RESULT.value for _, role in uses):
                    kept.add(row.id)
                    continue
                files.delete(database, row.id)
                for generation_id, _ in uses:
                    generations.promote(database, generation_id)
                gone.append(row.id)
                if not files.stored(database, row.storage_id):
                    loose.append(row.storage_id)
            if gone:
                studio.tell(FilesChanged(tuple(gone)))
        purged += len(gone)
        for storage_id in loose:
            forget_bytes(studio, storage_id)
