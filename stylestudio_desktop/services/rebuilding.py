"""Rebuilds a library from pictures alone, by what they say about themselves: the last resort.

When the database and every backup are gone, the made pictures still name their prompt, their
settings and the photos they were made from by digest. Photos, generations and their links come
back; tokens, purchases, notes and collections do not. Pictures that were exported carry the same
and give their story back as well.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import BinaryIO

from stylestudio_desktop.domain.errors import BadInput, StorageError
from stylestudio_desktop.domain.generation import Category, Role
from stylestudio_desktop.domain.ids import RANDOM_BITS, FileId, id_at
from stylestudio_desktop.domain.records import StoredFile
from stylestudio_desktop.files.attending import Progress, attended
from stylestudio_desktop.files.containers import xmp_of
from stylestudio_desktop.files.disk import open_regular
from stylestudio_desktop.files.metadata import Description, description_of
from stylestudio_desktop.files.probe import (
    STORED_LIMITS,
    SUFFIXES,
    Probe,
    described,
    judge,
    read_whole,
)
from stylestudio_desktop.files.store import Condition
from stylestudio_desktop.services import adopting
from stylestudio_desktop.services.adopting import Adopted, Story
from stylestudio_desktop.services.retelling import generation, is_id, text
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, generations

_LATEST = 1 << 42
_ROLES = (Category.BACKGROUND, Category.MODEL, Category.PRODUCT)


@dataclass(frozen=True, slots=True)
class _Picture:
    path: Path
    digest: str
    probe: Probe
    at: int
    said: Description | None


@dataclass(slots=True)
class Rebuilt:
    """What came back, and the files that are no pictures of this program's kind."""

    adopted: Adopted = field(default_factory=Adopted)
    seen: int = 0
    rejected: list[str] = field(default_factory=list)


def rebuild(
    studio: Studio,
    folder: Path,
    progress: Progress = lambda _done, _all, _name: None,
    cancelled: Event | None = None,
) -> Rebuilt:
    """Bring what lies in `folder`, a lost library's or one of exported pictures, into this one.

    What is here already is not doubled, so it can be stopped and begun again. Raises BadInput
    where there is no such folder, StorageError for the disk.
    """

    def work(progress: Progress, cancelled: Event | None) -> Rebuilt:
        return _rebuild(studio, folder, progress, cancelled)

    return attended(
        studio.workspace.root, [folder], work, progress, cancelled, studio.database.connection
    )


def _rebuild(studio: Studio, folder: Path, progress: Progress, cancelled: Event | None) -> Rebuilt:
    place = folder / "files" if (folder / "files").is_dir() else folder
    if not place.is_dir():
        raise BadInput(f"There is no folder “{folder}”. Nothing was changed. Choose another.")
    done = Rebuilt()
    paths = list(_walk(place, done.rejected))
    found: dict[str, _Picture] = {}
    for number, path in enumerate(paths):
        if cancelled is not None and cancelled.is_set():
            return done
        progress(number, 2 * len(paths), path.name)
        try:
            picture = _look(path)
        except (BadInput, StorageError):
            done.rejected.append(path.name)
            continue
        found.setdefault(picture.digest, picture)
    done.seen = len(found)
    _adopt(studio, found, done.adopted, lambda n, all_, name: progress(n + all_, 2 * all_, name),
           cancelled)  # fmt: skip
    progress(1, 1, "")
    return done


