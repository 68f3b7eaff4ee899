"""Compares workspaces, and moves what may move between them: never money, people or jobs.

Catalogue, own services, collections, kept searches and pictures with their stories go over, after
a dry run that shows the difference. Into a place for trials the export is scrubbed: no notes and
no addresses where a picture came from. Everything comes free of charge and belongs to whoever is
at the desk there.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from stylestudio_desktop.config import workspaces
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.records import StoredFile, User
from stylestudio_desktop.files.attending import attended
from stylestudio_desktop.files.disk import make_private_folder, storing
from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.services import adopting, opening, organising
from stylestudio_desktop.services.adopting import Adopted
from stylestudio_desktop.services.backup import pieces, reading, record, staging
from stylestudio_desktop.services.backup.reading import Progress, silent, stopping
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import (
    collections,
    copying,
    files,
    searches,
    undoing,
    users,
)
from stylestudio_desktop.store.copying import Copy
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.schema import refuse_newer

_PORTION = 500
_FILES = ("catalogue.json", "services.json")


@dataclass(frozen=True, slots=True)
class Difference:
    """What one workspace has and another has not; a dry run shows it."""

    source: str
    target: str
    source_schema: int
    target_schema: int
    scrubbed: bool
    files: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    pictures: int = 0
    size: int = 0
    ids: tuple[int, ...] = field(default=(), repr=False)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to move."""
        return not (self.files or self.collections or self.searches or self.pictures)


def compare(studio: Studio, source: Workspace) -> Difference:
    """Return what `source` has and the open workspace has not.

    Raises BadInput where it is no other workspace, or its schema is another.
    """

    def work(_progress: Progress, _cancelled: Event | None) -> Difference:
        with _reading(studio, source) as (copy, owner):
            return _difference(studio, source, copy, owner)

    return attended(studio.workspace.root, [source.root], work, holding=studio.database.connection)


def copying_all(studio: Studio, kind: str) -> Difference:
    """Return what `copy` would put into a new workspace of that kind; nothing is made."""
    owner = users.first(studio.database)
    mine = workspaces.character(studio.workspace)
    schema = int(studio.database.value("PRAGMA user_version"))
    if owner is None:
        raise BadInput("Nobody has worked in this workspace yet. Nothing was changed.")
    ids = tuple(files.ids(studio.database, owner.id, FileFilter()))
    return Difference(
        source=mine.name or str(studio.workspace.root),
        target=kind,
        source_schema=schema,
        target_schema=schema,
        scrubbed=kind != workspaces.PRODUCTION,
        files=tuple(name for name in _FILES if (studio.workspace.root / name).is_file()),
        collections=tuple(one.name for one in collections.listing(studio.database, owner.id)),
        searches=tuple(one.name for one in searches.listing(studio.database, owner.id)),
        pictures=len(ids),
        size=sum(row.size for row in _rows(studio.database, owner.id, ids)),
        ids=ids,
    )


def copy(
    studio: Studio,
    name: str,
    kind: str,
    progress: Progress = silent,
    cancelled: Event | None = None,
) -> tuple[Workspace, Adopted]:
    """Make a workspace of that name and kind, and move into it what may move from this one.

    Raises BadInput, Stopped or StorageError. What came over before stays in the new workspace,
    into which `sync` moves the rest.
    """
    made = workspaces.create(name, kind)
    with opening.beside(studio, made) as target:
        return made, sync(target, studio.workspace, progress, cancelled)[1]


def sync(
    studio: Studio,
    source: Workspace,
    progress: Progress = silent,
    cancelled: Event | None = None,
) -> tuple[Difference, Adopted]:
    """Move what `compare` shows into the open workspace; twice does nothing more.

    Raises BadInput, Stopped, or StorageError; what came in before stays.
    """

    def work(progress: Progress, cancelled: Event | None) -> tuple[Difference, Adopted]:
        return _sync(studio, source, progress, stopping(cancelled))

    return attended(
        studio.workspace.root, [source.root], work, progress, cancelled, studio.database.connection
    )


def _sync(
    studio: Studio, source: Workspace, progress: Progress, check: Callable[[], None]
) -> tuple[Difference, Adopted]:
    with _reading(studio, source) as (copy, owner):
        found = _difference(studio, source, copy, owner)
        into = Adopted()
        _files(studio, source, found)
        store = FileStore(source.files, source.tmp)
        seen: set[int] = set()
        for number, row in enumerate(_rows(copy, owner.id, found.ids)):
            if number % 20 == 0:
                progress(number, len(found.ids), row.filename)
            check()
            _one(studio, copy, owner, _fit(row, found.scrubbed), store, into, seen)
        if not found.scrubbed:
            pieces.describe(studio, copy, owner.id, into)
        _collections(studio, copy, owner.id, into)
        for one in searches.listing(copy, owner.id):
            if one.name in found.searches:
                organising.keep_search(studio, one.name, one.query)
        progress(len(found.ids), len(found.ids), "")
    return found, into


@contextlib.contextmanager
def _reading(studio: Studio, source: Workspace) -> Iterator[tuple[Copy, User]]:
    """Hold a copy of the other workspace's database of one moment, and its first person."""
    if source.root.resolve() == studio.workspace.root.resolve() or not copying.has_header(
        source.database
    ):
        raise BadInput(
            f"{source.root} is no other workspace with a library (one in which nobody has worked "
            "yet has none). Nothing was changed."
        )
    folder = studio.workspace.restoring / "other"
    with contextlib.ExitStack() as held:
        with storing("reading the other workspace"):
            staging.clear(folder)
            make_private_folder(folder)
            held.callback(staging.put_away, folder)
        other = Database(source.database)
        with contextlib.closing(other):
            other.open()
            there = int(other.value("PRAGMA user_version"))
            here = int(studio.database.value("PRAGMA user_version"))
            refuse_newer(other)
            if there != here:
                raise BadInput(
                    f"That workspace has schema {there}, this one {here}. Nothing was changed. "
                    "Open that one once with this program, which brings it up to date."
                )
            copying.snapshot(other, folder / reading.DATABASE)
        copy = Copy(folder / reading.DATABASE)
        held.enter_context(contextlib.closing(copy))
        copy.open()
        owner = users.first(copy)
        if owner is None:
            raise BadInput("Nobody has worked in that workspace yet. Nothing was changed.")
        yield copy, owner


def _difference(studio: Studio, source: Workspace, copy: Copy, owner: User) -> Difference:
    mine, theirs = workspaces.character(studio.workspace), workspaces.character(source)
    here = {one.name for one in organising.list_collections(studio)}
    kept = {one.name for one in organising.list_searches(studio)}
    lacking: list[int] = []
    size = 0
    wanted = list(files.ids(copy, owner.id, FileFilter()))
    for row in _rows(copy, owner.id, wanted):
        if not _is_here(studio, row):
            lacking.append(row.id)
            size += row.size
    schema = int(copy.value("PRAGMA user_version"))
    return Difference(
        source=theirs.name or str(source.root),
        target=mine.name or str(studio.workspace.root),
        source_schema=schema,
        target_schema=schema,
        scrubbed=mine.for_trials,
        files=tuple(name for name in _FILES if _differs(studio, source, name)),
        collections=tuple(
            one.name for one in collections.listing(copy, owner.id) if one.name not in here
        ),
        searches=tuple(
            one.name for one in searches.listing(copy, owner.id) if one.name not in kept
        ),
        pictures=len(lacking),
        size=size,
        ids=tuple(lacking),
    )


def _is_here(studio: Studio, row: StoredFile) -> bool:
    mine = files.get(studio.database, row.id, studio.user_id)
    if mine is not None and mine.storage_id == row.storage_id and mine.trashed_at is None:
        return True
    return (
        row.generation_id is None
        and files.same(studio.database, studio.user_id, row.storage_id, row.category) is not None
    )


def _differs(studio: Studio, source: Workspace, name: str) -> bool:
    theirs, mine = source.root / name, studio.workspace.root / name
    return theirs.is_file() and _text(theirs) != _text(mine)


def _text(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _rows(copy: Database, owner: int, ids: "list[int] | tuple[int, ...]") -> Iterator[StoredFile]:
    for begin in range(0, len(ids), _PORTION):
        yield from files.by_ids(copy, owner, ids[begin : begin + _PORTION])


def _files(studio: Studio, source: Workspace, found: Difference) -> None:
    for name in found.files:
        with storing(f"copying {name}"):
            text = (source.root / name).read_text("utf-8")
        record.write_file(studio.workspace.root / name, text)


def _fit(row: StoredFile, scrubbed: bool) -> StoredFile:
    return row._replace(original_url=None) if scrubbed else row


def _one(
    studio: Studio,
    copy: Copy,
    owner: User,
    row: StoredFile,
    store: FileStore,
    into: Adopted,
    seen: set[int],
) -> None:
    if row.generation_id is None:
        adopting.picture(studio, row, lambda one: store.open(one.storage_id), into)
        return
    if row.generation_id in seen:
        return
    seen.add(row.generation_id)
    told = pieces.story_of(copy, owner.id, row.generation_id)
    adopting.story(studio, told, lambda one: store.open(one.storage_id), into)


def _collections(studio: Studio, copy: Copy, owner: int, into: Adopted) -> None:
    """Put what came in where it was; a collection of that name is added to."""
    for one in collections.listing(copy, owner):
        order = list(collections.in_order(copy, owner, one.id))
        with studio.database.write():
            ids = [into.pictures.get(file_id, file_id) for file_id in order]
            known = {row.id for row in files.by_ids(studio.database, studio.user_id, ids)}
            found = collections.find(studio.database, studio.user_id, one.name)
            if found is None:
                found = organising.new_collection(studio, one.name, one.description).id
            there = set(collections.in_order(studio.database, studio.user_id, found))
            begin = collections.next_position(studio.database, found)
            new = [file_id for file_id in ids if file_id in known and file_id not in there]
            places = {file_id: begin + place for place, file_id in enumerate(new)}
            undoing.write(studio.database, studio.user_id, "collection", found, places)