def _walk(folder: Path, closed: list[str]) -> Iterator[Path]:
    """Yield every ordinary file, in the order of names; links are not followed.

    A folder that can't be read is named in `closed`.
    """

    def refused(error: OSError) -> None:
        closed.append(str(error.filename))

    for root, folders, names in os.walk(folder, onerror=refused):
        exported = {"pictures", "tables"} <= set(folders)  # everything, as this program writes it
        folders[:] = sorted(
            one for one in folders if not (one.startswith(".") or (exported and one == "tables"))
        )
        for name in sorted(names):
            path = Path(root) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def _look(path: Path) -> _Picture:
    data = read_whole(path, STORED_LIMITS, path.name)
    header = judge(data, path.name, STORED_LIMITS)
    packet = xmp_of(data)
    said = None if packet is None else description_of(packet)
    at = min(max(1, path.stat().st_mtime_ns // 1_000_000), _LATEST - 1)
    return _Picture(path, hashlib.sha256(data).hexdigest(), described(header, len(data)), at, said)


def _adopt(
    studio: Studio,
    found: dict[str, _Picture],
    into: Adopted,
    progress: Progress,
    cancelled: Event | None,
) -> None:
    rows = {digest: _row(one, Category.GENERATED) for digest, one in found.items()}
    photos = _photos(found)
    stories: dict[str, list[_Picture]] = {}
    for digest, picture in found.items():
        if _is_made(picture):
            said = picture.said
            here = _already(studio, said)
            if here is not None:
                into.pictures[rows[digest].id] = here
                continue
            stories.setdefault((said and said.generation) or digest, []).append(picture)

    def fetch(row: StoredFile) -> BinaryIO:
        return os.fdopen(open_regular(found[row.storage_id].path, follow=False), "rb")

    used = {one for picture in found.values() if picture.said for one in picture.said.sources}
    unused = found.keys() - used
    told = [_story(pictures, rows, photos) for pictures in stories.values()]
    for number, row in enumerate(photos.values()):
        if cancelled is not None and cancelled.is_set():
            return
        known = _as_here(studio, row) if row.storage_id in unused else row
        adopting.picture(studio, known, fetch, into)
        progress(number, len(photos), row.filename)
    for one, pictures in zip(told, stories.values(), strict=True):
        if cancelled is not None and cancelled.is_set():
            return
        if one is None:
            for picture in pictures:
                row = rows[picture.digest]._replace(category=Category.PRODUCT.value)
                adopting.picture(studio, row, fetch, into)
        else:
            adopting.story(studio, one, fetch, into)


def _as_here(studio: Studio, row: StoredFile) -> StoredFile:
    """Return a photo as what it is here already: its bytes alone don't say what it shows."""
    for category in _ROLES:
        if files.same(studio.database, studio.user_id, row.storage_id, category.value) is not None:
            return row._replace(category=category.value)
    return row


def _already(studio: Studio, said: Description | None) -> int | None:
    """Return the picture here of which this is a copy: an exported one has other bytes."""
    place = said.parameters.get("place") if said else None
    word = said.generation if said else ""
    if type(place) is not int or not is_id(word):
        return None
    database = studio.database
    if generations.get(database, int(word), studio.user_id) is None:
        return None
    for one in generations.linked(database, [int(word)]):
        if one.role == Role.RESULT.value and one.position == place:
            row = files.get(database, one.file_id, studio.user_id)
            whole = row and studio.files.quick(row.storage_id, row.size) is Condition.INTACT
            return one.file_id if row and whole and row.trashed_at is None else None
    return None


def _is_made(picture: _Picture) -> bool:
    return picture.said is not None and bool(picture.said.sources)


def _photos(found: dict[str, _Picture]) -> dict[tuple[str, Category], StoredFile]:
    """Return each photo as what it was used as: as several things, or a made picture, too."""
    used = {
        (digest, category): None
        for picture in found.values()
        if picture.said is not None
        for digest, category in _uses(picture.said)
        if digest in found
    }
    photos: dict[tuple[str, Category], StoredFile] = {}
    for digest, picture in found.items():
        known = [one for one in _ROLES if (digest, one) in used]
        if not known and not _is_made(picture):
            known = [Category.PRODUCT]
        for number, category in enumerate(known):
            row = _row(picture, category)
            if number or _is_made(picture):  # that id is another row's
                other = hashlib.sha256(f"{digest} {category.value}".encode()).hexdigest()
                row = row._replace(id=_id_of(row.uploaded_at, other))
            photos[digest, category] = row
    return photos


def _uses(said: Description) -> list[tuple[str, Category]]:
    """Return every source with what it was used as."""
    others = {*said.people, *said.backgrounds}
    return [
        *((one, Category.BACKGROUND) for one in said.backgrounds),
        *((one, Category.MODEL) for one in said.people),
        *((one, Category.PRODUCT) for one in said.sources if one not in others),
    ]


def _row(picture: _Picture, category: Category) -> StoredFile:
    said, probe = picture.said, picture.probe
    at = _moment(picture)
    name = picture.path.name
    if not Path(name).suffix:  # a file of a store is named by its digest alone
        name = (said.title if said and said.title else name[:12]) + (
            "" if said and Path(said.title).suffix else SUFFIXES[probe.format]
        )
    return StoredFile(
        id=_id_of(at, picture.digest),
        user_id=0,
        filename=name[:255],
        content_type=probe.content_type,
        size=probe.size,
        storage_id=picture.digest,
        uploaded_at=at,
        category=category.value,
        width=probe.width,
        height=probe.height,
        format=probe.format,
        generation_id=None,
        original_url=None,
        favourite=0,
        rating=0,
        style=None if said is None else text(said, "style", "") or None,
        provider=None if said is None else text(said, "provider", "") or None,
        facts=json.dumps({} if said is None else {"label": said.label}),
        trashed_at=None,
    )


def _moment(picture: _Picture) -> int:
    """Return when a picture was made (UTC milliseconds), as far as that can be believed."""
    said = None if picture.said is None else picture.said.made_at
    return picture.at if said is None or not 0 < said < _LATEST else said


def _id_of(at: int, digest: str) -> int:
    """Return an id that sorts where the moment does, the same for the same picture each time."""
    return id_at(at) | int(digest[:8], 16) & ((1 << RANDOM_BITS) - 1)


def _story(
    pictures: list[_Picture],
    rows: dict[str, StoredFile],
    photos: dict[tuple[str, Category], StoredFile],
) -> Story | None:
    """Return the story that pictures of one generation tell, None where it can't be true."""
    said = pictures[0].said
    if said is None or not all(one in rows for one in said.sources):
        return None
    uses = [one for one in _uses(said) if one in photos]
    products, models, behind = (
        tuple(photos[one] for one in uses if one[1] is category)
        for category in (Category.PRODUCT, Category.MODEL, Category.BACKGROUND)
    )
    made = generation(said, _moment(pictures[0]), tuple(FileId(one.id) for one in products),
                       tuple(FileId(one.id) for one in models))  # fmt: skip
    if made is None:
        return None
    order = sorted(pictures, key=_place)
    results = tuple(rows[one.digest] for one in order)
    places = {row.id: place for place, row in enumerate(results)}
    return Story(made, products, models, results, places, behind[:1])


def _place(picture: _Picture) -> tuple[int, str]:
    place = picture.said.parameters.get("place") if picture.said else None
    return (place if type(place) is int else 99, picture.path.name)
